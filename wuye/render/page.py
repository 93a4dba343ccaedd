"""Pages: HTML made by Jinja2 from templates, with one style sheet, a strict policy and nothing from elsewhere.

Every text is escaped, and marks that steer a screen or turn the direction of writing are shown as �. An office may put
a template of its own under `templates/`; it runs in Jinja's sandbox and can reach nothing but what the page is given.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wuye import disk
from wuye.errors import BadSettings, Problem
from wuye.render.table import safe_lines

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent / "templates"
OWN = "templates"
"""Where an office keeps templates of its own."""
NO_JINJA = "网页和打印要用 jinja2，这台电脑没有装：请运行 pip install 'wuye[office]'"


def shown(value: Any) -> Any:
    """What a template writes: no marks that steer, nothing for nothing."""
    if value is None:
        return ""
    if type(value) is str:
        return safe_lines(value.replace("\t", " "))
    return value


@cache
def _style() -> str:
    return (FOLDER / "page.css").read_text("utf-8")


def policy(*scripts: str) -> str:
    """The content security policy of a page: its own style sheet by hash, pictures in the page, else nothing."""

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    script = f" script-src {' '.join(map(hashed, scripts))};" if scripts else ""
    own = f"style-src {hashed(_style())}; img-src data:;{script}"
    return f"default-src 'none'; {own} base-uri 'none'; form-action 'none'"


def _environment(own: Path | None) -> jinja2.Environment:
    try:
        import jinja2
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        raise BadSettings(NO_JINJA) from error
    ours = jinja2.FileSystemLoader(FOLDER)
    theirs = [jinja2.FunctionLoader(partial(_of_office, own))] if own else []
    made = ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader([*theirs, ours]), autoescape=True, undefined=jinja2.StrictUndefined, finalize=shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["style"] = _style
    made.globals["policy"] = policy
    return made


def _of_office(folder: Path, name: str) -> str | None:
    """A template of the office, None where it has none of that name. Raises InputOutput for a link."""
    from jinja2.loaders import split_template_path

    path = folder.joinpath(*split_template_path(name))
    inside = path.parent.resolve().is_relative_to(folder.resolve())
    data = disk.read(path, f"{OWN}/{name}") if inside else None
    return None if data is None else data.decode("utf-8")


def page(template: str, values: Mapping[str, Any], own: Path | None = None) -> str:
    """A page as text; `own` is the office's folder of templates, which go before those of the program.

    Raises BadSettings where jinja2 is missing or an office's template has a mistake (file and line).
    """
    return "".join(parts(template, values, own))


def parts(template: str, values: Mapping[str, Any], own: Path | None = None) -> Iterator[str]:
    """The same in parts, as they are made: a run of thousands of slips never lies in memory whole."""
    yield from Templates(own).parts(template, values)


class Templates:
    """The templates of the program under those of an office, read once for many parts of a page."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own if own is not None and own.is_dir() and not own.is_symlink() else None
        self._made = _environment(self._own)

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """A part of a page, whole."""
        return "".join(self.parts(template, values))

    def parts(self, template: str, values: Mapping[str, Any]) -> Iterator[str]:
        """A page or a part of one, as it is made. Raises BadSettings for a mistake in an office's template."""
        with _told(template, self._own):
            yield from self._made.get_template(template).generate(values)


@contextmanager
def _told(template: str, own: Path | None) -> Iterator[None]:
    """A mistake in an office's template in one sentence; one in ours is a bug and stays one."""
    import jinja2

    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        words = f"模板写错了：{error.message}；请改正，或删去这个文件用程序自带的"
        raise BadSettings(Problem(words, file=f"{OWN}/{error.name}", line=error.lineno)) from error
    except (jinja2.TemplateError, TypeError, ValueError, AttributeError) as error:
        if own is None or not (own / template).is_file():
            raise
        words = f"模板用到了没有的内容（{error}）：请改正，或删去这个文件用程序自带的"
        raise BadSettings(Problem(words, file=f"{OWN}/{template}")) from error
