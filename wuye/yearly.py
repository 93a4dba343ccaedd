"""One year of an office with a history of its own, for the shelf (docs/backup.md).

The commits that touched the year's months, with their authors, times and words, parents as they were among them; on top
one commit with the books, settings and pages as they stood at the year's end. Its commits have new names: `commits.tsv`
tells which were which. No file is copied for it: git reads them where the office has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

from wuye import bundle, message
from wuye.errors import BadInput, Damaged
from wuye.git import Git
from wuye.manifest import Ends, safe
from wuye.program import OWN_MAIL
from wuye.store import ARCHIVE

COMMITS = "commits.tsv"
BY_MONTH = ("records", "attachments", "log")
BRANCH = "refs/heads/main"
PAGE = """\
# {office} {year} 年归档

这里是 {year} 年各月的记录、附件、查阅日志；簿册（房屋、人员等）、设置、知识库是{books}的样子。{history}
只供查阅：wuye 的查询命令都能用，不能登记、更正。原来的台账一点没有少，要改请在那里改。

- 年前年后的记录不在这里：`wuye check` 会说有编号找不到；欠费、抵扣、跨年的指标请在原来的台账里看。
"""
HISTORY = "动过它们的每一次提交都在 git 里，\n提交号是新的，`commits.tsv` 每行是新号、原号。"


def of_year(year: str, path: str) -> bool:
    """Whether a file is one of the year's months."""
    return bool(re.match(rf"(?:records|attachments)/{year}-\d\d/|log/[a-z]+-{year}-\d\d\.", path))


def lasting(path: str) -> bool:
    """Whether a file belongs to no month: books, settings, pages."""
    return path.split("/")[0] not in BY_MONTH and safe(path)


def heard(words: str, now: datetime) -> str:
    """A year that has begun, as typed. Raises BadInput."""
    if not words:
        return ""
    if not re.fullmatch(r"\d{4}", words) or not 1 <= int(words) <= now.year:
        raise BadInput(f"--year（年份）“{words}”不是一个已经开始的年份：请写成 --year 2020")
    return words


def page(office: str, year: str, books: str, history: str = "") -> bytes:
    """What stands in the archive for people; that it is there makes the folder one that nothing is written to."""
    return PAGE.format(office=office, year=year, books=books, history=history).encode()


def history(git: Git, work: Path, year: str, office: str, now: datetime, by: str) -> Git:
    """The year's own history in a repository at `work`. Raises Damaged."""
    made = Git(work)
    head = bundle.ends(git)
    objects = (git.ask("rev-parse", "--path-format=absolute", "--git-path", "objects") or b"").decode().strip()
    _need(objects and made.ask("init", "--quiet", "--template=", f"--object-format={head.format}"))
    (made.root / ".git" / "objects" / "info").mkdir(0o700, exist_ok=True)
    (made.root / ".git" / "objects" / "info" / "alternates").write_text(f"{objects}\n", "utf-8")
    names = _touching(git, made, work, year, head.head) if head.commit else {}
    last, books = _end(git, head, year, now.tzinfo)
    _last_commit(made, work, [
        f"commit {BRANCH}\ncommitter {_person(by)} <{OWN_MAIL}> {int(now.timestamp())} {now:%z}\n".encode(),
        _data(message.write(f"{year} 年归档：{books}的簿册、设置", "archive").encode()),
        *([f"from {BRANCH}^0\n".encode()] if names else []),
        *(f"M 100644 {one.id} {_quoted(path)}\n".encode() for path, one in bundle.tree(git, last).items()
          if lasting(path)),
        f"M 100644 inline {COMMITS}\n".encode(),
        _data("".join(f"{new}\t{old}\n" for new, old in names.items()).encode()),
        f"M 100644 inline {ARCHIVE}\n".encode(), _data(page(office, year, books, HISTORY)),
    ])  # fmt: skip
    _need(made.ask("symbolic-ref", "HEAD", BRANCH))
    return made


def _touching(git: Git, made: Git, work: Path, year: str, head: str) -> dict[str, str]:
    """Every commit that touched the year's months, made anew without all else: new name to old, oldest first."""
    paths = [f":(glob){name}/{year}-*/**" for name in BY_MONTH[:2]] + [f":(glob)log/*-{year}-*"]
    stream, old, new = work / "year.export", work / "year.old", work / "year.new"
    export = ("fast-export", "--no-data", "--reencode=no", "--full-history", f"--export-marks={old}",
              f"--refspec={head or 'HEAD'}:{BRANCH}", "HEAD", "--", *paths)  # fmt: skip
    with stream.open("w+b") as file:
        _need(git.ask(bundle.REAL, *export, into=file, timeout=bundle.PATIENCE))
        file.seek(0)
        _need(made.ask("fast-import", "--quiet", f"--export-marks={new}", source=file, timeout=bundle.PATIENCE))
    stream.unlink()
    if not (old.exists() and new.exists()):
        return {}  # no commit touched the year
    was, names = dict(_marks(old)), dict(_marks(new))
    return {name: was[mark] for mark, name in names.items() if mark in was}


def _marks(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        mark, _, name = line.partition(" ")
        yield mark, name


def _end(git: Git, head: Ends, year: str, zone: tzinfo | None) -> tuple[str, str]:
    """The last commit of the year; the newest one where the history began later."""
    before = datetime(int(year) + 1, 1, 1, tzinfo=zone).isoformat() if int(year) < 9999 else ""
    told = git.ask(bundle.REAL, "rev-list", "--max-count=1", f"--before={before}", "HEAD") if before else b""
    commit = (told or b"").decode().strip()
    if commit and commit != head.commit:
        return commit, f"{year} 年末"
    return head.commit, "归档时"


def _last_commit(made: Git, work: Path, parts: list[bytes]) -> None:
    stream = work / "year.last"
    stream.write_bytes(b"".join(parts))
    with stream.open("rb") as file:
        _need(made.ask("fast-import", "--quiet", source=file))
    stream.unlink()


def _data(told: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(told), told)


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _person(by: str) -> str:
    return "".join(c for c in by if c.isprintable() and c not in "<>") or "desk"


def _need(told: object) -> None:
    """Raises Damaged where git said no."""
    if told is None or told == "":
        raise Damaged("这一年的 git 历史取不出来：请运行 git fsck 查看，或从早先的备份取回 .git")
