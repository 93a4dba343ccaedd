"""An answer asked for as a page of its own: `-o html`, `--pdf FILE`, and what it says of the data behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wuye import __version__, browser, discreet, outside, when
from wuye.call import Call, Opt
from wuye.errors import BadInput, Problem
from wuye.office import Office
from wuye.record import Record
from wuye.render.page import OWN, page
from wuye.sheet import Sheet

PDF = ".pdf"
OPTIONS = (Opt("pdf", "打成 PDF 文件（用这台电脑的浏览器）", metavar="FILE"),)


def asked(call: Call) -> bool:
    """Whether a page is wanted. Raises BadInput where a PDF and another format are asked for."""
    form, out = call.text("output"), call.text("out")
    paper = bool(call.text("pdf")) or out.lower().endswith(PDF)
    if call.text("pdf"):
        browser.find()
    if paper and form not in ("", "html"):
        raise BadInput(Problem(f"PDF 由网页打出：请去掉 -o {form}", field="output"))
    if call.text("pdf") and call.flag("wechat"):
        raise BadInput(Problem("--wechat 是一段文字，不能打成 PDF：请去掉一个", field="pdf"))
    if call.text("pdf") and out:
        raise BadInput(Problem("--pdf 和 --out 写了两个文件：请只写一个", field="pdf"))
    return paper or form == "html"


def masked(sheet: Sheet, records: Iterable[Record]) -> Sheet:
    """An answer that names nobody of its records, whichever row speaks of them; what has no letters only is no name."""
    told = list(records)
    return discreet.sheet(sheet, told, discreet.Known(n for r in told for n in discreet.names(r) if n.isalpha()))


def version(office: Office) -> str:
    """Which data a page was made of: the last commit, when the newest record was typed in, the program."""
    git = office.git
    said = git.ask("rev-parse", "--short", git.head) if git.available() and git.is_repository() else None
    commit = said.decode("ascii", "replace").strip() if said else "没有历史"
    newest = office.newest()
    typed = when.read_back(newest) if newest else "没有记录"
    return f"提交 {commit}；最新录入 {typed}；wuye {__version__}；{when.read_back(office.now)} 生成"


def made(call: Call, template: str, values: Mapping[str, Any]) -> str:
    """The page, or what to say once it is printed into the file that `--pdf` names."""
    text = page(template, values, call.office.root / OWN)
    if not (target := call.text("pdf")):
        return text
    outside.write(Path(target), browser.pdf(text))
    return f"已写到 {target}\n"
