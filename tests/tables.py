"""The tables of the pages in PAGES, made from verbs, kinds, settings and figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from wuye import beginning, cohort, commands, figures, figures_money, forgetting, manifest, records
from wuye.basis import Rule
from wuye.call import AS_OF, COMMON, CORRECTED, READS, WRITES, Opt, Verb
from wuye.commands.figures import ways_of
from wuye.fields import Field
from wuye.render import FORMATS
from wuye.schema import Item, Kind
from wuye.settings import DESK_KEYS, KEYS
from wuye.values import TEXT, Type
from wuye.verbs import LIST_OPTIONS
from wuye.workdays import Span

MARK = re.compile(r"(<!-- made by tests/make_docs\.py: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
EVERY_VERB = {one.name: one for one in (*COMMON, *WRITES, *READS, *LIST_OPTIONS)}
KEYS_ZH = {
    "format": "台账格式，现为 `1`，不要改；比本程序新的格式只读不写",
    "name": "小区或项目名称，印在日报和表格上",
    "timezone": "时区，不写为 `Asia/Shanghai`",
    "letter": "多个前台各用一个字母（A-Z），编号成为 `TS-20261122-A003`；只有一个前台不写",
    "desk": "前台上班时间和“工作日”“小时”的算法，见下",
    "rules": "改时限和数目，见“规则”一节；不写的用默认值",
    "charges": "收费项目：怎样计、单价、起止、例外，见 [money.md](money.md)；不写则没有自动出账",
    "checklists": "检查表和资料清单：改各类的清单，或加自己的路线，见 [checklists.md](checklists.md)",
    "duties": "例行工作：哪天到哪时、谁做、由哪类记录完成；不写为程序自带的那些，见 [duties.md](duties.md)",
    "shifts": "班次：起止、岗位，见 [duties.md](duties.md)；不写为上班时间的白班和之后的夜班",
    "posts": "哪一步要有哪个岗位才能办，如 `pass.issue: 客服主管`，见 [duties.md](duties.md)；不写则不限",
    "assessment": "绩效考核的目标、标准和金额，见 [assessment.md](assessment.md)；不写的在考核表里是 —",
    "money": "`principal_first: yes` 为一笔钱先抵本金后抵违约金；不写为先抵违约金",
}
DESK_ZH = {
    "hours": "上班时间，可写多段：`09:00-12:00,13:30-18:00`；不写为 `09:00-18:00`",
    "days": "上班日，如 `一二三四五六`；不写为每天",
    "working_days": "“工作日”怎样算：`statutory` 法定工作日（含调休，默认），`desk` 前台上班日",
    "hours_as": "“上班小时”（`wh`）怎样算：`desk` 只数上班时间（默认），`clock` 按钟点",
}
JSON_TYPES = {
    "count": "integer",
    "flag": "boolean",
    "money": "decimal string",
    "area": "decimal string",
    "span": "span string (`2h`)",
    "choice": "code",
    "id": "number of a record",
    "day": "date string",
    "moment": "time string",
    "day-or-moment": "date or time string",
    "rows": "array of objects",
}


def filled(page: str) -> str:
    """The page with every marked table made anew."""
    return MARK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", page)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar within a cell stays one."""
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- commands


def shared_options() -> str:
    """Options that many commands have, a table a group."""
    groups = (
        ("每个命令都有", COMMON),
        ("登记和每一步都有", WRITES),
        ("查看都有", READS),
        ("每个只看不写的命令都有；自己另有 `--as-of` 的，再加 `--corrected`", (AS_OF, CORRECTED)),
        ("查询和统计都有（`list`、`count`；统计不排序、不限条数）", LIST_OPTIONS),
    )
    return "\n\n".join(f"### {zh}\n\n{table(('选项', '说明'), map(option_row, options))}" for zh, options in groups)


def option_row(one: Opt, bare: bool = False) -> tuple[str, str]:
    """An option as it is typed, and what it says."""
    names = f"{one.short}, {one.long}" if one.short else one.long
    value = "" if one.flag else f"[{one.metavar}]" if bare else one.metavar
    return f"`{names} {value}`".replace(" `", "`"), one.zh


def usage(verb: Verb, *head: str) -> str:
    """The usage line."""
    return " ".join(word for word in ("wuye", *head, verb.words, "[选项]") if word)


def whole_office() -> str:
    """Every command about the whole office."""
    parts = []
    for name, zh, words in commands.COMMANDS:
        verb = commands.verb(name)
        parts.append(f"### {zh} `{name}`\n\n{verb.help or words}。\n\n    {usage(verb, name)}\n    {usage(verb, zh)}")
        if own := own_options(verb):
            parts.append(table(("选项", "说明"), map(option_row, own)))
    return "\n\n".join(parts)


def own_options(verb: Verb) -> list[Opt]:
    """Options of a verb that are in none of the shared tables."""
    return [one for one in verb.options if EVERY_VERB.get(one.name) != one]


def every_kind() -> str:
    """Every kind's verbs, and the options of each."""
    return "\n\n".join(kind_section(records.kind(row[0])) for row in records.KINDS)


def kind_section(kind: Kind) -> str:
    """One kind: its verbs with usage, then the options of those that have their own."""
    verbs = commands.of_kind(kind)
    names = (f"`{verb.name}` {verb.zh}" if verb.zh != verb.name else f"`{verb.name}`" for verb in verbs.values())
    rows = [(n, f"`{usage(v, kind.name, v.name)}`", v.help or v.zh) for n, v in zip(names, verbs.values(), strict=True)]
    parts = [
        f"## {kind.zh} `{kind.name}`",
        f"也可写 `wuye {kind.prefix.lower()} …`、`wuye {kind.zh} …`；编号以 {kind.prefix} 开头。",
        table(("动作", "用法", "说明"), rows),
    ]
    add = set(verbs["add"].options)
    for verb in verbs.values():
        own = own_options(verb)
        same = verb.name == "edit" and [one for one in own if one in add]
        if own:
            heading = f"### {kind.zh} {verb.zh} `{verb.name}`"
            rest = [one for one in own if one not in add] if same else own
            parts += [heading, "选项同 `add`，另有："] if same else [heading]
            parts.append(
                table(("选项", "说明", "必填"),
                      ((*option_row(o, o.name in verb.yes_no), needed(kind, verb, o.name)) for o in rest))
            )  # fmt: skip
    return "\n\n".join(parts)


def needed(kind: Kind, verb: Verb, name: str) -> str:
    """Whether an option must be given."""
    if verb.name == "add":
        group = next((g for g in kind.one_of if name in g), ())
        others = "、".join(f"`{kind[n].option}`" for n in group if n != name)
        if kind.has(name) and kind[name].required:
            return "是"
        return f"与 {others} 至少一项" if others else ""
    step = kind.flow.step(verb.name)
    return "是" if step and name in step.needs else ""


# --- scripting


def formats() -> str:
    """The output formats, as their modules say what they are."""
    modules = {name: import_module(f"wuye.render.{'lines' if name == 'jsonl' else name}") for name in FORMATS}
    return table(("`-o`", "what it is"), ((f"`{n}`", _first_line(m.__doc__)) for n, m in modules.items()))


def _first_line(words: str | None) -> str:
    return (words or "").strip().partition("\n")[0].rstrip(".")


def schemas() -> str:
    """The schema of every answer that is a document."""
    rows = [(f"`wuye {name} …`", f"`wuye.{name}`", "`records`") for name, _, _ in records.KINDS]
    rows.append(("`wuye KIND count`", "`wuye.KIND.count`", "`rows`"))
    for name, _, _ in commands.COMMANDS:
        module = import_module(f"wuye.commands.{name}")
        source = Path(str(module.__file__)).read_text("utf-8")
        is_sheet = f'"wuye.{name}"' in source
        own = " or ".join(f"`{key}`" for key in re.findall(r'key="(\w+)"', source)) or "`rows`"
        rows.append((f"`wuye {name}`", f"`wuye.{name}`" if is_sheet else "text", own if is_sheet else ""))
    return table(("command", "`schema`", "rows stand under"), rows)


def keys() -> str:
    """Every key of every kind's record, with its type."""
    return "\n\n".join(key_section(records.kind(row[0])) for row in records.KINDS)


def key_section(kind: Kind) -> str:
    """The keys of one kind."""
    rows = [(f"`{one.name}`", json_type(one.type), one.zh, _remark(one)) for one in kind.on_record]
    rows += [
        (f"`{c.name}`", "computed" if c.type is TEXT else f"computed {json_type(c.type)}", c.zh,
         "; ".join(part for part in (_first_line(c.of.__doc__), _codes(c.type)) if part))
        for c in kind.computed
    ]  # fmt: skip
    codes = " ".join(f"`{state.name}`" for state in kind.flow.states)
    head = f"### `wuye.{kind.name}` {kind.zh}\n\n`status` is one of {codes}."
    return f"{head}\n\n{table(('key', 'type', 'label', 'remark'), rows)}"


def json_type(one: Type) -> str:
    """What a value of that type is in JSON."""
    name = one.name.removeprefix("several:")
    for known, zh in sorted(JSON_TYPES.items(), key=lambda pair: -len(pair[0])):
        if name == known or name.startswith((f"{known}-", f"{known}:")):
            return f"array of {zh}s" if name != one.name else zh
    return "array of strings" if name != one.name else "string"


def _remark(one: Field) -> str:
    return "; ".join(part for part in ("masked" if one.private else "", _codes(one.type)) if part)


def _codes(one: Type) -> str:
    return " ".join(f"`{code}`" for code, _ in one.choices)


# --- settings


def setting_keys() -> str:
    """Every key of wuye.yaml."""
    return table(("项", "说明"), ((f"`{name}`", KEYS_ZH[name]) for name in KEYS))


def desk_keys() -> str:
    """Every key under `desk`."""
    return table(("项", "说明"), ((f"`{name}`", DESK_ZH[name]) for name in DESK_KEYS))


def template() -> str:
    """The settings a new office begins with."""
    return f"```yaml\n{beginning.TEMPLATE.format(name='翠湖花园', charges=beginning.CHARGES)}```"


def rules() -> str:
    """Every rule of every kind and those of the figures, with its default and in what it is counted."""
    groups = [(kind.zh, kind.rules) for row in records.KINDS for kind in (records.kind(row[0]),) if kind.rules]
    return "\n\n".join(
        f"### {zh}\n\n" + table(("规则", "说明", "默认", "单位"), map(rule_row, rules))
        for zh, rules in (*groups, ("指标", cohort.RULES), ("保险库", (forgetting.VAULT,)), ("备份", manifest.RULES))
    )


def rule_row(rule: Rule) -> tuple[str, str, str, str]:
    """A rule's name, label, default and unit; without a default there is no limit."""
    default = rule.default
    if default is None:
        return f"`{rule.name}`", rule.zh, "无", "时长"
    if isinstance(default, bool):
        return f"`{rule.name}`", rule.zh, f"`{'yes' if default else 'no'}`", "是否"
    if isinstance(default, Span):
        return f"`{rule.name}`", rule.zh, f"`{default}`（{default.zh}）", "时长"
    return f"`{rule.name}`", rule.zh, f"`{default}`", "整数"


def all_figures() -> str:
    """Every figure with its formula, as `wuye figures` knows it by name."""
    rows = [
        (f"`{one.name}`", one.zh, " ".join((one.parts.__doc__ or "").split()), one.unit,
         " ".join(f"`{way}`" for way in ways_of(one)))
        for one in (*figures_money.FIGURES, *figures.FIGURES)
    ]  # fmt: skip
    return table(("figure", "中文", "formula", "unit", "broken up by"), rows)


def checklists() -> str:
    """Every checklist that a kind begins with: how it is named, and its lines."""
    rows = [
        (kind.zh, f"`{one.name}`", one.zh, "、".join(_item(item) for item in one.items))
        for row in records.KINDS for kind in (records.kind(row[0]),) for one in kind.checklists
    ]  # fmt: skip
    return table(("类别", "代码", "名称", "各项"), rows)


def _item(item: Item) -> str:
    return f"{item.name}×{item.need}" if item.need > 1 else item.name


TABLES: dict[str, Callable[[], str]] = {
    "shared-options": shared_options,
    "whole-office": whole_office,
    "every-kind": every_kind,
    "formats": formats,
    "schemas": schemas,
    "keys": keys,
    "setting-keys": setting_keys,
    "desk-keys": desk_keys,
    "template": template,
    "rules": rules,
    "figures": all_figures,
    "checklists": checklists,
}
PAGES = ("commands.md", "scripting.md", "settings.md", "figures.md", "checklists.md")
