"""How long each stage of a request took, for the Server-Timing header."""

from time import perf_counter_ns


class Timing:
    """A watch: a stage ends when it is named, and the next one begins there."""

    def __init__(self) -> None:
        self._began = self._last = perf_counter_ns()
        self._stages: list[str | float] = []

    def end(self, stage: str) -> None:
        """Say that what was done since the last stage ended is this stage."""
        now = perf_counter_ns()
        self._stages += (stage, (now - self._last) / 1e6)
        self._last = now

    def header(self) -> bytes:
        """Return the value of Server-Timing: milliseconds by stage, and in all."""
        stages = (*self._stages, "total", (perf_counter_ns() - self._began) / 1e6)
        # One formatting for all of them: this is done for every answer.
        return (("%s;dur=%.3f, " * (len(stages) // 2))[:-2] % stages).encode()
