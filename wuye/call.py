"""One command as it was called: words, options, the office, and the person at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import changes, when
from wuye.changes import Who
from wuye.errors import BadInput, NotCommitted, Problem, Refused
from wuye.office import Office, find_root
from wuye.schema import Kind
from wuye.sheet import Sheet
from wuye.typed import scan

if TYPE_CHECKING:
    from wuye.asof import Known
    from wuye.yesterday import Yesterday


class Opt(NamedTuple):
    """One option: its name (`--id-tail` for `id_tail`), Chinese help, and whether it is a bare flag."""

    name: str
    zh: str
    flag: bool = False
    short: str = ""
    metavar: str = "TEXT"
    typed_as: str = ""

    @property
    def long(self) -> str:
        """The option as typed."""
        return "--" + (self.typed_as or self.name).replace("_", "-")


class Verb(NamedTuple):
    """One command: English name, Chinese name and help, what it takes, and the function that runs it.

    A text that may be long comes in parts; nothing is shown of it before all of it is there.

    `words` shows the positional arguments in the usage line; `yes_no` names options that may stand bare,
    `typed` those that are fields of the kind: their words go to the schema; `past` says whether it takes `--as-of`
    where its options do not tell.
    """

    name: str
    zh: str
    run: Callable[[Call], Sheet | str | bytes | Iterator[str]]
    options: tuple[Opt, ...] = ()
    words: str = ""
    yes_no: frozenset[str] = frozenset()
    help: str = ""
    typed: frozenset[str] = frozenset()
    past: bool | None = None

    @property
    def looks_back(self) -> bool:
        """Whether it answers for an earlier time: it reads an office, so no option of writing is among its own."""
        return self.judges or not WRITING & {o.name for o in self.options} if self.past is None else self.past

    @property
    def judges(self) -> bool:
        """Whether it tells of itself, from today's records too, how things stood on a day."""
        return any(one.name == "as_of" for one in self.options)


WRITING = frozenset(("once", "dry_run"))
READS = (
    Opt("reveal", "显示完整的电话和证件号（须写 --reason，会记入查阅日志）", flag=True),
    Opt("reason", "查阅原因"),
)
PASTE = (Opt("wechat", "变成一段可以贴到微信里的文字，姓名和电话都遮住", flag=True),)
WRITES = (
    Opt("at", "发生时间，如 昨天下午三点（不写为现在）", metavar="WHEN"),
    Opt("once", "重复键：同一键只做一次", metavar="KEY"),
    Opt("dry_run", "只试运行，不写入", flag=True),
    Opt("yes", "不再询问", flag=True),
)
BLANK = Opt("blank", "补录：停电时手写的空白表格号，如 空白-20261123-01；时间用 --at", metavar="NUMBER")
COMMON = (
    Opt("by", "经办人", metavar="NAME"),
    Opt("output", "输出格式：table json jsonl csv yaml md html xlsx", short="-o", metavar="FORMAT"),
    Opt("out", "写到文件", metavar="FILE"),
    Opt("quiet", "只输出编号", flag=True, short="-q"),
    Opt("office", "台账文件夹", metavar="DIR"),
)


AS_OF = Opt("as_of", "截至哪天（或时刻）：按当时所知回答，只看", metavar="WHEN")
CORRECTED = Opt("corrected", "与 --as-of 一起写：截至那天，但按现在的记录（含后来补录、更正的）", flag=True)


def options_of(verb: Verb) -> tuple[Opt, ...]:
    """Every option that a command takes: its own, those that all have, and of one that reads those of the past."""
    past = (CORRECTED,) if verb.judges else (AS_OF,) if verb.looks_back else ()
    own = {one.name for one in verb.options}
    return (*verb.options, *(one for one in (*past, *COMMON) if one.name not in own))


class Desk(NamedTuple):
    """The outside of a call: environment, working directory, terminal. What can be called comes from cli.

    `hidden` asks for what nobody may see, or takes a line of stdin where nobody sits.
    """

    environ: Mapping[str, str]
    cwd: Path
    terminal: bool
    read_stdin: Callable[[], bytes]
    ask: Callable[[str], str]
    confirm: Callable[[str], bool]
    progress: Callable[[Iterable[Any]], Iterable[Any]]
    hidden: Callable[[str], str] = str


class Call:
    """What a verb gets: positional words, options given (flags are True), and the desk around it."""

    def __init__(
        self, desk: Desk, words: tuple[str, ...], given: dict[str, Any], kind: Kind | None = None,
        typed: Mapping[str, str] | None = None, judges: bool = False,
    ) -> None:
        self.desk = desk
        self.words = words
        self.given = given
        self.kind = kind
        self.typed = dict(typed or {})
        self.judges = judges
        self.uncommitted: NotCommitted | None = None
        self.known: Known | None = None
        self.aside: tuple[str, ...] = ()
        self._pasts: list[Yesterday] = []

    @cached_property
    def office(self) -> Office:
        """The office the command is about, as it was known where `--as-of` says when.

        Raises NotFound where there is none, Refused where nothing is known of then.
        """
        return self._as_known() if self.text("as_of") and not self.flag("corrected") else self.live

    @cached_property
    def live(self) -> Office:
        """The office as it is. Raises NotFound where there is none."""
        office = Office(find_root(self.text("office"), self.desk.environ, self.desk.cwd))
        office.progress = self.desk.progress
        return office

    @property
    def asked(self) -> Office:
        """The office, for a command that writes nothing: it is answered through the index."""
        self.live.only_asked = self.office.only_asked = True
        return self.office

    def _as_known(self) -> Office:
        """The office as it was known then. Of today and of days to come everything is known that there is."""
        from wuye import yesterday

        live, words = self.live, self.text("as_of")
        try:
            heard = when.parse(words, live.now, "any", live.settings.desk)
        except ValueError as error:
            if self.judges:  # it says so itself, with whatever else is wrong
                return live
            raise BadInput(Problem(f"--as-of：{error}", field="as_of")) from error
        moment = yesterday.moment_of(heard, live.now)
        if moment >= live.now:
            if moment.date() > live.now.date() and not self.judges:
                raise BadInput(Problem(f"--as-of：{moment.date()} 还没有到，请写今天或以前", field="as_of"))
            return live
        try:
            past = self.past(moment)
        except Refused as error:
            if not self.judges:
                raise
            self.aside = (f"{str(error).partition('：')[0]}：按现在的记录算到那天，不是当时所知",)
            return live
        self.known = past.then
        self.given["as_of"] = f"{moment:%Y-%m-%d}"
        return past

    def past(self, moment: datetime) -> Yesterday:
        """The office as it was known at a moment, until the answer is given. Raises Refused, Damaged."""
        from wuye import yesterday

        self._pasts.append(yesterday.at(self.live, moment))
        return self._pasts[-1]

    def marked(self, sheet: Sheet) -> Sheet:
        """An answer that says on what knowledge it rests, where that is not today's."""
        if not self.known or "known" in sheet.more:
            return sheet
        from wuye import yesterday

        return yesterday.marked(sheet, self.known)

    def let_go(self) -> None:
        """The answer is given: what was held for it may go."""
        for one in self._pasts:
            one.let_go()

    def text(self, name: str) -> str:
        """An option's text, empty where it was not given."""
        value = self.given.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Whether a flag was given."""
        return bool(self.given.get(name))

    @cached_property
    def heard(self) -> tuple[Who, list[Problem]]:
        """Who does it and when, and what is wrong with the options that every writing command has."""
        at: datetime | None = None
        problems: list[Problem] = []
        if words := self.text("at"):
            at, problems = changes.hear_time(words, self.office.typing, "--at")
        said = () if at is None or when.dump(at) == words else (f"{words} = {when.read_back(at)}",)
        by = self.office.person(self.text("by"), self.desk.environ)
        for name, text in (("by", by), ("once", self.text("once"))):
            if problem := scan(text, f"--{name}", "经办人" if name == "by" else "重复键"):
                problems.append(problem)
        return Who(by, at, self.office.now, said), problems

    @property
    def who(self) -> Who:
        """Who does it and when it happened. Raises BadInput for a time that cannot be read."""
        if self.heard[1]:
            raise BadInput(*self.heard[1])
        return self.heard[0]

    def whole(self, count: int) -> bool:
        """Whether private values may be shown: revealed with a reason, or one record on a terminal."""
        if self.flag("reveal"):
            if not self.text("reason"):
                raise BadInput(Problem("--reveal 须写明查阅原因：请用 --reason 给出", field="reason"))
            return True
        return self.desk.terminal and count == 1 and not self.text("out") and not self.flag("wechat")

    def log_reveal(self, ids: Sequence[str]) -> None:
        """Write down that private data is shown. A commit that fails is told beside the answer: the log is saved."""
        try:
            self.office.revealed(self.who, self.text("reason"), ids)
        except NotCommitted as error:
            self.uncommitted = error

    def need_words(self, zh: str) -> tuple[str, ...]:
        """The positional words; BadInput where there are none."""
        if not self.words:
            raise BadInput(f"缺少{zh}：请写在命令后面")
        return self.words

    def no_words(self, allowed: int = 0) -> None:
        """Refuse words that mean nothing here."""
        if extra := self.words[allowed:]:
            raise BadInput(*(Problem(f"多余的“{word}”：请删去，或核对引号和选项") for word in extra))
