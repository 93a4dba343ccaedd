#!/bin/sh
# 月末：一个月的汇总、未结的事、收支、欠费、收缴率、各类记录导成 CSV、给会计的账，放进一个文件夹。
#   WUYE_OFFICE=台账文件夹 [WUYE_REPORTS=报表文件夹] sh month-end.sh [2026-10]
# 不写月份为上个月。只看不改；报表放在台账外面（不设 WUYE_REPORTS 时放在“台账文件夹-reports”）。
set -eu
umask 077

die() {
  echo "错误：$1" >&2
  exit 1
}

[ -n "${WUYE_OFFICE:-}" ] || die '没有设 WUYE_OFFICE：请设为台账文件夹'
[ -f "$WUYE_OFFICE/wuye.yaml" ] || die "$WUYE_OFFICE 不是台账文件夹：请核对 WUYE_OFFICE"
command -v wuye >/dev/null 2>&1 || die '找不到 wuye：请把它所在的文件夹加进 PATH'
office=${WUYE_OFFICE%/}
reports=${WUYE_REPORTS:-$office-reports}
case $reports/ in
  "$office"/*) die "$reports 在台账里面：请把 WUYE_REPORTS 设到台账外面" ;;
esac

# 北京时间的上个月；POSIX 的写法里东八区是 -8，不需要时区数据。
now=${WUYE_NOW:-$(TZ=CST-8 date +%Y-%m-%dT%H:%M)}
year=${now%%-*}
rest=${now#*-}
number=${rest%%-*}
number=$((${number#0} - 1))
[ "$number" -gt 0 ] || { number=12; year=$((year - 1)); }
month=${1:-$(printf '%s-%02d' "$year" "$number")}
case $month in
  [12][0-9][0-9][0-9]-0[1-9] | [12][0-9][0-9][0-9]-1[0-2]) ;;
  *) die "月份“$month”读不懂：请写成 2026-10 这样" ;;
esac

folder=$reports/$month
mkdir -p "$folder" || die "建不了 $folder"

# 那个月最后一天的日报（本月还没有完，就是今天的）：遗留、办结、未结的数目和编号。
last=${month%-*}年${month#*-}月底
[ "$month" = "${now%-*}" ] && last=今天
wuye day "$last" --explain -o md --out "$folder/月末日报.md" || die "$month 的日报没有出成：月份还没有到，或台账数据有问题（wuye check）"

# 月报：数量和指标，与上月、去年同月并列，每个指标的编号附在后面。
wuye month "$month" --explain -o md --out "$folder/月报.md" || die "$month 的月报没有出成：台账数据有问题（wuye check）"
# 同一份月报做成网页，姓名、电话遮住，给经理看；没有装 jinja2 就不做。
wuye month "$month" -o html --out "$folder/月报.html" || echo '提示：月报的网页没有做成，表格版不受影响' >&2

# 各类记录：本月受理的，和现在还没有办完的。
for kind in complaint:投诉 visitor:访客 workorder:工程单 pass:放行条 dunning:催收; do
  name=${kind%%:*}
  zh=${kind#*:}
  wuye "$name" list --period "$month" --sort received -o csv --out "$folder/$zh-$month.csv" || die "$zh没有导出"
  wuye "$name" list --open --sort received -o md --out "$folder/未结-$zh.md" || die "$zh的未结清单没有出成"
done

# 钱：本月出的账、收的款、押金、日结，收支台账，到月底的欠费和指标，给会计软件的账。
for kind in bill:账单 payment:收款 deposit:押金 dayclose:日结; do
  name=${kind%%:*}
  zh=${kind#*:}
  wuye "$name" list --period "$month" --sort received -o csv --out "$folder/$zh-$month.csv" || die "$zh没有导出"
done
wuye monthclose ledger "$month" -o md --out "$folder/收支台账.md" || die '收支台账没有出成：台账数据有问题（wuye check）'
wuye arrears --as-of "$last" --by age -o md --out "$folder/账龄.md" || die '账龄没有出成：台账数据有问题（wuye check）'
wuye arrears --as-of "$last" --by line -o csv --out "$folder/未收清单.csv" || die '未收清单没有出成'
wuye figures --as-of "$last" -o md --out "$folder/指标.md" || die '指标没有出成'
wuye export hledger --as-of "$last" --out "$folder/账.journal" || die '账没有导出'

echo "$month 的报表在 $folder："
ls "$folder"
