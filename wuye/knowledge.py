"""知识库: pages of text in Markdown, found by a word while the caller waits (domain.md 39).

A page may begin with a head of plain lines between `---`: title, tags, 更新. Nothing is indexed: the pages are few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from wuye.errors import Problem
from wuye.finding import Sought
from wuye.values import many
from wuye.wanted import searched

FOLDER = "knowledge"
OWN = Path(__file__).parent / "kb"
LARGEST = 1_000_000
EXACT, TITLE, TAG, HEADING, TEXT, MOST_TEXT = 100, 40, 60, 12, 2, 10
_HEADS = {"title": "title", "标题": "title", "tags": "tags", "标签": "tags", "updated": "updated", "更新": "updated"}


class Page(NamedTuple):
    """One page: its name (the path in the folder, without `.md`), title, tags, when it was last looked over, text."""

    name: str
    title: str
    tags: tuple[str, ...]
    updated: str
    text: str


class Hit(NamedTuple):
    """A page that was found, and how well it answers."""

    page: Page
    score: float


def read(folder: Path) -> tuple[list[Page], list[Problem]]:
    """Every page of a folder by name, and what could not be read: links out of it, other encodings, too large."""
    pages, problems = [], []
    if folder.is_symlink():
        return [], [Problem("是指向知识库之外的链接：请换成普通文件夹", file=FOLDER)]
    root = folder.resolve()
    for path in sorted(folder.rglob("*.md")) if folder.is_dir() else ():
        shown = f"{FOLDER}/{path.relative_to(folder).as_posix()}"
        if not path.resolve().is_relative_to(root):
            problems.append(Problem("是指向知识库之外的链接：请换成普通文件", file=shown))
            continue
        try:
            data = _bytes(path)
            text = data.decode("utf-8-sig")
        except OSError:
            problems.append(Problem("读不出来：请检查文件权限和磁盘", file=shown))
        except UnicodeDecodeError:
            problems.append(Problem("不是 UTF-8 编码：请在编辑器里另存为 UTF-8", file=shown))
        except ValueError:
            problems.append(Problem(f"超过 {LARGEST // 1_000_000} MB，没有读：请分成几页", file=shown))
        else:
            pages.append(page(path.relative_to(folder).as_posix().removesuffix(".md"), text))
    return sorted(pages), problems


def _bytes(path: Path) -> bytes:
    """Raises ValueError for what is no regular file, or too large to be read while a caller waits."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise ValueError(path.name)
    return path.read_bytes()


def page(name: str, text: str) -> Page:
    """A page out of its text: the head between `---` or the first lines, else the first heading as the title."""
    head: dict[str, str] = {}
    lines = text.replace("\r\n", "\n").split("\n")
    fenced = bool(lines) and lines[0].strip() == "---"
    rest = lines[1:] if fenced else lines
    taken = 0
    for line in rest:
        found = re.fullmatch(r"\s*([A-Za-z]+|标题|标签|更新)\s*[:：]\s*(.*?)\s*", line)
        key = _HEADS.get(found[1].lower()) if found else None
        if fenced and line.strip() == "---":
            taken += 1
            break
        if not key or not found:
            if fenced:
                taken += 1
                continue
            break
        head[key] = found[2]
        taken += 1
    body = "\n".join(rest[taken:]).strip("\n")
    title = head.get("title", "").strip("'\"")
    if not title:
        heading = re.search(r"^#+\s*(.+?)\s*$", body, re.MULTILINE)
        title = heading[1] if heading else name.rpartition("/")[2]
    tags = many(head.get("tags", "").strip("[]"))
    return Page(name, title, tuple(tag.strip("'\"") for tag in tags), head.get("updated", ""), body)


# --- searching


def search(pages: Sequence[Page], sought: Sequence[Sought]) -> list[Hit]:
    """The pages in which every word stands, the best first; where there is none, those that hold most of the pieces."""
    found = [Hit(one, sum(scores)) for one in pages if all(scores := [_score(one, word) for word in sought])]
    if not found:
        pieces = [piece for word in sought for piece in _pieces(word)]
        scored = ((one, [_score(one, piece) for piece in pieces]) for one in pages)
        least = max(1, len(pieces) // 3)
        found = [Hit(one, sum(scores)) for one, scores in scored if sum(map(bool, scores)) >= least]
    return sorted(found, key=lambda hit: (-hit.score, hit.page.name))


def _pieces(word: Sought) -> Iterable[Sought]:
    """A word that stands nowhere as it was typed, in twos: `电梯关人了` is 电梯, 梯关, 关人, 人了."""
    if len(word.word) < 3 or word.word.isascii():
        return (word,)
    return (Sought(word.word[i : i + 2]) for i in range(len(word.word) - 1))


def _score(one: Page, sought: Sought) -> float:
    """How well a page answers one word: by its title, its tags, its headings, its text; letters as names sound."""
    title, word = searched(one.title), sought.word
    score = 0.0
    if word == title:
        score += EXACT
    elif word in title:
        score += TITLE
    tags = [searched(tag) for tag in one.tags]
    if word in tags:
        score += TAG
    elif any(word in tag or (len(tag) > 1 and tag in word) for tag in tags):
        score += TAG / 2
    headings = re.findall(r"^#+.+$|\*\*.+?\*\*", one.text, re.MULTILINE)
    score += HEADING if word in searched("\n".join(headings)) else 0
    score += min(searched(one.text).count(word) * TEXT, MOST_TEXT)
    return score + (_sounds(one, sought.letters) if sought.letters else 0)


def _sounds(one: Page, letters: str) -> float:
    """How well letters mean a page, by how its title and its tags are read."""
    from wuye import pinyin

    title = TITLE if pinyin.heard_as(letters, one.title) else 0
    return title + (TAG if any(pinyin.heard_as(letters, tag) for tag in one.tags) else 0)


def named(pages: Sequence[Page], word: str) -> list[Page]:
    """The pages that a name means: its own name or title, else a part of either."""
    plain = searched(word).removesuffix(".md").removeprefix(f"{FOLDER}/")
    exact = [one for one in pages if plain in (searched(one.name), searched(one.title))]
    return exact or [one for one in pages if plain and (plain in searched(one.name) or plain in searched(one.title))]


def starter() -> dict[str, bytes]:
    """The pages that come with the program, by their path in an office."""
    return {f"{FOLDER}/{path.name}": path.read_bytes() for path in sorted(OWN.glob("*.md"))}
