"""`wuye vault`: full document numbers, encrypted outside the office; typed at a prompt or on stdin, never as a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from wuye import identity, vault
from wuye.call import WRITES, Call, Opt, Verb
from wuye.commands.print import kind_of
from wuye.errors import BadInput, NotFound, Problem, Refused
from wuye.number import parse
from wuye.personal import vaulted
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.typed import scan
from wuye.values import ID_TYPE, Typing
from wuye.vault import Kept, Vault
from wuye.workdays import Span

LONGEST = 60
OPTIONS = (
    Opt("minutes", f"unlock：开多少分钟（不写为 10，最多 {LONGEST}）", metavar="N"),
    Opt("older", "list、forget：存了多久以上的，如 180d、6m、1y", metavar="SPAN"),
    Opt("type", "add：证件类型，如 身份证（默认）、护照"),
    Opt("barred", "add：列入不得入内名单，写明原因", metavar="REASON"),
    Opt("reason", "show：查看原因（记入查阅日志）"),
    *(one for one in WRITES if one.name in ("dry_run", "yes")),
)
COLUMNS = (Column("record", "编号"), Column("day", "存入日期"), Column("barred", "不得入内"), Column("name", "条目"))


def run(call: Call) -> Sheet:
    """One of the actions; whatever it is, keys whose time is over are removed first."""
    words = call.need_words(f"动作：{'、'.join(ACTIONS)}")
    if any(identity.find(word) for word in (*words, *map(str, call.given.values()))):
        words_ = "证件号码不要写在命令里（会留在命令历史里）：请去掉它重做，程序会另外问；并清掉这条命令历史"
        raise BadInput(Problem(words_, field="words"))
    action = next((name for name, (zh, _) in ACTIONS.items() if words[0] in (name, zh)), "")
    if not action:
        raise BadInput(f"没有“{words[0]}”这个动作；可用：{'、'.join(ACTIONS)}")
    box = vaulted.of(call)
    if box.there:
        box.keys(call.office.now)
    return ACTIONS[action][1](call, box, words[1:])


def _said(call: Call, words: str, *notes: str, **more: Any) -> Sheet:
    return Sheet("wuye.vault", COLUMNS, (), call.office.now, words=f"{words}\n", notes=notes, more=more)


def _init(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    typed = call.desk.hidden("新的口令")
    if call.desk.terminal and call.desk.hidden("同一个口令再输一次") != typed:
        raise BadInput("两次输入的口令不同：没有建；请重做")
    box.init(typed)
    return _said(call, f"已建保险库 {box.folder}", "口令忘了就打不开：请写下来锁在别处；并定期运行 wuye vault backup")


def _add(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    """Keep the number of a record's document."""
    box.need()
    record = _record(call, words)
    kind = ID_TYPE.parse(call.text("type") or record.get("id_type") or "idcard", _typing(call))
    barred = call.text("barred")
    if problem := scan(barred, "--barred", "原因"):
        raise BadInput(problem)
    number = vault.number_of(call.desk.hidden("证件号码"))
    if kind == "idcard" and not identity.valid(number):
        raise BadInput("不是有效的身份证号（18 位，末位校验不符）：请照证件重新输入；别的证件用 --type 写明")
    tail = record.get("id_tail")
    if tail and tail != number[-4:]:
        raise BadInput(f"与 {record.id} 登记的证件后四位不同：请核对证件，或先更正记录")
    notes: list[str] = []
    if keys := box.keys(call.office.now):
        notes = [_earlier(call, *one) for one in box.match(number, keys)]
    payload = {"number": number, "type": kind, "record": record.id, "by": call.who.by,
               "at": call.office.now.isoformat(), "barred": barred}  # fmt: skip
    name = box.add(record.id, call.office.now.date(), payload)
    return _said(call, f"已存入保险库：{record.id}", *notes, entry=name, record=record.id)


def _typing(call: Call) -> Typing:
    return call.office.typing


def _record(call: Call, words: tuple[str, ...]) -> Record:
    """The record that an entry belongs to. Raises BadInput, NotFound."""
    if len(words) != 1:
        raise BadInput("请写一条记录的编号，如 wuye vault add FK-20261122-003；证件号码程序会另外问")
    return call.office.get(kind_of(words[0]), words[0])


def _show(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    """The full numbers of a record; who looked and why is written into the access log first."""
    if not call.text("reason"):
        raise BadInput(Problem("看完整号码须写明原因：请用 --reason 给出", field="reason"))
    if call.text("out"):
        raise BadInput(Problem("完整证件号不写到文件里：请去掉 --out，抄在该用的地方", field="out"))
    keys = box.need_keys(call.office.now)
    found = _named(call, box, words)
    call.log_reveal(list(dict.fromkeys(one.record for one in found)))
    rows = []
    for one in found:
        told = box.read(one.name, keys)
        shown = {n: told.get(n, "") for n in ("number", "by", "at", "barred")}
        rows.append({**_row(one), **shown, "type": ID_TYPE.show(told.get("type", ""))})
    columns = (Column("record", "编号"), Column("type", "证件"), Column("number", "号码"), Column("by", "谁存的"),
               Column("at", "何时"), Column("barred", "不得入内"))  # fmt: skip
    return Sheet("wuye.vault", columns, tuple(rows), call.office.now)


def _match(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    """Whether somebody with this number was here before, or may not come in."""
    keys = box.need_keys(call.office.now)
    number = vault.number_of(call.desk.hidden("证件号码"))
    found = box.match(number, keys)
    said = [_earlier(call, *one) for one in found]
    box.remember(number, said, keys)
    rows = tuple({**_row(one), "barred": told.get("barred", ""), "said": words}
                 for (one, told), words in zip(found, said, strict=True))  # fmt: skip
    columns = (Column("record", "编号"), Column("said", "说明", wide=True))
    return Sheet("wuye.vault", columns, rows, call.office.now, empty="保险库里没有这个号码")


def _earlier(call: Call, one: Kept, told: dict[str, str]) -> str:
    """`曾登记为 FK-20261122-003（2026-11-22）`, and that he may not come in."""
    words = f"曾登记为 {one.record}（{one.day}）"
    return f"{words}；列入不得入内名单：{told['barred']}" if told.get("barred") else words


def _list(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    """What is kept, told by the names of the files: nothing is opened."""
    box.need()
    found = _named(call, box, words) if words or call.text("older") else box.entries()
    return Sheet("wuye.vault", COLUMNS, tuple(map(_row, found)), call.office.now, empty="保险库里没有条目")


def _row(one: Kept) -> dict[str, Any]:
    return {"record": one.record, "day": one.day, "barred": one.barred, "name": one.name}


def _named(call: Call, box: Vault, words: tuple[str, ...]) -> list[Kept]:
    """The entries that words name (a record's number, an entry's name) and that are old enough. Raises NotFound."""
    found = box.entries()
    if words:
        wanted = {str(call.office.number(kind_of(w), w)) if parse(w) is None and "." not in w else w for w in words}
        found = [one for one in found if {one.record, one.name} & wanted]
        if not found:
            raise NotFound(f"保险库里没有 {'、'.join(words)} 的条目：请用 wuye vault list 查看")
    elif not call.text("older"):
        raise BadInput("请写记录编号，或用 --older 写明存了多久以上的")
    if text := call.text("older"):
        found = vaulted.older(call, found, _span(text))
    return found


def _span(text: str) -> Span:
    try:
        return Span.parse(text)
    except ValueError as error:
        raise BadInput(Problem(f"--older：{error}", field="older")) from error


def _unlock(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    box.need()
    text = call.text("minutes") or "10"
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LONGEST):
        raise BadInput(Problem(f"--minutes 应是 1 到 {LONGEST} 的整数，现为“{text}”", field="minutes"))
    until = call.office.now + timedelta(minutes=int(text))
    box.unlock(call.desk.hidden("口令"), until)
    return _said(call, f"保险库已打开，到 {until:%H:%M} 自动锁上；离开请先运行 wuye vault lock", until=until)


def _lock(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    return _said(call, "保险库已锁上" if box.lock() else "保险库本来就锁着")


def _forget(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    """Delete entries by record, name or age."""
    box.need()
    found = _named(call, box, words)
    rows = tuple(map(_row, found))
    if call.flag("dry_run"):
        return Sheet("wuye.vault", COLUMNS, rows, call.office.now, notes=("试运行：没有删除",), empty="没有到期的条目")
    if found and not call.flag("yes"):
        if not call.desk.terminal:
            words_ = f"要从保险库删去 {len(found)} 个条目：先用 --dry-run 看，确要删请加 --yes"
            raise BadInput(Problem(words_, field="yes"))
        if not call.desk.confirm(f"从保险库删去 {len(found)} 个条目？"):
            raise Refused("没有删除：保险库没有变；要删请重做并确认")
    box.forget([one.name for one in found])
    note = ("没有删到：早先的备份（wuye vault backup 的文件）里还有，请一并换新、销毁旧的",) if found else ()
    return Sheet("wuye.vault", COLUMNS, rows, call.office.now, title=f"已删去 {len(found)} 个条目", headed=bool(found),
                 notes=note, empty="没有要删的条目")  # fmt: skip


def _backup(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    from wuye import outside

    box.need()
    if len(words) != 1:
        raise BadInput("请写备份到哪个文件，如 wuye vault backup /media/u/保险库.age")
    target = Path(words[0])
    if target.exists():
        raise BadInput(f"{target} 已经有了：请换个文件名")
    vault.folder_for(call.office.root, "", {"WUYE_VAULT": str(target.absolute().parent)})
    outside.write(target, [box.backup(call.desk.hidden("口令"))])
    return _said(call, f"已备份 {len(box.entries())} 个条目到 {target}（同一个口令加密）")


def _restore(call: Call, box: Vault, words: tuple[str, ...]) -> Sheet:
    from wuye import outside

    if len(words) != 1:
        raise BadInput("请写备份文件，如 wuye vault restore /media/u/保险库.age")
    count = box.restore(outside.read(words[0]), call.desk.hidden("口令"))
    return _said(call, f"已恢复保险库 {box.folder}：{count} 个条目")


ACTIONS: dict[str, tuple[str, Callable[[Call, Vault, tuple[str, ...]], Sheet]]] = {
    "init": ("新建", _init), "add": ("存入", _add), "show": ("查看", _show), "match": ("比对", _match),
    "list": ("列出", _list), "unlock": ("打开", _unlock), "lock": ("锁上", _lock), "forget": ("删除", _forget),
    "backup": ("备份", _backup), "restore": ("恢复", _restore),
}  # fmt: skip
VERB = Verb(
    "vault", "保险库", run, OPTIONS, f"{'|'.join(ACTIONS)} [ID|FILE]", frozenset(),
    "完整证件号单独加密存放；号码和口令在提示后输入或走标准输入，不写在命令里",
)  # fmt: skip
