import pytest

from spice_fast.errors import MissingFileError
from spice_fast.observability import RunFolder, append_row, round_metrics, write_events
from spice_fast.report import read_curves, write_report
from spice_fast.report.curves import recorded_curves


def event(**changes):
    row = {
        "passage": 0, "attempt": 0, "kind": "integer", "response": "r", "response_tokens": 3, "valid": True, "kept": True,
        "reward": 1.0, "advantage": 0.5, "trains_reasoner": True, "verdicts": [1, 0], "step_by_step": [1, 1],
        "answer_tokens": [4, 6], "answer_advantages": [0.5, -0.5], "answers": ["an <answer>", "b"], "question": "why & how?",
        "gold": "42", "choices": [], "open_book": [1, 0], "open_book_tokens": [2, 3],
    }  # fmt: skip
    return row | changes


REFUSED = event(attempt=1, valid=False, reward=-0.1, advantage=-0.5, trains_reasoner=False, verdicts=[], step_by_step=[],
                answer_tokens=[], answer_advantages=[], answers=[], open_book=[], open_book_tokens=[], reason="no_json", refusal="format")  # fmt: skip


@pytest.fixture
def run(tmp_path):
    folder = RunFolder(tmp_path / "my run")
    folder.create({"update": {"updates_per_round": 1}}, {})
    for index in range(12):
        rows = [event(), REFUSED]
        write_events(folder.events_of(index), rows)
        append_row(folder.metrics, round_metrics(index, rows))
    for rounds in (0, 12):
        append_row(
            folder.evaluations, {"round": rounds, "accuracy": 0.4 + rounds / 60, "boxed": 1.0, "step_by_step": 0.5}
        )
    return folder


def test_metrics_come_from_events_alone():
    metrics = round_metrics(3, [event(), REFUSED])
    assert metrics == {
        "round": 3, "attempts": 2, "valid": 1, "refused": {"no_json": 1}, "refused_share": {"no_json": 0.5},
        "passages_without_valid_task": 0,
        "challenger_reward": 0.45, "pass_rate": 0.5, "trained_pass_rate": 0.5, "step_by_step": 1.0, "informative_rows": 4,
        "generated_tokens": 21, "response_tokens": 3, "answer_tokens": 5, "open_book_tokens": 5, "open_book_pass_rate": 0.5,
        "gold_letters": {}, "gold_letters_p": None,
    }  # fmt: skip


def test_a_round_without_valid_tasks_has_no_pass_rate():
    metrics = round_metrics(0, [REFUSED])
    assert metrics["pass_rate"] is None
    assert metrics["passages_without_valid_task"] == 1


def test_the_page_is_complete_in_itself_and_escapes_what_the_model_wrote(run, tmp_path):
    page = write_report([run.path], tmp_path / "out" / "report.html").read_text()
    assert page.count("<svg") == 6
    assert "why &amp; how?" in page
    assert "an &lt;answer&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    assert "0.400" in page
    assert "0.600" in page


def test_recorded_runs_are_drawn_behind(run, tmp_path):
    (tmp_path / "earlier.json").write_text(read_curves(run.path).renamed("earlier").to_json())
    recorded = recorded_curves(tmp_path / "earlier.json")
    assert recorded.name == "earlier"
    assert "earlier" in write_report([run.path], tmp_path / "report.html", recorded=[recorded]).read_text()


def test_the_same_run_gives_the_same_page(run, tmp_path):
    pages = [write_report([run.path], tmp_path / name).read_text() for name in ("a.html", "b.html")]
    assert len(pages[0]) == len(pages[1])


def test_a_folder_without_rounds_says_so(tmp_path):
    folder = RunFolder(tmp_path / "empty")
    folder.create({}, {})
    with pytest.raises(MissingFileError, match="no finished round"):
        read_curves(folder.path)
    with pytest.raises(MissingFileError, match="not a run folder"):
        read_curves(tmp_path / "nowhere")
