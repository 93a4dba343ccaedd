"""What a pass can do besides the common verbs: its code told genuine, used, expired, void or forged (domain.md 4)."""

from __future__ import annotations

from typing import NamedTuple

from wuye import clocks, qr, records
from wuye.call import Call, Verb
from wuye.errors import BadInput, NotFound, Problem, Refused
from wuye.listed import thing_zh
from wuye.office import Office
from wuye.qr import Code
from wuye.record import Record
from wuye.sheet import Column, Sheet, state_zh

COLUMNS = (Column("id", "编号"), Column("verdict", "结论"), Column("words", "说明", wide=True))
GENUINE, USED, EXPIRED, VOID, FORGED, UNKNOWN, NOT_YET = (
    "genuine", "used", "expired", "void", "forged", "unknown", "not-yet"
)  # fmt: skip
ENDED = {"released": USED, "closed": USED, "done": USED, "expired": EXPIRED, "void": VOID, "cancelled": VOID}
NOT_ISSUED = ("drafted", "confirmed", "withheld")
OURS = ("pass", "workorder")


class Verdict(NamedTuple):
    """What a code is worth now, in a word and a sentence."""

    what: str
    words: str

    @property
    def good(self) -> bool:
        """Whether the paper may be used."""
        return self.what == GENUINE


def verify(call: Call) -> Sheet:
    """Whether the paper in hand is genuine and still good: a scanned code, typed or piped."""
    call.no_words(1)
    typed = call.words[0] if call.words else ""
    if not typed and not call.desk.terminal:
        typed = call.desk.read_stdin().decode("utf-8", "replace").strip()
    if not typed and call.desk.terminal:
        typed = call.desk.ask("验真码")
    if not typed.strip():
        raise BadInput(Problem("缺少验真码：请扫码，或照纸上二维码下面的一行输入", field="code"))
    office = call.asked
    code = qr.read(typed)
    if code is None:
        raise Refused("这不是本小区的验真码，按伪造处理：不要放行；是手工输入的，请对照纸上再输一次")
    verdict = judged(office, typed, code)
    row = {"id": code.id, "room": code.room, "day": code.day, "verdict": verdict.what, "words": verdict.words}
    return Sheet("wuye.pass.verify", COLUMNS, (row,), office.now, words=f"{verdict.words}\n",
                 exit_code=0 if verdict.good else 1)  # fmt: skip


def judged(office: Office, typed: str, code: Code) -> Verdict:
    """The verdict over a code: its check first, then the record as it stands now."""
    if not qr.genuine(typed, office.slip_keys()):
        return Verdict(FORGED, f"{code.id} 的验真码不对，是伪造或涂改的：不要放行，请报主管")
    name = records.name_of(code.id[:2])
    if name not in OURS:
        return Verdict(FORGED, f"{code.id} 不是放行条或派工单：不要放行")
    kind = records.kind(name)
    try:
        record = office.get(kind, code.id)
    except NotFound:
        return Verdict(UNKNOWN, f"{code.id} 的验真码是真的，但这台电脑里没有这条记录：请先同步台账再验，或打电话问前台")
    return _of_record(office, record, code)


def _of_record(office: Office, record: Record, code: Code) -> Verdict:
    basis, name = office.basis(record.kind), f"{record.kind.zh} {record.id}"
    state = state_zh(record.kind, record.status)
    room = str(record.get("room") or (record.get("place") if record.kind.has("place") else "") or "")
    if code.room != str(record.get("room") or ""):
        return Verdict(EXPIRED, f"{name} 后来更正过房号（现为 {room}），这张是旧的：请到前台重打")
    if ended := ENDED.get(record.status):
        at = f"，{record.closed:%Y-%m-%d %H:%M}" if record.closed else ""
        words = {USED: "已经用过，不能再用", EXPIRED: "已过期，不能再用", VOID: "已作废，不能用"}[ended]
        return Verdict(ended, f"{name} 是真的，但{words}（{state}{at}）")
    if record.kind.name == "pass":
        if record.status in NOT_ISSUED:
            return Verdict(NOT_YET, f"{name} 是真的，但现为“{state}”，还没有签发：请先问前台")
        window = next((c for c in clocks.read(record, basis) if c.name == "window"), None)
        if window and window.due and window.due < basis.now:
            return Verdict(EXPIRED, f"{name} 是真的，但有效期到 {window.due:%Y-%m-%d %H:%M}，已过期：请到前台重开")
        return _good_pass(record, name, window.due.strftime("，%Y-%m-%d %H:%M 前有效") if window and window.due else "",
                          str(left) if (left := _left(record, basis)) else "")  # fmt: skip
    return Verdict(GENUINE, f"{name} 是真的：{room}，{state}")


def _left(record: Record, basis: object) -> str:
    computed = record.kind.computed_by("left")
    return str(computed.of(record, basis) or "") if computed else ""  # type: ignore[arg-type]


def _good_pass(record: Record, name: str, until: str, left: str) -> Verdict:
    goods = left or "、".join(thing_zh(thing) for thing in record.get("goods") or ())
    rest = "还没放行的：" if left else ""
    return Verdict(GENUINE, f"{name} 是真的：{record['room']} {record['carrier']}，{rest}{goods}{until}")


VERBS = (
    Verb("verify", "验真", verify, (), "[CODE]", frozenset(), "验放行条、派工单上的二维码：真、已用、过期、作废、伪造"),
)
