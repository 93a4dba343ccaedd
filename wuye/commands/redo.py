"""`wuye redo`: takes back an undo, by the same rules."""

from __future__ import annotations

from functools import partial

from wuye.call import Verb
from wuye.commands.undo import OPTIONS, run
from wuye.record import REDO

RUN = partial(run, REDO, "wuye.redo")
VERB = Verb("redo", "重做", RUN, OPTIONS, "[ID...]", frozenset(), "把撤销过的再做回来，先看前后")
