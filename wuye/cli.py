"""From a command line to a command, and from its answer to the screen: the only place that prints or exits."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from wuye import __version__, commands, records, words
from wuye.call import AS_OF, Call, Desk, Opt, Verb, options_of
from wuye.errors import BadInput, InputOutput, NotFound, Problem, WuyeError
from wuye.schema import Kind
from wuye.sheet import Sheet
from wuye.typed import nearest

FORMATS = ("table", "json", "jsonl", "csv", "yaml", "md", "html", "xlsx")
FILES = ("xlsx",)
"""Formats that are no text (`render.FILES`; what draws them is imported only where it is asked for)."""
BUG, INTERRUPTED = 70, 130
FIGURES = 17
"""Those of an identity number whose last character is a letter."""
PLAIN = {"add_help_option": False, "context_settings": {"ignore_unknown_options": True, "help_option_names": []}}


def run(argv: list[str]) -> int:
    """Run one command line; every error becomes a sentence on stderr and an exit code (docs/exit-codes.md)."""
    _prepare_streams()
    try:
        return _dispatch(argv)
    except WuyeError as error:
        return _report(error, argv)
    except (KeyboardInterrupt, typer.Abort):
        _say("\n已中断：没有做完的一步没有写入")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader left; the interpreter still flushes at exit
        return 0
    except Exception as error:
        # The parser's own errors have no public class in every Typer allowed; what they all offer is their message.
        if hasattr(error, "format_message"):
            return _report(_worded(error), argv)
        return _crashed(error, argv)


def _prepare_streams() -> None:
    """UTF-8 wherever nobody is looking; on a terminal its own encoding, and no character can break a line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def _dispatch(argv: list[str]) -> int:
    office, rest = words.office_first(argv)
    if rest and rest[0] in ("--version", "-V"):
        _print(f"wuye {__version__}\n")
        return 0
    if not rest and sys.stdout.isatty() and sys.stdin.isatty():
        rest = ["today"]
    if not rest or rest[0] in words.HELP:
        _print(words.root_help())
        return 0
    kind, verb, rest = _named(rest)
    if verb is None:
        assert kind is not None
        _print(words.kind_help(kind, commands.of_kind(kind)))
        return 0
    before, after = _cut(rest)
    if any(word in words.HELP for word in before):
        _print(words.verb_help(kind, verb))
        return 0
    names = {o.long for o in options_of(verb)} | {f"--no-{n.replace('_', '-')}" for n in verb.yes_no}
    before = words.with_dashes(before, names)
    call = _parse(kind, verb, words.bare_flags(before, verb.yes_no), after)
    if office:
        call.given.setdefault("office", office)
    try:
        return _answer(call, verb)
    finally:
        call.let_go()


def _named(rest: list[str]) -> tuple[Kind | None, Verb | None, list[str]]:
    """The kind and the verb that the first words name. Raises BadInput with the nearest name."""
    word = rest[0]
    if name := records.name_of(word):
        kind = records.kind(name)
        if len(rest) < 2 or rest[1] in words.HELP:
            return kind, None, []
        verbs = commands.of_kind(kind)
        verb = verbs.get(rest[1].lower()) or next((v for v in verbs.values() if v.zh == rest[1]), None)
        if verb is None:
            near = nearest(rest[1], [*verbs, *(v.zh for v in verbs.values())])
            raise BadInput(f"{kind.zh}没有“{rest[1]}”这个动作{near}；可用：{'、'.join(verbs)}")
        return kind, verb, rest[2:]
    if name := commands.name_of(word):
        return None, commands.verb(name), rest[1:]
    known = [n for row in (*records.KINDS, *commands.COMMANDS) for n in row[:1]]
    known += [row[2] for row in records.KINDS] + [row[1] for row in commands.COMMANDS]
    if word.startswith("-"):
        raise BadInput(f"没有 {word} 这个选项；请用 wuye --help 查看用法")
    raise BadInput(f"没有“{word}”这个命令{nearest(word, known)}；请用 wuye --help 查看全部命令")


def _cut(rest: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Words before and after `--`: what stands after it is never an option."""
    if "--" not in rest:
        return rest, ()
    place = rest.index("--")
    return rest[:place], tuple(rest[place + 1 :])


def _parse(kind: Kind | None, verb: Verb, before: list[str], after: tuple[str, ...]) -> Call:
    """Let Typer parse the words of one command; unknown options are gathered and reported together."""
    caught: dict[str, Any] = {}
    options = options_of(verb)
    if AS_OF.long in {w.split("=")[0] for w in before} and not verb.looks_back:
        raise BadInput(Problem(f"{verb.zh}不看过去的台账，也不改它：请去掉 --as-of", field="as_of"))
    # Typer is told only of options that stand here: declaring all forty takes longer than writing the record.
    used = [o for o in options if any(w.split("=")[0] == o.long or (o.short and w[:2] == o.short) for w in before)]

    def callback(**given: Any) -> None:
        caught.update(given)

    words_type = Annotated[list[str] | None, typer.Argument(metavar="WORDS")]
    parameters = [inspect.Parameter("words", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=words_type)]
    parameters += [_parameter(one) for one in used]
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(verb.name, **cast(Any, PLAIN))(callback)
    app(before, standalone_mode=False, prog_name="wuye")
    if "words" not in caught:  # Ctrl-C meanwhile: some versions of Typer swallow it
        raise KeyboardInterrupt
    positional = tuple(caught.pop("words") or ())
    given = {name.removeprefix("o_"): value for name, value in caught.items() if value not in (None, False)}
    _refuse_unknown([w for w in positional if w.startswith("-") and len(w) > 1], options)
    typed = {name: given.pop(name) for name in list(given) if name in verb.typed}
    if given.get("corrected") and not given.get("as_of"):
        raise BadInput(Problem("--corrected 要和 --as-of 一起写：请写明截至哪天", field="corrected"))
    return Call(_desk(), (*positional, *after), given, kind, typed, verb.judges)


def _parameter(one: Opt) -> inspect.Parameter:
    names = (one.long, one.short) if one.short else (one.long,)
    declared = typer.Option(*names, metavar=None if one.flag else one.metavar)
    annotation = Annotated[bool, declared] if one.flag else Annotated[str | None, declared]
    default = False if one.flag else None
    return inspect.Parameter(f"o_{one.name}", inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _refuse_unknown(unknown: list[str], options: Iterable[Opt]) -> None:
    known = [o.long for o in options]
    if unknown:
        raise BadInput(
            *(
                Problem(f"“{w}”是负数：金额、数目请写正数，退款、冲销各有自己的步骤")
                if w[1:2].isdigit() else
                Problem(f"没有 {w.split('=')[0]} 这个选项{nearest(w.split('=')[0], known)}；请用 --help 查看，"
                        "以 - 开头的内容请写在 -- 后面")
                for w in unknown
            )
        )  # fmt: skip


def _desk() -> Desk:
    return Desk(
        os.environ, Path.cwd(), sys.stdout.isatty() and sys.stdin.isatty(), _read_stdin, _ask, _confirm, _progress,
        _hidden,
    )


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read()


def _ask(label: str) -> str:
    return cast(str, typer.prompt(f"请输入{_steady(label)}", default="", show_default=False, err=True)).strip()


def _hidden(label: str) -> str:
    """What nobody may see typed; a line of stdin where it is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.buffer.readline().decode("utf-8", "replace").strip("\r\n\ufeff ")
    question = f"请输入{_steady(label)}（不显示）"
    return cast(str, typer.prompt(question, default="", show_default=False, hide_input=True, err=True))


def _confirm(question: str) -> bool:
    return typer.prompt(f"{_steady(question)}（y/n）", default="n", show_default=False, err=True).strip().lower() in (
        "y",
        "yes",
        "是",
    )


def _progress(items: Iterable[Any]) -> Iterable[Any]:
    """A progress bar on a terminal, once a second has passed."""
    from wuye.render import progress

    return progress.bar(items, sys.stderr)


def _answer(call: Call, verb: Verb) -> int:
    form = call.text("output") or ("html" if _is_pdf(call.text("out")) else "table")
    if form not in FORMATS:
        raise BadInput(Problem(f"-o 没有“{form}”这种格式；可用：{'、'.join(FORMATS)}", field="output"))
    if form in FILES or call.flag("wechat"):
        _refuse_form(call, form)
    if _is_pdf(call.text("out")):
        _refuse_no_page(call, form)
    result = verb.run(call)
    late = call.uncommitted.problems if call.uncommitted else ()
    if isinstance(result, Sheet):
        result = call.marked(result)
    if not isinstance(result, Sheet):
        _deliver(call, _as_file(result, form) if form in FILES else result)
        for line in _beside(call):
            _say(line)
        for problem in late:
            _say(str(problem))
        return call.uncommitted.exit_code if call.uncommitted else 0
    result = result._replace(notes=(*result.notes, *call.aside))
    if call.uncommitted:
        code = result.exit_code or call.uncommitted.exit_code
        result = result._replace(problems=(*result.problems, *late), exit_code=code)
    if call.flag("quiet"):
        _deliver(call, "".join(f"{row.get('id', '')}\n" for row in result.rows if row.get("id")))
    else:
        _deliver(call, _rendered(call, result, form))
    for line in result.notes:
        _say(line)
    for problem in result.problems:
        _say(str(problem))
    return result.exit_code


def _refuse_form(call: Call, form: str) -> None:
    """What cannot be answered in the form asked for is refused before anything is done. BadInput, BadSettings."""
    from wuye import render

    problems = []
    if form in FILES and not call.text("out"):
        problems.append(Problem(f"-o {form} 要写到文件：请加 --out 文件名.{form}", field="out"))
    if form in FILES and call.flag("quiet"):
        problems.append(Problem(f"-q 只输出编号，不能和 -o {form} 一起用：请去掉一个", field="quiet"))
    if call.flag("wechat"):
        told = [f"-o {form}"] if call.text("output") else []
        told += [f"--{name}" for name in ("quiet", "reveal", "edit") if call.flag(name)]
        problems += [Problem(f"--wechat 是一段遮住姓名和电话的文字，不能和 {one} 一起用：请去掉一个") for one in told]
    if problems:
        raise BadInput(*problems)
    render.ready(form)


def _as_file(text: str | bytes | Iterable[str], form: str) -> bytes:
    """An answer that is plain text, in a format that is none: a line a row."""
    from wuye import clock, render
    from wuye.render import xlsx

    if isinstance(text, bytes):
        return text
    whole = text if isinstance(text, str) else "".join(text)
    return render.data(xlsx.lines(whole, clock.now()), form)


def _rendered(call: Call, result: Sheet, form: str) -> str | bytes:
    from wuye import render

    if form in FILES:
        return render.data(result, form)
    return render.text(result, render.WECHAT if call.flag("wechat") else form)


def _beside(call: Call) -> tuple[str, ...]:
    """On what knowledge an answer rests that is text and cannot say so itself."""
    if not call.known:
        return call.aside
    from wuye import yesterday

    return (yesterday.words(call.known), *call.aside)


def _deliver(call: Call, text: str | bytes | Iterable[str]) -> None:
    """To the screen, or to the file that `--out` names; a text that comes in parts only once it is whole."""
    target = call.text("out")
    if not target and isinstance(text, str):
        _print(text)
        return
    from wuye import outside

    if isinstance(text, bytes):
        outside.write(Path(target), text)
        _say(f"已写到 {target}")
        return
    parts = (text,) if isinstance(text, str) else text
    if not target:
        for part in outside.held(parts):
            _print(part)
        return
    outside.write(Path(target), _printed("".join(parts)) if _is_pdf(target) else outside.encoded(parts))
    _say(f"已写到 {target}")


def _is_pdf(target: str) -> bool:
    return target.lower().endswith(".pdf")


def _refuse_no_page(call: Call, form: str) -> None:
    """Before anything is done: a PDF is printed from a page, by a browser that must be there."""
    if form != "html" or call.flag("quiet"):
        one = "-q" if call.flag("quiet") else f"-o {form}"
        raise BadInput(Problem(f"PDF 由网页打出：请去掉 {one}，或换一个不是 .pdf 的文件名", field="out"))
    from wuye import browser

    browser.find()


def _printed(page: str) -> bytes:
    """The page as PDF. Raises BadInput for an answer that has no page."""
    if not page.startswith("<!doctype html>"):
        raise BadInput(Problem("这个回答是纯文字，不能打成 PDF：请换一个不是 .pdf 的文件名", field="out"))
    from wuye import browser

    return browser.pdf(page)


def _print(text: str) -> None:
    """Byte for byte into a file or a pipe; on a terminal without what steers it."""
    sys.stdout.write(_steady(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(_steady(_unnumbered(text)) + "\n")


def _unnumbered(text: str) -> str:
    """A sentence may repeat what was typed: no full identity number is in it, in groups or not."""
    if sum(map(str.isdigit, text)) < FIGURES:
        return text
    from wuye import identity

    return identity.mask(text)


def _steady(text: str) -> str:
    """Words that were typed, stand in files or are names of files: without marks that steer a terminal."""
    if all(map(str.isprintable, text.split("\n"))):
        return text
    from wuye.render.table import safe_lines

    return safe_lines(text.replace("\r\n", "\n"))


def _report(error: WuyeError, argv: Sequence[str]) -> int:
    """The sentence of an error on stderr; a document as well where a script asked for one."""
    if words.asked_format(argv) in ("json", "yaml"):
        from wuye.render import json

        _print(_unnumbered(json.error(error)))
    for problem in error.problems:
        _say(f"错误：{problem}")
    return error.exit_code


def _worded(error: Exception) -> WuyeError:
    """The parser's own errors in Chinese, told by class name (design.md 8)."""
    name = type(error).__name__
    option = getattr(error, "option_name", "")
    if name == "BadOptionUsage":
        if "does not take" in str(error):
            return BadInput(f"选项 {option} 不带值：请删去 = 和后面的内容")
        return BadInput(f"选项 {option} 后面缺少值：请写上，值以 - 开头时写成 {option}=值")
    if name == "NoSuchOption":
        return BadInput(f"没有 {option} 这个选项；请用 --help 查看")
    return BadInput("命令写法不对；请用 --help 查看用法")


def _crashed(error: Exception, argv: Sequence[str]) -> int:
    """A bug, or the machine failing: the traceback goes to a file, without local values."""
    if isinstance(error, OSError):
        from wuye import disk

        return _report(InputOutput(f"读写失败（{disk.cause(error)}）：请检查磁盘和权限后再试"), argv)
    import traceback

    text = "".join(traceback.format_exception(error))
    place = ""
    try:
        from wuye.office import find_root
        from wuye.store import Store

        place = Store(find_root(None, os.environ, Path.cwd())).crashed(text)
    except (WuyeError, OSError, NotFound):
        pass
    where = f"经过已写入 {place}，" if place else ""
    _say(f"错误：程序出了差错（{type(error).__name__}），已保存的数据没有动；{where}请把命令和这句话告诉开发者")
    if os.environ.get("WUYE_DEBUG"):
        _say(text)
    return BUG
