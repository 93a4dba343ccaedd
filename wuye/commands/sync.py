"""`wuye sync`: exchange with the other desks by way of one shared repository (docs/desks.md)."""

from __future__ import annotations

import re
from typing import Any

from wuye import mending, sharing
from wuye.audit import audit
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.sharing import Shared, Sharing
from wuye.sheet import Column, Sheet

MOST = 5
OPTIONS = (
    Opt("remote", "与哪里同步：共用的 git 仓库的路径或地址，说一次就记住", metavar="PATH"),
    Opt("letter", "这台前台自己的字母 A-Y，编号里带上，只记在这台", metavar="LETTER"),
    Opt("mend", "用 git 手工合并没做完的，把它做完", flag=True),
    Opt("keep", "两台都改了、合不拢的文件：以这台的为准，用逗号分开", metavar="FILES"),
)


def run(call: Call) -> Sheet:
    """Commit, fetch, merge, check, push."""
    call.no_words()
    office, who = call.office, call.who
    shared = Sharing(office)
    keep = [part.strip() for part in re.split("[,，、]", call.text("keep")) if part.strip()]
    notes: list[str] = []
    letter = _letter(call)
    if letter:
        shared.annals.need()
        shared.exchange.set_letter(letter)
        notes.append(f"这台的编号从现在起带字母 {letter}")
        if not (call.text("remote") or shared.exchange.address):
            return _sheet(call, Shared(notes=tuple(notes)), f"已记下这台的字母 {letter}\n")
    if call.text("remote"):
        shared.point_at(call.text("remote"))
    mended = None
    if call.flag("mend"):
        mended = mending.mend(office, who, keep)
        notes += mended.notes
        if not shared.exchange.address:
            return _sheet(call, Shared(merged=mended.merged, notes=tuple(notes)), _mended(mended.files))
    done = shared.run(who, keep)
    if mended:
        done = done._replace(merged=(*mended.merged, *done.merged))
    if not (letter or office.settings.letter):
        notes.append("这台还没有自己的字母，两台可能编出相同的编号：请用 wuye sync --letter B 定一个，每台不同")
    said = _mended(mended.files) if mended else ""
    return _sheet(call, done._replace(notes=(*notes, *done.notes)), said + _said(done))


def _letter(call: Call) -> str:
    words = fold(call.text("letter")).strip().upper()
    if words and not re.fullmatch("[A-Y]", words):
        raise BadInput(Problem(f"--letter 应是一个字母 A-Y，现为“{words}”（Z 留给合并）", field="letter"))
    return words


def _mended(files: tuple[str, ...]) -> str:
    return f"没做完的合并已做完：{'、'.join(files[:MOST]) or '没有冲突的文件'}\n"


def _said(done: Shared) -> str:
    if done.offline:
        return f"连不上别的前台（{done.offline}）：这台的记录都已保存，连上后再 wuye sync\n"
    if not (done.received or done.sent):
        return "已是最新：没有要收的，也没有要发的\n"
    return f"已同步：收到 {done.received} 次操作，发出 {done.sent} 次\n"


def _sheet(call: Call, done: Shared, words: str) -> Sheet:
    """The answer, with what somebody has to look at now."""
    contested = sharing.contested(done.merged)
    anew = {old: new for one in done.merged for old, new in one.renumbered.items()}
    notes = [*done.notes]
    words_ = "{0} 两台各登记了一条：后登记的改为 {1}；写着 {0} 的单据和关联请核对，看过后 wuye settle {0} 甲"
    notes += [words_.format(old, new) for old, new in anew.items()]
    if contested:
        more = f" 等 {len(contested)} 条" if len(contested) > MOST else ""
        notes.append(f"两台说法不一：{'、'.join(contested[:MOST])}{more}；请用 wuye settle 查看并定下")
    if done.received:
        problems = audit(call.office)
        others = [p for p in problems if not any(p.message.startswith(name) for name in contested)]
        if others:
            notes.append(f"检查：有 {len(others)} 处问题，如 {others[0]}；请运行 wuye check")
    row: dict[str, Any] = {
        "received": done.received, "sent": done.sent, "offline": done.offline, "contested": list(contested),
        "renumbered": anew,
    }  # fmt: skip
    columns = (Column("received", "收到"), Column("sent", "发出"), Column("contested", "说法不一"))
    return Sheet("wuye.sync", columns, (row,), call.office.now, "同步", words=words, notes=tuple(dict.fromkeys(notes)))


VERB = Verb(
    "sync", "同步", run, OPTIONS, "", frozenset(), "与别的前台交换记录：提交、取来、合并、检查、发出", past=False,
)  # fmt: skip
