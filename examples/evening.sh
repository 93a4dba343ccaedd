#!/bin/sh
# 晚上收班：访客清场、日报存成文件、日结核对、明天到期的、查数据、整理 git、备份。
#   WUYE_OFFICE=台账文件夹 [WUYE_REPORTS=放日报的文件夹] [WUYE_BACKUP=放备份的文件夹] sh evening.sh
# 台账里只写“访客离开”；日报放在台账外面（不设 WUYE_REPORTS 时放在“台账文件夹-reports”）。
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
mkdir -p "$reports" || die "建不了 $reports"

# 北京时间的今天；POSIX 的写法里东八区是 -8，不需要时区数据。
now=${WUYE_NOW:-$(TZ=CST-8 date +%Y-%m-%dT%H:%M)}
today=${now%%T*}

wuye visitor sweep --yes || die '清场没有做成：请运行 wuye visitor list --open 逐个核对'

day="$reports/日报-$today.md"
wuye day -o md --out "$day" || die '日报没有出成：请先运行 wuye check，改好后再出'

echo
echo '今天的日结：'
wuye dayclose list --period 今天 --fields id,status,cashier,expected,counted,difference || die '日结清单不完整：请运行 wuye check'
taken=$(wuye payment list --period 今天 -q && wuye deposit list --period 今天 -q) || die '收款清单不完整：请运行 wuye check'
closed=$(wuye dayclose list --period 今天 -q) || die '日结清单不完整：请运行 wuye check'
[ -z "$taken" ] || [ -n "$closed" ] || echo '今天收了款，还没有日结：请各收款人点清现金，运行 wuye dayclose add 今天 --count 面额x张数'

echo
echo '明天下班前到期的：'
wuye due --until 明天 || die '到期清单不完整：请运行 wuye check'

# 没有输出就是完好。
problems=$(wuye check 2>&1) || {
  echo "$problems" >&2
  die '台账数据有问题，见上：请改正，或从 git、备份里取回'
}
echo
echo '台账数据完好'

# git 的自动打包照旧；这里在锁外面整理一次，白天登记就不用等。
if [ -d "$office/.git" ] && command -v git >/dev/null 2>&1; then
  git --git-dir="$office/.git" --work-tree="$office" gc --quiet || die 'git 没有整理成：请运行 wuye doctor'
fi

echo
if [ -z "${WUYE_BACKUP:-}" ]; then
  echo "备份：没有设 WUYE_BACKUP；请运行 wuye backup 把台账存到 U 盘或另一台电脑，$reports 另外复制"
else
  wuye backup "$WUYE_BACKUP/台账-$today.zip" --yes || die "没有备份成：请检查 $WUYE_BACKUP 后运行 wuye backup"
  echo "备份：$WUYE_BACKUP/台账-$today.zip；日报不在里面，请把 $reports 另外复制"
fi
