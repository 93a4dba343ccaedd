"""What `git merge` calls for a data file when it was told to: base, ours and theirs in, the merged file out.

    git -c merge.wuye.driver='wuye merge-driver %O %A %B %P' merge origin/main

`wuye sync` needs none of this: it merges by itself. Whatever goes wrong here, ours is left as it is and git keeps
all three versions (a conflict), so nothing is lost.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from wuye import access, clock, disk, merging
from wuye.errors import WuyeError
from wuye.render.table import safe_lines

CONFLICT = 1


def run(argv: Sequence[str]) -> tuple[int, str]:
    """Merge the files of `%O %A %B %P`, the result in the place of `%A`; the exit code, and what to say."""
    if len(argv) < 3:
        return CONFLICT, "wuye merge-driver 由 git 调用：merge.wuye.driver = wuye merge-driver %O %A %B %P"
    base, ours, theirs = (Path(word) for word in argv[:3])
    file = argv[3] if len(argv) > 3 else ours.name
    try:
        old = disk.read(ours) or b""
        other = disk.read(theirs) or b""
        if file.endswith(".jsonl"):
            data = access.merged(old, other)
        else:
            data = merging.merge(disk.read(base) or b"", old, other, file).data
        temp = ours.with_name(f"{ours.name}.{os.getpid()}-{clock.serial()}")
        disk.replace(ours, data, old, temp, file)
    except WuyeError as error:
        return CONFLICT, safe_lines("\n".join(f"{file} 没有合并：{problem}" for problem in error.problems))
    except Exception as error:  # git then keeps all three versions
        return CONFLICT, safe_lines(f"{file} 没有合并：程序出了差错（{type(error).__name__}）")
    return 0, ""
