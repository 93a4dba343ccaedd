"""Walking the estate: patrols, inspections of departments, what is found and put right, what cannot wait."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import NamedTuple

from wuye import records
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import (
    CLEANING,
    COLLECTOR,
    CONTROL,
    ENGINEERING,
    GREENING,
    GUARDS,
    HEAD,
    LEADS,
    MENDERS,
    OFFICER,
    RECEPTION,
    SECURITY,
    SERVICE,
    SUPERVISOR,
)  # fmt: skip

LEADER, BY_NIGHT = "高志远", "秦峰"
TEAM = {"security": SECURITY, "engineering": ENGINEERING, "cleaning": CLEANING, "greening": GREENING,
        "service": SERVICE}  # fmt: skip
STAFF = {"security": (*GUARDS, CONTROL), "engineering": MENDERS, "service": (*RECEPTION, COLLECTOR)}


class Wrong(NamedTuple):
    """What a patrol finds wrong: on which route, in which row, and what is made of it: an order, or whose fault."""

    route: str
    row: str
    said: str
    then: str


WRONG = (
    Wrong("daily", "照明", "负一层候梯厅两盏灯不亮", "workorder"),
    Wrong("daily", "大堂和楼道卫生", "大堂玻璃门有手印水渍", "cleaning"),
    Wrong("hygiene", "楼道和楼梯", "楼梯间堆放纸箱未清", "cleaning"),
    Wrong("hygiene", "垃圾桶和垃圾房", "垃圾桶满溢未及时清运", "cleaning"),
    Wrong("hygiene", "绿地和水景", "草坪枯黄，有两处裸露", "greening"),
    Wrong("facilities", "健身和儿童设施", "漫步机踏板螺丝松动", "workorder"),
    Wrong("facilities", "给排水和井盖", "雨水井盖有异响", "workorder"),
    Wrong("facilities", "监控", "南侧一路监控无画面，报修后未回报", "engineering"),
    Wrong("fire", "灭火器", "压力不足两具", "security"),
    Wrong("fire", "消防通道畅通", "消防通道停放电动车", "security"),
    Wrong("fire", "应急照明和疏散指示", "疏散指示牌不亮", "workorder"),
    Wrong("boards", "过期通知已撤下", "上月停水通知未撤", "tell"),
    Wrong("posters", "乱张贴", "单元门上有小广告", "cleaning"),
    Wrong("posters", "未经同意的横幅", "商铺自挂横幅，当场劝其取下", "tell"),
    Wrong("edge", "占道和堆放", "东门外有摊贩占道", "security"),
    Wrong("security", "巡逻签到表", "凌晨三点一处漏签", "security"),
    Wrong("security", "车辆出入记录", "临时车出场时间未填", "tell"),
    Wrong("vacant", "门窗关闭", "阳台窗未关，已关好", "tell"),
)


class Point(NamedTuple):
    """What an inspection finds: in which department, at which point, and of what sort it is where it is somebody's."""

    department: str
    row: str
    said: str
    breach: str = ""


POINTS = (
    Point("security", "仪容着装", "未戴帽，衣扣未系", "dress"),
    Point("security", "玩手机闲聊", "值岗时看手机", "slack"),
    Point("security", "交接班", "交接记录漏填钥匙数"),
    Point("engineering", "完工和回访", "完工后未向前台回报", "not-reported-back"),
    Point("engineering", "材料和现场清理", "更换下的旧管件留在楼道"),
    Point("cleaning", "电梯轿厢", "轿厢不锈钢面有污渍"),
    Point("greening", "浇水和修剪", "绿篱未按计划修剪"),
    Point("service", "前台记录", "一笔报修只记在便签上，未登记", "request-not-recorded"),
    Point("service", "前台仪容着装", "未佩戴工牌", "dress"),
    Point("service", "三声内接听", "铃响五声才接", "three-rings"),
    Point("service", "前台记录", "昨日来访登记缺离开时间", "records-not-kept"),
)


class Case(NamedTuple):
    """An emergency: its type, where, what happened, the plan, who was calmed, how it went on and ended."""

    type: str
    place: str
    text: str
    plan: str
    calmed: str
    course: str
    cause: str
    report: str


CASES = (
    Case("entrapment", "栋电梯", "电梯停在楼层之间，轿厢内困两人", "电梯困人应急预案", "被困业户两人",
         "维保人员到场盘车", "门锁接触不良", "二十五分钟放出两人，均无不适；维保更换门锁触点后恢复运行"),
    Case("flood", "栋负一层", "消防管接头爆裂，负一层积水", "水浸应急预案", "车主数人",
         "关阀，沙袋挡住电梯井，开泵排水", "接头老化", "两小时排干，电梯未进水；更换接头，同批接头列入排查"),
    Case("outage", "栋", "整栋停电", "停电应急预案", "询问的业户", "查为楼栋总开关跳闸", "线路过载",
         "四十分钟恢复供电，电梯无困人"),
    Case("fire", "栋天台", "天台杂物冒烟", "火灾应急预案", "围观业户", "灭火器扑灭，安排看守", "遗留烟头",
         "十分钟扑灭，无人受伤，杂物当日清走"),
    Case("person", "栋大堂", "一位老人在大堂晕倒", "人员救护预案", "老人家属", "联系 120 和家属", "低血糖",
         "急救人员十五分钟到场，老人送医后无大碍"),
    Case("traffic", "栋车库入口", "两车在车库入口刮碰", "交通事故处置流程", "双方车主", "疏导车辆改走南口",
         "会车未让行", "双方拍照后自行协商，二十分钟恢复通行"),
)  # fmt: skip
ROUTES = tuple(one.name.partition(".")[2] for one in records.kind("patrol").checklists)


def building(pen: Pen, estate: Estate) -> str:
    """The number of one of the buildings."""
    return pen.dice.pick(list(estate.units)).split("-")[0]


def patrol(pen: Pen, estate: Estate) -> Story:
    """A route is walked; what is wrong is told, or becomes an order or a nonconformity, before the round is closed."""
    dice, route = pen.dice, pen.dice.pick(ROUTES)
    found = [one for one in WRONG if one.route == route]
    yield from walked(pen, estate, route, dice.pick(found) if dice.chance(0.4) else None)


def told_only(pen: Pen, estate: Estate) -> Story:
    """A round on which somebody was told, and no slip was made."""
    yield from walked(pen, estate, "posters", next(one for one in WRONG if one.then == "tell"
                                                   and one.route == "posters"))  # fmt: skip


def walked(pen: Pen, estate: Estate, route: str, wrong: Wrong | None) -> Story:
    """One round."""
    yield pen.desk_hours(pen.now)
    place = f"{building(pen, estate)}栋"
    one = pen.add("patrol", OFFICER, {"route": route, "place": place, "patroller": OFFICER})
    yield pen.later(25, 70)
    after: Story | None = None
    if wrong:
        pen.step(one, "tick", OFFICER, items=wrong.row, mark="fault", said=wrong.said)
    pen.step(one, "tick", OFFICER, items="其余")
    if wrong:
        after = settled(pen, one, row_of(pen, one, wrong.row), wrong.said, place, wrong.then)
    pen.step(one, "close", OFFICER)
    if after:
        yield from after


def row_of(pen: Pen, one: str, name: str) -> str:
    """The place of a row."""
    return str(next(i for i, row in enumerate(pen.written[one]["checks"], 1) if row["name"] == name))


def settled(pen: Pen, one: str, row: str, said: str, place: str, then: str) -> Story | None:
    """What is made of a row found wrong; the story of how it goes on, where there is one."""
    if then == "tell":
        pen.step(one, "tell", OFFICER, items=row, whom=pen.dice.pick((SUPERVISOR, LEADS[CLEANING])))
        return None
    words = {"of": one, "part": row, "place": place, "text": said}
    if then == "workorder":
        more = {"trade": "other", "source": "patrol", "charge": "free"}
        return mended(pen, pen.add("workorder", OFFICER, words | more))
    return righted(pen, pen.add("nonconformity", OFFICER, words | {"department": then, "found_by": OFFICER}))


def mended(pen: Pen, order: str) -> Story:
    """An order that comes from a round."""
    mender = pen.dice.pick(MENDERS)
    yield pen.worked(5, 40)
    pen.step(order, "notify", OFFICER, department=ENGINEERING, whom=MENDERS[0])
    yield pen.worked(60, 400)
    pen.step(order, "arrive", mender, handler=mender)
    yield pen.worked(15, 90)
    pen.step(order, "done", mender, result="已修复")
    yield pen.worked(30, 400)
    pen.step(order, "close", OFFICER, no_follow_up="公共部位，现场复查正常")


def righted(pen: Pen, one: str, twice: bool = False) -> Story:
    """Told first, then mostly a slip, put right, verified by somebody else; some are urged, some done over again."""
    dice, duty = pen.dice, str(pen.written[one]["department"])
    lead = LEADS[TEAM[duty]]
    yield pen.worked(5, 60)
    pen.step(one, "tell", OFFICER, whom=lead)
    if duty not in ("greening", "service") and dice.chance(0.6):
        yield pen.worked(5, 60)
        pen.step(one, "slip", OFFICER, whom=lead)
    yield pen.worked(60, 900)
    if twice or dice.chance(0.2):
        pen.step(one, "urge", OFFICER, whom=lead, answer="今天下班前做完")
        yield pen.worked(60, 300)
    pen.step(one, "correct", lead, corrected_by=lead, measure="已整改")
    yield pen.worked(60, 500)
    if twice or dice.chance(0.1):
        pen.step(one, "reject", SUPERVISOR, reason="现场仍不合格", due_on=typed(pen.on(2, "18:00").date()))
        yield pen.worked(200, 700)
        pen.step(one, "correct", lead, corrected_by=lead, measure="重做，班组长已现场确认")
        yield pen.worked(60, 400)
    by = HEAD if lead == SUPERVISOR else SUPERVISOR
    pen.step(one, "verify", by, verified_by=by, result="现场合格")


def seen_twice(pen: Pen, estate: Estate) -> Story:
    """A nonconformity that was put right only at the second time."""
    yield pen.desk_hours(pen.now)
    words = {"text": "负一层电梯厅地面油污", "department": "cleaning", "place": f"{building(pen, estate)}栋负一层"}
    yield from righted(pen, pen.add("nonconformity", OFFICER, words | {"found_by": OFFICER}), twice=True)


# --- departments


def inspection(pen: Pen, estate: Estate) -> Story:
    """A department is looked at; a finding may be somebody's."""
    dice, department = pen.dice, pen.dice.pick(tuple(TEAM))
    found = [one for one in POINTS if one.department == department]
    yield from inspected(pen, estate, department, dice.pick(found) if dice.chance(0.5) else None, dice.chance(0.1))


def cleared_up(pen: Pen, estate: Estate) -> Story:
    """A breach that turned out to be none."""
    yield from inspected(pen, estate, "security", POINTS[1], True)


def at_a_point(pen: Pen, estate: Estate) -> Story:
    """A point that is nobody's in particular: told, and no slip."""
    yield from inspected(pen, estate, "security", POINTS[2], False)


def inspected(pen: Pen, estate: Estate, department: str, point: Point | None, clears: bool) -> Story:
    """One inspection."""
    yield pen.desk_hours(pen.now)
    words = {"department": department, "place": f"{building(pen, estate)}栋", "inspector": SUPERVISOR}
    one = pen.add("inspection", SUPERVISOR, words)
    yield pen.later(20, 60)
    lead = LEADS[TEAM[department]]
    who = pen.dice.pick(STAFF[department]) if point and point.breach else ""
    if point and who:
        about = {"items": point.row, "said": point.said, "whom": lead}
        pen.step(one, "breach", SUPERVISOR, person=who, breach=point.breach, **about)
    elif point:
        pen.step(one, "tick", SUPERVISOR, items=point.row, mark="fault", said=point.said)
        pen.step(one, "tell", SUPERVISOR, items=point.row, whom=lead)
    pen.step(one, "tick", SUPERVISOR, items="其余")
    pen.step(one, "close", SUPERVISOR)
    if who and clears:
        yield pen.on(1, "10:20")
        pen.step(one, "clear", SUPERVISOR, person=who, reason="核实为处理业户来电，不是违规")


# --- what cannot wait


def incident(pen: Pen, estate: Estate) -> Story:
    """An emergency from beginning to end."""
    yield from happened(pen, estate, pen.dice.deal(CASES), again=False)


def reopened(pen: Pen, estate: Estate) -> Story:
    """One that had to be taken up again."""
    yield from happened(pen, estate, CASES[1], again=True)


def happened(pen: Pen, estate: Estate, case: Case, again: bool) -> Story:
    """Told, planned, dealt with, calmed, closed with a report; some are judged."""
    dice, by = pen.dice, pen.dice.pick(GUARDS)
    one = yield from alarmed(pen, estate, case, by)
    yield pen.later(10, 30)
    pen.step(one, "progress", by, said=case.course)
    pen.step(one, "calm", by, whom=case.calmed)
    yield pen.worked(120, 900)
    pen.step(one, "close", SUPERVISOR, report=case.report, cause=case.cause)
    if again:
        yield pen.worked(300, 900)
        pen.step(one, "reopen", SUPERVISOR, reason="同一处再次渗水")
        yield pen.worked(200, 600)
        pen.step(one, "close", SUPERVISOR, report=f"{case.report}；再次渗水处已换管段", cause=case.cause)
    if again or dice.chance(0.3):
        yield pen.worked(60, 900)
        pen.step(one, "judge", HEAD, person=by, verdict="well", judged_by=HEAD, said="到场快，处置得当")


def alarmed(pen: Pen, estate: Estate, case: Case, by: str) -> Generator[datetime, None, str]:
    """The first minutes: who is told, the plan. Returns the number."""
    night = pen.desk_hours(pen.now) != pen.now
    words = {"type": case.type, "place": f"{building(pen, estate)}{case.place}", "text": case.text, "handler": by}
    one = pen.add("incident", CONTROL, words)
    yield pen.later(2, 5)
    pen.step(one, "tell", CONTROL, told="supervisor", name=SUPERVISOR, answer="马上到场")
    pen.step(one, "plan", CONTROL, plan=case.plan, ordered_by=SUPERVISOR)
    yield pen.later(3, 8)
    if night:
        pen.step(one, "tell", CONTROL, told="night-manager", name=BY_NIGHT)
    yield pen.later(2, 10)
    pen.step(one, "tell", SUPERVISOR, told="leader", name=LEADER, answer="按预案处置，随时报告")
    return one


def still_going(pen: Pen, estate: Estate) -> Story:
    """One of this morning, its report not yet written."""
    by = GUARDS[0]
    one = yield from alarmed(pen, estate, CASES[2], by)
    yield pen.later(3, 6)
    pen.step(one, "progress", by, said=CASES[2].course)
