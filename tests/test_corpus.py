"""Every file that fuzzing (tests/fuzz.py) found worth keeping keeps the promises, without atheris."""

from __future__ import annotations

from pathlib import Path

import pytest
from promises import PROMISES

from wuye import yamlio

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("target", PROMISES)
def test_the_corpus_keeps_its_promise(target: str) -> None:
    files = sorted((CORPUS / target).iterdir())
    assert files, "run tests/fuzz.py --keep"
    for path in files:
        try:
            PROMISES[target](path.read_bytes())
        except Exception as error:
            raise AssertionError(path.name) from error


def test_the_corpus_is_small() -> None:
    for target in PROMISES:
        kept = [p for p in (CORPUS / target).iterdir() if not p.name.startswith("found-")]
        assert len(kept) <= 40 and sum(p.stat().st_size for p in kept) <= 20_000, target


def test_a_promise_can_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The properties see what they look for: a reader that swallows half of a file does not pass."""
    whole = yamlio.load_records
    monkeypatch.setattr(yamlio, "load_records", lambda data, file="": whole(data, file)[:1])
    with pytest.raises(AssertionError):
        PROMISES["reader"](b"- id: a\n- id: b\n")
