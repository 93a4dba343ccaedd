"""Reading the `assessment:` section of wuye.yaml: targets of figures, rewards, penalties (domain.md 40).

Rates and amounts have no default: what is not set is shown as —.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from wuye.errors import Fault
from wuye.typed import nearest

REWARD, PENALTY = "reward", "penalty"
SIDES = {"rewards": REWARD, "penalties": PENALTY}
NUMBERS = {"amount": "金额（元）", "rate": "率（%）", "over": "金额（元）", "units": "户数", "count": "每月次数"}


class Clause(NamedTuple):
    """One reward or penalty: its code, name, what may be set for it, from how many in a month on it counts.

    `breach` is the category of breach that is counted.
    """

    code: str
    side: str
    zh: str
    keys: tuple[str, ...]
    least: int = 1
    breach: str = ""


CLAUSES = (
    Clause("emergency", REWARD, "重大突发事件处置迅速得当", ("amount",)),
    Clause("collection", REWARD, "收缴率达标", ("rate", "amount")),
    Clause("prior", REWARD, "往年收缴超额", ("over", "amount")),
    Clause("dunned", REWARD, "全年催收户数和金额", ("units", "over", "amount")),
    Clause("dress", PENALTY, "仪容着装", ("count", "amount"), 2, "dress"),
    Clause("records", PENALTY, "日常记录未做", ("count", "amount"), 3, "records-not-kept"),
    Clause("unrecorded", PENALTY, "报修未登记", ("count", "amount"), 3, "request-not-recorded"),
    Clause("not-reported", PENALTY, "派工未回报", ("count", "amount"), 2, "not-reported-back"),
    Clause("neglected", PENALTY, "维修拖延造成不良后果", ("amount",)),
    Clause("missed", PENALTY, "片区收缴率未达标", ("rate", "amount")),
)
CLAUSE = {one.code: one for one in CLAUSES}
INDICATORS = (
    "collection-rate", "collection-rate-units", "prior-collected", "prior-recovery", "repair-arrival",
    "repair-in-time", "repair-completion", "repair-satisfaction", "survey-satisfaction", "valid-per-unit",
    "valid-of-all",
)  # fmt: skip
LOWER = ("valid-per-unit", "valid-of-all")
"""Figures of which less is better."""
Terms = Mapping[str, Decimal]
NOTHING: Terms = MappingProxyType({})


class Scheme(NamedTuple):
    """What an office has set: targets by the name of the figure, and numbers by clause."""

    targets: Terms = NOTHING
    clauses: Mapping[str, Terms] = MappingProxyType({})

    def of(self, code: str, key: str) -> Decimal | None:
        """A number of a clause; the month's count has the domain's default, everything else none."""
        told = self.clauses.get(code, NOTHING).get(key)
        return Decimal(CLAUSE[code].least) if told is None and key == "count" else told


def parse(raw: Any) -> tuple[Scheme, list[Fault]]:
    """The scheme of an office, with every mistake in it."""
    if raw in ("", None):
        return Scheme(), []
    if not isinstance(raw, dict):
        words = "assessment 应写 targets、rewards、penalties：请照 docs/assessment.md 写"
        return Scheme(), [Fault(("assessment",), words)]
    faults = [Fault(("assessment", key), f"assessment 没有 {key} 这一项{nearest(key, ('targets', *SIDES))}：请改正")
              for key in raw if key not in ("targets", *SIDES)]  # fmt: skip
    targets: dict[str, Decimal] = {}
    told = raw.get("targets") or {}
    if not isinstance(told, dict):
        words = "targets 应是“指标: 目标”的清单，如 collection-rate: '95'：请改正"
        faults.append(Fault(("assessment", "targets"), words))
        told = {}
    for name, text in told.items():
        path: tuple[str | int, ...] = ("assessment", "targets", name)
        if name not in INDICATORS:
            words = f"没有 {name} 这个考核指标{nearest(name, INDICATORS)}：可写 {'、'.join(INDICATORS)}"
            faults.append(Fault(path, words))
        elif (number := _number(text)) is None:
            faults.append(Fault(path, f"{name} 的目标应是数（率写百分数），如 '95'，现为“{text}”：请改正"))
        else:
            targets[name] = number
    clauses: dict[str, Terms] = {}
    for section, side in SIDES.items():
        found, wrong = _clauses(raw.get(section), section, side)
        clauses |= found
        faults += wrong
    return Scheme(targets, clauses), faults


def _clauses(raw: Any, section: str, side: str) -> tuple[dict[str, Terms], list[Fault]]:
    path: tuple[str | int, ...] = ("assessment", section)
    if raw in ("", None):
        return {}, []
    if not isinstance(raw, dict):
        return {}, [Fault(path, f"{section} 应是“代码: {{amount: '50'}}”的清单：请改正")]
    known = [one.code for one in CLAUSES if one.side == side]
    found: dict[str, Terms] = {}
    faults = []
    for code, body in raw.items():
        if code not in known:
            words = f"{section} 没有 {code} 这一条{nearest(code, known)}：可写 {'、'.join(known)}"
            faults.append(Fault((*path, code), words))
            continue
        if not isinstance(body, dict):
            faults.append(Fault((*path, code), f"{code} 应写成 {{amount: '50'}} 这样：请改正"))
            continue
        terms = {}
        for key, text in body.items():
            if key not in CLAUSE[code].keys:
                words = f"{code} 不写 {key}，只写 {'、'.join(CLAUSE[code].keys)}：请改正"
                faults.append(Fault((*path, code, key), words))
            elif (number := _number(text, whole=key in ("count", "units"))) is None:
                words = f"{code} 的 {key}（{NUMBERS[key]}）应是数，现为“{text}”：请改正"
                faults.append(Fault((*path, code, key), words))
            else:
                terms[key] = number
        found[code] = terms
    return found, faults


def _number(text: Any, whole: bool = False) -> Decimal | None:
    word = str(text).strip().removesuffix("%").replace(",", "")
    fits = re.fullmatch(r"[1-9]\d{0,8}" if whole else r"\d{1,9}(\.\d{1,2})?", word, re.ASCII)
    return Decimal(word) if fits else None
