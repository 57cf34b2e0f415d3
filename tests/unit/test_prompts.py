import pytest

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.records import Task, TaskKind
from spice_fast.tasks import Prompts, load_templates


class SpellingTokenizer:
    """One token per character, so a prompt can be read back."""

    chat_template = "any"

    def apply_chat_template(self, conversation, **_):
        return [ord(c) for message in conversation for c in f"<{message['role']}>{message['content']}"]

    def encode(self, text, *, add_special_tokens):
        return [ord(c) for c in text]


def text(ids):
    return "".join(map(chr, ids))


@pytest.fixture
def prompts():
    return Prompts(load_templates("paper"), SpellingTokenizer())


@pytest.mark.parametrize("name", ["paper", "mini"])
def test_every_built_in_set_is_complete(name):
    assert "{{passage}}" in load_templates(name).free_form


def test_the_challenger_sees_the_passage_and_the_answer_type(prompts):
    prompt = text(prompts.challenger(TaskKind.FLOAT, "THE PASSAGE"))
    assert "THE PASSAGE" in prompt
    assert '"answer_type": "Float"' in prompt
    assert "{{" not in prompt


def test_an_mcq_challenger_is_asked_for_options(prompts):
    assert "multiple_choice_correct" in text(prompts.challenger(TaskKind.MCQ, "P"))


def test_from_memory_there_is_no_passage(prompts):
    assert "PASSAGE" not in text(prompts.challenger(TaskKind.STRING, None))


def test_the_reasoner_sees_question_and_options_and_nothing_else(prompts):
    task = Task(kind=TaskKind.MCQ, question="Which?", gold="B", choices=("1", "2", "3", "4"), quotes=("secret quote",))
    prompt = text(prompts.reasoner(task))
    assert "Which?\nA) 1\nB) 2\nC) 3\nD) 4" in prompt
    assert "secret quote" not in prompt
    assert "\\boxed{}" in prompt


def test_text_filled_in_is_never_searched_for_placeholders(prompts):
    assert "{{answer_type}}" in text(prompts.challenger(TaskKind.FLOAT, "a {{answer_type}} in a document"))


def test_without_a_chat_template_messages_are_plain_text():
    tokenizer = SpellingTokenizer()
    tokenizer.chat_template = None
    prompt = text(Prompts(load_templates("paper"), tokenizer).task_type("P"))
    assert prompt.startswith("You write demanding")


def test_a_base_model_is_asked_in_a_plain_conversation():
    tokenizer = SpellingTokenizer()
    prompt = Prompts(load_templates("octothinker"), tokenizer).challenger(TaskKind.FLOAT, "a {{user}} passage")
    assert text(prompt).startswith("A conversation between a User and an Assistant. You write demanding exam questions")
    assert "\n\nUser: Write one exam question" in text(prompt)
    assert "a {{user}} passage" in text(prompt)
    assert text(prompt).endswith("\nAssistant:")


def test_a_prompt_knows_its_messages(prompts):
    prompt = prompts.challenger(TaskKind.FLOAT, "P")
    assert [role for role, _ in prompt.messages] == ["system", "user"]
    assert prompt == [ord(c) for role, content in prompt.messages for c in f"<{role}>{content}"]


def test_a_set_may_change_some_texts_of_another(tmp_path):
    (tmp_path / "mine.toml").write_text('base = "paper"\nreasoner = "{{question}} now"\n')
    mine, paper = load_templates(str(tmp_path / "mine.toml")), load_templates("paper")
    assert (mine.reasoner, mine.mcq) == ("{{question}} now", paper.mcq)


def test_a_set_that_is_its_own_base_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(f'base = "{path}"\n')
    with pytest.raises(ConfigError, match="leads back"):
        load_templates(str(path))


def test_a_set_that_is_nowhere_is_named():
    with pytest.raises(MissingFileError, match=r"built-in sets: mini, octothinker, paper"):
        load_templates("papre")


def test_a_set_with_a_missing_text_is_refused(tmp_path):
    (tmp_path / "mine.toml").write_text('mcq = "x"\n')
    with pytest.raises(ConfigError, match="free_form"):
        load_templates(str(tmp_path / "mine.toml"))
