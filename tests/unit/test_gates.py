"""Each gate by hand: what it must refuse, and real exam questions that it must let pass."""

import json
import time

import pytest

from spice_fast.config import GatesConfig
from spice_fast.errors import MissingFileError
from spice_fast.records import Refusal, RefusalClass, Task, TaskKind
from spice_fast.tasks import Gates

PASSAGE = "lamp 3 b stone 4 c river 2 = moon 1 ;\napple 0 a bread 2 = chair 4 ;\nThe sky is Blue. Grass is green."
NUMBER, TEXT = TaskKind.INTEGER, TaskKind.STRING
PLANETS = ("Mercury", "Venus", "Earth", "Mars")


def task(question, gold="1", *, quotes=(), kind=NUMBER, choices=()):
    return Task(kind=TaskKind.MCQ if choices else kind, question=question, gold=gold, quotes=quotes, choices=choices)


def refused(gate, *tasks, passage=PASSAGE, **settings):
    gates = Gates([gate], GatesConfig.model_validate({gate: settings} if settings else {}))
    results = gates.apply(tasks, [passage] * len(tasks))
    return [(found.reason, found.detail) if isinstance(found, Refusal) else None for found in results]


def reason(gate, candidate, **settings):
    [found] = refused(gate, candidate, **settings)
    return found and found[0]


# -- grounded ---------------------------------------------------------------------------------------------------------


def test_a_whole_statement_of_the_passage_is_grounded():
    assert reason("grounded", task("apple 0 a bread 2 = chair", "4")) is None
    assert reason("grounded", task("  apple 0 a  bread 2 = chair ", " 4 ")) is None


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("apple 0 a bread 2 = chair", "3"),  # wrong gold
        ("stone 4 c river 2 = moon", "1"),  # the tail of a statement is another task
        ("lamp 3 b stone 4 c river 2 = moon 1 ; apple 0 a bread 2 = chair", "4"),  # two statements in one
        ("apple 0 a bread 1 = chair", "4"),  # invented
    ],
)
def test_what_the_passage_does_not_state_is_refused(question, gold):
    assert reason("grounded", task(question, gold)) == "ungrounded"


def test_quotes_must_be_in_the_passage_and_hold_the_gold():
    def quoted(gold, quote):
        return reason("grounded", task("What colour is the sky?", gold, quotes=(quote,)))

    assert quoted("blue", "The sky is Blue.") is None
    assert quoted("red", "The sky is Blue.") == "gold_not_in_quote"
    assert quoted("blue", "The sea is blue.") == "quote_not_in_passage"
    assert quoted("lu", "The sky is Blue.") == "gold_not_in_quote"


def test_the_gold_of_an_mcq_is_its_options_text():
    choices = ("red", "blue", "grey", "black")
    assert (
        reason("grounded", task("What colour is the sky?", "B", quotes=("The sky is Blue.",), choices=choices)) is None
    )


# -- leak -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leaking",
    [
        task("What SI unit of force, the newton, is named after Isaac Newton?", "newton", kind=TEXT),
        task("In which city was the Treaty of Paris signed?", "Paris", kind=TEXT),
        task("Which gas, carbon  dioxide, do plants take in?", "Carbon dioxide", kind=TEXT),
        task("What is 6 times 7? The answer is 42.", "42"),
        task("What is 6 times 7 (answer: 42)?", "42"),
        task("What is 6 times 7 (= 42)?", "42"),
        task("How many days has a leap year's February (29)?", "29"),
        task("What is the product 6 * 7, which equals 42?", "42"),
        task("Compute 6 × 7 = 42.", "42"),
        task("What is 25 * 40 = 1,000?", "1000"),
        task("How many metres is the rim, the result being approximately 6.28?", "6.28", kind=TaskKind.FLOAT),
        task("What is the derivative of x^2 (2x)?", "2x", kind=TaskKind.EXPRESSION),
        task("The red planet Mars is which of these?", "D", choices=PLANETS),
        task("How many sides has a hexagon? The answer is 6.", "A", choices=("6", "5", "8", "7")),
    ],
    ids=lambda found: found.question[:40],
)
def test_a_question_that_gives_its_answer_away_leaks(leaking):
    [found] = refused("leak", leaking)
    assert found is not None
    assert found[0] == "leaked"
    assert found[1]


@pytest.mark.parametrize(
    "honest",
    [
        task("If x = 42, what is |x|?", "42"),
        task("Solve 2x + 3 = 7 and give x + 5.", "7"),
        task("For f(x) = x^2 with f(2) = 4, what is 2 f(2) - 4?", "4"),
        task("Two numbers whose sum equals 10 differ by 2. What is their sum?", "10"),
        task("Using equation (2), how many roots does the system have (see part (b))?", "2"),
        task("A triangle has sides 3, 4 and 5. What is the radius of its inscribed circle doubled, plus 1?", "3"),
        task("How many integers satisfy |x| = 2?", "2"),
        task("A train covers 120 km in 2 hours. How many hours does it need for 420 km less 300 km?", "2"),
        task("What is the sum of the first 3 odd numbers? Note that 1 + 3 = 4.", "9"),
        task("Is melting ice endothermic or exothermic?", "endothermic", kind=TEXT),
        task("Which is heavier, a proton or an electron?", "proton", kind=TEXT),
        task("True or false: is it true that light is a wave?", "true", kind=TEXT),
        task("Which vitamin of group B is a coenzyme A precursor?", "B5", kind=TEXT),
        task("Which element with symbol He fills balloons?", "helium", kind=TEXT),
        task("Which parisian landmark opened in 1889?", "Paris", kind=TEXT),
        task("Which planet is closest to the Sun?", "A", choices=PLANETS),
        task("Which of Earth and Mars has two moons?", "D", choices=PLANETS),
        task("Which planet is the twin of Venus in size?", "C", choices=PLANETS),
        task("A cube has 6 faces. How many edges has it?", "B", choices=("6", "12", "8", "10")),
        task("A square has side 6. Which number is its perimeter less 18?", "A", choices=("6", "12", "8", "10")),
    ],
    ids=lambda found: found.question[:40],
)
def test_an_honest_question_may_name_what_it_is_about(honest):
    assert refused("leak", honest) == [None]


# -- self_contained ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "According to the passage, why did the bridge fall?",
        "Which of these does the passage imply?",
        "Based on this text, what limits the reaction?",
        "In the text above, which enzyme is named first?",
        "What does the author argue about tariffs?",
        "Why does the author believe that prices fall?",
        "As stated in the document, how many samples were taken?",
        "What value is shown in Figure 3?",
        "Using Table 2.1, what is the mean?",
        "What speed do the data in figure 7 suggest?",
        "From equation (4), what is the period?",
        "Which conclusion does this excerpt support?",
        "In the article, what is the main claim?",
        "Given the provided text, what is x?",
    ],
)
def test_a_question_that_points_at_what_is_not_there_is_refused(question):
    assert reason("self_contained", task(question)) == "refers_to_passage"


@pytest.mark.parametrize(
    "question",
    [
        "What does the text of the law say about theft?",
        "How does the passage of time affect a half-life?",
        "What blocks the passage of ions through the membrane?",
        "Which bill's passage through the Senate took longest?",
        "Who is the author of Hamlet?",
        "According to the authors of the Federalist Papers, what is a faction?",
        "According to the second law of thermodynamics, which quantity cannot fall?",
        "According to the paper by Watson and Crick (1953), how many strands has DNA?",
        "What is shown in the text of Section 230 of the Communications Decency Act?",
        "How many crossings has a figure 8 knot?",
        "At table 3 sit four guests, at table 4 five. How many guests are there?",
        "From x + y = 3 (1) and x - y = 1 (2), add equation (1) to the other. What is 2x?",
        "Read the table.\n| t | v |\n| 1 | 3 |\nBased on the table, what is v?",
        "Which document did King John seal in 1215?",
        "Which article of the US Constitution defines the judiciary?",
        "How many chapters has the book of Genesis?",
        "A block slides down the plane described above at rest. What is its speed?",
        "What is the narrator of Moby-Dick called?",
    ],
)
def test_words_about_the_world_are_no_reference(question):
    assert refused("self_contained", task(question)) == [None]


# -- copy_ratio -------------------------------------------------------------------------------------------------------

SENTENCE = "The treaty of Westphalia ended the thirty years war in the Holy Roman Empire in October of 1648."


def test_a_sentence_with_a_hole_is_copied():
    hole = task(
        "the treaty of Westphalia ended the thirty years war in the Holy Roman Empire in October of which year?"
    )
    assert refused("copy_ratio", hole, passage=f"Before. {SENTENCE} After.") == [("copied", "10 of 12 runs of 8 words")]


def test_a_question_in_other_words_may_share_a_phrase_and_short_ones_are_not_judged():
    passage = f"Before. {SENTENCE} After."
    own = task(
        "A ruler of 1640 wants to know how much longer his armies must fight until, eight years on, peace is made "
        "and the thirty years war in the Holy Roman Empire is over. In which Westphalian treaty was that?"
    )
    assert refused("copy_ratio", own, task("the thirty years war in the Holy"), passage=passage) == [None, None]
    assert reason("copy_ratio", own, passage=passage, run_words=3, limit=0.1) == "copied"


def test_every_question_is_compared_with_its_own_passage():
    hole = task("treaty of Westphalia ended the thirty years war in the Holy Roman Empire in")
    gates = Gates(["copy_ratio"], GatesConfig())
    results = gates.apply([hole, hole, hole], [SENTENCE, "Something else.", SENTENCE])
    assert [isinstance(result, Refusal) for result in results] == [True, False, True]


# -- memory -----------------------------------------------------------------------------------------------------------

LONG = " ".join(f"word{number}" for number in range(60))


def test_only_earlier_rounds_are_remembered_and_nearly_the_same_is_the_same():
    gates = Gates(["memory"], GatesConfig())
    asked = [task(LONG), task(LONG)]
    assert gates.apply(asked, [None, None]) == asked
    gates.memory.remember([(LONG, ())])
    [found, other] = gates.apply([task(LONG.upper() + "!"), task(LONG[:200])], [None, None])
    assert (found.reason, found.detail) == ("repeated", "round 0, similarity 1.00")
    assert isinstance(other, Task)


def test_a_stem_with_other_options_is_another_question_and_their_order_does_not_matter():
    gates = Gates(["memory"], GatesConfig())
    gates.memory.remember([("Which statement is true?", PLANETS)])
    same, other = (
        task("Which statement is true?", "A", choices=choices)
        for choices in (PLANETS[::-1], ("Ice floats", "Ice sinks", "Ice is hot", "Ice is a metal"))
    )
    found, passed = gates.apply([same, other], [None, None])
    assert isinstance(found, Refusal)
    assert passed is other


# -- contamination ----------------------------------------------------------------------------------------------------

ITEM = "Find the number of ordered pairs of positive integers a and b such that their sum is one hundred."


@pytest.fixture
def benchmark(tmp_path):
    path = tmp_path / "aime.jsonl"
    path.write_text("".join(json.dumps({"problem": text}) + "\n" for text in ("What is heat capacity?", ITEM)))
    return str(path)


def test_a_benchmark_item_is_refused_with_its_file_and_line(benchmark):
    candidate = task("Ada asks: find the number of ordered PAIRS of positive integers, a and b, such that they are 7.")
    assert refused("contamination", candidate, benchmarks=[benchmark]) == [("contaminated", f"{benchmark}:2")]


def test_a_short_question_is_an_items_only_when_all_words_are(benchmark):
    questions = [
        "what is heat capacity",
        "What is heat capacity of water?",
        "ordered pairs of positive integers",
        "What is heat?",
    ]
    found = refused("contamination", *map(task, questions), benchmarks=[benchmark])
    assert found == [("contaminated", f"{benchmark}:1"), None, None, None]


def test_a_missing_benchmark_is_named_before_anything_runs(tmp_path):
    with pytest.raises(MissingFileError, match=r"none\.jsonl"):
        refused("contamination", task("q"), benchmarks=[str(tmp_path / "none.jsonl")])


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("1 " * 10_000 + "x = 42 " * 1_000, "42"),
        ("(" * 20_000, "42"),
        (" (1" * 7_000, "42"),
        ("the answer to " + "a" * 20_000, "42"),
        ("the answer of " * 1_500, "42"),
        ("gold or " * 2_500, "gold"),
        ("the " + " " * 20_000, "42"),
        ("according to the " * 1_200, "42"),
        ("Figure 1" + ".1" * 10_000 + "a", "42"),
        ("equation (1 " * 1_700, "42"),
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("gate", ["leak", "self_contained", "copy_ratio", "memory"])
def test_no_question_of_20_000_characters_holds_a_gate_up(gate, question, gold):
    hostile = task(question, gold, kind=TEXT if gold == "gold" else NUMBER)
    start = time.process_time()
    refused(gate, hostile)
    assert time.process_time() - start < 0.5


# -- the chain --------------------------------------------------------------------------------------------------------


def test_a_refusal_stays_and_no_gate_refuses_nothing():
    malformed = Refusal(refusal_class=RefusalClass.FORMAT, reason="no_json")
    invented = task("According to the passage, what is 6 * 7 = 42?", "42")
    assert Gates([], GatesConfig()).apply([malformed, invented], [PASSAGE] * 2) == [malformed, invented]
    for order, expected in ((["leak", "self_contained"], "leaked"), (["self_contained", "leak"], "refers_to_passage")):
        kept, found = Gates(order, GatesConfig()).apply([malformed, invented], [PASSAGE] * 2)
        assert kept is malformed
        assert found.reason == expected
        assert found.refusal_class is RefusalClass.GATE
