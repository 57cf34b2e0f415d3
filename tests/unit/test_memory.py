"""That a run gives its memory back: in a process of its own, since what is set is set for the whole process."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from pathlib import Path
from spice_fast.training.memory import give_large_blocks_back

def resident_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

if sys.argv[1] == "on":
    give_large_blocks_back()
before = resident_mib()
# The first and longest raises glibc's threshold; the others then come out of one heap, below small blocks that stay.
kept = []
for mib in (31, 20, 18):
    block = bytearray(mib << 20)
    block[::4096] = b"x" * (mib << 8)
    kept.append(bytearray(100_000))
    del block
print(resident_mib() - before)
"""


def growth_mib(switch):
    command = [sys.executable, "-c", SCRIPT, switch]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_large_blocks_go_back_to_the_system_when_they_are_freed():
    assert growth_mib("off") > 15
    assert growth_mib("on") < 5
