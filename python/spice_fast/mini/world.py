"""What is true in the miniature world: hidden tables, chains of operations, documents, and the held-out tasks.

Values are 0 to 4. Each operation ``a``, ``b`` is a fixed random 5 x 5 table. A *chain* folds operands from the left
through operations; a *document* states a few chains with their true totals, one a line::

    lamp 3 b stone 4 a river 2 = moon 1 ;

Every operand has a name of its own, and the total has one right before its value: copying the value is then plain
induction on a unique name, which a small model can learn. The warm-up ("pre-training") of the shipped checkpoint knows
only some cells of the tables (:data:`KNOWN_SHARE`); the rest stands only in documents, so that self-play has something
to learn and the generator knows how hard each task is: its length and its number of unknown cells.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

NUM_VALUES = 5
OPERATIONS = ("a", "b")
KNOWN_SHARE = {"a": 1.0, "b": 0.4}
OPERATION_WEIGHTS = (0.5, 0.5)
CHAIN_LENGTHS = (2, 2, 3, 3, 4, 4)
HELD_OUT_LENGTHS = (2, 3, 4)
CHAINS_PER_DOCUMENT = 3
WORLD_SEED = 99

NAMES = (
    "lamp",
    "stone",
    "river",
    "moon",
    "apple",
    "bread",
    "chair",
    "cloud",
    "drum",
    "eagle",
    "field",
    "glass",
    "horse",
    "island",
    "jar",
    "kite",
    "leaf",
    "mirror",
    "needle",
    "ocean",
    "paper",
    "queen",
    "rope",
    "ship",
    "table",
    "umbrella",
    "violin",
    "wagon",
    "yarn",
    "zebra",
    "anchor",
    "basket",
    "candle",
    "door",
    "engine",
    "feather",
    "garden",
    "hammer",
    "ink",
    "jewel",
)


def _draw_table(rng: random.Random) -> dict[tuple[int, int], int]:
    columns = [rng.sample(range(NUM_VALUES), NUM_VALUES) for _ in range(NUM_VALUES)]
    return {(left, right): columns[right][left] for left in range(NUM_VALUES) for right in range(NUM_VALUES)}


def _draw_tables() -> tuple[dict[str, dict[tuple[int, int], int]], dict[str, frozenset[tuple[int, int]]]]:
    rng = random.Random(WORLD_SEED)
    cells = [(left, right) for left in range(NUM_VALUES) for right in range(NUM_VALUES)]
    tables = {operation: _draw_table(rng) for operation in OPERATIONS}
    known = {
        operation: frozenset(rng.sample(cells, round(KNOWN_SHARE[operation] * len(cells)))) for operation in OPERATIONS
    }
    return tables, known


TABLES, KNOWN_CELLS = _draw_tables()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One application of an operation: ``left operation right = result``."""

    left: int
    operation: str
    right: int
    result: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Operands folded from the left through operations, each operand and the total with a name."""

    names: tuple[str, ...]
    """One name per operand, and the total's name last."""
    operands: tuple[int, ...]
    """Values 0 to 4."""
    operations: tuple[str, ...]
    """One fewer than operands."""

    @property
    def question(self) -> str:
        """The chain as a document states it, up to the name of the total."""
        head = f"{self.names[0]} {self.operands[0]}"
        rest = [
            f"{operation} {name} {operand}"
            for operation, name, operand in zip(self.operations, self.names[1:-1], self.operands[1:], strict=True)
        ]
        return " ".join([head, *rest, "=", self.names[-1]])

    @property
    def num_unknown_cells(self) -> int:
        """How many of its true steps the warm-up never taught."""
        return sum((step.left, step.right) not in KNOWN_CELLS[step.operation] for step in self.fold())

    @property
    def total(self) -> int:
        """The true value of the whole chain."""
        return self.fold()[-1].result

    def fold(self, guess: random.Random | None = None) -> list[Step]:
        """All steps from the left; with ``guess``, cells that the warm-up does not know get random results."""
        steps = []
        left = self.operands[0]
        for operation, right in zip(self.operations, self.operands[1:], strict=True):
            known = (left, right) in KNOWN_CELLS[operation]
            result = TABLES[operation][left, right] if known or guess is None else guess.randrange(NUM_VALUES)
            steps.append(Step(left=left, operation=operation, right=right, result=result))
            left = result
        return steps


def parse_question(question: str) -> Chain | None:
    """The chain that a question states, or None when it states none; whitespace separates words."""
    words = question.split()
    if len(words) < 7 or (len(words) - 4) % 3 or words[-2] != "=":
        return None
    names = (words[0], *words[3:-2:3], words[-1])
    operands = (words[1], *words[4:-2:3])
    operations = tuple(words[2:-2:3])
    values = {str(value) for value in range(NUM_VALUES)}
    if not (set(names) <= set(NAMES) and set(operands) <= values and set(operations) <= set(OPERATIONS)):
        return None
    return Chain(names=names, operands=tuple(int(operand) for operand in operands), operations=operations)


def draw_chain(
    rng: random.Random, num_operands: int, names: list[str] | None = None, *, familiar: bool | None = None
) -> Chain:
    """A random chain; ``names`` holds one name per operand and one for the total.

    ``familiar`` asks for a chain of ``a`` alone (True), or for one with a single ``b`` (False).
    """
    operations = rng.choices(OPERATIONS, OPERATION_WEIGHTS, k=num_operands - 1)
    if familiar is not None:
        operations = ["a"] * (num_operands - 1)
        if not familiar:
            operations[rng.randrange(num_operands - 1)] = "b"
    return Chain(
        names=tuple(names or rng.sample(NAMES, num_operands + 1)),
        operands=tuple(rng.randrange(NUM_VALUES) for _ in range(num_operands)),
        operations=tuple(operations),
    )


def draw_document(rng: random.Random) -> list[Chain]:
    """The chains of one document; no name occurs twice in it."""
    lengths = rng.sample(CHAIN_LENGTHS, CHAINS_PER_DOCUMENT)
    names = rng.sample(NAMES, sum(lengths) + len(lengths))
    chains = []
    for index, length in enumerate(lengths):
        own, names = names[: length + 1], names[length + 1 :]
        chains.append(draw_chain(rng, length, own, familiar=index > 0))
    rng.shuffle(chains)
    return chains


def state(chains: list[Chain]) -> str:
    """A document's text: one true statement a line."""
    return "\n".join(f"{chain.question} {chain.total} ;" for chain in chains)


def held_out_chains(num_per_length: int = 200, seed: int = 4242) -> list[Chain]:
    """Fresh chains of 2 to 4 operands for evaluation, the same number of each length."""
    rng = random.Random(seed)
    return [draw_chain(rng, length) for length in HELD_OUT_LENGTHS for _ in range(num_per_length)]
