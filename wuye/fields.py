"""One field of a kind: its type, its option, what is stored of it and what others may see of it."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, NamedTuple

from wuye.values import Type

HEAD = ("id", "status", "received", "recorded")
TAIL = ("due", "rule", "imported", "once", "blank", "number_was", "conflicts", "log")
ENTRY = ("at", "recorded", "step", "by", "note", "was", "file", "sha256", "size", "link", "row", "undoes", "commit",
         "at_once", "forgot", "blanked", "was_said")  # fmt: skip
FORGOTTEN = "（已删除）"
"""What stands in the place of private data that was forgotten (wuye/forgetting.py)."""


class Field(NamedTuple):
    """One field: its code, type and Chinese label.

    `on_log` keeps it on the step's log entry and not on the record; `private` masks it (design.md 6);
    `default` is typed text used by `add`; `zh_hint` is said in the help. One that is not `typed` is worked out when
    the record is made and stored with it, because it is signed for.
    """

    name: str
    type: Type
    zh: str
    required: bool = False
    default: str = ""
    private: bool = False
    on_log: bool = False
    zh_hint: str = ""
    typed_as: str = ""
    typed: bool = True

    @property
    def option(self) -> str:
        """The command-line option, `--id-tail`; `typed_as` where a key of the file already has the field's word."""
        return "--" + (self.typed_as or self.name).replace("_", "-")

    @property
    def gathered(self) -> bool:
        """Whether a step keeps a whole list in it that the program worked out: no line of a history has room for it."""
        return self.on_log and not self.typed and self.type.listed

    def shown(self, value: Any) -> str:
        """What the desk reads; an unreadable stored value is shown as it stands."""
        if value is None:
            return ""
        return value if isinstance(value, Unreadable) else self.type.show(value)

    def stored(self, value: Any) -> Any:
        """What goes into the file: text, or a list where the type is a listed one."""
        return value.raw if isinstance(value, Unreadable) else self.type.dump(value)

    def masked(self, value: Any) -> Any:
        """What others may see of a private value, as it is stored."""
        return self.masked_stored(self.stored(value))

    def masked_stored(self, stored: Any) -> Any:
        """The same of what is stored already, be it a text or a list where the type has none; what was forgotten hides
        nothing any more."""
        if stored in (FORGOTTEN, [FORGOTTEN]):
            return stored
        if not self.type.listed:
            return self.type.mask(stored if isinstance(stored, str) else str(stored))
        every = stored if isinstance(stored, list) else [stored]
        return self.type.mask([one if self.type.cells or isinstance(one, str) else str(one) for one in every])

    @property
    def names_people(self) -> bool:
        """Whether it holds what may tell of a person outside the office: private data, names, plates."""
        return self.private or self.type.name.removeprefix("several:") in ("name", "plate")

    def masked_zh(self, value: Any) -> str:
        """The same in words."""
        seen = self.masked(value)
        return seen if isinstance(seen, str) else "、".join(map(str, seen))


class Unreadable(str):
    """What is stored and does not fit its field's type: kept in `raw` and shown as it stands, reported as a problem."""

    __slots__ = ("raw",)
    raw: Any

    def __new__(cls, raw: Any) -> Unreadable:
        made = super().__new__(cls, raw)
        made.raw = raw
        return made


def read_stored(one: Field, text: Any, zone: tzinfo) -> tuple[Any, str]:
    """A stored text or list → its value, or what stands there as `Unreadable` with a phrase of what is wrong."""
    if one.type.listed and text and not isinstance(text, list):
        return Unreadable(text), "应是一串值，每个一行以 - 开头"
    if not one.type.listed and not isinstance(text, str):
        return Unreadable(text), "应是一个值，现为列表或映射"
    if not text:
        return None, ""
    try:
        return one.type.read(text, zone), ""
    except ValueError as error:
        return Unreadable(text), str(error)
