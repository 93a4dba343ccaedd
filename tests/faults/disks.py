"""A small disk of its own in a file, mounted: to be filled, or to lose its power (Linux, root, loop devices)."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN: nothing goes to the disk any more until it is mounted again."""
FLUSHED, LOG_FLUSHED, AT_ONCE = 0, 1, 2
"""With everything written first, with the file system's own log written first, with nothing written any more."""
SIZES = {"ext4": 96, "xfs": 320}
"""In megabytes; XFS makes no smaller ones."""


class Unable(Exception):
    """No disk can be mounted here; the words say why."""


class Disk:
    """A mounted file."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder

    def mount(self, *options: str) -> None:
        ran("mount", "-o", ",".join(("loop", *options)), str(self.image), str(self.folder))

    def unmount(self) -> None:
        """Take it away, waiting for whoever still uses it."""
        for _ in range(100):
            if subprocess.run(["umount", str(self.folder)], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.05)
        ran("umount", "--lazy", str(self.folder))

    def cut(self, how: int) -> None:
        """The power goes."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", how))
        finally:
            os.close(handle)


def ran(*command: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise Unable(f"the program {command[0]} is missing") from error
    except subprocess.CalledProcessError as error:
        raise Unable(f"{command[0]} refused: {error.stderr.strip()}") from error


@contextmanager
def mounted(system: str, folder: Path | None = None, size: int = 0) -> Iterator[Disk]:
    """A new disk with that file system (`tmpfs`: none in a file), taken away at the end. Raises Unable."""
    if os.geteuid() != 0:
        raise Unable("mounting needs root")
    parent = Path(tempfile.mkdtemp(dir=folder))
    disk = Disk(parent / "image", parent / "disk")
    disk.folder.mkdir()
    try:
        if system == "tmpfs":
            ran("mount", "-t", "tmpfs", "-o", f"size={size}k", "none", str(disk.folder))
        else:
            with disk.image.open("wb") as file:
                file.truncate((size or SIZES[system] * 1024) * 1024)
            ran(f"mkfs.{system}", "-q", str(disk.image))
            disk.mount()
        try:
            yield disk
        finally:
            disk.unmount()
    finally:
        shutil.rmtree(parent, ignore_errors=True)
