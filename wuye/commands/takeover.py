"""What a takeover can do besides the common verbs: residents' folders for the units it brings (domain.md 20, S3)."""

from __future__ import annotations

from wuye import changes, records, verbs
from wuye.basis import Basis
from wuye.call import WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Damaged, Problem
from wuye.occupancy import OWNERS, People, building_of, plain_building
from wuye.record import Record
from wuye.sheet import Sheet

KIND, DOCUMENT = records.kind("takeover"), records.kind("document")
OPTIONS = (Opt("building", "只建这一栋的，如 5", metavar="NAME"), Opt("box", "放在哪个柜、哪个盒"))


def folders(call: Call) -> Sheet:
    """A folder in the register of documents for every unit that has none, in one write; the takeover notes it."""
    office = call.office
    if not call.words:
        raise BadInput(Problem("缺少交接编号：如 wuye takeover folders jc1"))
    call.no_words(1)
    who, mistakes = call.heard
    source = office.get(KIND, call.words[0])
    units, people, there = _books(call)
    wanted = plain_building(call.text("building"))
    mine = [u for u in units if not wanted or building_of(u) == wanted]
    if wanted and not mine:
        mistakes.append(Problem(f"房屋台账里没有 {wanted} 栋：请核对 --building，或先登记、导入房屋", field="building"))
    if mistakes:
        raise BadInput(*mistakes)
    today = office.now.date()
    rows = [_row(str(u["room"]), people.names(str(u["room"]), today, OWNERS), call.text("box"))
            for u in mine if u["room"] not in there]  # fmt: skip
    basis = office.basis(DOCUMENT)
    if not rows:
        words = "这些房屋都有业户档案：没有再建\n" if mine else "房屋台账里还没有房屋：请先登记或导入\n"
        return Sheet(f"wuye.{DOCUMENT.name}", (), (), basis.now, DOCUMENT.zh, key="records", words=words)

    def noted(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        return changes.noted(record, "note", who, {"note": f"建业户档案 {len(rows)} 户"}), ()

    done = office.add(DOCUMENT, rows, who, once=call.text("once"), dry_run=call.flag("dry_run"), batch=True,
                      also=[(source, noted)], progress=call.desk.progress)  # fmt: skip
    made = done._replace(records=done.records[: len(rows)])
    return verbs.answer(call, DOCUMENT, made, words=f"已建业户档案 {len(rows)} 户\n")


def _books(call: Call) -> tuple[list[Record], People, set[str]]:
    """The units, the residents, the rooms that have a folder. Raises Damaged: none may be overlooked."""
    found, problems = {}, []
    for name in ("unit", "resident", "document"):
        found[name], wrong = call.office.load(records.kind(name))
        problems += wrong
    if problems:
        raise Damaged(*problems)
    kept = [d for d in found["document"] if d.status in ("filed", "borrowed") and not d.get("of")]
    there = {str(d["room"]) for d in kept if d.get("category") == "resident" and d.get("room")}
    units = sorted((u for u in found["unit"] if not u.void), key=lambda u: str(u["room"]))
    return units, People(found["resident"]), there


def _row(room: str, names: str, box: str) -> dict[str, str]:
    words = {"number": f"业户-{room}", "title": f"{room} 业户档案", "category": "resident", "room": room}
    return words | {name: text for name, text in (("name", names), ("box", box)) if text}


VERBS = (
    Verb("folders", "建业户档案", folders, (*OPTIONS, *WRITES), "ID", frozenset(),
         "给房屋台账里还没有业户档案的每一户建一份，一次完成"),
)  # fmt: skip
