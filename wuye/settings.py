"""wuye.yaml and the calendars: what an office has set, over what the package carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, tzinfo
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import clock, disk, git, workdays, yamlio
from wuye.basis import Rule
from wuye.errors import BadSettings, Damaged, Fault, InputOutput, Problem
from wuye.typed import nearest
from wuye.values import NO, YES, many
from wuye.workdays import Calendar, DeskTime, Span

if TYPE_CHECKING:
    from wuye.charges import Charges
    from wuye.schema import Checklist, Kind

FORMAT = 1
FILE = "wuye.yaml"
RULES_BESIDE_KINDS = ("figures", "vault", "backup")
"""What the rules that belong to no kind begin with."""
LATER = ("charges", "checklists", "duties", "shifts", "posts", "assessment")
"""The parts that are understood only when somebody asks."""
KEYS = ("format", "name", "timezone", "letter", "desk", "rules", "money", *LATER)
DESK_KEYS = ("hours", "days", "working_days", "hours_as")
_FLAGS = ("yes", "no")
_HOURS = r"(\d\d?):(\d\d)-(\d\d?):(\d\d)"
_BETWEEN = dict.fromkeys(map(ord, "周星期,，、 "))
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6}

Reader = Callable[[bytes, str], Any]


class Section:
    """One part of wuye.yaml that is understood when it is first asked for: other commands do not pay for it."""

    def __init__(self, raw: Any = "", data: bytes = b"") -> None:
        self._raw = raw
        self._data = data
        self._found: Any = None

    @property
    def written(self) -> bool:
        """Whether anything stands there."""
        return self._raw not in ("", None)

    def read(self, parse: Callable[[Any], tuple[Any, list[Fault]]]) -> Any:
        """What `parse` makes of it. Raises BadSettings naming every mistake with its line."""
        if self._found is None:
            found, faults = parse(self._raw)
            if faults:
                text = yamlio.decode(self._data, FILE)
                places = (yamlio.locate(text, fault.path) for fault in faults)
                raise BadSettings(*(Problem(f.words, FILE, line, column) for f, (line, column) in
                                    zip(faults, places, strict=True)))  # fmt: skip
            self._found = found
        return self._found


NO_SECTIONS: Mapping[str, Section] = MappingProxyType({})


class Settings(NamedTuple):
    """What wuye.yaml says: name, zone, desk letter, desk time, the rules it overrides; the rest in sections."""

    name: str
    zone: tzinfo
    letter: str
    desk: DeskTime
    overrides: Mapping[str, str]
    format: int = FORMAT
    sections: Mapping[str, Section] = NO_SECTIONS
    principal_first: bool = False
    data: bytes = b""
    lenient: bool = False

    @property
    def charges(self) -> Charges:
        """The charge items by code. Raises BadSettings naming every mistake with its line."""
        from wuye import chargefile

        found: Charges = self.section("charges", chargefile.parse)
        return found

    def section(self, key: str, parse: Callable[[Any], tuple[Any, list[Fault]]]) -> Any:
        """What stands under a key of LATER, as `parse` understands it. Raises BadSettings naming every mistake."""
        return self.sections.get(key, Section()).read(parse)

    def demands(self, kind: Kind, step: str) -> tuple[str, ...]:
        """The posts of which who takes a step must hold one; none where nothing is written. Raises BadSettings."""
        if not self.sections.get("posts", Section()).written:
            return ()
        from wuye import posts

        found: tuple[str, ...] = self.section("posts", posts.parse).get(f"{kind.name}.{step}", ())
        return found

    def checklist(self, kind: Kind, name: str) -> Checklist:
        """A checklist of a kind by code or Chinese name. Raises BadInput naming those there are, BadSettings."""
        from wuye import templates

        return templates.find(self.section("checklists", templates.parse), kind, name)

    def refuse_newer(self) -> None:
        """Raises BadSettings where the office's format is newer than this program's: it reads and does not write."""
        if self.format > FORMAT:
            words = f"台账格式是 {self.format}，本程序只认 {FORMAT}，能看不能写：请升级 wuye 后再登记"
            raise BadSettings(Problem(words, file=FILE))

    def rules(self, declared: Iterable[Rule]) -> dict[str, Span | int | None]:
        """The rules in force: the kinds' defaults under the office's own. Raises BadSettings."""
        found: dict[str, Span | int | None] = {rule.name: rule.default for rule in declared}
        problems = []
        for name, words in self.overrides.items():
            if name not in found:
                if self.format > FORMAT or self.lenient:
                    continue
                if name.split(".")[0] in {n.split(".")[0] for n in found}:
                    words = f"rules 里没有 {name} 这条规则{nearest(name, found)}"
                    problems.append(_problem(words, _line(self.data, FILE, "rules", name)))
                continue
            try:
                found[name] = _rule_value(words, found[name])
            except ValueError as error:
                problems.append(_problem(f"规则 {name}：{error}", _line(self.data, FILE, "rules", name)))
        if problems:
            raise BadSettings(*problems)
        return found


def _rule_value(words: str, default: Span | int | None) -> Span | int | None:
    if isinstance(default, bool):
        if words.lower() not in (*YES, *NO):
            raise ValueError(f"应是 yes 或 no，现为“{words}”")
        return words.lower() in YES
    if default is None and words in ("none", "无"):
        return None
    if default is None or isinstance(default, Span):
        return Span.parse(words)
    if not words.isascii() or not words.isdigit():
        raise ValueError(f"应是整数，现为“{words}”")
    return int(words)


def _problem(words: str, line: int = 0) -> Problem:
    return Problem(f"{words}；请改 {FILE} 后再试", file=FILE, line=line)


def _line(data: bytes, file: str, *path: str) -> int:
    """The line of a key in a settings file."""
    return yamlio.locate(yamlio.decode(data, file), path)[0] if data else 0


def strictly(data: bytes, name: str) -> Any:
    """The value of a settings file. Raises Damaged."""
    return yamlio.load(yamlio.decode(data, name), name)


def load(root: Path, known_kinds: Iterable[str], reader: Reader = strictly, lenient: bool = False) -> Settings:
    """The office's settings, its files understood by `reader`.

    Those of another time are read `lenient`: keys and rules that are not known now are left out.
    Raises BadSettings naming every mistake, InputOutput where it cannot be read.
    """
    data = disk.read(root / FILE, FILE)
    if data is None:
        raise InputOutput(Problem("不在了：请从备份或 git 里取回", file=FILE))
    found = read(root, data, known_kinds, reader, lenient)
    own = git.letter(root)
    return found._replace(letter=own) if own else found


def read(
    root: Path, data: bytes, known_kinds: Iterable[str], reader: Reader = strictly, lenient: bool = False
) -> Settings:
    """What such bytes of wuye.yaml say, with the folder's own calendar. Raises BadSettings naming every mistake."""
    try:
        raw = reader(data, FILE)
    except Damaged as error:
        raise BadSettings(*error.problems) from error
    if not isinstance(raw, dict):
        raise BadSettings(_problem("应是“名称: 值”的清单"))
    problems: list[Problem] = []
    settings = _settings(root, raw, tuple(known_kinds), problems, reader, lenient)
    if problems or settings is None:
        raise BadSettings(*problems)
    return settings._replace(data=data, sections={key: Section(raw.get(key), data) for key in LATER})


def _settings(
    root: Path, raw: dict[str, Any], kinds: tuple[str, ...], problems: list[Problem], reader: Reader, lenient: bool
) -> Settings | None:
    words = str(raw.get("format", ""))
    # A newer format may say things that are not known here: it is read as far as it goes, and never written to.
    told = int(words) if words.isascii() and words.isdigit() else FORMAT
    newer = lenient or told > FORMAT
    for key in raw:
        if key not in KEYS and not newer:
            problems.append(_problem(f"没有 {key} 这一项{nearest(key, KEYS)}"))
    if words != str(FORMAT) and not newer:
        problems.append(_problem(f"format 应是 {FORMAT}"))
    letter = str(raw.get("letter", "")).upper()
    if letter and not re.fullmatch("[A-Z]", letter):
        problems.append(_problem("letter 应是一个字母 A-Z"))
    rules = raw.get("rules") or {}
    if not isinstance(rules, dict) or not all(isinstance(v, str) for v in rules.values()):
        problems.append(_problem("rules 应是“规则: 值”的清单"))
        rules = {}
    for name in rules:
        if name.split(".")[0] not in (*kinds, *RULES_BESIDE_KINDS) and not newer:
            problems.append(_problem(f"rules 里没有 {name} 这条规则"))
    money = raw.get("money") or {}
    if not isinstance(money, dict) or {*money} - {"principal_first"} or {*money.values()} - {*_FLAGS}:
        problems.append(_problem("money 里只能写 principal_first: yes 或 no"))
        money = {}
    zone: tzinfo = clock.SHANGHAI
    desk: DeskTime | None = None
    try:
        zone = clock.zone(str(raw.get("timezone") or "Asia/Shanghai"))
    except BadSettings as error:
        problems += error.problems
    try:
        desk = _desk(raw.get("desk") or {}, calendar(root, reader), zone)
    except ValueError as error:
        problems.append(_problem(str(error)))
    except (BadSettings, Damaged) as error:
        problems += error.problems
    return (
        Settings(str(raw.get("name") or "物业前台"), zone, letter, desk, rules, told if newer else FORMAT,
                 principal_first=money.get("principal_first") == "yes", lenient=lenient)
        if desk
        else None
    )


def _desk(raw: Any, days: Days, zone: tzinfo) -> DeskTime:
    if not isinstance(raw, dict):
        raise ValueError("desk 应是“名称: 值”的清单")
    for key in raw:
        if key not in DESK_KEYS:
            raise ValueError(f"desk 里没有 {key} 这一项{nearest(key, DESK_KEYS)}")
    working, hours_as = raw.get("working_days", "statutory"), raw.get("hours_as", "desk")
    if working not in ("statutory", "desk"):
        raise ValueError("desk.working_days 应是 statutory 或 desk")
    if hours_as not in ("desk", "clock"):
        raise ValueError("desk.hours_as 应是 desk 或 clock")
    return DeskTime(
        calendar=days.calendar,
        hours=_hours(raw.get("hours", "09:00-18:00")),
        weekdays=_weekdays(raw.get("days", "一二三四五六日")),
        working=working,
        count_hours=hours_as,
        closed=days.closed,
        zone=zone,
    )


def _hours(raw: Any) -> tuple[tuple[int, int], ...]:
    parts = raw if isinstance(raw, list) else many(str(raw))
    found = []
    for part in parts:
        match = re.fullmatch(_HOURS, str(part).strip())
        if not match:
            raise ValueError(f"desk.hours 读不懂“{part}”，应如 09:00-18:00")
        a, b, c, d = map(int, match.groups())
        found.append((a * 60 + b, c * 60 + d))
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ValueError("desk.hours 的各段应按先后排列，不能重叠")
    if any(start >= end or end > 24 * 60 or b >= 60 for start, end in found for b in (start % 60,)):
        raise ValueError("desk.hours 的开始应早于结束，最晚 24:00")
    return tuple(found)


def _weekdays(raw: Any) -> frozenset[int]:
    letters = str(raw).translate(_BETWEEN)
    if not letters or any(c not in _WEEKDAYS for c in letters):
        raise ValueError(f"desk.days 读不懂“{raw}”，应如 一二三四五六日")
    return frozenset(_WEEKDAYS[c] for c in letters)


class Days(NamedTuple):
    """The calendar in force and the days on which the desk itself is closed."""

    calendar: Calendar
    closed: frozenset[date]


@cache
def published() -> Calendar:
    """The State Council's yearly notices that the package carries."""
    return workdays.parse_table((Path(__file__).parent / "calendar" / "cn.tsv").read_text("utf-8"))


def calendar(root: Path, reader: Reader = strictly) -> Days:
    """The published days with the office's own entries over them (`calendar/2026.yaml`): off, work or closed.

    `published: 2027` says that the file holds that year's whole notice.

    Raises BadSettings for an entry that cannot be read.
    """
    folder = root / "calendar"
    own: dict[date, bool] = {}
    closed: set[date] = set()
    years: set[int] = set()
    problems: list[Problem] = []
    if folder.is_symlink():
        raise BadSettings(Problem("是链接，可能指向台账之外：请换成普通文件夹", file="calendar"))
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        name = f"calendar/{path.name}"
        data = disk.read(path, name) or b""
        raw = reader(data, name)
        for text, words in raw.items() if isinstance(raw, dict) else ():
            if text == "published" and isinstance(words, str) and words.isdigit():
                years.add(int(words))
                continue
            try:
                day, word = date.fromisoformat(text), str(words).split()[0]
            except (ValueError, IndexError):
                told = f"“{text}: {words}”读不懂；请写成 2026-10-08: off 公司放假"
                problems.append(Problem(told, name, _line(data, name, text)))
                continue
            if word == "closed":
                closed.add(day)
            elif word in ("off", "work"):
                own[day] = word == "off"
            else:
                told = f"{text} 写着 {word}；请写 off（休）、work（上班）或 closed（前台不开）"
                problems.append(Problem(told, name, _line(data, name, text)))
    if problems:
        raise BadSettings(*problems)
    base = published()
    return Days(base.with_entries(own, "own", years) if own or years else base, frozenset(closed))
