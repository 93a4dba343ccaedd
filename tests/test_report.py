"""The daily and monthly report as pages, and the year as a site: looked at in a real Chromium, nobody named."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, Said, run_wuye
from looking import look, sizes

from wuye import discreet, records
from wuye.discreet import Known
from wuye.office import Office
from wuye.values import NAME, PHONE

Wuye = Callable[..., Said]
A4 = (210, 297)
NASTY = "<script>alert(1)</script>“=1+1” 𠮷䶮 <img src=http://x.invalid/y> {{ 7*7 }} </script>"
NOW = "2026-11-23T08:55+08:00"


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office of two months."""
    root = tmp_path_factory.mktemp("estate") / "office"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WUYE_NOW", NOW)
        said = run_wuye(["demo", str(root), "--units", "60", "--months", "2"])
    assert said.code == 0, said.err
    return root


@pytest.fixture
def demo(estate: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> Wuye:
    """Run a command in a copy of it."""
    shutil.copytree(estate, desk / "demo", symlinks=True)
    monkeypatch.chdir(desk / "demo")
    monkeypatch.setenv("WUYE_NOW", NOW)
    return lambda *argv: run_wuye(list(argv))


def numbers(value: Any, key: str = "") -> set[str]:
    """Every number that a document tells, without those of records."""
    if isinstance(value, dict):
        return {n for k, v in value.items() if "ids" not in k and k not in ("late_minutes",) for n in numbers(v, k)}
    if isinstance(value, list):
        return {n for v in value for n in numbers(v, key)}
    if isinstance(value, bool) or value is None:
        return set()
    return {str(value)} if isinstance(value, int) or re.fullmatch(r"-?\d+(\.\d+)?", str(value)) else set()


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html.partition("<body")[2]))


def people(office: Office) -> tuple[set[str], set[str]]:
    """Every name of three characters that a mask changes, and every phone, of an office."""
    names, phones = set(), set()
    for kind in office.kinds():
        for record in office.load(kind)[0]:
            names |= {one for one in discreet.names(record) if len(one) > 2}
            phones |= {str(record[f.name]) for f in kind.on_record if f.type is PHONE and record[f.name]}
            phones |= {p for f in kind.on_record if f.private and isinstance(record[f.name], tuple)
                       for p in map(str, record[f.name])}  # fmt: skip
    return names, {one for one in phones if len(one) > 6}


# --- the month


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_the_month_is_two_to_four_pages(demo: Wuye, tmp_path: Path, chromium: Any) -> None:
    html = demo("month", "2026-10", "-o", "html").out
    seen = look(chromium, tmp_path / "month.html", html)
    assert seen.troubles == [] and seen.overflows == []
    assert set(seen.pages) == {A4} and 2 <= len(seen.pages) <= 4
    assert "script" not in seen.tags and seen.tags["svg"] >= 6 and seen.tags["pattern"] >= 4
    for words in ("欠费账龄", "最久的延误", "各部门", "重复投诉", "上月", "去年同月", "数据版本：提交 ", "wuye "):
        assert words in seen.text
    cards = seen.text.partition("每日新收")[0]
    assert cards.count("口径：") == 12 == cards.count("去年同月 "), "a definition under every headline figure"


def test_every_number_of_the_answer_is_on_the_page(demo: Wuye) -> None:
    answer = demo("month", "2026-10", "-o", "json").json
    text = plain(demo("month", "2026-10", "-o", "html").out)
    told = {one.replace(",", "") for one in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)}
    counts = [row for row in answer["rows"] if "." not in row["row"]]
    parts = {k: v for k, v in answer.items() if isinstance(v, list) and k not in ("rows", "problems", "by_day")}
    for key, part in {**parts, "rows": counts, "by_day": answer["by_day"]}.items():
        wanted = {one.lstrip("-") for one in numbers(part)}
        assert wanted <= {one.lstrip("-") for one in told}, (key, wanted - told)
    for row in answer["figures"]:
        assert row["this"] is None or row["this"]["shown"].partition("（")[0] in text
        assert row["words"] in text and (row["this"] is None or row["this"]["shown"] in text)
    for row in answer["money"]:
        rate, _, parts = row["this"]["shown"].partition("（")
        assert rate in text and (not parts or f"本月 {parts.rstrip('）')}" in text)


def test_charts_say_what_the_tables_say(demo: Wuye) -> None:
    answer = demo("month", "2026-10", "-o", "json").json
    html = demo("month", "2026-10", "-o", "html").out
    figures = dict(re.findall(r"<figcaption>(.*?)</figcaption>(<svg.*?</svg>)", html))
    said = {name: re.findall(r"<text[^>]*>([^<]*)</text>", svg) for name, svg in figures.items()}
    ages = [f"{float(row['principal']):,.2f}" for row in answer["arrears_by_age"][:-1]]
    assert ages and set(ages) <= set(said["欠费按账龄（本金，元）"])
    for row in answer["departments"]:
        whole = f"共 {row['complaints'] + row['orders']}，超时 {row['complaints_late'] + row['orders_late']}"
        assert whole in said["各部门"] and row["name"] in said["各部门"]
    for name in ("complaint", "workorder"):
        came = sum(row[name] for row in answer["by_day"])
        assert came == next(v["this"] for v in answer["volumes"] if v["row"] == name)
    points = Counter(str(row[name]) for row in answer["by_day"] for name in ("complaint", "workorder"))
    assert not points - Counter(said["每日新收"]), "every point has its number"


def test_the_month_names_nobody(demo: Wuye) -> None:
    names, phones = people(Office(Path.cwd()))
    assert len(names) > 50 and len(phones) > 50
    for argv in (("month", "2026-10"), ("month", "2026-11"), ("day", "2026-11-20")):
        html = demo(*argv, "-o", "html").out
        assert not [one for one in names | phones if one in html], argv
    answer = demo("month", "2026-10", "-o", "json").json
    shown = next(row["place"] for row in answer["delays"] if any(name in row["place"] for name in names))
    room, _, name = shown.partition(" ")
    assert f"{room} {name[:1]}*" in demo("month", "2026-10", "-o", "html").out


def test_whoever_another_record_names_is_masked_too(wuye: Wuye) -> None:
    assert wuye("resident", "add", "王建国", "3-2-1201", "--role", "owner").code == 0
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "司马相如", "--yes").code == 0
    assert wuye("visitor", "add", "--name", "赵先生", "--purpose", "看司马相如", "--unit", "3-2-1201").code == 0
    assert wuye("complaint", "add", "3-2-1202", "司马相如太吵", "--reporter", "孙女士", "--yes").code == 0
    for argv in (("day",), ("month",)):
        html = wuye(*argv, "-o", "html").out
        assert "司马相如" not in html, argv
    assert "看司马**" in wuye("day", "-o", "html").out


def test_who_collects_is_not_named_either(wuye: Wuye) -> None:
    assert wuye("dunning", "add", "--room", "3-2-1201", "--method", "phone", "--collector", "周敏").code == 0
    text = plain(wuye("month", "-o", "html").out)
    assert "周*" in text and "周敏" not in text and "合计" in text


def test_a_month_without_records_shows_no_numbers_and_no_error(wuye: Wuye) -> None:
    said = wuye("month", "2026-03", "-o", "html")
    assert said.code == 0 and "没有遗留，也没有新收" in said.out and "—" in plain(said.out)
    assert not re.search(r"\d%", plain(said.out)) and "数据版本：提交 " in said.out


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_nasty_texts_change_nothing(wuye: Wuye, tmp_path: Path, chromium: Any) -> None:
    assert wuye(*ADD, "漏水").code == 0
    assert wuye(*ADD, "又漏水", "--repeats", "ts1").code == 0
    assert wuye("complaint", "assign", "ts1", "--department", "工程部").code == 0
    calm = look(chromium, tmp_path / "calm.html", wuye("month", "-o", "html").out)
    for number in ("ts1", "ts2"):
        assert wuye("complaint", "edit", number, "--text", NASTY, "--reporter", NASTY, "--place", NASTY).code == 0
    assert wuye("complaint", "assign", "ts1", "--department", NASTY).code == 0
    nasty = look(chromium, tmp_path / "nasty.html", wuye("month", "-o", "html").out)
    assert nasty.troubles == [] and nasty.overflows == []
    assert nasty.tags == calm.tags and "script" not in nasty.tags and "img" not in nasty.tags
    assert "<script>alert(1)</script>" in nasty.text and "{{ 7*7 }}" in nasty.text


def test_the_policy_of_a_report_lets_nothing_in(demo: Wuye) -> None:
    html = unescape(demo("month", "-o", "html").out)
    assert "default-src 'none'" in html and "script-src" not in html and "style=" not in html
    assert not re.search(r"(?:src|href)\s*=", html) and "https:" not in html


def test_an_office_may_lay_out_the_month_itself(wuye: Wuye) -> None:
    Path("templates").mkdir()
    Path("templates/month.html").write_text("自己的：{{ title }} {{ version }}", "utf-8")
    assert wuye("month", "-o", "html").out.startswith("自己的：翠湖花园 月报 2026-11 提交 ")
    Path("templates/month.html").write_text("{{ nothing }}", "utf-8")
    said = wuye("month", "-o", "html")
    assert said.code == 78 and "templates/month.html" in said.err


# --- the day


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_the_day_is_a_page(demo: Wuye, tmp_path: Path, chromium: Any) -> None:
    answer = demo("day", "2026-11-20", "-o", "json").json
    seen = look(chromium, tmp_path / "day.html", demo("day", "2026-11-20", "-o", "html").out)
    assert seen.troubles == [] and seen.overflows == [] and set(seen.pages) == {A4} and len(seen.pages) <= 4
    told = set(re.findall(r"\d+(?:\.\d+)?", seen.text.replace(",", "")))
    assert numbers(answer["rows"]) | numbers(answer["takings"]) <= told
    before = demo("day", "2026-11-19", "-o", "json").json
    new = sum(row["new"] for row in before["rows"] if "." not in row["row"])
    assert f"前一天 {new}" in seen.text


# --- paper


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_the_month_is_printed_as_pdf(demo: Wuye, tmp_path: Path) -> None:
    said = demo("month", "2026-10", "--pdf", str(tmp_path / "a.pdf"))
    assert (said.code, said.out) == (0, f"已写到 {tmp_path / 'a.pdf'}\n")
    assert set(sizes(tmp_path / "a.pdf")) == {A4}


def test_any_answer_is_printed_into_a_file_that_ends_in_pdf(kept: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuye.browser.find", lambda: "browser")
    monkeypatch.setattr("wuye.browser.pdf", lambda page: f"%PDF {''.join(page)}".encode())
    for argv, words in ((("due",), "时限"), (("day",), "前一天"), (("complaint", "list", "-o", "html"), "十月的事")):
        assert kept(*argv, "--out", "a.PDF").code == 0
        text = Path("a.PDF").read_text("utf-8")
        assert text.startswith("%PDF <!doctype html>") and words in text
    assert kept("print", "ts1", "--out", "b.pdf").code == 0 and Path("b.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_no_page_is_no_pdf(wuye: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    for argv in (("month", "-o", "json", "--out", "a.pdf"), ("month", "-o", "json", "--pdf", "a.pdf"),
                 ("month", "--out", "a.pdf", "-q"), ("month", "--out", "a", "--pdf", "a.pdf")):  # fmt: skip
        said = wuye(*argv)
        assert said.code == 2 and "请" in said.err and not Path("a.pdf").exists(), argv
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("WUYE_BROWSER", raising=False)
    said = wuye(*ADD, "漏水", "--out", "a.pdf")
    assert said.code == 78 and "Edge、Chrome 或 Chromium" in said.err
    assert wuye("complaint", "list", "-o", "json").records == [], "told before anything is written"


# --- names


@pytest.mark.parametrize(("whole", "masked"), [
    ("王建国", "王**"), ("李静", "李*"), ("欧阳修远", "欧阳**"), ("王女士", "王女士"), ("周敏、李静", "周*、李*"),
    ("顺丰速运公司", "顺丰速运公司"), ("王", "王"), ("阿卜杜拉·买买提", "阿***"), ("John Smith", "J*** S***"), ("", ""),
    ("王知行", "王**"), ("李建社", "李**"), ("欧阳书院", "欧阳**"), ("保安部", "保安部"), ("新华书店", "新华书店"),
    ("工商银行翠湖支行", "工商银行翠湖支行"),
])  # fmt: skip
def test_a_name_keeps_its_surname_only(whole: str, masked: str) -> None:
    assert discreet.name(whole) == masked


def test_texts_lose_names_phones_and_documents() -> None:
    known = Known(["陶文静", "李静"])
    words = "陶文静说李静不在，电话 138-0013-8000 或 0755-88886666，3.13800138000 元，证件 11010519491231002X"
    said = known.text(words)
    assert said == (
        "陶**说李静不在，电话 138****8000 或 ****-****6666，3.13800138000 元，证件 **************002X"
    ), "two characters may be a word"
    assert discreet.text("李静不在", {"李静"}) == "李*不在", "but not in a record that holds the name"


# --- the site


@pytest.fixture(scope="session")
def site(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's year as a site, on a share with a Chinese name."""
    place = tmp_path_factory.mktemp("share") / "网站"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WUYE_NOW", NOW)
        said = run_wuye(["site", str(place), "--office", str(estate)])
    assert said.code == 0, said.err
    return place


@pytest.mark.chromium
def test_the_site_is_searched_from_a_file_share(demo: Wuye, site: Path, tmp_path: Path, chromium: Any) -> None:
    place = shutil.copytree(site, tmp_path / "共享")
    files = {p.name: p.read_text("utf-8") for p in place.iterdir()}
    names, phones = people(Office(Path.cwd()))
    assert not [(n, one) for n, text in files.items() for one in names | phones if one in text]
    links = {href.partition("#")[0] for text in files.values() for href in re.findall(r'href="([^"]*)"', text)}
    assert links <= set(files) and set(files) - {".wuye-site"} <= links | {"index.html"}
    scripts = [name for name, text in files.items() if "<script" in text]
    assert scripts == ["search.html"] and not any("style=" in text for text in files.values())

    complaint = demo("complaint", "list", "--period", "2026-10", "-o", "json").records[0]
    context = chromium.new_context()
    page, asked = context.new_page(), []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: asked.append(m.text))
    page.on("pageerror", lambda e: asked.append(str(e)))
    page.goto((place / "search.html").as_uri())
    assert "条记录可查" in page.inner_text("#told")
    page.fill("#words", f"{complaint['id'].lower()} {complaint['text'][:4]}")
    assert page.inner_text("#told") == "找到 1 条"
    page.fill("#words", "没有这样的话")
    assert page.inner_text("#told").startswith("没有找到") and page.locator("#hits li").count() == 0
    page.fill("#words", complaint["id"])
    page.click("#hits a")
    assert page.url.endswith(f"complaint-2026-10.html#{complaint['id']}")
    assert complaint["text"] in page.inner_text(f"[id='{complaint['id']}']")
    context.close()
    assert asked == [(place / "search.html").as_uri(), (place / "complaint-2026-10.html").as_uri()], "nothing else"
    for name in ("index.html", "figures.html", "2026-10-days.html"):
        seen = look(chromium, place / name)
        assert seen.troubles == [] and seen.overflows == [], name


def test_a_figure_has_one_value_wherever_it_is_shown(demo: Wuye, site: Path) -> None:
    answer = demo("month", "2026-10", "-o", "json").json
    pages = {name: (site / f"{name}.html").read_text("utf-8") for name in ("index", "figures", "2026-10")}
    row = next(r for r in answer["money"] if r["figure"] == "arrears")
    assert all(row["this"]["shown"] in text for text in pages.values())
    rate = next(r for r in answer["figures"] if r["figure"] == "handling-in-time")["this"]["shown"]
    assert rate in pages["2026-10"] and all(f">{rate.partition('（')[0]}<" in pages[n] for n in ("index", "figures"))
    day = demo("day", "2026-10-15", "-o", "json").json
    told = (site / "2026-10-days.html").read_text("utf-8")
    mine = told.partition('id="2026-10-15"')[2].partition("</section>")[0]
    orders = next(r for r in day["rows"] if r["row"] == "workorder")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", mine.partition("<td>工程单</td>")[2].partition("</tr>")[0])
    assert cells == [str(orders[n]) for n in ("left_over", "new", "reopened", "done", "void", "still_open", "handled",
                                              "overdue")]  # fmt: skip


def test_a_site_replaces_itself_and_nothing_else(wuye: Wuye, tmp_path: Path) -> None:
    place = tmp_path / "s"
    assert wuye(*ADD, "第一件").code == 0 and wuye("site", str(place)).code == 0
    assert "第一件" in (place / "search.html").read_text("utf-8")
    assert wuye(*ADD, "第二件").code == 0 and wuye("site", str(place), "-o", "json").json["path"] == str(place)
    assert "第二件" in (place / "search.html").read_text("utf-8") and [p.name for p in tmp_path.glob(".wuye-*")] == []
    (place / "我的.txt").write_text("x", "utf-8")
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    said = wuye("site", str(place))
    assert said.code == 73 and "我的.txt" in said.err
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").touch()
    (tmp_path / "file").touch()
    for target in ("other", "file", "office", "office/records/s", "."):
        assert wuye("site", str(tmp_path / target)).code == 73, target
    assert wuye("site", str(tmp_path / "x"), "--year", "二零二六").code == 2
    assert wuye("site", str(tmp_path / "x"), "--year", "2027").code == 2 and not (tmp_path / "x").exists()
    assert wuye("site", str(tmp_path / "y"), "--year", "2025").code == 0, "a year without records"


def test_over_damage_no_site_is_written(wuye: Wuye, tmp_path: Path) -> None:
    assert wuye(*ADD, "第一件").code == 0
    path = Path("records/2026-11/complaint.yaml")
    path.write_bytes(path.read_bytes() + b"- id: [\n")
    assert wuye("site", str(tmp_path / "s")).code == 65 and not (tmp_path / "s").exists()


def test_registers_of_people_are_left_out(site: Path) -> None:
    from wuye.commands.site import LEFT_OUT

    there = {p.name for p in site.iterdir()}
    assert "unit.html" in there and not there & {f"{name}.html" for name in LEFT_OUT}
    assert all(any(f.type is NAME for f in records.kind(name).fields) for name in LEFT_OUT)
