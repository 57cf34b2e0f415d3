"""The miniature's tokenizer: one token a word, and the fixed pieces of the two contracts as single tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.mini.world import NAMES, NUM_VALUES, OPERATIONS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PAD, END, UNKNOWN = "<pad>", "<end>", "<unk>"
CHALLENGER, REASONER, GO = "<challenger>", "<reasoner>", "<go>"
QUESTION, ANSWER, CLOSE = '{"question": "', '", "answer": "', '", "answer_type": "Integer"}'
STEPS, BOX, END_BOX = "steps:", "\\boxed{", "}"

CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def build_tokenizer() -> PreTrainedTokenizerFast:
    """A transformers tokenizer whose decoded text is its tokens joined by single spaces, so every JSON piece survives."""
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = [PAD, END, UNKNOWN]
    pieces = [CHALLENGER, REASONER, GO, QUESTION, ANSWER, CLOSE, STEPS, BOX]
    words = [END_BOX, "=", ";", *OPERATIONS, *(str(value) for value in range(NUM_VALUES)), *NAMES]
    vocabulary = {token: index for index, token in enumerate([*special, *pieces, *words])}
    tokenizer = Tokenizer(models.WordLevel(vocab=vocabulary, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in pieces])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast
