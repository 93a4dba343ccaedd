"""git underneath, with the real program: a commit holds the written paths and nothing else, whatever is set up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from wuye import clock, program
from wuye.errors import NotCommitted
from wuye.git import ATTRIBUTES, IGNORE, Git
from wuye.program import LOCAL, OWN_MAIL

pytestmark = pytest.mark.git
MONTH = "records/2026-11/complaint.yaml"


def real(root: Path, *args: str, check: bool = True) -> str:
    """The real program, as a person at the keyboard would run it."""
    return subprocess.run(["git", *args], cwd=root, capture_output=True, text=True, check=check).stdout


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


def last(root: Path) -> list[str]:
    """The paths of the last commit."""
    return real(root, "-c", "core.quotepath=false", "show", "--name-only", "--format=", "HEAD").split()


def count(root: Path) -> int:
    return int(real(root, "rev-list", "--count", "HEAD"))


@pytest.fixture
def root(desk: Path) -> Path:
    """An office's repository with one commit."""
    root = desk / "office"
    root.mkdir()
    put(root, ".gitattributes", ATTRIBUTES)
    put(root, ".gitignore", IGNORE)
    put(root, MONTH, "- id: TS-20261122-001\n  text: 一\n")
    git = Git(root)
    git.init()
    paths = [".gitattributes", ".gitignore", MONTH]
    git.commit(paths, "新建", "李静", new=paths)
    return root


class Counter:
    """A `git` that writes down what it was called with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "calls"
        program = folder / "bin" / "git"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{self.file}"\nexec "{shutil.which("git")}" "$@"\n', "utf-8"
        )
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def calls(self) -> list[str]:
        text = self.file.read_text("utf-8") if self.file.exists() else ""
        self.file.unlink(missing_ok=True)
        return text.splitlines()


# --- what a commit is


def test_exactly_the_written_paths(root: Path) -> None:
    put(root, "staged.txt", "of somebody else")
    real(root, "add", "staged.txt")
    put(root, "loose.txt", "of somebody else")
    put(root, MONTH, "- id: TS-20261122-001\n  text: 二\n")
    put(root, "records/2026-11/访客 一.yaml", "x\n")
    Git(root).commit([MONTH, "records/2026-11/访客 一.yaml"], "改", "李静", new=["records/2026-11/访客 一.yaml"])
    assert real(root, "-c", "core.quotepath=false", "show", "--name-only", "--format=", "HEAD").splitlines() == [
        MONTH,
        "records/2026-11/访客 一.yaml",
    ]
    assert real(root, "status", "--porcelain").splitlines() == ["A  staged.txt", "?? loose.txt"]


def test_the_author_is_the_person_at_the_desk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where git was never set up, and on one where it was set up for somebody else."""
    assert real(root, "log", "-1", "--format=%an <%ae> %s") == f"李静 <{OWN_MAIL}> 新建\n"
    real(root, "config", "user.email", "front@example.org")
    real(root, "config", "user.name", "Root")
    real(root, "config", "author.name", "Author")
    real(root, "config", "i18n.commitEncoding", "gbk")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Environment")
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "投诉登记 TS-20261122-002\n\n#1 不是注释", "张三")
    said = real(root, "-c", "i18n.logOutputEncoding=UTF-8", "log", "-1", "--format=%an <%ae>%n%B%n%e")
    assert said.splitlines() == ["张三 <front@example.org>", "投诉登记 TS-20261122-002", "", "#1 不是注释", "", ""]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("...", "desk"),
        ("", "desk"),
        (" 王\n小 二 ", "王 小 二"),
        ("a<b>c", "abc"),
        ("x\0\x1b[1m", "x[1m"),
        ("\udc80王", "王"),
    ],
)
def test_names_that_git_does_not_take(name: str, kept: str, root: Path) -> None:
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改\udc80", name)
    assert real(root, "log", "-1", "--format=%an") == f"{kept}\n"


def test_where_git_wants_a_configured_user(root: Path) -> None:
    real(root, "config", "user.useConfigOnly", "true")
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    assert count(root) == 2


def test_one_process_in_the_steady_state(root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(desk, monkeypatch)
    put(root, MONTH, "2\n")
    Git(root).expect([MONTH])
    Git(root).commit([MONTH], "改", "李静")
    assert [" commit " in call for call in counter.calls()] == [True]
    put(root, "new.yaml", "1\n")
    Git(root).commit(["new.yaml"], "改", "李静", new=["new.yaml"])
    assert len(counter.calls()) == 2


def test_the_hardening_of_the_design(root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(desk, monkeypatch)
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    (call,) = counter.calls()
    for part in (
        f"--git-dir={root}/.git --work-tree={root} --no-pager",
        "-c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.quotepath=false -c core.attributesFile=/dev/null",
        "-c core.safecrlf=false -c commit.gpgsign=false -c core.fsync=all",
        f"--only --file=- -- {MONTH}",
    ):
        assert part in call


def test_nothing_to_commit_is_no_error(root: Path) -> None:
    put(root, "loose.txt", "x")
    Git(root).commit([MONTH], "改", "李静")
    Git(root).commit([], "改", "李静")
    assert count(root) == 1 and Git(root).uncommitted() == []


def test_a_hunk_is_headed_by_the_number(root: Path) -> None:
    lines = [f"- id: TS-20261122-00{n}\n" + "  text: x\n" * 9 for n in (1, 2, 3)]
    put(root, MONTH, "".join(lines))
    Git(root).commit([MONTH], "改", "李静")
    put(root, MONTH, "".join(lines)[:-2] + "y\n")
    assert "@@ TS-20261122-003\n" in real(root, "diff")


def test_bytes_come_back_as_they_were(root: Path) -> None:
    data = b"\xef\xbb\xbf- id: TS-1\r\n  text: a\r\n"
    (root / "page.html").write_bytes(data)
    real(root, "config", "core.autocrlf", "true")
    Git(root).commit(["page.html"], "改", "李静", new=["page.html"])
    assert subprocess.run(["git", "show", "HEAD:page.html"], cwd=root, capture_output=True, check=True).stdout == data


# --- what may not run or reach in


def test_hooks_monitors_filters_and_helpers_do_not_run(root: Path, desk: Path) -> None:
    trap = desk / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {desk}/sprung\nexit 1\n", "utf-8")
    trap.chmod(0o700)
    (root / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in (
        "pre-commit",
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
        "post-index-change",
        "reference-transaction",
    ):
        shutil.copy(trap, root / ".git" / "hooks" / hook)
    (desk / "attributes").write_text("* filter=trap diff=trap\n", "utf-8")
    for key, value in {
        "core.hooksPath": str(root / ".git" / "hooks"),
        "core.fsmonitor": str(trap),
        "core.attributesFile": str(desk / "attributes"),
        "filter.trap.clean": str(trap),
        "filter.trap.required": "true",
        "diff.external": str(trap),
        "diff.trap.textconv": str(trap),
        "core.editor": str(trap),
        "core.pager": str(trap),
        "commit.gpgSign": "true",
        "gpg.program": str(trap),
        "core.worktree": str(desk),
    }.items():
        real(root, "config", key, value, check=False)
    put(root, MONTH, "2\n")
    put(root, "new.yaml", "1\n")
    Git(root).commit([MONTH, "new.yaml"], "改", "李静", new=["new.yaml"])
    Git(root).commit([MONTH], "没有改动", "李静")
    assert not (desk / "sprung").exists()
    real(root, "config", "--unset", "core.worktree")
    (root / ".git" / "hooks").rename(root / ".git" / "off")
    for key in ("core.fsmonitor", "core.attributesFile", "core.hooksPath"):
        real(root, "config", "--unset", key)
    assert count(root) == 2 and last(root) == ["new.yaml", MONTH]


@pytest.mark.parametrize("place", ["config", "more", "config.worktree"])
def test_filters_that_the_repository_sets_up_itself_do_not_run(root: Path, desk: Path, place: str) -> None:
    """git would run them on whatever it compares, as soon as the office's own attributes name them."""
    trap = desk / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {desk}/sprung\ncat\n", "utf-8")
    trap.chmod(0o700)
    file = root / ".git" / place
    with file.open("a", encoding="utf-8") as out:
        out.write(f'[Filter "a=b"]\n\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n\trequired = true\n')
    if place == "more":
        real(root, "config", "include.path", "more")
    if place == "config.worktree":
        real(root, "config", "extensions.worktreeConfig", "true")
    put(root, ".gitattributes", "* filter=a=b\n")
    put(root, MONTH, "3\n")
    Git(root).commit([MONTH, ".gitattributes"], "改", "李静")
    put(root, MONTH, "4\n")
    assert not Git(root).clean(MONTH)
    assert not (desk / "sprung").exists()


def test_hooks_that_the_settings_name_are_turned_off(root: Path, desk: Path) -> None:
    """git 2.54 and later has hooks outside `core.hooksPath`; the git here may be older and not know them."""
    trap = desk / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {desk}/sprung\n", "utf-8")
    trap.chmod(0o700)
    for key, value in {"command": str(trap), "event": "reference-transaction", "enabled": "true"}.items():
        real(root, "config", f"hook.a.b.{key}", value)
    put(root, MONTH, "5\n")
    Git(root).commit([MONTH], "改", "李静")
    assert not (desk / "sprung").exists()
    assert Git(root).run("config", "hook.a.b.enabled").stdout == b"false\n"


def test_the_list_of_variables_is_gits_own() -> None:
    assert set(real(Path.cwd(), "rev-parse", "--local-env-vars").split()) <= LOCAL


def test_variables_of_another_repository_do_not_reach_in(
    root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desk / "other"
    other.mkdir()
    real(other, "init", "--quiet")
    before = count(root)
    for name in LOCAL:
        monkeypatch.setenv(name, str(other))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    monkeypatch.setenv("GIT_TRACE", str(desk / "trace"))
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(desk / "trace"))
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-01-02T03:04:05+08:00")
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    for name in (*LOCAL, "GIT_TRACE", "GIT_TRACE2_EVENT"):
        monkeypatch.delenv(name)
    assert count(root) == before + 1 and not (desk / "trace").exists()
    assert real(root, "log", "-1", "--format=%aI") == "2026-01-02T03:04:05+08:00\n"


def test_a_persons_own_git_settings_stay(root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "settings").write_text("[user]\n\tname = 甲\n\temail = jia@example.org\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(desk / "settings"))
    assert Git(root).user_name() == "甲"
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    assert real(root, "log", "-1", "--format=%an <%ae>") == "李静 <jia@example.org>\n"


def test_a_repository_further_up_is_never_touched(desk: Path) -> None:
    real(desk, "init", "--quiet")
    root = desk / "office"
    put(root, MONTH, "1\n")
    office = Git(root)
    office.commit([MONTH], "改", "李静", new=[MONTH])
    office.expect([MONTH])
    assert not office.is_repository() and office.uncommitted() == [] and not (root / ".wuye").exists()
    assert real(desk, "status", "--porcelain") == "?? office/\n"
    assert office.user_name() is None


def test_a_relative_root(root: Path, desk: Path) -> None:
    put(root, MONTH, "2\n")
    Git(Path("office")).commit([MONTH], "改", "李静")
    assert count(root) == 2


# --- when git is not there, or fails


def test_without_the_program_everything_else_works(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "")
    office = Git(root)
    office.commit([MONTH], "改", "李静")
    assert not office.available() and office.user_name() is None
    office.expect([MONTH])
    put(root, MONTH, "2\n")
    monkeypatch.setenv("PATH", path)
    put(root, "later.yaml", "1\n")
    office.commit(["later.yaml"], "装了 git 以后", "李静", new=["later.yaml"])
    assert last(root) == ["later.yaml", MONTH]


def broken(root: Path) -> Path:
    """A repository that takes no commit; gives what must go for it to work again."""
    lock = root / ".git" / "HEAD.lock"
    lock.touch()
    return lock


def test_a_failed_commit_is_caught_up_by_the_next(root: Path) -> None:
    lock = broken(root)
    office = Git(root)
    put(root, MONTH, "2\n")
    put(root, "new.yaml", "1\n")
    with pytest.raises(NotCommitted, match="已保存，但 git 没有提交"):
        office.commit([MONTH, "new.yaml"], "改", "李静", new=["new.yaml"])
    assert office.uncommitted() == [MONTH, "new.yaml"]
    put(root, "b.yaml", "1\n")
    with pytest.raises(NotCommitted):
        office.commit(["b.yaml"], "改", "李静", new=["b.yaml"])
    assert office.uncommitted() == [MONTH, "new.yaml", "b.yaml"]
    lock.unlink()
    put(root, "c.yaml", "1\n")
    office.commit(["c.yaml"], "改", "李静", new=["c.yaml"])
    assert last(root) == ["b.yaml", "c.yaml", "new.yaml", MONTH]
    assert office.uncommitted() == [] and not (root / ".wuye" / "uncommitted").exists()


class Killed(BaseException):
    """The process is gone."""


def test_the_paths_are_kept_before_git_is_asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Git(root)

    def stopped(*args: object, **more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(program.subprocess, "run", stopped)
        office.commit([MONTH], "改", "李静")
    assert office.uncommitted() == [MONTH]


def test_ctrl_c_while_git_runs_does_not_hide_what_is_saved(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program.subprocess, "run", stopped)
    with pytest.raises(NotCommitted, match="已保存，但 git 没有提交（提交被中断）"):
        Git(root).commit([MONTH], "改", "李静")
    assert Git(root).uncommitted() == [MONTH]


def test_a_file_that_was_deleted_since_is_committed_as_deleted(root: Path) -> None:
    office = Git(root)
    office.expect([MONTH, "never-known.yaml"])
    (root / MONTH).unlink()
    put(root, "b.yaml", "1\n")
    office.commit(["b.yaml"], "改", "李静", new=["b.yaml"])
    assert last(root) == ["b.yaml", MONTH] and office.uncommitted() == []
    assert real(root, "status", "--porcelain") == ""


def test_no_other_account_can_read_the_history(root: Path) -> None:
    before = os.umask(0)
    try:
        put(root, MONTH, "2\n")
        Git(root).commit([MONTH], "改", "李静")
    finally:
        os.umask(before)
    assert not [path for path in (root / ".git").rglob("*") if path.stat().st_mode & 0o077]


def test_a_git_that_never_answers(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: object, **more: object) -> None:
        raise subprocess.TimeoutExpired("git", 1)

    monkeypatch.setattr(program.subprocess, "run", silent)
    with pytest.raises(NotCommitted, match="没有在两分钟内答复"):
        Git(root).commit([MONTH], "改", "李静")
    assert Git(root).uncommitted() == [MONTH]


def test_files_that_git_does_not_know_yet(root: Path) -> None:
    """The repository was made after the records, or the process was killed between writing and committing."""
    put(root, "old.yaml", "1\n")
    put(root, MONTH, "2\n")
    Git(root).commit(["old.yaml", MONTH], "改", "李静")
    assert last(root) == ["old.yaml", MONTH]


def test_a_path_that_is_gone_does_not_stop_the_others_for_ever(root: Path) -> None:
    office = Git(root)
    office.expect(["gone.yaml", "../outside", "/etc/passwd", "a\0b", MONTH])
    put(root, MONTH, "2\n")
    office.commit([MONTH], "改", "李静")
    assert last(root) == [MONTH] and office.uncommitted() == []


def test_a_list_of_garbage_does_not_stop_anything(root: Path) -> None:
    (root / ".wuye").mkdir(exist_ok=True)
    (root / ".wuye" / "uncommitted").write_bytes(b"\xff\x00\xfe\n..\n\n")
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    assert last(root) == [MONTH] and Git(root).uncommitted() == []


def test_a_merge_that_is_not_finished_waits(root: Path) -> None:
    real(root, "config", "user.name", "x")
    real(root, "config", "user.email", "x@example.org")
    real(root, "checkout", "--quiet", "-b", "other")
    put(root, MONTH, "theirs\n")
    real(root, "commit", "--quiet", "-am", "theirs")
    real(root, "checkout", "--quiet", "main")
    put(root, MONTH, "ours\n")
    real(root, "commit", "--quiet", "-am", "ours")
    real(root, "-c", "merge.wuye.driver=false", "merge", "other", check=False)
    assert real(root, "status", "--porcelain").startswith("UU")
    put(root, "new.yaml", "1\n")
    with pytest.raises(NotCommitted):
        Git(root).commit(["new.yaml"], "改", "李静", new=["new.yaml"])
    assert f"UU {MONTH}" in real(root, "status", "--porcelain").splitlines()
    assert Git(root).uncommitted() == ["new.yaml"]


# --- locks of a git that was killed


@pytest.mark.parametrize("name", ["index.lock", "HEAD.lock", "refs/heads/main.lock"])
def test_a_stale_lock_is_removed(name: str, root: Path) -> None:
    lock = root / ".git" / name
    lock.touch()
    os.utime(lock, (1, 1))
    put(root, MONTH, "2\n")
    Git(root).commit([MONTH], "改", "李静")
    assert count(root) == 2 and not lock.exists()


def test_a_fresh_index_lock_is_waited_for_and_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = root / ".git" / "index.lock"
    lock.touch()
    passed = [0.0]

    def wait(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr(clock, "wait", wait)
    monkeypatch.setattr(clock, "ticks", lambda: passed[0])
    put(root, MONTH, "2\n")
    with pytest.raises(NotCommitted, match=r"index\.lock"):
        Git(root).commit([MONTH], "改", "李静")
    assert 5 <= passed[0] < 5.2 and lock.exists()

    def gone(seconds: float) -> None:
        lock.unlink(missing_ok=True)

    monkeypatch.setattr(clock, "wait", gone)
    Git(root).commit([MONTH], "改", "李静")
    assert count(root) == 2


# --- setting up


def test_a_setting_is_on_the_disk_when_it_is_set(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git syncs no settings; a desk's letter that went with the power would let two desks give one number."""
    synced: list[object] = []
    config = root / ".git" / "config"
    monkeypatch.setattr(program.disk, "flush", lambda handle: synced.append(os.fstat(handle).st_ino))
    monkeypatch.setattr(program.disk, "sync_folder", synced.append)
    before = config.read_text("utf-8")
    Git(root).config("wuye.letter", "Q")
    assert config.read_text("utf-8") != before
    assert synced == [config.stat().st_ino, config.parent]


def test_init_makes_an_existing_repository_ours(desk: Path) -> None:
    real(desk, "init", "--quiet")
    Git(desk).init()
    assert real(desk, "config", "diff.wuye.xfuncname").startswith("^- id:")


def test_init_runs_no_template_and_says_where_it_fails(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "template" / "hooks").mkdir(parents=True)
    (desk / "template" / "hooks" / "pre-commit").touch()
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(desk / "template"))
    (desk / "office").mkdir()
    Git(desk / "office").init()
    assert not (desk / "office" / ".git" / "hooks").exists()
    assert real(desk / "office", "symbolic-ref", "HEAD") == "refs/heads/main\n"
    with pytest.raises(NotCommitted, match="没有建成"):
        Git(desk / "nowhere" / "at all").init()


def test_the_attributes_stand_in_the_designs_order(root: Path) -> None:
    assert ATTRIBUTES.splitlines() == [
        "* -text",
        "*.yaml text eol=lf",
        "records/** merge=wuye diff=wuye",
        "books/** merge=wuye diff=wuye",
    ]
    said = real(root, "check-attr", "text", "eol", "merge", "--", MONTH, "attachments/a.jpg").splitlines()
    assert [line.rsplit(": ", 1)[1] for line in said] == ["set", "lf", "wuye", "unset", "unspecified", "unspecified"]


@pytest.mark.parametrize("path", [".wuye/lock", ".wuye/journal/0", f"{MONTH}.wuye-new"])
def test_what_is_disposable_is_ignored(path: str, root: Path) -> None:
    put(root, path, "x")
    assert real(root, "status", "--porcelain", "--untracked-files=all") == ""
