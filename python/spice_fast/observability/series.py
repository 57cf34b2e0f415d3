"""Series of one JSON object a line (metrics, timings, evaluations): appended, read back, cut at a round on resume."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Adds one row and flushes it to the operating system."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """All complete rows; a last line that was cut short by a kill is left out. A missing file has no rows."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]


def truncate_rows(path: Path, *, rounds: int, inclusive: bool = False) -> None:
    """Drops the rows of round ``rounds`` and later (of later rounds only, when ``inclusive``), and any partial line."""
    if not path.exists():
        return
    rows = [row for row in read_rows(path) if row["round"] < rounds or (inclusive and row["round"] == rounds)]
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(
        "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows), encoding="utf-8"
    )
    temporary.replace(path)
