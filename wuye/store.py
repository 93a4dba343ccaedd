"""The office's files: read without a lock, written under one, whole and durable (design.md 3)."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from wuye import blocks, clock, disk, journal, lock, yamlio
from wuye.blocks import Blocks
from wuye.errors import CannotWrite, Damaged, InputOutput, Problem, Refused, WuyeError
from wuye.git import Git
from wuye.journal import Change

PRIVATE, TEMP, KNOWN, SCHEMA, PRINTED = ".wuye", "tmp", "known", "schema", "print"
PRINTED_MOST = 20
WHOLE = "whole"
"""What stands in `.wuye` of a folder that shows an office as it was known at another time."""
DATA = ("records", "books")
ARCHIVE = "ARCHIVE.md"
"""The page in a folder that holds one year of an office, for the shelf."""
LOCK_WAIT = 60.0
LARGEST_ATTACHMENT = 20 * 1024 * 1024


def _stands(path: str) -> bool:
    """Whether anything has that name; what may not be looked at has: reading it says what is wrong."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno not in (errno.ENOENT, errno.ENOTDIR)
    return True


class Store:
    """One office folder's files, by paths relative to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.private = root / PRIVATE
        self._overlay: dict[str, bytes] = {}

    @cached_property
    def _real(self) -> Path:
        return self.root.resolve()

    # --- reading

    def path(self, relative: str) -> Path:
        """A file of the office. Raises Refused where a link leads out of the folder."""
        path = self.root / relative
        if path.parent.resolve().is_relative_to(self._real) and not path.is_symlink():
            return path
        raise Refused(Problem("是指向台账之外的链接：请换成普通文件或文件夹", file=relative))

    def read(self, relative: str) -> bytes | None:
        """A file's bytes, None where there is none; a journal not yet carried out shows as if it were."""
        if relative in self._overlay:
            return self._overlay[relative]
        return disk.read(self.path(relative), relative)

    def sha256(self, relative: str) -> str | None:
        """A file's SHA-256, read piece by piece; None where there is no file."""
        import hashlib

        path = self.path(relative)
        if not path.is_file():
            return None
        with disk.reading(relative), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def holds(self, relative: str) -> bool:
        """Whether the file is there, or a link or folder in its place: reading it says what is wrong."""
        return relative in self._overlay or _stands(f"{self.root}/{relative}")

    def months(self, kind: str) -> list[str]:
        """Months that have a file of the kind, oldest first."""
        folder = f"{self.root}/records"
        with disk.reading("records"):
            names = os.listdir(folder) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208 - for every kind there is
            # Whatever stands there, a folder or a link to nowhere too: reading it says what is wrong.
            found = {n for n in names if _stands(f"{folder}/{n}/{kind}.yaml")}
        for relative in self._overlay:
            parts = relative.split("/")
            if parts[0] == "records" and parts[-1] == f"{kind}.yaml":
                found.add(parts[1])
        return sorted(found)

    def every_month(self) -> dict[str, list[str]]:
        """The same of every kind that has files, in one walk: asked one by one, ten years are thousands of looks."""
        folder = f"{self.root}/records"
        found: dict[str, set[str]] = {}
        with disk.reading("records"):
            names = os.listdir(folder) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208 - as above
        for name in names:
            with suppress(OSError):  # no folder, or not ours to look into: there is no file in it either
                for file in os.listdir(f"{folder}/{name}"):  # noqa: PTH208
                    if file.endswith(".yaml"):
                        found.setdefault(file[:-5], set()).add(name)
        for relative in self._overlay:
            parts = relative.split("/")
            if parts[0] == "records" and parts[-1].endswith(".yaml"):
                found.setdefault(parts[-1][:-5], set()).add(parts[1])
        return {kind: sorted(months) for kind, months in found.items()}

    def list_files(self) -> list[str]:
        """Every data file, relative."""
        with disk.reading("records"):
            found = [p for folder in DATA for p in (self.root / folder).rglob("*") if p.is_file()]
        shown = {relative for relative in self._overlay if relative.split("/")[0] in DATA}
        return sorted(shown | {p.relative_to(self.root).as_posix() for p in found})

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """What the data files look like from outside: as long as it is the same, nobody has written."""
        with disk.reading("records"):
            found = [p for folder in DATA for p in sorted((self.root / folder).rglob("*.yaml"))]
            told = []
            for path in found:
                with suppress(FileNotFoundError):
                    seen = path.lstat()
                    told.append((str(path), seen.st_mtime_ns, seen.st_ino))
        return tuple(told)

    def access_logs(self) -> list[str]:
        """The logs of who saw private data, relative."""
        return sorted(f"log/{path.name}" for path in (self.root / "log").glob("access-*.jsonl"))

    def slip_keys(self) -> list[str]:
        """The files of the keys for codes on passes, relative, in the order of their names."""
        return sorted(f"keys/{path.name}" for path in (self.root / "keys").glob("slips-*.key"))

    def attachments(self) -> list[str]:
        """Every file that was attached, relative."""
        with disk.reading("attachments"):
            found = [p for p in (self.root / "attachments").rglob("*") if p.is_file()]
        return sorted(p.relative_to(self.root).as_posix() for p in found)

    @property
    def overlaid(self) -> bool:
        """Whether some files are shown as a journal not yet carried out leaves them."""
        return bool(self._overlay)

    def settle(self) -> None:
        """Before reading: finish a pending journal if the lock is free at once, else show it as applied.

        One that needs a word to the desk (a file was changed by hand meanwhile, damage) is left to the next
        writing command, which says it.
        """
        folder = self.private / journal.NAME
        self._overlay = {}
        if not (folder / journal.MANIFEST).exists():
            return
        with suppress(WuyeError):
            self._overlay, clean = journal.preview(self.path, folder)
            if clean:
                with self.lock("", "收尾", timeout=0):
                    self._overlay = {}

    # --- the lock

    @contextmanager
    def lock(self, who: str, what: str, timeout: float = LOCK_WAIT) -> Iterator[Session]:
        """Hold the office: one writer at a time. Raises Locked naming the holder when it takes too long."""
        if not (self.root / "wuye.yaml").is_file():
            raise CannotWrite("这个文件夹没有 wuye.yaml，不写入：请先用 wuye init 新建台账")
        if (self.root / ARCHIVE).is_file():
            raise CannotWrite("这是一年的归档，只供查阅，不写入：请在原来的台账里登记")
        if (self.private / WHOLE).exists():
            raise Refused("过去的台账只能看，没有写入：请去掉 --as-of，在台账文件夹里再做")
        self._make_private()
        holder = f"{who or '查询'}（{what}，进程 {os.getpid()}）"
        with lock.hold(self.private / "lock", holder, timeout):
            session = Session(self)
            session.recover()
            self._overlay = {}
            yield session

    def _make_private(self) -> None:
        """`.wuye`, with no link in it: what is swept or written there may not lie elsewhere (a cloned office)."""
        for path in (self.private, *(self.private / name for name in ("lock", TEMP, KNOWN, journal.NAME))):
            if path.is_symlink():
                name = path.relative_to(self.root).as_posix()
                raise Refused(f"{name} 是链接：这一次没有写入；请删掉这个链接后重做")
        with disk.wording(PRIVATE):
            disk.make_folder(self.private)

    # --- small notes kept in .wuye

    def keep_schemas(self, texts: Mapping[str, bytes]) -> None:
        """The schemas of the kinds, for editors. Raises Refused where a link stands in their place."""
        folder = self.private / SCHEMA
        with self.lock("格式说明", SCHEMA):
            if folder.is_symlink():
                raise Refused(f"{PRIVATE}/{SCHEMA} 是链接：请删去后再试")
            with disk.wording(f"{PRIVATE}/{SCHEMA}"):
                disk.make_folder(folder)
            for name, content in texts.items():
                target = folder / f"{name}.json"
                old = None if target.is_symlink() else disk.read(target)
                if old != content:
                    target.unlink(missing_ok=True)
                    disk.replace(target, content, None, self.temp(), f"{PRIVATE}/{SCHEMA}/{name}.json")

    def note(self, name: str) -> str | None:
        """A word kept in `.wuye`, None where there is none."""
        data = disk.read(self.private / name, f"{PRIVATE}/{name}")
        return data.decode("utf-8", "replace").strip() or None if data else None

    def keep_note(self, name: str, text: str) -> None:
        """Keep a word in `.wuye`."""
        with self.lock(text, name):
            target = self.private / name
            disk.replace(target, f"{text}\n".encode(), disk.read(target), self.temp(), f"{PRIVATE}/{name}")

    def keep_page(self, name: str, data: Iterable[bytes]) -> Path:
        """A page for the browser in `.wuye/print`; of earlier ones the newest few stay."""
        self._make_private()
        folder = self.private / PRINTED
        if folder.is_symlink():
            raise Refused(f"{PRIVATE}/{PRINTED} 是链接：请删去后再试")
        with disk.wording(f"{PRIVATE}/{PRINTED}"):
            disk.make_folder(folder)
            target, temp = folder / f"{name}.html", folder / f"{name}.{os.getpid()}.tmp"
            temp.unlink(missing_ok=True)
            disk.write_temp(temp, data)
            temp.replace(target)
            there = sorted(folder.glob("*.html"), key=lambda path: path.stat().st_mtime)
            for path in there[:-PRINTED_MOST]:
                path.unlink(missing_ok=True)
        return target

    def crashed(self, text: str) -> str:
        """Keep a traceback; returns where."""
        self._make_private()
        target = self.private / "crash.log"
        disk.replace(target, text.encode("utf-8", "replace"), disk.read(target), self.temp(), "crash.log")
        return f"{PRIVATE}/crash.log"

    def temp(self) -> Path:
        """A name for a temporary file of this process."""
        return self.private / TEMP / f"{os.getpid()}-{clock.serial()}"

    def stale(self) -> list[Path]:
        """Temporary files of ours: under the lock nobody writes them any more. Foreign names are left alone."""
        folder = self.private / TEMP
        if not folder.is_dir() or folder.is_symlink():
            return []
        return [path for path in folder.iterdir() if path.name.replace("-", "").isdecimal()]

    # --- what doctor asks

    def loose_modes(self) -> list[str]:
        """Paths that other accounts can read (nothing on Windows)."""
        if os.name == "nt":
            return []
        found = []
        for folder, names, files in os.walk(self.root):
            if ".git" in names:
                names.remove(".git")
            for name in (".", *files):
                path = Path(folder) / name
                if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink():
                    found.append(path.relative_to(self.root).as_posix())
        return found

    def leftovers(self) -> list[tuple[str, str]]:
        """What earlier commands left behind: what it is, and what to do."""
        found = []
        if temps := self.stale():
            found.append(("临时文件", f".wuye/tmp 里有 {len(temps)} 个遗留文件：下一次登记会清掉"))
        if (self.private / journal.NAME / journal.MANIFEST).exists():
            found.append(("未完事务", "上一次写入没有收尾：下一个命令会把它做完"))
        if (self.private / "crash.log").exists():
            found.append(("差错记录", "程序出过差错，经过在 .wuye/crash.log：请发给开发者后删去"))
        for path in sorted(self.private.glob(f"{journal.ASIDE}*")):
            found.append(("未完事务", f".wuye/{path.name} 是损坏的写入记录：核对最后登记的几条后请删去"))
        beside = [p.relative_to(self.root).as_posix() for p in self.root.rglob(f"*{journal.BESIDE}")]
        found += [("待合并", f"{name} 是没有写进去的新内容：请对照同名文件合并后删去") for name in beside]
        return found


class Session:
    """What may be done while the lock is held. `notices` are for the desk, after it is released."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.notices: list[str] = []
        self._git = Git(store.root)
        self._marks: dict[str, Path] = {}

    def recover(self) -> None:
        """Finish a pending journal, sweep temporary files: no other writer can be alive now.

        What a journal wrote is left to the next commit.
        """
        store = self.store
        folder = store.private / journal.NAME
        if (folder / journal.MANIFEST).exists():
            with disk.wording("未完事务"):
                written, self.notices = journal.finish(store.path, folder, store.temp())
            self._git.expect(written)
        for path in store.stale():
            with suppress(OSError):
                path.unlink()

    def read(self, relative: str) -> bytes | None:
        """A file's bytes, None where there is none."""
        return disk.read(self.store.path(relative), relative)

    def blocks(self, relative: str) -> tuple[bytes, Blocks]:
        """A month file's bytes and where its records stand.

        A file that this program wrote or has read in full before is only cut; any other is first read
        strictly in full, and must hold every number that was committed. Raises Damaged where it cannot be, or does not.
        """
        data = self.read(relative) or b""
        mark = self._mark(data)
        if not data:
            self._refuse_lost(relative, data)
        elif not mark.exists():
            yamlio.load_records(data, relative)
            self._refuse_lost(relative, data)
            self._remember(mark)
        self._marks[relative] = mark
        return data, blocks.split(data, relative)

    def _refuse_lost(self, relative: str, data: bytes) -> None:
        """What somebody took out by hand would be committed as gone, and its number given again."""
        held = b""
        with suppress(Damaged):
            held = self._git.committed(relative) or b""
        now = set(blocks.split(data, relative).ids)
        if gone := [name for name in blocks.split(held, relative).ids if name not in now]:
            more = f"等 {len(gone)} 条" if len(gone) > 1 else ""
            words = f"{gone[0]} {more}不见了，git 里还有：编号和记录只作废、不删去，这一次没有保存。"
            words += f"请核对；要找回上次提交的，运行 wuye doctor --restore {relative}"
            raise Damaged(Problem(words, file=relative, line=1))

    def _mark(self, data: bytes) -> Path:
        return self.store.private / KNOWN / disk.digest(data)

    def _remember(self, mark: Path) -> None:
        """Only a saving of time: a failure here costs reading in full again."""
        with suppress(OSError):
            mark.parent.mkdir(disk.FOLDER_MODE, exist_ok=True)
            mark.touch(disk.FILE_MODE)

    def write(self, changes: Sequence[Change]) -> None:
        """Put new bytes in the files' places: one at once, several through the journal.

        Raises Refused where a file changed meanwhile, CannotWrite or InputOutput; then nothing was written.
        """
        changes = [c for c in changes if c.old != c.new]
        if not changes:
            return
        # Before the write: killed anywhere after it, the next commit still takes these files along.
        before = self._git.uncommitted()
        self._git.expect([c.relative for c in changes])
        try:
            if len(changes) == 1:
                one, store = changes[0], self.store
                disk.replace(store.path(one.relative), one.new, one.old, store.temp(), one.relative)
            else:
                self._write_several(changes)
        except (Refused, CannotWrite):
            self._git.expect(before, only=True)
            raise
        for one in changes:
            self._now_known(one)

    def _write_several(self, changes: Sequence[Change]) -> None:
        store = self.store
        folder = store.private / journal.NAME
        for one in changes:
            if (disk.read(store.path(one.relative)) or b"") != (one.old or b""):
                raise Refused(f"{one.relative} 刚刚被别的程序改过：这一次没有写入；请重做一次")
        try:
            with disk.wording("台账"):
                journal.begin(folder, changes)
        except BaseException as error:
            with suppress(OSError):
                journal.clear(folder)
            if (folder / journal.MANIFEST).exists():
                raise InputOutput("磁盘出错，但这一次已经记下：下一个命令会把它做完，请不要重做") from error
            raise
        # From here on it is saved: what the disk does not take now, the next command writes, and readers see it.
        try:
            with disk.wording("台账"):
                _, notices = journal.finish(store.path, folder, store.temp())
        except WuyeError:
            notices = ["已保存，但磁盘出错，还没有全部写到位：下一个命令会把它做完，请不要重做"]
        self.notices += notices

    def _now_known(self, one: Change) -> None:
        """New bytes made from a file that was known, or from none, need not be read in full again."""
        mark = self._marks.pop(one.relative, None)
        if not one.relative.endswith(".yaml") or (one.old and not mark):
            return
        self._marks[one.relative] = new = self._mark(one.new)
        self._remember(new)
        if mark and mark != new:
            with suppress(OSError):
                mark.unlink()
