"""The questionnaires of an office: its own in `surveys/`, else those that come with the program (domain.md 37)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wuye import questionnaire as asked
from wuye.errors import BadInput, Problem
from wuye.questionnaire import FOLDER, Questionnaire

if TYPE_CHECKING:
    from wuye.store import Store

OWN = Path(__file__).parent / FOLDER


def own(name: str) -> Questionnaire:
    """One that comes with the program. Raises BadInput naming those there are."""
    path = OWN / f"{asked.named(name)}.yaml"
    if not path.is_file():
        raise BadInput(Problem(_unknown(name, known()), field="questionnaire"))
    return asked.understood(path.read_bytes(), path.name)


def known(store: Store | None = None) -> list[str]:
    """The names of all there are."""
    folders = [OWN, *([store.root / FOLDER] if store else [])]
    return sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")})


def questionnaire(store: Store, name: str) -> Questionnaire:
    """The office's own of that name, else the program's. Raises BadInput with every mistake, Refused for a link."""
    word = asked.named(name)
    relative = f"{FOLDER}/{word}.yaml"
    data = store.read(relative)
    if data is not None:
        return asked.understood(data, relative)
    if word not in known():
        raise BadInput(Problem(_unknown(word, known(store)), field="questionnaire"))
    return own(word)


def _unknown(name: str, there: list[str]) -> str:
    return f"没有问卷“{name}”：现有 {'、'.join(there)}；请改正，或把问卷写成 {FOLDER}/{name}.yaml"
