"""A small book of money for tests: bills, payments and contacts in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import Said

Wuye = Callable[..., Said]


class Till:
    """Types bills, payments and contacts at the desk, each as of its own day; gives their numbers."""

    def __init__(self, wuye: Wuye) -> None:
        self.wuye = wuye

    def did(self, *argv: str) -> Said:
        """A command that must go well."""
        said = self.wuye(*argv)
        assert said.code == 0, (argv, said.err)
        return said

    def _added(self, *argv: str) -> str:
        return self.did(*argv, "--yes", "-q").out.strip()

    def bill(self, who: str, amount: str, due: str, item: str = "物业费", *more: str, period: str = "") -> str:
        """A bill issued on the first of the month in which it is due, or of its period `2026-03`."""
        month = period or due[:7]
        span = ["--period-from", f"{period}-01", "--period-until", f"{period}-28"] if period else []
        debtor = ["--room", who] if who[0].isdigit() else ["--lease", who]
        at = ["--at", f"{min(month, due[:7])}-01 09:00"]
        return self._added("bill", "add", *debtor, "--item", item, "--amount", amount, "--due", due, *span, *at, *more)

    def pay(self, who: str, amount: str, day: str, *more: str) -> str:
        """A payment on a day at ten."""
        debtor = ["--room", who] if who[0].isdigit() else ["--lease", who]
        at = ["--at", f"{day} 10:00"]
        return self._added("payment", "add", *debtor, "--amount", amount, "--way", "现金", *at, *more)

    def dun(self, who: str, day: str, method: str, *more: str) -> str:
        """A contact on a day at ten."""
        return self._added("dunning", "add", who, "--method", method, "--at", f"{day} 10:00", *more)

    def rows(self, *argv: str) -> list[dict[str, Any]]:
        """The rows of a computed answer."""
        return self.did(*argv, "-o", "json").json["rows"]  # type: ignore[no-any-return]
