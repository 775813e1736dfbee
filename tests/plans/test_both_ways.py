"""Compiled or resolved: whoever asks whatever, the answer is the same to the byte."""

import gc
from collections import Counter
from random import Random

import orjson
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.plans.both_ways import Told
from tests.plans.conftest import Rich
from tests.plans.random_documents import Author

NOTED_OTHERWISE = ("geometry", "latitude", "longitude")
"""JSON as PostgreSQL keeps it, and numbers with exponents: the same values, which may be written otherwise."""


def complaints(told: Told) -> object:
    """Return the errors; of several that each take the whole answer away, any may be the one that is told."""
    return bool(told.errors) if told.data == b"null" and told.status == 200 else told.errors


def same(compiled: Told, ordinary: Told, query: str) -> bool:
    if compiled.data == ordinary.data:
        return True
    return any(name in query for name in NOTED_OTHERWISE) and orjson.dumps(
        orjson.loads(compiled.data)
    ) == orjson.dumps(orjson.loads(ordinary.data))


# A field that fails at once leaves its neighbours' coroutines to graphql-core, which drops them.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_both_ways_give_the_same_bytes(rich: Rich) -> None:
    tally: Counter[str] = Counter()
    schema = rich.both.compiled.reader.schema

    # Half of the documents can be made smaller when they fail; the others are larger to begin with.
    @given(st.randoms(use_true_random=False) | st.randoms(use_true_random=True), st.sampled_from(rich.subjects))
    def asked(chance: Random, subject: str | None) -> None:
        written = Author(schema, rich.facts, chance).write()
        note(f"{subject}: {written.query}\n{written.variables}")
        compiled, ordinary = rich.runner.run(rich.both.ask(written.query, subject, written.variables))
        note(f"compiled {compiled.status} {compiled.data!r}")
        note(f"ordinary {ordinary.status} {ordinary.data!r} {ordinary.body.get('errors')}")
        assert compiled.status == ordinary.status
        assert complaints(compiled) == complaints(ordinary)
        assert same(compiled, ordinary, written.query)
        # Without a row, the ordinary way never comes upon the field that it would withhold.
        assert compiled.withheld >= ordinary.withheld or compiled.data == b"null"
        assert ordinary.compiled == 0
        tally["asked"] += 1
        tally["answered"] += not compiled.errors
        tally["compiled"] += compiled.compiled > 0
        tally["with rows"] += compiled.compiled > 0 and len(compiled.data) > 150
        for error in compiled.errors:
            tally[error[0]] += 1

    asked()
    gc.collect()
    assert tally["answered"] > tally["asked"] / 3, tally
    assert tally["compiled"] > tally["asked"] / 4, tally
    assert tally["with rows"] > tally["asked"] / 10, tally
