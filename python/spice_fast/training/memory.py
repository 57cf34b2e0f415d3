"""Memory that a long batch needed goes back to the system after it, so that a run stays as large as it began."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE_BYTES = 16 << 20
_SPARE_BYTES = 256 << 20


def give_large_blocks_back() -> None:
    """Makes glibc map blocks of 16 MiB and more one by one, and keep up to 256 MiB of the smaller ones; elsewhere nothing.

    glibc raises that threshold to 32 MiB as it sees blocks freed, and then keeps room for the longest batch so far in
    pieces that fit no other length: a run grows for as long as it meets new lengths (docs/performance.md has the figures).
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
            # Setting the first fixes the second at 128 KiB: every small batch would then be mapped anew.
            mallopt(_M_TRIM_THRESHOLD, _SPARE_BYTES)
