"""`wuye duty`: who is at the desk; kept in `.wuye/`, so each command need not be told."""

from __future__ import annotations

from wuye.call import Call, Verb
from wuye.errors import BadInput
from wuye.sheet import Column, Sheet
from wuye.typed import scan
from wuye.values import NAME


def run(call: Call) -> Sheet:
    """Set the person on duty, or tell who it is."""
    call.no_words(1)
    office = call.office
    if call.words:
        try:
            name = NAME.parse(call.words[0], office.typing)
        except ValueError as error:
            raise BadInput(f"当班人：{error}") from error
        if problem := scan(name, "当班人", "姓名"):
            raise BadInput(problem)
        office.store.keep_note("duty", name)
    name = office.person(call.text("by"), call.desk.environ)
    return Sheet("wuye.duty", (Column("by", "当班人"),), ({"by": name},), office.now, words=f"当班：{name}\n")


VERB = Verb("duty", "当班", run, (), "[NAME]", frozenset(), "看或设当班人", past=False)
