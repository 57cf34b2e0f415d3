"""What the grader says of an answer: right, wrong or undecided, by which rule, and how certainly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import numpy as np

from spice_fast import _core

if TYPE_CHECKING:
    import numpy.typing as npt


class Rule(StrEnum):
    """The rule that decided a case."""

    EQUAL_BYTES = "equal_bytes"
    """Answer and gold are the same bytes."""
    EQUAL_TEXT = "equal_text"
    """They are the same text without wrappers, spacing and the like."""
    EQUAL_NUMBER = "equal_number"
    """They are the same rational number."""
    BARE_NUMBER = "bare_number"
    """The same number, but one side lacks the unit sign or the ``x =``."""
    ROUNDED_NUMBER = "rounded_number"
    """One is the other correctly rounded to at least four significant digits, and not to zero."""
    EQUAL_LETTER = "equal_letter"
    """The answer's letter is the gold's."""
    EQUAL_CHOICE_TEXT = "equal_choice_text"
    """The answer is the right choice's own text."""
    NO_ANSWER = "no_answer"
    """The response marks no answer."""
    EMPTY = "empty"
    """Answer or gold is empty."""
    DIFFERENT_TEXT = "different_text"
    """The texts differ."""
    DIFFERENT_NUMBER = "different_number"
    """The numbers, or their units or variables, differ."""
    NOT_A_NUMBER = "not_a_number"
    """The gold is a number and the answer is not one."""
    DIFFERENT_LETTER = "different_letter"
    """The letters differ."""
    NO_LETTER = "no_letter"
    """The answer names no choice."""
    SEVERAL_LETTERS = "several_letters"
    """It names several."""
    CONTRADICTION = "contradiction"
    """Its letter contradicts its text."""
    GOLD_UNUSABLE = "gold_unusable"
    """The gold names no choice."""
    OVER_LIMITS = "over_limits"
    """Too long, too deep or too large a number to decide."""
    CRASHED = "crashed"
    """The grader failed on this case: a defect of ours."""
    EQUAL_VALUE = "equal_value"
    """They are the same value, exactly: a number, date, time, quantity, set, ratio."""
    EQUAL_IDENTITY = "equal_identity"
    """They are the same function: equal at random points of two prime fields."""
    EQUAL_NUMERIC = "equal_numeric"
    """They agree to 160 bits wherever both are defined."""
    EQUAL_BY_CONVENTION = "equal_by_convention"
    """They are the same by a convention: a missing unit, another order, an interval for an inequality."""
    DIFFERENT_VALUE = "different_value"
    """Both were read, and their values differ."""
    UNDECIDED = "undecided"
    """Both were read, and whether they are equal could not be told."""

    @property
    def certainty(self) -> Certainty:
        """How far the rule can be trusted."""
        return _CERTAINTIES[RULES.index(self)]


class Certainty(StrEnum):
    """How far a rule can be trusted."""

    EXACT = "exact"
    """It follows from the two texts."""
    PROBABILISTIC = "probabilistic"
    """It is wrong with a probability below 10^-12."""
    TOLERANCE = "tolerance"
    """It holds up to a stated rounding."""
    CONVENTION = "convention"
    """It holds by a convention of this grader."""


class AnswerKind(StrEnum):
    """What a side of a comparison was read as."""

    UNREAD = "unread"
    """Nothing: it is missing, empty, or was settled before it was read."""
    TEXT = "text"
    """A text."""
    CHOICE = "choice"
    """One of the choices."""
    NUMBER = "number"
    """A rational number, with a sign for its unit at most."""
    TRUTH = "truth"
    """True or false."""
    DATE = "date"
    """A date."""
    TIME = "time"
    """A time of day."""
    BASED = "based"
    """A whole number whose base is written."""
    RATIO = "ratio"
    """A ratio."""
    CHEMISTRY = "chemistry"
    """A chemical formula or reaction."""
    VALUE = "value"
    """A number or formula."""
    QUANTITY = "quantity"
    """A value with a unit."""
    INFINITY = "infinity"
    """Infinity."""
    TUPLE = "tuple"
    """A tuple or vector."""
    SET = "set"
    """A set."""
    LIST = "list"
    """Values side by side."""
    MATRIX = "matrix"
    """A matrix."""
    REGION = "region"
    """A part of the real line: intervals, inequalities."""
    EQUATION = "equation"
    """An equation."""
    ASSIGNMENTS = "assignments"
    """Values of several variables."""
    INEQUALITY = "inequality"
    """An inequality in several variables."""
    CONGRUENCE = "congruence"
    """Whole numbers by their remainders."""
    CASES = "cases"
    """Formulas for cases."""


RULES: tuple[Rule, ...] = tuple(Rule(name) for name, _, _ in _core.RULES)
"""All rules in the order of their codes: ``RULES[verdicts.rule[i]]`` decided row i."""
ANSWER_KINDS: tuple[AnswerKind, ...] = tuple(AnswerKind(name) for name in _core.ANSWER_KINDS)
"""All kinds in the order of their codes: ``ANSWER_KINDS[verdicts.gold_kind[i]]`` is the gold's of row i."""
_CERTAINTIES = tuple(Certainty(certainty) for _, _, certainty in _core.RULES)
_EQUIVALENT = np.array([equivalent is True for _, equivalent, _ in _core.RULES])
_UNDECIDED = np.array([equivalent is None for _, equivalent, _ in _core.RULES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on one response."""

    equivalent: bool | None
    """Whether the answer is right; None where that is undecided, which earns nothing and is counted."""
    rule: Rule
    """What decided."""
    span: tuple[int, int] | None
    """First and one past the last character of the answer in the response; None where no answer is marked."""
    gold_kind: AnswerKind
    """What the gold was read as."""
    answer_kind: AnswerKind
    """What the answer was read as."""
    fuel: int
    """Work that the case took, in units of about ten nanoseconds, the same on every machine; above 2,097,152 it is undecided."""

    @property
    def certainty(self) -> Certainty:
        """How far the rule can be trusted."""
        return self.rule.certainty


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdicts:
    """The verdicts on a batch as arrays of shape [num_rows]; ``verdicts[i]`` is row i as an object."""

    rule: npt.NDArray[np.uint8]
    """Code of the rule that decided, an index into ``RULES``."""
    start: npt.NDArray[np.int64]
    """First character of the answer in the response; -1 without an answer."""
    end: npt.NDArray[np.int64]
    """One past its last character; -1 without an answer."""
    gold_kind: npt.NDArray[np.uint8]
    """What the gold was read as, an index into ``ANSWER_KINDS``."""
    answer_kind: npt.NDArray[np.uint8]
    """What the answer was read as, an index into ``ANSWER_KINDS``."""
    fuel: npt.NDArray[np.uint32]
    """Work that the case took; see ``Verdict.fuel``."""

    @property
    def equivalent(self) -> npt.NDArray[np.bool_]:
        """Whether the answer is right; False where that is undecided."""
        return _EQUIVALENT[self.rule]

    @property
    def undecided(self) -> npt.NDArray[np.bool_]:
        """Whether the case was beyond the grader's limits."""
        return _UNDECIDED[self.rule]

    @property
    def has_box(self) -> npt.NDArray[np.bool_]:
        """Whether the response marks an answer: for the training policy, whether it holds a balanced box."""
        return self.start >= 0

    @classmethod
    def of_columns(cls, columns: _core._VerdictArrays) -> Self:
        """The verdicts as the core hands them over."""
        rule, start, end, gold_kind, answer_kind, fuel = columns
        return cls(rule=rule, start=start, end=end, gold_kind=gold_kind, answer_kind=answer_kind, fuel=fuel)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rule)

    def __getitem__(self, row: int) -> Verdict:
        """Row ``row`` as an object."""
        rule = RULES[self.rule[row]]
        boxed = self.start[row] >= 0
        return Verdict(
            equivalent=None if _UNDECIDED[self.rule[row]] else bool(_EQUIVALENT[self.rule[row]]),
            rule=rule,
            span=(int(self.start[row]), int(self.end[row])) if boxed else None,
            gold_kind=ANSWER_KINDS[self.gold_kind[row]],
            answer_kind=ANSWER_KINDS[self.answer_kind[row]],
            fuel=int(self.fuel[row]),
        )
