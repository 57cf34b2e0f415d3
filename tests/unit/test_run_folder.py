import pytest

from spice_fast.errors import MissingFileError, OutputExistsError, ResumeError
from spice_fast.observability import RunFolder, append_row, read_events, read_rows, write_events
from spice_fast.observability.run_folder import COMPLETE

CONFIG = {"seed": 1, "rounds": 4, "update": {"updates_per_round": 2, "learning_rate": 0.1}}
FACTS = {"corpus_hash": "abc", "world_size": 1, "versions": {"trl": "1.16.0"}}


@pytest.fixture
def folder(tmp_path):
    made = RunFolder(tmp_path / "run")
    made.create(CONFIG, FACTS)
    return made


def test_a_folder_with_anything_in_it_is_not_overwritten(folder):
    with pytest.raises(OutputExistsError, match="--resume"):
        folder.create(CONFIG, FACTS)


def test_a_folder_without_a_run_says_so(tmp_path):
    with pytest.raises(MissingFileError, match=r"no config\.json"):
        RunFolder(tmp_path).config()


def test_rounds_and_checkpoint_settings_may_change_on_resume(folder):
    folder.check_resumable(
        {**CONFIG, "rounds": 9, "checkpoint": {"every": 3}, "challenger": {"url": "http://b/v1"}},
        {**FACTS, "versions": {"trl": "1.16.1"}},
    )


@pytest.mark.parametrize(
    ("config", "facts", "named"),
    [
        ({**CONFIG, "seed": 2}, FACTS, "seed: 1 in the run, 2 now"),
        ({**CONFIG, "challenger": {"served_model": "b"}}, FACTS, r"challenger\.served_model: None in the run, 'b' now"),
        ({**CONFIG, "update": {"updates_per_round": 2, "learning_rate": 0.2}}, FACTS, r"update\.learning_rate: 0\.1"),
        (CONFIG, {**FACTS, "world_size": 2}, "world_size: 1 in the run, 2 now"),
        (CONFIG, {**FACTS, "corpus_hash": "xyz"}, "corpus_hash: 'abc' in the run, 'xyz' now"),
    ],
)
def test_what_decides_results_must_not_change_on_resume(folder, config, facts, named):
    with pytest.raises(ResumeError, match=named):
        folder.check_resumable(config, facts)


def test_a_checkpoint_counts_only_with_its_marker(folder):
    for steps in (2, 10, 4):
        folder.checkpoint_of(steps).mkdir()
        (folder.checkpoint_of(steps) / COMPLETE).touch()
    folder.checkpoint_of(12).mkdir()
    assert [path.name for path in folder.complete_checkpoints()] == ["checkpoint-2", "checkpoint-4", "checkpoint-10"]


def test_a_checkpoint_without_the_memory_of_questions_is_named(folder):
    checkpoint = folder.checkpoint_of(2)
    checkpoint.mkdir()
    with pytest.raises(ResumeError, match=r"checkpoint-2.*the gate `memory` is on\nhint: delete"):
        folder.question_memory(checkpoint)
    folder.save_question_memory(checkpoint, b"state")
    assert folder.question_memory(checkpoint) == b"state"


def test_rewinding_deletes_everything_after_the_last_complete_checkpoint(folder):
    for steps in (2, 4, 6):
        folder.checkpoint_of(steps).mkdir()
    for steps in (2, 4):
        (folder.checkpoint_of(steps) / COMPLETE).touch()
    for index in range(4):
        write_events(folder.events_of(index), [{"round": index}])
        append_row(folder.metrics, {"round": index})
    (folder.events / "round-000003.jsonl.zst.tmp").write_bytes(b"half")
    for rounds in (0, 2, 3):
        append_row(folder.evaluations, {"round": rounds})
    with folder.metrics.open("a") as file:
        file.write('{"round": 4, "attem')
    folder.rewind()
    assert sorted(path.name for path in folder.events.iterdir()) == ["round-000000.jsonl.zst", "round-000001.jsonl.zst"]
    assert [row["round"] for row in read_rows(folder.metrics)] == [0, 1]
    assert [row["round"] for row in read_rows(folder.evaluations)] == [0, 2]
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == ["checkpoint-2", "checkpoint-4"]


def test_events_come_back_as_they_were_and_equal_rows_give_equal_bytes(tmp_path):
    rows = [{"text": "a\u2028b\n", "lone": "\ud800", "n": 0.1}]
    write_events(tmp_path / "a", rows)
    write_events(tmp_path / "b", rows)
    assert list(read_events(tmp_path / "a")) == rows
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rewinding_deletes_milestones_that_were_not_reached_or_not_finished(folder):
    folder.checkpoint_of(4).mkdir()
    (folder.checkpoint_of(4) / COMPLETE).touch()
    for rounds in (0, 2, 3):
        folder.milestone_of(rounds).mkdir(parents=True)
    (folder.milestones / ".round-000002.tmp").mkdir()
    folder.crossplay.write_text("{}")
    folder.rewind()
    assert sorted(path.name for path in folder.milestones.iterdir()) == ["round-000000", "round-000002"]
    assert not folder.crossplay.exists()
