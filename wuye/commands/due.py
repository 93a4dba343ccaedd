"""`wuye due`: every clock that waits, by due time, with the rule it was counted by."""

from __future__ import annotations

from datetime import datetime

from wuye import clocks, when
from wuye.call import PASTE, Call, Opt, Verb
from wuye.commands import routine
from wuye.commands.today import WAITING, waiting_row
from wuye.errors import BadInput, Problem
from wuye.query import waiting
from wuye.sheet import Sheet
from wuye.wanted import Wanted

OPTIONS = (
    Opt("until", "只看这时以前到期的", metavar="WHEN"),
    Opt("late", "只看已超时的", flag=True),
    Opt("check", "有已到期的则退出码为 3", flag=True),
    *PASTE,
)


def run(call: Call) -> Sheet:
    """What waits, earliest first."""
    call.no_words()
    office = call.asked
    basis = office.basis(*office.kinds())
    until: datetime | None = None
    if words := call.text("until"):
        try:
            typing = office.typing
            until = when.as_moment(when.parse(words, typing.now, "any", typing.desk), "future", typing.desk)
        except ValueError as error:
            raise BadInput(Problem(f"--until：{error}", field="until")) from error
    loaded, problems = office.select_all(Wanted(waits=True))
    found = waiting((r for records in loaded.values() for r in records), basis)
    if until is not None:
        found = [w for w in found if w.reading.due is not None and w.reading.due <= until]
    if call.flag("late"):
        found = [w for w in found if w.reading.state == clocks.LATE]
    sheet = Sheet(
        "wuye.due", WAITING, tuple(waiting_row(w, basis) for w in found), basis.now, "等着办的时限",
        problems=tuple(problems), exit_code=65 if problems else 0, empty="没有等着办的时限",
        more={"calendar": basis.desk.calendar.edition}, records=tuple(w.record for w in found),
    )  # fmt: skip
    until_day = until.date() if until else None
    duties = routine.section(office, until_day, "wuye.due.duties", call.flag("late"))
    problems = [*problems, *duties.problems]
    sheet = sheet._replace(
        more={**sheet.more, "duties": duties.rows}, sections=(duties,) if duties.rows else (),
        problems=tuple(problems), exit_code=65 if problems else 0,
    )  # fmt: skip
    due = any(w.reading.due is not None and w.reading.due <= basis.now for w in found)
    return sheet._replace(exit_code=3) if call.flag("check") and due and not problems else sheet


VERB = Verb("due", "到期", run, OPTIONS, "", frozenset(), "等着办的时限，按到期先后")
