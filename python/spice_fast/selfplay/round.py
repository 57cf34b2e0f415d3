"""One round of SPICE, top to bottom (arXiv 2510.24684, algorithm 1).

B passages are drawn. The Challenger reads each and writes attempts at a task until one is valid. The Reasoner answers
every kept valid task K times *without the passage*. A task is worth most when half of the answers are right; an answer
is worth one when it equals the gold. Both roles' rewards are centred inside their own group, and all rows go into one
joint update of the one policy that played both roles.

Shapes: B passages of which this rank plays B/W, N attempts a passage, G of them kept, K answers a task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from spice_fast.answers import parse_task_kinds, parse_tasks
from spice_fast.records import Passage, Role, Task, TaskKind
from spice_fast.selfplay.answerability import ask_with_passage
from spice_fast.selfplay.columns import round_reward
from spice_fast.selfplay.credit import center, choose_trained_tasks, grade, reward_tasks, trajectories
from spice_fast.selfplay.options import render_each, shown_tasks
from spice_fast.selfplay.outcome import Attempt, Round, by_passage
from spice_fast.selfplay.seeds import Purpose, generator, seed_of
from spice_fast.selfplay.subsample import keep_ratio
from spice_fast.tasks import Gates, Prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spice_fast.config import RunConfig
    from spice_fast.observability import Stopwatch
    from spice_fast.rollouts.engine import Completion, RolloutEngine
    from spice_fast.selfplay.columns import Gather


class PassageSampler(Protocol):
    """A pure function from draw numbers to passages."""

    def draw(self, ks: Sequence[int], /) -> list[Passage]:
        """The passages of these draws."""


class SelfPlay:
    """Plays rounds; round t is a function of (config, seed, t, weights, baselines), and of what the gate ``memory`` holds.

    ``gather`` gives every rank's list, in rank order, from this rank's; only rewards and estimators that look beyond a
    passage ask it, once a round each.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        sampler: PassageSampler,
        prompts: Prompts,
        decode: Callable[[list[list[int]]], list[str]],
        challenger: RolloutEngine,
        reasoner: RolloutEngine,
        stopwatch: Stopwatch,
        gates: Gates | None = None,
        gather: Gather = lambda own: [own],
    ) -> None:
        self._config = config
        self.gates = gates or Gates(config.challenger.gates, config.gates)
        """Made of the configuration, unless the caller has made them to find its mistakes early."""
        self._sampler = sampler
        self._prompts = prompts
        self._decode = decode
        self._challenger = challenger
        self._reasoner = reasoner
        self._stopwatch = stopwatch
        self._gather = gather
        self._reward = round_reward(config)

    def round(self, index: int, rank: int = 0, world: int = 1, baselines: Sequence[float] = ()) -> Round:
        """Round ``index`` of this rank, which plays passages ``rank, rank + world, ...`` of the round's B.

        ``baselines`` are those that the round before left behind; only the estimator ``rae`` reads them.
        """
        memory = self.gates.memory
        assert memory is None or memory.num_rounds == index, (
            f"round {index}: the memory holds {memory.num_rounds} rounds"
        )
        num_passages = self._config.passages_per_round
        slots = range(rank, num_passages, world)
        with self._stopwatch.phase("passages"):
            passages = self._sampler.draw([index * num_passages + slot for slot in slots])
        with self._challenger.session(), self._reasoner.session():
            attempts = self._write_tasks(index, dict(zip(slots, passages, strict=True)))
            self._keep(index, attempts)
            self._answer(index, attempts)
        with self._stopwatch.phase("grading"):
            grade(attempts)
        with self._stopwatch.phase("rewards"):
            reward_tasks(self._config, self._reward, attempts, self._gather)
            choose_trained_tasks(self._config, index, attempts)
            baselines = center(self._config, index, attempts, self._gather, baselines)
        rows = trajectories(self._config, attempts)
        return Round(index=index, attempts=attempts, trajectories=rows, baselines=baselines)

    def write_tasks(self, index: int) -> list[Attempt]:
        """The Challenger's half of round ``index`` alone: every attempt on its passages; none is kept or answered."""
        slots = range(self._config.passages_per_round)
        passages = self._sampler.draw([index * len(slots) + slot for slot in slots])
        with self._challenger.session():
            return self._write_tasks(index, dict(zip(slots, passages, strict=True)))

    def answer(self, index: int, attempts: list[Attempt]) -> None:
        """The Reasoner's half: K graded answers to every attempt that is kept and valid."""
        with self._reasoner.session():
            self._answer(index, attempts)
        grade(attempts)

    # -- the Challenger -----------------------------------------------------------------------------------------------

    def _choose_kinds(self, index: int, passages: dict[int, Passage]) -> dict[int, TaskKind]:
        """The policy says which kind of task each passage suits; what cannot be parsed is drawn from the allowed kinds."""
        allowed = self._config.challenger.task_kinds
        if len(allowed) == 1:
            return dict.fromkeys(passages, allowed[0])
        prompts = [self._prompts.task_type(passage.text) for passage in passages.values()]
        seeds = [seed_of(self._config.seed, Purpose.TASK_TYPE, index, slot) for slot in passages]
        chosen = parse_task_kinds(self._decode_all(self._generate(self._challenger, prompts, seeds, Role.CHALLENGER)))
        return {
            slot: kind
            if kind in allowed
            else generator(self._config.seed, Purpose.TASK_KIND, index, slot).choice(allowed)
            for slot, kind in zip(passages, chosen, strict=True)
        }

    def _write_tasks(self, index: int, passages: dict[int, Passage]) -> list[Attempt]:
        """Waves of G attempts on every passage that has no valid one yet; a wave always finishes."""
        settings = self._config.challenger
        kinds = self._choose_kinds(index, passages) if settings.use_corpus else self._draw_kinds(index, passages)
        texts = {slot: passage.text if settings.use_corpus else None for slot, passage in passages.items()}
        prompts = {slot: self._prompts.challenger(kinds[slot], texts[slot]) for slot in passages}
        attempts: list[Attempt] = []
        waiting = list(passages)
        for wave in range(settings.max_waves):
            requests = [(slot, wave * settings.group + i) for slot in waiting for i in range(settings.group)]
            seeds = [seed_of(self._config.seed, Purpose.CHALLENGER, index, *request) for request in requests]
            completions = self._generate(
                self._challenger, [prompts[slot] for slot, _ in requests], seeds, Role.CHALLENGER
            )
            responses = self._decode_all(completions)
            with self._stopwatch.phase("parsing"):
                results = parse_tasks(responses, [kinds[slot] for slot, _ in requests])
            written = [
                Attempt(
                    passage=passages[slot],
                    slot=slot,
                    number=number,
                    kind=kinds[slot],
                    prompt_ids=prompts[slot],
                    completion=completion,
                    text=text,
                    result=result,
                )
                for (slot, number), completion, text, result in zip(
                    requests, completions, responses, results, strict=True
                )
            ]
            self._apply_gates(index, written, texts)
            attempts += written
            solved = {attempt.slot for attempt in attempts if attempt.valid}
            waiting = [slot for slot in waiting if slot not in solved]
            if not waiting:
                break
        return sorted(attempts, key=lambda attempt: (attempt.slot, attempt.number))

    def _apply_gates(self, index: int, written: list[Attempt], texts: dict[int, str | None]) -> None:
        """Refuses what does not pass the gates; the one that generates asks only about what the others let pass."""
        with self._stopwatch.phase("gates"):
            results = self.gates.apply(
                [attempt.result for attempt in written], [texts[attempt.slot] for attempt in written]
            )
        for attempt, result in zip(written, results, strict=True):
            attempt.result = result
        if "answerability" in self._config.challenger.gates:
            ask_with_passage(self._config, index, written, self._prompts, self._answer_with_passage)

    def _answer_with_passage(self, prompts: list[list[int]], seeds: list[int]) -> tuple[list[Completion], list[str]]:
        completions = self._generate(self._reasoner, prompts, seeds, Role.REASONER, phase="generate_open_book")
        return completions, self._decode_all(completions)

    def _draw_kinds(self, index: int, passages: dict[int, Passage]) -> dict[int, TaskKind]:
        """Without a passage there is nothing to suit: kinds are drawn."""
        allowed = self._config.challenger.task_kinds
        seed = self._config.seed
        return {slot: generator(seed, Purpose.TASK_KIND, index, slot).choice(allowed) for slot in passages}

    def _keep(self, index: int, attempts: list[Attempt]) -> None:
        """T_C: G attempts of each passage, with the ratio of valid to invalid of all N."""
        for slot, group in by_passage(attempts):
            rng = generator(self._config.seed, Purpose.SUBSAMPLE, index, slot)
            for kept in keep_ratio([attempt.valid for attempt in group], self._config.challenger.group, rng):
                group[kept].kept = True

    # -- the memory ---------------------------------------------------------------------------------------------------

    def remember(self, index: int, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
        """Takes in the accepted questions of a round that was played, if the gate ``memory`` is on.

        Args:
            index: number of the round.
            rows: its event rows over all ranks, so that every rank remembers the same.

        Returns:
            Figures for the round's metrics: ``memory_questions`` and ``memory_bytes``; none with the gate off.
        """
        memory = self.gates.memory
        if memory is None:
            return {}
        assert memory.num_rounds == index, "rounds are remembered in their order, each once"
        with self._stopwatch.phase("gates"):
            memory.remember([(row["question"], row["choices"]) for row in rows if row["valid"]])
        return {"memory_questions": memory.num_questions, "memory_bytes": memory.num_bytes}

    # -- the Reasoner -------------------------------------------------------------------------------------------------

    def _answer(self, index: int, attempts: list[Attempt]) -> None:
        """K answers to every kept valid task; the prompt is made from the task alone."""
        num_answers = self._config.reasoner.rollouts
        asked = [attempt for attempt in attempts if attempt.kept and attempt.valid]
        prompts: list[list[int]] = []
        seeds: list[int] = []
        for attempt in asked:
            assert isinstance(attempt.result, Task)
            place = (index, attempt.slot, attempt.number)
            attempt.shown = shown_tasks(self._config, attempt.result, Purpose.OPTIONS, place, num_answers)
            attempt.answer_prompt_ids = render_each(attempt.shown, self._prompts.reasoner)
            prompts += attempt.answer_prompt_ids
            seeds += [seed_of(self._config.seed, Purpose.REASONER, *place, k) for k in range(num_answers)]
        completions = self._generate(self._reasoner, prompts, seeds, Role.REASONER)
        texts = self._decode_all(completions)
        for i, attempt in enumerate(asked):
            own = slice(i * num_answers, (i + 1) * num_answers)
            attempt.answers, attempt.answer_texts = completions[own], texts[own]

    # -- the engine ---------------------------------------------------------------------------------------------------

    def _generate(
        self,
        engine: RolloutEngine,
        prompts: Sequence[list[int]],
        seeds: list[int],
        role: Role,
        *,
        phase: str | None = None,
    ) -> list[Completion]:
        limit = self._config.challenger if role is Role.CHALLENGER else self._config.reasoner
        with self._stopwatch.phase(phase or f"generate_{role}"):
            return engine.generate(
                prompts, seeds, max_new_tokens=limit.max_new_tokens, temperature=self._config.engine.temperature
            )

    def _decode_all(self, completions: list[Completion]) -> list[str]:
        if not completions:
            # transformers takes an empty batch for one empty text.
            return []
        with self._stopwatch.phase("decoding"):
            decoded = self._decode([completion.token_ids for completion in completions])
        return [c.text if c.text is not None else text for c, text in zip(completions, decoded, strict=True)]
