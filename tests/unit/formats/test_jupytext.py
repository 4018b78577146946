"""Jupytext and MyST: scripts and pages as the notebooks they stand for; nothing else is started or read."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import Cell, cells_of, errors_of, reasons
from tui_tutor.core.errors import TutorError
from tui_tutor.formats import registry
from tui_tutor.formats.imported import Imported, Source


def read(files: dict[str, str], name: str = "") -> Imported:
    """As the command imports them: what the notebook reader leaves to be mended is mended."""
    data = {path: text.encode() for path, text in files.items()}
    imported = registry.read(Source(name or next(iter(data)), data), "jupytext")
    assert errors_of(imported) == []
    return imported


def cells(file: str, text: str) -> list[Cell]:
    """The cells of a file without their ids, which come from their texts."""
    found = cells_of(read({file: text}))
    return [{key: value for key, value in cell.items() if key != "id"} for cell in found]


PERCENT = "# %% [markdown]\n# # Title\n# Text.\n\n# %%\nx = 1\nx\n"
HEAD = "---\nkernelspec:\n  name: python3\n---\n\n"
MYST = HEAD + "# Title\n\n```{code-cell} ipython3\n:tags: [raises-exception]\n\n1/0\n```\n"


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("a.py", PERCENT, [("md", "# Title\nText."), ("code", "x = 1\nx")]),
        ("a.py", "# # Title\n\nx = 1\n\n# Text.\n\n# +\ny = 2\n\nz = 3\n# -\n", None),
        ("a.py", "x = 1\n", [("code", "x = 1")]),
        ("a.py", '"""\nTitle\n=====\n"""\n\nx = 1\n' + "#" * 30 + "\n# Text\n" + "#" * 30 + "\ny\n", None),
        ("a.md", MYST, [("md", "# Title"), ("code", "1/0")]),
        (
            "a.md",
            "# T\n\n```python\nx\n```\n\n<!-- #region -->\nmore\n\nthan one\n<!-- #endregion -->\n",
            None,
        ),
        (
            "a.Rmd",
            "---\ntitle: T\n---\n\nText.\n\n```{python}\nx\n```\n",
            [("md", "# T"), ("md", "Text."), ("code", "x")],
        ),
        ("a.R", "# %%\nx <- 1\n", [("code", "x <- 1")]),
        ("a.jl", "# %%\nx = 1\n", [("code", "x = 1")]),
        ("a.sh", "# %%\nls\n", None),
        ("a.md", "---\njupyter:\n  jupytext: {}\n---\n\nText.\n", [("md", "Text.")]),
        ("a.py", "", None),
    ],
)
def test_each_text_is_read_as_its_notebook(file, text, expected):
    found = [(cell["kind"], cell.get("text") or cell.get("source")) for cell in cells(file, text)]
    assert expected is None or found == expected


def test_tags_of_a_cell_are_kept():
    assert cells("a.md", MYST)[1] == {"kind": "code", "source": "1/0", "expect": "error"}


def test_a_script_of_another_language_keeps_its_kernel():
    assert read({"a.R": "# %%\nx <- 1\n"}).course["kernel"] == {"name": "ir"}


def test_the_same_text_has_the_same_ids_each_time():
    assert cells_of(read({"a.py": PERCENT})) == cells_of(read({"a.py": PERCENT}))


def test_a_page_in_myst_says_so_in_its_report():
    assert read({"a.md": MYST}).format == "myst"
    assert read({"a.py": PERCENT}).format == "jupytext"


def test_what_is_lost_is_named_by_the_file_that_was_read():
    imported = read(
        {"a.py": PERCENT, "b.md": "---\nx: y\n---\n\n" + MYST.removeprefix(HEAD)},
        name="c",
    )
    assert {lost.where.split(",")[0].split(":")[0].split(" ")[0] for lost in imported.lost} <= {
        "a.py",
        "b.md",
    }


@pytest.mark.parametrize("kind", ["pandoc", "quarto", "marimo"])
def test_a_format_that_other_programs_read_is_refused_and_no_program_is_started(kind):
    says = f"    text_representation:\n      extension: .md\n      format_name: {kind}\n"
    head = f"---\njupyter:\n  jupytext:\n{says}---\n"
    with pytest.raises(TutorError, match=f"a.md is written for {kind}"):
        cells("a.md", head + "\nText.\n")


def test_a_page_with_colons_is_no_call_for_another_program():
    assert cells("a.md", "::: {.note}\nText.\n:::\n")[0]["kind"] == "md"


@pytest.mark.parametrize("options", [":tags: 5", ":tags: [a"])
def test_what_a_page_is_refused_for_is_told_in_one_line(options):
    page = f"```{{code-cell}} ipython3\n{options}\nprint(1)\n```\n"
    with pytest.raises(TutorError) as refused:
        read({"page.md": page})
    sentence = str(refused.value)
    assert (sentence.startswith("page.md, line 1: jupytext cannot read this: "), "\n" in sentence) == (
        True,
        False,
    )
    assert sentence.endswith("; nothing was imported")


def test_aliases_that_would_fill_the_memory_are_refused_before_they_do():
    levels = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    body = "\n".join(levels)
    for text in (f"---\n{body}\n---\n\n# T\n", f"```{{code-cell}}\n---\n{body}\n---\n1\n```\n"):
        with pytest.raises(TutorError, match="aliases"):
            cells("a.md", text)


def test_a_head_that_is_no_yaml_is_kept_as_text():
    found = cells("a.md", "---\njupyter: [\n---\n\n```{code-cell}\n1\n```\n")
    assert [cell["kind"] for cell in found] == ["md", "code"]
    assert "jupyter: [" in found[0]["text"]


def test_a_script_whose_head_is_no_yaml_is_read_without_it():
    found = cells("a.py", "# ---\n# jupyter:\n#   kernelspec: : x\n# ---\n\n# %%\nx = 1\n")
    assert [cell["kind"] for cell in found] == ["md", "code"]


def test_nothing_of_a_strangers_file_is_warned_about_on_the_screen(recwarn):
    cells(
        "a.md", "---\njup\u2028yter: 1\nkernelspec: {name: python3}\n---\n\n```{code-cell}\n:a b: 1\n1\n```\n"
    )
    assert [str(warning.message) for warning in recwarn] == []


def test_without_the_package_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(TutorError) as refusal:
        cells("a.py", PERCENT)
    assert (refusal.value.help, refusal.value.exit_code) == ('pip install "tui-tutor[formats]"', 3)


BLOCKS = st.sampled_from(
    [
        "# %%",
        "# %% [markdown]",
        "# # T",
        "x = 1",
        "# text",
        "",
        "def f():\n    return 1",
        "# +",
        "# -",
        "%time 1",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(BLOCKS, max_size=12).map("\n".join))
def test_any_script_is_imported_without_an_error(text):
    cells("a.py", text)


PAGE = st.sampled_from(
    [
        "# T",
        "text",
        "",
        "```{code-cell} python",
        ":tags: [hide-cell]",
        "x = 1",
        "```",
        "+++",
        '+++ {"a": 1}',
        "```python",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(PAGE, max_size=14).map("\n".join))
def test_any_page_is_imported_or_refused_with_a_sentence(text):
    assert reasons(read({"a.md": text})) is not None
