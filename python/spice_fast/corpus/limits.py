"""What numbers the core takes: a mistake is told by its name before the border would say only that it does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NUMBER = 2**64 - 1
"""Largest number of a seed, a draw or a count of bytes."""
MAX_TOKENS = 2**32 - 1
"""Largest token budget."""


def check_number(name: str, value: int | None, *, first: int = 0, last: int = MAX_NUMBER) -> None:
    """Refuses a number outside ``first..last``; None passes.

    Raises:
        ConfigError: names the number and its range.
    """
    if value is not None and not first <= value <= last:
        raise ConfigError(f"{name}: {value}; expected {first} to {last}")


def first_beyond(numbers: Iterable[int]) -> int | None:
    """The first number that is negative or above ``MAX_NUMBER``."""
    return next((number for number in numbers if not 0 <= number <= MAX_NUMBER), None)
