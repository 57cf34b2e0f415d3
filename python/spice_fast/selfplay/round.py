"""One round of SPICE, top to bottom (arXiv 2510.24684, algorithm 1).

B passages are drawn. The Challenger reads each and writes attempts at a task until one is valid. The Reasoner answers
every kept valid task K times *without the passage*. A task is worth most when half of the answers are right; an answer
is worth one when it equals the gold. Both roles' rewards are centred inside their own group, and all rows go into one
joint update of the one policy that played both roles.

Shapes: B passages of which this rank plays B/W, N attempts a passage, G of them kept, K answers a task.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from spice_fast.answers import Grader
from spice_fast.records import Passage, RefusalClass, Role, Task, TaskKind
from spice_fast.rewards import challenger_rewards, dr_grpo
from spice_fast.selfplay.outcome import Attempt, Round, Trajectory
from spice_fast.selfplay.seeds import Purpose, generator, seed_of
from spice_fast.selfplay.subsample import keep_ratio
from spice_fast.tasks import Prompts, apply_gates, parse_task_kinds, parse_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spice_fast.config import RunConfig
    from spice_fast.observability import Stopwatch
    from spice_fast.rollouts.engine import Completion, RolloutEngine

REFUSAL_CODES = {RefusalClass.FORMAT: 1, RefusalClass.GATE: 2}


class PassageSampler(Protocol):
    """A pure function from draw numbers to passages."""

    def draw(self, ks: Sequence[int], /) -> list[Passage]:
        """The passages of these draws."""


class SelfPlay:
    """Plays rounds; holds nothing that changes, so round t is a function of (config, seed, t, weights)."""

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
    ) -> None:
        self._config = config
        self._sampler = sampler
        self._prompts = prompts
        self._decode = decode
        self._challenger = challenger
        self._reasoner = reasoner
        self._stopwatch = stopwatch
        self._grader = Grader(policy="training")

    def round(self, index: int, rank: int = 0, world: int = 1) -> Round:
        """Round ``index`` of this rank, which plays passages ``rank, rank + world, ...`` of the round's B."""
        num_passages = self._config.passages_per_round
        slots = range(rank, num_passages, world)
        with self._stopwatch.phase("passages"):
            passages = self._sampler.draw([index * num_passages + slot for slot in slots])
        with self._challenger.session(), self._reasoner.session():
            attempts = self._write_tasks(index, dict(zip(slots, passages, strict=True)))
            self._keep(index, attempts)
            self._answer(index, attempts)
        with self._stopwatch.phase("rewards"):
            self._grade(attempts)
            self._reward(attempts)
            self._choose_trained_tasks(index, attempts)
            self._center(index, attempts)
        return Round(index=index, attempts=attempts, trajectories=self._trajectories(attempts))

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
            slot: kind if kind in allowed else generator(self._config.seed, Purpose.TASK_KIND, index, slot).choice(allowed)
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
            attempts += [
                Attempt(
                    passage=passages[slot],
                    slot=slot,
                    number=number,
                    kind=kinds[slot],
                    prompt_ids=prompts[slot],
                    completion=completion,
                    text=text,
                    result=apply_gates(result, texts[slot], settings.gates),
                )
                for (slot, number), completion, text, result in zip(requests, completions, responses, results, strict=True)
            ]
            solved = {attempt.slot for attempt in attempts if attempt.valid}
            waiting = [slot for slot in waiting if slot not in solved]
            if not waiting:
                break
        return sorted(attempts, key=lambda attempt: (attempt.slot, attempt.number))

    def _draw_kinds(self, index: int, passages: dict[int, Passage]) -> dict[int, TaskKind]:
        """Without a passage there is nothing to suit: kinds are drawn."""
        allowed = self._config.challenger.task_kinds
        seed = self._config.seed
        return {slot: generator(seed, Purpose.TASK_KIND, index, slot).choice(allowed) for slot in passages}

    def _keep(self, index: int, attempts: list[Attempt]) -> None:
        """T_C: G attempts of each passage, with the ratio of valid to invalid of all N."""
        for slot, group in _by_passage(attempts):
            rng = generator(self._config.seed, Purpose.SUBSAMPLE, index, slot)
            for kept in keep_ratio([attempt.valid for attempt in group], self._config.challenger.group, rng):
                group[kept].kept = True

    # -- the Reasoner -------------------------------------------------------------------------------------------------

    def _answer(self, index: int, attempts: list[Attempt]) -> None:
        """K answers to every kept valid task; the prompt is made from the task alone."""
        num_answers = self._config.reasoner.rollouts
        asked = [attempt for attempt in attempts if attempt.kept and isinstance(attempt.result, Task)]
        for attempt in asked:
            assert isinstance(attempt.result, Task)
            attempt.answer_prompt_ids = self._prompts.reasoner(attempt.result)
        prompts = [attempt.answer_prompt_ids for attempt in asked for _ in range(num_answers)]
        places = [(index, attempt.slot, attempt.number, k) for attempt in asked for k in range(num_answers)]
        seeds = [seed_of(self._config.seed, Purpose.REASONER, *place) for place in places]
        completions = self._generate(self._reasoner, prompts, seeds, Role.REASONER)
        texts = self._decode_all(completions)
        for i, attempt in enumerate(asked):
            own = slice(i * num_answers, (i + 1) * num_answers)
            attempt.answers, attempt.answer_texts = completions[own], texts[own]

    # -- verdicts, rewards, advantages --------------------------------------------------------------------------------

    def _grade(self, attempts: list[Attempt]) -> None:
        """l_k = 1 where answer k equals the gold."""
        rows = [(attempt, text) for attempt in attempts for text in attempt.answer_texts]
        tasks = [attempt.result for attempt, _ in rows if isinstance(attempt.result, Task)]
        verdicts = self._grader.check_batch(
            [task.gold for task in tasks],
            [text for _, text in rows],
            kinds=[task.kind for task in tasks],
            choices=[task.choices or None for task in tasks],
        )
        for (attempt, _), equivalent in zip(rows, verdicts.equivalent.tolist(), strict=True):
            attempt.verdicts.append(equivalent)

    def _reward(self, attempts: list[Attempt]) -> None:
        """r_C of every kept attempt, from how many of its K answers were right (equation 1 by default)."""
        kept = [attempt for attempt in attempts if attempt.kept]
        rewards = challenger_rewards(
            self._config.reward.name,
            [sum(attempt.verdicts) for attempt in kept],
            [len(attempt.verdicts) for attempt in kept],
            [0 if isinstance(attempt.result, Task) else REFUSAL_CODES[attempt.result.refusal_class] for attempt in kept],
            gate_penalty=self._config.reward.gate_penalty,
            format_penalty=self._config.reward.format_penalty,
        )
        for attempt, reward in zip(kept, rewards.tolist(), strict=True):
            attempt.reward = reward

    def _choose_trained_tasks(self, index: int, attempts: list[Attempt]) -> None:
        """T_R: the answers of one random valid attempt per passage, the very rollouts that gave its reward."""
        for slot, group in _by_passage(attempts):
            answered = [attempt for attempt in group if attempt.answers]
            if answered:
                generator(self._config.seed, Purpose.TRAINED_TASK, index, slot).choice(answered).trains_reasoner = True

    def _center(self, index: int, attempts: list[Attempt]) -> None:
        """A = r - mean of its group, per role and without a standard deviation (Dr.GRPO)."""
        kept = [attempt for attempt in attempts if attempt.kept]
        trained = [attempt for attempt in attempts if attempt.trains_reasoner]
        answers = [(attempt, float(right)) for attempt in trained for right in attempt.verdicts]
        advantages = dr_grpo(
            [attempt.reward for attempt in kept] + [right for _, right in answers],
            groups=[attempt.slot for attempt in kept] + [attempt.slot for attempt, _ in answers],
            roles=[0] * len(kept) + [1] * len(answers),
        ).values.tolist()
        for attempt, advantage in zip(kept, advantages, strict=False):
            attempt.advantage = advantage
        for (attempt, _), advantage in zip(answers, advantages[len(kept) :], strict=True):
            attempt.answer_advantages.append(advantage)
        if self._config.advantage.permute:
            self._permute(index, kept, trained)

    def _permute(self, index: int, kept: list[Attempt], trained: list[Attempt]) -> None:
        """Control experiment: the same advantages, dealt to the wrong rows of their group."""
        for slot, group in _by_passage(kept):
            shuffled = [attempt.advantage for attempt in group]
            generator(self._config.seed, Purpose.PERMUTATION, index, slot, 0).shuffle(shuffled)
            for attempt, advantage in zip(group, shuffled, strict=True):
                attempt.advantage = advantage
        for attempt in trained:
            generator(self._config.seed, Purpose.PERMUTATION, index, attempt.slot, 1).shuffle(attempt.answer_advantages)

    def _trajectories(self, attempts: list[Attempt]) -> list[Trajectory]:
        """The rows of the update: T_C, unless the Challenger is frozen, and T_R."""
        challenger = [
            Trajectory(
                role=Role.CHALLENGER, prompt_ids=a.prompt_ids, completion=a.completion, advantage=a.advantage
            )
            for a in attempts
            if a.kept and not self._config.challenger.frozen
        ]
        reasoner = [
            Trajectory(role=Role.REASONER, prompt_ids=a.answer_prompt_ids, completion=answer, advantage=advantage)
            for a in attempts
            if a.trains_reasoner
            for answer, advantage in zip(a.answers, a.answer_advantages, strict=True)
        ]
        return challenger + reasoner

    # -- the engine ---------------------------------------------------------------------------------------------------

    def _generate(
        self, engine: RolloutEngine, prompts: list[list[int]], seeds: list[int], role: Role
    ) -> list[Completion]:
        limit = self._config.challenger if role is Role.CHALLENGER else self._config.reasoner
        with self._stopwatch.phase(f"generate_{role}"):
            return engine.generate(
                prompts, seeds, max_new_tokens=limit.max_new_tokens, temperature=self._config.engine.temperature
            )

    def _decode_all(self, completions: list[Completion]) -> list[str]:
        with self._stopwatch.phase("decoding"):
            return self._decode([completion.token_ids for completion in completions])


def _by_passage(attempts: list[Attempt]) -> list[tuple[int, list[Attempt]]]:
    """Attempts of each passage, in passage order (they are sorted by it)."""
    return [(slot, list(group)) for slot, group in groupby(attempts, key=lambda attempt: attempt.slot)]
