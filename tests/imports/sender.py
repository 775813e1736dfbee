"""An agency's program: sends files to a server that runs as a process, and asks what became of them."""

import asyncio
import csv
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

import httpx

from cabinet.communities import Community, add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.world import World

PATIENCE = 60
ENDED = ("DONE", "FAILED", "CANCELED")
FIELDS = (
    "id format file source state receivedAt startedAt finishedAt rowsRead created updated unchanged needsReview"
    " rejected rejectedCsv remarksCsv error { code message hint }"
)
HEADER = "record_id,program,status,begins,ends,child_id,given_name,family_name,birth_date,sex\n"


def row(n: int | str, begins: str = "2026-09-01", program: str = "after") -> str:
    return f"e{n},{program},ENROLLED,{begins},,c{n},Kid{n},Li,2018-01-01,F\n"


def rows(count: int, first: int = 0) -> str:
    return HEADER + "".join(row(n) for n in range(first, first + count))


async def token_of(
    world: World,
    settings: Settings,
    organization: str = "club",
    community: Community | None = None,
    subject: str | None = None,
) -> str:
    """Give somebody new the role of an organization's program."""
    where = community or world.harbor
    subject = subject or f"{organization}-program-of-{where.code}"
    await add_member(world.database, where, subject, Role.PARTNER_AGENCY, organization=organization)
    return Tokens(settings).issue(subject)


@dataclass(frozen=True)
class Sender:
    http: httpx.AsyncClient
    headers: dict[str, str]

    async def post(
        self,
        content: bytes | str | Iterable[bytes] | AsyncIterator[bytes],
        address: str = "harbor/enrollments",
        kind: str = "text/csv",
        **headers: str,
    ) -> httpx.Response:
        said = {**self.headers, "Content-Type": kind, **headers}
        return await self.http.post(f"/import/{address}", content=content, headers=said)

    async def send(self, content: Any, address: str = "harbor/enrollments", kind: str = "text/csv") -> str:
        """Send a file that must be accepted; return its job's id."""
        answer = await self.post(content, address, kind)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()["job"]
        assert job["state"] == "RECEIVED"
        return str(job["id"])

    async def refused(self, content: Any, address: str, kind: str = "text/csv") -> tuple[int, str]:
        """Send a file that must be refused; return the status and the code."""
        answer = await self.post(content, address, kind)
        return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = (await self.http.post("/graphql", json=body, headers=self.headers)).json()
        return answer

    async def job(self, job: str) -> dict[str, Any]:
        answer = await self.ask(f"query($id: ID!) {{ importJob(id: $id) {{ {FIELDS} }} }}", id=job)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]["importJob"]
        return found

    async def until(self, job: str, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Ask for a job until something holds of it."""
        async with asyncio.timeout(PATIENCE):
            while not holds(found := await self.job(job)):
                await asyncio.sleep(0.02)
        return found

    async def ended(self, job: str) -> dict[str, Any]:
        return await self.until(job, lambda found: found["state"] in ENDED)

    async def csv(self, address: str) -> list[list[str]]:
        answer = await self.http.get(address, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return list(csv.reader(StringIO(answer.text, newline="")))

    async def code(self, query: str, **variables: Any) -> str:
        """Ask what must be refused; return the code."""
        code: str = (await self.ask(query, **variables))["errors"][0]["extensions"]["code"]
        return code


@asynccontextmanager
async def sending(url: str, token: str) -> AsyncIterator[Sender]:
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        yield Sender(http, {"Authorization": f"Bearer {token}"})


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    """Return the rows read, and of them the created, unchanged and rejected ones."""
    return tuple(job[name] for name in ("rowsRead", "created", "unchanged", "rejected"))
