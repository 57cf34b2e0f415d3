"""``python -m spice_fast.cli`` is ``spice-fast``."""

from spice_fast.cli import main

main()
