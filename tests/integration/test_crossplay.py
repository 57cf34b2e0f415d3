"""Cross-play of a run folder whose milestones are the miniature's checkpoint, whole or spoilt."""

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.evaluation.crossplay import read_crossplay, write_crossplay
from spice_fast.mini.levels import level
from spice_fast.observability import RunFolder, append_row, round_metrics, write_events
from spice_fast.report import write_report
from spice_fast.training.crossplay import play_crosswise
from spice_fast.training.policy import BUILTIN_MODELS


@pytest.fixture
def finished(mini_config, tmp_path):
    """Makes the folder of a finished run: ``finished(spoilt rounds, *overrides)``."""

    def make(spoilt=(), *overrides):
        config = mini_config("rounds=8", *overrides)
        folder = RunFolder(tmp_path / "run")
        folder.create(config.model_dump(mode="json"), {})
        for rounds in config.checkpoint.milestone_rounds(config.rounds):
            shutil.copytree(BUILTIN_MODELS["builtin:mini"], folder.milestone_of(rounds))
            if rounds in spoilt:
                path = folder.milestone_of(rounds) / "model.safetensors"
                torch.manual_seed(0)
                weights = {name: torch.randn_like(value) * 0.05 for name, value in load_file(path).items()}
                save_file(weights, path, metadata={"format": "pt"})
        return folder

    return make


def test_equal_weights_fare_equally_and_spoilt_ones_neither_write_nor_solve(finished):
    table = play_crosswise(finished(spoilt=(8,)), num_passages=6, level=level)
    assert table.reasoners == (0, 2, 4, 6, 8)
    assert table.num_answers == 4
    assert [row.rounds for row in table.challengers] == [0, 2, 4, 6, 8]
    *whole, spoilt = table.challengers
    # The same passages, seeds and weights: the same tasks and answers.
    assert len({(row.num_valid, row.num_tasks, row.level, row.pass_rates) for row in whole}) == 1
    assert whole[0].num_attempts == 24
    assert 0 < whole[0].num_valid < 24
    assert len(set(whole[0].pass_rates[:4])) == 1
    assert whole[0].pass_rates[0] > 0.3
    assert whole[0].pass_rates[4] == 0
    assert whole[0].level > 0
    assert (spoilt.num_valid, spoilt.num_tasks, spoilt.level, spoilt.pass_rates) == (0, 0, None, (None,) * 5)


def test_a_fixed_challenger_has_one_row(finished):
    table = play_crosswise(finished((), "challenger.frozen=true"), num_passages=2, num_answers=3)
    assert [row.rounds for row in table.challengers] == [0]
    assert table.num_answers == 3
    assert len(table.challengers[0].pass_rates) == 5
    assert table.challengers[0].level is None


def test_a_missing_milestone_names_the_setting(finished):
    with pytest.raises(
        MissingFileError, match=r"no weights after 0, 2, 4, 6, 8 of its 8 rounds: found checkpoint.milestones = 0"
    ):
        play_crosswise(finished((), "checkpoint.milestones=0"))


def test_another_models_tasks_cannot_be_played_again(finished):
    served = ("challenger.frozen=true", "challenger.url=http://host/v1", "challenger.served_model=big")
    with pytest.raises(ConfigError, match="were written by big"):
        play_crosswise(finished((), *served))


def test_the_table_is_kept_and_drawn_in_the_report(finished, tmp_path):
    folder = finished(spoilt=(8,))
    table = play_crosswise(folder, num_passages=2)
    write_crossplay(folder.crossplay, table)
    assert read_crossplay(folder.crossplay) == table
    refused = {
        "passage": 0, "valid": False, "kept": True, "reward": -0.1, "advantage": 0.0, "trains_reasoner": False, "verdicts": [],
        "step_by_step": [], "answer_tokens": [], "answer_advantages": [], "response_tokens": 1, "reason": "no_json",
        "open_book": [], "open_book_tokens": [],
    }  # fmt: skip
    append_row(folder.metrics, round_metrics(0, [refused]))
    write_events(folder.events_of(0), [refused])
    page = write_report([folder.path], tmp_path / "report.html").read_text()
    assert "<h2>Cross-play: run</h2>" in page
    assert "Reasoner after rounds" in page
    assert page.count(f"{table.challengers[0].pass_rates[0]:.3f}</td>") >= 4
