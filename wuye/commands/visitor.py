"""What visitors can do besides the common verbs: the sweep at the end of the day."""

from __future__ import annotations

from wuye import changes, records, verbs
from wuye.call import WRITES, Call, Verb
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.sheet import Sheet, records_sheet
from wuye.wanted import Wanted


def sweep(call: Call) -> Sheet:
    """Sign out everybody who is still inside, after showing who it is."""
    call.no_words()
    assert call.kind is not None
    kind, office = call.kind, call.office
    found, problems = office.select(kind, Wanted(statuses=("inside",)))
    inside = [r for r in found if r.status == "inside"]
    basis = office.basis(kind)
    if not inside:
        sheet = records_sheet(kind, (), basis, problems=tuple(problems), exit_code=65 if problems else 0)
        return sheet._replace(words="没有在内的访客\n")
    names = "、".join(f"{r.id} {r['name']}" for r in inside)
    if not call.flag("yes") and not call.flag("dry_run"):
        question = f"还有 {len(inside)} 位访客在内：{names}。全部登记离开吗"
        if not (call.desk.terminal and call.desk.confirm(question)):
            raise BadInput(Problem(f"还有 {len(inside)} 位访客在内：{names}；确要全部登记离开请加 --yes", field="yes"))
    step = kind.flow.step("leave")
    assert step is not None
    heard, _ = changes.hear_step(kind, step, {}, office.typing)
    who, extra = call.who, {"note": "清场登记离开"}
    done = office.change(
        kind,
        [r.id for r in inside],
        who,
        "清场",
        lambda r, b: (changes.stepped(r, step, heard, who, b, extra), ()),
        dry_run=call.flag("dry_run"),
    )
    sheet = verbs.answer(call, kind, done, "已离开")
    code = sheet.exit_code or (65 if problems else 0)
    return sheet._replace(problems=(*problems, *sheet.problems), exit_code=code)


def add(call: Call) -> Sheet:
    """Enter a visitor, with what the vault said of the document that was matched last."""
    sheet = verbs.add(call)
    if tail := fold(call.typed.get("id_tail", "")).strip().upper():
        from wuye.personal import vaulted

        return sheet._replace(notes=(*sheet.notes, *vaulted.known(call, tail)))
    return sheet


VERBS = (
    verbs.of_kind(records.kind("visitor"))["add"]._replace(run=add),
    Verb("sweep", "清场", sweep, WRITES, "", frozenset(), "下班清场：在内的访客全部登记离开"),
)
