"""The commands about the whole office: one literal table of name, Chinese name and what it does, a module each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from wuye.call import Verb
    from wuye.schema import Kind

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("today", "今天", "今天要办的：超时的、今天到期的、在内访客、未结事项"),
    ("due", "到期", "所有等着办的时限，按到期先后"),
    ("day", "日报", "一天的汇总：遗留、新收、重开、办结、作废、未结"),
    ("who", "查人", "凭房号、电话、姓名、拼音、车牌或编号查：人、缴费、未结、承诺、历史"),
    ("find", "查找", "在各种记录里查找几个词，姓名可用拼音"),
    ("kb", "知识库", "应急预案、办事资料、电话、价目：按一个词当场查到"),
    ("arrears", "欠费", "截至某天的欠费：账龄、违约金、时效"),
    ("statement", "对账单", "一户的账单、收款、抵扣、违约金和预存"),
    ("figures", "指标", "收缴率、清欠率等指标，带分子、分母和编号"),
    ("rollup", "汇总各台账", "几个台账的指标并列和合计"),
    ("assessment", "绩效考核", "一个月或一年的指标、奖励和处罚，每一项带编号"),
    ("import", "导入", "把 Excel、CSV 表格里的旧记录导入台账"),
    ("month", "月报", "一个月的汇总：数量、指标、部门、延误、催收、材料，与上月和去年同月并列"),
    ("site", "网站", "把一年写成互相链接的网页，放到共享文件夹里看和查"),
    ("export", "导出", "导出给别的程序：复式账给 hledger、beancount，记录给 DuckDB、表格"),
    ("sql", "SQL查询", "用 SQL 查询（只读）：各种记录、经过、时限"),
    ("schema", "格式", "手改 YAML 时编辑器的提示和检查：写出格式说明"),
    ("print", "打印", "把一条记录打成纸质表格的样子"),
    ("undo", "撤销", "撤销做过的命令：先看前后，再写回原来的值"),
    ("redo", "重做", "把最近一次撤销再做回来"),
    ("history", "历史", "一条记录或一个房号的全部经过"),
    ("log", "操作记录", "做过的操作，从新到旧"),
    ("routine", "例行", "例行工作：待做的、漏做的，做完登记"),
    ("duty", "当班", "看或设当班人"),
    ("person", "个人资料", "一个人的全部资料：给本人一份、更正、删除"),
    ("privacy", "隐私", "各类个人资料保存多久；到期的删去"),
    ("vault", "保险库", "完整证件号单独加密存放，不进台账"),
    ("sync", "同步", "与别的前台交换记录：提交、取来、合并、检查、发出"),
    ("settle", "定下", "两台说法不一的：列出，或定下照哪一边"),
    ("check", "检查", "检查台账数据；没有问题则不输出"),
    ("doctor", "体检", "检查电脑、git、日历和遗留文件"),
    ("backup", "备份", "把台账连同历史存成一个文件，解开核对过才算成"),
    ("restore", "恢复", "把备份恢复到新文件夹，或只核对备份"),
    ("init", "新建", "新建一个台账文件夹"),
    ("demo", "演示", "新建一个有两个月记录的演示台账，先看看样子"),
    ("completion", "补全", "让命令行补全命令、编号、房号：输出所用的脚本"),
)


def name_of(word: str) -> str | None:
    """The English name that a word stands for; None where it is no command."""
    return next((name for name, zh, _ in COMMANDS if word.lower() == name or word == zh), None)


EXTRA: tuple[str, ...] = (
    "visitor", "workorder", "bill", "unit", "resident", "payment", "deposit", "receipt", "receiptbook", "monthclose",
    "dunning", "handover", "followup", "roster", "attendance", "training", "supply", "stocktake", "survey", "answer",
    "lease", "takeover", "pass",
)
"""Kinds with verbs of their own, in the module of the same name."""


def verb(name: str) -> Verb:
    """The command of that English name."""
    return cast("Verb", import_module(f"wuye.commands.{name}").VERB)


def of_kind(kind: Kind) -> dict[str, Verb]:
    """Every verb of a kind by its English name, its own ones last."""
    from wuye import verbs

    found = dict(verbs.of_kind(kind))
    if kind.name in EXTRA:
        found |= {one.name: one for one in import_module(f"wuye.commands.{kind.name}").VERBS}
    return found
