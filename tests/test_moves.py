"""One write changes several records: a lease lets its space, a finding becomes an order; undone together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import Said

Wuye = Callable[..., Said]
LEASE = ("--space", "东门广告位2", "--type", "广告位", "--since", "2026-12-01", "--until", "2027-11-30",
         "--rent", "9000", "--period", "季")  # fmt: skip


def stored(office: Path, path: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load((office / path).read_text("utf-8"))
    return found


@pytest.mark.git
def test_a_signed_lease_lets_its_space_and_undo_takes_back_both(wuye: Wuye, office: Path) -> None:
    assert wuye("space", "add", "东门广告位2", "广告位").code == 0
    assert wuye("lease", "add", "广-07", "某广告公司", *LEASE).code == 0
    said = wuye("lease", "sign", "广-07")
    assert said.code == 0 and "招租位 东门广告位2 同时租出" in said.err
    space = stored(office, "books/space.yaml")[0]
    assert space["status"] == "let" and space["lease"] == "广-07"
    assert space["log"][-1]["link"] == "ZL-20261122-001"  # type: ignore[index]
    back = wuye("undo", "--yes")
    assert back.code == 0, back.err
    assert stored(office, "books/space.yaml")[0]["status"] == "free"
    assert stored(office, "books/lease.yaml")[0]["status"] == "negotiating"
    assert wuye("check").code == 0


def test_a_space_that_another_lease_has_is_left_alone(wuye: Wuye, office: Path) -> None:
    wuye("space", "add", "东门广告位2", "广告位")
    wuye("lease", "add", "广-07", "某广告公司", *LEASE)
    wuye("lease", "add", "广-08", "另一公司", *LEASE)
    assert wuye("lease", "sign", "广-07").code == 0
    assert wuye("lease", "sign", "广-08").code == 0
    assert wuye("lease", "end", "广-08", "--reason", "不租了").code == 0
    space = stored(office, "books/space.yaml")[0]
    assert space["status"] == "let" and space["lease"] == "广-07"
