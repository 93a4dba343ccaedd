"""Chance, the same for the same seed: built on the one method whose sequence Python promises to keep."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Dice:
    """Throws of one seed. Only `random()` of the standard generator is used: it alone is the same in every Python."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random
        self._decks: dict[Sequence[Any], list[Any]] = {}

    def chance(self, likely: float) -> bool:
        """True in so many cases of one."""
        return self._next() < likely

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[int(self._next() * len(things))]

    def deal(self, things: Sequence[T]) -> T:
        """One of a table's, none twice before all have come: nobody complains of the same twice a day."""
        deck = self._decks.setdefault(things, [])
        if not deck:
            deck += self.several(things, len(things))
        return cast(T, deck.pop())

    def several(self, things: Sequence[T], count: int) -> list[T]:
        """That many different ones, in the order of the throws."""
        rest = list(things)
        return [rest.pop(int(self._next() * len(rest))) for _ in range(min(count, len(rest)))]

    def among(self, weights: Mapping[T, float]) -> T:
        """One of them by weight."""
        mark = self._next() * sum(weights.values())
        for thing, weight in weights.items():
            mark -= weight
            if mark < 0:
                return thing
        return thing

    def count(self, mean: float) -> int:
        """How many of something come in a day that brings `mean` of them on average."""
        found, left = 0, self._next()
        while left > exp(-mean):
            found += 1
            left *= self._next()
        return found
