"""An agency's program as it should be written: it repeats what was not answered, under the same key."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from tests.faults.crashes.crossroad import Crossroad, Place
from tests.faults.crashes.house import House
from tests.faults.crashes.workload import File, Post

_POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  committed created updated unchanged needsReview rejected
  rows { index recordId verdict enrollment child problems { code path } effect { status position } } } }"""
_JOBS = '{ importJobs(community: "harbor", first: 100) { id file state } }'
_PASSING = ("DATABASE_UNAVAILABLE", "TIMEOUT", "TOO_MANY_UPLOADS")
"""What an agency may be told while PostgreSQL is away; it asks again. Anything else is a defect."""
_PAUSE = 0.1


@dataclass
class Agency:
    """One program with a token; `told` counts what it was told instead of an answer."""

    http: httpx.AsyncClient
    house: House
    crossroad: Crossroad
    token: str
    told: list[str]

    async def post(self, post: Post) -> None:
        """Post until there is a receipt; every later one must be the first, to the byte."""
        given = {"community": "harbor", "rows": post.rows, "idempotencyKey": post.key}
        body = orjson.dumps({"query": _POST, "variables": {"input": given}})
        answer = await self._ask("/graphql", body, Place.POST_BODY)
        assert orjson.loads(answer)["data"]["postEnrollments"]["committed"]
        assert post.receipt in (None, answer)
        post.receipt = answer

    async def send(self, file: File, *, looks: bool) -> None:
        """Send a file until there is a job; who was cut off looks whether there is one, or sends it again."""
        while not file.jobs:
            address = f"/import/harbor/enrollments?file={file.name}"
            answer = await self._once(address, file.content, "text/csv", Place.FILE_BODY)
            if answer is not None:
                file.jobs.append(orjson.loads(answer)["job"]["id"])
            elif looks:
                file.jobs += [job["id"] for job in await self.jobs() if job["file"] == file.name]

    async def jobs(self) -> list[dict[str, Any]]:
        answer = orjson.loads(await self._ask("/graphql", orjson.dumps({"query": _JOBS}), None))
        jobs: list[dict[str, Any]] = answer["data"]["importJobs"]
        return jobs

    async def _ask(self, address: str, body: bytes, place: Place | None) -> bytes:
        while (answer := await self._once(address, body, "application/json", place)) is None:
            pass
        return answer

    async def _once(self, address: str, body: bytes, kind: str, place: Place | None) -> bytes | None:
        """Ask once; return None for no answer, after which nobody knows what became of it."""
        await self.house.up.wait()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            where = f"{self.house.address}{address}"
            answer = await self.http.post(where, content=self._halves(body, place), headers=headers)
        except httpx.HTTPError as error:
            self.told.append(type(error).__name__)
        else:
            if "errors" not in (said := answer.json()):
                return answer.content
            self.told.append(_passing(said))
        await asyncio.sleep(_PAUSE)
        return None

    async def _halves(self, body: bytes, place: Place | None) -> AsyncIterator[bytes]:
        middle = len(body) // 2
        yield body[:middle]
        if place is not None:
            await self.crossroad.come_by(place)
        yield body[middle:]


def _passing(said: dict[str, Any]) -> str:
    """Return the code of a refusal that a crash explains."""
    code: str = said["errors"][0]["extensions"]["code"]
    assert code in _PASSING, said
    return code
