"""`wuye print ID`: a record as the paper form of the trade, plain text, masked."""

from __future__ import annotations

from wuye import records, slips
from wuye.call import READS, Call, Verb
from wuye.errors import BadInput
from wuye.numerals import fold
from wuye.schema import Kind


def kind_of(word: str) -> Kind:
    """The kind whose prefix a number begins with. Raises BadInput where none does."""
    for name, prefix, _ in records.KINDS:
        if fold(word).strip().upper().startswith(prefix):
            return records.kind(name)
    prefixes = "、".join(row[1] for row in records.KINDS)
    raise BadInput(f"“{word}”看不出是哪一种记录：请写带前缀的编号（{prefixes}），如 TS-20261122-003 或 ts3")


def run(call: Call) -> str:
    """One slip a record."""
    office = call.office
    words = call.need_words("编号")
    found = [(kind, office.get(kind, word)) for word in words for kind in (kind_of(word),)]
    reveal = call.flag("reveal") and call.whole(0)
    if reveal:
        call.log_reveal([r.id for _, r in found])
    return "\n".join(slips.slip(r, office.basis(kind), office.settings.name, reveal) for kind, r in found)


VERB = Verb("print", "打印", run, READS, "ID...", frozenset(), "打印纸质表格（纯文字）")
