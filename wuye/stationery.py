"""The forms that the desk prints: one literal table, the names as the trade knows them (domain.md 43).

`slip` is a page a record, `ledger` a row a record, `answer` what a command says, `debtors` a page a debtor,
`pointer` a page that says where the form is got.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from wuye import records
from wuye.errors import BadInput, Problem
from wuye.schema import Kind
from wuye.typed import nearest

SLIP, LEDGER, ANSWER, DEBTORS, POINTER = "slip", "ledger", "answer", "debtors", "pointer"
HOW_ZH = {SLIP: "一条一张", LEDGER: "期间台账", ANSWER: "期间报表", DEBTORS: "一户一张", POINTER: "说明"}
PAPERS_ZH = {"a4": "A4", "a5": "A5 横", "wide": "A4 横"}
GATE = ("存根联", "业户联", "门岗联")
WORK = ("存根联", "维修联", "业户联")
MONEY = ("存根联", "交款人联", "记账联")
LINES = 14
"""How many empty rows a blank ledger has on a page."""


class Form(NamedTuple):
    """One form: code, Chinese title, whose records fill it, template, paper, copies.

    `rows` are the fields on it, else those of the kind's own slip or list; `signs` who signs, else those of the slip.
    `only` are the values a record must have to belong on it; `verb` the command whose answer it is. One with a `code`
    can be told genuine at the gate; the first slip of a kind is its `print ID`.
    """

    name: str
    zh: str
    kind: str
    how: str = SLIP
    template: str = "slip"
    paper: str = "a4"
    copies: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    only: Mapping[str, str] = MappingProxyType({})
    verb: str = ""
    code: bool = False

    @property
    def file(self) -> str:
        """Its template's file, which an office may have of its own."""
        return f"{self.template}.html"


def _only(**values: str) -> Mapping[str, str]:
    return MappingProxyType(values)


def _ledger(name: str, zh: str, kind: str, rows: tuple[str, ...] = (), only: Mapping[str, str] = _only()) -> Form:
    return Form(name, zh, kind, LEDGER, "ledger", "wide", rows=rows, only=only)


FORMS: tuple[Form, ...] = (
    Form("visit", "来访单", "visitor", paper="a5"),
    _ledger("visits", "来访登记表", "visitor",
            ("entered", "name", "people", "company", "phone", "id_type", "id_tail", "purpose", "unit", "department",
             "host", "plate", "badge", "left")),
    Form("contact", "来电来访记录单", "contact"),
    _ledger("contacts", "来电来访登记表", "contact",
            ("received", "way", "name", "phone", "room", "matter", "text", "answer", "transferred_to", "status")),
    _ledger("workbook", "工作信息记录本", "task"),
    Form("handover", "前台交接班记录本", "handover", template="handover"),
    _ledger("dutylog", "前台值班日志", "dutylog",
            ("received", "matter", "place", "room", "text", "told", "told_at", "result", "on_duty")),
    Form("complaint", "投诉记录", "complaint"),
    Form("request", "客户诉求处理表", "complaint", template="request"),
    Form("report", "专题报告", "complaint", template="report"),
    Form("workorder", "派工单", "workorder", template="workorder", paper="a5", copies=WORK, code=True),
    Form("repair", "报修单", "workorder", paper="a5", signs=("受理人", "报修人"),
         rows=("room", "place", "reporter", "phone", "source", "trade", "urgency", "appointment", "text")),
    Form("service", "服务记录单", "workorder", template="service"),
    Form("pass", "放行条", "pass", template="pass", paper="a5", copies=GATE, code=True),
    Form("payment-notice", "收费通知单", "bill", DEBTORS, "payment-notice"),
    Form("dunning", "催收记录", "dunning"),
    Form("dunning-notice", "催款通知单", "dunning", DEBTORS, "dunning-notice"),
    Form("receipt", "收据", "receipt", template="receipt", paper="a5", copies=MONEY),
    Form("receipt-books", "票据领用情况表", "receiptbook", ANSWER, "ledger", "wide", verb="usage"),
    Form("resident-card", "业主（住户）资料卡", "resident",
         rows=("name", "room", "role", "since", "until", "phones", "id_type", "id_tail", "address", "plates", "pets",
               "emergency_contact", "emergency_phone", "bank", "care")),
    Form("movein", "商品房交接验收记录单", "movein"),
    Form("bank-agreement", "委托银行代收款协议书", "resident", POINTER, "bank-agreement",
         rows=("name", "room", "phones", "bank"), signs=("委托人", "经办人")),
    _ledger("key-loans", "钥匙借用登记表", "keyloan",
            ("received", "key", "room", "whom", "department", "company", "phone", "purpose", "agreed_by", "due_back",
             "status"), _only(type="lend")),
    _ledger("entrusted-keys", "客户委托钥匙登记表", "keyloan",
            ("received", "key", "room", "whom", "phone", "id_type", "id_tail", "purpose", "due_back", "status"),
            _only(type="entrust")),
    Form("parking-agreement", "车位服务协议书", "parking", template="parking-agreement", copies=("客户联", "存档联"),
         signs=("承租人", "授权人", "经办人")),
    Form("card-stocktake", "智能卡月度盘点表", "stocktake", only=_only(what="cards")),
    Form("coordination", "内部协调单", "nonconformity", only=_only(slip="coordination")),
    Form("nonconformity", "不合格单", "nonconformity", only=_only(slip="nonconformity")),
    Form("material-needs", "月材料需用表", "supply", ANSWER, "ledger", "wide", verb="needs"),
    Form("material-used", "月材料消耗表", "supply", ANSWER, "ledger", "wide", verb="used"),
    _ledger("units", "房屋台账", "unit"),
    _ledger("vacant-units", "空置房台账", "unit",
            ("room", "status", "since", "area", "delivered", "responsible", "paid_until", "owed", "remark"),
            _only(status="vacant")),
    Form("income", "收支台账", "monthclose", ANSWER, "ledger", "wide", verb="ledger"),
    Form("survey", "满意度调查表", "survey", template="survey"),
    Form("roster", "排班表", "roster", ANSWER, "ledger", "wide", verb="table"),
)  # fmt: skip
ALIASES = {"业主资料卡": "resident-card", "住户资料卡": "resident-card", "业主(住户)资料卡": "resident-card",
           "放行单": "pass", "物品放行单": "pass", "来访登记单": "visit"}  # fmt: skip
BOOK = "台账"


def ledger_of(kind: Kind) -> Form:
    """The ledger of a kind: its list on paper."""
    return _ledger(f"{kind.name}-ledger", f"{kind.zh}{BOOK}", kind.name)


def slip_of(kind: Kind) -> Form:
    """The form of one record of a kind: the first in the table, else the kind's own slip."""
    own = next((one for one in FORMS if one.kind == kind.name and one.how in (SLIP, DEBTORS) and not one.only), None)
    return own or Form(kind.name, kind.slip.title, kind.name)


def find(word: str) -> Form:
    """The form of that name. Raises BadInput with the nearest name."""
    typed = word.strip()
    typed = ALIASES.get(typed, typed)
    for one in FORMS:
        if typed.lower() == one.name or typed in (one.zh, one.zh.replace("（", "(").replace("）", ")")):
            return one
    for name, _, zh in records.KINDS:
        if typed in (f"{zh}{BOOK}", f"{name}-ledger"):
            return ledger_of(records.kind(name))
    for name, _, _ in records.KINDS:
        if (kind := records.kind(name)).slip.title == typed:
            return slip_of(kind)
    known = [*(one.zh for one in FORMS), *(f"{row[2]}{BOOK}" for row in records.KINDS)]
    words = f"没有“{word}”这种表格{nearest(typed, known, 0.5)}：请用 wuye print --forms 查看"
    raise BadInput(Problem(words, field="form"))


def every() -> Sequence[Form]:
    """Every form there is: those of the table, the own slips of all other kinds, a ledger a kind."""
    kinds = [records.kind(row[0]) for row in records.KINDS]
    named = {one.zh for one in FORMS}
    slips = [slip for kind in kinds if (slip := slip_of(kind)).zh not in named]
    ledgers = [ledger_of(kind) for kind in kinds]
    return (*FORMS, *slips, *(one for one in ledgers if one.zh not in named))
