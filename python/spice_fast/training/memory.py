"""Memory that a long batch needed goes back to the system after it, so that a run stays as large as it began."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 1 << 20


def give_large_blocks_back() -> None:
    """Makes glibc map blocks of 1 MiB and more one by one; elsewhere it does nothing.

    glibc raises that threshold to 32 MiB as it sees blocks freed, and then keeps room for the longest batch so far in
    pieces that fit no other length: a run grows for as long as it meets new lengths (docs/performance.md has the figures).
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
