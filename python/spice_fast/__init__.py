"""SPICE: self-play in corpus environments (arXiv 2510.24684), with the corpus, the grader and the rewards in Rust.

``import spice_fast`` loads neither numpy nor torch; each part loads what it needs when it is first used::

    from spice_fast.corpus import Corpus
    from spice_fast.answers import Grader
    from spice_fast.rewards import challenger_rewards, dr_grpo
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
