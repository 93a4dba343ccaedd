"""Who may take which step: the `posts:` section of wuye.yaml, off unless somebody writes it (domain.md 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from wuye import records
from wuye.errors import Fault
from wuye.records.staff import POST
from wuye.values import Typing, many

if TYPE_CHECKING:
    from wuye.record import Record
    from wuye.schema import Kind

POST_ZH = dict(POST.choices)
KNOWN_ZH = "、".join(POST_ZH.values())
OTHERS = {"add": "登记", "edit": "更正", "note": "备注", "attach": "附件"}
"""What can be done to a record of any kind besides the steps of its flow."""


def named(word: Any) -> str:
    """The code of the post that a word means; empty where it is none."""
    try:
        # A choice is understood without the moment.
        return str(POST.parse(word, cast(Typing, None))) if isinstance(word, str) and word else ""
    except ValueError:
        return ""


def parse(raw: Any) -> tuple[Mapping[str, tuple[str, ...]], list[Fault]]:
    """The posts that a step demands, by `pass.issue`, with every mistake in them."""
    if raw in ("", None):
        return {}, []
    if not isinstance(raw, dict):
        return {}, [Fault(("posts",), "posts 应是“类别.步骤: 岗位”的样子，如 pass.issue: 客服主管，请改正")]
    found, faults = dict[str, tuple[str, ...]](), list[Fault]()
    for key, body in raw.items():
        if words := _unknown(str(key)):
            faults.append(Fault(("posts", key), words))
            continue
        listed = body if isinstance(body, list) else many(body) if isinstance(body, str) else ()
        codes = tuple(named(word) for word in listed)
        if not codes:
            faults.append(Fault(("posts", key), f"posts 的 {key} 没有写岗位，请写上或删去这一行"))
        for word, code in zip(listed, codes, strict=True):
            if not code:
                faults.append(Fault(("posts", key), f"posts 的 {key}：没有“{word}”这个岗位，可写：{KNOWN_ZH}，请改正"))
        found[str(key)] = codes
    return found, faults


def _unknown(key: str) -> str:
    """What is wrong with the name of a step, empty where it is one."""
    name, _, step = key.partition(".")
    if name not in {row[0] for row in records.KINDS}:
        return f"posts 的 {key}：没有 {name} 这一类，请写英文类别名加点加步骤，如 pass.issue"
    kind = records.kind(name)
    if step in OTHERS or kind.flow.knows(step):
        return ""
    steps = "、".join((*OTHERS, *(one.name for one in kind.flow.steps)))
    return f"posts 的 {key}：{kind.zh}没有 {step} 这一步，可写：{steps}，请改正"


def refusal(demanded: tuple[str, ...], kind: Kind, step: str, by: str, person: Record | None) -> str:
    """Why somebody may not take a step, in one sentence; empty where he holds one of the posts."""
    post = str(person.get("post") or "") if person and person.status == "current" else ""
    if post in demanded:
        return ""
    found = kind.flow.step(step)
    what = f"{kind.zh}{found.zh if found else OTHERS.get(step, step)}（{kind.name}.{step}）"
    wanted = "或".join(POST_ZH[code] for code in demanded)
    if person is None:
        now = "不在员工台账里"
    elif person.status != "current":
        now = "已离职"
    else:
        now = f"现为{POST_ZH.get(post, '未定岗位')}"
    return f"{what}要由{wanted}办，{by} {now}：请由有这个岗位的人办，并用 --by 写明是谁"
