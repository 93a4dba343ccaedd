"""Writes the pages made from the code: `python tests/make_docs.py` (docs/kinds.md, the marked tables of others)."""

from __future__ import annotations

from pathlib import Path

import tables

from wuye import errors, records
from wuye.errors import WuyeError
from wuye.fields import Field
from wuye.schema import Kind

DOCS = Path(__file__).resolve().parent.parent / "docs"
RULE_5 = "| --- | --- | --- | --- | --- |"
START, END = "<!-- made by tests/make_docs.py -->", "<!-- end -->"


def kinds_page() -> str:
    """Every kind with its fields, flow, clocks and rules, from the values themselves."""
    parts = ["# Kinds of record", "", "Made by `python tests/make_docs.py`; a test fails when it is stale.", ""]
    for row in records.KINDS:
        parts += kind_lines(records.kind(row[0]))
    return "\n".join(parts).rstrip() + "\n"


def kind_lines(kind: Kind) -> list[str]:
    """The section of one kind."""
    lines = [f"## {kind.zh} `{kind.name}` (prefix {kind.prefix})", ""]
    required = [f"`{f.name}`" for f in kind.fields if f.required]
    required += [" or ".join(f"`{n}`" for n in group) for group in kind.one_of]
    lines += [f"Required on `add`: {', '.join(required)}.", ""]
    lines += ["### Fields", "", "| code | label | type | kept on | choices |", RULE_5]
    lines += [field_line(one) for one in kind.fields]
    lines += ["", "### States", "", "| code | label | work waits |", "| --- | --- | --- |"]
    lines += [f"| `{s.name}` | {s.zh} | {'yes' if s.open else 'no'} |" for s in kind.flow.states]
    lines += [
        "",
        "### Steps",
        "",
        "| code | label | from → to | needs | may carry |",
        RULE_5,
    ]
    for step in kind.flow.steps:
        moves = ", ".join(f"{a} → {b}" if a != b else a for a, b in step.moves().items())
        needs, takes = ("、".join(f"`{n}`" for n in names) for names in (step.needs, step.takes))
        lines.append(f"| `{step.name}` | {step.zh} | {moves} | {needs} | {takes} |")
    lines += [
        "",
        "### Clocks",
        "",
        "| code | label | due by | met by | goes on after closing |",
        RULE_5,
    ]
    for clock in kind.clocks:
        due = f"`{clock.due}`" if isinstance(clock.due, str) else (clock.due.__doc__ or "").strip()
        lines.append(
            f"| `{clock.name}` | {clock.zh} | {due} | {'、'.join(clock.met_by)} | {'yes' if clock.outlives else 'no'} |"
        )
    lines += [
        "",
        "### Rules (override in `wuye.yaml` under `rules`)",
        "",
        "| rule | default | meaning |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{r.name}` | {'none' if r.default is None else r.default} | {r.zh} |" for r in kind.rules]
    if kind.computed:
        lines += ["", f"Computed, never stored: {'、'.join(f'`{c.name}` {c.zh}' for c in kind.computed)}."]
    if kind.book:
        lines += ["", f"A book: one file, `books/{kind.name}.yaml`; found by its {kind[kind.own_name].zh} first."]
    return [*lines, ""]


def field_line(one: Field) -> str:
    """A field's row."""
    choices = "、".join(f"`{code}` {zh}" for code, zh in one.type.choices)
    kept = ("log entry" if one.on_log else "record") + (", masked" if one.private else "")
    name = f"`{one.name}`" + (f" (typed `{one.option}`)" if one.typed_as else "")
    return f"| {name} | {one.zh} | {one.type.name} | {kept} | {choices} |"


def codes_table() -> str:
    """The exit codes of errors.py, one row a class."""
    rows = ["| exit | code | class | when |", "| ---: | --- | --- | --- |"]
    found = [
        c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, WuyeError) and c is not WuyeError
    ]
    for one in sorted(found, key=lambda c: (c.exit_code, c.__name__)):
        rows.append(f"| {one.exit_code} | `{one.code}` | `{one.__name__}` | {(one.__doc__ or '').strip()} |")
    return "\n".join(rows)


def with_codes(page: str) -> str:
    """The page with the table between its marks made anew."""
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{codes_table()}\n{END}{tail}"


def main() -> None:
    """Write all pages."""
    (DOCS / "kinds.md").write_text(kinds_page(), "utf-8")
    page = DOCS / "exit-codes.md"
    page.write_text(with_codes(page.read_text("utf-8")), "utf-8")
    for name in tables.PAGES:
        (DOCS / name).write_text(tables.filled((DOCS / name).read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
