#!/bin/sh
# 早上到岗：谁当班、今天要办的、已经到期的、失信的付款承诺、今天预约的访客。
#   WUYE_OFFICE=台账文件夹 sh morning.sh [当班人]
# 只看不改（写了当班人时设当班）；有毛病时说明并以非 0 退出。
set -eu

die() {
  echo "错误：$1" >&2
  exit 1
}

[ -n "${WUYE_OFFICE:-}" ] || die '没有设 WUYE_OFFICE：请设为台账文件夹'
[ -f "$WUYE_OFFICE/wuye.yaml" ] || die "$WUYE_OFFICE 不是台账文件夹：请核对 WUYE_OFFICE"
command -v wuye >/dev/null 2>&1 || die '找不到 wuye：请把它所在的文件夹加进 PATH'

if [ $# -gt 0 ]; then
  wuye duty "$1" || die '当班人没有设成'
else
  wuye duty || die '看不到当班人'
fi

echo
wuye today || die '今天的清单不完整：请运行 wuye check 查看哪里读不懂'

# 退出码 3 是“有已到期的”，不是出错。
code=0
wuye due --check --until 今天 >/dev/null || code=$?
echo
case $code in
  0) echo '没有已到期未办的事项' ;;
  3) echo '有已到期未办的事项，请先办：'
     wuye due --late || die '超时清单不完整：请运行 wuye check' ;;
  *) die "到期清单不完整（退出码 $code）：请运行 wuye check" ;;
esac

echo
echo '到期没有兑现的付款承诺和该走的下一步：'
wuye dunning list --late --fields id,room,person,promise_date,promise_amount,next,clocks || die '催收清单不完整'

echo
echo '今天预约的访客：'
wuye visitor list --open --status expected --sort expected --fields id,name,purpose,unit,company,expected ||
  die '访客清单不完整'
