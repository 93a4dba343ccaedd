"""Who works for the estate: departments, posts and outside companies, all invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from wuye.estate import names
from wuye.estate.pen import Pen, typed

SERVICE, ENGINEERING, SECURITY, CLEANING, GREENING = "客服部", "工程部", "安保部", "保洁部", "绿化部"
HEAD, SUPERVISOR, COLLECTOR, OFFICER, CLERK = "方慧", "林晓燕", "周敏", "何建国", "吴婷"
RECEPTION = ("李静", "赵敏")
MENDERS = ("周德明", "郑强", "曹斌")
GUARDS = ("冯磊", "钱勇")
CONTROL = "陆伟"


class Post(NamedTuple):
    """One member of staff: name, department, post, years with the estate."""

    name: str
    department: str
    post: str
    years: int


STAFF = (
    Post(HEAD, SERVICE, "客服经理", 8),
    Post(SUPERVISOR, SERVICE, "客服主管", 6),
    Post(RECEPTION[0], SERVICE, "前台", 3),
    Post(RECEPTION[1], SERVICE, "前台", 1),
    Post(COLLECTOR, SERVICE, "收费员", 4),
    Post(OFFICER, SERVICE, "管理员", 5),
    Post(CLERK, SERVICE, "内勤", 2),
    Post(MENDERS[0], ENGINEERING, "维修工", 9),
    Post(MENDERS[1], ENGINEERING, "维修工", 4),
    Post(MENDERS[2], ENGINEERING, "维修工", 2),
    Post("孙海", SECURITY, "保安队长", 7),
    Post(GUARDS[1], SECURITY, "保安领班", 3),
    Post(GUARDS[0], SECURITY, "保安员", 1),
    Post(CONTROL, SECURITY, "控制中心", 5),
)


class Team(NamedTuple):
    """A department: name, duty, who leads it, the outside company that does its work, planned headcount."""

    name: str
    duty: str
    lead: str
    vendor: str
    planned: int


CLEANERS, GARDENERS = "惊蛰保洁", "春分园艺"
TEAMS = (
    Team(SERVICE, "客服", HEAD, "", 8),
    Team(ENGINEERING, "工程", MENDERS[0], "", 3),
    Team(SECURITY, "安保", "孙海", "", 5),
    Team(CLEANING, "保洁", "罗桂珍", CLEANERS, 6),
    Team(GREENING, "绿化", "田学农", GARDENERS, 2),
    Team("财务部", "财务", "谭立群", "", 1),
    Team("品质部", "品质", "唐琳", "", 1),
)
LEADS = {team.name: team.lead for team in TEAMS}
OUTSIDE = (CLEANING, GREENING)


def engage(pen: Pen) -> None:
    """The books of vendors, departments and staff, entered when the office was set up."""
    today = pen.now.date()
    first = date(today.year, 1, 1)
    for name, work, contact in ((CLEANERS, "公共区域保洁", "罗桂珍"), (GARDENERS, "绿化养护", "田学农")):
        words = {"name": name, "work": work, "contact": contact, "phone": names.phone(pen.dice)}
        words |= {"contract": f"HT-{today.year}-{pen.dice.between(1, 40):02d}", "since": typed(first)}
        pen.add("vendor", CLERK, words | {"until": typed(date(today.year + 1, 12, 31))})
    for team in TEAMS:
        words = {"name": team.name, "duty": team.duty, "supervisor": team.lead, "vendor": team.vendor}
        pen.add("department", CLERK, words | {"phone": names.phone(pen.dice), "planned": str(team.planned)})
    for index, post in enumerate(STAFF, 1):
        since = today - timedelta(days=365 * post.years + pen.dice.between(0, 300))
        words = {"name": post.name, "department": post.department, "post": post.post, "since": typed(since)}
        pen.add("staff", CLERK, words | {"phone": names.phone(pen.dice), "number": f"{index:03d}"})
    gone = {"name": "王秀丽", "department": SERVICE, "post": "前台", "since": typed(date(today.year - 3, 3, 1))}
    pen.add("staff", CLERK, gone | {"until": typed(today - timedelta(days=40))})


def on_duty(day: date) -> str:
    """Who is at the desk that day: the two take turns."""
    return RECEPTION[day.toordinal() % 2]
