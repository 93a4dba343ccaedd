"""A believable estate for `wuye demo`: its people and two months of its days, told by chance from one seed."""

from __future__ import annotations

from wuye.estate.bills import CHARGES
from wuye.estate.days import Told, tell

__all__ = ["CHARGES", "Told", "tell"]
