"""Everything that is wrong with an office's data, told with file and line (domain.md M)."""

from __future__ import annotations

from wuye import checks, cohort, forgetting, knowledge, manifest, mislaid, scheme, watched
from wuye.errors import Damaged, InputOutput, Problem, Refused
from wuye.monthfiles import path_of
from wuye.record import Record
from wuye.shelves import Shelves

TRIES = 5


def audit(office: Shelves) -> list[Problem]:
    """Everything wrong with the data: unreadable files, values, numbers, links, states, identity numbers.

    Somebody may write meanwhile: one file was read before a command and the next after it, and a link leads nowhere.
    What is wrong is looked at again until nothing has changed on the way.
    """
    for _ in range(TRIES):
        before = office.store.stamp()
        problems = _found(office)
        if not problems or office.store.stamp() == before:
            break
    return problems


def _found(office: Shelves) -> list[Problem]:
    _ = office.settings.charges  # raises BadSettings for charge items that cannot be understood
    office.settings.section("assessment", scheme.parse)
    office.basis(rules=(*cohort.RULES, forgetting.VAULT, *manifest.RULES))
    loaded, problems = office.load_all()
    known = checks.Known.of(loaded)
    for kind, found in loaded.items():
        months = {} if kind.book else {path_of(kind, month): month for month in office.months(kind)}
        office.basis(kind)
        problems += checks.records(kind, found, months, known)
    problems += checks.money(loaded, lambda path: office.bytes_of(path)[0])
    texts = []
    for path in office.store.list_files():
        data, wrong = office.bytes_of(path)
        texts.append(data)
        problems += [p for p in wrong if p not in problems]
        problems += checks.identities(data.decode("utf-8", "replace"), path)
    pages, wrong = knowledge.read(office.root / knowledge.FOLDER)
    problems += wrong
    for page in pages:
        problems += checks.identities(page.text, f"{knowledge.FOLDER}/{page.name}.md")
    for path, named in checks.attachments(r for found in loaded.values() for r in found).items():
        problems += _attachment(office, path, *named)
    problems += watched.problems(office.store, office.git)
    problems += mislaid.orphans(office.store.attachments(), texts)
    try:
        problems += mislaid.problems(mislaid.differing(office.store, office.git), office.git.uncommitted())
    except Damaged as error:
        problems += error.problems
    return sorted(problems, key=lambda p: (p.file, p.line))


def _attachment(office: Shelves, path: str, record: Record, expected: str) -> list[Problem]:
    """What is wrong with a file that a record's log names."""
    try:
        found = office.store.sha256(path)
    except (InputOutput, Refused) as error:
        return list(error.problems)
    words = "不在了" if found is None else "与登记时不同（SHA-256 对不上）" if found != expected else ""
    place = f"{record.id} 的附件 {path} {words}；请从 git 历史或备份取回"
    return [Problem(place, file=record.file, line=record.line)] if words else []
