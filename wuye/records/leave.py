"""请假: asked for, answered by somebody named, whole days or halves; who stands in meanwhile (domain.md 35)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wuye import presence
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import BadInput, Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.presence import APPROVED, ASKED, AWAY, SCHEDULED, leave_of, shift_of, unfit
from wuye.schema import Books, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

SORT = v.choice(
    annual="年休假/年假", personal="事假", sick="病假", marriage="婚假", maternity="产假", paternity="陪产假/护理假",
    bereavement="丧假", injury="工伤假", off="调休/补休", other="其他",
)  # fmt: skip
DAY = timedelta(days=1)


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A leave ends after it begins, and lasts half a day at least."""
    since, until = values.get("since"), values.get("until") or values.get("since")
    if since and until and until < since:
        yield Problem("请假的结束早于开始：请核对 --since 和 --until", field="until")
    elif since and until == since and values.get("from_noon") and values.get("to_noon"):
        yield Problem("从中午到中午没有时间：只请上午写 --to-noon，只请下午写 --from-noon", field="to_noon")
    if values.get("cover") and values["cover"] == values.get("name"):
        yield Problem("代班人就是本人：请核对 --cover", field="cover")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """Nobody is on leave twice at a time; where he is rostered then, that is said."""
    name, span = values["name"], leave_of(values, basis.zone)
    first, last = span.start.date(), span.end.date()
    for other in books.of_person("leave", name, first, last):
        if other.status in (ASKED, *AWAY) and leave_of(other.values, basis.zone).meets(span):
            raise BadInput(Problem(f"{name} 这几天已请假（{other.id}）：请核对日期", field="since"))
    kept = [f"{r['day']:%m-%d} {r['shift_name']}（{r.id}）" for r in rostered(name, values, books, basis)]
    said = f"{name} 已排班：{'、'.join(kept)}；批准时由代班人（--cover）接，没有代班人要先换班"
    return Seen({}, (said,) if kept else ())


def rostered(name: str, values: Mapping[str, Any], books: Books, basis: Basis | None = None) -> list[Record]:
    """The shifts in which somebody stands while he would be away."""
    since, until = values["since"], values.get("until") or values["since"]
    found = []
    for one in books.of_person("roster", name, since - DAY, until + DAY):
        held = shift_of(one)
        if one.status == SCHEDULED and held and held.meets(leave_of(values, one.received.tzinfo)):  # type: ignore[arg-type]
            found.append(one)
    return found


def covered(record: Record, step: str, books: Books) -> Iterable[Move]:
    """With the approval every shift goes to who stands in; without such a one it is refused."""
    if step != "approve":
        return
    shifts = rostered(record["name"], record.values, books)
    if shifts and not record.get("cover"):
        kept = "、".join(f"{r['day']:%m-%d} {r['shift_name']}（{r.id}）" for r in shifts)
        raise Refused(f"{record.id} 不能批准：{record['name']} 已排 {kept}：请用 --cover 写代班人，或先 roster swap")
    for one in shifts:
        held = shift_of(one)
        if held and (barred := unfit(record["cover"], held, books, one.id)):
            raise Refused(f"{record.id} 不能批准：代班人{barred}")
        words = {"swapped_with": str(record["cover"]), "agreed_by": str(record["approved_by"])}
        yield Move("roster", one.id, "swap", words)


def not_himself(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Nobody answers his own request."""
    return "不能由本人批准：请写批准人" if given.get("approved_by") == record["name"] else ""


def halves(record: Record, working: Any) -> int:
    """Half days of the days that count."""
    since, until = record.get("since"), record.get("until") or record.get("since")
    if not since or not until:
        return 0
    days = (since + n * DAY for n in range((until - since).days + 1))
    return sum(presence.half_days(record.values, day) for day in days if working(day))


def days(record: Record, basis: Basis) -> str:
    """How many days it takes, halves too."""
    return presence.days_zh(halves(record, lambda day: True))


def working_days(record: Record, basis: Basis) -> str:
    """How many working days it takes, halves too."""
    return presence.days_zh(halves(record, basis.desk.is_working))


def asked(record: Record, basis: Basis) -> Mark | None:
    """Since it was asked for."""
    return Mark(record.received)


KIND = Kind(
    name="leave",
    prefix="QJ",
    zh="请假",
    fields=(
        Field("name", v.STAFF, "姓名", required=True),
        Field("sort", SORT, "假别", required=True),
        Field("since", v.day("any"), "开始日期", required=True),
        Field("until", v.day("any"), "结束日期", zh_hint="含当天；不写为只请一天"),
        Field("from_noon", v.FLAG, "从中午起", zh_hint="第一天只请下午"),
        Field("to_noon", v.FLAG, "到中午止", zh_hint="最后一天只请上午"),
        Field("text", v.MEMO, "事由"),
        Field("cover", v.STAFF, "代班人"),
        Field("approved_by", v.STAFF, "批准人"),
        Field("paper", v.TEXT, "证明材料", zh_hint="如 病假条"),
        Field("back_on", v.day("any"), "销假日期", zh_hint="回来上班的那天"),
    ),
    flow=Flow(
        states=(
            State(ASKED, "待批"), State(APPROVED, "已批准", open=False), State("refused", "未准", open=False),
            State("cancelled", "已取消", open=False), State("back", "已销假", open=False),
        ),
        steps=(
            Step("approve", "批准", "asked -> approved", ("approved_by",), ("cover",), guard=not_himself),
            Step("refuse", "不准", "asked -> refused", ("approved_by", "reason")),
            Step("back", "销假", "approved -> back", (), ("back_on", "reason"), stamps="back_on"),
            Step("cancel", "取消", "asked approved -> cancelled", ("reason",)),
        ),
    ),
    rules=(Rule("leave.answer", Span(1, "wd"), "请假答复"),),
    clocks=(Clock("answer", "请假答复", asked, "leave.answer", ("approve", "refuse", "cancel")),),
    computed=(
        Computed("days", "天数", days, str, v.QUANTITY),
        Computed("working_days", "工作日天数", working_days, str, v.QUANTITY),
    ),
    positional=("name", "sort", "since", "until"),
    checks=(span_in_order,),
    sees=sees,
    moves=covered,
    about=("sort", "since", "until", "text"),
    people=("name",),
    category="sort",
    columns=("id", "status", "name", "sort", "since", "until", "days", "working_days", "cover", "approved_by"),
    slip=Slip("请假单", ("name", "sort", "since", "until", "from_noon", "to_noon", "text", "cover", "approved_by"),
              ("请假人", "代班人", "批准人")),
    example={
        "name": "李静", "sort": "年假", "since": "2026-12-07", "until": "2026-12-09", "text": "回老家", "cover": "王芳",
    },
)  # fmt: skip
