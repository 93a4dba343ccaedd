"""The rooms of the unit register, as they are looked up while a room is typed (domain.md 6, L)."""

from __future__ import annotations

import pytest

from wuye import room
from wuye.units import Units

PLAIN = "- id: FW-20261122-001\n  status: occupied\n  room: 3-2-1201\n  log:\n  - at: '2026-11-22T10:00+08:00'\n"
VOID = "- id: FW-20261122-002\n  status: void\n  room: 3-2-1202\n"


def units(*blocks: str) -> Units:
    return Units(lambda: "".join(blocks).encode())


def test_what_stands_in_the_book_and_is_not_void() -> None:
    found = units(PLAIN, VOID)
    assert set(found) == {"3-2-1201"} and len(found) == 1
    assert "3-2-1201" in found and "3-2-1202" not in found and "3-2" not in found
    assert "3-2-1201" in units(VOID, PLAIN) and "3-2-1202" not in units(VOID, PLAIN)


def test_an_empty_book_is_no_register() -> None:
    for found in (units(), units(VOID), units("# 还没有\n")):
        assert not found and len(found) == 0 and "3-2-1201" not in found


@pytest.mark.parametrize(
    "line", ["  room: '3-2-1201'", '  room: "3-2-1201"', "  room: 3-2-1201  # 北面", "  room:   3-2-1201\r"]
)
def test_a_hand_may_have_written_it_otherwise(line: str) -> None:
    for found in (units(PLAIN.replace("  room: 3-2-1201", line)),) * 2:
        assert "3-2-1201" in found
        assert set(found) == {"3-2-1201"}


def test_the_order_of_keys_does_not_matter() -> None:
    found = units("- id: FW-20261122-001\n  room: 1-1-101\n  status: void\n", PLAIN)
    assert set(found) == {"3-2-1201"} and "1-1-101" not in set(found)


def test_a_unit_that_was_voided_and_entered_again_is_there() -> None:
    again = VOID.replace("002", "003").replace("void", "vacant")
    assert "3-2-1202" in units(VOID, again) and "3-2-1202" in set(units(VOID, again))


def test_a_room_in_the_log_is_not_the_rooms_own() -> None:
    log = "    room: 3-2-1203\n    was:\n      room: 3-2-1204\n"
    assert set(units(PLAIN + log)) == {"3-2-1201"}


def test_nobody_reads_the_book_before_a_room_is_asked_for() -> None:
    def read() -> bytes:
        raise AssertionError("read too soon")

    Units(read)


def test_six_hundred_are_matched_by_any_form() -> None:
    rooms = [f"{b}-{e}-{f}0{r}" for b in range(1, 6) for e in (1, 2) for f in range(1, 21) for r in range(1, 4)]
    found = units(*(f"- id: FW-20261122-{i:03d}\n  status: vacant\n  room: {one}\n" for i, one in enumerate(rooms, 1)))
    assert len(found) == 600
    for typed in ("5栋2单元2003", "5-2-2003", "５－２－２００３", "5号楼2单元2003室"):
        assert room.parse(typed, found) == "5-2-2003"
    with pytest.raises(room.AmbiguousRoom) as error:
        room.parse("5栋2003", found)
    assert error.value.candidates == ("5-1-2003", "5-2-2003")
    with pytest.raises(room.UnknownRoom) as unknown:
        room.parse("5-2-2103", found)
    assert "5-2-2003" in unknown.value.nearest
