"""The figures of a month, each defined once: numerator, denominator, the records behind both (domain.md J)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from wuye import clocks, records, surveyed
from wuye.cohort import COMPLETED, HANDLED, Cohort, Counted, Parts, followed_up, satisfied, told
from wuye.figures_money import NONE, rate
from wuye.followed import FOLLOWED, settled
from wuye.record import Record

REWORK_DAYS = "workorder.rework_days"
BY: Mapping[str, str] = {"cause": "原因分类", "subject": "类别", "kind": "种类", "topic": "主题"}
OCCUPIED = ("occupied", "let")


class Definition(NamedTuple):
    """One figure: its formula is a function over a cohort; `split` breaks it up by a field.

    Where `split_base` is set the denominator is broken up too, else every part is counted among the whole.
    `words` names the variant; `{}` in it is how "fairly satisfied" counts.
    """

    name: str
    zh: str
    parts: Callable[[Cohort], Parts]
    words: str
    unit: str = "%"
    split: str = ""
    split_base: bool = False


class Figure(NamedTuple):
    """A figure worked out: numbers of the records in numerator and denominator, and those told apart."""

    name: str
    zh: str
    unit: str
    words: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    apart: Mapping[str, tuple[str, ...]]
    among: int | None = None

    @property
    def base(self) -> int:
        """How many are in the denominator."""
        return len(self.denominator) if self.among is None else self.among

    @property
    def value(self) -> Decimal | None:
        """The rate with one decimal, half up; None where the denominator is empty."""
        return rate(Decimal(len(self.numerator)), Decimal(self.base), self.unit)

    @property
    def shown(self) -> str:
        """What the desk reads: `85.7%（6/7）`, `—（0/0）` where there is nothing to divide by."""
        rate = NONE if self.value is None else f"{self.value}{self.unit}"
        return f"{rate}（{len(self.numerator)}/{self.base}）"


# --- work orders


def _in_time(cohort: Cohort, clock: str, emergency: bool) -> Parts:
    mine = [r for r in cohort.orders if (r.get("urgency") == "emergency") == emergency]
    accepted = [r for r in mine if r.status != "cancelled"]
    states = {r.id: one.state for r in accepted for one in cohort.readings(r) if one.name == clock and one.due}
    base = [r for r in accepted if r.id in states]
    return Parts(
        [r for r in base if states[r.id] == clocks.MET],
        base,
        {
            "未到期": [r for r in base if states[r.id] == clocks.OPEN],
            "无时限": [r for r in accepted if r.id not in states],
            "已取消": [r for r in mine if r.status == "cancelled"],
        },
    )


def arrival(cohort: Cohort) -> Parts:
    """Orders with somebody on site within the limit ÷ orders accepted that have one; emergencies apart."""
    return _in_time(cohort, "arrive", emergency=False)


def completion_in_time(cohort: Cohort) -> Parts:
    """Orders done within the limit ÷ orders accepted that have one; emergencies apart."""
    return _in_time(cohort, "done", emergency=False)


def emergency_arrival(cohort: Cohort) -> Parts:
    """Emergencies with somebody on site within the limit ÷ emergencies accepted that have one."""
    return _in_time(cohort, "arrive", emergency=True)


def emergency_completion(cohort: Cohort) -> Parts:
    """Emergencies done within the limit ÷ emergencies accepted that have one."""
    return _in_time(cohort, "done", emergency=True)


def completion(cohort: Cohort) -> Parts:
    """Orders done ÷ orders accepted, less cancelled ones and those not the company's."""
    live = [r for r in cohort.orders if r.status != "cancelled"]
    base = [r for r in live if not r.get("not_ours")]
    return Parts(
        [r for r in base if r.status in COMPLETED],
        base,
        {
            "未完成": [r for r in base if r.status not in COMPLETED],
            "已取消": [r for r in cohort.orders if r.status == "cancelled"],
            "不属本公司": [r for r in live if r.get("not_ours")],
        },
    )


def rework(cohort: Cohort) -> Parts:
    """Orders done that came again ÷ orders done: marked as rework, or same place and fault within the rule's days."""
    base = cohort.completed
    dropped = {r.id for r in cohort.known if r.void or r.status == "cancelled"}
    known = [r for r in cohort.known if r.id not in dropped]
    marked = {str(r["of"]) for r in known if r.get("source") == "rework" and r.get("of")}
    days = cohort.basis.number(REWORK_DAYS)
    again: dict[str, list[Record]] = {}
    for one in known:
        again.setdefault(_place(one), []).append(one)

    def came_again(record: Record) -> bool:
        links = [str(e.extra.get("link")) for e in record.entries("rework")]
        if record.id in marked or any(link not in dropped for link in links):
            return True
        done = max((e.at for e in record.entries("done")), default=record.received)
        later = [r for r in again.get(_place(record), ()) if r.id != record.id and r.received >= done]
        return any(_same_fault(record, r) and (r.received.date() - record.received.date()).days <= days for r in later)

    top = [r for r in base if came_again(r)]
    counted = {r.id for r in top}
    today = cohort.basis.now.date()
    running = [r for r in base if r.id not in counted and (today - r.received.date()).days < days]
    return Parts(top, base, {"返修期未满": running})


def _place(order: Record) -> str:
    return str(order.get("room") or order.get("place") or "")


def _same_fault(one: Record, other: Record) -> bool:
    """The same trade; where it is not said, the same words."""
    if one.get("trade") and other.get("trade"):
        return bool(one["trade"] == other["trade"])
    return bool(one.get("text") == other.get("text"))


def repair_follow_up(cohort: Cohort) -> Parts:
    """Orders done and followed up ÷ orders done that need it: all without a reason for none."""
    return followed_up(cohort.completed, cohort.followed)


def repair_satisfaction(cohort: Cohort) -> Parts:
    """Satisfied at the last follow-up that reached somebody ÷ orders with such a follow-up."""
    return satisfied(cohort.orders, "satisfaction", cohort)


def workmanship(cohort: Cohort) -> Parts:
    """Satisfied with the work itself ÷ orders for which that was said."""
    return satisfied(cohort.orders, "workmanship", cohort)


def attitude(cohort: Cohort) -> Parts:
    """Satisfied with the manner ÷ orders for which that was said."""
    return satisfied(cohort.orders, "attitude", cohort)


# --- complaints


def valid_per_unit(cohort: Cohort) -> Parts:
    """(a) Valid complaints ÷ units occupied or let, per mille; by cause class."""
    return Parts(_valid(cohort), [u for u in cohort.units if u.status in OCCUPIED])


def valid_of_all(cohort: Cohort) -> Parts:
    """(b) Valid complaints ÷ all complaints; by cause class, each counted among all."""
    unjudged = [r for r in cohort.complaints if not r.get("nature")]
    return Parts(_valid(cohort), cohort.complaints, {"未判定": unjudged})


def _valid(cohort: Cohort) -> list[Record]:
    return [r for r in cohort.complaints if r.get("nature") == "valid"]


def handling(cohort: Cohort) -> Parts:
    """Complaints handled ÷ all complaints; by cause class: class 2 and 3 are not the desk's fault."""
    return Parts([r for r in cohort.complaints if r.status in HANDLED], cohort.complaints)


def handling_in_time(cohort: Cohort) -> Parts:
    """Complaints within every clock (none late, none met late) ÷ all complaints; by cause class."""
    states = {r.id: {one.state for one in cohort.readings(r)} for r in cohort.complaints}
    top = [r for r in cohort.complaints if not states[r.id] & {clocks.LATE, clocks.MISSED}]
    return Parts(top, cohort.complaints, {"其中还有时限未到": [r for r in top if clocks.OPEN in states[r.id]]})


def repeats(cohort: Cohort) -> Parts:
    """Complaints that repeat an earlier one, or were reopened ÷ all complaints."""
    linked = [r for r in cohort.complaints if r.get("repeats")]
    reopened = [r for r in cohort.complaints if r.entries("reopen")]
    ids = {r.id for r in (*linked, *reopened)}
    top = [r for r in cohort.complaints if r.id in ids]
    return Parts(top, cohort.complaints, {"关联前次": linked, "重开": reopened})


def complaint_follow_up(cohort: Cohort) -> Parts:
    """Complaints handled and followed up ÷ complaints handled that need it: all without a reason for none."""
    return followed_up([r for r in cohort.complaints if r.status in HANDLED], cohort.followed)


def complaint_satisfaction(cohort: Cohort) -> Parts:
    """Satisfied at the last follow-up that reached somebody ÷ complaints with such a follow-up."""
    return satisfied(cohort.complaints, "satisfaction", cohort)


def opinions(cohort: Cohort) -> Parts:
    """Opinions and suggestions (consulting complaints, contacts) taken up ÷ all of them; by subject."""
    base = cohort.opinions
    return Parts(
        [r for r in base if r.get("taken_up") is True],
        base,
        {
            "未采纳": [r for r in base if r.get("taken_up") is False],
            "未定": [r for r in base if r.get("taken_up") is None],
            "已反馈": [r for r in base if told(r)],
        },
    )


# --- follow-ups and contacts


def coverage(cohort: Cohort) -> Parts:
    """Matters settled and followed up ÷ matters settled that need it, by steps and records alike; by kind."""
    return followed_up([r for r in cohort.matters if settled(r)], cohort.followed)


def satisfaction(cohort: Cohort) -> Parts:
    """Satisfied at the last follow-up that reached somebody ÷ matters with such a follow-up; by kind."""
    return satisfied(cohort.matters, "satisfaction", cohort)


def standard(cohort: Cohort) -> Parts:
    """Calls taken within the rings and with the office's name ÷ calls of which that was noted."""
    found = {r.id: _to_standard(r, cohort) for r in cohort.contacts}
    base = [r for r in cohort.contacts if found[r.id] is not None]
    silent = [r for r in cohort.contacts if r.get("way") == "phone" and found[r.id] is None]
    return Parts([r for r in base if found[r.id]], base, {"没有记": silent})


def _to_standard(record: Record, cohort: Cohort) -> bool | None:
    computed = record.kind.computed_by("standard")
    told: bool | None = computed.of(record, cohort.basis) if computed else None
    return told


# --- surveys


def survey_satisfaction(cohort: Cohort) -> Parts:
    """Ratings that are satisfied ÷ ratings in valid answers that say something; by topic."""
    rated = [one for survey in cohort.surveys for one in surveyed.ratings(survey, cohort.answers)]
    good = surveyed.good(cohort.basis.yes("figures.fairly_counts"))
    base = [one for one in rated if one.verdict]
    return Parts(
        [one for one in base if one.verdict in good],
        base,
        {
            "基本满意": [one for one in base if one.verdict == "fairly"],
            "不清楚": [one for one in rated if not one.verdict],
            "无效答卷": [r for r in cohort.answers if r.status == "invalid"],
        },
    )


def survey_response(cohort: Cohort) -> Parts:
    """Answers that came back ÷ questionnaires handed out, of the surveys of which that is known."""
    known = [r for r in cohort.surveys if r.get("handed_out")]
    names = {r.id for r in known}
    came = [r for r in cohort.answers if r.get("survey") in names]
    untold = [r for r in cohort.surveys if not r.get("handed_out")]
    return Parts(came, known, {"没有写发放份数": untold}, sum(r["handed_out"] for r in known))


# --- the table


_LIMIT = "取消的不计；没有时限的另计；未到期的在分母里"
_SATISFIED = "“基本满意”{}满意；未联系上的不计"
_FOLLOWED = "已完成的里面写明不回访的不计"
FIGURES: tuple[Definition, ...] = (
    Definition("repair-arrival", "报修及时率·到场", arrival, f"抢修另计；{_LIMIT}"),
    Definition("repair-in-time", "报修及时率·完成", completion_in_time, f"抢修另计；{_LIMIT}"),
    Definition("emergency-arrival", "抢修及时率·到场", emergency_arrival, _LIMIT),
    Definition("emergency-in-time", "抢修及时率·完成", emergency_completion, _LIMIT),
    Definition("repair-completion", "完成率", completion, "取消的、不属本公司的不计；未到期的在分母里"),
    Definition("rework", "返修率", rework, "登记为返修的，或自原单起 {days} 天内同一处、同一工种又报修的"),
    Definition("repair-follow-up", "维修回访率", repair_follow_up, _FOLLOWED),
    Definition("repair-satisfaction", "维修满意率", repair_satisfaction, _SATISFIED),
    Definition("workmanship", "维修质量满意率", workmanship, _SATISFIED),
    Definition("attitude", "服务态度满意率", attitude, _SATISFIED),
    Definition("valid-per-unit", "有效投诉率·按户", valid_per_unit, "分母为自住和出租的户数", "‰", "cause"),
    Definition("valid-of-all", "有效投诉率·占全部投诉", valid_of_all, "各类原因都以全部投诉为分母", split="cause"),
    Definition("handling", "投诉处理率", handling, "已处理和已办结", split="cause", split_base=True),
    Definition("handling-in-time", "投诉处理及时率", handling_in_time, "没有一个时限超过", split="cause",
               split_base=True),
    Definition("repeats", "重复投诉", repeats, "关联前次的和重开的"),
    Definition("complaint-follow-up", "投诉回访率", complaint_follow_up, _FOLLOWED),
    Definition("complaint-satisfaction", "投诉满意率", complaint_satisfaction, _SATISFIED),
    Definition("opinions", "意见建议采纳率", opinions, "投诉性质为咨询的、来电来访事由为意见的，转了投诉的只计一次",
               split="subject", split_base=True),
    Definition("follow-up", "回访覆盖率", coverage, f"办结的投诉、工程单、来电来访、入伙、突发事件；{_FOLLOWED}",
               split="kind", split_base=True),
    Definition("satisfaction", "回访满意率", satisfaction, _SATISFIED, split="kind", split_base=True),
    Definition("contact-standard", "接听规范率", standard, "记了响铃声数或报单位名称的来电"),
    Definition("survey-satisfaction", "调查满意率", survey_satisfaction, "“基本满意”{}满意；不清楚的不计",
               split="topic", split_base=True),
    Definition("survey-response", "调查回收率", survey_response, "收回的答卷 ÷ 发放份数"),
)  # fmt: skip


def worked_out(cohort: Cohort, definitions: Iterable[Definition] = FIGURES) -> list[Figure]:
    """Every figure of a cohort, each followed by its parts where it is broken up."""
    counts = "计入" if cohort.basis.yes("figures.fairly_counts") else "不计入"
    days = cohort.basis.number(REWORK_DAYS)
    found = []
    for one in definitions:
        words = one.words.format(counts, days=days)
        parts = one.parts(cohort)
        found.append(_figure(one, one.name, one.zh, words, parts))
        found += [_figure(one, f"{one.name}.{code}", f"· {zh}", "", part) for code, zh, part in _split(one, parts)]
    return found


def _figure(one: Definition, name: str, zh: str, words: str, parts: Parts) -> Figure:
    apart = {label: _ids(records) for label, records in parts.apart.items() if records}
    return Figure(name, zh, one.unit, words, _ids(parts.top), _ids(parts.base), apart, parts.among)


def _ids(records: Sequence[Counted]) -> tuple[str, ...]:
    return tuple(r.id for r in records)


def _split(one: Definition, parts: Parts) -> list[tuple[str, str, Parts]]:
    """The parts of a figure by its field, in the order of its choices, last what has none: those that occur.

    Where the denominator stays whole, every choice is listed: 0 is known then.
    """
    if not one.split or not parts.base:
        return []
    found = []
    if one.split == "kind":
        choices = [(name, zh) for name, _, zh in records.KINDS if name in FOLLOWED]
    elif one.split == "topic":  # a questionnaire's own words
        choices = list({_word(r, "topic"): str(r.get("topic_zh")) for r in parts.base}.items())
    else:
        choices = [*records.kind("complaint")[one.split].type.choices, ("", "未分类")]
    every, counted = _by_word(parts.base, one.split), _by_word(parts.top, one.split)
    for code, zh in choices:
        base = every.get(code, []) if one.split_base else parts.base
        top = counted.get(code, [])
        if (base if one.split_base else code) or top:
            found.append((code or "none", zh, Parts(top, base)))
    return found


def _by_word(counted: Iterable[Counted], split: str) -> dict[str, list[Counted]]:
    found: dict[str, list[Counted]] = {}
    for one in counted:
        found.setdefault(_word(one, split), []).append(one)
    return found


def _word(one: Counted, split: str) -> str:
    """What a record, or a rating, says of the field by which a figure is broken up."""
    if split == "kind":
        return one.kind.name if isinstance(one, Record) else ""
    return str(one.get(split) or "")
