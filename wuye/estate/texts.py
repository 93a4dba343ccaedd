"""What people say at the desk, by subject: plain tables, all invented."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """A complaint: subject, cause class, the department that answers, what was said, seen and done about it.

    `place` is where it is, where that is no flat.
    """

    subject: str
    cause: str
    department: str
    text: str
    found: str
    result: str
    place: str = ""


def table(name: str) -> list[list[str]]:
    """The rows of a table of this folder, a line of its own for each, cells parted by tabs."""
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


FAILED = tuple(Case(*row[1:]) for row in table("complaints.tsv") if row[0] == "failed")
ASKED = tuple(Case(*row[1:]) for row in table("complaints.tsv") if row[0] == "asked")
SAID = ("已收到反映，这就安排人去看", "已报责任部门，有进展马上告诉您", "先去现场看情况，再答复处理办法")
NEWS = ("师傅已到现场，正在处理", "已约好明天上门", "材料到货后马上处理，请再等一等", "责任人已联系上，正在整改")
PRAISE = ("处理得挺快", "可以，谢谢", "这次满意，希望以后别再发生", "没问题了")
GRUMBLES = ("解决是解决了，就是慢了点", "还行吧", "希望能提前打招呼")


class Fault(NamedTuple):
    """A repair: trade, urgency, what was reported, what was done, materials where they are charged, the place."""

    trade: str
    urgency: str
    text: str
    result: str
    materials: str = ""
    place: str = ""


FAULTS = tuple(Fault(*row) for row in table("repairs.tsv"))
BURST = Fault("给排水", "emergency", "水管爆了，水流到走廊", "关阀后更换爆裂的三通，恢复供水")
BLACKOUT = Fault("电气", "emergency", "整层突然停电", "楼层空开烧毁，更换后恢复送电", "", " 2 楼")
HOLDS = ("等配件到货", "业户出差，改约时间", "需要维保单位一起来")
URGED = ("师傅在别家，做完就来", "配件下午到，到了马上去", "今天一定上门")


class Errand(NamedTuple):
    """Why somebody comes: purpose, how many minutes it takes, the company, whether by car, how often."""

    purpose: str
    low: int
    high: int
    company: str = ""
    car: float = 0.0
    weight: float = 1.0


ERRANDS = (
    Errand("送快递", 8, 40, "蒲公英快递", 0.4, 3),
    Errand("送外卖", 5, 20, "", 0.1, 3),
    Errand("探亲访友", 60, 230, "", 0.5, 4),
    Errand("家政保洁", 90, 235, "小满家政", 0.0, 2),
    Errand("维修空调", 40, 150, "立秋空调服务", 0.7, 1),
    Errand("送家具", 30, 110, "霜降家具", 1.0, 1),
    Errand("中介带看房", 20, 60, "芒种房产", 0.2, 1.5),
    Errand("装修测量", 30, 90, "谷雨装饰", 0.5, 1),
    Errand("送桶装水", 8, 25, "白露水站", 0.6, 1.5),
    Errand("家教上课", 90, 150, "", 0.1, 1),
    Errand("宽带安装", 30, 120, "", 0.4, 1),
)
OFFICE_ERRANDS = ("送合同", "外包单位例会", "应聘面谈", "送办公用品")
PEDDLED = ("推销净水器", "推销保险", "派发楼盘广告")

GOODS = (
    "冰箱x1,纸箱x3（旧书）", "沙发x1套,茶几x1", "行李箱x2,纸箱x5", "床架x1,床垫x1", "洗衣机x1", "电脑主机x1,显示器x2",
    "纸箱x4（衣物）,婴儿床x1", "电动车x1", "书柜x2,纸箱x6（书）", "旧空调x1", "餐桌x1,餐椅x4", "钢琴x1",
)  # fmt: skip
MOVED_OUT = "行李箱x3,纸箱x12,冰箱x1,电视x1,床架x1"
MOVED_IN = "行李箱x2,纸箱x8,床垫x1,书桌x1"
RUBBLE = "装修工具x1套,余料x6袋"

EXCUSES = ("月底发工资后付", "下周一转账", "最近手头紧，过几天交", "让家人去前台交", "先交一部分", "已交代家人处理")
DOUBTS = (
    ("电梯老坏，修好了再交", "电梯维修情况另行答复，已记下"),
    ("空置的房子为什么要全交", "解释收费办法，带回说明给业主看"),
    ("账单金额不对，要看明细", "明细稍后发给业主核对"),
    ("漏水的事还没有说法", "已另开单跟进，费用不受影响"),
)
PLANS = ("上门面谈", "寄书面催款通知单", "再次电话联系", "约业主到前台核对账单")
