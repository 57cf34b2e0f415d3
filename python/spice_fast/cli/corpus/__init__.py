"""``spice-fast corpus``: one file for each group of commands, what they share in ``common``."""

from __future__ import annotations

from cyclopts import App

from spice_fast.cli.corpus.build import build, stats
from spice_fast.cli.corpus.export import export
from spice_fast.cli.corpus.filter import decontaminate, dedup
from spice_fast.cli.corpus.pack import pack
from spice_fast.cli.corpus.sample import sample
from spice_fast.cli.corpus.search import index, search
from spice_fast.cli.corpus.verify import verify
from spice_fast.cli.corpus.where import filter_

app = App(name="corpus")
app.command(build)
app.command(pack)
app.command(stats)
app.command(filter_, name="filter")
app.command(sample)
app.command(export)
app.command(verify)
app.command(dedup)
app.command(decontaminate)
app.command(index)
app.command(search)
