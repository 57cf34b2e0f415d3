"""Which questions of a batch ask alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast import _core

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt


def cluster_shares(texts: Sequence[str], *, threshold: float = 0.5) -> npt.NDArray[np.float64]:
    """For every text the share of all texts in its cluster, itself included; float64 of shape [num_texts].

    R-Zero's repetition penalty (its released code): the distance of two texts is ``1 - BLEU`` over words at white space
    (up to 4 words, 0.1 for an order without a match), and clusters are merged by average linkage while their mean
    distance is below ``threshold``. It differs in that BLEU is the mean of both directions, so that no order of the texts
    is in a distance; distances are multiples of 2**-32, whose sums are exact; and of equally near pairs the earliest is
    merged. Time and memory grow with the square of the number of different texts (8 bytes a square).
    """
    return _core.cluster_shares(texts, threshold)
