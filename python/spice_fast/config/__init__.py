"""Typed, frozen settings: TOML in, one resolved :class:`RunConfig` out."""

from spice_fast.config.gates import (
    AnswerabilityConfig,
    ContaminationConfig,
    CopyRatioConfig,
    GateName,
    GatesConfig,
    MemoryConfig,
)
from spice_fast.config.load import load_config, overlay_names, preset_names
from spice_fast.config.run import (
    AdvantageConfig,
    ChallengerConfig,
    CheckpointConfig,
    CorpusConfig,
    EngineConfig,
    EvaluationConfig,
    EventsConfig,
    ModelConfig,
    ReasonerConfig,
    RewardConfig,
    RunConfig,
    UpdateConfig,
)

__all__ = [
    "AdvantageConfig",
    "AnswerabilityConfig",
    "ChallengerConfig",
    "CheckpointConfig",
    "ContaminationConfig",
    "CopyRatioConfig",
    "CorpusConfig",
    "EngineConfig",
    "EvaluationConfig",
    "EventsConfig",
    "GateName",
    "GatesConfig",
    "MemoryConfig",
    "ModelConfig",
    "ReasonerConfig",
    "RewardConfig",
    "RunConfig",
    "UpdateConfig",
    "load_config",
    "overlay_names",
    "preset_names",
]
