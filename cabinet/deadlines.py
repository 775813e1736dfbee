"""Time limits on what many short tasks wait for, looked after by one timer.

`asyncio.timeout` sets a timer of the loop and takes it back at every use, which costs more than most of what it
would watch over here. These limits are looked at ten times a second, as long as there are any.

The loop is kept, for asking which one is running takes Python 3.11 a system call each time.
"""

import asyncio
from asyncio.events import TimerHandle
from types import TracebackType

BEAT_SECONDS = 0.1


class Deadlines:
    """The limits of one event loop, made while it runs."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._open: set[Deadline] = set()
        self._beats = 0
        self._timer: TimerHandle | None = None

    def within(self, seconds: float) -> "Deadline":
        """Return a context that ends with TimeoutError what takes longer, by up to two beats."""
        return Deadline(self, seconds)

    def open(self, deadline: "Deadline") -> int:
        """Begin to look after it; return the beat until which it has time."""
        self._open.add(deadline)
        if self._timer is None:
            self._timer = self.loop.call_later(BEAT_SECONDS, self._beat)
        return self._beats + 1 + int(deadline.seconds / BEAT_SECONDS)

    def close(self, deadline: "Deadline") -> None:
        self._open.discard(deadline)

    def _beat(self) -> None:
        self._beats += 1
        for each in [deadline for deadline in self._open if deadline.until < self._beats]:
            self._open.discard(each)
            each.pass_by()
        self._timer = self.loop.call_later(BEAT_SECONDS, self._beat) if self._open else None


class Deadline:
    """One limit on one task, as `asyncio.timeout` is one."""

    __slots__ = ("_all", "_has_passed", "_task", "seconds", "until")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._all, self.seconds = deadlines, seconds
        self._has_passed = False

    def __enter__(self) -> None:
        task = asyncio.current_task(self._all.loop)
        if task is None:
            raise RuntimeError("a deadline is for a task")
        self._task = task
        self.until = self._all.open(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._all.close(self)
        # Who else cancelled the task meanwhile is not deprived of it.
        if self._has_passed and self._task.uncancel() <= 0 and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def pass_by(self) -> None:
        """End what the task is waiting for."""
        self._has_passed = True
        self._task.cancel()
