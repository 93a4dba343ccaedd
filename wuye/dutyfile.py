"""Reading the `duties:` section of wuye.yaml over the duties that the program begins with (domain.md 44)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from wuye import posts, records
from wuye.duties import DAILY, EVERY, MONTH, MONTHS, QUARTER, SHIFT, WEEK, YEAR, Duty, On
from wuye.errors import Fault
from wuye.numerals import fold
from wuye.shifts import minutes_of
from wuye.typed import nearest, scan
from wuye.values import Typing, many

KEYS = ("zh", "every", "on", "months", "by", "who", "kind", "where", "since", "checklist", "count", "along")
OFF = ("off", "no", "关", "停用")
_WEEKDAYS = {word: n for n, one in enumerate("一二三四五六日") for word in (f"周{one}", f"星期{one}")} | {"周天": 6}
_LAST = ("last", "月末", "月底", "最后一天")
_ON_HOW = {
    SHIFT: "每班的事不写 on", DAILY: "如 周六、周日，工作日，休息日", WEEK: "如 周五",
    MONTH: "如 25、last（最后一天）、wd3（第 3 个工作日）、wd-1（最后一个工作日）、+5（下一个月 5 日）",
}  # fmt: skip
_WHEN = On()
DEFAULTS = (
    Duty("handover", "交接班", SHIFT, who="receptionist", kind="handover"),
    Duty("patrol", "楼栋巡查", DAILY, who="assistant", kind="patrol"),
    Duty("cash", "现金上交、日结", DAILY, who="collector", kind="dayclose", along="payment"),
    Duty("safe", "检查保险柜", DAILY, who="clerk"),
    Duty("papers", "当日资料归档", DAILY, who="receptionist"),
    Duty("stand", "周末设点收费", DAILY, On(frozenset((5, 6))), who="collector", kind="dunning",
         where={"method": "stand"}),
    Duty("followup", "月度回访", MONTH, kind="followup"),
    Duty("fee-report", "收费报表", MONTH, On(nth=3, later=True), who="clerk"),
    Duty("repair-report", "维修报表", MONTH, On(nth=3, later=True), who="clerk"),
    Duty("needs", "月材料需用计划", MONTH, On(day=25), who="supervisor"),
    Duty("consumption", "月材料消耗统计", MONTH, On(nth=3, later=True), who="supervisor"),
    Duty("cards", "智能卡月度盘点", MONTH, kind="stocktake", where={"what": "cards"}),
    Duty("ledger", "收支台账", MONTH, On(nth=3, later=True), who="clerk"),
    Duty("accounts", "与公司会计对账、月结", MONTH, On(day=5, later=True), kind="monthclose", along="payment"),
    Duty("password", "更换门禁密码", QUARTER, who="supervisor"),
    Duty("dunning-plan", "年度催缴计划", YEAR, months=(1,), who="head", kind="yearplan", where={"plan": "dunning"}),
    Duty("training-plan", "年度培训计划", YEAR, months=(1,), who="head", kind="yearplan",
         where={"plan": "training"}),
)  # fmt: skip
"""What S0 to S3 ask for; those whose kind of record this program does not have are left out."""


def begun() -> dict[str, Duty]:
    """The duties that the program begins with, by code."""
    known = {row[0] for row in records.KINDS}
    return {one.code: one for one in DEFAULTS if one.made_of in known and fitting(one)}


def fitting(duty: Duty) -> bool:
    """Whether the kind of a duty has the fields that the duty looks at."""
    kind = records.kind(duty.made_of)
    wanted = duty.where if duty.kind else ("duty", "period")
    return all(kind.has(name) for name in wanted)


def parse(raw: Any) -> tuple[Mapping[str, Duty], list[Fault]]:
    """The duties of an office by code, with every mistake in them: its own over those the program begins with."""
    found = begun()
    if raw in ("", None):
        return found, []
    if not isinstance(raw, dict):
        return found, [Fault(("duties",), "duties 应是“代码: 例行工作”的样子，请按 docs/duties.md 写")]
    faults = list[Fault]()
    defaults = {one.code: one for one in DEFAULTS}
    for code, body in raw.items():
        if isinstance(body, str) and body.lower() in OFF:
            if code not in defaults:
                faults.append(Fault(("duties", code), f"没有 {code} 这项例行工作{nearest(code, defaults)}，请改正"))
            found.pop(code, None)
            continue
        reader = _Reader(str(code), body)
        duty = reader.read(defaults.get(code))
        faults += reader.faults
        if duty is not None and not reader.faults:
            found[str(code)] = duty
    return found, faults


class _Reader:
    """One duty as somebody wrote it, and what is wrong with it."""

    def __init__(self, code: str, body: Any) -> None:
        self.code, self.body = code, body
        self.faults: list[Fault] = []

    def wrong(self, words: str, *path: str | int) -> None:
        """One more mistake."""
        self.faults.append(Fault(("duties", self.code, *path), f"例行工作 {self.code} {words}"))

    def read(self, before: Duty | None) -> Duty | None:
        """The duty, over the one the program has under this code."""
        if not isinstance(self.body, dict):
            self.wrong("应写 zh、every、on 等，或写 off 停用，请改正")
            return None
        for key in self.body:
            if key not in KEYS:
                self.wrong(f"没有 {key} 这一项{nearest(str(key), KEYS)}，只写 {'、'.join(KEYS)}，请改正", key)
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", self.code):
            self.wrong("的代码应是小写英文字母、数字和 -，请改正")
        every = self.text("every") or (before.every if before else "")
        every = next((one for one, zh in EVERY.items() if every in (one, zh)), "")
        if not every:
            self.wrong(f"要写多久一次（every），可写：{'、'.join(EVERY)}，请改正", *self.at("every"))
            return None
        same = before if before and before.every == every else None
        duty = Duty(self.code, self.text("zh") or (before.zh if before else self.code), every)
        duty = duty._replace(
            on=self.on(every) if "on" in self.body else same.on if same else _WHEN,
            months=self.months(every) if "months" in self.body else same.months if same else (),
            by=self.by() if "by" in self.body else before.by if before else None,
            who=self.who() if "who" in self.body else before.who if before else "",
            since=self.since() if "since" in self.body else None,
            checklist=self.lines() if "checklist" in self.body else before.checklist if before else (),
            needs=self.needs() if "count" in self.body else 1,
        )
        return self.fulfilled(duty, before)

    def text(self, key: str) -> str:
        """A key's text; said where it is none, or holds what no record may hold."""
        value = self.body.get(key, "")
        if not isinstance(value, str):
            self.wrong(f"的 {key} 应是一句话，请改正", key)
            return ""
        if scan(value, key, key):
            self.wrong(f"的 {key} 里有完整的身份证号，请删去", key)
        return value.strip()

    def at(self, key: str) -> tuple[str, ...]:
        """Where a key stands, if it does."""
        return (key,) if key in self.body else ()

    def listed(self, key: str) -> tuple[str, ...]:
        """A key's words, written as a list or with commas."""
        value = self.body.get(key, "")
        words = value if isinstance(value, list) else many(value) if isinstance(value, str) else ()
        if not words or not all(isinstance(word, str) for word in words):
            self.wrong(f"的 {key} 没有写出来，请写上或删去", key)
            return ()
        return tuple(fold(word).strip() for word in words)

    def on(self, every: str) -> On:
        """On which day it is due."""
        words = self.listed("on")
        if every in (DAILY, WEEK):
            days = frozenset(_WEEKDAYS[word] for word in words if word in _WEEKDAYS)
            extra = ("工作日", "working", "休息日", "rest") if every == DAILY else ()
            for word in words:
                if word not in _WEEKDAYS and word not in extra:
                    self.wrong(f"的 on 读不懂“{word}”：{_ON_HOW[every]}，请改正", "on")
            return On(days, "工作日" in words or "working" in words, "休息日" in words or "rest" in words)
        word = words[0] if len(words) == 1 else ""
        later = word.startswith("+")
        found = re.fullmatch(r"(wd)?(-?\d{1,2})日?", word.removeprefix("+"), re.ASCII)
        if every != SHIFT and word in _LAST:
            return On()
        if found and every != SHIFT:
            day = int(found[2])
            if found[1] and 1 <= abs(day) <= 20:
                return On(nth=day, later=later)
            if not found[1] and 1 <= day <= 31:
                return On(day=day, later=later)
        if words:
            self.wrong(f"的 on 读不懂“{'、'.join(words)}”：{_ON_HOW.get(every, _ON_HOW[MONTH])}，请改正", "on")
        return _WHEN

    def months(self, every: str) -> tuple[int, ...]:
        """In which months: of the year, of a quarter the first to third; one alone but for every month."""
        words = [word.removesuffix("月") for word in self.listed("months")]
        most = {MONTH: 12, QUARTER: 3, YEAR: 12}.get(every, 0)
        if every not in MONTHS:
            self.wrong("只有每月、每季、每年的事才写 months，请删去", "months")
        elif not all(word.isascii() and word.isdigit() and 1 <= int(word) <= most for word in words):
            self.wrong(f"的 months 应是 1 到 {most} 的月份，请改正", "months")
        elif every != MONTH and len(words) > 1:
            self.wrong("的 months 只写一个月：到期的那个月，请改正", "months")
        else:
            return tuple(map(int, words))
        return ()

    def by(self) -> int | None:
        """The time of day."""
        found = minutes_of(self.body["by"])
        if found is None:
            self.wrong("的 by 应写钟点，如 '17:30'，请改正", "by")
        return found

    def who(self) -> str:
        """A post by its code, else the name of a person."""
        word = self.text("who")
        return posts.named(word) or word

    def since(self) -> date | None:
        """The first day."""
        try:
            return date.fromisoformat(self.text("since"))
        except ValueError:
            self.wrong("的 since 应是日期，如 2026-12-01，请改正", "since")
            return None

    def lines(self) -> tuple[str, ...]:
        """What has to be looked at, line by line."""
        return self.listed("checklist")

    def needs(self) -> int:
        """How many records it takes."""
        word = self.text("count")
        if word.isascii() and word.isdigit() and 1 <= int(word) <= 9999:
            return int(word)
        self.wrong("的 count（要几条记录）应是 1 到 9999，请改正", "count")
        return 1

    def fulfilled(self, duty: Duty, before: Duty | None) -> Duty | None:
        """The duty with the kind of record that fulfils it and the values it must have."""
        names = {}
        for key in ("kind", "along"):
            word = self.text(key) if key in self.body else getattr(before, key) if before else ""
            word = "" if key == "along" and word in OFF else word
            names[key] = records.name_of(word) or ""
            if word and not names[key] and key in self.body:
                known = [row[0] for row in records.KINDS]
                self.wrong(f"的 {key}：没有“{word}”这一类记录{nearest(word, known)}，请改正", key)
            elif word and not names[key]:
                return None  # the program begins with a kind that it does not have yet
        duty = duty._replace(kind=names["kind"], along=names["along"])
        if duty.made_of not in {row[0] for row in records.KINDS} or not fitting(duty):
            self.wrong("没有写由哪一类记录完成（kind），请写上", *self.at("kind"))
            return None
        if "where" in self.body:
            return duty._replace(where=self.where(duty))
        return duty._replace(where=before.where if before and before.kind == duty.kind else {})

    def where(self, duty: Duty) -> dict[str, str]:
        """The stored values that a record must have; a choice may be written by its Chinese label."""
        told, kind = self.body["where"], records.kind(duty.made_of)
        if not isinstance(told, dict) or not duty.kind:
            self.wrong("的 where 应写在有 kind 的例行工作下，是“项目: 值”的清单，请改正", "where")
            return {}
        found = {}
        for key, value in told.items():
            name = next((f.name for f in kind.on_record if key in (f.name, f.zh)), "")
            if not name or not isinstance(value, str):
                near = nearest(str(key), [one.name for one in kind.on_record])
                self.wrong(f"的 where：{kind.zh}没有“{key}”这一项{near}，请改正", "where", key)
                continue
            try:  # a choice is understood without the moment
                choices = kind[name].type.choices
                found[name] = str(kind[name].type.parse(value, cast(Typing, None))) if choices else value
            except ValueError as error:
                self.wrong(f"的 where：{key} {error}，请改正", "where", key)
        return found

