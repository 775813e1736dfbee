"""How long each stage of a request took, for the Server-Timing header."""

from itertools import pairwise
from time import perf_counter_ns


class Timing:
    """A watch: a stage ends when it is named, and the next one begins there."""

    def __init__(self) -> None:
        self._stages: list[str] = []
        self._times = [perf_counter_ns()]

    def end(self, stage: str) -> None:
        """Say that what was done since the last stage ended is this stage."""
        self._stages.append(stage)
        self._times.append(perf_counter_ns())

    def header(self) -> bytes:
        """Return the value of Server-Timing: milliseconds by stage, and in all."""
        times = self._times
        spans = [(end - begin) / 1e6 for begin, end in pairwise(times)]
        text = "".join(map("%s;dur=%.3f, ".__mod__, zip(self._stages, spans, strict=True)))
        return f"{text}total;dur={(perf_counter_ns() - times[0]) / 1e6:.3f}".encode()
