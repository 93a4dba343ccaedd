"""A map file as a person wrote it: every mistake in it with its line, and whether it fits the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wuye import yamlio
from wuye.errors import BadInput, Damaged, Problem
from wuye.flow import Step
from wuye.mapping import RECEIVED, Map, StepMap, date_format, importable, squeeze
from wuye.schema import Kind
from wuye.typed import nearest, scan

KEYS = ("source", "sheet", "header", "key", "columns", "values", "constants", "steps", "skip", "fill", "dates")
STEP_KEYS = ("step", "at", "by", "when", "columns", "constants")


class Reading:
    """One map as it is read: `map`, and every mistake with its line in the file."""

    def __init__(self, text: str, file: str, kind: Kind) -> None:
        self.text = text
        self.file = file
        self.kind = kind
        self.problems: list[Problem] = []
        self.sound_header = True
        self.labels: dict[str, str] = {f.zh: f.name for f in reversed(kind.fields)} | {"受理时间": RECEIVED}
        self.written: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
        self.map = self._read()

    def wrong(self, words: str, *path: str | int) -> None:
        """Note a mistake at its place."""
        path = self.written.get(path, path)
        line = yamlio.locate(self.text, path)[0]
        lines = self.text.split("\n")
        name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        # The value of a name may begin a line further down: the clerk looks for the name.
        while line > 1 and name and name not in lines[line - 1] and name in "".join(lines[max(line - 4, 0) : line]):
            line -= 1
        remedy = "" if any(word in words for word in ("请", "可用", "可选")) else "；请改正"
        self.problems.append(Problem(words + remedy, self.file, line))

    def fit(self, headings: Sequence[str]) -> list[Problem]:
        """Columns of the map that the table does not have, or has twice, with the nearest name."""
        before = len(self.problems)
        if not self.sound_header:
            return []
        known = [squeeze(name) for name in headings]
        for name, path in dict.fromkeys(self.map.named()):
            count = known.count(squeeze(name))
            if count == 0:
                near = _like(name, [h for h in headings if h])
                self.wrong(f"文件里没有“{name}”这一列{near}：请改成表头里的写法", *path)
            elif count > 1:
                self.wrong(f"表头里有 {count} 列都叫“{name}”：请先在文件里改名，再写进映射", *path)
        return self.problems[before:]

    # --- reading

    def _read(self) -> Map:
        try:
            raw = yamlio.load(self.text, self.file)
        except Damaged as error:
            self.problems += error.problems
            return Map()
        if not isinstance(raw, dict):
            self.problems.append(Problem("映射应是“名称: 值”的清单：请照 docs/import.md 的样子写", self.file, 1))
            return Map()
        for key in raw:
            if key not in KEYS:
                self.wrong(f"映射没有 {key} 这一项{nearest(key, KEYS)}；可用：{'、'.join(KEYS)}", key)
        columns = self._columns(raw.get("columns"), None, "columns")
        constants = self._constants(raw.get("constants"), None, "constants")
        if not columns and "columns" in raw:
            self.wrong("columns 是空的：请写明每一项来自哪一列", "columns")
        if "columns" not in raw:
            self.problems.append(Problem("映射缺少 columns：请写明每一项来自哪一列", self.file, 1))
        found = Map(
            columns,
            self._header(raw.get("header")),
            self._word(raw.get("sheet"), "sheet"),
            self._word(raw.get("source"), "source"),
            self._words(raw.get("key"), "key"),
            self._values(raw.get("values")),
            constants,
            self._steps(raw.get("steps")),
            self._skip(raw.get("skip")),
            self._words(raw.get("fill"), "fill"),
            self._dates(raw.get("dates")),
        )
        self._check(found)
        return found

    def _check(self, found: Map) -> None:
        if RECEIVED not in {*found.columns, *found.constants} and not self.kind.book and not self.problems:
            self.wrong("没有写受理时间（received）来自哪一列：请在 columns 里写明", "columns")
        private = {c for n, columns in found.columns.items() if self._private(n) for c in columns}
        for name in found.key:
            if name in private:
                self.wrong(f"key 不能用“{name}”：电话、证件号是遮住的；请用编号这样的列", "key")
        for name, words in (("source", found.source), *found.constants.items()):
            if problem := scan(words, name, "映射"):
                self.wrong(problem.message, name)

    def _private(self, name: str) -> bool:
        return self.kind.has(name) and self.kind[name].private

    def _header(self, raw: Any) -> tuple[int, ...]:
        rows = raw if isinstance(raw, list) else [raw] if raw else []
        if not all(isinstance(r, str) and r.isascii() and r.isdigit() and int(r) > 0 for r in rows):
            self.wrong("header 应是表头所在的行号，如 1，两行表头写 [1, 2]", "header")
            self.sound_header = False
            return ()
        return tuple(sorted(int(r) for r in rows))

    def _word(self, raw: Any, *path: str | int) -> str:
        if raw is None or isinstance(raw, str):
            return raw or ""
        self.wrong(f"{path[-1]} 应是一个词", *path)
        return ""

    def _words(self, raw: Any, *path: str | int) -> tuple[str, ...]:
        found = raw if isinstance(raw, list) else [raw] if raw else []
        if all(isinstance(one, str) and one for one in found):
            return tuple(found)
        self.wrong(f"{path[-1]} 应是一个列名，或 [列名, 列名]", *path)
        return ()

    def _mapping(self, raw: Any, *path: str | int) -> dict[str, Any]:
        if isinstance(raw, dict):
            return raw
        if raw:
            self.wrong(f"{path[-1]} 应是“名称: 值”的清单", *path)
        return {}

    def _pairs(self, raw: Any, *path: str | int) -> dict[str, str]:
        return {key: self._word(value, *path, key) for key, value in self._mapping(raw, *path).items()}

    def _dates(self, raw: Any) -> dict[str, str]:
        found = self._pairs(raw, "dates")
        for column, hint in found.items():
            if not date_format(hint):
                words = f"dates 里“{column}”的写法“{hint}”看不懂：请写成 MM/DD/YYYY HH:mm 这样，或只写年份如 2022"
                self.wrong(words, "dates", column)
        return found

    def _field(self, word: str, step: Step | None, *path: str | int) -> str:
        """The field that a key of the map names, "" with a mistake noted where it is none that fits."""
        name = self.labels.get(word, word.strip().lower().replace("-", "_"))
        kind = self.kind
        place = (*path, word)
        if step is not None:
            if name in step.fields:
                self.written[(*path, name)] = place
                return name
            allowed = "、".join(f"{n}({kind[n].zh})" for n in step.fields) or "没有"
            self.wrong(f"步骤 {step.name}（{step.zh}）没有“{word}”这一项；可用：{allowed}", *place)
            return ""
        if name != RECEIVED and not kind.has(name):
            near = nearest(word, [*self.labels, *self.labels.values()])
            self.wrong(f"{kind.zh}没有“{word}”这一项{near}；请看 wuye {kind.name} add --help", *place)
            return ""
        if name != RECEIVED and not importable(kind[name]):
            self.wrong(f"“{word}”不能导入：它属于某个步骤，或指向别的记录；请放到 steps 里，或导入后再补", *place)
            return ""
        self.written[(*path, name)] = place
        return name

    def _columns(self, raw: Any, step: Step | None, *path: str | int) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        first: dict[str, str] = {}
        for word, columns in self._mapping(raw, *path).items():
            name = self._field(word, step, *path)
            if name in found:
                self.wrong(f"“{word}”和“{first[name]}”是同一项：请留一个", *path, word)
            elif name:
                first[name] = word
                found[name] = self._words(columns, *path, word)
        return found

    def _constants(self, raw: Any, step: Step | None, *path: str | int) -> dict[str, str]:
        found = {}
        for word, value in self._mapping(raw, *path).items():
            if name := self._field(word, step, *path):
                found[name] = self._chosen(name, self._word(value, *path, word), *path, word)
        return found

    def _chosen(self, name: str, word: str, *path: str | int) -> str:
        """A word of the map for a field of choices is one of them."""
        listed = self.kind.has(name) and not self.kind[name].type.open
        choices = dict(self.kind[name].type.choices) if listed else {}
        if choices and word and word not in {*choices, *choices.values()}:
            allowed = "、".join(f"{code}({zh})" for code, zh in choices.items())
            self.wrong(f"{name} 没有“{word}”这一项；可选：{allowed}", *path)
        return word

    def _values(self, raw: Any) -> dict[str, dict[str, str]]:
        found = {}
        for word, pairs in self._mapping(raw, "values").items():
            name = self.labels.get(word, word.strip().lower().replace("-", "_"))
            if not self.kind.has(name):
                near = nearest(word, [f.name for f in self.kind.fields])
                self.wrong(f"{self.kind.zh}没有“{word}”这一项{near}；values 里请写字段名", "values", word)
                continue
            table = self._pairs(pairs, "values", word)
            found[name] = {k: self._chosen(name, v, "values", word, k) for k, v in table.items()}
        return found

    def _steps(self, raw: Any) -> tuple[StepMap, ...]:
        if raw and not isinstance(raw, list):
            self.wrong("steps 应是一串步骤，每个以 - step: 开头", "steps")
            return ()
        found = []
        for index, item in enumerate(raw or ()):
            place = ("steps", index)
            if one := self._step(self._mapping(item, *place), *place):
                found.append(one)
        return tuple(found)

    def _step(self, item: Mapping[str, Any], *place: str | int) -> StepMap | None:
        for key in item:
            if key not in STEP_KEYS:
                near = nearest(key, STEP_KEYS)
                self.wrong(f"步骤里没有 {key} 这一项{near}；可用：{'、'.join(STEP_KEYS)}", *place, key)
        word = self._word(item.get("step"), *place, "step")
        flow = self.kind.flow
        step = flow.step(word) or next((s for s in flow.steps if s.zh == word), None)
        if step is None:
            names = [s.name for s in flow.steps]
            near = nearest(word, names)
            self.wrong(f"{self.kind.zh}没有“{word}”这个步骤{near}；可用：{'、'.join(names)}", *place, "step")
            return None
        if not item.get("at"):
            self.wrong(f"步骤 {word} 缺少 at：请写明时间来自哪一列", *place, "step")
        when = {k: self._words(v, *place, "when", k) for k, v in self._when(item.get("when"), *place).items()}
        columns = self._columns(item.get("columns"), step, *place, "columns")
        constants = self._constants(item.get("constants"), step, *place, "constants")
        for name in step.needs:
            if name not in columns and name not in constants:
                self.wrong(f"步骤 {word} 缺少{self.kind[name].zh}（{name}）：请在它的 columns 或 constants 里写明",
                           *place, "step")  # fmt: skip
        at = self._word(item.get("at"), *place, "at")
        return StepMap(step, at, self._word(item.get("by"), *place, "by"), when, columns, constants)

    def _when(self, raw: Any, *place: str | int) -> dict[str, Any]:
        """`when` is a list of columns with words; a column alone means: where it holds anything."""
        return {raw: []} if isinstance(raw, str) and raw else self._mapping(raw, *place, "when")

    def _skip(self, raw: Any) -> tuple[dict[str, tuple[str, ...]], ...]:
        rules = raw if isinstance(raw, list) else [raw] if raw else []
        found = []
        for index, rule in enumerate(rules):
            if not isinstance(rule, dict) or not rule:
                self.wrong("skip 应是一串“列名: 词”，如 - 序号: 合计", "skip")
                continue
            found.append({k: self._words(v, "skip", index, k) for k, v in rule.items()})
        return tuple(found)


def _like(name: str, headings: Sequence[str]) -> str:
    """The heading most like a wrong column, else all of them; of two characters one may be wrong."""
    from difflib import get_close_matches

    close = get_close_matches(name, headings, n=1, cutoff=0.5)
    return f"（是不是 {close[0]}）" if close else f"，表头有 {'、'.join(headings)}"


def decode(data: bytes, file: str) -> str:
    """The text of a map. Raises BadInput where it is no YAML file."""
    try:
        return yamlio.decode(data, file)
    except Damaged as error:
        raise BadInput(*error.problems) from error
