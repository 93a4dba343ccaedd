"""The language of `list --where`: every example of its page, every operator by type, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import story
from conftest import Said
from hypothesis import given, settings
from hypothesis import strategies as st
from story import COMPLAINT, VISITOR, Story, at

from wuye import changes, records, terms, where
from wuye.basis import Computed
from wuye.changes import Who
from wuye.conditions import Condition
from wuye.errors import BadInput
from wuye.fields import Field, Unreadable
from wuye.flow import Flow, State
from wuye.listed import GOODS, several
from wuye.record import Entry, Record
from wuye.schema import Kind, Slip
from wuye.values import AREA, COUNT, FLAG, MEMO, MONEY, PHONE, SPAN, TEXT, Typing, moment
from wuye.workdays import Span

NOW = "2026-11-22 10:00"
PAGE = (Path(__file__).parent.parent / "docs" / "where.md").read_text("utf-8")
KINDS = [records.kind(row[0]) for row in records.KINDS]


def parse(text: str, kind: Kind = COMPLAINT) -> Condition:
    return where.parse(text, kind, Typing(at(NOW), story.DESK))


def fits(text: str, record: Record) -> bool:
    return parse(text, record.kind).fits(record, story.basis(NOW, record.kind))


def mistakes(text: str, kind: Kind = COMPLAINT) -> list[tuple[int, str]]:
    """What is complained of, each with its column."""
    with pytest.raises(BadInput) as caught:
        parse(text, kind)
    for problem in caught.value.problems:
        assert problem.field == "where" and problem.message.startswith("--where")
        assert "请" in problem.message, problem.message
    return [(p.column, p.message) for p in caught.value.problems]


# --- the page


def the_page_complaints() -> dict[str, Record]:
    """The complaints of docs/where.md, by their names there."""
    first = Story().add("2026-11-20 10:00", text="厨房顶部漏水", phone="13800138000", channel="来电", people="2")
    first.do("judge", "2026-11-20 10:10", nature="有效", cause="一类", subject="工程维修")
    first.do("assign", "2026-11-20 10:20", department="工程部").do("respond", "2026-11-20 11:00", said="已派人")
    second = Story().add(
        "2026-11-21 09:30", room="5-1-302", text="消防通道被占", reporter="陈先生", channel="网络", subject="安保",
        may_publish="是",
    )  # fmt: skip
    third = Story().add("2026-11-16 15:00", room="", place="东门", text="路灯不亮", reporter="刘女士", subject="设备")
    third.do("judge", "2026-11-16 15:10", nature="求助", cause="一类")
    third.do("assign", "2026-11-16 15:20", department="工程部").do("respond", "2026-11-16 15:30")
    third.do("handle", "2026-11-17 09:00", result="换灯")
    third.record = changes.stepped(
        third.record, COMPLAINT.flow.step("follow-up"), changes.Heard({"satisfaction": "satisfied"}),
        Who("张伟", None, at("2026-11-18 09:00")), third.basis("2026-11-18 09:00"), {},
    )  # fmt: skip
    third.do("close", "2026-11-18 09:10")
    fourth = Story().add(
        "2026-10-30 08:40", room="3-1-501", text="半夜装修（电钻）扰民", reporter="赵女士", subject="噪音", people="12"
    )
    who = Who("李静", None, at("2026-11-02 09:00"))
    fourth.record = changes.noted(fourth.record, "note", who, {"note": "业委会已知"})
    fifth = Story().add("2026-11-22 09:00", text="又漏水了", phone="13800138000", channel="来电")
    fifth.do("void", "2026-11-22 09:10", reason="重复")
    return {str(n): s.record for n, s in enumerate((first, second, third, fourth, fifth), 1)}


def the_page_visitors() -> dict[str, Record]:
    zhao = Story(VISITOR).add("2026-11-22 09:00", name="赵先生", stay="30min", plate="粤B12345")
    qian = Story(VISITOR).add("2026-11-22 09:30", name="钱女士")
    return {"赵先生": zhao.record, "钱女士": qian.record}


COMPLAINTS, VISITORS = the_page_complaints(), the_page_visitors()
EXAMPLES = re.findall(r"^\| `(.+?)` \| (.*?) ?\| [^|]+ \|$", PAGE, re.MULTILINE)


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 30
    assert len(EXAMPLES) == PAGE.split("## 例子")[1].count("\n| `")


@pytest.mark.parametrize(("text", "found"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_every_example_finds_what_the_page_says(text: str, found: str) -> None:
    among = VISITORS if found.strip("、") in ("赵先生", "钱女士") else COMPLAINTS
    assert "、".join(name for name, record in among.items() if fits(text, record)) == found


def test_every_word_that_the_page_lists_compares() -> None:
    """The table of operators: each word read alone, and as what its row says."""
    table = PAGE.split("| 比较 | 可以写成 |")[1].split("\n\n")[0]
    rows = {
        "等于": "共同投诉人数{}3", "不等于": "共同投诉人数{}3", "小于、早于": "共同投诉人数{}3",
        "不大于、不晚于": "共同投诉人数{}3", "大于、晚于": "共同投诉人数{}3", "不小于、不早于": "共同投诉人数{}3",
        "含有文字": "内容{}漏", "不含文字": "内容{}漏", "几个里的一个": "类别{}(保洁)", "没有填": "电话{}",
        "填了": "电话{}",
    }  # fmt: skip
    seen = 0
    for head, words in re.findall(r"^\| (\S+) \| (.+) \|$", table, re.MULTILINE):
        if head == "---":
            continue
        spelled = re.findall(r"`(.+?)`", words.split("，反过来")[0])
        parsed = [parse(rows[head].format(f" {w} " if w.isascii() else w)) for w in spelled]
        assert all(one == parsed[0] for one in parsed), (head, spelled)
        seen += len(spelled)
        for opposite in re.findall(r"`(.+?)`", words.partition("，反过来")[2]):
            assert parse(rows[head].format(f" {opposite} ")).node == where.Not(parsed[0].node)
    assert seen >= 40


# --- every operator by type

SIGNS: dict[str, tuple[str, ...]] = {
    "=": ("=", " == ", "＝", "是", " is "), "!=": ("≠", "!=", "！＝", "不是"), "<": ("<", "＜", "小于"),
    "<=": ("<=", "≤", "＜＝", "不超过"), ">": (">", "＞", "大于"), ">=": (">=", "≥", "不小于"),
}  # fmt: skip


def kind_of(*fields: Field, computed: tuple[Computed, ...] = ()) -> Kind:
    flow = Flow((State("begun", "开始"),), ())
    return Kind(
        name="thing", prefix="TH", zh="东西", fields=fields, flow=flow, columns=("id",),
        slip=Slip("", (), ()), example={},
        computed=computed,
    )  # fmt: skip


def thing(kind: Kind, log: Sequence[dict[str, Any]] = (), **values: Any) -> Record:
    moment = at("2026-11-20 10:00")
    entries = tuple(Entry(moment, "add", "李静", None, entry) for entry in (log or ({},)))
    return Record(kind, "TH-20261120-001", "begun", moment, moment, values, log=entries)


@pytest.mark.parametrize(
    ("text", "true_of", "false_of"),
    [
        ("数 = 3", [3], [2, None]),
        ("数 != 3", [2, None], [3]),
        ("数 < 3", [2, 0], [3, 4, None]),
        ("数 <= 3", [2, 3], [4, None]),
        ("数 > 3", [4], [3, None]),
        ("数 >= 3", [3, 4], [2, None]),
        ("数 属于 (1、3)", [1, 3], [2, None]),
        ("数 不属于 (1、3)", [2, None], [1, 3]),
        ("数 为空", [None, Unreadable("三")], [0, 3]),
        ("有数", [0, 3], [None, Unreadable("三")]),
        ("不 数 < 3", [3, None], [2]),
    ],
)
def test_counts(text: str, true_of: list[Any], false_of: list[Any]) -> None:
    kind = kind_of(Field("number", COUNT, "数"))
    assert [fits(text, thing(kind, number=n)) for n in true_of] == [True] * len(true_of)
    assert [fits(text, thing(kind, number=n)) for n in false_of] == [False] * len(false_of)


def test_flags() -> None:
    kind = kind_of(Field("seen", FLAG, "看过"))
    yes, no, unknown = thing(kind, seen=True), thing(kind, seen=False), thing(kind)
    expected = {
        "看过": (True, False, False), "不 看过": (False, True, True), "看过=是": (True, False, False),
        "看过 = no": (False, True, False), "看过≠否": (True, False, True), "有看过": (True, False, False),
        "没有看过": (False, True, True), "看过 为空": (False, False, True), "看过 不为空": (True, True, False),
    }  # fmt: skip
    assert {text: tuple(fits(text, r) for r in (yes, no, unknown)) for text in expected} == expected


def test_spans_go_by_their_length() -> None:
    kind = kind_of(Field("stay", SPAN, "停留"))
    hour, day = thing(kind, stay=Span(60, "min")), thing(kind, stay=Span(1, "d"))
    assert fits("停留 = 1h", hour) and not fits("停留 < 1h", hour) and fits("停留 <= 1小时", hour)
    assert fits("停留 = 24h", day) and fits("停留 > 23h", day) and not fits("停留 > 24小时", day)
    assert fits("停留 < 30h", day) and fits("停留 = 1d", thing(kind, stay=Span(1, "wd")))
    assert not fits("停留 > 1h", thing(kind)) and not fits("停留 < 1h", thing(kind))


BEFORE, IN, AFTER, NEVER = {"<", "<=", "!="}, {"=", "<=", ">="}, {">", ">=", "!="}, {"!="}


@pytest.mark.parametrize(
    ("value", "typed", "side"),
    [
        (at("2026-11-19 23:59"), "11-20", BEFORE),
        (at("2026-11-20 00:00"), "11-20", IN),
        (at("2026-11-20 23:59"), "11-20", IN),
        (at("2026-11-21 00:00"), "11-20", AFTER),
        (date(2026, 11, 19), "11-20", BEFORE),
        (date(2026, 11, 20), "11-20", IN),
        (date(2026, 11, 21), "11-20", AFTER),
        (None, "11-20", NEVER),
        (Unreadable("前天"), "11-20", NEVER),
        (at("2026-11-20 09:59"), "2026-11-20 10:00", BEFORE),
        (at("2026-11-20 10:00"), "2026-11-20 10:00", IN),
        (at("2026-11-20 10:00") + timedelta(seconds=59), "2026-11-20 10:00", IN),
        (at("2026-11-20 10:01"), "2026-11-20 10:00", AFTER),
        (date(2026, 11, 20), "2026-11-20 10:00", BEFORE),
        (at("2026-11-15 23:59"), "本周", BEFORE),
        (at("2026-11-16 00:00"), "本周", IN),
        (at("2026-11-22 23:59"), "本周", IN),
        (at("2026-11-23 00:00"), "本周", AFTER),
        (date(2025, 12, 31), "2026", BEFORE),
        (date(2026, 12, 31), "2026", IN),
        (date(2026, 2, 28), "2026-02", IN),
        (date(2026, 3, 2), "3月1日至4月1日", IN),
        (at("2026-11-22 08:00"), "2小时前", IN),
    ],
)
def test_times_against_days_moments_and_periods(value: Any, typed: str, side: set[str]) -> None:
    """A day or a period is a stretch: a time lies before it begins, within it, or after it ends."""
    record = thing(kind_of(Field("seen", moment("past"), "看到")), seen=value)
    assert {sign for sign in SIGNS if fits(f"看到 {sign} {typed}", record)} == side


def test_a_period_may_be_open_to_neither_side() -> None:
    for words in ("all", "全部", "今天至all"):
        assert "全部时间" in mistakes(f"受理时间 = {words}")[0][1]


def test_choices_of_either_name_and_only_levels_in_order() -> None:
    hot = COMPLAINTS["2"]
    for text in ("级别=热点", "level=hot", "级别 属于 (一般、hot)", "级别>一般", "级别<major", "级别<=热点"):
        assert fits(text, hot), text
    for text in ("级别=一般", "级别>热点", "级别<热点", "级别≠热点"):
        assert not fits(text, hot), text
    assert fits("渠道=网络", hot) and fits("渠道=web", hot) and fits("CHANNEL = Web", hot)
    assert "没有大小先后" in mistakes("渠道 > 网络")[0][1]
    assert "没有大小先后" in mistakes("状态 >= 已判定")[0][1]
    assert "可选：recorded(已登记)" in mistakes("状态 = 办完")[0][1]


def test_labels_that_hold_brackets_can_be_typed_as_shown() -> None:
    for text in ("原因分类=一类（物业服务）", "原因分类 属于（一类（物业服务）、三类）", "原因分类=“一类（物业服务）”"):
        assert fits(text, COMPLAINTS["1"]) and not fits(text, COMPLAINTS["2"])


def test_rooms_phones_and_plates_are_put_in_order_first() -> None:
    first = COMPLAINTS["1"]
    assert fits("房号 = ３栋２单元１２０１", first) and not fits("房号 = 3-2-1202", first)
    assert fits("电话 = +86 13800138000".replace("+86 ", "+86-"), first)
    assert fits("房号 不含 5-", first) and fits("电话 属于 (13900139000, 13800138000)", first)
    assert "不是完整的房号" in mistakes("房号=1201")[0][1]
    assert parse("房号=3栋2单元1201").said == ("3栋2单元1201 = 3-2-1201",)
    with pytest.raises(BadInput, match="房屋台账里没有“9-9-999”"):
        where.parse("房号=9-9-999", COMPLAINT, Typing(at(NOW), story.DESK, frozenset({"3-2-1201"})))


def test_numbers_in_full_or_by_their_tail() -> None:
    first = COMPLAINTS["1"]
    for text in ("编号=TS-20261120-001", "编号=1", "编号=ts1", "编号=1120-1", "id in (2, 1)", "编号 含 20261120"):
        assert fits(text, first), text
    for text in ("编号=2", "编号=fk1", "编号=1121-1", "编号≠1"):
        assert not fits(text, first), text
    assert "不是编号" in mistakes("编号=甲")[0][1]
    assert "没有大小先后" in mistakes("编号 > 1")[0][1]
    again = replace(first, values={**first.values, "repeats": "TS-20261101-004"})
    assert fits("重复投诉=ts4", again) and fits("repeats = 1101-4", again) and not fits("重复投诉=3", again)


def test_texts_by_width_and_case() -> None:
    kind = kind_of(Field("words", MEMO, "话"))
    record = thing(kind, words="三楼：ＡＢＣ公司（总部）")
    for text in ("话 含 abc", "话 含 三楼：", "话 含 三楼:", "话含“：ａｂｃ”", "话 含 公司（总部）", "话 不含 xyz"):
        assert fits(text, record), text
    for text in ("话 含 'abc'", "话 含 “三楼:”", "话 = 三楼", "话 不含 总部"):
        assert not fits(text, record), text
    assert fits("话 = 三楼:ABC公司(总部)", record) and not fits("话 = '三楼:ABC公司(总部)'", record)


# --- values that are lists, and those of the log


def test_a_list_fits_where_any_element_does() -> None:
    kind = kind_of(Field("goods", GOODS, "物品"), Field("phones", several(PHONE), "电话", private=True))
    record = thing(
        kind, goods=({"name": "冰箱", "quantity": 1}, {"name": "纸箱", "quantity": 3}), phones=("13800138000", "110")
    )
    for text in ("物品=冰箱", "物品 含 箱", "物品=3", "物品 不含 沙发", "电话=110", "电话=138-0013-8000", "电话≠119",
                 "物品 属于 (沙发、纸箱)"):  # fmt: skip
        assert fits(text, record), text
    for text in ("物品=箱", "物品 含 沙发", "物品≠冰箱", "电话=13900139000", "物品 为空"):
        assert not fits(text, record), text
    assert fits("物品 为空", thing(kind, goods=())) and fits("物品 为空", thing(kind, goods=({"name": ""},)))
    assert "应是一个电话" in mistakes("电话=110、119", kind)[0][1]
    assert "遮住" in mistakes("电话 含 110", kind)[0][1]
    assert "没有大小先后" in mistakes("物品 > 冰箱", kind)[0][1]


def test_amounts_compare_as_numbers() -> None:
    kind = kind_of(Field("fee", MONEY, "费用"), Field("area", AREA, "面积"))
    record = thing(kind, fee=Decimal("1073.16"), area="89.5")
    assert fits("费用 > 1000", record) and fits("费用=￥1,073.16元", record) and not fits("费用 <= 1073.15", record)
    assert fits("面积 > 9", record) and fits("面积=89.50㎡", record) and not fits("面积 < 89.5", record)
    assert "不是文字" in mistakes("费用 含 1", kind)[0][1]


def test_the_log_fits_where_any_entry_does() -> None:
    told = Field("told", PHONE, "告知", private=True, on_log=True)
    kind = kind_of(Field("satisfaction", TEXT, "满意度", on_log=True), told)
    record = thing(kind, log=[{"satisfaction": "不满意"}, {}, {"satisfaction": "满意", "told": "13800138000"}])
    assert fits("满意度=满意", record) and fits("满意度=不满意", record) and fits("满意度 含 意", record)
    assert not fits("满意度≠满意", record) and fits("满意度≠一般", record)
    assert fits("经办=李静", record) and fits("步骤=登记", record) and fits("step = add", record)
    assert fits("告知=13800138000", record) and "遮住" in mistakes("告知 含 1", kind)[0][1]


# --- names


def test_names_by_code_and_label_of_any_width() -> None:
    for text in ("may_sue", "may-sue", "ＭＡＹ＿ＳＵＥ", "可能起诉", "May-Sue = yes", "可能起诉＝是"):
        assert parse(text).node in (parse("may_sue").node, parse("may_sue=yes").node)


def test_the_longest_name_is_meant_and_names_come_before_words() -> None:
    assert parse("原因分类=一类") == parse("cause=class1")
    assert parse("不回访原因 为空") == parse("no_follow_up is empty")
    assert parse("不 不回访原因 为空") == parse("not (no_follow_up is empty)")
    assert parse("需外部专家或其他公司或已起诉") == parse("needs_help or lawsuit")


def test_a_computed_column_comes_before_a_field_of_its_name() -> None:
    """`level` is today's level, not what somebody once set by hand."""
    assert fits("level = hot", COMPLAINTS["2"]) and terms.of_kind(COMPLAINT)["level"].computed


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_every_field_of_every_kind_has_its_name(kind: Kind) -> None:
    known = terms.of_kind(kind)
    for one in (*kind.fields, *kind.computed):
        for word in (one.name, one.name.replace("_", "-"), one.zh):
            parse(f"{word} 为空", kind)
            parse(f"{word}不为空 且 有{word}", kind)
        assert known[one.name].example.startswith(known[one.name].zh)
        if known[one.name].base not in ("room", "plate"):
            where.parse(known[one.name].example, kind, Typing(at(NOW), story.DESK))


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_computed_columns_say_the_type_of_their_values(kind: Kind) -> None:
    """A kind that adds a computed column of numbers, times or flags names its type there."""
    basis = story.basis(NOW, kind)
    heard, problems = changes.hear_new(kind, kind.example, Typing(basis.now, story.DESK), basis)
    assert not problems
    sample = changes.new(kind, f"{kind.prefix}-20261122-001", heard, Who("李静", None, basis.now), basis, {})
    own = [r for r in (*COMPLAINTS.values(), *VISITORS.values()) if r.kind is kind]
    for record in (sample, *own):
        for one in kind.computed:
            value, term = one.of(record, basis), terms.of_kind(kind)[one.name]
            if value is None or value == "":
                continue
            if term.base == "text":
                assert isinstance(value, str | tuple | list), one.name
            elif term.type.choices:
                assert value in dict(term.type.choices), one.name
            elif term.base == "money":
                assert isinstance(value, Decimal), one.name
            elif term.type.name == "quantity":
                assert Decimal(value) >= 0, one.name
            elif term.type.name == "count":
                assert type(value) is int, one.name
            else:
                assert isinstance(value, date if term.is_time else bool), one.name


def test_a_computed_text_is_found_as_kept_and_as_shown() -> None:
    shade = Computed("shade", "色", lambda record, basis: record["number"] and "red", {"red": "红"}.__getitem__)
    kind = kind_of(Field("number", COUNT, "数"), computed=(shade,))
    red, none = thing(kind, number=1), thing(kind)
    assert [fits(text, red) for text in ("色=red", "色=红", "色 含 红", "色", "色=蓝")] == [True] * 4 + [False]
    assert not fits("色", none) and fits("色 为空", none)


# --- how it is put together


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("已起诉 或 可能起诉 且 媒体已介入", "已起诉 或 (可能起诉 且 媒体已介入)"),
        ("已起诉 且 可能起诉 或 媒体已介入", "(已起诉 且 可能起诉) 或 媒体已介入"),
        ("非 已起诉 且 可能起诉", "(非 已起诉) 且 可能起诉"),
        ("非 已起诉 或 可能起诉", "(非 已起诉) 或 可能起诉"),
        ("not not 已起诉", "已起诉"),
        ("非非非已起诉", "not 已起诉"),
        ("不 共同投诉人数 > 3", "not (people > 3)"),
        ("((已起诉))", "lawsuit"),
        ("（已起诉）且（可能起诉）", "(lawsuit) AND (may_sue)"),
        ("已起诉且可能起诉", "lawsuit and may_sue"),
        ("已起诉 并且 可能起诉 而且 媒体已介入", "lawsuit and may_sue and media"),
        ("已起诉或者可能起诉", "lawsuit or may_sue"),
        ("共同投诉人数＞＝３", "people>=3"),
        ("共同投诉人数≥３　且　类别　属于（保洁，绿化）", "people >= 3 and subject in (保洁、绿化)"),
        ("共同投诉人数！＝３", "people <> 3"),
        ("类别 属于 保洁、绿化 且 已起诉", "subject in (cleaning, greening) and lawsuit"),
        ("受理时间 >= 2026-11-20 14:30 且 已起诉", "received >= '2026-11-20 14:30' and lawsuit"),
        ("(受理时间 >= 2026-11-20 14:30)", "received >= “2026-11-20 14:30”"),
        ("电话 非空", "有 电话"),
        ("没有 电话", "not 有电话"),
        ("内容=「漏水」", "内容=『漏水』"),
    ],
)
def test_the_same_condition_in_other_words(text: str, same: str) -> None:
    assert parse(text) == parse(same)


def test_between_quotes_nothing_is_folded_and_anything_may_stand() -> None:
    for text in ("且", "甲 或 乙", "（ａ）", "a=1", "<!>", "“", "，"):
        condition = parse(f"内容 含 '{text}' 且 已起诉")
        assert isinstance(condition.node, where.All)
        assert condition.node.parts[0] == where.Comparison(
            terms.of_kind(COMPLAINT)["text"], "contains", (terms.Words(text, True),)
        )


def test_how_times_were_taken_is_told_once() -> None:
    condition = parse("受理时间 >= 昨天 且 (录入时间 >= 昨天 或 办结时间 = 本月) 且 受理时间 < 2026-11-22")
    assert condition.said == (
        "昨天 = 2026-11-21(周六)",
        "本月 = 2026-11-01(周日) 至 2026-11-30(周一)",
    )
    assert parse("受理时间 < 2026-11-22 14:30").said == ()


# --- mistakes


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "缺少条件"),
        ("   ", 4, "缺少条件"),
        ("壮态=已办结", 1, "投诉没有“壮态”这一项（是不是 状态）"),
        ("stauts = closed", 1, "（是不是 status）"),
        ("级别=重大 且 处理结杲 含 修", 9, "（是不是 处理结果）"),
        ("级别=重打", 4, "级别：没有“重打”这一项"),
        ("级别 =", 5, "“级别 =”后面缺少值"),
        ("级别 = 且 已起诉", 5, "后面缺少值"),
        ("级别 = and 已起诉", 5, "后面缺少值"),
        ("级别", 1, "请写成 级别=一般 这样"),
        ("内容", 1, "请写成 内容 含 文字 这样"),
        ("类别 属于 ()", 6, "后面缺少值"),
        ("类别 属于 (保洁、绿化", 7, "括号没有写完"),
        ("类别 属于 (保洁、绿花)", 11, "没有“绿花”这一项"),
        ("(级别=重大", 1, "请在后面补上 )"),
        ("级别=重大)", 6, "多了一个 )"),
        ("级别=重大 状态=已办结", 7, "请写 且 或 或"),
        ("内容 含 厨房 漏水", 9, "值里有空格"),
        ("内容 含 漏水或渗水", 9, "值里有“且”“或”时请加引号"),
        ("状态=已登记 或 已判定", 10, "几个值里的一个请用 属于"),
        ("内容 含 “漏水", 6, "请在值的后面补上 ”"),
        ("内容 含 ''", 6, "请写 内容 为空"),
        ("“漏水”", 1, "全文查找请用 --text"),
        ("且 已起诉", 1, "缺少条件"),
        ("已起诉 且", 6, "缺少条件"),
        ("已起诉 且 且 可能起诉", 7, "缺少条件"),
        ("= 3", 1, "缺少条件"),
        ("共同投诉人数 = 多", 10, "应是不小于 0 的整数，现为“多”；请改正"),
        ("共同投诉人数 含 3", 1, "不是文字，不能用 含"),
        ("已起诉 > 是", 1, "没有大小先后"),
        ("已起诉 = 也许", 7, "应是 是/否"),
        ("内容 > 3", 1, "没有大小先后"),
        ("受理时间 含 11", 1, "不是文字"),
        ("受理时间 > 前几天", 8, "看不懂时间“前几天”"),
        ("受理时间 = 12月", 8, "是哪一年的"),
        ("受理时间 = 13月5号", 8, "没有 13 月"),
        ("电话 = 1380013800", 6, "手机号应为 11 位"),
        ("电话 含 138", 1, "平时是遮住的"),
        ("电话 > 13800138000", 1, "平时是遮住的"),
        ("电话 不含 138", 1, "平时是遮住的"),
    ],
)  # fmt: skip
def test_one_mistake_with_its_place(text: str, column: int, words: str) -> None:
    found = mistakes(text)
    assert [c for c, _ in found] == [column], found
    assert words in found[0][1]
    if column:
        assert f"第 {column} 字" in found[0][1]


def test_private_parts_cannot_be_found_out_bit_by_bit() -> None:
    assert [c for c, _ in mistakes("证件后四位 含 1", VISITOR)] == [1]
    assert [c for c, _ in mistakes("证件后四位 = 12", VISITOR)] == [9]
    for kind in KINDS:
        for one in kind.fields:
            if one.private:
                for operator in ("含", "不含", "<", "<=", ">", ">="):
                    assert "遮住" in mistakes(f"{one.zh} {operator} 1", kind)[0][1]
                parse(f"{one.zh} 为空", kind)


def test_all_mistakes_at_once() -> None:
    found = mistakes("壮态=已办结 且 级别=重打 或 (电话 含 138 且 类别 属于 (保结、绿花)) 且 人数>3 且 级别")
    assert [c for c, _ in found] == [1, 13, 19, 37, 40, 47, 54]
    found = mistakes("级别=重打 且 壮态 = “没写完")
    assert [c for c, _ in found] == [4, 9, 14]


def test_identity_numbers_and_hidden_characters_are_refused() -> None:
    message = mistakes("内容 含 11010519491231002X")[0][1]
    assert "11010519491231002X" not in message and "身份证号" in message
    assert "看不见的控制字符" in mistakes("内容 含 漏\u202e水")[0][1]


def test_nesting_and_length_have_a_limit() -> None:
    deep = where.DEEPEST
    assert parse("(" * deep + "已起诉" + ")" * deep) == parse("已起诉")
    assert mistakes("(" * (deep + 1) + "已起诉" + ")" * (deep + 1))[0][0] == deep + 1
    assert "套了 20 层以上" in mistakes("（" * 900 + "已起诉")[0][1]
    assert parse("not " * 248 + "已起诉") == parse("已起诉")
    long = "已起诉 或 " * 166 + "已起诉"
    assert len(long) == where.LONGEST - 1 and parse(long)
    assert "太长（1005 字）" in mistakes(long + " 或 已起诉")[0][1]


WORDS = "and or in not 属于 含 为空 没有 昨天".split()
PIECES = st.sampled_from([*terms.of_kind(COMPLAINT), *WORDS, *"且或非不有()（）=≠<>!“”'\"「,、 3"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_any_words_are_understood_or_refused_with_a_place(text: str) -> None:
    try:
        condition = parse(text)
    except BadInput as error:
        for problem in error.problems:
            assert problem.message.startswith("--where") and 0 <= problem.column <= len(text) + 1
    else:
        for record in COMPLAINTS.values():
            assert condition.fits(record, story.basis(NOW)) in (True, False)


# --- random conditions over random records against plain Python

Leaf = tuple[str, Callable[[Record], bool]]
ROOMS, TEXTS = ("3-2-1201", "3-1-501", "5-1-302"), ("厨房漏水", "楼道漏水（三楼）", "Wi-Fi 噪音", "且慢")
CHANNELS = ("web", "phone", "visit")
MOMENTS = [at("2026-11-18 00:00") + timedelta(hours=7 * n) for n in range(16)]
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def compare(sign: str, value: Any, wanted: Any) -> bool:
    if sign == "!=":
        return bool(value is None or value != wanted)
    return value is not None and ORDERS[sign](value, wanted)


@st.composite
def leaves(draw: st.DrawFn) -> Leaf:
    """One comparison as somebody may type it, and what it means."""
    sign = draw(st.sampled_from(list(SIGNS)))
    typed = draw(st.sampled_from(SIGNS[sign]))
    equal = "=" if sign not in ("=", "!=") else sign
    typed_equal = draw(st.sampled_from(SIGNS[equal]))
    which = draw(st.sampled_from(["people", "channel", "room", "text", "flag", "day", "given", "step", "in"]))
    if which == "people":
        n = draw(st.integers(0, 4))
        return f"共同投诉人数{typed}{n}", lambda r: compare(sign, r["people"], n)
    if which == "channel":
        code = draw(st.sampled_from(CHANNELS))
        word = draw(st.sampled_from([code, {"web": "网络", "phone": "来电", "visit": "来访"}[code]]))
        return f"渠道{typed_equal}{word}", lambda r: compare(equal, r["channel"], code)
    if which == "room":
        room = draw(st.sampled_from(ROOMS))
        return f"room {typed_equal} {room}", lambda r: compare(equal, r["room"], room)
    if which == "text":
        part = draw(st.sampled_from(["漏水", "（", "wi-fi", "且", " 噪"]))
        return f"内容 含 '{part}'", lambda r: r["text"] is not None and part in r["text"].lower()
    if which == "flag":
        word, wanted = draw(st.sampled_from([("已起诉", True), ("lawsuit = 是", True), ("已起诉=否", False)]))
        return word, lambda r: r["lawsuit"] is wanted
    if which == "day":
        day = draw(st.sampled_from(MOMENTS)).date()
        return f"受理时间{typed}{day}", lambda r: compare(sign, r.received.date(), day)
    if which == "given":
        name, zh = draw(st.sampled_from([("room", "房号"), ("people", "共同投诉人数"), ("lawsuit", "已起诉")]))
        word = draw(st.sampled_from(["不为空", " is given", " is empty", "为空"]))
        wanted = word in ("不为空", " is given")
        return f"{zh}{word}", lambda r: (r[name] is not None) == wanted
    if which == "step":
        return "步骤=首次响应", lambda r: any(e.step == "respond" for e in r.log)
    codes = draw(st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3))
    words = "、".join(codes)
    return draw(st.sampled_from([f"渠道 属于（{words}）", f"channel in ({words})"])), lambda r: r["channel"] in codes


def joined(parts: list[Leaf], words: str, how: Callable[[Any], bool]) -> Leaf:
    return words.join(text for text, _ in parts), lambda r: how(part(r) for _, part in parts)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Leaf:
    """A condition written with no bracket that its meaning does not ask for, and what it means."""
    either = []
    for _ in range(draw(st.integers(1, 3))):
        every = []
        for _ in range(draw(st.integers(1, 3))):
            text, holds = draw(leaves())
            if depth and draw(st.booleans()):
                inner, holds = draw(conditions(depth - 1))
                text = draw(st.sampled_from(["({})", "（ {} ）"])).format(inner)
            if draw(st.integers(0, 3)) == 0:
                text, holds = draw(st.sampled_from(["not ", "非", "不 "])) + text, (lambda r, h=holds: not h(r))
            every.append((text, holds))
        either.append(joined(every, draw(st.sampled_from([" 且 ", " and ", "且", "　并且 "])), all))
    return joined(either, draw(st.sampled_from([" 或 ", " or ", "或", " 或者　"])), any)


def optional(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, None])


@st.composite
def complaints(draw: st.DrawFn) -> Record:
    values = {
        "people": draw(optional(0, 1, 2, 3, 4)), "channel": draw(optional(*CHANNELS)), "room": draw(optional(*ROOMS)),
        "text": draw(optional(*TEXTS)), "lawsuit": draw(optional(True, False)),
    }  # fmt: skip
    received = draw(st.sampled_from(MOMENTS))
    log = [Entry(received, "add", "李静")]
    log += [Entry(received, "respond", "李静")] if draw(st.booleans()) else []
    kept = {name: value for name, value in values.items() if value is not None}
    return Record(COMPLAINT, "TS-20261120-001", "recorded", received, received, kept, log=tuple(log))


@settings(max_examples=100, deadline=None)
@given(conditions(), st.lists(complaints(), min_size=1, max_size=4))
def test_conditions_mean_what_plain_python_means(condition: Leaf, found: list[Record]) -> None:
    text, holds = condition
    if len(text) > where.LONGEST:
        return
    read, basis = parse(text), story.basis(NOW)
    assert [read.fits(r, basis) for r in found] == [holds(r) for r in found], text


# --- at the desk


def test_where_goes_with_the_other_filters(kept: Callable[..., Said]) -> None:
    said = kept("ts", "list", "--where", "内容 含 件", "-o", "json")
    assert [r["text"] for r in said.records] == ["第二件", "第一件"]
    said = kept("ts", "list", "--where", "内容=第一件 或 内容=十月的事", "--sort", "received", "-q")
    assert said.out.split() == ["TS-20261015-001", "TS-20261122-001"]
    assert "只列 2026-10 和 2026-11 两个月" in said.err
    assert kept("ts", "list", "--where", "受理时间=10月", "--since", "2026-11-01", "-q").out == ""
    said = kept("ts", "list", "--where", "内容 含 没有的", "-o", "json")
    assert (said.code, said.records) == (0, [])


def test_its_mistakes_are_told_with_the_others(wuye: Callable[..., Said]) -> None:
    said = wuye("ts", "list", "--limit", "x", "--where", "壮态=1 且 级别=2", "--status", "什么")
    assert said.code == 2 and said.out == ""
    assert [line.split("：")[1][:8] for line in said.err.splitlines()] == [
        "--limit ", "--status", "--where ", "--where ",
    ]  # fmt: skip
    said = wuye("ts", "list", "--where", "", "-o", "json")
    assert said.code == 2 and said.json["error"]["problems"][0]["column"] == 1


