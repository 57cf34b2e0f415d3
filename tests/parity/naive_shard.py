"""A reader of shards as docs/format.md describes them, as plainly as Python can say it; checksums are not looked at."""

from __future__ import annotations

import itertools
import json
import struct
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = ("header", "dictionary", "blocks", "index", "ends", "directory", "hashes", "facts", "facts_index", "origins")
TRAILER = struct.Struct("<8sIIQQQQ" + "QQ" * len(SECTIONS) + "Q")


class Shard:
    """All documents of a shard, and what is known of them."""

    def __init__(self, path: Path):
        data = path.read_bytes()
        magic, version, codec, documents, blocks, text_bytes, size, *rest = TRAILER.unpack(data[-TRAILER.size :])
        assert (magic, version, size) == (b"SPICESPK", 1, len(data))
        starts = [*rest[:-1:2], len(data) - TRAILER.size]
        self.part = {name: data[starts[i] : starts[i + 1]] for i, name in enumerate(SECTIONS)}
        self.num_documents = documents
        rows = list(struct.iter_unpack("<III", self.part["index"]))
        assert len(rows) == blocks + 1
        dictionary = zstandard.ZstdCompressionDict(self.part["dictionary"]) if self.part["dictionary"] else None
        decoder = zstandard.ZstdDecompressor(dict_data=dictionary)
        self.text = b""
        for (start, text_start, _), (end, text_end, _) in itertools.pairwise(rows):
            stored = self.part["blocks"][start:end]
            block = decoder.decompress(stored) if codec else stored
            assert (len(self.text), len(block)) == (text_start, text_end - text_start)
            assert len(block) <= 16_384
            self.text += block
        assert len(self.text) == text_bytes

    def ends(self) -> list[int]:
        """Where every document ends in the text."""
        rows = list(struct.iter_unpack("<QQII", self.part["directory"]))
        ends = []
        for (first, position, _, _), (next_first, next_position, _, _) in itertools.pairwise(rows):
            n, u = min(512, self.num_documents - len(ends)), next_first - first
            low_bits = (u // n).bit_length() - 1 if u >= n else 0
            upper_bytes = -(-(n + (u >> low_bits) + 1) // 64) * 8
            chunk = self.part["ends"][position:next_position]
            upper, lower = (int.from_bytes(part, "little") for part in (chunk[:upper_bytes], chunk[upper_bytes:]))
            places = [bit for bit in range(upper.bit_length()) if upper >> bit & 1]
            assert len(places) == n
            for i, place in enumerate(places):
                low = lower >> i * low_bits & (1 << low_bits) - 1
                ends.append(first + ((place - i) << low_bits | low))
        return ends

    def documents(self) -> list[str]:
        """The texts."""
        ends = self.ends()
        return [self.text[start:end].decode() for start, end in zip([0, *ends], ends, strict=False)]

    def facts(self) -> list[tuple[str, int, dict[str, str]]]:
        """Origin, line or row, and facts of every document."""
        origins, rows = json.loads(self.part["origins"]), list(struct.iter_unpack("<II", self.part["facts_index"]))
        found = []
        for (start, _), (end, _) in itertools.pairwise(rows):
            lines = zstandard.ZstdDecompressor().decompressobj().decompress(self.part["facts"][start:end])
            for line in lines.splitlines():
                origin, ordinal, *facts = json.loads(line)
                found.append((origins[origin], ordinal, facts[0] if facts else {}))
        return found
