"""`spice-fast grade` on files: what it reads, what it writes, and how it says no."""

import gzip
import json

import pytest
import zstandard

from spice_fast.cli import grade as command
from spice_fast.cli.grade import grade
from spice_fast.cli.rows import STDIN
from spice_fast.errors import ConfigError, DocumentError, MissingFileError, StorageError

ROWS = [
    {"gold": "5", "answer": r"\boxed{5}", "id": 1},
    {"gold": "B", "answer": r"\boxed{C}", "kind": "mcq"},
    {"gold": 0.5, "answer": r"\boxed{\frac12}"},
    {"gold": "5", "answer": None},
]
VERDICTS = [True, False, True, False]


def write(path, rows=ROWS):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    if path.suffix == ".gz":
        text = gzip.compress(text)
    if path.suffix == ".zst":
        # Two frames, as parallel compressors write them.
        text = b"".join(zstandard.compress(part) for part in (text[:40], text[40:]))
    path.write_bytes(text)
    return path


def read(path):
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().stream_reader(content).read()
    return [json.loads(line) for line in content.decode().splitlines()]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_a_file_is_read_and_written_as_its_name_says(tmp_path, capsys, suffix):
    output = tmp_path / f"graded{suffix}"
    grade(write(tmp_path / f"rows{suffix}"), output=output)
    graded = read(output)
    assert [row["equivalent"] for row in graded] == VERDICTS
    assert [row["rule"] for row in graded] == ["equal_bytes", "different_letter", "equal_number", "no_answer"]
    assert [{key: row[key] for key in before} for row, before in zip(graded, ROWS, strict=True)] == ROWS
    assert list(tmp_path.glob("*.part")) == []
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 of 4 right, 0 undecided" in captured.err


def test_batches_lose_no_row(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "BATCH_ROWS", 3)
    rows = [{"gold": str(number), "answer": rf"\boxed{{{number}}}"} for number in range(10)]
    grade(write(tmp_path / "rows.jsonl", rows))
    graded = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["gold"], row["equivalent"]) for row in graded] == [(str(number), True) for number in range(10)]


def test_standard_input_is_a_file_too(tmp_path, capsys, monkeypatch):
    with write(tmp_path / "rows.jsonl").open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        grade(STDIN)
    assert capsys.readouterr().out.count("\n") == len(ROWS)
    (tmp_path / "rows.jsonl").write_text("[]", encoding="utf-8")
    with (tmp_path / "rows.jsonl").open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        with pytest.raises(DocumentError, match=r"^standard input:1: expected a JSON object, found list$"):
            grade(STDIN)


def test_only_a_line_feed_ends_a_line(tmp_path, capsys):
    # What Python's splitlines takes for line ends may stand in a JSON text as it is.
    row = {"gold": "5", "answer": "one\u2028two\u0085three \\boxed{5}"}
    path = write(tmp_path / "rows.jsonl", [row])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\n")
    grade(path)
    assert capsys.readouterr().out.count('"equivalent": true') == 1


def test_the_summary_can_be_read_by_a_program(tmp_path, capsys):
    grade(write(tmp_path / "rows.jsonl"), json_output=True)
    summary = json.loads(capsys.readouterr().err)
    assert (summary["rows"], summary["right"], summary["undecided"]) == (4, 2, 0)
    assert summary["rules"]["no_answer"] == 1


def test_answers_without_marks_get_a_hint(tmp_path, capsys):
    path = write(tmp_path / "rows.jsonl", [{"gold": "5", "answer": "5"}])
    grade(path)
    assert "use --mode answer" in capsys.readouterr().err
    grade(path, mode="answer")
    assert "hint" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        (
            '{"gold": "5", "prediction": "5"}',
            ConfigError,
            "rows.jsonl:3: found no 'answer' among gold, prediction; name",
        ),
        (
            '{"gold": null, "answer": "5"}',
            DocumentError,
            "rows.jsonl:3: expected a text or number under 'gold', found None",
        ),
        (
            '{"gold": "5", "answer": "5", "kind": "sum"}',
            DocumentError,
            'rows.jsonl:3: unknown kind "sum"; expected auto',
        ),
        ('{"gold": "A", "answer": "A", "choices": [1]}', DocumentError, "rows.jsonl:3: "),
        ("[5]", DocumentError, "rows.jsonl:3: expected a JSON object, found list"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, error, message):
    output = tmp_path / "graded.jsonl"
    output.write_text("older", encoding="utf-8")
    path = write(tmp_path / "rows.jsonl", ROWS[:1])
    path.write_text(path.read_text(encoding="utf-8") + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(error) as caught:
        grade(path, output=output)
    assert message in str(caught.value)
    assert output.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_damaged_file_is_named(tmp_path, capsys, suffix):
    path = write(tmp_path / f"rows.jsonl{suffix}", [{**ROWS[0], "id": number**9} for number in range(3000)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DocumentError, match=r"damaged after line \d+: .* end"):
        grade(path)
    path.write_bytes(b"no archive")
    with pytest.raises(DocumentError, match=r"damaged after line 0: "):
        grade(path)


def test_what_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"none\.jsonl: no such file"):
        grade(tmp_path / "none.jsonl")
    with pytest.raises(StorageError, match=r"cannot be read: Is a directory"):
        grade(tmp_path)
    with pytest.raises(StorageError, match=r"graded\.jsonl: cannot be written: No such file"):
        grade(write(tmp_path / "rows.jsonl"), output=tmp_path / "none" / "graded.jsonl")


def test_one_answer_may_be_a_choice(capsys):
    grade(gold="B", answer="blue", kind="mcq", choice=("red", "blue"))
    assert capsys.readouterr().out.splitlines()[-1].startswith("right: ")
    with pytest.raises(SystemExit) as ended:
        grade(gold="B", answer="(B) red", kind="mcq", choice=("red", "blue"))
    assert ended.value.code == 1
    with pytest.raises(ConfigError, match=r"^unknown kind \"sum\""):
        grade(gold="5", answer="5", kind="sum")
