"""What can go wrong, with the exit code each kind of trouble ends in (docs/exit-codes.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One mistake in the settings: the place as a path of keys and positions, and what is wrong and to do."""

    path: tuple[str | int, ...]
    words: str


class Problem(NamedTuple):
    """One thing that is wrong: where it is, what is wrong, what to do, in one Chinese sentence.

    `file` is relative to the office, `line` and `column` count from 1 (0: not known),
    `field` is the field or option, `row` the row of a batch (1 is the first record), `candidates` what an
    ambiguous word may mean.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""
    row: int = 0
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        if self.row:
            place += f"{'：' if place else ''}第 {self.row} 行"
        return f"{place}：{self.message}" if place else self.message

    def as_dict(self) -> dict[str, Any]:
        """The form that JSON answers carry."""
        told: dict[str, Any] = {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "field": self.field,
            "row": self.row,
            "message": self.message,
        }
        return told | {"candidates": list(self.candidates)} if self.candidates else told


class WuyeError(Exception):
    """Something the person at the desk must know; every child has its own exit code."""

    exit_code = 1
    code = "error"

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("；".join(str(p) for p in self.problems))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> WuyeError:
        """The same error from a list of problems."""
        return cls(*problems)


class NotFound(WuyeError):
    """A thing that was named is not there."""

    code = "not-found"


class Refused(WuyeError):
    """A rule of the desk forbids it."""

    code = "refused"


class Ambiguous(WuyeError):
    """Several things fit what was typed."""

    exit_code = 4
    code = "ambiguous"


class BadInput(WuyeError):
    """Words on the command line or in a batch that cannot be understood: all of them at once."""

    exit_code = 2
    code = "usage"

    def __init__(self, *problems: Problem | str) -> None:
        super().__init__(*problems)
        if self.problems and all(p.candidates for p in self.problems):
            self.exit_code, self.code = Ambiguous.exit_code, Ambiguous.code


class Damaged(WuyeError):
    """A data file that cannot be read as what it should be."""

    exit_code = 65
    code = "damaged"


class CannotWrite(WuyeError):
    """A place that cannot be written, or that is taken already."""

    exit_code = 73
    code = "cannot-write"


class InputOutput(WuyeError):
    """The operating system failed to read or write: disk full, device error."""

    exit_code = 74
    code = "io"


class Locked(WuyeError):
    """Another command holds the office."""

    exit_code = 75
    code = "locked"


class NotCommitted(WuyeError):
    """Saved in the files, but git did not take it."""

    exit_code = 76
    code = "not-committed"


class BadSettings(WuyeError):
    """wuye.yaml, or the environment, does not say what it should."""

    exit_code = 78
    code = "settings"
