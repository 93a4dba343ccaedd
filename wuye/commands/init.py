"""`wuye init`: a new office folder."""

from __future__ import annotations

from pathlib import Path

from wuye import founding
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.sheet import Column, Sheet
from wuye.typed import scan

OPTIONS = (Opt("name", "小区或项目名称", metavar="NAME"), Opt("yes", "文件夹里已有别的东西也照建", flag=True))


def run(call: Call) -> Sheet:
    """Make the folder, its settings, its git repository. Refused where there is an office already."""
    call.no_words(1)
    root = folder(call, call.words[0] if call.words else ".")
    name = call.text("name")
    if not name and call.desk.terminal:
        name = call.desk.ask("小区或项目名称")
    if problems := wrong_name(name):
        raise BadInput(*problems)
    refuse_taken(call, root, str(root))
    person = call.text("by") or call.desk.environ.get("WUYE_USER") or ""
    notes = founding.found(root, name, person)
    where = str(root)
    words = (
        f"已建台账“{name}”：{where}\n进入这个文件夹即可登记：wuye complaint add、wuye visitor add，看今天：wuye today\n"
    )
    from wuye import clock

    columns = (Column("name", "名称"), Column("path", "文件夹"))
    return Sheet("wuye.init", columns, ({"name": name, "path": where},), clock.now(), words=words, notes=notes)


def folder(call: Call, word: str) -> Path:
    """The folder that was named, from the working directory."""
    root = Path(word).expanduser()
    return root if root.is_absolute() else call.desk.cwd / root


def wrong_name(name: str) -> list[Problem]:
    """What is wrong with an estate's name."""
    problems = [] if name else [Problem("缺少名称：请用 --name 给出小区或项目名称", field="name")]
    if problem := scan(name, "--name", "名称"):
        problems.append(problem)
    if "\n" in name or len(name) > 100:
        problems.append(Problem("--name（名称）应是一行，最多 100 字", field="name"))
    return problems


def refuse_taken(call: Call, root: Path, named: str) -> None:
    """Raises CannotWrite where there is an office, BadInput where there is anything else and nobody said `--yes`."""
    founding.refuse_office(root, named)
    if founding.crowded(root) and not call.flag("yes"):
        question = f"{named} 里已有别的文件，要在这里建台账吗"
        if not (call.desk.terminal and call.desk.confirm(question)):
            raise BadInput(f"{named} 里已有别的文件：确要建在这里请加 --yes，或换一个空文件夹")


VERB = Verb("init", "新建", run, OPTIONS, "[DIR]", frozenset(), "新建一个台账文件夹", past=False)
