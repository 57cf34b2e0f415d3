"""The specification of finding copies and benchmark pieces, as plainly as Python can say it."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Runs of letters, numbers and ``_``, in lower case."""
    found = [""]
    for character in text:
        if character.isalnum() or character == "_":
            found[-1] += character.lower()
        elif found[-1]:
            found.append("")
    return [word for word in found if word]


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every so many words in a row; all of them where there are fewer."""
    found = words(text)
    return {tuple(found[place : place + length]) for place in range(max(1, len(found) - length + 1))} - {()}


def similarity(a: str, b: str) -> float:
    """Share of runs of five words in common (Jaccard); 0 for texts without words."""
    of_a, of_b = runs(a, 5), runs(b, 5)
    return len(of_a & of_b) / len(of_a | of_b) if of_a and of_b else 0.0


def partners(texts: list[str], threshold: float | None) -> list[int]:
    """The first document of each one's group: of equal texts, and of those that a chain of similar pairs connects."""
    first = list(range(len(texts)))
    changed = True
    while changed:
        changed = False
        for a, text in enumerate(texts):
            for b, other in enumerate(texts):
                is_pair = text == other or (threshold is not None and similarity(text, other) >= threshold)
                if is_pair and first[a] != first[b]:
                    first[a] = first[b] = min(first[a], first[b])
                    changed = True
    return first


def contaminated(texts: list[str], items: list[str], length: int) -> dict[int, int]:
    """Of texts that share so many words in a row with an item: the item of the first such run, of several the first."""
    found = {}
    for number, text in enumerate(texts):
        of_text = words(text)
        for place in range(len(of_text) - length + 1):
            run = of_text[place : place + length]
            shared = [item for item, benchmark in enumerate(items) if is_in(run, words(benchmark))]
            if shared:
                found[number] = shared[0]
                break
    return found


def is_in(run: list[str], of_item: list[str]) -> bool:
    return any(of_item[place : place + len(run)] == run for place in range(len(of_item) - len(run) + 1))
