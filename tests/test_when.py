"""Typed times: the table tests/data/when.tsv line by line, its neighbours, and what must be refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import when

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZONE)
ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "data/when.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


class Weekdays:
    """A desk open 09:00 to 18:00, with Monday to Friday as working days."""

    def opening(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)

    def closing(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 18, tzinfo=ZONE)

    def add_working_days(self, day: date, n: int) -> date:
        while n:
            day += timedelta(days=1)
            n -= day.isoweekday() < 6
        return day


DESK = Weekdays()


def read(text: str, direction: str, now: datetime = NOW) -> str:
    try:
        value = when.parse(text, now, direction, DESK)  # type: ignore[arg-type]
    except ValueError as error:
        assert str(error), "a refusal says what is understood"
        assert not str(error).isascii(), f"a clerk cannot read {error}"
        return "refused"
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value.isoformat()


def widen(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text).replace(" ", "\u3000")


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 53
    assert {field for _, field, _ in ROWS} == {"past", "future", "any"}


def test_the_table_is_the_shared_one() -> None:
    shared = Path(__file__).parents[2] / "shared/data/when.tsv"
    if not shared.exists():
        pytest.skip("shared/ does not lie beside the checkout")
    ours = (Path(__file__).parent / "data/when.tsv").read_text("utf-8").split("\n", 1)[1]
    assert ours == shared.read_text("utf-8")


@pytest.mark.parametrize(("typed", "field", "reading"), ROWS)
def test_table(typed: str, field: str, reading: str) -> None:
    assert read(typed, field) == reading
    assert read(widen(typed), field) == reading
    assert read(f"  {typed}\u3000", field) == reading


NEIGHBOURS = """
本日 any 2026-11-22
today any 2026-11-22
Yesterday past 2026-11-21
tomorrow future 2026-11-23
NOW any 2026-11-22T10:00
现在 future 2026-11-22T10:00
刚刚 past 2026-11-22T10:00
今早 past 2026-11-22T08:00
今天早上8点 past 2026-11-22T08:00
今天上午 past 2026-11-22T09:00
今天下午 future 2026-11-22T14:00
今天中午 future 2026-11-22T12:00
明上午10点 future 2026-11-23T10:00
明天9点 future 2026-11-23T09:00
明天14点 future 2026-11-23T14:00
明天12点 future 2026-11-23T12:00
昨晚 past 2026-11-21T20:00
昨夜11点 past 2026-11-21T23:00
昨天_晚上_8点20 past 2026-11-21T20:20
晚上8点20 future 2026-11-22T20:20
晚上八点零五分 future 2026-11-22T20:05
晚上八点零五 future 2026-11-22T20:05
下午三点一刻 future 2026-11-22T15:15
下午3点三刻 future 2026-11-22T15:45
下午3点整 future 2026-11-22T15:00
下午三点钟 future 2026-11-22T15:00
下午3:30 future 2026-11-22T15:30
下午15:30 future 2026-11-22T15:30
傍晚6点 future 2026-11-22T18:00
中午1点 future 2026-11-22T13:00
中午12点半 future 2026-11-22T12:30
下午12点半 future 2026-11-22T12:30
凌晨1点 past 2026-11-22T01:00
明天凌晨两点半 future 2026-11-23T02:30
昨晚12点 past 2026-11-22T00:00
今晚12点 future 2026-11-23T00:00
24:00 future 2026-11-23T00:00
昨天0点 past 2026-11-21T00:00
昨天的下午三点 past 2026-11-21T15:00
昨天，下午三点 past 2026-11-21T15:00
昨天3:05 past 2026-11-21T03:05
11月22日8时30分 past 2026-11-22T08:30
14:30:15 future 2026-11-22T14:30
前天晚上10点 past 2026-11-20T22:00
周日 past 2026-11-22
星期天 future 2026-11-22
礼拜天 any 2026-11-22
周六 any 2026-11-21
星期3 past 2026-11-18
周3_9:00 past 2026-11-18T09:00
周三9:00 past 2026-11-18T09:00
周三9点 past 2026-11-18T09:00
下周一9点 future 2026-11-23T09:00
下周二10点半 future 2026-11-24T10:30
下星期五下午5点 future 2026-11-27T17:00
下个礼拜一 future 2026-11-23
下下周一 future 2026-11-30
上上周五 past 2026-11-06
上周日 past 2026-11-15
这周五 past 2026-11-20
本星期日 any 2026-11-22
两天后 future 2026-11-24
十一天后 future 2026-12-03
二十二天后 future 2026-12-14
一百零五天前 past 2026-08-09
两天后下午3点 future 2026-11-24T15:00
3天前晚上8点 past 2026-11-19T20:00
两天之后 future 2026-11-24
三日内 future 2026-11-25
3天内 future 2026-11-25
三天 future 2026-11-25
两周 future 2026-12-06
一个星期前 past 2026-11-15
两个礼拜后 future 2026-12-06
一个月后 future 2026-12-22
3个月前 past 2026-08-22
半年后 future 2027-05-22
一年后 future 2027-11-22
一个半小时前 past 2026-11-22T08:30
两个半小时后 future 2026-11-22T12:30
半个小时后 future 2026-11-22T10:30
1.5小时前 past 2026-11-22T08:30
1小时20分钟前 past 2026-11-22T08:40
一刻钟前 past 2026-11-22T09:45
十五分钟前 past 2026-11-22T09:45
5分前 past 2026-11-22T09:55
两个钟头以前 past 2026-11-22T08:00
2小时内 future 2026-11-22T12:00
2小时 future 2026-11-22T12:00
一百分钟后 future 2026-11-22T11:40
48小时后 future 2026-11-24T10:00
3个工作日后 future 2026-11-25T18:00
五个工作日内 future 2026-11-27T18:00
3工作日 future 2026-11-25T18:00
+1wd any 2026-11-23T18:00
-3d past 2026-11-19
+2h future 2026-11-22T12:00
-2h past 2026-11-22T08:00
+30min future 2026-11-22T10:30
+1w future 2026-11-29
+1m future 2026-12-22
＋３ｄ future 2026-11-25
+1d_9:00 future 2026-11-23T09:00
11月5 past 2026-11-05
11月5_14:30 past 2026-11-05T14:30
11月5号下午2点 past 2026-11-05T14:00
11月5日_14:30 past 2026-11-05T14:30
3月1日_9:00 past 2026-03-01T09:00
11月22日 past 2026-11-22
11月22日 future 2026-11-22
11月23日 past 2025-11-23
十一月二十二日十点 past 2026-11-22T10:00
二〇二六年十一月五日 past 2026-11-05
二零二六年十一月五日下午三点 past 2026-11-05T15:00
一九九八年五月一日 past 1998-05-01
去年12月30日 past 2025-12-30
明年1月5号 future 2027-01-05
今年3月1日 past 2026-03-01
2月29日 past 2024-02-29
2月29日 future 2028-02-29
31号 past 2026-10-31
31号 future 2026-12-31
5号 past 2026-11-05
二十三号 future 2026-11-23
二十二号 any 2026-11-22
20号 any 2026-11-20
上个月底 past 2026-10-31
下月底 future 2026-12-31
月底 past 2026-10-31
月末 future 2026-11-30
月初 past 2026-11-01
月初 future 2026-12-01
下个月初 future 2026-12-01
12月底 future 2026-12-31
2027年2月底 future 2027-02-28
年底 future 2026-12-31
年底 past 2025-12-31
今年年底 future 2026-12-31
明年底 future 2027-12-31
2026年底 future 2026-12-31
年初 past 2026-01-01
下下个月3号 future 2027-01-03
上上月3日 past 2026-09-03
11-22 past 2026-11-22
11-23 past 2025-11-23
11/05 past 2026-11-05
12-30_8:30 past 2025-12-30T08:30
2026/11/22 any 2026-11-22
2026.11.22 any 2026-11-22
2026－11－5 past 2026-11-05
2026–11–05 past 2026-11-05
2026/11/22_9:30 past 2026-11-22T09:30
20261121_1点 past refused
20261121_13:00 past 2026-11-21T13:00
2026-11-22T09:30 past 2026-11-22T09:30
2026-11-22T09:30:15 past 2026-11-22T09:30
2026-11-22T09:30+08:00 past 2026-11-22T09:30
2026-11-22T01:30Z past 2026-11-22T09:30
2026-11-22T10:30:00+09:00 past 2026-11-22T09:30
2026-11-22（周日） any 2026-11-22
11月22日星期日下午3点 future 2026-11-22T15:00
11月21日（周六）15:00 past 2026-11-21T15:00
"""


@pytest.mark.parametrize("line", [line for line in NEIGHBOURS.splitlines() if line])
def test_neighbours_of_the_table(line: str) -> None:
    typed, field, reading = line.split(" ")
    typed = typed.replace("_", " ")
    assert read(typed, field) == reading
    assert read(widen(typed), field) == reading


REFUSED = """
3日后 20日前 三日之后
3点 8点 3点5 1630 930 十一 11月 2026-11 2026 2026年 今年 去年今天 上周 下周 周末 上周末 下个月 半天前
半天后 半个月后 一个半月后 三五天后 两三天后 十五六天后 一百五天后 几天后 2十号 3月二十5号 大概三点
三点左右 三点多 晚一点 早点 差五分八点 马上 尽快 有空时 @3 星期八 周8 0号 13月1日 0月1号 11月31日
2026-02-29 2026-13-01 20260230 20261 1899-12-31 2200-01-01 9999-12-31 0000-00-00 25:00 24:30 24:01
14:60 14:5 1:2 9.30 8.30 11.22 11-22-2026 2026/11-22 11月22日周六 2026-11-22(周一) 2026-11-22(
上午3点 下午0点 早上12点 凌晨9点 昨天凌晨 昨天半夜 今晚1点 昨晚2点 半夜3点 下午24点 晚上0点 中午9点
上午14:30 9999个月后 99999天后 2026年前 2026年后 26年11月5日 3d 0个工作日 +0wd -3wd 3个工作日前 +4wh
4wh +d +3 3 30分 三号五 5号3 11月5日前 月底前 下周五前 今年5号 明年下月5号 周三周四 今天昨天
2026-11-22T25:00+08:00 2026-11-22T09:30+99:00 2026-W47-7 11月22日14:30Z 两周三天后 ٢٢号 ٣天后 ①天后
14:30_15:30 9999周前
"""


@pytest.mark.parametrize("typed", REFUSED.split())
@pytest.mark.parametrize("field", ["past", "future", "any"])
def test_refused(typed: str, field: str) -> None:
    assert read(typed.replace("_", " "), field) == "refused"


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "三天", "2小时", "周三", "10号", "5月22日"])
def test_refused_where_direction_leaves_it_open(typed: str) -> None:
    assert read(typed, "any") == "refused"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("14:30", "past"), ("今天下午", "past"), ("9:59", "future"), ("今早", "future"), ("三天前", "future"),
        ("3天后", "past"), ("两小时后", "past"), ("+1min", "past"), ("下周一", "past"), ("上周五", "future"),
        ("三个工作日", "past"), ("2027-01-01", "past"), ("2026-11-21", "future"), ("11月22日15:00", "past"),
        ("2026-11-22T10:01+08:00", "past"), ("三天内", "past"),
    ],
)  # fmt: skip
def test_the_wrong_side_of_now_is_refused(typed: str, field: str) -> None:
    assert read(typed, field) == "refused"
    assert read(typed, "any") != "refused" or typed == "三天内"


def test_this_very_minute_fits_both_fields() -> None:
    late_in_the_minute = NOW.replace(second=40)
    assert read("10:00", "past", late_in_the_minute) == read("10:00", "future", late_in_the_minute)


def test_a_refusal_says_what_is_read_or_understood() -> None:
    def said(typed: str, field: str) -> str:
        with pytest.raises(ValueError) as error:
            when.parse(typed, NOW, field, DESK)  # type: ignore[arg-type]
        return str(error.value)

    assert "2026-11-23(周一) 还没有到" in said("明天", "past")
    assert "2026-11-21(周六) 已经过去" in said("昨天", "future")
    assert "昨天下午3点" in said("不晓得", "past")
    assert "+3wd" in said("不晓得", "future")
    assert "11-22 或 14:30" in said("1122", "any")
    assert "2 月没有 30 日" in said("2月30日", "any")
    assert "是周日" in said("11月22日周六", "past")
    assert "2026-11-18，也可能是 2026-11-25" in said("周三", "any")
    assert "下午3点 或 03:00" in said("3点", "past")


def test_an_hour_alone_is_read_only_where_the_desk_is_open_in_the_morning() -> None:
    assert read("昨天9点", "past") == "2026-11-21T09:00"
    assert read("昨天8点半", "past") == "refused"
    assert read("昨天8:30", "past") == "2026-11-21T08:30"


def test_a_zone_with_summer_time_counts_elapsed_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 1, 0, tzinfo=berlin)
    later = when.parse("3小时后", now, "future", DESK)
    assert isinstance(later, datetime)
    assert later.astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=3)
    assert later.hour == 3


@pytest.mark.parametrize("year", [1900, 2199])
def test_months_at_the_ends_of_the_calendar(year: int) -> None:
    now = datetime(year, 12 if year > 2000 else 1, 31, 10, tzinfo=ZONE)
    assert read("上个月底", "past", now) == ("refused" if year == 1900 else "2199-11-30")
    assert read("下月底", "future", now) == ("refused" if year == 2199 else "1900-02-28")


MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2198, 12, 31), timezones=st.just(ZONE)).map(
    lambda m: m.replace(microsecond=0)
)
DAYS = st.dates(date(1901, 1, 1), date(2198, 12, 31))


@given(MOMENTS | DAYS)
def test_what_is_read_back_or_stored_is_read_the_same(value: date | datetime) -> None:
    assert when.parse(when.read_back(value), NOW, "any", DESK) == value
    assert when.parse(when.dump(value), NOW, "any", DESK) == value
    assert when.parse_stored(when.dump(value), ZONE) == value
    assert type(when.parse_stored(when.dump(value), ZONE)) is type(value)


@given(MOMENTS, st.sampled_from(ROWS))
def test_at_any_time_a_reading_lies_on_its_side(now: datetime, row: tuple[str, str, str]) -> None:
    try:
        value = when.parse(row[0], now, row[1], DESK)  # type: ignore[arg-type]
    except ValueError:
        return
    moment = value if isinstance(value, datetime) else None
    if row[1] == "past":
        assert (moment or now) <= now and (moment or value) <= (now if moment else now.date())
    if row[1] == "future":
        assert (moment or now) >= now.replace(second=0) and (moment or value) >= (
            now.replace(second=0) if moment else now.date()
        )


WORDS = st.lists(
    st.sampled_from([*"0123456789一二三十百半上下前后周月日号年天点", *"时分刻晚早底初今明-/:+. @T", "星期", "工作日"]),
    max_size=12,
).map("".join)


@given(WORDS | st.text(max_size=12), st.sampled_from(["past", "future", "any"]))
def test_anything_is_understood_or_refused_in_chinese(text: str, field: str) -> None:
    read(text, field)
    try:
        first, last = when.period(text, NOW.date())
    except ValueError as error:
        assert not str(error).isascii()
    else:
        assert first <= last


def test_a_day_alone_is_the_start_or_the_end_of_desk_hours() -> None:
    day = date(2026, 11, 22)
    assert when.as_moment(day, "past", DESK) == NOW.replace(hour=9)
    assert when.as_moment(day, "any", DESK) == NOW.replace(hour=9)
    assert when.as_moment(day, "future", DESK) == NOW.replace(hour=18)
    assert when.as_moment(NOW, "future", DESK) == NOW
    early = NOW.replace(hour=7)
    assert when.as_moment(day, "past", DESK, now=early) == early
    assert when.as_moment(day, "past", DESK, now=NOW) == NOW.replace(hour=9)


def test_read_back() -> None:
    assert when.read_back(datetime(2026, 11, 21, 15, tzinfo=ZONE)) == "2026-11-21(周六) 15:00"
    assert when.read_back(datetime(2026, 11, 21, 15, 0, 7, tzinfo=ZONE)) == "2026-11-21(周六) 15:00:07"
    assert when.read_back(date(2026, 11, 22)) == "2026-11-22(周日)"


def test_stored_times() -> None:
    assert when.dump(datetime(2026, 11, 22, 9, 5, tzinfo=ZONE)) == "2026-11-22T09:05+08:00"
    assert when.dump(datetime(2026, 11, 22, 9, 5, 3, tzinfo=ZONE)) == "2026-11-22T09:05:03+08:00"
    assert when.parse_stored("2026-11-22T01:05Z", ZONE) == datetime(2026, 11, 22, 9, 5, tzinfo=ZONE)
    assert when.dump(when.parse_stored("2026-11-22T01:05:00+00:00", ZONE)) == "2026-11-22T09:05+08:00"
    with pytest.raises(ValueError):
        when.dump(datetime(2026, 11, 22))


@pytest.mark.parametrize(
    "text",
    ["", "2026", "20261122", "2026-W47-7", "2026-11-31", "2026-11-22T09:05", "2026-11-22 09:05+08:00",
     "2026-11-22T24:00+08:00", "2026-11-22T09:05:00.5+08:00", "2026-11-22T09+08:00", "0001-01-01T00:00+14:00",
     "２０２６-11-22", "2026-11-22T0905+08:00", "2026-11-22T09:05+0800", "2026-11-22T25:05+08:00", "昨天"],
)  # fmt: skip
def test_stored_times_are_read_strictly(text: str) -> None:
    with pytest.raises(ValueError, match="写法不对"):
        when.parse_stored(text, ZONE)


PERIODS = """
2026-11 2026-11-01 2026-11-30
2026/2 2026-02-01 2026-02-28
2024年2月 2024-02-01 2024-02-29
2026年11月 2026-11-01 2026-11-30
二〇二六年十一月 2026-11-01 2026-11-30
２０２６－１１ 2026-11-01 2026-11-30
2026 2026-01-01 2026-12-31
2026年 2026-01-01 2026-12-31
2026-11-22 2026-11-22 2026-11-22
20261122 2026-11-22 2026-11-22
11-05 2026-11-05 2026-11-05
周三 2026-11-18 2026-11-18
今天 2026-11-22 2026-11-22
昨天 2026-11-21 2026-11-21
明天 2026-11-23 2026-11-23
today 2026-11-22 2026-11-22
本周 2026-11-16 2026-11-22
这周 2026-11-16 2026-11-22
上周 2026-11-09 2026-11-15
上个星期 2026-11-09 2026-11-15
上上周 2026-11-02 2026-11-08
下周 2026-11-23 2026-11-29
本月 2026-11-01 2026-11-30
这个月 2026-11-01 2026-11-30
上月 2026-10-01 2026-10-31
上个月 2026-10-01 2026-10-31
下月 2026-12-01 2026-12-31
11月 2026-11-01 2026-11-30
去年12月 2025-12-01 2025-12-31
今年 2026-01-01 2026-12-31
本年 2026-01-01 2026-12-31
去年 2025-01-01 2025-12-31
本季度 2026-10-01 2026-12-31
上季度 2026-07-01 2026-09-30
上个季度 2026-07-01 2026-09-30
2026年第三季度 2026-07-01 2026-09-30
2026Q3 2026-07-01 2026-09-30
2026-q1 2026-01-01 2026-03-31
三季度 2026-07-01 2026-09-30
上半年 2026-01-01 2026-06-30
2025年下半年 2025-07-01 2025-12-31
最近7天 2026-11-16 2026-11-22
近三十天 2026-10-24 2026-11-22
2026-11-01..2026-11-15 2026-11-01 2026-11-15
11-01至11-15 2026-11-01 2026-11-15
2026-09至2026-10 2026-09-01 2026-10-31
11月1日到昨天 2026-11-01 2026-11-21
2026-11-01至今 2026-11-01 2026-11-22
all 0001-01-01 9999-12-31
全部 0001-01-01 9999-12-31
"""


@pytest.mark.parametrize("line", [line for line in PERIODS.splitlines() if line])
def test_periods(line: str) -> None:
    typed, first, last = line.split(" ")
    assert when.period(typed, NOW.date()) == (date.fromisoformat(first), date.fromisoformat(last))
    assert when.period(widen(typed), NOW.date()) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "typed",
    ["", "1122", "2026-13", "2026-00", "202611", "12月", "9999", "0000", "周末", "昨天下午", "最近0天",
     "第五季度", "2026Q5",
     "2026-11-15..2026-11-01", "2026-11-01..", "a..b", "..", "1..2..3", "几天", "@3"],
)  # fmt: skip
def test_periods_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        when.period(typed, NOW.date())
