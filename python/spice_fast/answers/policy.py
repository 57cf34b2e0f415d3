"""What counts as an answer and what is forgiven in it: presets, and every convention by its name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

PresetName: TypeAlias = Literal["training", "default", "offline", "strict", "paper", "hendrycks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A preset with some of its conventions changed; None leaves one as the preset has it.

    Example:
        >>> Policy(preset="training", rounding=False).changes()
        [('rounding', False)]
    """

    preset: PresetName = "training"
    """``training``: the last box, all conventions. ``default`` (``offline``): the same conventions, and ``<answer>`` tags,
    ``####`` and "the answer is" count as marks. ``strict``: equal values and nothing forgiven. ``paper``: as SPICE was published, formulas by value
    and strings by exact match. ``hendrycks``: canonical texts alone, as the ``is_equiv`` of the MATH benchmark."""
    exact_strings: bool | None = None
    """Texts of kind string are compared exactly, without looking for a date, number or quantity in them."""
    loose_text: bool | None = None
    """Text counts without case, outer article and trailing period: exam keys and models differ in these alone."""
    missing_unit: bool | None = None
    """A unit, currency, degree or percent sign or counted thing may be missing on one side: the question names it."""
    missing_name: bool | None = None
    """``x = 5`` counts for ``5``, and back: the question names the unknown."""
    missing_base: bool | None = None
    """``1011`` counts for ``1011_2``: the question names the base."""
    any_order: bool | None = None
    """A bare list counts in another order: solutions have none."""
    other_brackets: bool | None = None
    """A tuple or bare list counts for a set, a bare list for a tuple in its order, ``{5}`` for ``5``: the values are the same."""
    vector_for_tuple: bool | None = None
    """A column, a row and a tuple count for each other: all are the vector."""
    interval_for_inequality: bool | None = None
    """An interval counts for an inequality, and back: both are the same part of the line."""
    fraction_for_ratio: bool | None = None
    """``3/4`` counts for ``3:4``: both are the proportion."""
    unevaluated: bool | None = None
    """``2^{10}`` counts for ``1024``: what is asked is the value."""
    rounding: bool | None = None
    """A decimal counts that is the other side correctly rounded to at least four significant digits; never for integers."""

    def changes(self) -> list[tuple[str, bool]]:
        """The conventions that differ from the preset's, by name."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self) if field.name != "preset")
        return [(name, holds) for name, holds in named if holds is not None]


def core_policy(policy: PresetName | Policy) -> tuple[str, list[tuple[str, bool]]]:
    """The policy as the core takes it."""
    if isinstance(policy, Policy):
        return policy.preset, policy.changes()
    return policy, []
