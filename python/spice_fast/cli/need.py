"""Asks for an optional part before work begins, and says which command installs it."""

from __future__ import annotations

from importlib.util import find_spec

from spice_fast.errors import MissingDependencyError


def need(*modules: str, extra: str | None) -> None:
    """Checks that all modules can be imported, without importing them.

    Raises:
        MissingDependencyError: one is missing; the message holds the command.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        what = f"'spice-fast[{extra}]'" if extra else " ".join(missing)
        raise MissingDependencyError(f"not installed: {', '.join(missing)}\nhint: pip install {what}")
