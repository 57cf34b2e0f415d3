"""Whether a response's answer is the gold: the rules that every self-play run and every evaluation is graded with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spice_fast import _core
from spice_fast.answers.policy import Policy, PresetName, core_policy
from spice_fast.answers.verdict import Verdict, Verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The answer that a response marks."""

    answer: str
    """Its text without white space at the ends."""
    start: int
    """Its first character in the response."""
    end: int
    """One past its last character."""
    how: Literal["box", "answer_tag", "hashes", "phrase"]
    """What marked it."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledGolds:
    """Golds that are read once for all their answers; made by ``Grader.compile``."""

    core: _core.CompiledGolds
    """The golds in the core."""
    policy: PresetName | Policy
    """The grader's policy."""

    def __len__(self) -> int:
        """Number of golds."""
        return len(self.core)

    def check_batch(
        self,
        gold_index: Sequence[int],
        responses: Sequence[str],
        mode: Literal["response", "answer"] = "response",
        threads: int | None = None,
    ) -> Verdicts:
        """The verdicts that ``Grader.check_batch`` gives on ``golds[gold_index[i]]`` and ``responses[i]``.

        Raises:
            ValueError: columns of different length, a place beyond the golds, or an unknown mode.
            TypeError: a response that is not text, named by its row.
        """
        columns = self.core.check_batch(gold_index, responses, core_policy(self.policy), mode, threads)
        return Verdicts.of_columns(columns)


@dataclass(frozen=True, slots=True)
class Grader:
    r"""Compares responses with golds; frozen, picklable, and the same verdict on every machine.

    The answer is what stands in the last balanced ``\boxed{...}`` (or ``\fbox``) after the last ``</think>``; without one
    the response is wrong. It is compared by the kind of the task:

    * ``mcq``: the leading letter (``B``, ``(B)``, ``B) 5 km``), or a choice's own text. Two letters, or a letter that its
      text contradicts, are wrong.
    * ``integer``, ``float``: exact rationals, whether written 1,000 or ``1\,000``, 0.5, 1/2 or ``\frac{1}{2}``, 1e-3 or
      ``1.5 \times 10^{3}``. A missing ``%``, degree or currency sign and a missing ``x =`` are forgiven, a different one
      is not. Except for integers, a decimal that is the other side rounded to at least four significant digits is right.
    * ``expression``, ``list``: formulas as functions of their variables, equations, tuples, sets, lists, intervals and
      inequalities, matrices, quantities with units; see docs/answers.md.
    * ``string``: the same text but for case, outer article, trailing period, white space and Unicode form; or the same date,
      time, quantity or number.
    * ``boolean``: true or false, also written yes, no, T, F.
    * ``auto``: ``mcq`` where choices are given, else by the form of the gold.

    When in doubt an answer is refused. A case beyond the fixed limits (8 KiB of answer, 128 braces deep, 512 digits, 4,096
    symbols) is undecided instead of slow.

    Example:
        >>> Grader().check("1/2", r"so it is \boxed{0.5}").rule
        <Rule.EQUAL_NUMBER: 'equal_number'>
    """

    policy: PresetName | Policy = "training"
    """A preset by name, or a ``Policy`` with conventions changed."""

    def __post_init__(self) -> None:
        _core.extract("", core_policy(self.policy))

    def check(
        self,
        gold: str,
        response: str,
        kind: str = "auto",
        choices: Sequence[str] | None = None,
        mode: Literal["response", "answer"] = "response",
    ) -> Verdict:
        """The verdict on one response; see ``check_batch``."""
        if isinstance(choices, str):
            raise TypeError("choices: found one text; expected a sequence of texts, from A on")
        return self.check_batch([gold], [response], [kind], [choices], mode=mode, threads=1)[0]

    def check_batch(
        self,
        golds: Sequence[str],
        responses: Sequence[str],
        kinds: Sequence[str] | None = None,
        choices: Sequence[Sequence[str] | None] | None = None,
        mode: Literal["response", "answer"] = "response",
        threads: int | None = None,
    ) -> Verdicts:
        """The verdicts on a batch, without the GIL; row i belongs to row i.

        Args:
            golds: the right answer of every row; of an ``mcq`` its letter.
            responses: what the Reasoner wrote; with mode ``answer``, its answer alone.
            kinds: a ``TaskKind`` or ``auto`` per row; None: ``auto`` for all.
            choices: texts of the choices from A on, per row; None where there are none.
            mode: what the responses are.
            threads: at most this many; None: as many as the machine has. The verdicts do not depend on it.

        Raises:
            ValueError: columns of different length, an unknown kind or mode, or no thread.
            TypeError: one text for a column, or an entry that is not text, named by its row.
        """
        for name, column in (("golds", golds), ("responses", responses)):
            if isinstance(column, str):
                raise TypeError(f"{name}: found one text; expected a sequence of texts, one per row (one pair: check)")
        if threads is not None and threads < 1:
            raise ValueError(f"threads: found {threads}; expected at least 1, or None for all of the machine's")
        columns = _core.check_batch(golds, responses, kinds, choices, core_policy(self.policy), mode, threads)
        return Verdicts.of_columns(columns)

    def compile(
        self,
        golds: Sequence[str],
        kinds: Sequence[str] | None = None,
        choices: Sequence[Sequence[str] | None] | None = None,
    ) -> CompiledGolds:
        """The golds, each to be read once for all its answers; columns as in ``check_batch``."""
        return CompiledGolds(core=_core.CompiledGolds(golds, kinds, choices), policy=self.policy)

    def extract(self, text: str) -> Extraction | None:
        """The answer that a response marks, or None."""
        found = _core.extract(text, core_policy(self.policy))
        if found is None:
            return None
        start, end, how = found
        return Extraction(answer=text[start:end], start=start, end=end, how=how)

    def explain(
        self,
        gold: str,
        response: str,
        kind: str = "auto",
        choices: Sequence[str] | None = None,
        mode: Literal["response", "answer"] = "response",
    ) -> list[str]:
        r"""The path of the verdict in words: what was found, what each side was read as, which rule decided.

        Example:
            >>> Grader().explain("1/2", r"\boxed{0.5}")[-1]
            'right: the same rational number (equal_number)'
        """
        return _core.explain(gold, response, kind, choices or (), core_policy(self.policy), mode)
