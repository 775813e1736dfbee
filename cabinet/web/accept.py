"""What form of answer a request accepts: media type and coding, by their q-values (RFC 9110, section 12)."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cabinet.errors import NotAcceptable

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
IDENTITY = "identity"
CODINGS = ("zstd", "br", "gzip")
"""What we compress with, the cheapest for the same size first."""


class Form(NamedTuple):
    """The form an answer is given in; `coding` None asks for `identity` and nothing else."""

    media_type: str = JSON
    coding: str | None = None
    identity: bool = True
    """Whether the answer may be sent as it is where compressing is not worth it."""


@lru_cache(maxsize=64)
def choose_form(accept: bytes | None, accept_encoding: bytes | None) -> Form:
    """Return the best form both headers allow. Raises NotAcceptable."""
    media_type = JSON if accept is None else _media_type(accept.decode("latin-1"))
    if accept_encoding is None:
        return Form(media_type)
    weights = {name: weight for name, _, weight in _choices(accept_encoding.decode("latin-1"))}
    others = weights.get("*", 0.0)
    identity = weights.get(IDENTITY, weights.get("*", 1.0))
    offered = {coding: weights.get(coding, others) for coding in CODINGS}
    best = max(CODINGS, key=lambda coding: offered[coding])
    if offered[best] > 0 and offered[best] >= weights.get(IDENTITY, 0.0):
        return Form(media_type, best, identity > 0)
    if identity > 0:
        return Form(media_type)
    raise NotAcceptable("The request accepts no content coding that this server has.")


def _media_type(accept: str) -> str:
    best, media_type = (0.0, 0, 0), None
    choices = list(_choices(accept)) or [("*/*", "", 1.0)]
    for offered in (JSON, GRAPHQL):
        matches = [(_closeness(name, parameters, offered), weight) for name, parameters, weight in choices]
        closeness, weight = max(matches)
        # Asked for by name, the specification's own type wins a tie; by a wildcard, the one every client knows.
        rank = (weight, closeness, int((offered == GRAPHQL) == (closeness == _BY_NAME)))
        if closeness and weight and rank > best:
            best, media_type = rank, offered
    if media_type is None:
        raise NotAcceptable
    return media_type


_BY_NAME = 3


def _closeness(name: str, parameters: str, offered: str) -> int:
    """Return how closely a media range describes the type on offer; the closest one's weight counts, 0 is none."""
    if parameters not in ("", "charset=utf-8", 'charset="utf-8"'):
        return 0
    return {offered: _BY_NAME, "application/*": 2, "*/*": 1}.get(name, 0)


def _choices(header: str) -> Iterator[tuple[str, str, float]]:
    """Yield the name, the parameters and the weight of each element of the list."""
    for element in header.lower().split(","):
        name, *rest = (part.strip() for part in element.split(";"))
        weights = [part for part in rest if part.startswith("q=")]
        others = [part for part in rest if part and not part.startswith("q=")]
        if name:
            yield name, ";".join(others), _weight(weights[0]) if weights else 1.0


def _weight(parameter: str) -> float:
    try:
        weight = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
