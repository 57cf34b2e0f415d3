"""Every setting of a run, with the paper's value as the default where the paper states one (SPICE, section 4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from spice_fast.config.gates import PASSAGE_GATES, GateName, GatesConfig
from spice_fast.config.settings import Settings
from spice_fast.records import TaskKind

TEMPLATE_TOKENS = 1024
"""Room for the instructions around a passage; a Reasoner's prompt is shorter than a Challenger's."""

PositiveInt = Annotated[int, Field(gt=0)]
PositiveFloat = Annotated[float, Field(gt=0)]


class ModelConfig(Settings):
    """The policy that plays both roles."""

    path: str
    """Folder (or hub name) of a transformers causal language model with its tokenizer; ``builtin:mini`` is the shipped one."""
    dtype: Literal["float32", "bfloat16"] = "bfloat16"
    """Type of the weights in training and in rollouts."""
    templates: str = "paper"
    """Template set of the prompts: ``paper``, ``mini``, or a TOML file."""


class SourceConfig(Settings):
    """A corpus, and which of its documents are drawn how often."""

    path: str
    """Folder made by ``spice-fast corpus build``; ``builtin:mini`` is the miniature's, made on first use."""
    keep: tuple[str, ...] = ()
    """``.keep`` files of this corpus: a document is drawn when every one keeps it."""
    weight: PositiveFloat = 1.0
    """How often it is drawn beside the corpora of ``also``; resolved to multiples of 1/4,096, exact in every 4,096 draws."""


class CorpusConfig(SourceConfig):
    """Where passages come from."""

    also: tuple[SourceConfig, ...] = ()
    """Further corpora, mixed in by weight (``[[corpus.also]]``)."""
    passage_tokens: PositiveInt = 5992
    """Longest passage in tokens of the policy's tokenizer (paper: 5,992)."""


class ChallengerConfig(Settings):
    """How tasks are written."""

    task_kinds: tuple[TaskKind, ...] = tuple(TaskKind)
    """Kinds of task that may be asked. With one kind, or ``mcq`` and nothing else, the task-type prompt is skipped."""
    group: Annotated[int, Field(ge=2)] = 8
    """G: attempts per passage that are rewarded and trained, and attempts sampled together in one wave (paper: 8)."""
    max_waves: PositiveInt = 4
    """Waves of G attempts per passage at most; sampling stops after the first wave with a valid task (paper: 128)."""
    max_new_tokens: PositiveInt = 4096
    """Longest attempt in tokens."""
    frozen: bool = False
    """Fixed-Challenger baseline: the starting weights write every task, only the Reasoner trains."""
    use_corpus: bool = True
    """False: no-corpus baseline, the Challenger writes tasks from memory and sees no passage."""
    url: str | None = None
    """Strong-Challenger baseline: an OpenAI-compatible server, such as ``http://host:8000/v1``, whose model writes every
    task. Needs ``served_model`` and ``frozen``; the key is read from ``OPENAI_API_KEY``."""
    served_model: str | None = None
    """Name of the model at ``url``."""
    gates: tuple[GateName, ...] = ()
    """What a parsed task must pass besides its format, in this order (paper: nothing); docs/gates.md tells what each refuses.
    ``answerability`` always comes last, because it alone generates."""

    @model_validator(mode="after")
    def _check(self) -> ChallengerConfig:
        if not self.task_kinds:
            raise ValueError("challenger.task_kinds is empty; name at least one of " + ", ".join(TaskKind))
        if (self.url is None) != (self.served_model is None):
            raise ValueError("challenger.url and challenger.served_model go together: set both or neither")
        if self.url is not None and not self.frozen:
            raise ValueError(
                "challenger.url needs challenger.frozen = true: what another model writes cannot train this policy"
            )
        blind = [gate for gate in self.gates if gate in PASSAGE_GATES and not self.use_corpus]
        if blind:
            raise ValueError(
                f"the gate `{blind[0]}` needs a passage; drop it from challenger.gates or set use_corpus = true"
            )
        if len(set(self.gates)) < len(self.gates):
            raise ValueError("challenger.gates names a gate twice; name each once")
        return self


class ReasonerConfig(Settings):
    """How tasks are answered."""

    rollouts: Annotated[int, Field(ge=2)] = 8
    """K: answers per valid attempt (paper: 8)."""
    max_new_tokens: PositiveInt = 4096
    """Longest answer in tokens."""
    shuffle_options: bool = False
    """Show an mcq's options in another order in every rollout (paper: as the Challenger wrote them)."""


class RewardConfig(Settings):
    """What an attempt earns."""

    name: str = "spice_variance"
    """Reward of the Challenger: one of `docs/rewards.md`, or a function of yours as ``package.module:function``."""
    parameters: dict[str, float] = Field(default_factory=dict)
    """Parameters of the reward, such as ``{ width = 0.02 }``, where they are to differ from its own."""
    pass_rate: Literal["gold", "mode"] = "gold"
    """Which answers count as right: those that equal the gold, or those that equal the most common answer."""
    chance_corrected: bool = False
    """Takes from the pass rate of a multiple-choice task what guessing gives: p' = max(0, (p - c) / (1 - c)), c = 1/4."""
    gate_penalty: float | None = None
    """Reward of an attempt that a gate refused; none: the reward's own (SPICE: -0.1)."""
    format_penalty: float | None = None
    """Reward of an attempt that could not be parsed; none: the reward's own (SPICE: -0.1)."""

    @model_validator(mode="after")
    def _check(self) -> RewardConfig:
        if self.chance_corrected and self.pass_rate == "mode":
            raise ValueError(
                "chance_corrected is about the gold: how often guesses agree with each other is not 1 / choices; "
                'set pass_rate = "gold", or chance_corrected = false'
            )
        return self


class AdvantageConfig(Settings):
    """How rewards become advantages."""

    estimator: Literal["dr_grpo", "grpo", "rloo", "reinforce_pp", "reinforce_pp_baseline", "opo", "max_rl", "rae"] = (
        "dr_grpo"
    )
    """``dr_grpo`` (paper): reward minus the mean of its group, per role; `docs/rewards.md` has the others."""
    parameters: dict[str, float] = Field(default_factory=dict)
    """Parameters of the estimator where they are to differ from its own: ``eps`` of ``grpo``, ``decay`` of ``rae``."""
    permute: bool = False
    """Control experiment: advantages are shuffled inside each group, so nothing can be learned from them."""


class UpdateConfig(Settings):
    """The joint policy-gradient update of both roles."""

    learning_rate: PositiveFloat = 1e-6
    """AdamW learning rate, constant (paper: 1e-6)."""
    updates_per_round: PositiveInt = 16
    """Optimizer steps per round (paper: 128 trajectories each, up to 16)."""
    micro_batches: PositiveInt = 8
    """Forward-backward passes per optimizer step and rank."""
    clip: PositiveFloat = 0.2
    """Clip range of the probability ratio."""
    max_grad_norm: Annotated[float, Field(ge=0)] = 1.0
    """Gradient clipping; 0 switches it off."""
    adam_betas: tuple[float, float] = (0.9, 0.95)
    """AdamW betas."""
    importance_cap: Annotated[float, Field(ge=0)] = 2.0
    """Cap of the truncated importance sampling between the engine's and the trainer's probabilities. 0: none, and the
    engine's log-probabilities stand for the trainer's; right for the in-process engine in float32, and a forward pass less."""
    gradient_checkpointing: bool = True
    """Recompute activations in the backward pass."""


class EngineConfig(Settings):
    """What generates the rollouts."""

    name: Literal["transformers", "vllm"] = "transformers"
    """``transformers``: in the trainer's process, any machine. ``vllm``: colocated vLLM."""
    temperature: PositiveFloat = 1.0
    """Sampling temperature of both roles (paper: 1.0)."""
    max_batch_tokens: PositiveInt = 65536
    """``transformers``: prompt and completion tokens generated together."""
    gpu_memory_utilization: Annotated[float, Field(gt=0, le=1)] = 0.45
    """``vllm``: share of the GPU's memory for weights and KV cache."""


class CheckpointConfig(Settings):
    """When the run can be resumed from."""

    every: PositiveInt = 20
    """Rounds between checkpoints; the last round always has one."""
    keep: PositiveInt = 2
    """Newest checkpoints kept."""
    milestones: Annotated[int, Field(ge=0)] = 0
    """Equal parts of the run at whose ends the weights alone are kept for good (``milestones/``), the starting weights too:
    4 keeps those after 0, 1/4, 1/2, 3/4 and all of the rounds, which ``spice-fast crossplay`` needs. 0: none, since each is
    as large as the model."""

    def milestone_rounds(self, rounds: int) -> list[int]:
        """Numbers of rounds after which weights are kept for good, ascending."""
        return sorted(
            {part * rounds // self.milestones for part in range(self.milestones + 1)} if self.milestones else ()
        )


class EventsConfig(Settings):
    """What a run folder records of every round."""

    keep_answers: Literal["all", "trained", "none"] = "all"
    """Answer texts in the events: all, those of the trained tasks, or none (verdicts always)."""


class EvaluationConfig(Settings):
    """Held-out tasks, answered during the run."""

    suite: str | None = None
    """JSONL file of tasks (``question``, ``answer``, optional ``kind``, ``category``); none: no evaluation;
    ``builtin:mini``: the miniature's."""
    every: PositiveInt = 10
    """Rounds between evaluations; before the first round and after the last there always is one."""
    temperature: Annotated[float, Field(ge=0)] = 0.0
    """0: greedy."""


class RunConfig(Settings):
    """One self-play run, complete: with the seed it decides everything the run does."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of passages, rollouts, subsamples and minibatches."""
    rounds: PositiveInt = 640
    """T: rounds of self-play (paper: 640)."""
    max_generated_tokens: PositiveInt | None = None
    """The run ends after the round in which all roles together have written so many tokens, after ``rounds`` at the latest.
    It is for comparisons at equal cost; none: no limit."""
    passages_per_round: PositiveInt = 128
    """B: passages per round over all ranks (paper: 128)."""
    threads: Annotated[int, Field(ge=0)] = 0
    """CPU threads of torch; 0 leaves torch's choice. Part of the run: floating point depends on it."""
    report_to: tuple[Literal["trackio", "wandb", "tensorboard"], ...] = ()
    """Trackers that transformers feeds besides the run folder."""
    model: ModelConfig
    corpus: CorpusConfig
    challenger: ChallengerConfig = ChallengerConfig()
    gates: GatesConfig = GatesConfig()
    reasoner: ReasonerConfig = ReasonerConfig()
    reward: RewardConfig = RewardConfig()
    advantage: AdvantageConfig = AdvantageConfig()
    update: UpdateConfig = UpdateConfig()
    engine: EngineConfig = EngineConfig()
    checkpoint: CheckpointConfig = CheckpointConfig()
    events: EventsConfig = EventsConfig()
    evaluation: EvaluationConfig = EvaluationConfig()

    @model_validator(mode="after")
    def _check(self) -> RunConfig:
        if "contamination" in self.challenger.gates and not self.gates.contamination.benchmarks:
            raise ValueError(
                "the gate `contamination` has nothing to look for; name files in gates.contamination.benchmarks, "
                "or drop it from challenger.gates"
            )
        return self

    @property
    def max_sequence_tokens(self) -> int:
        """Longest prompt and completion together: the passage, the template around it, and a role's new tokens.

        With the gate ``answerability`` a prompt may also hold a question, as long as what the Challenger may write.
        """
        challenger, reasoner = self.challenger.max_new_tokens, self.reasoner.max_new_tokens
        has_open_book = "answerability" in self.challenger.gates
        new_tokens = challenger + reasoner if has_open_book else max(challenger, reasoner)
        return self.corpus.passage_tokens + TEMPLATE_TOKENS + new_tokens
