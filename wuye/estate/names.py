"""Invented people: names put together by chance, telephone numbers that nobody has, plates, document tails."""

from __future__ import annotations

from wuye.estate.dice import Dice

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋"
    "蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "志远 文静 建平 丽华 俊杰 雅婷 国栋 秀兰 浩然 雨欣 宏伟 淑芬 子轩 思琪 永强 桂英 "
    "嘉豪 佳怡 振华 玉梅 家明 晓玲 立新 海燕 明辉 慧敏 德胜 春梅 天佑 梦瑶 少华 凤英 "
    "启航 诗涵 广林 彩霞 鹏飞 欣怡 庆华 美玲 卫东 红梅 世杰 可欣 景春 月娥 泽宇 若兰 "
    "长青 素珍 昊天 婉清 兆丰 翠花 承志 静怡 培根 丽娜 致远 晓彤 学文 巧云 一鸣 沐阳 "
    "仁杰 雪梅 伯安 芷若 克俭 秋菊 守信 语嫣 元凯 金凤 逸飞 念慈 汉生 银花 书豪 书瑶 "
    "贵祥 兰芳 宇航 紫萱 喜来 冬梅 铭泽 依诺 万里 小敏 清泉 宛如 阿强 小芳 文博 艺涵"
).split()
NOBODYS = "154"
"""The network code that the ministry has given to no carrier (docs/decisions.md): no such number can be called."""


def name(dice: Dice) -> str:
    """A full name."""
    return dice.pick(SURNAMES) + dice.pick(GIVEN)


def known_as(dice: Dice, full: str) -> str:
    """How somebody who did not give a full name is written down: 王女士, 陈先生."""
    return full[0] + dice.pick(("先生", "女士"))


def phone(dice: Dice) -> str:
    """A mobile number of the code that is nobody's."""
    return f"{NOBODYS}00{dice.between(0, 999_999):06d}"


def tail(dice: Dice) -> str:
    """The last four characters of a document."""
    return f"{dice.between(0, 999):03d}{dice.pick('0123456789X')}"


def plate(dice: Dice) -> str:
    """A plate with the letter O, which no authority issues: `plate` takes it, no car has it."""
    return f"粤B{dice.between(1, 9)}O{dice.between(0, 999):03d}"
