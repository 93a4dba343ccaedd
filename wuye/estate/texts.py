"""What people say at the desk, by subject: plain tables, all invented."""

from __future__ import annotations

from typing import NamedTuple

from wuye.estate.people import CLEANING, ENGINEERING, GREENING, SECURITY, SERVICE


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


FAILED = (
    Case("保洁", "class1", CLEANING, "楼道垃圾三天没有收，有异味", "情况属实，夜班漏收", "当日清运，增加一次晚间巡收"),
    Case("保洁", "class1", CLEANING, "大堂地面有积水，老人差点滑倒", "拖地后没有放警示牌", "擦干并补放警示牌，班前会强调"),
    Case("保洁", "class1", CLEANING, "地下车库 B1 电梯厅烟头没人扫", "清扫频次不足", "当场清扫，改为每日两次", "地下车库 B1 电梯厅"),
    Case("安保", "class1", SECURITY, "夜里门岗没有人，外卖员随意进出", "交接班空岗约十分钟", "当班人员批评教育，交接班改为岗上交接"),
    Case("安保", "class1", SECURITY, "单元门禁坏了一周，谁都能进", "门禁读头失灵", "更换读头，逐户试卡正常"),
    Case("车辆", "class1", SECURITY, "自己的车位又被别人占了", "临停车辆误停固定车位", "联系车主驶离，车位加装标识牌"),
    Case("车辆", "class1", SECURITY, "消防通道停满了车没人管", "三辆车停在通道口", "通知车主驶离，通道口加放锥桶", "3栋北侧消防通道"),
    Case("工程维修", "class1", ENGINEERING, "报修的马桶漏水修了两次还是漏", "密封圈老化，上次只打了胶", "更换密封圈，观察两天不再渗水"),
    Case("工程维修", "class1", ENGINEERING, "报修三天没有师傅上门", "工单压在班组没有派出", "当日上门修好，工单改为每日清点"),
    Case("设备", "class1", ENGINEERING, "电梯运行时抖动、有异响", "导靴磨损", "维保单位更换导靴，试运行正常"),
    Case("设备", "class1", ENGINEERING, "楼道灯坏了半个月，晚上很黑", "声控灯头损坏", "更换灯头，同单元逐层检查"),
    Case("设备", "class1", ENGINEERING, "水压太低，晚上洗澡没有水", "二次加压泵压力设置偏低", "调高压力并更换压力表，回测正常"),
    Case("绿化", "class1", GREENING, "草坪修剪一早七点开始，太吵", "作业时间过早", "改为九点以后作业，已告知外包单位", "中心花园"),
    Case("收费", "class1", SERVICE, "物业费多扣了一个月", "银行重复代扣", "已办理退款，告知到账时间"),
    Case("服务态度", "class1", SERVICE, "打电话问事，接电话的人态度冷淡", "听录音，答复过于简短", "当事人致歉，组织一次服务用语培训"),
)
ASKED = (
    Case("噪音", "class3", SERVICE, "楼上小孩半夜跑跳，睡不着", "上门沟通，对方愿意铺地垫", "楼上已铺地垫，双方留了电话"),
    Case("噪音", "class3", SECURITY, "邻居装修周末也在敲墙", "施工队周六施工", "按装修规定停工，重申施工时间"),
    Case("噪音", "class3", SERVICE, "广场舞音响太大，孩子没法做作业", "音响超过约定时间", "与领队约定八点半前结束，音量减半", "中心广场"),
    Case("外部环境", "class3", SERVICE, "旁边工地夜里还在施工，尘土很大", "工地属小区以外", "已书面告知城管部门，夜间施工已停"),
    Case("房屋质量", "class2", SERVICE, "飘窗外墙渗水，墙皮发霉", "外墙防水层开裂", "地产单位派人补做防水，试水合格"),
    Case("房屋质量", "class2", SERVICE, "卫生间地漏返味，怀疑没有水封", "地漏无水封", "地产保修更换地漏，异味消除"),
    Case("配套设施", "class2", SERVICE, "儿童滑梯扶手松动，怕孩子受伤", "螺栓脱落", "暂停使用，厂家更换螺栓后恢复", "儿童活动区"),
    Case("其他", "class3", SERVICE, "楼下有人遛狗不牵绳，害怕", "情况属实", "张贴文明养犬提示，巡逻时劝导", "中心花园"),
    Case("收费", "class1", SERVICE, "想知道公摊电费是怎么算的", "未张贴明细", "当面解释分摊办法，并给了明细复印件"),
    Case("车辆", "class1", SERVICE, "访客停车能不能优惠", "属建议", "已记入意见建议，提交月度会议讨论"),
    Case("配套设施", "class1", SERVICE, "建议在快递柜旁边加个雨棚", "属建议", "采纳，列入下季度小型改造", "东门快递柜"),
    Case("保洁", "class1", CLEANING, "外卖员把雨水带进电梯，电梯里总是湿的", "雨天普遍", "雨天加铺地垫，保洁随时擦"),
    Case("安保", "class1", SECURITY, "快递丢了，要看监控", "监控显示由邻居误拿", "邻居已归还，业户表示感谢"),
)
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


FAULTS = (
    Fault("给排水", "normal", "厨房水龙头滴水", "更换阀芯", "阀芯x1@25.00"),
    Fault("给排水", "normal", "马桶水箱一直进水", "更换浮球阀", "浮球阀x1@38.00"),
    Fault("给排水", "urgent", "卫生间下水堵了，水漫出来", "疏通主管，通水正常"),
    Fault("给排水", "normal", "洗手盆下面漏水", "更换下水软管", "下水软管x1@20.00,生料带x1@2.00"),
    Fault("给排水", "urgent", "家里突然没有水", "楼层阀门误关，已打开"),
    Fault("电气", "normal", "客厅插座没有电", "更换插座，线路正常", "五孔插座x1@18.00"),
    Fault("电气", "urgent", "家里跳闸合不上", "厨房漏电，拆除故障电器后恢复"),
    Fault("电气", "normal", "餐厅灯一闪一闪", "更换镇流器", "镇流器x1@45.00"),
    Fault("电气", "normal", "可视对讲听不到声音", "主板接线松动，重新压接"),
    Fault("门窗", "normal", "阳台推拉门推不动", "更换滑轮", "滑轮x2@15.00"),
    Fault("门窗", "normal", "入户门锁难开", "上油并调整锁舌"),
    Fault("门窗", "normal", "纱窗掉了一扇", "重新固定"),
    Fault("公共照明", "normal", "楼道声控灯不亮", "更换灯头", "", "12楼楼道"),
    Fault("公共照明", "normal", "车库通道灯坏了三盏", "更换灯管三支", "", "地下车库 B2 通道"),
    Fault("电梯", "urgent", "电梯门关不上", "清理地坎异物，试运行正常", "", "2单元客梯"),
    Fault("电梯", "normal", "电梯按键失灵", "更换按键板", "", "1单元客梯"),
    Fault("土建", "normal", "卫生间墙砖脱落两块", "重新粘贴"),
    Fault("土建", "normal", "楼道地砖松动绊人", "撬起重铺", "", "1单元 5 楼楼道"),
    Fault("消防", "normal", "消防栓箱门关不严", "更换箱门扣件", "", "2单元 8 楼"),
    Fault("消防", "urgent", "烟感一直误报", "清洁探头并复位"),
    Fault("其他", "normal", "晾衣架摇不动", "更换钢丝绳", "钢丝绳x1@30.00"),
    Fault("其他", "normal", "想请师傅帮忙装窗帘杆", "安装完成", "膨胀螺栓x6@1.50"),
)
BURST = Fault("给排水", "emergency", "水管爆了，水流到走廊", "关阀后更换爆裂的三通，恢复供水")
BLACKOUT = Fault("电气", "emergency", "整层突然停电", "楼层空开烧毁，更换后恢复送电", "", "6 楼")
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
    Errand("送快递", 8, 40, "顺心快递", 0.4, 3),
    Errand("送外卖", 5, 20, "", 0.1, 3),
    Errand("探亲访友", 60, 230, "", 0.5, 4),
    Errand("家政保洁", 90, 235, "惠家家政", 0.0, 2),
    Errand("维修空调", 40, 150, "清风空调服务", 0.7, 1),
    Errand("送家具", 30, 110, "安居家具", 1.0, 1),
    Errand("中介带看房", 20, 60, "好住房产", 0.2, 1.5),
    Errand("装修测量", 30, 90, "美筑装饰", 0.5, 1),
    Errand("送桶装水", 8, 25, "清泉水站", 0.6, 1.5),
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
