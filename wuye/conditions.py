"""A condition on records: comparisons, joined by and, or and not."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from wuye.basis import Basis
from wuye.record import Record
from wuye.terms import HOLDS, Term, Words


class All(NamedTuple):
    """Every part must fit."""

    parts: tuple[Node, ...]

    def fits(self, record: Record, basis: Basis) -> bool:
        """Whether every part fits."""
        return all(part.fits(record, basis) for part in self.parts)


class Either(NamedTuple):
    """One part must fit."""

    parts: tuple[Node, ...]

    def fits(self, record: Record, basis: Basis) -> bool:
        """Whether any part fits."""
        return any(part.fits(record, basis) for part in self.parts)


class Not(NamedTuple):
    """The part must not fit."""

    part: Node

    def fits(self, record: Record, basis: Basis) -> bool:
        """Whether the part does not fit."""
        return not self.part.fits(record, basis)


class Comparison(NamedTuple):
    """Any value that the term has against any that is wanted; `given` and `true` want none.

    Without a value no comparison holds; the opposite of one is a `Not` around it.
    """

    term: Term
    operator: str
    wanted: tuple[object, ...] = ()

    def fits(self, record: Record, basis: Basis) -> bool:
        """Whether the record has a value that compares so."""
        values = self.term.values(record, basis)
        if self.operator == "given":
            return any(True for _ in values)
        if self.operator == "true":
            return any(value is True for value in values)
        return any(self._holds(value, one) for value in values for one in self.wanted)

    def _holds(self, value: object, wanted: object) -> bool:
        if self.operator == "contains":
            return isinstance(wanted, Words) and wanted.within(value)
        side = self.term.side(value, wanted)
        return side is not None and HOLDS[self.operator](side)


Node: TypeAlias = All | Either | Not | Comparison
NEVER = Either(())


def names(node: Node) -> set[str]:
    """The codes of everything that a condition names."""
    if isinstance(node, Comparison):
        return {node.term.name}
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return {name for part in parts for name in names(part)}


class Condition(NamedTuple):
    """A condition as typed, and how its times and rooms were taken."""

    node: Node
    said: tuple[str, ...] = ()

    def fits(self, record: Record, basis: Basis) -> bool:
        """Whether the record fits."""
        return self.node.fits(record, basis)
