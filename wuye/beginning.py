"""What wuye.yaml says when an office begins (docs/settings.md): `wuye init` writes it, the clerk edits it."""

from __future__ import annotations

TEMPLATE = """\
# 物业前台台账的设置；改后用 wuye check 检查。说明见 docs/format.md
format: 1
name: {name}
timezone: Asia/Shanghai
# 多个前台各用一个字母（A-Z），编号成为 TS-20261122-A003；只有一个前台可不写
# letter: A
desk:
  # 上班时间，可写多段：09:00-12:00,13:30-18:00
  hours: 09:00-18:00
  # 上班日：一二三四五六日
  days: 一二三四五六日
  # “工作日”按 statutory（法定，含调休）或 desk（上班日）
  working_days: statutory
  # “小时”按 desk（上班时间）或 clock（钟点）
  hours_as: desk
# 时限和人数：30min 分钟、4h 小时（钟点）、4wh 上班小时、1wd 工作日、7d 天、1w 周、1m 月、1y 年；
# 全部规则见 docs/settings.md
rules:
  visitor.stay: 4h
  # 工程单：到场和完成的时限，按紧急程度；也可按工种，如 workorder.done.urgent.lift: 4h
  workorder.arrive.emergency: 30min
  workorder.done.emergency: 24h
  workorder.arrive.urgent: 2wh
  workorder.done.urgent: 1wd
  workorder.arrive.normal: 1wd
  workorder.done.normal: 3wd
  # 放行条没写有效期时，签发后多久到期
  pass.valid: 1d
  # 回访“基本满意”算不算满意：yes 或 no，所有满意率都按它
  figures.fairly_counts: yes
  # 个人资料（电话、姓名、证件后四位、车牌）办结后保存多久，过期由 wuye privacy sweep 删去；见 docs/privacy.md
  visitor.keep: 1y
  pass.keep: 1y
  keyloan.keep: 1y
  mail.keep: 1y
  contact.keep: 1y
  complaint.keep: 3y
  workorder.keep: 3y
  followup.keep: 3y
{charges}# 一笔钱先抵本金、后抵违约金的，写 yes；不写为先抵违约金
# money:
#   principal_first: yes
"""


CHARGES = """\
# 收费项目：去掉 # 照改；每一项怎么写见 docs/money.md
# charges:
#   property:
#     zh: 物业费
#     way: area
#     rates:
#     - {from: 2026-01-01, rate: '2.80'}
#     due: '25'
#     vacant: '0.7'
#     developer_before_handover: yes
"""


def starting(name: str, charges: str = CHARGES) -> bytes:
    """What wuye.yaml says when an office begins, without charge items where none are given."""
    import json

    return TEMPLATE.format(name=json.dumps(name, ensure_ascii=False), charges=charges).encode()
