"""`verify` runs a course three times, says what is not as its author says, and writes the lock if all is."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.builders import (
    a_code,
    a_course,
    a_course_folder,
    a_lesson,
    a_markdown,
    a_quiz,
    a_shell,
    a_text_quiz,
    a_viz,
    an_exercise,
    write_files,
)
from tui_tutor.core.course import (
    Cell,
    ClozeQuiz,
    ExerciseFile,
    Lesson,
    MatchQuiz,
    Near,
    NumberQuiz,
    OrderQuiz,
    PredictQuiz,
    RightSample,
    WrongSample,
)
from tui_tutor.core.study import begin
from tui_tutor.core.study.recording import with_recorded

pytestmark = pytest.mark.slow

CHECK = ({"kind": "value", "id": "two", "says": "x is 2", "expr": "x", "equals": 2},)
DOUBLE = ({"kind": "call", "id": "twice", "function": "double", "args": [3], "returns": 6},)
MANY = (
    *DOUBLE,
    {"kind": "property", "id": "any", "given": ["n = rng.randint(-9, 9)"], "holds": "double(n) == 2 * n"},
)
DOUBLED = "def double(n):\n    return 2 * n"
SAME_KERNEL = {"starter": "", "solution": DOUBLED}
TOTAL = "def total(numbers):\n    result = 0\n    for n in numbers:\n        result += n\n    return result"


def command_for(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "tui_tutor", "verify", str(folder), *options]


def environ(folder: Path) -> dict[str, str]:
    temporary = folder.parent / "t"
    temporary.mkdir(exist_ok=True)
    data = str(folder.parent / "data")
    return {"PATH": "/usr/bin:/bin", "TUI_TUTOR_DATA": data, "LANG": "C.UTF-8", "TMPDIR": str(temporary)}


def verified(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_for(folder, *options),
        check=False,
        capture_output=True,
        text=True,
        env=environ(folder),
        timeout=120,
    )


def report_on(folder: Path, *options: str) -> dict[str, Any]:
    done = verified(folder, "--json", *options)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def codes_by_cell(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in report_on(folder)["diagnostics"]:
        found.setdefault(one["message"].partition(":")[0], []).append(one["code"])
    return found


def a_predicted(stdout: str, **fields: Any) -> PredictQuiz:
    given = {"id": "p", "question": "What?", "program": "print(6 * 7)", "stdout": stdout, **fields}
    return PredictQuiz(kind="quiz", form="predict", **given)


def a_number(**fields: Any) -> NumberQuiz:
    return NumberQuiz(**{"kind": "quiz", "id": "n", "form": "number", "question": "?", **fields})


# --- what is not as its author says -----------------------------------------------------------------

FAULTY: dict[str, tuple[Cell, list[str]]] = {
    "raises": (a_code("1 / 0"), ["run-outcome"]),
    "fine-after-all": (a_code("y = 1", expect="error"), ["run-outcome"]),
    "differs": (a_code("print(1)", output="2"), ["output-differs"]),
    "unstable-set": (a_code("print({'apple', 'pear', 'plum', 'fig'})"), ["output-unstable"]),
    "unstable-chance": (a_code("import random; print(random.random())"), ["output-unstable"]),
    "unstable-address": (a_code("print(object())"), ["output-unstable"]),
    "sh-fails": (a_shell("exit 3"), ["run-outcome"]),
    "sh-check": (
        a_shell("true", check=({"kind": "file", "path": "no.txt", "exists": True},)),
        ["check-fails"],
    ),
    "no-plot": (a_viz(y="nobody"), ["plot-missing"]),
    "bad-plot": (a_viz(y="'text'"), ["plot-error"]),
    "unsolved": (an_exercise(solution="x = 3"), ["solution-fails"]),
    "done-already": (an_exercise(starter="x = 2"), ["starter-passes"]),
    "deadly": (an_exercise(starter="import os; os._exit(1)"), ["starter-dies"]),
    "let-through": (
        an_exercise(check=CHECK, wrong=(WrongSample(source="x = 2 # ", caught_by="two"),)),
        ["wrong-passes"],
    ),
    "refused": (an_exercise(check=CHECK, right=(RightSample(source="x = 5"),)), ["right-fails"]),
    "caught-elsewhere": (
        an_exercise(
            check=(*CHECK, {"kind": "ast", "id": "loop", "must": ["for"]}),
            wrong=(WrongSample(source="x = 3", caught_by="loop"),),
            solution="for x in (1, 2):  # free\n    pass  # free",
        ),
        ["wrong-elsewhere"],
    ),
    "told-away": (an_exercise(hints=("x = 2",)), ["hint-solves"]),
    "told-away-after-the-starter": (
        an_exercise(
            starter="half = 1",
            solution="half = 1\nwhole = half + 1",
            hints=("```\nwhole = half + 1\n```",),
            check=({"kind": "value", "expr": "whole", "equals": 2},),
        ),
        ["hint-solves"],
    ),
    "by-heart": (an_exercise(check=DOUBLE, **SAME_KERNEL), ["mutant-survives", "mutation-score"]),
    "too-strict": (
        an_exercise(
            starter="",
            solution=TOTAL,
            check=(
                {
                    "kind": "property",
                    "given": ["ns = rng.sample(range(99), 5)"],
                    "holds": "total(ns) == sum(ns)",
                },
                {
                    "kind": "code",
                    "code": "assert total.__code__.co_varnames[1].endswith('lt'), 'no'",
                },
            ),
        ),
        ["rewrite-fails"],
    ),
    "prints-else": (a_predicted("41"), ["key-differs"]),
    "no-key": (a_number(value_py="nobody + 1"), ["key-underivable"]),
    "any-word": (a_text_quiz((".*",), match="regex"), ["key-inconsistent"]),
    "wrong-order": (
        OrderQuiz(
            kind="quiz",
            id="o",
            form="order",
            question="?",
            items=("second = first", "first = 1"),
            check=({"kind": "value", "expr": "second", "equals": 1},),
        ),
        ["key-inconsistent"],
    ),
}


def with_id(cell: Cell, name: str) -> Cell:
    return cell.model_copy(update={"id": name})


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("faulty")
    lesson = a_lesson([with_id(cell, name) for name, (cell, _) in FAULTY.items()])
    return codes_by_cell(a_course_folder(folder, lessons=[lesson]))


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_not_as_the_author_says_is_named(faulty: dict[str, list[str]], name: str):
    assert faulty.get(name, []) == FAULTY[name][1]


def test_a_cell_that_hangs_or_ends_its_kernel_is_named(tmp_path: Path):
    hangs = a_lesson([a_code("import time; time.sleep(60)", id="hangs", timeout_s=0.5)], id="one")
    ends = a_lesson([a_code("import os; os._exit(3)", id="ends")], id="two")
    assert codes_by_cell(a_course_folder(tmp_path, lessons=[hangs, ends])) == {
        "hangs": ["run-timeout"],
        "ends": ["run-died"],
    }


def test_a_setup_that_fails_is_named_once(tmp_path: Path):
    cells = [a_code("print(1)"), an_exercise(), a_number(value_py="1 + 1")]
    kernel, files = {"setup": "cells/setup.py"}, {"cells/setup.py": "1 / 0"}
    folder = a_course_folder(tmp_path, cells=cells, kernel=kernel, files=files)
    assert codes_by_cell(folder) == {"code-1": ["setup-fails"]}


def test_mutants_are_left_out_where_the_kernel_cannot_be_copied_and_that_is_said(tmp_path: Path):
    starts = a_code("import _thread, time\nthread = _thread.start_new_thread(time.sleep, (60,))")
    report = report_on(a_course_folder(tmp_path, cells=[starts, an_exercise()]))
    assert (report["ok"], [one["code"] for one in report["diagnostics"]]) == (True, ["mutants-untried"])
    assert (report["exercises"][0]["starter"], report["exercises"][0]["mutants"]["total"]) == (True, 0)


def test_a_lesson_that_needs_another_is_named_with_the_cure(tmp_path: Path):
    lessons = [a_lesson([a_code("x = 1")], id="one"), a_lesson([a_code("print(x)", id="uses")], id="two")]
    (one,) = report_on(a_course_folder(tmp_path, lessons=lessons))["diagnostics"]
    assert (one["code"], one["file"], one["line"] > 1) == ("run-outcome", "lessons/two.toml", True)
    assert one["message"] == "uses: it failed with NameError: name 'x' is not defined (alone)"
    assert one["help"].startswith("a lesson must work alone")


def test_a_problem_stands_at_its_place(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_markdown(), a_code("print(1)", output="2")])
    (one,) = report_on(folder)["diagnostics"]
    line = (folder / one["file"]).read_text("utf-8").splitlines()[one["line"] - 1]
    assert line[one["column"] - 1 :].startswith("output")


# --- other levels and languages ---------------------------------------------------------------------

TOLD = {
    "lessons/first.advanced.toml": '[[cell]]\nid = "ex-1"\nstarter = "x = 2"\n',
    "lessons/first.de.toml": '[[cell]]\nid = "ex-1"\ntask = "Zwei."\nhints = ["Gut.", "x = 1 + 1"]\n',
}


def test_a_starter_and_a_hint_of_an_overlay_that_solve_an_exercise_are_named_where_they_stand(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("y = 1"), an_exercise()], files=TOLD)
    report = report_on(folder)
    # In German for the advanced both are there; each is named once, in the file that says it.
    found = [(one["code"], one["file"], one["line"], one["message"]) for one in report["diagnostics"]]
    assert {one[:3] for one in found} == {
        ("starter-passes", "lessons/first.advanced.toml", 3),
        ("hint-solves", "lessons/first.de.toml", 4),
    }
    assert found[0][3] == "ex-1: at advanced, the starter passes every check as it is"
    (exercise,) = report["exercises"]
    assert exercise["told"]["advanced"] == {
        "starter": False,
        "solution": True,
        "hints": {"ok": 0, "total": 0, "failed": 0},
    }


def test_other_words_alone_are_not_tried_again(tmp_path: Path):
    told = {"lessons/first.de.toml": '[[cell]]\nid = "ex-1"\ntask = "Zwei."\n'}
    folder = a_course_folder(tmp_path, cells=[an_exercise()], files=told)
    report = report_on(folder)
    assert (report["ok"], report["exercises"][0]["told"]) == (True, {})


def test_the_lock_says_what_was_proven_at_each_level(tmp_path: Path):
    told = {"lessons/first.advanced.toml": '[[cell]]\nid = "ex-1"\nstarter = "x = 0"\nhints = ["x = 3"]\n'}
    folder = a_course_folder(tmp_path, cells=[an_exercise()], files=told)
    done = verified(folder)
    assert "starter fails · advanced ✔" in done.stdout
    lock = json.loads((folder / "course.lock.json").read_text("utf-8"))
    assert lock["lessons"]["first"]["cells"]["ex-1"]["proof"]["told"] == {
        "advanced": {"starter_fails": True, "hints": {"ok": 1, "total": 1}}
    }


def test_only_another_starter_or_hint_of_a_level_is_tried_anew(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[an_exercise()], files={"lessons/first.advanced.toml": ""})
    overlay = folder / "lessons" / "first.advanced.toml"
    known = []
    for text in ('title = "A"\n', '[[cell]]\nid = "ex-1"\nstarter = "x = 0"\n'):
        verified(folder)
        overlay.write_text(text, "utf-8")
        known.append("3 of 3 runs of lessons were known" in verified(folder).stdout)
    assert known == [True, False]


def test_a_failing_proof_ends_with_4_and_leaves_the_lock(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("1 / 0")], files={"course.lock.json": "{}"})
    done = verified(folder)
    assert (done.returncode, (folder / "course.lock.json").read_text("utf-8")) == (4, "{}")


# --- what is ----------------------------------------------------------------------------------------

SOUND: list[Cell] = [
    a_code("import os\nys = [1, 2]\nprint('hello')", id="hello"),
    a_code("1 / 0", id="raises", expect="error"),
    a_code("print(object())", id="address", output="<object object at 0x...>"),
    a_code("import random; print(random.random())", id="chance", unstable=True),
    a_code("print(os.environ['PYTHONHASHSEED'])", id="seed", unstable=True),
    a_code("print(1.0)", id="near", output="1.01", tolerance=0.1),
    a_viz(id="drawn"),
    a_shell(
        "echo made > made.txt", id="makes", check=({"kind": "file", "path": "made.txt", "contains": "made"},)
    ),
    an_exercise(
        id="double",
        check=MANY,
        starter="def double(n):\n    return n + 3",
        solution=DOUBLED,
        hints=("`n + n`", "return n * 2", "Try 0."),
        wrong=(WrongSample(source="def double(n):\n    return 6", caught_by="any"),),
        right=(RightSample(source="double = lambda n: n + n"),),
    ),
    a_predicted("42", id="predicted"),
    a_number(id="derived", value_py="ys[1] * 3", tolerance=0.5),
    a_quiz(id="choice"),
    a_text_quiz(("kernel",), id="word", near=(Near(answer="shell", feedback="That runs commands."),)),
    MatchQuiz(kind="quiz", id="match", form="match", question="?", pairs=(("a", "1"), ("b", "2"))),
    ClozeQuiz(
        kind="quiz",
        id="cloze",
        form="cloze",
        question="{{1}} and {{2}}",
        blank=({"form": "number", "value": 2}, {"form": "text", "accept": ["b"]}),
    ),
    OrderQuiz(
        kind="quiz",
        id="order",
        form="order",
        question="?",
        items=("a = 1", "b = a"),
        check=({"kind": "value", "expr": "b", "equals": 1},),
    ),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lesson, dict[str, Any]]:
    lesson = a_lesson(SOUND)
    folder = a_course_folder(tmp_path_factory.mktemp("sound"), lessons=[lesson])
    return folder, lesson, report_on(folder)


Sound = tuple[Path, Lesson, dict[str, Any]]


def test_a_sound_course_has_nothing_to_say_of_it(sound: Sound):
    assert (sound[2]["ok"], sound[2]["diagnostics"]) == (True, [])


def test_cells_that_say_so_are_unstable(sound: Sound):
    outcomes = {one["cell"]: one["outcome"] for one in sound[2]["cells"]}
    assert {cell for cell, outcome in outcomes.items() if outcome == "unstable"} == {"chance", "seed"}
    assert {
        cell for cell, outcome in outcomes.items() if outcome not in ("ok", "skipped", "unstable")
    } == set()


def test_every_attempt_on_an_exercise_is_counted(sound: Sound):
    (one,) = sound[2]["exercises"]
    assert (one["solution"], one["starter"]) == (True, True)
    assert (one["wrong"], one["right"]) == (
        {"ok": 1, "total": 1, "failed": 0},
        {"ok": 1, "total": 1, "failed": 0},
    )
    assert one["mutants"]["killed"] == one["mutants"]["total"] > 3
    assert one["rewrites"]["failed"] == 0 < one["rewrites"]["total"]


def test_the_lock_shows_every_output_as_recorded(sound: Sound):
    folder, lesson, _ = sound
    lock = json.loads((folder / "course.lock.json").read_text("utf-8"))
    study = with_recorded(begin(a_course((lesson.id,)), lesson, number=1), lock)
    code, viz = study.state("hello"), study.state("drawn")
    assert (code.is_recorded, code.transcript.text()) == (True, "hello")
    assert viz.plot is not None
    assert (viz.is_recorded, viz.plot.series[0].y) == (True, (1, 2))
    assert study.derived == {"derived": {"ys[1] * 3": 6}}
    assert study.told == {"double": (("any", study.told["double"][0][1]),)}


def test_the_lock_holds_the_proof_of_an_exercise(sound: Sound):
    lock = json.loads((sound[0] / "course.lock.json").read_text("utf-8"))
    proof = lock["lessons"]["first"]["cells"]["double"]["proof"]
    assert (proof["solution"], proof["starter_fails"], proof["wrong"]) == (3, True, {"ok": 1, "total": 1})
    assert proof["mutants"]["killed"] == proof["mutants"]["total"]


def test_a_report_for_people_ends_with_the_line_for_a_readme(sound: Sound):
    said = verified(sound[0]).stdout.splitlines()
    assert said[0].startswith("✔ first")
    assert re.fullmatch(
        r"    ex double  solution ✔ 3/3 · starter fails · wrong 1/1 · .*killed \(100 %\)", said[1]
    )
    assert re.fullmatch(
        r"Verified \d{4}-\d\d-\d\d by tui-tutor [\d.]+: \d+ cells run 3 times, 1 exercise, .*\.", said[-2]
    )


def test_what_did_not_change_is_not_run_again(sound: Sound):
    said = verified(sound[0]).stdout
    assert "3 of 3 runs of lessons were known" in said
    assert "were known" not in verified(sound[0], "--fresh", "--jobs", "1").stdout


# --- exercises of files and commands ----------------------------------------------------------------


def test_files_of_an_exercise_are_mutated_and_run_in_a_copy_of_the_workspace(tmp_path: Path):
    cell = an_exercise(
        starter="",
        solution="",
        file=(ExerciseFile(path="sum.py", starter="print(0)", solution="print(1 + 2)"),),
        run="python sum.py > said.txt",
        check=({"kind": "file", "id": "said", "path": "said.txt", "matches": "^3$"},),
        wrong=(WrongSample(source="print(4)", caught_by="said"),),
    )
    after = a_shell("cat said.txt", id="after", output="3")
    report = report_on(a_course_folder(tmp_path, cells=[cell, after]))
    assert report["diagnostics"] == []
    mutants = report["exercises"][0]["mutants"]
    assert mutants["killed"] == mutants["total"] > 0


def test_an_exercise_for_the_shell_is_tried_in_copies_of_the_workspace(tmp_path: Path):
    cell = an_exercise(
        language="sh",
        starter="true",
        solution="echo 2 > x.txt",
        check=({"kind": "file", "id": "two", "path": "x.txt", "contains": "2"},),
        wrong=(WrongSample(source="echo 3 > x.txt", caught_by="two"),),
    )
    report = report_on(a_course_folder(tmp_path, cells=[cell]))
    assert (report["ok"], report["exercises"][0]["starter"]) == (True, True)


def test_a_lesson_alone_finds_its_files_and_nothing_that_an_earlier_one_left(tmp_path: Path):
    leaves = a_lesson(
        [a_shell("cat given.txt; echo 1 > left.txt; echo 2 > given.txt", output="given")], id="one"
    )
    finds = a_lesson([a_shell("ls", id="ls", output="given.txt")], id="two")
    folder = a_course_folder(tmp_path, lessons=[leaves, finds], files={"files/given.txt": "given\n"})
    (one,) = report_on(folder)["diagnostics"]
    assert (one["code"], one["message"].endswith("(in the whole course)")) == ("output-differs", True)


# --- going on ---------------------------------------------------------------------------------------


def test_only_what_changed_is_run_again(tmp_path: Path):
    lessons = [a_lesson([a_code(f"print({n})")], id=f"l{n}") for n in (1, 2)]
    folder = a_course_folder(tmp_path, lessons=lessons)
    verified(folder)
    path = folder / "lessons" / "l2.toml"
    path.write_text(path.read_text("utf-8").replace("print(2)", "print(22)"), "utf-8")
    # Alone the first lesson is as it was; the whole course runs again to reach the second.
    assert re.search(r"[1-3] of \d+ runs of lessons were known", verified(folder).stdout)


def test_a_strangers_lock_saves_nothing(sound: Sound, tmp_path: Path):
    lock = (sound[0] / "course.lock.json").read_bytes()
    folder = a_course_folder(tmp_path, cells=[a_code("print(1)")], files={"course.lock.json": lock})
    assert "were known" not in verified(folder).stdout


def started(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A verify whose last lesson goes on until it is stopped; returns once that has begun."""
    process = subprocess.Popen(
        command_for(folder, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ(folder),
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not any((folder.parent / "t").rglob("reached")):  # in the workspace: elsewhere it may not write
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    return process


def a_long_course(parent: Path) -> Path:
    waits = "import pathlib, time\npathlib.Path('reached').touch()\ntime.sleep(45)"
    lessons = [a_lesson([a_code("print(1)")], id="quick"), a_lesson([a_code(waits)], id="slow")]
    return a_course_folder(parent, lessons=lessons)


def living(marker: str) -> list[str]:
    found = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if marker in line and "ps -eo" not in line]


def test_ctrl_c_ends_with_130_leaves_nothing_running_and_keeps_what_was_found(tmp_path: Path):
    folder = a_long_course(tmp_path)
    process = started(folder, "--jobs", "1")
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert living(str(tmp_path)) == []
    assert [path.name for path in (tmp_path / "data" / "proofs").rglob("quick*.json")] != []
    assert not (folder / "course.lock.json").exists()


def test_a_killed_proof_goes_on_where_it_was(tmp_path: Path):
    folder = a_long_course(tmp_path)
    process = started(folder, "--jobs", "1")
    process.kill()
    process.communicate(timeout=30)
    lesson = folder / "lessons" / "slow.toml"
    lesson.write_text(lesson.read_text("utf-8").replace("time.sleep(45)", "pass"), "utf-8")
    assert "were known" in verified(folder).stdout


# --- the world --------------------------------------------------------------------------------------


def test_a_run_that_asks_is_not_answered_and_nothing_of_the_learners_is_touched(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("input('?')", expect="error")])
    assert verified(folder).returncode == 0
    assert not (tmp_path / "data" / "progress.db").exists()
    assert not (tmp_path / "data" / "workspaces").exists()


def test_every_code_stands_in_the_documentation():
    root = Path(__file__).parents[2]
    sources = [path.read_text("utf-8") for path in sorted((root / "tui_tutor/proof").glob("*.py"))]
    said = {code for text in sources for code in re.findall(r"(?:Problem|_say)\(\s*\"([a-z-]+)\"", text)}
    documented = re.findall(r"^\| `([a-z-]+)` \|", (root / "docs/verify.md").read_text("utf-8"), re.M)
    assert said | {"run-timeout", "run-died"} == set(documented)


def test_a_course_with_errors_is_not_run(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("open('ran.txt', 'w')")])
    (folder / "course.toml").write_text("format = 1\n", "utf-8")
    done = verified(folder)
    assert (done.returncode, "nothing was run" in done.stderr) == (4, True)


def test_a_course_with_errors_is_data_too(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("x = 1")])
    (folder / "course.toml").write_text("format = 1\n", "utf-8")
    shape = json.loads(verified(folder, "--json").stdout)
    assert {one["code"] for one in shape.pop("diagnostics")} == {"missing-key"}
    assert shape == {"ok": False, "seconds": 0.0, "cells": [], "exercises": []}


def test_packages_that_are_not_here_are_named(tmp_path: Path):
    kernel = {"packages": ("no-such-package-here>=1",)}
    folder = a_course_folder(tmp_path, cells=[a_code("print(1)")], kernel=kernel)
    done = verified(folder)
    assert (done.returncode, "no-such-package-here" in done.stderr) == (3, True)


def test_a_course_that_changes_meanwhile_gets_no_lock(tmp_path: Path):
    inside = "import pathlib, time\npathlib.Path('reached').touch()\ntime.sleep(1)"
    folder = write_files(a_course_folder(tmp_path, cells=[a_code(inside)]), {})
    process = started(folder)
    (folder / "NOTES").touch()
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, "changed while it was verified" in errors) == (1, True)
    assert "All as expected" in said


def test_the_player_says_who_verified_a_course_while_its_files_are_the_same(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("print(1)")])
    verified(folder)
    today = json.loads((folder / "course.lock.json").read_text("utf-8"))["at"][:10]
    assert f"verified here on {today}" in outline(folder, tmp_path / "data")
    assert f"verified by the author on {today}" in outline(folder, tmp_path / "elsewhere")
    write_files(folder, {"lessons/first.toml": (folder / "lessons/first.toml").read_text("utf-8") + "\n"})
    assert "verified" not in outline(folder, tmp_path / "data")


def outline(folder: Path, data: Path) -> str:
    command = [sys.executable, "-m", "tui_tutor", "learn", str(folder) + "/", "--plain"]
    env = {**environ(folder), "TUI_TUTOR_DATA": str(data)}
    done = subprocess.run(
        command, input="outline\n", check=True, capture_output=True, text=True, env=env, timeout=60
    )
    return done.stdout
