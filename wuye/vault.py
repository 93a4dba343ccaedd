"""The vault: full document numbers, one age file each, in a folder outside every office and repository (design.md 6).

Adding needs the public key alone, reading the identity, which lies there locked by a passphrase. Numbers are matched by
an HMAC whose key is locked with it: what is on the disk tells nothing without the passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import re
import secrets
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from wuye import clock, disk
from wuye.errors import BadInput, CannotWrite, Damaged, NotFound, Refused
from wuye.numerals import fold

HEAD, IDENTITY, TAGS, ENTRIES, RUN = "vault.json", "identity.age", "tags.age", "entries", "run"
UNLOCKED, MATCHED = "unlocked.json", "matched.json"
_NAME = re.compile(r"([A-Z]{2}-\d{8}-[A-Z]?\d{3,})\.(\d{4}-\d{2}-\d{2})\.([0-9a-f]{6})(\.barred)?")
SHORTEST = 8


class Kept(NamedTuple):
    """An entry as its file's name tells of it: the record it belongs to, since when, whether the person is barred."""

    name: str
    record: str
    day: date
    barred: bool


class Keys(NamedTuple):
    """What opens the vault, while it is unlocked. Never shown."""

    identity: Any
    secret: bytes
    until: datetime

    def __repr__(self) -> str:
        return f"Keys({self.until})"


def folder_for(office: Path, name: str, environ: Mapping[str, str]) -> Path:
    """Where an office's vault lies: `$WUYE_VAULT`, else at home by the office's name.

    Raises Refused inside an office or repository.
    """
    told = environ.get("WUYE_VAULT", "").strip()
    plain = re.sub(r"[^\w-]+", "_", name).strip("_") or "office"
    folder = Path(told).expanduser() if told else Path.home() / ".wuye-vault" / plain
    folder = folder.absolute()
    for one in (folder.resolve(), *folder.resolve().parents):
        if (one / "wuye.yaml").exists() or (one / ".git").exists() or one == office.resolve():
            words = f"保险库 {folder} 在台账或 git 仓库（{one}）里面"
            raise Refused(f"{words}：请把环境变量 WUYE_VAULT 设到仓库外面的文件夹")
    return folder


def number_of(text: str) -> str:
    """A number as it is kept and matched: capitals, no blanks or dashes. Raises BadInput, not repeating it."""
    found = re.sub(r"[\s\-‐-―−]", "", fold(text)).upper()
    if not re.fullmatch("[0-9A-Z()]{5,30}", found):
        raise BadInput(f"证件号码应是 5 到 30 位数字和字母，现为 {len(found)} 位：请照证件重新输入")
    return found


def _age() -> Any:
    try:
        import pyrage
    except ImportError as error:
        raise Refused("保险库要先安装扩展 vault：请运行 pip install 'wuye[vault]'") from error
    return pyrage


class Vault:
    """One vault folder."""

    def __init__(self, folder: Path, runtime: str = "") -> None:
        self.folder = folder
        mark = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        self.run = Path(runtime) / f"wuye-vault-{mark}" if runtime and Path(runtime).is_dir() else folder / RUN

    @property
    def there(self) -> bool:
        """Whether it was made."""
        return (self.folder / HEAD).is_file()

    def need(self) -> None:
        """Raises NotFound where there is none."""
        if not self.there:
            raise NotFound(f"还没有保险库（{self.folder}）：请先运行 wuye vault init")

    def _put(self, path: Path, data: bytes) -> None:
        temp = path.with_name(f".{os.getpid()}-{clock.serial()}.new")
        disk.replace(path, data, disk.read(path), temp, path.name)

    # --- keys

    def init(self, passphrase: str) -> None:
        """Make the vault: a pair of keys, the private one under the passphrase. Raises CannotWrite if there is one."""
        age = _age()
        if self.there:
            raise CannotWrite(f"{self.folder} 已经是保险库：不能再建；要另建请把 WUYE_VAULT 设到别处")
        if len(passphrase) < SHORTEST:
            raise BadInput(f"口令至少 {SHORTEST} 个字：请重新设一个，并记在别处锁好，忘了就打不开")
        identity = age.x25519.Identity.generate()
        bundle = {"identity": str(identity), "hmac": secrets.token_hex(32)}
        with disk.wording(str(self.folder)):
            disk.make_folder(self.folder)
            self.folder.chmod(disk.FOLDER_MODE)
        self._put(self.folder / IDENTITY, age.passphrase.encrypt(json.dumps(bundle).encode(), passphrase))
        head = {"format": 1, "public": str(identity.to_public())}
        self._put(self.folder / HEAD, (json.dumps(head) + "\n").encode())

    def opened(self, passphrase: str) -> dict[str, str]:
        """The private key and the HMAC key. Raises Refused for a wrong passphrase."""
        self.need()
        age = _age()
        try:
            bundle = json.loads(age.passphrase.decrypt(disk.read(self.folder / IDENTITY) or b"", passphrase))
        except (age.DecryptError, ValueError):
            raise Refused("口令不对，没有打开：请重新输入；忘了口令只能用备份和当时的口令恢复") from None
        return {"identity": str(bundle["identity"]), "hmac": str(bundle["hmac"])}

    def unlock(self, passphrase: str, until: datetime) -> None:
        """Keep the keys in a private folder of this machine until then."""
        bundle = self.opened(passphrase)
        with disk.wording(str(self.run)):
            disk.make_folder(self.run)
            self.run.chmod(disk.FOLDER_MODE)
        self._put(self.run / UNLOCKED, json.dumps({**bundle, "until": until.isoformat()}).encode())

    def lock(self) -> bool:
        """Take the keys away; whether there were any."""
        was = (self.run / UNLOCKED).exists()
        for name in (UNLOCKED, MATCHED):
            (self.run / name).unlink(missing_ok=True)
        return was

    def keys(self, now: datetime) -> Keys | None:
        """The keys while the vault is unlocked; once the time is over they are removed."""
        self.sweep_keys(now)
        if not (data := disk.read(self.run / UNLOCKED)):
            return None
        told = json.loads(data)
        identity = _age().x25519.Identity.from_str(told["identity"])
        return Keys(identity, bytes.fromhex(told["hmac"]), datetime.fromisoformat(told["until"]))

    def sweep_keys(self, now: datetime) -> None:
        """Remove the keys once their time is over."""
        try:
            until = datetime.fromisoformat(json.loads(disk.read(self.run / UNLOCKED) or b"")["until"])
        except (ValueError, KeyError, TypeError):
            until = None
        if until is None or until <= now:
            self.lock()

    def need_keys(self, now: datetime) -> Keys:
        """The same. Raises Refused while it is locked."""
        self.need()
        found = self.keys(now)
        if found is None:
            raise Refused("保险库锁着：请先运行 wuye vault unlock")
        return found

    # --- entries

    def entries(self) -> list[Kept]:
        """Every entry, oldest first, told by the names of the files."""
        folder, found = self.folder / ENTRIES, []
        for path in folder.glob("*.age") if folder.is_dir() else ():
            if told := _NAME.fullmatch(path.name.removesuffix(".age")):
                found.append(Kept(told[0], told[1], date.fromisoformat(told[2]), bool(told[4])))
        return sorted(found, key=lambda one: (one.day, one.name))

    def add(self, record: str, day: date, payload: Mapping[str, str]) -> str:
        """Encrypt one entry by the public key: no passphrase is asked for. The entry's name."""
        self.need()
        name = f"{record}.{day.isoformat()}.{secrets.token_hex(3)}" + (".barred" if payload.get("barred") else "")
        self._put(self.folder / ENTRIES / f"{name}.age", self._sealed(payload))
        return name

    def _sealed(self, payload: Any) -> bytes:
        age = _age()
        try:
            public = age.x25519.Recipient.from_str(json.loads(disk.read(self.folder / HEAD) or b"")["public"])
        except (ValueError, KeyError, TypeError, age.RecipientError) as error:
            raise Damaged(f"{self.folder / HEAD} 读不懂：请从备份恢复") from error
        sealed: bytes = age.encrypt(json.dumps(payload, ensure_ascii=False).encode(), [public])
        return sealed

    def _open(self, path: Path, keys: Keys) -> Any:
        age = _age()
        data = disk.read(path, path.name)
        try:
            return json.loads(age.decrypt(data or b"", [keys.identity]))
        except (age.DecryptError, ValueError):
            raise Damaged(f"{path.name} 打不开（损坏，或不是这个保险库的）：请从备份恢复") from None

    def read(self, name: str, keys: Keys) -> dict[str, str]:
        """What an entry holds. Raises Damaged."""
        found: dict[str, str] = self._open(self.folder / ENTRIES / f"{name}.age", keys)
        return found

    def match(self, number: str, keys: Keys) -> list[tuple[Kept, dict[str, str]]]:
        """The entries of the same number, oldest first, with what they hold beside it."""
        tags = self._tags(keys)
        wanted = _tag(number, keys)
        found = [one for one in self.entries() if hmac.compare_digest(tags.get(one.name, ""), wanted)]
        return [(one, self.read(one.name, keys)) for one in found]

    def _tags(self, keys: Keys) -> dict[str, str]:
        """The HMAC of every entry's number: those added while the vault was locked are worked out now."""
        path = self.folder / TAGS
        kept: dict[str, str] = self._open(path, keys) if path.exists() else {}
        names = [one.name for one in self.entries()]
        now = {name: kept.get(name) or _tag(self.read(name, keys)["number"], keys) for name in names}
        if now != kept:
            self._put(path, self._sealed(now))
        return now

    def remember(self, number: str, said: Sequence[str], keys: Keys) -> None:
        """What a match said, for the visitor who is entered next: kept with the keys, gone with them."""
        told = {"tail": number[-4:], "said": list(said), "until": keys.until.isoformat()}
        self._put(self.run / MATCHED, json.dumps(told, ensure_ascii=False).encode())

    def said_of(self, tail: str, now: datetime) -> list[str]:
        """What the last match said of a document with these last four characters."""
        try:
            told = json.loads(disk.read(self.run / MATCHED) or b"{}")
            if now < datetime.fromisoformat(told["until"]) and hmac.compare_digest(str(told["tail"]), tail):
                return [str(words) for words in told["said"]]
        except (ValueError, KeyError, TypeError):
            pass
        return []

    def forget(self, names: Sequence[str]) -> None:
        """Delete entries."""
        for name in names:
            with disk.wording(name):
                (self.folder / ENTRIES / f"{name}.age").unlink(missing_ok=True)

    # --- copies

    def backup(self, passphrase: str) -> bytes:
        """Everything in one file under the passphrase, that of the vault. Raises Refused for a wrong one."""
        self.opened(passphrase)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for relative in self._files():
                tar.add(self.folder / relative, relative, recursive=False)
        sealed: bytes = _age().passphrase.encrypt(packed.getvalue(), passphrase)
        return sealed

    def _files(self) -> Iterator[str]:
        yield from (name for name in (HEAD, IDENTITY, TAGS) if (self.folder / name).is_file())
        yield from (f"{ENTRIES}/{one.name}.age" for one in self.entries())

    def restore(self, data: bytes, passphrase: str) -> int:
        """Put a backup in the place of a vault that is not there; how many entries. Raises CannotWrite, Refused."""
        age = _age()
        if self.there:
            raise CannotWrite(f"{self.folder} 已经是保险库：请先把它移开，或把 WUYE_VAULT 设到别处")
        try:
            packed = age.passphrase.decrypt(data, passphrase)
        except (age.DecryptError, ValueError):
            raise Refused("口令不对，或不是保险库的备份：没有恢复") from None
        names = []
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            for one in tar:
                whole = one.name in (HEAD, IDENTITY, TAGS)
                entry = one.name.startswith(f"{ENTRIES}/") and _NAME.fullmatch(one.name[8:].removesuffix(".age"))
                held = tar.extractfile(one) if whole or entry else None
                if held is not None:
                    self._put(self.folder / one.name, held.read())
                    names.append(one.name)
        self.folder.chmod(disk.FOLDER_MODE)
        return sum(name.startswith(ENTRIES) for name in names)


def _tag(number: str, keys: Keys) -> str:
    return hmac.new(keys.secret, number.encode(), "sha256").hexdigest()
