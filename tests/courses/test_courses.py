"""The shipped courses keep the promises that the format's checks cannot know of."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.courses.shipped import COURSES, NAMES, cells_of, course_of, files_of, lesson_of, lessons_of
from tui_tutor.core.course import (
    CellBase,
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    ExerciseCell,
    Level,
    MarkdownCell,
    Option,
    QuizBase,
    ShellCell,
    VizCell,
)
from tui_tutor.core.parsing import check_course
from tui_tutor.core.parsing.retelling import course_offer, retellings
from tui_tutor.core.reading_ease import prose_of, reading_ease
from tui_tutor.core.wording.proofs import proves
from tui_tutor.shelf.folder import take_snapshot

KINDS = {"md", "code", "viz", "ex", "quiz", "sh"}
FORMS = {"choice", "text", "number", "cloze", "order", "match", "predict", "reflect"}


def options_of(cell: object) -> Iterator[Option]:
    if isinstance(cell, ChoiceQuiz):
        yield from cell.option
    elif isinstance(cell, ClozeQuiz):
        for blank in cell.blank:
            yield from blank.option if isinstance(blank, ChoiceBlank) else ()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_course_has_neither_errors_nor_warnings(name: str):
    assert [d.as_text() for d in check_course(files_of(name), folder_name=name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_two_hints_an_explanation_and_a_wrong_sample_for_each_check(name: str):
    lacking = [
        place
        for place, cell in cells_of(name, ExerciseCell)
        if not (
            len(cell.hints) >= 2
            and cell.explain
            and (cell.solution or (cell.file and all(file.solution for file in cell.file)))
            and all(check.says for check in cell.check)
            and {check.id for check in cell.check} == {wrong.caught_by for wrong in cell.wrong}
        )
    ]
    assert lacking == []


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_explained_and_every_option_has_feedback(name: str):
    lacking = [
        place
        for place, cell in cells_of(name, QuizBase)
        if not (cell.explain and cell.hints and all(option.feedback for option in options_of(cell)))
    ]
    assert lacking == []


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_says_in_words_what_it_shows(name: str):
    plots = cells_of(name, VizCell)
    assert [place for place, plot in plots if not (plot.alt and plot.caption)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_named_by_its_author_so_that_editing_a_lesson_keeps_its_history(name: str):
    cells = cells_of(name, CellBase)
    assert [place for place, cell in cells if re.fullmatch(rf"{cell.kind}-\d+", cell.id)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_easier_to_read_the_lower_its_level(name: str):
    course, files = course_of(name), files_of(name)
    offer = course_offer(course, files)
    for lesson in lessons_of(name):
        forms = {course.level: lesson, **dict(retellings(course, lesson, files))}
        told = [forms[level] for level in get_args(Level) if level in forms]
        grades = [reading_ease(prose_of(one), course.language).grade for one in told]
        assert grades == sorted(grades), (lesson.id, offer.levels)


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_is_calm(name: str):
    texts = {place: cell.text for place, cell in cells_of(name, MarkdownCell)}
    loud = re.compile(r"(?<!\[)!(?!\[)|\b(simply|just|easy|easily|obviously)\b", re.IGNORECASE)
    said = {where: loud.search(text.replace("[!", "[")) for where, text in texts.items()}
    assert {where: found.group() for where, found in said.items() if found} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_course_stands_under_a_licence_that_lies_beside_it(name: str):
    course = course_of(name)
    assert (course.license, (COURSES / name / "LICENSE").exists()) == ("CC-BY-4.0", True)
    assert all(asset.license and (COURSES / name / asset.path).exists() for asset in course.asset)


def test_the_first_course_shows_every_kind_of_cell_and_every_form_of_question():
    cells = [cell for lesson in lessons_of("start-here") for cell in lesson.visible_cells]
    questions = [cell for cell in cells if isinstance(cell, QuizBase)]
    keys = {sum(o.correct for o in q.option) > 1 for q in questions if isinstance(q, ChoiceQuiz)}
    assert {cell.kind for cell in cells} == KINDS
    assert {question.form for question in questions} == FORMS
    assert keys == {False, True}, "single choice and all that apply"


def test_the_first_course_needs_nothing_but_python():
    assert course_of("start-here").kernel.packages == ()


def test_lesson_three_is_the_page_the_project_started_from():
    course, lesson = course_of("vae"), lesson_of("vae", "reparameterisation")
    assert (course.lessons.index(lesson.id) + 1, len(course.lessons)) == (3, 6)
    assert (lesson.title, lesson.minutes, lesson.bloom) == ("Reparameterisation trick", 15, "apply")
    assert lesson.objective == "Trace gradients through sampling"
    assert [cell.kind for cell in lesson.visible_cells] == ["md", "code", "viz", "ex", "quiz", "sh"]
    run = lesson.visible_cells[5]
    assert isinstance(run, ShellCell)
    assert run.run == "python train.py --epochs 3 --lr 1e-3"


def test_the_lessons_before_it_have_six_runs_so_that_its_first_code_is_in_7():
    before = [*lesson_of("vae", "latent-variables").visible_cells, *lesson_of("vae", "elbo").visible_cells]
    assert sum(isinstance(cell, CodeCell | ExerciseCell) for cell in before) == 6


def test_each_vae_lesson_stands_on_one_of_blooms_levels_in_order():
    levels = [lesson.bloom for lesson in lessons_of("vae")]
    assert levels == ["remember", "understand", "apply", "analyse", "evaluate", "create"]


def test_the_digits_are_the_file_whose_licence_was_examined():
    data = (COURSES / "vae/files/digits10k.npz").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert digest in (COURSES / "vae/files/LICENSE-digits.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.torch
def test_the_trainer_prints_what_the_lesson_shows(tmp_path: Path):
    pytest.importorskip("torch")
    shutil.copytree(COURSES / "vae/files", tmp_path / "work")
    command = [sys.executable, "train.py", "--epochs", "3", "--lr", "1e-3"]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=tmp_path / "work", env=env, capture_output=True, text=True, encoding="utf-8", check=True
    )
    shown = lesson_of("vae", "reparameterisation").cell_by_id("train")
    assert isinstance(shown, ShellCell)
    losses = [float(loss) for loss in re.findall(r"loss (\S+)", done.stdout)]
    expected = [float(loss) for loss in re.findall(r"loss (\S+)", shown.output or "")]
    assert losses == pytest.approx(expected, abs=shown.tolerance)
    assert done.stdout.endswith("Checkpoint → ./runs/vae_mnist.pt\n")
    assert (tmp_path / "work/runs/vae_mnist.pt").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_course_carries_a_fresh_proof(name: str):
    lock = json.loads(files_of(name)["course.lock.json"])
    assert proves(lock, take_snapshot(COURSES / name).tree_hash)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_exercise_catches_nine_mutants_of_ten_and_accepts_every_rewrite(name: str):
    lock = json.loads(files_of(name)["course.lock.json"])
    for (lesson, cell_id), cell in cells_of(name, ExerciseCell):
        if cell.check:
            proof = lock["lessons"][lesson]["cells"][cell_id]["proof"]
            assert (proof["solution"], proof["starter_fails"]) == (3, True)
            assert all(proof[kind]["ok"] == proof[kind]["total"] for kind in ("wrong", "right", "rewrites"))
            assert proof["mutants"]["killed"] >= 0.9 * proof["mutants"]["total"]
