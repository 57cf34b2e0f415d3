"""The specification of chunking, as plainly as Python can say it. Texts are bytes of UTF-8."""

from __future__ import annotations

from naive_corpus import Bytes, Tokens, character_at, rank


class Characters:
    """At most so many characters."""

    def __init__(self, most: int):
        self.most = most

    def length(self, text: bytes) -> int:
        return len(text.decode())

    def fits(self, text: bytes) -> int | None:
        """None if the text is within the limit, else how much of it is."""
        text_characters = text.decode()
        return None if len(text_characters) <= self.most else len(text_characters[: self.most].encode())


def chunks(text: bytes, limit: Bytes | Characters | Tokens) -> list[tuple[int, int, int]] | None:
    """``(start, end, length)`` of every chunk; None where one character is longer than the limit.

    The rest within the limit is cut back to the best boundary in its last quarter, of equal ones the last; and again while
    cutting made it too long, since tokens depend on what is behind them.
    """
    found, start = [], 0
    while start < len(text):
        end = len(text)
        hard = limit.fits(text[start:])
        while hard is not None:
            if hard == 0:
                return None
            places = range(hard // 4 * 3 + 1, hard + 1)
            best, place = min(((rank(text, start + place), -place) for place in places), default=(4, 0))
            end = start + (-place if best < 4 else hard)
            hard = limit.fits(text[start:end])
            if hard is not None:
                hard = min(hard, character_at(text[start:], end - start - 1))
        found.append((start, end, limit.length(text[start:end])))
        start = end
    return found
