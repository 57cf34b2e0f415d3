"""Other graders on the same cases: each in a process of its own, which grades in children that can be killed.

    python benches/bench_answers_rivals.py NAME OUT.json CASES.jsonl... [--limit 5]

A case that costs more CPU seconds than the limit, its helpers' included, is a hang; a child that dies is a crash; both are
refusals, and the next child goes on with the next case. Every grader gets the answer alone, in the form that its documentation asks for.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import resource
import select
import signal
import socket
import struct
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path(__file__).parent))

import psutil
from bench_answers_hostile import TRACE

MESSAGE = struct.Struct("=?d")
"""A child's answer: whether it accepts, and its CPU seconds."""
LIMIT_S = 5.0
"""CPU seconds after which a case is a hang: what most rivals allow themselves."""
MEMORY_BYTES = 12 << 30
"""Address space of a child: an answer must not take the machine's memory."""
WARM_UP = {"gold": "1", "answer": "x+1", "kind": "auto"}
"""What a grader loads on its first call is not the cases' cost."""
WALL_PER_CPU = 6
"""A case also ends after this many times its limit by the clock: a grader may sleep."""


def exact():
    """The same text."""
    return lambda gold, answer: gold.strip() == answer.strip()


def ours():
    """This grader, one answer at a time, without the gold's kind and choices that the others have no place for."""
    from spice_fast.answers import Grader

    grader = Grader("offline")
    return lambda gold, answer: grader.check(gold, answer, mode="answer").equivalent is True


def ours_with_kinds():
    """This grader, one answer at a time, told the gold's kind and choices."""
    from spice_fast.answers import Grader

    grader = Grader("offline")

    def grade(case):
        verdict = grader.check(case["gold"], case["answer"], case["kind"], case.get("choices"), mode="answer")
        return verdict.equivalent is True

    return grade


def math_verify():
    """Each text in dollars, as its documentation asks; its own time limits are on."""
    from math_verify import parse, verify

    def in_dollars(text):
        return parse(f"${text.strip('$')}$")

    return lambda gold, answer: verify(in_dollars(gold), in_dollars(answer))


def hendrycks():
    """The MATH benchmark's ``is_equiv``."""
    from lm_eval.tasks.hendrycks_math.utils import is_equiv

    return is_equiv


def minerva():
    """Minerva's normalisation and sympy, as the harness's task ``minerva_math``."""
    from lm_eval.tasks.minerva_math.utils import is_equiv, normalize_final_answer

    return lambda gold, answer: is_equiv(normalize_final_answer(answer), normalize_final_answer(gold))


def nemo_of_lm_eval():
    """NeMo-Skills' grader of 2024, as the harness's task ``score`` carries it."""
    from lm_eval.tasks.score.math.math_grader import math_equal

    return lambda gold, answer: math_equal(answer, gold)


def nemo_skills():
    """NeMo-Skills' present grader; a checkout on PYTHONPATH, since no registry has it."""
    from nemo_skills.evaluation.math_grader import math_equal

    return math_equal


def verl_math_reward():
    """The score that verl gives the MATH data sets."""
    from verl.utils.reward_score.math_reward import compute_score

    return lambda gold, answer: compute_score(f"\\boxed{{{answer}}}", gold) == 1


def verl_math_dapo():
    """The score that verl gives DAPO's data sets."""
    from verl.utils.reward_score.math_dapo import compute_score

    return lambda gold, answer: compute_score(f"Answer: {answer}", gold)["acc"]


def verl_prime_math():
    """The score that verl gives the Numina data sets: PRM800K's grader and more."""
    from verl.utils.reward_score.prime_math import compute_score

    return lambda gold, answer: compute_score(f"\\boxed{{{answer}}}", gold)[0]


def verl_math_verify():
    """The wrapper that verl has of Math-Verify, with its pool of processes."""
    from verl.utils.reward_score.math_verify import compute_score

    return lambda gold, answer: compute_score(f"\\boxed{{{answer}}}", gold) == 1


def prm800k():
    """PRM800K's grader or MATH's, whichever accepts, as oat's fast mode."""
    from oat.utils.math_grader import grade

    return lambda gold, answer: grade(answer, gold)


def oat():
    """All that oat tries: PRM800K's grader, MATH's, and Math-Verify with time limits."""
    from oat.utils.math_grader import grade

    return lambda gold, answer: grade(answer, gold, fast=False)


def qwen():
    """Qwen2.5-Math's grader as evalscope 1.3 carried it, one file of that package."""
    folder = Path(importlib.util.find_spec("evalscope").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location("math_parser", folder / "metrics" / "math_parser.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    strip, equal = module.strip_answer_string, module.math_equal
    return lambda gold, answer: equal(strip(answer), strip(gold))


def lighteval():
    """The extractive match of lighteval, each text in dollars."""
    from lighteval.metrics.dynamic_metrics import MultilingualExtractiveMatchMetric
    from lighteval.metrics.utils.extractive_match_utils import ExprExtractionConfig, LatexExtractionConfig
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.requests import Doc

    targets = (LatexExtractionConfig(), ExprExtractionConfig())
    metric = MultilingualExtractiveMatchMetric(gold_extraction_target=targets, pred_extraction_target=targets)

    def equal(gold, answer):
        doc = Doc(query="", choices=[f"${gold.strip('$')}$"], gold_index=0)
        return metric.compute(doc, ModelResponse(text=[f"${answer.strip('$')}$"])) == 1

    return equal


@dataclass(frozen=True)
class Rival:
    """A grader, and the package that it comes from."""

    load: Callable[[], Callable[..., bool]]
    package: str
    """Its distribution, for the version."""
    needs: str = ""
    """A module of it, to tell whether it is here."""
    takes_cases: bool = False
    """Whether it is given the whole case instead of two texts."""
    has_pool: bool = False
    """Whether it starts processes on its first call, which a forked child cannot share."""


RIVALS = {
    "exact text": Rival(exact, "python"),
    "ours": Rival(ours_with_kinds, "spice-fast", "spice_fast", takes_cases=True),
    "ours, texts alone": Rival(ours, "spice-fast", "spice_fast"),
    "Math-Verify": Rival(math_verify, "math-verify", "math_verify"),
    "Hendrycks is_equiv": Rival(hendrycks, "lm_eval", "lm_eval"),
    "PRM800K": Rival(prm800k, "oat-llm", "oat"),
    "oat": Rival(oat, "oat-llm", "oat"),
    "Qwen2.5-Math": Rival(qwen, "evalscope", "evalscope"),
    "NeMo-Skills of 2024": Rival(nemo_of_lm_eval, "lm_eval", "lm_eval"),
    "verl prime_math": Rival(verl_prime_math, "verl", "verl"),
    "lighteval": Rival(lighteval, "lighteval", "lighteval"),
    "Minerva": Rival(minerva, "lm_eval", "lm_eval"),
    "verl math_dapo": Rival(verl_math_dapo, "verl", "verl"),
    "verl math_reward": Rival(verl_math_reward, "verl", "verl"),
    "NeMo-Skills": Rival(nemo_skills, "nemo_skills", "nemo_skills"),
    "verl math_verify": Rival(verl_math_verify, "verl", "verl", has_pool=True),
}


def version(package):
    """The package's version, where it has one."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def family_of(pid):
    """A process and its helpers, and the CPU seconds that they have taken."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        return family, sum(sum(process.cpu_times()[:2]) for process in family)
    return [], 0.0


def grade_in_child(grade, cases, link):
    """Grades one case per byte that arrives, and answers with a message for each."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    with contextlib.suppress(BaseException):
        grade(WARM_UP)
    link.send(b"r")
    for case in cases:
        if not link.recv(1):
            return
        start = time.process_time()
        try:
            accepted = bool(grade(case))
        except BaseException:  # noqa: BLE001  (whatever a grader raises, even an exit, is a refusal)
            accepted = False
        signal.alarm(0)
        link.send(MESSAGE.pack(accepted, time.process_time() - start))


def outcome_of(link, pid, limit):
    """What came of one case (``accepted``, ``refused``, ``hang``, ``crash``), and its CPU seconds, helpers' included."""
    _, before = family_of(pid)
    start = time.monotonic()
    while not select.select([link], [], [], 0.2)[0]:
        _, now = family_of(pid)
        if now - before > limit or time.monotonic() - start > WALL_PER_CPU * limit:
            return "hang", now - before
    message = link.recv(MESSAGE.size)
    if not message:
        return "crash", 0.0
    accepted, seconds = MESSAGE.unpack(message)
    return ("accepted" if accepted else "refused"), seconds


def end(pid):
    """Kills a child and its helpers; the CPU seconds of the helpers."""
    family, _ = family_of(pid)
    seconds = 0.0
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds += 0 if process.pid == pid else sum(process.cpu_times()[:2])
            process.kill()
    os.waitpid(pid, 0)
    return seconds


def run(grade, cases, limit, in_step):
    """What came of every case, the places of those that ran code, and all CPU seconds.

    In step, a child waits after every case until its trace was looked for; else it goes through its cases as fast as it can.
    """
    outcomes, executed, seconds = [], [], 0.0
    while len(outcomes) < len(cases):
        link, child_link = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            link.close()
            grade_in_child(grade, cases[len(outcomes) :], child_link)
            os._exit(0)
        child_link.close()
        link.recv(1)
        _, helpers = family_of(pid)
        helpers -= psutil.Process(pid).cpu_times().user + psutil.Process(pid).cpu_times().system
        if not in_step:
            link.sendall(b"g" * (len(cases) - len(outcomes)))
        outcome = "refused"
        while outcome in {"accepted", "refused"} and len(outcomes) < len(cases):
            if in_step:
                link.send(b"g")
            outcome, cost = outcome_of(link, pid, limit)
            trace = Path(TRACE)
            if trace.exists():
                executed.append(len(outcomes))
                trace.rmdir() if trace.is_dir() else trace.unlink()
            outcomes.append(outcome)
            seconds += cost
        # A hang's cost has its helpers' seconds already.
        used = end(pid)
        seconds += 0 if outcome == "hang" else used - helpers
        link.close()
    return {"outcomes": outcomes, "executed": executed, "seconds": seconds}


def read(path):
    """The cases of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RIVALS)
    parser.add_argument("out", type=Path)
    parser.add_argument("cases", type=Path, nargs="+", help="files; from the second on, code in answers is looked for")
    parser.add_argument("--limit", type=float, default=LIMIT_S)
    arguments = parser.parse_args()
    rival = RIVALS[arguments.name]
    out = arguments.out.resolve()
    sets = [read(path) for path in arguments.cases]
    if rival.needs and importlib.util.find_spec(rival.needs) is None:
        out.write_text(json.dumps({"missing": rival.package}), encoding="utf-8")
        return
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    compare = rival.load()
    grade = compare if rival.takes_cases else lambda case: compare(case["gold"], case["answer"])
    if not rival.has_pool:
        grade(WARM_UP)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        runs = [run(grade, cases, arguments.limit, in_step=at > 0) for at, cases in enumerate(sets)]
    out.write_text(json.dumps({"version": version(rival.package), "runs": runs}), encoding="utf-8")


if __name__ == "__main__":
    main()
