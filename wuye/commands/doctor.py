"""`wuye doctor`: the machine, git, the calendar and what was left lying about; it proposes and never repairs."""

from __future__ import annotations

from collections.abc import Iterator

from wuye import clocks, pinyin, yamlio
from wuye.call import Call, Verb
from wuye.office import Office
from wuye.sheet import Column, Sheet
from wuye.wanted import Wanted

OK, ADVICE, FAULT = "ok", "advice", "fault"
STATES = {OK: "正常", ADVICE: "建议", FAULT: "故障"}
Line = tuple[str, str, str]


def run(call: Call) -> Sheet:
    """Every finding; exit code 0 whatever was found."""
    call.no_words()
    office = call.asked
    lines = [*_machine(office), *_git(office), *_leftovers(office), *_calendar(office), *_records(office)]
    rows = tuple({"what": what, "state": state, "advice": words} for what, state, words in lines)
    columns = (Column("what", "项目"), Column("state", "情况", STATES.__getitem__), Column("advice", "说明", wide=True))
    return Sheet("wuye.doctor", columns, rows, office.now, "体检")


def _machine(office: Office) -> Iterator[Line]:
    if yamlio.LIBYAML:
        yield "YAML", OK, "用的是 libyaml"
    else:
        yield "YAML", FAULT, "没有 libyaml，读写会很慢：请重新安装 PyYAML 的二进制包"
    if not pinyin.installed():
        yield "拼音", ADVICE, "没有安装 pypinyin，wuye find 不能用拼音找姓名：需要时请安装扩展 office"
    if loose := office.store.loose_modes():
        yield "权限", ADVICE, f"别的账号能读到 {loose[0]} 等 {len(loose)} 处：请运行 chmod -R go-rwx ."
    else:
        yield "权限", OK, "只有本账号能读"
    newest = office.newest()
    if newest and newest > office.now:
        yield "时钟", FAULT, f"电脑时间比最新记录 {newest:%Y-%m-%d %H:%M} 早：请核对电脑时间"
    else:
        yield "时钟", OK, f"{office.now:%Y-%m-%d %H:%M}"


def _git(office: Office) -> Iterator[Line]:
    if not office.git.available():
        yield "git", ADVICE, "没有安装 git：记录照常保存，但没有历史；请安装 git"
    elif not office.git.is_repository():
        yield "git", ADVICE, "这个文件夹不是 git 仓库：没有历史；请在这里运行 git init"
    else:
        yield "git", OK, "每次写入都有一次提交"
        if paths := office.git.uncommitted():
            yield "未提交", ADVICE, f"{paths[0]} 等 {len(paths)} 个文件还没有提交：下一次登记会一起提交"


def _leftovers(office: Office) -> Iterator[Line]:
    for what, words in office.store.leftovers():
        yield what, ADVICE, words


def _calendar(office: Office) -> Iterator[Line]:
    calendar = office.settings.desk.calendar
    year = office.now.year
    for one in (year, year + 1):
        if one not in calendar.published:
            advice = ADVICE if one == year or office.now.month == 12 else OK
            words = f"{one} 年放假安排没有收录（版本 {calendar.edition}），按普通周末计：公布后请升级"
            yield "日历", advice, words
    if year in calendar.published:
        yield "日历", OK, f"{year} 年放假安排已收录（版本 {calendar.edition}）"


def _records(office: Office) -> Iterator[Line]:
    loaded, problems = office.select_all(Wanted(waits=True))
    if problems:
        yield "数据", FAULT, f"有 {len(problems)} 处读不懂：请运行 wuye check"
    for kind, records in loaded.items():
        basis = office.basis(kind)
        for record in records:
            for key, (frozen, now) in clocks.differing(record, basis).items():
                words = (
                    f"{record.id} 的 {key} 记为 {frozen:%Y-%m-%d %H:%M}，按现在的日历和规则应为 {now:%Y-%m-%d %H:%M}"
                )
                yield "时限", ADVICE, words


VERB = Verb("doctor", "体检", run, (), "", frozenset(), "检查电脑、git、日历和遗留文件；只提建议，不动手", past=False)
