"""`python -m wuye`."""

from wuye.cli import main

main()
