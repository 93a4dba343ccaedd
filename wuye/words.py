"""The words of a command line before any of them is parsed, and the help that lists them, in Chinese."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wuye import commands, records
from wuye.call import Verb, options_of
from wuye.errors import BadInput
from wuye.schema import Kind
from wuye.values import NO, YES

HELP = ("--help", "-h")


def office_first(argv: Sequence[str]) -> tuple[str, list[str]]:
    """`--office DIR` before the command, and the words without it."""
    if argv and argv[0].startswith("--office="):
        return argv[0].partition("=")[2], list(argv[1:])
    if argv and argv[0] == "--office":
        if len(argv) < 2:
            raise BadInput("选项 --office 后面缺少值：请写上台账文件夹")
        return argv[1], list(argv[2:])
    return "", list(argv)


def bare_flags(given: Sequence[str], names: Collection[str]) -> list[str]:
    """Yes/no options may stand bare: `--lawsuit` is `--lawsuit yes`, `--no-lawsuit` is `--lawsuit no`."""
    options = {"--" + name.replace("_", "-") for name in names}
    result: list[str] = []
    for index, word in enumerate(given):
        after = given[index + 1].strip().lower() if index + 1 < len(given) else ""
        if word in options and after not in (*YES, *NO):
            result += [word, "yes"]
        elif word.startswith("--no-") and "--" + word[5:] in options:
            result += ["--" + word[5:], "no"]
        else:
            result.append(word)
    return result


def with_dashes(given: Sequence[str], names: Collection[str]) -> list[str]:
    """Options whose dashes the input method turned into Chinese ones: `——people` is `--people` where there is one."""
    result = []
    for word in given:
        bare = word.lstrip("-－–—−")
        plain = "--" + bare
        result.append(plain if bare != word and not word.startswith("-") and plain.split("=")[0] in names else word)
    return result


def asked_format(argv: Sequence[str]) -> str:
    """The output format asked for, even where the rest cannot be parsed."""
    for index, word in enumerate(argv):
        if word in ("-o", "--output") and index + 1 < len(argv):
            return argv[index + 1]
        if word.startswith("--output="):
            return word.partition("=")[2]
        if word.startswith("-o") and not word.startswith("--") and len(word) > 2:
            return word[2:].lstrip("=")
    return ""


def width(text: str) -> int:
    """Columns a text takes on a terminal: wide characters take two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    left = min(max((width(a) for a, _ in rows), default=0), 30)
    lines = []
    for name, words in rows:
        if width(name) > left:
            lines += [f"  {name}", f"  {' ' * left}  {words}"]
        else:
            lines.append(f"  {name}{' ' * (left - width(name))}  {words}")
    return "\n".join(lines) + "\n"


def root_help() -> str:
    """What `wuye --help` says."""
    kinds = [(f"{name} / {prefix.lower()} / {zh}", f"{zh}台账") for name, prefix, zh in records.KINDS]
    whole = [(f"{name} / {zh}", words) for name, zh, words in commands.COMMANDS]
    return (
        "wuye 物业前台台账\n\n"
        "用法：wuye [--office DIR] 种类 动作 [编号...] [选项]\n　　　wuye [--office DIR] 命令 [选项]\n\n"
        f"种类（英文名、前缀、中文名都可以用）：\n{_rows(kinds)}\n命令：\n{_rows(whole)}\n"
        "每个种类的动作：wuye 种类 --help；每个动作的选项：wuye 种类 动作 --help；版本：wuye --version\n"
    )


def kind_help(kind: Kind, verbs: Mapping[str, Verb]) -> str:
    """What `wuye KIND --help` says."""
    rows = [(f"{v.name} / {v.zh}" if v.name != v.zh else v.name, v.help) for v in verbs.values()]
    return (
        f"{kind.zh}（{kind.name}，编号前缀 {kind.prefix}）\n\n用法：wuye {kind.name} 动作 [编号...] [选项]\n\n"
        f"动作：\n{_rows(rows)}"
    )


def verb_help(kind: Kind | None, verb: Verb) -> str:
    """What `--help` says about one command."""
    head = f"wuye {kind.name + ' ' if kind else ''}{verb.name}"
    usage = " ".join(part for part in (head, verb.words, "[选项]") if part)
    rows = []
    for one in options_of(verb):
        name = f"{one.short}, {one.long}" if one.short else one.long
        rows.append((name if one.flag or one.name in verb.yes_no else f"{name} {one.metavar}", one.zh))
    return f"{verb.help}\n\n用法：{usage}\n\n选项：\n{_rows([*rows, ('-h, --help', '显示这段说明')])}"
