"""From a TOML file or a preset's name, with its bases and the command line's overrides, to one resolved RunConfig."""

from __future__ import annotations

import difflib
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from spice_fast.config.run import RunConfig
from spice_fast.errors import ConfigError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OVERLAYS = "overlay/"
PRESETS = Path(str(resources.files("spice_fast") / "configs"))


def preset_names() -> list[str]:
    """Names that :func:`load_config` takes besides files, such as ``mini/spice``."""
    return [name for name in _names() if not name.startswith(OVERLAYS)]


def overlay_names() -> list[str]:
    """Names of the overlays: a few settings each that make a comparison of any preset."""
    return [name for name in _names() if name.startswith(OVERLAYS)]


def load_config(source: str | Path, overrides: Sequence[str] = (), overlays: Sequence[str] = ()) -> RunConfig:
    """The resolved configuration of a run.

    Args:
        source: a TOML file, or a preset's name such as ``mini/spice``. A file may name another as its ``base``, or several,
            of which later ones win; its own keys win over theirs, key by key.
        overrides: ``section.key=value`` with the value as in TOML (a bare word is a string); they win over the file.
        overlays: TOML files or overlays' names, such as ``overlay/threshold-reward``, that win over ``source``, later ones
            over earlier ones, and over which ``overrides`` win.

    Raises:
        MissingFileError: no such file or preset.
        ConfigError: not TOML, an unknown key (the nearest known one is suggested), or a value out of range.
    """
    settings = _read(_locate(str(source), Path.cwd()))
    for overlay in overlays:
        _merge(settings, _read(_locate(overlay, Path.cwd())))
    for override in overrides:
        _merge(settings, _parse_override(override))
    try:
        return RunConfig.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(_explain(error, str(source))) from None


def _locate(source: str, folder: Path) -> Path:
    for candidate in (folder / source, PRESETS / f"{source}.toml"):
        if candidate.is_file():
            return candidate
    nearest = difflib.get_close_matches(source, _names(), n=1)
    hint = f"did you mean `{nearest[0]}`?" if nearest else "presets: " + ", ".join(_names())
    raise MissingFileError(f"no configuration file or preset: {source}\nhint: {hint}")


def _read(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    if path in seen:
        raise ConfigError(f"{path}: `base` leads back to the file itself")
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    bases = settings.pop("base", [])
    merged: dict[str, Any] = {}
    for base in bases if isinstance(bases, list) else [bases]:
        _merge(merged, _read(_locate(str(base), path.parent), (*seen, path)))
    _merge(merged, settings)
    return merged


def _names() -> list[str]:
    return sorted(path.relative_to(PRESETS).with_suffix("").as_posix() for path in PRESETS.rglob("*.toml"))


def _merge(into: dict[str, Any], settings: dict[str, Any]) -> None:
    for key, value in settings.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _parse_override(override: str) -> dict[str, Any]:
    key, separator, value = override.partition("=")
    if not separator or not key.strip():
        raise ConfigError(f"override `{override}`: expected section.key=value, such as challenger.frozen=true")
    try:
        parsed: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    for part in reversed(key.strip().split(".")):
        parsed = {part: parsed}
    return dict(parsed)


def _explain(error: ValidationError, source: str) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            nearest = difflib.get_close_matches(where, list(_known_keys(RunConfig)), n=1, cutoff=0.4)
            hint = f"; did you mean `{nearest[0]}`?" if nearest else ""
            lines.append(f"{source}: unknown key `{where}`{hint}")
        elif problem["type"] == "missing":
            lines.append(f"{source}: `{where}` is not set\nhint: set it in the file, or with --set {where}=VALUE")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "tuple_type":
                message = f'expected a list, such as ["{problem["input"]}"]'
            lines.append(f"{source}: `{where}` = {problem['input']!r}: {message}" if where else f"{source}: {message}")
    return "\n".join(lines)


def _known_keys(settings: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in settings.model_fields.items():
        yield prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _known_keys(field.annotation, f"{prefix}{name}.")
