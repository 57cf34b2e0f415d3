"""Columns of whole numbers as the Rust crate takes them: one dimension, one type, nothing lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Whole = TypeVar("Whole", np.uint8, np.uint32, np.int64, np.bool_)


def integers(name: str, column: npt.ArrayLike, dtype: type[Whole]) -> npt.NDArray[Whole]:
    """The column as a contiguous array of ``dtype``.

    Raises:
        ValueError: another number of dimensions, entries that are not whole numbers, or one that ``dtype`` cannot hold.
    """
    found = np.asarray(column)
    if found.ndim != 1:
        raise ValueError(f"{name} has shape {found.shape}; expected one dimension")
    if found.dtype == dtype:
        return np.ascontiguousarray(found)
    if found.size == 0:
        return np.empty(0, dtype)
    if found.dtype.kind not in ("b" if dtype is np.bool_ else "iub"):
        raise ValueError(f"{name} has dtype {found.dtype}; expected {np.dtype(dtype).name}")
    converted = np.ascontiguousarray(found.astype(dtype, copy=False))
    changed = converted != found
    if changed.any():
        row = int(np.flatnonzero(changed)[0])
        raise ValueError(f"row {row}: {name} is {found[row]}; expected a value that {np.dtype(dtype).name} can hold")
    return converted
