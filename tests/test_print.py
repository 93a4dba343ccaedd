"""Every form of the desk on paper: nothing written in a field changes it, nothing overflows, nothing vanishes (43)."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played, run_wuye
from looking import look, sizes

from wuye import browser, printing, records, stationery
from wuye.demands import Demand, Line
from wuye.fields import Field
from wuye.office import Office
from wuye.printing import Print
from wuye.record import Entry, Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet
from wuye.stationery import ANSWER, DEBTORS, FORMS, LEDGER, SLIP, Form
from wuye.values import Type
from wuye.workdays import Span

Wuye = Callable[..., Said]
A4, A5, WIDE = (210, 297), (210, 148), (297, 210)
NASTY = "=1+1<b>&\"'𠮷䶮\u202e\x1b{{7*7}}<script>x()</script><img src=x>"
SHOWN = NASTY.replace("\u202e", "�").replace("\x1b", "�")
PLAIN = "字" * len(NASTY)
LONG = 3000


def test_every_form_of_the_trade_is_there() -> None:
    named = (
        "来访登记表 来电来访登记表 工作信息记录本 前台交接班记录本 前台值班日志 投诉记录 客户诉求处理表 专题报告 "
        "报修单 派工单 服务记录单 放行条 收费通知单 催款通知单 催收记录 收据 票据领用情况表 业主(住户)资料卡 "
        "商品房交接验收记录单 委托银行代收款协议书 钥匙借用登记表 客户委托钥匙登记表 车位服务协议书 智能卡月度盘点表 "
        "内部协调单 不合格单 月材料需用表 月材料消耗表 房屋台账 空置房台账 收支台账 满意度调查表 排班表"
    ).split()
    assert len(named) == 33 and {stationery.find(name).name for name in named} <= {form.name for form in FORMS}
    assert len({form.name for form in FORMS}) == len({form.zh for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_names_real_things(form: Form) -> None:
    kind = records.kind(form.kind)
    heads = {"id", "status", "received", "recorded", "closed"}
    for name in (*form.rows, *form.only):
        assert kind.has(name) or kind.computed_by(name) or name in heads, name
    for name, value in form.only.items():
        codes = [state.name for state in kind.flow.states] if name == "status" else dict(kind[name].type.choices)
        assert value in codes
    if form.how == ANSWER:
        from wuye import commands

        assert form.verb in commands.of_kind(kind)


# --- a record with something in every field


def _value(one: Type, words: str, long: str) -> Any:
    """A value of a type; text where it takes text."""
    name = one.name
    if one.cells:
        return ({cell.name: _value(cell.type, words, words) for cell in one.cells},) * 2
    if name.startswith("several:"):
        part = one.name.removeprefix("several:")
        return (words,) if part not in ("money", "count") else (1,)
    if one.choices and not one.open:
        return one.choices[0][0]
    if name == "memo":
        return long
    known = {"money": Decimal("1234.50"), "difference": Decimal("-1.00"), "count": 3, "flag": True, "area": "89.50",
             "quantity": "12.5", "span": Span(2, "h"), "day": date(2026, 11, 20), "month": "2026-11",
             "room": "3-2-1201"}  # fmt: skip
    found = next((value for key, value in known.items() if name.split("-")[0].split(":")[0] == key), None)
    if found is not None and not name.startswith("day-or"):
        return found
    return date(2026, 11, 20) if name.startswith("day") else None if name.startswith("moment") else words


def full(kind: Kind, form: Form, basis: Any, text: str) -> Record:
    """A record of the kind with a text of its own in every field, each with its name in it."""

    def words(one: Field) -> Any:
        mark = f"{form.name}.{one.name}."
        value = mark + text
        long = (mark + text + "长" * LONG)[: LONG - 3] + "末尾字"
        return basis.now if one.type.name.startswith("moment") else _value(one.type, value, long)

    values = {f.name: words(f) for f in kind.on_record}
    values |= dict(form.only)
    values.pop("status", None)
    steps = [
        Entry(basis.now, step.name, f"by.{text}", values={n: words(kind[n]) for n in step.fields if kind[n].on_log})
        for step in kind.flow.steps
    ]
    status = form.only.get("status", kind.flow.states[0].name)
    log = (Entry(basis.now, "add", "李静"), *steps)
    return Record(kind, f"{kind.prefix}-20261120-001", status, basis.now, basis.now, values, log=log)


def made(office: Office, form: Form, text: str) -> Print:
    """A page of a form with such texts."""
    kind = records.kind(form.kind)
    record = full(kind, form, office.basis(kind), text)
    if form.how == DEBTORS:
        line = Line("ZD-20261101-001", f"{form.name}.item.{text}", text, text, "1.00", "2.00", "3.00", text)
        demand = Demand("3-2-1201", "房号", f"{form.name}.name.{text}", text, (line,) * 3, "3.00", "叁元整")
        return Print("", form.paper, iter([(form.file, {"notice": demand})]))
    if form.how == ANSWER:
        sheet = Sheet("x", (Column("a", text), Column("b", "乙", right=True)),
                      ({"a": f"{form.name}.cell.{text}", "b": "1"},) * 40, office.now)  # fmt: skip
        return Print("", form.paper, printing.answer(form, sheet, "2026-11"))
    if form.how == LEDGER:
        return Print("", form.paper, printing.ledger(office, form, [record] * 3, "2026-11"))
    return Print("", form.paper, printing.slips(office, [(form, record)]))


class Structure(HTMLParser):
    """What a page is made of: elements with their attributes' names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: Counter[tuple[str, ...]] = Counter()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found[tag, *(name for name, _ in attrs)] += 1


@pytest.mark.chromium
@pytest.mark.pdfinfo
@pytest.mark.parametrize(("paper", "size", "width"), [("a4", A4, 700), ("a5", A5, 720), ("wide", WIDE, 1030)])
def test_nothing_in_a_field_changes_a_form(
    office: Path, chromium: Any, monkeypatch: pytest.MonkeyPatch, paper: str, size: tuple[int, int], width: int
) -> None:
    here = Office(office)
    # A receipt's payment is looked up; here its number is as nasty as all else.
    monkeypatch.setattr(printing, "_payment", lambda *told: {})
    forms = [form for form in FORMS if form.paper == paper]
    for form in forms:
        nasty = "".join(printing.text(here, made(here, form, NASTY), "李静"))
        plain = "".join(printing.text(here, made(here, form, PLAIN), "李静"))
        assert Structure(nasty).found == Structure(plain).found, form.name
        assert "style=" not in nasty and "\u202e" not in nasty

    def every() -> Iterator[Any]:
        for form in forms:
            yield from made(here, form, NASTY).making

    seen = look(chromium, office.parent / "f.html", "".join(printing.text(here, Print("", paper, every()), "")), width)
    assert seen.troubles == [] and seen.overflows == []
    assert set(seen.pages) == {size}
    assert "script" not in seen.tags and "img" not in seen.tags
    words = re.sub(r"\s", "", seen.text)
    shown = re.sub(r"\s", "", SHOWN)
    for form in forms:
        if form.how not in (DEBTORS, ANSWER) and form.template in ("slip", "ledger", "handover", "pass", "workorder"):
            kind = records.kind(form.kind)
            for name in form.rows or (kind.columns if form.how == LEDGER else kind.slip.rows):
                one = kind[name] if kind.has(name) else None
                if one and one.type.name in ("text", "name", "memo") and not one.private and name not in form.only:
                    assert f"{form.name}.{name}.{shown}" in words, (form.name, name)
        else:
            assert f"{form.name}." in words and shown in words
    assert words.count("末尾字") >= sum(form.how != ANSWER and form.how != DEBTORS for form in forms) // 3


# --- what is asked for


@played
def passed(wuye: Wuye) -> Wuye:
    """An office with a pass that is issued, and the desk's complaint."""
    more = ("--relation", "业主", "--phone", "13800138000")
    assert wuye("pass", "add", "3-2-1201", "王女士", "冰箱x1,纸箱x3", *more).code == 0
    assert wuye("pass", "confirm", "fx1").code == 0 and wuye("pass", "issue", "fx1").code == 0
    return wuye


def test_a_record_is_text_in_a_pipe_and_a_page_in_a_file(passed: Wuye, office: Path) -> None:
    plain = passed("print", "fx1")
    assert plain.out.startswith("翠湖花园\n物品放行条") and "138****8000" in plain.out
    assert passed("print", "fx1", "--text").out == plain.out
    assert passed("print", "fx1", "--out", "slip.txt").code == 0
    assert (office / "slip.txt").read_text("utf-8") == plain.out
    assert passed("print", "fx1", "--out", "slip.html").code == 0
    page = (office / "slip.html").read_text("utf-8")
    assert page.count("<section") == 3 and page.count("<svg") == 3
    for copy in ("存根联", "业户联", "门岗联", "138****8000"):
        assert copy in page
    assert "13800138000" not in page


def test_private_values_are_shown_with_a_reason_and_logged(passed: Wuye, office: Path) -> None:
    assert passed("print", "fx1", "--reveal", "-o", "html").code == 2
    page = passed("print", "fx1", "-o", "html", "--reveal", "--reason", "门岗核对").out
    assert "13800138000" in page
    assert "门岗核对" in (office / "log" / "access-2026-11.jsonl").read_text("utf-8")
    listed = passed("print", "--form", "放行条台账", "--reveal", "--reason", "核对").out
    assert "FX-20261122-001" in listed


def test_on_a_terminal_the_browser_opens_the_page(passed: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    from wuye import cli

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda where: opened.append(where) or len(opened) < 2)
    desk = cli._desk()._replace(terminal=True)
    monkeypatch.setattr(cli, "_desk", lambda: desk)
    said = passed("print", "fx1")
    kept = office / ".wuye" / "print" / "FX-20261122-001.html"
    assert said.out == f"已在浏览器打开：{kept}\n" and opened == [kept.as_uri()]
    assert kept.stat().st_mode & 0o077 == 0 and not list(kept.parent.glob("*.tmp"))
    assert "请自己打开" in passed("print", "fx1").out


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_a_pdf_has_the_paper_of_each_form(passed: Wuye, office: Path) -> None:
    assert passed("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    said = passed("print", "fx1", "ts1", "--out", "both.pdf")
    assert (said.code, said.out, said.err) == (0, "", "已写到 both.pdf\n")
    assert sizes(office / "both.pdf") == [A5, A5, A5, A4]
    assert "已写到 TS-20261122-001.pdf" in passed("print", "ts1", "--pdf").err
    assert passed("print", "ts1", "--pdf", "--out", "x.html").code == 2 and not (office / "x.html").exists()


def test_without_a_browser_no_pdf_is_left(passed: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUYE_BROWSER", "/bin/false")
    said = passed("print", "fx1", "--pdf")
    assert said.code == 74 and "浏览器没有打出 PDF" in said.err and not list(office.glob("*.pdf"))
    monkeypatch.setenv("WUYE_BROWSER", "/nowhere/chrome")
    said = passed("print", "fx1", "--pdf")
    assert said.code == 78 and "WUYE_BROWSER 写的浏览器 /nowhere/chrome 没有" in said.err
    monkeypatch.delenv("WUYE_BROWSER")
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    monkeypatch.setattr(browser, "PLACES", ())
    assert "请装一个" in passed("print", "fx1", "--pdf").err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "缺少编号"), (("--form", "放行"), "没有“放行”这种表格"), (("--form", "放行条"), "请写编号，或 --period"),
        (("--form", "收支台账", "--blank", "2"), "没有空白的"), (("--form", "投诉记录", "--blank", "0"), "1 至 200"),
        (("--form", "投诉台账", "ts1"), "不写编号"), (("--period", "2026-11"), "要和 --form 一起写"),
        (("--form", "投诉台账", "-o", "csv"), "不能用 -o csv"),
        (("--form", "投诉台账", "--period", "不知道"), "看不懂期间"), (("--form", "投诉台账", "--text"), "没有纯文字"),
        (("--form", "催款通知单"), "没有欠费"), (("--form", "收费通知单"), "没有出过账单"),
        (("--form", "放行条", "--period", "2026-01"), "没有要打放行条的记录"),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_said(wuye: Wuye, argv: tuple[str, ...], words: str) -> None:
    said = wuye("print", *argv)
    assert said.code == 2 and words in said.err and said.out == ""


def test_a_form_of_another_kind_is_refused(passed: Wuye) -> None:
    assert "不是投诉，不能打专题报告" in passed("print", "fx1", "--form", "专题报告").err


def test_forms_are_listed(wuye: Wuye) -> None:
    rows = wuye("print", "--forms", "-o", "json").json["rows"]
    told = {row["zh"]: row for row in rows}
    assert told["放行条"]["copies"] == ["存根联", "业户联", "门岗联"] and told["放行条"]["template"] == "pass.html"
    for _, _, zh in records.KINDS:
        assert any(zh in name for name in told) or zh in ("房屋",), zh


# --- ledgers and notices


def test_a_ledger_holds_every_record_of_its_days(wuye: Wuye) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-20"):
        words = ("3-2-1201", f"{day} 的事", "--reporter", "王女士", "--at", f"{day} 10:00")
        assert wuye("complaint", "add", *words).code == 0
    page = wuye("print", "--form", "投诉台账", "--period", "2026-11").out
    assert "2026-11-01 的事" in page and "2026-11-20 的事" in page and "2026-10-31 的事" not in page
    assert "共 2 条" in page and "2026-11-01 至 2026-11-30" in page


def test_damage_is_no_ledger(kept: Wuye, office: Path) -> None:
    file = office / "records/2026-11/complaint.yaml"
    file.write_bytes(file.read_bytes().replace(b"status: recorded", b"status: [a", 1))
    assert kept("print", "--form", "投诉台账", "--period", "2026-11").code == 65


@played
def billed(wuye: Wuye) -> Wuye:
    """Two rooms with bills of November, one of them paid by a tenant, one written off."""
    bill = ("--period-from", "2026-11-01", "--period-until", "2026-11-30", "--due", "2026-11-20")
    for room, item, amount, *more in (
        ("10-1-101", "物业费", "250.60"), ("3-2-1201", "物业费", "100"),
        ("3-2-1201", "水费", "30.05", "--payer-name", "赵租客"),
        ("3-2-1202", "物业费", "7"),
    ):  # fmt: skip
        assert wuye("bill", "add", room, item, amount, *bill, *more, "--yes").code == 0
    assert wuye("bill", "write-off", "zd4", "--reason", "开发商承担").code == 0
    assert wuye("resident", "add", "--name", "王女士", "--room", "10-1-101", "--role", "业主").code == 0
    return wuye


def test_payment_notices_are_a_page_a_debtor(billed: Wuye) -> None:
    page = billed("print", "--form", "收费通知单", "--period", "2026-11").out
    assert page.count("<section") == 2 and page.count("回执") >= 2
    assert page.index("3-2-1201") < page.index("10-1-101"), "buildings in order of their numbers"
    assert "130.05" in page and "壹佰叁拾元零伍分" in page and "赵租客" in page and "王女士" in page
    assert "ZD-20261122-004" not in page
    one = billed("print", "--form", "收费通知单", "--building", "10栋").out
    assert one.count("<section") == 1 and "250.60" in one
    assert billed("print", "--form", "收费通知单", "3栋2单元1201").out.count("<section") == 1
    assert billed("print", "zd1", "-o", "html").out.count("回执") >= 1


def test_dunning_notices_ask_for_what_is_due_and_not_paid(billed: Wuye) -> None:
    assert billed("payment", "add", "3-2-1201", "100", "--way", "现金").code == 0
    page = billed("print", "--form", "催款通知单").out
    assert page.count("<section") == 2 and "250.60" in page and "叁拾元零伍分" in page
    assert "停水" not in page and "停电" not in page
    assert billed("print", "--form", "催款通知单", "10-1-101").out.count("<section") == 1


def test_thousands_of_notices_come_in_parts(office: Path) -> None:
    here = Office(office)
    form = stationery.find("催款通知单")
    line = Line("ZD-20261101-001", "物业费", "2026-11", "2026-11-20", "1.00", "", "1.00")
    asked: list[int] = []

    def making() -> Iterator[Any]:
        for number in range(3000):
            asked.append(number)
            yield form.file, {"notice": Demand(f"3-2-{number}", "房号", "", "", (line,), "1.00", "壹元整")}

    parts = printing.text(here, Print("", "a4", making()), "李静")
    longest, total, ahead = 0, 0, 0
    for part in parts:
        longest, total = max(longest, len(part)), total + part.count("<section")
        ahead = max(ahead, len(asked) - total)
    assert total == 3000 and longest < 20_000 and ahead <= 1


# --- blank forms


def test_a_blank_form_has_a_number_that_is_given_once(wuye: Wuye, office: Path) -> None:
    first = wuye("print", "--form", "投诉记录", "--blank", "2").out
    assert "空白-20261122-01" in first and "空白-20261122-02" in first and first.count("<section") == 2
    assert "空白-20261122-03" in wuye("print", "--form", "来访登记表", "--blank", "1").out
    assert wuye("log").out.count("空白表格") == 2
    (office / "wuye.yaml").write_text("format: 1\nname: 翠湖花园\nletter: B\n", "utf-8")
    assert "空白-20261122-B01" in wuye("print", "--form", "投诉记录", "--blank", "1").out


def test_every_form_that_people_fill_in_has_a_blank(office: Path) -> None:
    here = Office(office)
    for form in stationery.every():
        if form.how not in (DEBTORS, ANSWER):
            page = "".join(printing.text(here, Print("", form.paper, printing.blanks(here, form, ["空白-1"])), ""))
            assert page.count("<section") == 1 and "空白-1" in page and "<td" in page, form.name


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_a_blank_slip_of_half_a_sheet_is_one_page(office: Path, chromium: Any) -> None:
    here = Office(office)
    for form in FORMS:
        if form.paper != "a5" or form.how != SLIP:
            continue
        asked = Print("", form.paper, printing.blanks(here, form, ["空白-20261122-01", "空白-20261122-02"]))
        page = "".join(printing.text(here, asked, "李静"))
        assert look(chromium, office.parent / "f.html", page).pages == [A5] * 2, form


def test_a_blank_form_is_entered_once_with_both_times(wuye: Wuye) -> None:
    wuye("print", "--form", "投诉记录", "--blank", "2")
    entered = ("complaint", "add", "3-2-1201", "停电时的事", "--reporter", "王女士", "--at", "2026-11-22 08:00")
    said = wuye(*entered, "--blank", "空白－20261122－01", "-o", "json")
    assert said.code == 0, said.err
    record = said.records[0]
    assert record["received"] == "2026-11-22T08:00+08:00" and record["recorded"] == "2026-11-22T10:00+08:00"
    assert record["blank"] == "空白-20261122-01"
    again = wuye(*entered[:3], "又一件", *entered[4:], "--blank", "空白-20261122-01")
    assert again.code == 1 and "已补录，是 TS-20261122-001" in again.err
    assert "没有发过" in wuye(*entered[:3], "又一件", *entered[4:], "--blank", "空白-20261122-03").err
    assert "应是纸上印的" in wuye(*entered[:3], "又一件", *entered[4:], "--blank", "第一张").err
    assert wuye("check").out == ""


def test_a_log_that_cannot_be_read_gives_no_number(wuye: Wuye, office: Path) -> None:
    wuye("print", "--form", "投诉记录", "--blank", "1")
    (office / "log" / "blanks-2026-11.jsonl").write_text("{}\n", "utf-8")
    assert wuye("print", "--form", "投诉记录", "--blank", "1").code == 65


# --- an office's own templates


def test_an_office_has_templates_of_its_own(passed: Wuye, office: Path) -> None:
    own = office / "templates"
    own.mkdir()
    (own / "pass.html").write_text("<section class='sheet a5'>本小区：{{ slip.text('carrier') }}</section>", "utf-8")
    page = passed("print", "fx1", "-o", "html").out
    assert "本小区：王女士" in page and "门岗联" not in page
    (own / "pass.html").write_text("{{ slip.nothing }}", "utf-8")
    said = passed("print", "fx1", "-o", "html")
    assert said.code == 78 and "templates/pass.html" in said.err and said.out == ""
    (own / "pass.html").write_text("\n{% if %}", "utf-8")
    said = passed("print", "fx1", "-o", "html")
    assert said.code == 78 and "templates/pass.html" in said.err and "2" in said.err


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_the_stamp_of_a_void_slip_is_on_its_own_page(passed: Wuye, office: Path, chromium: Any) -> None:
    assert passed("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    assert passed("complaint", "add", "3-2-1201", "噪音", "--reporter", "王女士").code == 0
    assert passed("complaint", "void", "ts2", "--reason", "重复").code == 0
    assert passed("print", "ts1", "ts2", "--out", "two.pdf").code == 0
    pages = subprocess.check_output(["pdftotext", office / "two.pdf", "-"], text=True).split("\f")
    assert ["作废" in page.splitlines() for page in pages[:2]] == [False, True]


def test_a_receipt_has_its_amount_in_capitals_and_says_void(wuye: Wuye) -> None:
    assert wuye("receiptbook", "add", "2026-03", "0012301", "0012350").code == 0
    paid = ("1409.50", "--way", "微信", "--payer", "王女士", "--next-receipt")
    assert wuye("payment", "add", "3-2-1201", *paid).code == 0
    page = wuye("print", "pj1", "-o", "html").out
    assert page.count("壹仟肆佰零玖元伍角整") == 3 and "3-2-1201" in page and "微信" in page and "作废</p>" not in page
    assert wuye("receipt", "spoil", "pj1", "--reason", "写错", "--copies", "3", "--yes").code == 0
    assert wuye("print", "pj1", "-o", "html").out.count("作废</p>") == 3


def test_paper_for_money_says_who_took_it_and_what_for(billed: Wuye) -> None:
    assert billed("receiptbook", "add", "2026-03", "0012301", "0012350").code == 0
    assert billed("payment", "add", "10-1-101", "5000", "--way", "现金", "--next-receipt").code == 0
    assert "收款人：李静\n" in billed("print", "sk1").out
    for paper in (billed("print", "pj1").out, billed("print", "pj1", "-o", "html").out):
        assert "物业费 2026-11；预存" in paper, paper
    assert "开票人：李静" in billed("print", "pj1", "-o", "html").out


def test_the_form_is_found_by_its_names() -> None:
    assert stationery.find("pass") == stationery.find("放行条") == stationery.find("放行单")
    assert stationery.find("投诉台账").how == LEDGER and stationery.find("巡查记录").kind == "patrol"
    assert run_wuye(["print", "--form", "x"]).code != 0
