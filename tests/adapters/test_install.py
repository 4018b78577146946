"""Installing: every kind of source, what is refused, and that nothing half-done is ever left."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.courses_to_install import a_course, a_git_repository, commit, files_below, install, quiet
from tests.builders import a_code, write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import parse_course
from tui_tutor.core.ports import Added, CourseChoice, Progress
from tui_tutor.shelf.archive.packing import pack
from tui_tutor.shelf.folder import read_course_files
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.installing import Installer
from tui_tutor.shelf.sources.recognising import (
    ArchiveSource,
    FolderSource,
    GitSource,
    IndexSource,
    Source,
    WebSource,
    recognise,
    written,
)
from tui_tutor.shelf.staging import Staging, sweep


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def left_behind(data: Path) -> list[str]:
    """Names beside the installed courses."""
    return sorted(name for name in os.listdir(data / "courses") if name != ".lock")


# --- which source -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://host/a.zip", WebSource("https://host/a.zip")),
        ("https://host/courses.toml#vae", IndexSource("https://host/courses.toml", "vae")),
        ("https://host/a.git", GitSource("https://host/a.git")),
        ("https://host/a", GitSource("https://host/a")),
        ("https://host/a.git@v1", GitSource("https://host/a.git", "v1")),
        ("https://host/a.git#v1:courses/a", GitSource("https://host/a.git", "v1", "courses/a")),
        ("git@host:a/b.git", GitSource("git@host:a/b.git")),
        ("git@host:a/b.git@v1", GitSource("git@host:a/b.git", "v1")),
        ("ssh://git@host/a/b", GitSource("ssh://git@host/a/b")),
        ("git+https://host/a.zip", GitSource("https://host/a.zip")),
    ],
)
def test_an_address_says_what_it_is(text: str, source: Source):
    assert recognise(text) == source
    assert recognise(written(source)) == source


@pytest.mark.parametrize(
    "text",
    [
        "ftp://host/a.zip",
        "file:///etc",
        "git+file:///etc",
        "git://host/a",
        "http://[bad/x.zip",
        "ext::sh -c x",
        "",
        "nowhere",
    ],
)
def test_what_is_not_fetched_from_is_said(text: str):
    with pytest.raises(TutorError):
        recognise(text)


def test_a_password_is_not_remembered():
    assert recognise("https://me@host/a.git") == GitSource("https://me@host/a.git")
    assert written(recognise("https://me:secret@host/a.zip")) == "https://host/a.zip"
    assert "secret" not in written(recognise("https://me:secret@host/a.git#v1"))
    assert "secret" not in written(recognise("https://me:secret@host/courses.toml#a"))


def test_a_path_says_what_it_is(tmp_path: Path):
    course = a_course(tmp_path)
    (tmp_path / "a#b.zip").write_bytes(b"")
    (tmp_path / "list.toml").write_text("")
    assert recognise(str(course)) == FolderSource(course)
    assert recognise(str(course / "course.toml")) == FolderSource(course)
    assert recognise(str(tmp_path / "a#b.zip")) == ArchiveSource(tmp_path / "a#b.zip")
    assert recognise(f"{tmp_path}/list.toml#mine") == IndexSource(f"{tmp_path}/list.toml", "mine")


# --- folders ----------------------------------------------------------------------------------------


def test_a_folder_is_copied_and_opens_by_its_id(data: Path, tmp_path: Path):
    course = a_course(
        tmp_path, version="1.2.0", title="Mine", files={"files/a.txt": b"a", ".git/config": "x"}
    )
    done = install(data, course)
    assert done == Added("mine", "Mine", "1.2.0", "installed", "Not signed.")
    installed = files_below(data / "courses" / "mine")
    assert {name for name in installed if not name.startswith(".")} == {
        "course.toml",
        "lessons/first.toml",
        "files/a.txt",
    }
    entry = Library(None, data).open("mine").entry
    assert entry.origin is not None
    assert (entry.origin.source, entry.origin.version, entry.origin.signer) == (str(course), "1.2.0", "")


def test_the_same_content_again_changes_nothing(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    install(data, course)
    before = files_below(data / "courses" / "mine")
    assert install(data, course).outcome == "same"
    assert files_below(data / "courses" / "mine") == before


def test_other_content_needs_to_be_wanted(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    install(data, course)
    a_course(tmp_path, cells=[a_code("other")])
    with pytest.raises(TutorError, match="installed already, with other content"):
        install(data, course)
    assert install(data, course, is_replacing=True).outcome == "replaced"
    assert left_behind(data) == [".previous-mine", "mine"]


def test_a_course_with_errors_is_not_installed(data: Path, tmp_path: Path):
    course = a_course(tmp_path, lessons={"first": "title = 1"})
    with pytest.raises(TutorError, match="nothing was installed") as caught:
        install(data, course)
    assert caught.value.exit_code == 4
    assert left_behind(data) == []


def test_a_course_without_an_id_is_not_installed(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    text = (course / "course.toml").read_text()
    (course / "course.toml").write_text(text.replace('id = "mine"\n', ""))
    with pytest.raises(TutorError, match="no `id`"):
        install(data, course)


def test_the_id_of_a_shipped_course_is_taken_only_when_it_is_wanted(data: Path, tmp_path: Path):
    shipped = tmp_path / "shipped"
    a_course(shipped)
    course = a_course(tmp_path / "other", title="Another")
    with pytest.raises(TutorError, match="ships with TUI Tutor"):
        install(data, course, shipped=shipped)
    done = install(data, course, shipped=shipped, is_replacing=True)
    assert done.notes == ("It stands in place of the course with this id that ships with TUI Tutor.",)
    assert Library(shipped, data).open("mine").course.title == "Another"


def test_a_link_in_a_folder_is_left_out_and_said(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    (course / "files").mkdir()
    (course / "files" / "passwd").symlink_to("/etc/passwd")
    [note] = install(data, course).notes
    assert "files/passwd was left out" in note
    assert not os.path.lexists(data / "courses" / "mine" / "files" / "passwd")


def test_what_is_installed_is_private_whatever_the_umask(data: Path, tmp_path: Path):
    course = a_course(tmp_path, files={"files/run.sh": "#!/bin/sh\n"})
    (course / "files" / "run.sh").chmod(0o777)
    before = os.umask(0)
    try:
        install(data, course)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data / "courses").rglob("*")}
    assert modes["run.sh"] == 0o700
    assert modes["course.toml"] == 0o600
    assert {modes["files"], modes["mine"], modes["lessons"]} == {0o700}


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path):
    course = a_course(tmp_path)
    (tmp_path / "data").write_text("a file")
    with pytest.raises(TutorError, match="Not installed"):
        install(tmp_path / "data", course)


# --- archives ---------------------------------------------------------------------------------------


def an_archive(folder: Path, into: Path) -> Path:
    """The course packed as `pack` does it."""
    files = read_course_files(folder)
    course = parse_course(files).value
    assert course is not None
    pack(course, files, into)
    return into


def test_an_archive_gives_what_its_folder_gives(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    archive = an_archive(course, tmp_path / "mine.zip")
    assert install(data, archive).outcome == "installed"
    assert install(data, course).outcome == "same"
    assert left_behind(data) == ["mine"]


def test_a_file_that_is_no_archive_is_refused_and_leaves_nothing(data: Path, tmp_path: Path):
    (tmp_path / "x.zip").write_bytes(b"no zip at all" * 100)
    with pytest.raises(TutorError, match="refused"):
        install(data, tmp_path / "x.zip")
    assert left_behind(data) == []


# --- git --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_bare", [True, False])
def test_a_git_repository_gives_its_newest_state_without_git(data: Path, tmp_path: Path, *, is_bare: bool):
    course = a_course(tmp_path, files={"files/a.txt": b"a\n"})
    repository = a_git_repository(course, is_bare=is_bare)
    install(data, repository if is_bare else f"{repository}#master")
    names = {name for name in files_below(data / "courses" / "mine") if not name.startswith(".tui-tutor")}
    assert names == {"course.toml", "lessons/first.toml", "files/a.txt"}


def test_a_tag_is_taken_rather_than_what_came_later(data: Path, tmp_path: Path):
    course = a_course(tmp_path, version="1.0.0")
    repository = a_git_repository(course, tag="v1")
    a_course(tmp_path, version="2.0.0")
    commit(course)
    assert install(data, f"{repository}#v1").version == "1.0.0"
    assert install(data, f"{repository}#master", is_replacing=True).version == "2.0.0"


def test_a_tag_that_is_not_there_is_said_with_those_that_are(data: Path, tmp_path: Path):
    repository = a_git_repository(a_course(tmp_path), tag="v1")
    with pytest.raises(TutorError, match="no tag or branch 'v9'") as caught:
        install(data, f"{repository}#v9")
    assert caught.value.help == "It has: master, v1."


def test_a_course_deeper_in_a_repository_is_named(data: Path, tmp_path: Path):
    many = tmp_path / "many"
    a_course(many / "courses", "one")
    a_course(many / "courses", "two")
    repository = a_git_repository(many)
    with pytest.raises(TutorError, match="not a course") as caught:
        install(data, f"{repository}#HEAD")
    assert f"{repository}#HEAD:courses/one" in caught.value.help
    assert install(data, f"{repository}#HEAD:courses/two").course_id == "two"


def test_a_host_that_would_be_an_option_of_ssh_is_refused(data: Path):
    with pytest.raises(TutorError, match="begins with a dash"):
        install(data, "ssh://-oProxyCommand=x/y")


def test_links_of_a_repository_are_left_out(data: Path, tmp_path: Path):
    course = a_course(tmp_path)
    (course / "evil").symlink_to("/etc/passwd")
    done = install(data, f"{a_git_repository(course)}#HEAD")
    assert done.notes == ("evil was left out: it is a link.",)
    assert not os.path.lexists(data / "courses" / "mine" / "evil")


def a_hostile_tree(folder: Path, *names: bytes) -> Path:
    """A repository whose newest tree has these names, whatever git would say to them."""
    from dulwich.objects import Blob, Commit, Tree
    from dulwich.repo import Repo

    repo = Repo.init_bare(str(folder), mkdir=True)
    blob, tree = Blob.from_string(b"x"), Tree()
    for name in names:
        tree.add(name, 0o100644, blob.id)
    head = Commit()
    head.tree = tree.id
    head.author = head.committer = b"A <a@example.org>"
    head.author_time = head.commit_time = head.author_timezone = head.commit_timezone = 0
    head.message = b"x"
    for one in (blob, tree, head):
        repo.object_store.add_object(one)
    repo.refs[b"refs/heads/master"] = head.id
    repo.refs.set_symbolic_ref(b"HEAD", b"refs/heads/master")
    repo.close()
    return folder


@pytest.mark.parametrize(
    "name",
    [b"..", b".", b"a\\b", b"/etc", b"a\nb", b".git", b"a:b", b"x\xff", b"con", b"\xe2\x80\xaeevil", b"-rf",
     b"sitecustomize.py", b"x.pth"],
)  # fmt: skip
def test_a_hostile_name_in_a_repository_is_refused_and_leaves_nothing(
    data: Path, tmp_path: Path, name: bytes
):
    with pytest.raises(TutorError, match="refused"):
        install(data, a_hostile_tree(tmp_path / "evil.git", b"course.toml", name))
    assert left_behind(data) == []


# --- the web ----------------------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


class _Misbehaving(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/short.zip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"only this")
            return
        places = {"/file.zip": "file:///etc/passwd", "/loop.zip": "/loop.zip", "/ftp.zip": "ftp://host/x.zip"}
        self.send_response(302)
        self.send_header("Location", places[self.path])
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a web server for `web`."""
    (tmp_path / "web").mkdir()
    yield from _serving(partial(_Quiet, directory=str(tmp_path / "web")))


@pytest.fixture
def bad_server() -> Iterator[str]:
    yield from _serving(_Misbehaving)


def _serving(handler: Any) -> Iterator[str]:
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_an_archive_on_the_web_is_installed_with_progress(data: Path, tmp_path: Path, server: str):
    an_archive(a_course(tmp_path), tmp_path / "web" / "mine.zip")
    seen: list[Progress] = []
    Installer(None, data).add(f"{server}/mine.zip", report=seen.append)
    assert seen[0].what == "Asking 127.0.0.1"
    assert left_behind(data) == ["mine"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/short.zip", "the connection broke"),
        ("/file.zip", "not followed"),
        ("/ftp.zip", "not followed"),
        ("/loop.zip", "could not be fetched"),
    ],
)
def test_a_server_that_misbehaves_is_a_sentence(data: Path, bad_server: str, path: str, words: str):
    with pytest.raises(TutorError, match=words):
        install(data, bad_server + path)
    assert left_behind(data) == []


def test_what_is_not_there_is_a_sentence(data: Path, server: str):
    with pytest.raises(TutorError, match="there is nothing at this address"):
        install(data, f"{server}/nothing.zip")
    with pytest.raises(TutorError, match="nobody answers there"):
        install(data, "http://127.0.0.1:1/x.zip")


def test_a_download_beyond_its_limit_stops(data: Path, tmp_path: Path, server: str, monkeypatch: Any):
    monkeypatch.setattr("tui_tutor.shelf.sources.fetching.DOWNLOAD_BYTES", 1_000_000)
    (tmp_path / "web" / "big.zip").write_bytes(bytes(1_100_000))
    with pytest.raises(TutorError, match="larger than 1 MB"):
        install(data, f"{server}/big.zip")
    assert left_behind(data) == []


# --- lists of courses -------------------------------------------------------------------------------


def a_list(folder: Path, **fields: str) -> Path:
    rows = "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    (folder / "courses.toml").write_text(f'format = 1\n[[course]]\nid = "mine"\ntitle = "Mine"\n{rows}')
    return folder / "courses.toml"


def test_a_list_is_shown_and_one_of_it_installed(data: Path, tmp_path: Path, server: str):
    web = tmp_path / "web"
    archive = an_archive(a_course(tmp_path), web / "mine.zip")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    place = a_list(web, version="1.0", url="mine.zip", sha256=digest)
    for address in (f"{server}/courses.toml", str(place)):
        listed = Installer(None, data).add(address, report=quiet)
        assert listed == CourseChoice(address, (("mine", "1.0", "Mine"),))
        assert install(data, f"{address}#mine", is_replacing=True).course_id == "mine"


def test_an_archive_that_a_list_does_not_mean_is_refused(data: Path, tmp_path: Path):
    an_archive(a_course(tmp_path), tmp_path / "mine.zip")
    place = a_list(tmp_path, path="mine.zip", sha256="0" * 64)
    with pytest.raises(TutorError, match="not the one that the list tells of"):
        install(data, f"{place}#mine")


def test_another_course_than_the_list_says_is_refused(data: Path, tmp_path: Path):
    an_archive(a_course(tmp_path, "other"), tmp_path / "mine.zip")
    with pytest.raises(TutorError, match="the course says it is other"):
        install(data, f"{a_list(tmp_path, path='mine.zip')}#mine")


def test_a_key_that_a_list_asks_for_is_asked_for(data: Path, tmp_path: Path):
    an_archive(a_course(tmp_path), tmp_path / "mine.zip")
    with pytest.raises(TutorError, match="it is not signed"):
        install(data, f"{a_list(tmp_path, path='mine.zip', key='SHA256:x')}#mine")


def test_a_list_on_the_web_leads_to_no_file_of_ours(data: Path, tmp_path: Path, server: str):
    for place in ("file:///etc/passwd", "ftp://host/x.zip", "other.toml"):
        a_list(tmp_path / "web", url=place)
        with pytest.raises(TutorError, match="not followed"):
            install(data, f"{server}/courses.toml#mine")


@pytest.mark.parametrize("text", ["", "x", "format = 1", "format = 2\n[[course]]\nid = 'a'\npath = 'b'",
                                  "format = 1\n[[course]]\nid = '../a'\npath = 'b'",
                                  "format = 1\n[[course]]\nid = 'a'"])  # fmt: skip
def test_a_list_with_mistakes_is_a_sentence(data: Path, tmp_path: Path, text: str):
    write_files(tmp_path, {"list.toml": text})
    with pytest.raises(TutorError, match="cannot be used as a list"):
        install(data, tmp_path / "list.toml")


# --- removing ---------------------------------------------------------------------------------------


def test_removing_takes_the_course_and_nothing_else(data: Path, tmp_path: Path):
    install(data, a_course(tmp_path))
    Library(None, data).open("mine").workspace().write_text("mine.txt", "kept")
    Installer(None, data).remove("mine")
    assert left_behind(data) == []
    assert (data / "workspaces" / "mine" / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize("course_id", ["", "..", "../x", ".lock", "nothing", "shipped"])
def test_only_installed_courses_can_be_removed(data: Path, tmp_path: Path, course_id: str):
    a_course(tmp_path / "shipped", "shipped")
    with pytest.raises(TutorError):
        Installer(tmp_path / "shipped", data).remove(course_id)


# --- endings ----------------------------------------------------------------------------------------

_ENDLESS = """
import sys
from pathlib import Path
from tui_tutor.shelf.installing import Installer
from tui_tutor.shelf import staging
real = staging.{function}
def stop(*given, **named):
    if {before}: print("here", flush=True); sys.stdin.read()
    real(*given, **named)
    print("here", flush=True); sys.stdin.read()
staging.{function} = stop
Installer(None, Path(sys.argv[1])).add(sys.argv[2], is_replacing=True, report=lambda _: None)
"""


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("function", ["flush_tree", "exchange", "flush_folder"])
def test_killed_at_any_moment_leaves_the_old_course_or_the_new(
    data: Path, tmp_path: Path, function: str, *, before: bool
):
    course = a_course(tmp_path, version="1.0.0")
    install(data, course)
    a_course(tmp_path, version="2.0.0")
    program = _ENDLESS.format(function=function, before=before)
    killed = subprocess.Popen(
        [sys.executable, "-c", program, str(data), str(course)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == b"here\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    library = Library(None, data)
    [entry] = library.entries()
    assert library.open("mine").course.version in {"1.0.0", "2.0.0"}
    assert entry.origin is not None
    assert not [name for name in left_behind(data) if name.startswith((".incoming", ".swapping"))]
    assert install(data, course, is_replacing=True).version == "2.0.0"


def test_where_two_folders_cannot_be_swapped_in_one_step_the_next_start_mends_it(data: Path, tmp_path: Path):
    install(data, a_course(tmp_path))
    os.rename(data / "courses" / "mine", data / "courses" / ".swapping-mine")
    assert [entry.course_id for entry in Library(None, data).entries()] == ["mine"]


def test_without_a_swap_in_one_step_replacing_works_too(data: Path, tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr("tui_tutor.shelf.staging.exchange", lambda *_: False)
    course = a_course(tmp_path, version="1.0.0")
    install(data, course)
    a_course(tmp_path, version="2.0.0")
    install(data, course, is_replacing=True)
    assert Library(None, data).open("mine").course.version == "2.0.0"
    assert left_behind(data) == [".previous-mine", "mine"]


def test_a_second_installation_waits_and_says_so(data: Path, tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr("tui_tutor.shelf.staging.WAIT_S", 0.0)
    course = a_course(tmp_path)
    with (
        Staging(data / "courses").incoming() as scratch,
        pytest.raises(TutorError, match="Another TUI Tutor is installing"),
    ):
        install(data, course)
    assert not scratch.exists()
    assert install(data, course).outcome == "installed"


def test_an_installation_that_goes_on_is_not_swept_away(data: Path):
    with Staging(data / "courses").incoming() as scratch:
        sweep(data / "courses")
        assert scratch.is_dir()


def test_stopping_in_the_middle_changes_nothing(data: Path, tmp_path: Path):
    class Stop(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.what == "Checking the course":
            raise Stop

    with pytest.raises(Stop):
        Installer(None, data).add(str(a_course(tmp_path)), report=stop)
    assert left_behind(data) == []
