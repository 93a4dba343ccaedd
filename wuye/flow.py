"""How a record moves: its states, and the steps between them, as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

VOID = "void"


class State(NamedTuple):
    """One state of a kind: English code, Chinese label, and whether work still waits in it.

    `lasts`: nothing waits and it is not over: somebody lives there, a lease runs. What is private is still needed.
    """

    name: str
    zh: str
    open: bool = True
    lasts: bool = False


class Step(NamedTuple):
    """One thing that can happen to a record.

    `arrow` is the whole grammar of movement: `"recorded judged -> judged, assigned"` means that from
    recorded or judged it goes to judged, and that in assigned it may happen and changes no state.
    `needs` and `takes` name fields of the kind that must, or may, be given with the step.
    `guard(record, given, basis)` returns a Chinese sentence where a rule of the desk forbids the step.
    `warn` does the same for what is said but does not stop anybody.
    `effect(record, given)` returns further record values that the step sets, as stored; an empty text clears one.
    `stamps` names a field that takes the step's own moment, or its day, where nothing else is given.
    `to(record, given)` names the state it leads to where that is not the arrow's (a part of the goods released, a
    hold ended); empty where it is. The log entry then names the state.
    """

    name: str
    zh: str
    arrow: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    guard: Callable[..., str] | None = None
    warn: Callable[..., str] | None = None
    effect: Callable[..., dict[str, Any]] | None = None
    to: Callable[..., str] | None = None
    stamps: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all fields the step may carry."""
        return self.needs + self.takes

    def moves(self) -> dict[str, str]:
        """State before → state after, for every state in which the step may happen."""
        result: dict[str, str] = {}
        for clause in self.arrow.split(","):
            before, arrow, after = clause.partition("->")
            for name in before.split():
                result[name] = after.strip() if arrow else name
        return result


class Flow:
    """The states and steps of a kind; the first state is the one a new record is in.

    `void` (作废, with a reason) belongs to every flow: a record is never deleted.
    `begin(values)` names the first state where it depends on what was typed.
    """

    __slots__ = ("_moves", "_states", "begin", "states", "steps")

    def __init__(
        self, states: tuple[State, ...], steps: tuple[Step, ...], begin: Callable[[dict[str, Any]], str] | None = None
    ) -> None:
        live = " ".join(s.name for s in states)
        self.states = (*states, State(VOID, "作废", open=False))
        self.steps = (*steps, Step(VOID, "作废", f"{live} -> {VOID}", needs=("reason",)))
        self.begin = begin
        self._states = {state.name: state for state in self.states}
        self._moves = {step.name: step.moves() for step in self.steps}

    def state(self, name: str) -> State | None:
        """The state of that code, or None."""
        return self._states.get(name)

    def step(self, name: str) -> Step | None:
        """The step of that code, or None."""
        return next((s for s in self.steps if s.name == name), None)

    def first(self, values: dict[str, Any]) -> str:
        """The state of a new record with these typed values."""
        return self.begin(values) if self.begin else self.states[0].name

    def after(self, status: str, step: str) -> str | None:
        """The state after `step` in `status`; None where the flow forbids it."""
        moves = self._moves.get(step)
        return status if moves is None else moves.get(status)

    def knows(self, step: str) -> bool:
        """Whether the flow has a step of that code."""
        return step in self._moves

    def possible(self, status: str) -> tuple[Step, ...]:
        """The steps that may happen in a state, void last."""
        return tuple(s for s in self.steps if status in self._moves[s.name])
