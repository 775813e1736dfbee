"""How long each stage of a request took, for the Server-Timing header."""

from time import perf_counter_ns


class Timing:
    """A watch: a stage ends when it is named, and the next one begins there."""

    def __init__(self) -> None:
        self._began = self._last = perf_counter_ns()
        self._stages: list[tuple[str, int]] = []

    def end(self, stage: str) -> None:
        """Say that what was done since the last stage ended is this stage."""
        now = perf_counter_ns()
        self._stages.append((stage, now - self._last))
        self._last = now

    def header(self) -> bytes:
        """Return the value of Server-Timing: milliseconds by stage, and in all."""
        stages = (*self._stages, ("total", perf_counter_ns() - self._began))
        return ", ".join([f"{stage};dur={took / 1e6:.3f}" for stage, took in stages]).encode()
