"""`wuye` and `python -m wuye`: the start, kept small because every command pays for it."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run this process's command line and end the process with its exit code.

    Nothing that a command makes has to be collected or torn down: the collector stays off while modules load,
    and the process ends as soon as everything is written. Together that is a seventh of an `add`.
    """
    gc.disable()
    if "_WUYE_COMPLETE" in os.environ:
        from pathlib import Path

        from wuye import completion

        sys.stdout.buffer.write(completion.answer(os.environ, Path.cwd()))
        code = 0
    elif sys.argv[1:] == ["--version"]:
        from wuye import __version__

        sys.stdout.write(f"wuye {__version__}\n")
        code = 0
    elif sys.argv[1:2] == ["merge-driver"]:
        from wuye import driver

        code, said = driver.run(sys.argv[2:])
        sys.stderr.write(f"{said}\n" if said else "")
    else:
        from wuye import cli

        code = cli.run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 74
    os._exit(code)


if __name__ == "__main__":
    main()
