"""What leaves the office names nobody: names, phones and documents masked in what a page says (design.md 6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wuye import identity, phone
from wuye.record import Record
from wuye.sheet import Sheet
from wuye.values import NAME, STAFF

COMPOUND = frozenset("欧阳 上官 司马 司徒 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 端木 南宫 夏侯 闻人".split())
TITLES = ("先生", "女士", "小姐", "太太", "老师", "师傅", "经理", "主任", "阿姨", "大爷", "大妈", "叔叔", "总")
BODIES = (
    "公司", "中心", "商店", "超市", "餐厅", "银行", "学校", "幼儿园", "医院", "委员会", "居委会", "派出所", "服务部",
    "经营部", "工作室", "事务所", "集团",
)  # fmt: skip
SHORT_BODIES = ("店", "厂", "部", "局", "院", "队", "社", "行")
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖樊殷施洪"
)
"""The commonest: a short word that begins with one is a person's name, however it ends (王知行, 李建社)."""
_PHONE = re.compile(r"(?<![\d.])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?[2-9]\d{6,7})(?!\d)")
_SEVERAL = re.compile(r"([、，,;；/ ]+)")
LEAST, MOST = 2, 4
PERSONS = frozenset(of + one.name for one in (NAME, STAFF) for of in ("", "several:"))
COLUMNS = ("collector", "cashier")
"""The columns of a table about nobody's record that name a person; the names of its lines do in that of dunning."""
DUNNING = "wuye.month.dunning"
NOBODY = frozenset({"合计", "未填"})


def name(words: str) -> str:
    """A name as others may see it: `王**`, of several each; a surname with a title stays, and so does a company."""
    return "".join(part if _SEVERAL.fullmatch(part) else _one(part) for part in _SEVERAL.split(words))


def _one(word: str) -> str:
    if len(word) < LEAST or word.endswith(BODIES) or (word.endswith(SHORT_BODIES) and not _is_person(word)):
        return word
    surname = word[:2] if word[:2] in COMPOUND and len(word) > LEAST else word[:1]
    rest = word[len(surname) :]
    return word if rest in TITLES else surname + "*" * min(len(rest), 3)


def _is_person(word: str) -> bool:
    return len(word) <= MOST and (word[0] in SURNAMES or (word[:2] in COMPOUND and len(word) > LEAST))


def names(record: Record) -> set[str]:
    """Every name of a person that a record holds, in its fields or its history, and that a mask changes."""
    fields = [one for one in record.kind.fields if one.type.name in PERSONS]
    told = [one.shown(record[one.name]) for one in fields if not one.on_log and record[one.name]]
    told += [one.shown(e.values[one.name]) for e in record.log for one in fields if e.values.get(one.name)]
    single = {part for words in told for part in (words, *_SEVERAL.split(words))}
    return {word for word in single if len(word) >= LEAST and name(word) != word}


def text(words: str, hidden: Collection[str] = ()) -> str:
    """A text without phones and documents, and with these names masked."""
    for word in sorted(hidden, key=len, reverse=True):
        words = words.replace(word, name(word))
    return identity.mask(_PHONE.sub(_phone, words))


def _phone(found: re.Match[str]) -> str:
    typed = found[0]
    return phone.mask(typed if typed.startswith("0") else re.sub(r"^\+?86[- ]?|[- ]", "", typed))


class Known:
    """The names of many people, found in any text: of three characters and more, shorter ones may be words."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = {word for word in known if 2 < len(word) <= MOST}

    def text(self, words: str, hidden: Collection[str] = ()) -> str:
        """The text with everything masked that names somebody."""
        if not self.known:
            return text(words, hidden)
        for size in range(MOST, 2, -1):
            for place in range(len(words) - size + 1):
                if (word := words[place : place + size]) in self.known:
                    words = words.replace(word, name(word))
        return text(words, hidden)


def sheet(found: Sheet, records: Iterable[Record], known: Known | None = None) -> Sheet:
    """An answer whose rows name nobody: each row's text without the names of the record it tells of, nor known ones."""
    masked = known.text if known else text
    wanted = {str(row["id"]) for part in (found, *found.sections) for row in part.rows if row.get("id")}
    hidden = {record.id: names(record) for record in records if record.id in wanted}

    def row(told: Mapping[str, Any], naming: Collection[str]) -> Mapping[str, Any]:
        mine = hidden.get(str(told.get("id")), set())
        named = {k: name(told[k]) for k in naming if type(told.get(k)) is str and told[k] not in NOBODY}
        return {k: masked(v, mine) if type(v) is str and k != "id" else v for k, v in told.items()} | named

    def part(one: Sheet) -> Sheet:
        naming = (*COLUMNS, "name") if one.schema == DUNNING else COLUMNS
        rows = tuple(row(told, naming) for told in one.rows)
        table = None if one.table_rows is None else tuple(row(told, naming) for told in one.table_rows)
        return one._replace(rows=rows, table_rows=table)

    return part(found)._replace(sections=tuple(map(part, found.sections)))
