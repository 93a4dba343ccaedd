#!/bin/sh
# Installs what the tests need into .venv and runs them all; each skipped test is named with its reason.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || "${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
exec .venv/bin/python -m pytest -rs -n auto --dist worksteal "$@"
