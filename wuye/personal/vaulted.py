"""The vault as other commands meet it: what goes with a person who is forgotten, what is past its time."""

from __future__ import annotations

from collections.abc import Sequence

from wuye import vault
from wuye.call import Call
from wuye.errors import Refused
from wuye.forgetting import VAULT
from wuye.vault import Kept, Vault
from wuye.workdays import Span


def of(call: Call) -> Vault:
    """The vault of the office. Raises Refused where it would lie inside an office or a repository."""
    office = call.office
    folder = vault.folder_for(office.root, office.settings.name, call.desk.environ)
    return Vault(folder, call.desk.environ.get("XDG_RUNTIME_DIR", ""))


def _there(call: Call) -> Vault | None:
    """The vault where there is one; keys whose time is over are removed in passing."""
    try:
        box = of(call)
    except Refused:
        return None
    if not box.there:
        return None
    box.sweep_keys(call.office.now)
    return box


def older(call: Call, found: Sequence[Kept], span: Span) -> list[Kept]:
    """Those that have been kept for longer; who may not come in stays until he is named."""
    desk, now = call.office.settings.desk, call.office.now
    midnight = now.replace(hour=0, minute=0)
    days = ((one, midnight.replace(one.day.year, one.day.month, one.day.day)) for one in found if not one.barred)
    return [one for one, day in days if desk.due(day, span).at <= now]


def _past(call: Call, box: Vault) -> list[Kept]:
    return older(call, box.entries(), call.office.basis(rules=(VAULT,)).span(VAULT.name))


def gone(call: Call, ids: Sequence[str], dry: bool) -> list[str]:
    """The entries that belong to forgotten records go as well; who may not come in is still to be known again."""
    box = _there(call)
    mine = [one for one in box.entries() if one.record in ids] if box else []
    gone = [one.name for one in mine if not one.barred]
    if box and gone and not dry:
        box.forget(gone)
    told = [f"保险库里 {len(gone)} 个条目一并删去；早先的保险库备份里还有，请换新"] if gone else []
    if stays := [one.name for one in mine if one.barred]:
        told.append(f"没有删到：保险库里的不得入内名单（{'、'.join(stays)}），要删用 wuye vault forget")
    return told


def swept(call: Call, dry: bool) -> list[str]:
    """Entries past `vault.keep` go with the sweep."""
    box = _there(call)
    past = _past(call, box) if box else []
    if box and past and not dry:
        box.forget([one.name for one in past])
    return [f"保险库里到期的 {len(past)} 个条目{'将删去' if dry else '已删去'}"] if past else []


def finding(call: Call) -> str:
    """What doctor says of it."""
    box = _there(call)
    past = _past(call, box) if box else []
    return f"保险库里 {len(past)} 个条目已过保存期：请运行 wuye privacy sweep" if past else ""


def known(call: Call, tail: str) -> list[str]:
    """What the last `vault match` said of a document that ends so."""
    try:
        box = of(call)
    except Refused:
        return []
    return box.said_of(tail, call.office.now) if box.there else []
