"""What an application raised, told without the way to it: the frames of frameworks and of this package."""

from __future__ import annotations

import asyncio
import sysconfig
import threading
from pathlib import Path
from traceback import StackSummary, TracebackException

FRAMEWORKS = (
    *{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")},
    str(Path(__file__).parents[1]),
)
"""Where code is that a user did not write."""


def comes_from_outside(error: BaseException) -> bool:
    """It is not the application's own: its server cancelled the request, or Ctrl-C was pressed."""
    if isinstance(error, asyncio.CancelledError):
        try:
            task = asyncio.current_task()
        except RuntimeError:  # a thread without a loop has nothing that cancels
            return False
        return task is not None and task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def shortened(error: BaseException) -> BaseException:
    """The same error; its traceback begins with the first line of the user, if there is one."""
    trace = error.__traceback__
    while trace is not None and not _is_users(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return error if trace is None else error.with_traceback(trace)


def told(error: BaseException) -> str:
    """The traceback as text, without what lies between the user's lines either."""
    trace = TracebackException.from_exception(error)
    users = [frame for frame in trace.stack if _is_users(frame.filename)]
    trace.stack = StackSummary.from_list(users or list(trace.stack))
    return "".join(trace.format(chain=False))


def _is_users(filename: str) -> bool:
    return not any(part in filename for part in FRAMEWORKS)
