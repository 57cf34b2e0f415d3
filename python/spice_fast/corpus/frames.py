"""Record batches as a polars frame, where polars is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from spice_fast.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from spice_fast._core import ArrowBatch


def frame(batches: Iterable[ArrowBatch]) -> pl.DataFrame:
    """One frame of some batches, at least one; their texts are not copied.

    Raises:
        MissingDependencyError: polars is not installed.
    """
    if find_spec("polars") is None:
        raise MissingDependencyError("not installed: polars\nhint: pip install polars")
    import polars as pl

    return pl.concat([pl.DataFrame(batch) for batch in batches])
