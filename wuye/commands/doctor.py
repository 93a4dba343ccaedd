"""`wuye doctor`: the machine, git, the calendar and what was left lying about; it proposes and never repairs.

Asked with `--restore` it puts the version of a file that git holds in its place, and keeps the present one beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from wuye import clocks, manifest, mislaid, pinyin, traces, verbatim, yamlio
from wuye.annals import Annals
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Damaged, Problem
from wuye.exchange import Exchange
from wuye.office import Office
from wuye.personal import sweep, vaulted
from wuye.settings import FILE
from wuye.sheet import Column, Sheet
from wuye.wanted import Wanted

OK, ADVICE, FAULT = "ok", "advice", "fault"
STATES = {OK: "正常", ADVICE: "建议", FAULT: "故障"}
Line = tuple[str, str, str]
MOST = 20


HISTORY = Opt("history", "连 git 历史一起查：各处有没有完整的身份证号（历史长时要几分钟）", flag=True)
MOST = 200


def run(call: Call) -> Sheet:
    """Every finding; exit code 0 whatever was found."""
    call.no_words()
    if call.text("restore"):
        return _sheet(call.office, _restored(call))
    if call.text("rev"):
        raise BadInput(Problem("--rev 只和 --restore 一起用：请写明取回哪个文件", field="rev"))
    office = call.asked
    vaulted_ = vaulted.finding(call)
    parts = (_machine, _git, _backup, _leftovers, _calendar, _records, _privacy, _changed)
    lines = list(dict.fromkeys(line for part in parts for line in part(office)))
    lines += [("保险库", ADVICE, vaulted_)] if vaulted_ else []
    lines += _history(call) if call.flag("history") else ()
    return _sheet(office, lines)


def _restored(call: Call) -> list[Line]:
    office, path, rev = call.office, call.text("restore"), call.text("rev") or "HEAD"
    if path == FILE:  # the one file without which nothing else can be asked
        office.go_by(rev)
    told = office.restore(path, rev, call.who)
    if not told:
        return [("取回", OK, f"{path} 与 {rev} 里的相同：没有改动")]
    words = f"{path} 已换成 {rev} 里的" + (f"；原来的留在 {told}，核对后请删去" if told != path else "")
    return [("取回", OK, words)]


def _sheet(office: Office, lines: list[Line]) -> Sheet:
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
        try:
            converted, left = verbatim.converted(office.git), Exchange(office.git).unfinished()
        except Damaged as error:
            yield "git", FAULT, f"{error.problems[0]}"
            return
        yield "git", OK, "每次写入都有一次提交"
        for attribute, paths in converted.items():
            words = "请删去 .gitattributes 或 .git/info/attributes 里的这一项，再改动一次这些文件"
            yield "git", FAULT, f"git 存的 {paths[0]} 等 {len(paths)} 个文件和台账里的会不一样（{attribute}）：{words}"
        if links := verbatim.elsewhere(office.git):
            yield "git", FAULT, f"{links[0]} 等 {len(links)} 处是链接，git 会读写到别处去：请换成普通文件和文件夹"
        if left:
            what = "请运行 wuye sync --mend 把它做完" if left == "MERGE_HEAD" else "请先做完，或用 git 的 --abort 放弃"
            yield "合并", FAULT, f"仓库里有没做完的 git 操作（{left}）：{what}"
        if paths := office.git.uncommitted():
            yield "未提交", ADVICE, f"{paths[0]} 等 {len(paths)} 个文件还没有提交：下一次登记会一起提交"


def _backup(office: Office) -> Iterator[Line]:
    """When the last backup was made and where; a note that cannot be read is none."""
    day, _, place = (office.store.note(manifest.NOTE) or "").partition(" ")
    try:
        age = (office.now.date() - date.fromisoformat(day[:10])).days
    except ValueError:
        yield "备份", ADVICE, "还没有备份过：请运行 wuye backup 文件名，最好存到另一块盘上"
        return
    often = office.basis(rules=manifest.RULES).number("backup.days")
    words = f"最近一次是 {day.replace('T', ' ')}，{place}"
    if age > often:
        yield "备份", ADVICE, f"{words}，已过 {age} 天：请再备份一次（backup.days {often}）"
    else:
        yield "备份", OK, words


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
        for path in dict.fromkeys(p.file for p in problems if p.file):
            if office.git.last_commit(path):
                look = f"git show {office.git.last_commit(path)}:{path}"
                yield "取回", ADVICE, f"{path} 在 git 里有：{look} 看一看，wuye doctor --restore {path} 取回"
    for kind, records in loaded.items():
        basis = office.basis(kind)
        for record in records:
            for key, (frozen, now) in clocks.differing(record, basis).items():
                words = (
                    f"{record.id} 的 {key} 记为 {frozen:%Y-%m-%d %H:%M}，按现在的日历和规则应为 {now:%Y-%m-%d %H:%M}"
                )
                yield "时限", ADVICE, words


def _history(call: Call) -> Iterator[Line]:
    """Full identity-card numbers anywhere in the history: it cannot be cleaned by forgetting."""
    git = call.office.git
    if not git.available() or not git.is_repository():
        yield "历史", ADVICE, "没有 git 历史可查"
        return
    search = traces.Search(git, call.desk.progress)
    found = search.found()
    for one in found[:MOST]:
        yield "历史", FAULT, f"{one.place} 有完整的身份证号 {one.masked}"
    if found:
        more = f"（共 {len(found)} 处，只列 {MOST} 处）" if len(found) > MOST else ""
        yield "历史", ADVICE, f"历史里的号码 forget 删不掉{more}：须重写历史、重新克隆各台电脑，见 docs/privacy.md"
    else:
        yield "历史", OK, f"git 历史的 {search.count} 个对象里没有完整的身份证号"
    if Annals(git).is_shallow():
        yield "历史", ADVICE, "这是浅克隆，更早的历史不在这里：请在完整的那一份上再查"


def _privacy(office: Office) -> Iterator[Line]:
    due = sweep.due(office)
    if due.past:
        words = f"{due.past[0].id} 等 {len(due.past)} 条已过保存期：请先备份再运行 wuye privacy sweep"
        yield "个人资料", ADVICE, words
    if due.back:
        words = f"{due.back[0].id} 等 {len(due.back)} 条里删除过的又被合并带回：请运行 wuye privacy sweep"
        yield "个人资料", FAULT, words


def _changed(office: Office) -> Iterator[Line]:
    """What differs from the last commit and was not written by this program."""
    try:
        pairs = mislaid.differing(office.store, office.git)
    except Damaged as error:
        yield "git", FAULT, f"{error.problems[0]}"
        return
    for problem in mislaid.problems(pairs, office.git.uncommitted()):
        yield "取回", FAULT, f"{problem}"
    hand = list(mislaid.by_hand(pairs, office.git.uncommitted()))
    for path, line, name in hand[:MOST]:
        see = f"git show HEAD:{path} 看提交过的"
        yield "手工改动", ADVICE, f"{path}:{line}：{name or '文件'}在上次提交后改过，不是 wuye 写的：请核对；{see}"
    if len(hand) > MOST:
        yield "手工改动", ADVICE, f"还有 {len(hand) - MOST} 处：请运行 git diff 查看"


VERB = Verb(
    "doctor", "体检", run,
    (
        HISTORY,
        Opt("restore", "从 git 历史取回一个文件；现在的那份留在旁边", metavar="PATH"),
        Opt("rev", "取回哪一次提交的（不写为最近一次）", metavar="REV"),
    ),
    "", frozenset(), "检查电脑、git、日历和遗留文件；只提建议，取回文件要写 --restore",
    past=False,
)  # fmt: skip
