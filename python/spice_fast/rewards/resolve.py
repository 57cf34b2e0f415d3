"""From a reward's name to what computes it: one of ours, or a function of the user's over the same columns."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spice_fast.errors import ConfigError
from spice_fast.rewards.outcome import COLUMNS, REWARDS, challenger_rewards

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """A reward of the Challenger, ready to be called once a round."""

    name: str
    """Its name, or ``module:function``."""
    columns: tuple[str, ...]
    """The columns that it needs, of ``COLUMNS``, besides ``refusal``."""
    function: Callable[[Mapping[str, Column]], npt.NDArray[np.float64]]
    """From the columns by name, ``refusal`` among them and each of shape [num_attempts], to the rewards."""


def resolve_reward(
    name: str,
    parameters: Mapping[str, float] | None = None,
    *,
    gate_penalty: float | None = None,
    format_penalty: float | None = None,
) -> Reward:
    """The reward of this name, checked as far as it can be without a round.

    A name with a colon, ``my_package.my_module:my_reward``, is a function of the user's. Its arguments say what it needs:
    each is ``refusal``, a column of ``COLUMNS``, or one of ``parameters``. It is called once a round with numpy arrays of
    shape [num_attempts] and gives one finite number per attempt, refused ones included; penalties that are set win.

    Raises:
        ConfigError: no such reward, module or function; a parameter that it does not have; an argument that is no column.
    """
    if ":" in name:
        return _of_user(name, dict(parameters or {}), gate_penalty, format_penalty)

    def ours(columns: Mapping[str, Column]) -> npt.NDArray[np.float64]:
        given = {column: columns.get(column) for column in COLUMNS}
        return challenger_rewards(
            name,
            refusal=columns["refusal"],
            **given,  # type: ignore[arg-type]  # columns are arrays, mypy thinks of parameters
            gate_penalty=gate_penalty,
            format_penalty=format_penalty,
            **(parameters or {}),
        )

    nothing = {column: np.empty(0, dtype) for column, dtype in COLUMNS.items()}
    ours({"refusal": np.empty(0, np.uint8), **nothing})
    return Reward(name=name, columns=REWARDS[name], function=ours)


def _of_user(
    name: str, parameters: dict[str, float], gate_penalty: float | None, format_penalty: float | None
) -> Reward:
    function = _load(name)
    arguments = inspect.signature(function).parameters
    columns = [argument for argument in arguments if argument == "refusal" or argument in COLUMNS]
    for parameter in parameters:
        if parameter not in arguments or parameter in columns:
            raise ConfigError(f"reward {name}: no parameter {parameter!r}; its arguments are {', '.join(arguments)}")
    for argument, declared in arguments.items():
        known = argument in columns or argument in parameters
        if not known and (declared.default is inspect.Parameter.empty or declared.kind in _STARRED):
            raise ConfigError(
                f"reward {name}: what is its argument {argument!r}? expected a column ({', '.join(['refusal', *COLUMNS])}), "
                "or a number set in reward.parameters"
            )

    def theirs(given: Mapping[str, Column]) -> npt.NDArray[np.float64]:
        refusal = given["refusal"]
        found = function(**{column: given[column] for column in columns}, **parameters)
        if not isinstance(found, np.ndarray) or found.shape != refusal.shape or found.dtype.kind not in "fiu":
            what = f"{found.dtype} of shape {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
            raise ConfigError(f"reward {name} gave {what}; expected a numpy array of numbers of shape {refusal.shape}")
        rewards = found.astype(np.float64)
        for code, penalty in ((1, format_penalty), (2, gate_penalty)):
            if penalty is not None:
                rewards[refusal == code] = penalty
        strange = np.flatnonzero(~np.isfinite(rewards))
        if strange.size:
            row = int(strange[0])
            raise ConfigError(f"reward {name} gave {rewards[row]} for attempt {row}; expected finite numbers")
        return rewards

    return Reward(name=name, columns=tuple(column for column in columns if column != "refusal"), function=theirs)


_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)


def _load(name: str) -> Callable[..., Any]:
    module_name, _, function_name = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"reward {name}: module {module_name!r} cannot be imported: {error}\n"
            "hint: reward.name is package.module:function, importable from where the run starts (PYTHONPATH)"
        ) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        raise ConfigError(f"reward {name}: module {module_name} has no function {function_name!r}")
    return function  # type: ignore[no-any-return]  # whatever a user's module holds
