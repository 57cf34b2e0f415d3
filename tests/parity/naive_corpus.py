"""The specification of reading and drawing, as plainly as Python can say it. Texts are bytes of UTF-8 throughout."""

from __future__ import annotations

import json
import struct
from itertools import pairwise

import xxhash
from tokenizers import Tokenizer

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
DOMAIN = 0x7370696365203031
STRETCHES, WINDOWS, MIX = (int.from_bytes(name, "big") for name in (b"stretche", b"windows ", b"spice mi"))
MEASURED_DOCUMENTS, MEASURED_BYTES = 64, 4096
ASCII_SPACES = b" \t\n\f\r"

# -- reading ----------------------------------------------------------------------------------------------------------


def text_of_file(data: bytes) -> str | None:
    """The text of a text file; None for one that is binary or damaged."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return None
    try:
        if data.startswith(b"\xff\xfe"):
            text = data[2:].decode("utf-16-le")
        elif data.startswith(b"\xfe\xff"):
            text = data[2:].decode("utf-16-be")
        else:
            data = data.removeprefix(b"\xef\xbb\xbf")
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = "".join(windows_1252(byte) for byte in data)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def windows_1252(byte: int) -> str:
    """As browsers read it: the five bytes that Python leaves undefined are control characters."""
    return chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("windows-1252")


def texts_of_lines(data: bytes, keys: tuple[str, ...]) -> list[tuple[int, str]]:
    """``(line, text)`` of JSON lines that hold a text, lines counted from 1."""
    found = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            record = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode())
            key = next(key for key in keys if key in record)
            record[key].encode()
        except (ValueError, StopIteration, TypeError, AttributeError):
            continue
        found.append((number, record[key]))
    return found


def is_document(text: str, min_bytes: int) -> bool:
    """Whether a text is long enough and not blank."""
    # Python counts four separators of ASCII as white space, which Unicode does not.
    return len(text.encode()) >= min_bytes and any(not c.isspace() or c in "\x1c\x1d\x1e\x1f" for c in text)


# -- order ------------------------------------------------------------------------------------------------------------


def mix(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def permute(seed: int, epoch: int, length: int, index: int) -> int:
    """Where ``index`` goes in the order of ``range(length)`` that belongs to (seed, epoch)."""
    half = max(1, (max(length - 1, 0).bit_length() + 1) // 2)
    stream = mix(mix(seed ^ DOMAIN) + epoch * GOLDEN & MASK)
    keys = [mix(stream + number * GOLDEN & MASK) for number in (1, 2, 3, 4)]
    while True:
        left, right = index >> half, index & (1 << half) - 1
        for key in keys:
            left, right = right, left ^ mix(right + key & MASK) & (1 << half) - 1
        index = left << half | right
        if index < length:
            return index


def permute_in_windows(seed: int, epoch: int, length: int, locality: tuple[int, int], index: int) -> int:
    """The same where stretches of neighbours are drawn in windows of several, written as the whole list."""
    stretch = min(locality[0], length)
    whole, window = length // stretch, min(stretch * locality[1], length)
    stream = mix(mix(seed ^ WINDOWS ^ DOMAIN) + epoch * GOLDEN & MASK)
    stretches = [permute(seed ^ STRETCHES, epoch, whole, place) for place in range(whole)]
    slots = [first * stretch + place for first in stretches for place in range(stretch)]
    slots += range(whole * stretch, length)
    turn = permute(seed ^ WINDOWS, epoch, length, 0)
    slots = [(slot + turn) % length for slot in slots]
    number, place = divmod(index, window)
    slots = slots[number * window : (number + 1) * window]
    return slots[permute(stream, number, len(slots), place)]


def quality(order: list[int]) -> tuple[float, float]:
    """``(mix, near)`` of an order of all slots."""
    distances = [abs(a - b) for a, b in pairwise(order)]
    uniform = (len(order) + 1) / 3
    return sum(distances) / len(distances) / uniform, sum(d <= len(order) // 100 for d in distances) / len(distances)


def mix_place(seed: int, shares: list[int], k: int) -> tuple[int, int]:
    """``(source, its own draw)`` of draw k of a mix."""
    block, index = divmod(k, sum(shares))
    places = [(source, number) for source, share in enumerate(shares) for number in range(share)]
    source, number = places[permute(seed ^ MIX, block, sum(shares), index)]
    return source, block * shares[source] + number


def num_slots(num_bytes: int, slot_bytes: int) -> int:
    """A document's length over a slot's, rounded to the nearest, halves up, at least one."""
    return max(1, (2 * num_bytes + slot_bytes) // (2 * slot_bytes))


def kept_slots(texts: list[bytes], slot_bytes: int, kept: set[int] | None = None) -> list[tuple[int, int]]:
    """``(document, slot)`` of all slots of the kept documents; None: of all documents."""
    kept = set(range(len(texts))) if kept is None else kept
    return [
        (document, slot) for document in sorted(kept) for slot in range(num_slots(len(texts[document]), slot_bytes))
    ]


def draw(
    texts: list[bytes],
    seed: int,
    k: int,
    budget: Bytes | Tokens,
    kept: set[int] | None = None,
    locality: tuple[int, int] | None = None,
) -> tuple[int, int, int, int]:
    """``(document, start, end, length)`` of draw k, the length in the unit of the budget."""
    slot_bytes = budget.slot_bytes(texts)
    slots = kept_slots(texts, slot_bytes, kept)
    epoch, index = divmod(k, len(slots))
    number = (
        permute(seed, epoch, len(slots), index)
        if locality is None
        else permute_in_windows(seed, epoch, len(slots), locality, index)
    )
    document, slot = slots[number]
    text = texts[document]
    nominal = slot * len(text) // num_slots(len(text), slot_bytes)
    start = passage_start(text, nominal, slot_bytes)
    return document, start, *passage_end(text, start, budget, slot_bytes)


# -- filters ----------------------------------------------------------------------------------------------------------


def keep_file(corpus_hash: str, num_documents: int, kept: set[int], note: str) -> bytes:
    """The bytes of a keep file, as docs/format-keep.md has them."""
    bits = sum(1 << document for document in kept)
    num_words = -(-num_documents // 64)
    words = bits.to_bytes(8 * num_words, "little")
    sums = [sum(document < 4096 * block for document in kept) for block in range(-(-num_words // 64))]
    head = b"SPICEKEP" + struct.pack("<II", 1, len(note.encode())) + bytes.fromhex(corpus_hash)
    head += struct.pack("<QQ", num_documents, len(kept)) + xxhash.xxh3_128_digest(words)
    checksum = xxhash.xxh3_64_intdigest(head + note.encode())
    return head + struct.pack("<Q", checksum) + words + struct.pack(f"<{len(sums)}Q", *sums) + note.encode()


# -- cut --------------------------------------------------------------------------------------------------------------


def begins_character(text: bytes, place: int) -> bool:
    return place == len(text) or text[place] & 0xC0 != 0x80


def character_at(text: bytes, place: int) -> int:
    """Where the character begins that ``place`` lies in; the end for what lies beyond."""
    place = min(place, len(text))
    while not begins_character(text, place):
        place -= 1
    return place


def rank(text: bytes, place: int) -> int:
    """What a cut before ``place`` is: 0 paragraph, 1 line, 2 sentence, 3 word, 4 none of them."""
    before, after = text[:place], text[place : place + 1]
    if before.endswith((b"\n\n", b"\n\r\n")) and after not in {b"\n", b"\r"}:
        return 0
    if before.endswith(b"\n"):
        return 1
    if before.endswith(("。".encode(), "！".encode(), "？".encode())):
        return 2
    if before[-1] not in ASCII_SPACES or after in ASCII_SPACES:
        return 4
    sentence = before[:-1]
    if sentence.endswith((b'"', b"'", b")", b"]")):
        sentence = sentence[:-1]
    return 2 if sentence.endswith((b".", b"!", b"?")) else 3


def passage_start(text: bytes, nominal: int, slot_bytes: int) -> int:
    """The best boundary in the first quarter of a slot, of equal ones the first; the document's begin stays."""
    if nominal == 0:
        return 0
    places = range(nominal, min(nominal + slot_bytes // 4, len(text) - 1) + 1)
    best, place = min((rank(text, place), place) for place in places)
    if best < 4:
        return place
    characters = [place for place in places if begins_character(text, place)]
    return characters[0] if characters else character_at(text, nominal)


def passage_end(text: bytes, start: int, budget: Bytes | Tokens, slot_bytes: int) -> tuple[int, int]:
    """Where the passage ends, and its length: at the document's end if that is within the budget; else at the best
    boundary in the last quarter of what is, of equal ones the last; cut again while cutting gave too many tokens.

    Only a window is looked at, and a larger one while it is within the budget.
    """
    rest, window = text[start:], slot_bytes + slot_bytes // 4 + 64
    while (hard := budget.fits(rest[: character_at(rest, window)])) is None:
        if window >= len(rest):
            return len(text), budget.length(rest)
        window *= 2
    while True:
        places = range(hard // 4 * 3 + 1, hard + 1)
        best, place = min(((rank(text, start + place), -place) for place in places), default=(4, 0))
        end = -place if best < 4 else hard
        again = budget.fits(rest[:end])
        if again is None:
            return start + end, budget.length(rest[:end])
        hard = min(again, character_at(rest, end - 1))


class Bytes:
    """At most so many bytes."""

    def __init__(self, most: int):
        self.most = most

    def slot_bytes(self, _texts: list[bytes]) -> int:
        return self.most

    def length(self, text: bytes) -> int:
        return len(text)

    def fits(self, text: bytes) -> int | None:
        """None if the text is within the budget, else how much of it is."""
        return None if len(text) <= self.most else character_at(text, self.most)


class Tokens:
    """At most so many tokens of a tokenizer, special ones not counted."""

    def __init__(self, tokenizer: str, most: int):
        self.tokenizer, self.most = Tokenizer.from_file(tokenizer), most
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def slot_bytes(self, texts: list[bytes]) -> int:
        """The budget in bytes, as the beginnings of 64 documents tell; to the nearest, halves up."""
        measured = min(len(texts), MEASURED_DOCUMENTS)
        beginnings = [texts[place * len(texts) // measured] for place in range(measured)]
        beginnings = [text[: character_at(text, MEASURED_BYTES)] for text in beginnings]
        num_bytes = sum(len(text) for text in beginnings)
        num_tokens = max(1, sum(self.length(text) for text in beginnings))
        return (2 * num_bytes * self.most + num_tokens) // (2 * num_tokens)

    def length(self, text: bytes) -> int:
        return len(self.encode(text))

    def encode(self, text: bytes) -> list[tuple[int, int]]:
        """First and last character of every token."""
        return self.tokenizer.encode(text.decode(), add_special_tokens=False).offsets

    def fits(self, text: bytes) -> int | None:
        offsets = self.encode(text)
        if len(offsets) <= self.most:
            return None
        # The first token too many may begin inside the character that the last one allowed ends in.
        num_characters = min(offsets[self.most][0], offsets[self.most - 1][1], len(text.decode()) - 1)
        return len(text.decode()[:num_characters].encode())
