import pytest

from spice_fast.config import RunConfig, load_config, overlay_names, preset_names
from spice_fast.errors import ConfigError, MissingFileError

MINIMAL = {"model": {"path": "m"}, "corpus": {"path": "c"}}


def test_defaults_are_the_papers_where_it_states_them():
    config = RunConfig.model_validate(MINIMAL)
    assert (config.rounds, config.passages_per_round, config.corpus.passage_tokens) == (640, 128, 5992)
    assert (config.challenger.group, config.reasoner.rollouts) == (8, 8)
    assert (config.update.learning_rate, config.engine.temperature) == (1e-6, 1.0)
    assert config.challenger.gates == ()


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads(name):
    # Paper presets leave the corpus to the user.
    assert load_config(name, ["corpus.path=somewhere"]).rounds > 0


def test_presets_are_found():
    assert "mini/spice" in preset_names()


def test_a_base_gives_what_the_file_does_not_say():
    spice, paper = load_config("mini/spice"), load_config("mini/spice-paper")
    assert paper.challenger.gates == ()
    assert spice.challenger.gates == ("grounded",)
    assert paper.update == spice.update


def test_overrides_win_over_the_file():
    config = load_config("mini/spice", ["challenger.frozen=true", "rounds=7", "model.path=some folder"])
    assert (config.challenger.frozen, config.rounds, config.model.path) == (True, 7, "some folder")


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ConfigError, match=r"unknown key `challenger\.groop`; did you mean `challenger\.group`"):
        load_config("mini/spice", ["challenger.groop=4"])


def test_an_unknown_preset_names_the_nearest():
    with pytest.raises(MissingFileError, match="did you mean `mini/spice`"):
        load_config("mini/spicy")


def test_a_value_out_of_range_names_its_key_and_value():
    with pytest.raises(ConfigError, match=r"`challenger\.group` = 1"):
        load_config("mini/spice", ["challenger.group=1"])


def test_a_missing_key_says_how_to_set_it(tmp_path):
    (tmp_path / "run.toml").write_text('[model]\npath = "m"\n')
    with pytest.raises(ConfigError, match=r"`corpus` is not set\nhint: .*--set corpus"):
        load_config(tmp_path / "run.toml")


def test_a_base_that_leads_back_is_refused(tmp_path):
    (tmp_path / "a.toml").write_text('base = "b.toml"\n')
    (tmp_path / "b.toml").write_text('base = "a.toml"\n')
    with pytest.raises(ConfigError, match="leads back"):
        load_config(tmp_path / "a.toml")


def test_later_bases_win_over_earlier_ones_and_the_file_over_both(tmp_path):
    (tmp_path / "run.toml").write_text(
        'base = ["mini/spice", "overlay/absolute-zero-reward", "overlay/threshold-reward"]\nrounds = 3\n'
    )
    config = load_config(tmp_path / "run.toml")
    assert (config.rounds, config.reward.name, config.model.path) == (3, "threshold", "builtin:mini")


def test_overlays_win_over_the_file_and_overrides_over_overlays():
    overlays = ["overlay/fixed-challenger", "overlay/threshold-reward"]
    config = load_config("mini/spice", ["reward.name=r_zero"], overlays)
    assert (config.challenger.frozen, config.reward.name) == (True, "r_zero")


def test_overlays_are_no_presets():
    assert "overlay/threshold-reward" in overlay_names()
    assert not set(overlay_names()) & set(preset_names())


def test_a_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "bad.toml").write_text("rounds = = 3\n")
    with pytest.raises(ConfigError, match=r"bad\.toml: not TOML"):
        load_config(tmp_path / "bad.toml")


def test_an_override_without_value_is_refused():
    with pytest.raises(ConfigError, match=r"expected section\.key=value"):
        load_config("mini/spice", ["challenger.frozen"])


def test_the_grounded_gate_needs_a_passage():
    with pytest.raises(ConfigError, match="needs a passage"):
        load_config("mini/spice", ["challenger.use_corpus=false"])


@pytest.mark.parametrize(
    ("gates", "complaint"),
    [
        ("['contamination']", r"nothing to look for; name files in gates\.contamination\.benchmarks"),
        ("['leak', 'leak']", "names a gate twice"),
        ("['leek']", r"`challenger\.gates\.0` = 'leek'"),
    ],
)
def test_gates_that_cannot_be_are_refused(gates, complaint):
    with pytest.raises(ConfigError, match=complaint):
        load_config("mini/spice", [f"challenger.gates={gates}"])


def test_gates_are_off_in_the_paper_preset_and_on_in_the_recommended_one():
    paper, ours = (load_config(f"{name}/qwen3-4b") for name in ("paper", "recommended"))
    assert (paper.challenger.gates, paper.reasoner.shuffle_options) == ((), False)
    assert set(ours.challenger.gates) == {"leak", "self_contained", "copy_ratio", "memory", "answerability"}
    # The open-book prompt holds a question too.
    assert ours.max_sequence_tokens == paper.max_sequence_tokens + paper.challenger.max_new_tokens


def test_a_list_is_asked_for_where_one_word_was_given():
    with pytest.raises(ConfigError, match=r'`report_to` = \'wandb\': expected a list, such as \["wandb"\]'):
        load_config("mini/spice", ["report_to=wandb"])


def test_a_run_may_name_several_corpora(tmp_path):
    (tmp_path / "run.toml").write_text(
        'base = "mini/spice"\n[corpus]\nkeep = ["good.keep"]\nweight = 3\n'
        '[[corpus.also]]\npath = "other"\n[[corpus.also]]\npath = "third"\nweight = 0.5\n'
    )
    corpus = load_config(tmp_path / "run.toml").corpus
    assert (corpus.path, corpus.keep, corpus.weight) == ("builtin:mini", ("good.keep",), 3)
    assert [(source.path, source.keep, source.weight) for source in corpus.also] == [
        ("other", (), 1),
        ("third", (), 0.5),
    ]


def test_weights_are_above_0():
    with pytest.raises(ConfigError, match=r"`corpus\.weight` = 0"):
        load_config("mini/spice", ["corpus.weight=0"])


@pytest.mark.parametrize(
    ("milestones", "rounds", "expected"),
    [(0, 200, []), (4, 200, [0, 50, 100, 150, 200]), (4, 6, [0, 1, 3, 4, 6]), (4, 2, [0, 1, 2]), (1, 5, [0, 5])],
)
def test_milestones_are_equal_parts_of_the_run(milestones, rounds, expected):
    assert (
        load_config("mini/spice", [f"checkpoint.milestones={milestones}"]).checkpoint.milestone_rounds(rounds)
        == expected
    )


def test_another_models_tasks_are_named_whole_and_train_no_challenger():
    with pytest.raises(ConfigError, match="go together"):
        load_config("mini/spice", ["challenger.url=http://host/v1"])
    with pytest.raises(ConfigError, match=r"needs challenger\.frozen = true"):
        load_config("mini/spice", ["challenger.url=http://host/v1", "challenger.served_model=m"])
