#!/bin/sh
# Installs wuye into .venv and plays the first minutes at the desk: an office, a complaint, a visitor, the day.
# WUYE_DEMO names the office's folder (default: demo-office beside this checkout's files).
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
office=${WUYE_DEMO:-demo-office}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 或更新的版本' >&2; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check .
wuye=$PWD/.venv/bin/wuye

WUYE_USER=${WUYE_USER:-李静}
export WUYE_USER
if [ -e "$office/wuye.yaml" ]; then
  echo "$office 已有台账，直接使用"
else
  "$wuye" init "$office" --name 翠湖花园 --yes
fi
cd "$office"
"$wuye" complaint add 3-2-1201 厨房顶部漏水 --reporter 王女士 --phone 13800138000 --channel 来电 --subject 工程维修 --yes
"$wuye" visitor add --name 赵先生 --purpose 送货 --unit 3-2-1201 --phone 13900139000 --plate 粤B12345 --yes
"$wuye" today
"$wuye" day
