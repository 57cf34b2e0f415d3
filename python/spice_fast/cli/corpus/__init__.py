"""``spice-fast corpus``: one file for each group of commands, what they share in ``common``."""

from __future__ import annotations

from cyclopts import App

from spice_fast.cli.corpus.build import build, stats
from spice_fast.cli.corpus.filter import decontaminate, dedup
from spice_fast.cli.corpus.sample import sample
from spice_fast.cli.corpus.search import index, search

app = App(name="corpus")
app.command(build)
app.command(stats)
app.command(sample)
app.command(dedup)
app.command(decontaminate)
app.command(index)
app.command(search)
