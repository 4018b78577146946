"""Bad input -> the code, line and column that `check` must report for it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.parsing_examples import COURSE, a_course

HEADER = 'title = "T"\nminutes = 1\nbloom = "apply"\nobjective = "Do it"\n'  # 4 lines
EX = '[[cell]]\nkind = "ex"\nid = "e"\ntask = "t"\nsolution = "a = 1"\nexplain = "x"\n'  # lines 5 to 10
CHECK = '[[cell.check]]\nkind = "stdout"\nsays = "s"\ntext = "1"\n'  # lines 11 to 14
QUIZ = '[[cell]]\nkind = "quiz"\nid = "q"\nquestion = "?"\nexplain = "x"\n'  # lines 5 to 9
VIZ = '[[cell]]\nkind = "viz"\nid = "v"\nplot = "line"\nalt = "a"\n'  # lines 5 to 9
OPTION = '[[cell.option]]\ntext = "{}"\n'
OPTIONS = OPTION.format("a") + 'correct = true\nfeedback = "f"\n' + OPTION.format("b") + 'feedback = "f"\n'
MD = '[[cell]]\nkind = "md"\ntext = "x"\n'


@dataclass(frozen=True)
class Bad:
    """A course with one mistake, and what is to be said about it."""

    name: str
    files: dict[str, bytes]
    code: str
    line: int
    column: int
    file: str = "lessons/two.toml"


def in_lesson(name: str, text: str, code: str, line: int, column: int) -> Bad:
    """A mistake in a lesson."""
    files = a_course()
    files["lessons/two.toml"] = text.encode()
    return Bad(name, files, code, line, column)


def in_cells(name: str, cells: str, code: str, line: int, column: int) -> Bad:
    """A mistake after a lesson's header; the first cell stands at line 5."""
    return in_lesson(name, HEADER + cells, code, line, column)


def in_course(name: str, old: str, new: str, code: str, line: int, column: int) -> Bad:
    """A mistake in course.toml."""
    assert old.encode() in COURSE, old
    files = a_course(**{"course.toml": COURSE.replace(old.encode(), new.encode(), 1)})
    return Bad(name, files, code, line, column, "course.toml")


def in_file(name: str, file: str, data: bytes, code: str, line: int, column: int) -> Bad:
    """A mistake in a file of its own."""
    return Bad(name, a_course(**{file: data}), code, line, column, file)


BAD = (
    # --- files ---
    in_lesson("not TOML", 'title = "T\n', "toml-syntax", 1, 11),
    in_lesson("no value", "title =\n", "toml-syntax", 1, 8),
    in_lesson("a key twice", 'title = "T"\ntitle = "U"\n', "toml-syntax", 2, 12),
    in_file("not UTF-8", "lessons/two.toml", b'title = "T"\nx = "\xff"\n', "toml-syntax", 2, 6),
    in_file("too large", "lessons/two.toml", b"#" * 1_000_001, "file-too-large", 1, 1),
    in_lesson("deep lists", "x = " + "[" * 20 + "]" * 20, "too-deep", 1, 21),
    in_lesson("a deep key", ".".join("abcdefghijklmnopqrst") + " = 1\n", "too-deep", 1, 1),
    in_lesson("a huge number", "x = " + "1" * 5000, "toml-syntax", 1, 5),
    in_lesson("a byte order mark and no title", "\ufeffminutes = 1\n" + MD, "missing-key", 1, 1),
    in_cells(
        "an option first", '[[cell.option]]\ntext = "a"\n[[cell]]\nkind = "md"\n', "table-before-cell", 5, 1
    ),
    in_cells("only an option", '[[cell.option]]\ntext = "a"\n', "table-before-cell", 5, 1),
    in_cells("one bracket", '[cell]\nkind = "md"\n', "wrong-type", 5, 1),
    in_cells(
        "a TOML 1.1 table",
        MD + "[cell.params]\ndraw = []\n[[cell]]\nkind = 'quiz'\nid = 'w'\nform = 'text'\n"
        "question = 'q'\naccept = ['a']\nexplain = 'e'\nnear = [{\n  answer = 'b', feedback = 'f' }]\n",
        "toml-1-1",
        17,
        10,
    ),
    in_cells("a TOML 1.1 escape", MD + '[[cell]]\nkind = "md"\ntext = "a\\e[0m"\n', "toml-1-1", 10, 10),
    # --- lesson ---
    in_lesson("no title", "minutes = 1\n" + MD, "missing-key", 1, 1),
    in_lesson("an empty title", 'title = ""\n' + MD, "empty", 1, 9),
    in_lesson("a blank title", 'title = "  "\n' + MD, "empty", 1, 9),
    in_lesson("minutes in words", 'title = "T"\nminutes = "five"\n' + MD, "wrong-type", 2, 11),
    in_lesson("no minutes left", 'title = "T"\nminutes = 0\n' + MD, "out-of-range", 2, 11),
    in_lesson("minutes without end", 'title = "T"\nminutes = inf\n' + MD, "not-finite", 2, 11),
    in_lesson("minutes beyond counting", 'title = "T"\nminutes = 1e999\n' + MD, "not-finite", 2, 11),
    in_lesson("an unknown level", 'title = "T"\nbloom = "aply"\n' + MD, "wrong-value", 2, 9),
    in_lesson("an unknown key", 'title = "T"\nminuts = 1\n' + MD, "unknown-key", 2, 1),
    in_lesson("an id of its own", 'title = "T"\nid = "x"\n' + MD, "unknown-key", 2, 1),
    in_lesson(
        "requires nothing known", 'title = "T"\nrequires = ["one", "elbow"]\n' + MD, "unknown-lesson", 2, 20
    ),
    in_lesson("requires itself", 'title = "T"\nrequires = ["two"]\n' + MD, "requires-itself", 2, 13),
    in_lesson("an unknown objective", 'title = "T"\nobjectives = ["sum"]\n' + MD, "unknown-objective", 2, 15),
    in_lesson("a bad id in a list", 'title = "T"\nrequires = ["A b"]\n' + MD, "bad-id", 2, 13),
    in_lesson("no cells", HEADER, "lesson-without-cells", 1, 1),
    in_lesson("a draft with cells", 'title = "T"\ndraft = true\n' + MD, "draft-with-cells", 2, 1),
    in_lesson("a draft in words", 'title = "T"\ndraft = "yes"\n' + MD, "wrong-type", 2, 9),
    in_lesson("setup outside", 'title = "T"\nsetup = "../x.py"\n' + MD, "path-outside", 2, 9),
    in_lesson("setup missing", 'title = "T"\nsetup = "cells/no.py"\n' + MD, "file-missing", 2, 9),
    # --- cells ---
    in_cells("no kind", '[[cell]]\ntext = "x"\n', "missing-key", 5, 1),
    in_cells("an unknown kind", '[[cell]]\nkind = "mdd"\n', "unknown-kind", 6, 8),
    in_cells("a kind that is a list", '[[cell]]\nkind = ["md"]\n', "wrong-type", 6, 8),
    in_cells("an unknown form", QUIZ + 'form = "chioce"\n', "unknown-form", 10, 8),
    in_cells("no form", QUIZ, "missing-key", 5, 1),
    in_cells("no text", '[[cell]]\nkind = "md"\n', "missing-key", 5, 1),
    in_cells("text and its file", MD + 'text_file = "cells/mean.py"\n', "both-given", 8, 1),
    in_cells(
        "a text's file is absolute",
        '[[cell]]\nkind = "md"\ntext_file = "/etc/passwd"\n',
        "path-outside",
        7,
        13,
    ),
    in_cells(
        "a text's file is missing",
        '[[cell]]\nkind = "code"\nsource_file = "cells/Mean.py"\n',
        "file-missing",
        7,
        15,
    ),
    in_cells("a text's file is a number", '[[cell]]\nkind = "code"\nsource_file = 3\n', "wrong-type", 7, 15),
    in_cells("an exercise without an id", EX.replace('id = "e"\n', ""), "missing-key", 5, 1),
    in_cells("a bad id", MD + 'id = "Intro"\n', "bad-id", 8, 6),
    in_cells("an id twice", MD + 'id = "a"\n' + MD + 'id = "a"\n', "duplicate-id", 12, 6),
    in_cells("a lesson's key in a cell", MD + "requires = []\n", "key-after-subtable", 8, 1),
    in_cells("difficulty six", MD + "difficulty = 6\n", "out-of-range", 8, 14),
    in_cells("difficulty with a point", MD + "difficulty = 1.5\n", "wrong-type", 8, 14),
    in_cells("hidden as a number", MD + "hidden = 1\n", "wrong-type", 8, 10),
    in_cells(
        "Python that does not parse",
        "[[cell]]\nkind = 'code'\nsource = '''\nx = 1\ny = = 2\n'''\n",
        "python-syntax",
        9,
        5,
    ),
    in_cells(
        "a callout below the source",
        "[[cell]]\nkind = 'code'\nsource = 'x'\n[[cell.callout]]\nline = 2\ntext = 'n'\n",
        "callout-line",
        9,
        8,
    ),
    in_cells("no time", "[[cell]]\nkind = 'code'\nsource = 'x'\ntimeout_s = 0\n", "out-of-range", 8, 13),
    in_cells(
        "an unknown outcome", "[[cell]]\nkind = 'sh'\nrun = 'x'\nexpect = 'fail'\n", "wrong-value", 8, 10
    ),
    in_cells("an unknown shell", "[[cell]]\nkind = 'sh'\nrun = 'x'\nshell = 'zsh'\n", "wrong-value", 8, 9),
    # --- viz ---
    in_cells("nothing to plot", VIZ, "missing-key", 5, 1),
    in_cells("data and y", VIZ + 'data = "a"\ny = "b"\n', "both-given", 5, 1),
    in_cells("data and x", VIZ + 'data = "a"\nx = "b"\n', "both-given", 5, 1),
    in_cells("an expression that does not parse", VIZ + 'y = "a b"\n', "python-syntax", 10, 8),
    in_cells("one of several expressions", VIZ + 'y = ["a", "b("]\n', "python-syntax", 10, 13),
    in_cells("y as a number", VIZ + "y = 3\n", "wrong-type", 10, 5),
    in_cells("an unknown plot", VIZ.replace("line", "pie") + 'y = "a"\n', "wrong-value", 8, 8),
    in_cells("limits that fall", VIZ + 'y = "a"\nxlim = [4, -4]\n', "limits-order", 11, 8),
    in_cells("three limits", VIZ + 'y = "a"\nxlim = [1, 2, 3]\n', "wrong-value", 11, 8),
    in_cells("zero on a log axis", VIZ + 'y = "a"\nylim = [0, 1]\nyscale = "log"\n', "limits-order", 11, 8),
    in_cells("too few names", VIZ + 'y = ["a", "b"]\nnames = ["a"]\n', "names-count", 11, 9),
    in_cells("a layer without data", VIZ + 'y = "a"\n[[cell.layer]]\nplot = "line"\n', "missing-key", 11, 1),
    # --- exercises and checks ---
    in_cells(
        "a cell's key after a check",
        EX.replace('explain = "x"\n', "") + CHECK + 'explain = "x"\n',
        "key-after-subtable",
        14,
        1,
    ),
    in_cells("an unknown key of a check", EX + CHECK + "texts = 1\n", "unknown-key", 15, 1),
    in_cells("an unknown check", EX + '[[cell.check]]\nkind = "stdot"\n', "unknown-kind", 12, 8),
    in_cells("a check without a kind", EX + '[[cell.check]]\nsays = "x"\n', "missing-key", 11, 1),
    in_cells(
        "status of Python", EX + '[[cell.check]]\nkind = "status"\nsays = "s"\n', "check-not-allowed", 12, 8
    ),
    in_cells(
        "value in a shell",
        "[[cell]]\nkind = 'sh'\nrun = 'x'\n"
        "[[cell.check]]\nkind = 'value'\nsays = 's'\nexpr = 'a'\nequals = 1\n",
        "check-not-allowed",
        9,
        8,
    ),
    in_cells(
        "equals twice",
        EX + '[[cell.check]]\nkind = "value"\nsays = "s"\nexpr = "a"\nequals = 1\nequals_py = "1"\n',
        "both-given",
        11,
        1,
    ),
    in_cells(
        "equals nothing",
        EX + '[[cell.check]]\nkind = "value"\nsays = "s"\nexpr = "a"\n',
        "missing-key",
        11,
        1,
    ),
    in_cells(
        "equals nan",
        EX + '[[cell.check]]\nkind = "value"\nsays = "s"\nexpr = "a"\nequals = nan\n',
        "not-finite",
        15,
        10,
    ),
    in_cells(
        "an expression in a check",
        EX + '[[cell.check]]\nkind = "value"\nsays = "s"\nexpr = "a +"\nequals = 1\n',
        "python-syntax",
        14,
        12,
    ),
    in_cells(
        "a statement of a property",
        EX + '[[cell.check]]\nkind = "property"\nsays = "s"\ngiven = ["n = "]\nholds = "n"\n',
        "python-syntax",
        14,
        15,
    ),
    in_cells(
        "a status beyond 255",
        EX.replace('id = "e"', 'id = "e"\nlanguage = "sh"')
        + '[[cell.check]]\nkind = "status"\nsays = "s"\nis = 256\n',
        "out-of-range",
        15,
        6,
    ),
    in_cells("a check's id twice", EX + CHECK + 'id = "a"\n' + CHECK + 'id = "a"\n', "duplicate-id", 20, 6),
    in_cells(
        "an unknown construct",
        EX + '[[cell.check]]\nkind = "ast"\nsays = "s"\nmust = ["loop"]\n',
        "unknown-word",
        14,
        9,
    ),
    in_cells(
        "demanded and forbidden",
        EX + '[[cell.check]]\nkind = "ast"\nsays = "s"\nmust = ["for"]\nmust_not = ["if", "for"]\n',
        "contradiction",
        15,
        19,
    ),
    in_cells(
        "no viz of that name",
        EX + '[[cell.check]]\nkind = "plot"\nsays = "s"\nviz = "v"\nholds = "True"\n',
        "unknown-viz",
        14,
        7,
    ),
    in_cells(
        "not an exception",
        EX + '[[cell.check]]\nkind = "raises"\nsays = "s"\nerror = "a b"\n',
        "wrong-value",
        14,
        9,
    ),
    in_cells(
        "a checked file outside",
        EX + '[[cell.check]]\nkind = "file"\nsays = "s"\npath = "../x"\nexists = true\n',
        "path-outside",
        14,
        8,
    ),
    in_cells(
        "a file's pattern",
        EX + '[[cell.check]]\nkind = "file"\nsays = "s"\npath = "x"\nmatches = "a("\n',
        "bad-regex",
        15,
        13,
    ),
    in_cells(
        "nothing about a file",
        EX + '[[cell.check]]\nkind = "file"\nsays = "s"\npath = "x"\n',
        "missing-key",
        11,
        1,
    ),
    in_cells(
        "caught by nothing",
        EX + CHECK + '[[cell.wrong]]\nsource = "a"\ncaught_by = "b"\n',
        "unknown-check",
        17,
        13,
    ),
    in_cells(
        "a wrong sample that does not parse",
        EX + CHECK + 'id = "b"\n[[cell.wrong]]\nsource = "a ="\ncaught_by = "b"\n',
        "python-syntax",
        17,
        14,
    ),
    in_cells("a solution that does not parse", EX.replace("a = 1", "a ="), "python-syntax", 9, 16),
    in_cells("files without run", EX + CHECK + '[[cell.file]]\npath = "x.py"\n', "missing-key", 5, 1),
    in_cells("run without files", EX + 'run = "python x.py"\n' + CHECK, "missing-key", 11, 7),
    in_cells(
        "a learner's file outside",
        EX + 'run = "x"\n' + CHECK + '[[cell.file]]\npath = "/x.py"\n',
        "path-outside",
        17,
        8,
    ),
    in_cells(
        "a framework that comes later",
        EX + 'framework = "f"\n' + CHECK + EX.replace('"e"', '"f"') + CHECK,
        "unknown-framework",
        11,
        13,
    ),
    # --- questions ---
    in_cells(
        "one option", QUIZ + 'form = "choice"\n[[cell.option]]\ntext = "a"\ncorrect = true\n', "too-few", 5, 1
    ),
    in_cells(
        "no right option",
        QUIZ + 'form = "choice"\n' + OPTIONS.replace("correct = true\n", ""),
        "no-correct-option",
        5,
        1,
    ),
    in_cells("no option", QUIZ + 'form = "choice"\n', "missing-key", 5, 1),
    in_cells(
        "an option's text twice",
        QUIZ + 'form = "choice"\n' + OPTIONS.replace('"b"', '"a "'),
        "duplicate-option",
        16,
        8,
    ),
    in_cells(
        "an option's id twice",
        QUIZ + 'form = "choice"\n' + OPTIONS.replace("feedback", 'id = "o"\nfeedback'),
        "duplicate-id",
        18,
        6,
    ),
    in_cells(
        "a cell's key after an option",
        QUIZ.replace('explain = "x"\n', "") + 'form = "choice"\n' + OPTIONS + 'explain = "x"\n',
        "key-after-subtable",
        17,
        1,
    ),
    in_cells("nothing accepted", QUIZ + 'form = "text"\naccept = []\n', "too-few", 11, 10),
    in_cells(
        "a pattern", QUIZ + 'form = "text"\nmatch = "regex"\naccept = ["a[", "b"]\n', "bad-regex", 12, 13
    ),
    in_cells(
        "a pattern that answers are not matched by",
        QUIZ + 'form = "text"\nmatch = "regex"\naccept = ["(?=a)a"]\n',
        "bad-regex",
        12,
        11,
    ),
    in_cells(
        "nearly right and right",
        QUIZ + 'form = "text"\naccept = ["Two"]\nnear = [{ answer = "two ", feedback = "f" }]\n',
        "near-accepted",
        12,
        20,
    ),
    in_cells(
        "nearly right twice",
        QUIZ
        + 'form = "text"\naccept = ["Two"]\n'
        + 'near = [{ answer = "a", feedback = "f" }, { answer = "a", feedback = "g" }]\n',
        "duplicate-answer",
        12,
        54,
    ),
    in_cells("value and range", QUIZ + 'form = "number"\nvalue = 1\nrange = [0, 1]\n', "both-given", 5, 1),
    in_cells(
        "two tolerances",
        QUIZ + 'form = "number"\nvalue = 1\ntolerance = 1\nrel_tolerance = 1\n',
        "both-given",
        13,
        17,
    ),
    in_cells("a range that falls", QUIZ + 'form = "number"\nrange = [1, 0]\n', "limits-order", 11, 9),
    in_cells("a number's expression", QUIZ + 'form = "number"\nvalue_py = "1 +"\n', "python-syntax", 11, 16),
    in_cells(
        "a blank without a mark",
        QUIZ + 'form = "cloze"\n[[cell.blank]]\nform = "text"\naccept = ["a"]\n',
        "cloze-blanks",
        11,
        1,
    ),
    in_cells(
        "a mark without a blank",
        QUIZ.replace('"?"', '"{{1}} {{2}}"')
        + 'form = "cloze"\n[[cell.blank]]\nform = "text"\naccept = ["a"]\n',
        "cloze-blanks",
        8,
        12,
    ),
    in_cells(
        "no order of the items",
        QUIZ + 'form = "order"\nitems = ["a", "b"]\norders = [[1, 1]]\n',
        "bad-order",
        12,
        11,
    ),
    in_cells(
        "a distractor that is an item",
        QUIZ + 'form = "order"\nitems = ["a", "b"]\ndistractors = ["a "]\n',
        "contradiction",
        12,
        16,
    ),
    in_cells("one pair", QUIZ + 'form = "match"\npairs = [["a", "b"]]\n', "too-few", 11, 9),
    in_cells("half a pair", QUIZ + 'form = "match"\npairs = [["a", "b"], ["c"]]\n', "too-few", 11, 22),
    in_cells(
        "a term in two pairs",
        QUIZ + 'form = "match"\npairs = [["a", "b"], ["a", "c"]]\n',
        "duplicate-answer",
        11,
        22,
    ),
    in_cells(
        "a program to predict",
        QUIZ + 'form = "predict"\nprogram = "print("\nstdout = ""\n',
        "python-syntax",
        11,
        17,
    ),
    in_cells(
        "a parameter that is not drawn",
        QUIZ.replace('"?"', '"{{m}}?"') + 'form = "reflect"\n[cell.params]\ndraw = ["n = 1"]\n',
        "unknown-parameter",
        8,
        12,
    ),
    # --- course ---
    in_course("no title", 'title = "A tour"\n', "", "missing-key", 1, 1),
    in_course("an unknown key", "summary", "sumary", "unknown-key", 6, 1),
    in_course("an unknown key of the kernel", "timeout_s = 60", "timeout = 60", "unknown-key", 18, 1),
    in_course("not a version", '"1.0.0"', '"1.0"', "bad-version", 5, 11),
    in_course("an empty license", '"CC-BY-4.0"', '""', "empty", 8, 11),
    in_course("not a language", '"en"', '"e n"', "bad-language", 9, 12),
    in_course("an unknown level", '"beginner"', '"begginer"', "wrong-value", 10, 9),
    in_course("a lesson twice", '"two", "later"', '"two", "two", "later"', "duplicate-lesson", 11, 26),
    in_course(
        "a lesson without a file", '"two", "later"', '"two", "later", "last"', "lesson-missing", 11, 35
    ),
    in_course("no lessons", '["one", "two", "later"]', "[]", "too-few", 11, 11),
    in_course("after itself", '"start-here"', '"tour"', "requires-itself", 12, 10),
    in_course("a newer format", "format = 1", "format = 2", "needs-newer-player", 1, 10),
    in_course("a newer player", '">=0.1"', '">=99"', "needs-newer-player", 2, 9),
    in_course("no range of versions", '">=0.1"', '"soon"', "bad-requirement", 2, 9),
    in_course("not a package", '"numpy>=1.26"', '"numpy>>1"', "bad-requirement", 16, 13),
    in_course("setup outside the course", '"cells/setup.py"', '"/x.py"', "path-outside", 17, 9),
    in_course("a variable's name", "OMP_NUM_THREADS", '"A=B"', "wrong-value", 19, 9),
    in_course("a variable that is a number", '= "1" }', "= 1 }", "wrong-type", 19, 27),
    in_course("an asset outside", '"files/data.csv"', '"../data.csv"', "path-outside", 25, 8),
    in_course("an asset that is missing", '"files/data.csv"', '"files/date.csv"', "file-missing", 25, 8),
    in_course("silence about no lesson", '"one/choose"', '"won/choose"', "unknown-lesson", 31, 9),
    in_course(
        "an objective's id twice",
        'requires = ["sums"]\n',
        'requires = ["sums"]\n[[objective]]\nid = "sums"\ntext = "x"\n',
        "duplicate-id",
        43,
        6,
    ),
    in_course("requires no objective", '["sums"]', '["sum"]', "unknown-objective", 41, 13),
    in_course(
        "objectives in a circle",
        'text = "Add numbers"',
        'text = "A"\nrequires = ["means"]',
        "requires-cycle",
        37,
        12,
    ),
    in_file(
        "setup that does not parse", "cells/setup.py", b"import random\nrandom.\n", "python-syntax", 2, 8
    ),
    in_file(
        "a lesson that is not listed", "lessons/extra.toml", (HEADER + MD).encode(), "lesson-unlisted", 1, 1
    ),
    in_file(
        "lessons in a circle",
        "lessons/one.toml",
        b'requires = ["two"]\n' + a_course()["lessons/one.toml"],
        "requires-cycle",
        1,
        13,
    ),
    in_course(
        "an asset twice",
        '"measured"\n',
        '"measured"\n[[asset]]\npath = "files/data.csv"\nlicense = "CC0-1.0"\n',
        "duplicate-file",
        29,
        8,
    ),
    in_cells(
        "a file twice",
        EX + 'run = "x"\n' + CHECK + '[[cell.file]]\npath = "x.py"\n[[cell.file]]\npath = "x.py"\n',
        "duplicate-file",
        19,
        8,
    ),
    Bad(
        "a source in another encoding",
        a_course(**{"cells/mean.py": b"x = '\xe9'\n"}),
        "not-utf8",
        40,
        15,
        "lessons/one.toml",
    ),
    # --- overlays ---
    in_file("an overlay of nothing", "lessons/three.de.toml", b'title = "T"\n', "unknown-overlay", 1, 1),
    in_file("an overlay's tag", "lessons/one.d_e.toml", b'title = "T"\n', "unknown-overlay", 1, 1),
    in_file(
        "an overlay of a key",
        "lessons/one.de.toml",
        b'[[cell]]\nid = "mean"\nsolution = "x"\n',
        "overlay-touches-key",
        3,
        1,
    ),
    in_file(
        "an overlay of an option's key",
        "lessons/one.de.toml",
        b'[[cell]]\nid = "choose"\n[[cell.option]]\ncorrect = true\n[[cell.option]]\n',
        "overlay-touches-key",
        4,
        1,
    ),
    in_file(
        "too few options",
        "lessons/one.de.toml",
        b'[[cell]]\nid = "choose"\n[[cell.option]]\ntext = "A"\n',
        "overlay-count",
        3,
        1,
    ),
    in_file(
        "a cell that is not there",
        "lessons/one.de.toml",
        b'[[cell]]\nid = "men"\ntask = "x"\n',
        "unknown-cell",
        2,
        6,
    ),
    in_file("an unknown word", "lessons/one.de.toml", b'titel = "T"\n', "unknown-key", 1, 1),
    in_file(
        "an overlay's cell without an id",
        "lessons/one.de.toml",
        b'[[cell]]\ntask = "x"\n',
        "missing-key",
        1,
        1,
    ),
    in_file(
        "a cell after nothing",
        "lessons/one.de.toml",
        b'[[cell]]\nafter = "x"\ntext = "y"\n',
        "unknown-cell",
        2,
        9,
    ),
    in_file(
        "a blank lost",
        "lessons/one.de.toml",
        b'[[cell]]\nid = "cloze"\nquestion = "{{1}}"\n',
        "cloze-blanks",
        3,
        12,
    ),
    in_file(
        "an overlay of the course",
        "course.de.toml",
        b'title = "T"\nversion = "2.0.0"\n',
        "overlay-touches-key",
        2,
        1,
    ),
)
