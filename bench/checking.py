"""Nothing is timed before all peers have given the same answers."""

import http.client
import json
import random
import textwrap
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bench.contest import Answered, Entrant, Usual
from bench.load import Load
from bench.questions import Question, askings

SAMPLE = 20


class Refused(Exception):
    """The peer has no answer to this question."""


def ask(entrant: Entrant, bodies: Iterable[bytes]) -> Iterable[tuple[bytes, http.client.HTTPResponse]]:
    """Ask one after the other on one connection; yield each answer's body with its head."""
    connection = http.client.HTTPConnection(urlsplit(entrant.url).netloc, timeout=60)
    for body in bodies:
        connection.request("POST", "/graphql", body, dict(entrant.peer.headers))
        response = connection.getresponse()
        yield response.read(), response
    connection.close()


def check(entrants: Sequence[Entrant], questions: Sequence[Question], chance: random.Random) -> Answered:
    """Compare a sample of answers as values, whatever the dialect; end the bench where they differ."""
    answered: Answered = {}
    for question in questions:
        peer = entrants[0].peer
        sample = list(islice(askings(question, peer.bench.drawn, peer.pages, chance), SAMPLE))
        first: tuple[str, list[Any]] | None = None
        for entrant in entrants:
            bodies = (entrant.peer.request(each).encode() for each in sample)
            try:
                begun = time.perf_counter()
                given = [(_data(content), len(content)) for content, _ in ask(entrant, bodies)]
                taken = time.perf_counter() - begun
            except Refused as refused:
                print(f"{entrant.peer.name} does not answer {question}: {refused}")
                continue
            answered[entrant, question] = Usual(sum(size for _, size in given) / SAMPLE, taken / SAMPLE)
            values = [entrant.peer.answer(question, data) for data, _ in given]
            first = first or (entrant.peer.name, values)
            for mine, theirs in zip(values, first[1], strict=True):
                if mine != theirs:
                    raise SystemExit(
                        f"{question}: {entrant.peer.name} and {first[0]} differ:\n{_cut(mine)}\n{_cut(theirs)}"
                    )
    return answered


def _data(content: bytes) -> Any:
    answer = json.loads(content)
    if "errors" in answer:
        raise Refused(answer["errors"][0]["message"])
    return answer["data"]


def _cut(value: Any) -> str:
    """Return the beginning of an answer, which may be a megabyte."""
    return textwrap.shorten(json.dumps(value), 2_000)


def bodies_of(load: Load) -> list[bytes]:
    return load.bodies.read_bytes().splitlines()
