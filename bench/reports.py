"""What was measured, as a table for people and as values for the line of JSON."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.checking import ask, bodies_of
from bench.contest import Answered, Entrant, Turn
from bench.load import Load, run
from bench.processes import resident_megabytes
from bench.questions import Question, seeded

OURS = "ours"
STAGE_REQUESTS = 200
MIXED_REQUESTS, MIXED_CONNECTIONS, MIXED_SECONDS = 100_000, 16, 10
MIX = {Question.OBJECT: 70, Question.COUNT: 20, Question.NESTED: 5, Question.THOUSAND: 5}
"""Of a hundred requests so many are of each kind: mostly small ones, as people's are, and every kind of answer."""

Key = tuple[Question, int, str]


def figures(turns: Sequence[Turn]) -> dict[Key, dict[str, float]]:
    """Return medians over the rounds by question, connections and peer; CPU times are sums over all requests."""
    grouped: defaultdict[Key, list[Turn]] = defaultdict(list)
    for turn in turns:
        grouped[turn.question, turn.connections, turn.peer].append(turn)
    return {key: _figures(grouped[key]) for key in sorted(grouped, key=str)}


def _figures(turns: Sequence[Turn]) -> dict[str, float]:
    answered = sum(turn.round.answered for turn in turns)
    server = sum(turn.server_seconds for turn in turns)

    def each(seconds: float) -> float:
        return round(1e6 * seconds / answered) if answered else 0.0

    return {
        "per_second": round(median(turn.round.answered / turn.round.seconds for turn in turns), 1),
        "p50_ms": round(median(turn.round.p50_ms for turn in turns), 2),
        "p99_ms": round(median(turn.round.p99_ms for turn in turns), 2),
        "per_core_second": round(answered / server, 1) if server else 0.0,
        "server_us": each(server),
        "database_us": each(sum(turn.database_seconds for turn in turns)),
        "client_us": each(sum(turn.round.client_seconds for turn in turns)),
        "failed": sum(turn.round.failed for turn in turns),
    }


def ratios(measured: Mapping[Key, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return how many times as many requests a second ours answers as each peer does."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (question, connections, peer), theirs in measured.items():
        ours = measured.get((question, connections, OURS))
        if peer != OURS and ours is not None and theirs["per_second"]:
            found[f"{question}@{connections}"][f"ours/{peer}"] = round(
                ours["per_second"] / theirs["per_second"], 2
            )
    return dict(found)


def summary(turns: Sequence[Turn]) -> dict[str, Any]:
    measured = figures(turns)
    nested: defaultdict[str, dict[str, Mapping[str, float]]] = defaultdict(dict)
    for (question, connections, peer), values in measured.items():
        nested[f"{question}@{connections}"][peer] = values
    return {"figures": dict(nested), "ratios": ratios(measured)}


def table(turns: Sequence[Turn]) -> str:
    measured = figures(turns)
    columns = list(next(iter(measured.values()), {}))
    lines = [f"{'question':<10}{'conns':>6}  {'peer':<13}" + "".join(f"{name:>16}" for name in columns)]
    for (question, connections, peer), values in measured.items():
        numbers = "".join(f"{value:>15,}" for value in values.values())
        lines.append(f"{question:<10}{connections:>6}  {peer:<13}{numbers}")
    return "\n".join(lines)


def read_stages(header: str) -> dict[str, float]:
    """Read a Server-Timing header (W3C Server Timing) into microseconds by the stage's name."""
    found = {}
    for metric in header.split(","):
        name, *parameters = (part.strip() for part in metric.split(";"))
        for parameter in parameters:
            kind, _, value = parameter.partition("=")
            if kind.lower() == "dur":
                found[name] = 1000 * float(value.strip('"'))
    return found


def stages(ours: Entrant, loads: Mapping[Question, Load], answered: Answered) -> dict[str, Any]:
    """Ask one at a time, and return the median microseconds of each stage that the server tells of."""
    told: dict[str, Any] = {}
    for question in (question for question in loads if (ours, question) in answered):
        taken: defaultdict[str, list[float]] = defaultdict(list)
        for _, response in ask(ours, bodies_of(loads[question])[:STAGE_REQUESTS]):
            for name, microseconds in read_stages(response.headers.get("Server-Timing", "")).items():
                taken[name].append(microseconds)
        told[question] = {name: round(median(values)) for name, values in taken.items()}
    return told


def memory(ours: Entrant, loads: Mapping[Question, Load], answered: Answered) -> dict[str, float]:
    """Return the megabytes our server takes before and after a mix of many requests."""
    kinds = [question for question in loads if (ours, question) in answered]
    chance, mixed = seeded(0), loads[kinds[0]].bodies.with_name("mixed")
    bodies = {question: bodies_of(loads[question]) for question in kinds}
    drawn = (chance.choice(bodies[kind]) for kind in chance.choices(kinds, [MIX[kind] for kind in kinds], k=5_000))
    mixed.write_bytes(b"\n".join(drawn) + b"\n")
    load, sent = Load(ours.url, ours.peer.headers, mixed), 0
    before = resident_megabytes(ours.pid)
    while sent < MIXED_REQUESTS:
        sent += run(load, MIXED_CONNECTIONS, MIXED_SECONDS, begin=sent % 5_000).answered
    return {"requests": sent, "before_mb": round(before, 1), "after_mb": round(resident_megabytes(ours.pid), 1)}
