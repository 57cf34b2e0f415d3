"""Every error that this package raises for a user's mistake or a fault of the outside world.

Each class is also a builtin (``ValueError``, ``FileNotFoundError``, ...), so code that knows nothing of this package can
still catch it. A message says what was found, what was expected, where, and what to do. A model's bad output is never
an error: it is data, counted with its reason.
"""


class SpiceError(Exception):
    """What all errors of this package have in common; the command line prints it as one line and exits with 2."""


class ConfigError(SpiceError, ValueError):
    """A configuration that cannot be used: an unknown key, a value out of range, two settings that contradict."""


class CorpusError(SpiceError, ValueError):
    """A corpus that cannot be built or opened: empty, of a newer format, or changed since it was built."""


class DocumentError(SpiceError, ValueError):
    """A document file that cannot be read: names the file and, where there is one, the line or row."""


class MissingFileError(SpiceError, FileNotFoundError):
    """A file or folder that is not where the caller said it is."""


class OutputExistsError(SpiceError, FileExistsError):
    """An output that already exists and would be overwritten."""


class StorageError(SpiceError, OSError):
    """The operating system refused to read or write: a full disk, no permission, too many open files."""


class ResumeError(SpiceError, ValueError):
    """A run that cannot be resumed as asked: another configuration, tokenizer, budget, corpus or world size."""


class MissingDependencyError(SpiceError, ImportError):
    """An optional part that is not installed: names the command that installs it."""


class EngineError(SpiceError, RuntimeError):
    """A rollout engine that failed or drifted away from the trainer's weights."""
