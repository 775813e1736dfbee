"""GraphQL over HTTP as the working group's own audit suite sees it (the npm package graphql-http)."""

import asyncio
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.server import serving
from tests.world import World

AUDIT = Path(__file__).with_name("audit")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "childrens-cabinet"

QUERY_BY_GET = {"5A70", "D6D5", "6A70"}
"""The optional audits that send a document by GET, which is for trusted documents (decision 12)."""


async def run(*command: str, cwd: Path) -> tuple[int, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, stdout=pipe, stderr=pipe)
    said, complained = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (said or complained).decode()


async def audit_folder() -> Path:
    """Install the pinned suite once into a cache; skip where that cannot be done."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    lock = AUDIT / "package-lock.json"
    folder = CACHE / f"audit-{sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not (folder / "node_modules/graphql-http").exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(AUDIT / name, folder)
        except OSError as error:
            pytest.skip(f"the cache of the audit suite cannot be written: {error}")
        code, said = await run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        if code != 0:
            pytest.skip(f"npm cannot install the audit suite: {said[-200:]}")
    return folder


async def test_every_audit_passes_but_for_documents_sent_by_get(
    world: World, database_url: str, settings: Settings
) -> None:
    folder = await audit_folder()
    await add_member(world.database, world.harbor, "staff", Role.CABINET_STAFF)
    async with serving(database_url, settings) as server:
        script, token = str(AUDIT / "audit.cjs"), Tokens(settings).issue("staff")
        code, said = await run("node", script, str(folder), f"{server.url}/graphql", token, cwd=folder)
    assert code == 0, said
    results: list[dict[str, Any]] = orjson.loads(said)
    assert len(results) > 50
    failed = {result["id"]: result for result in results if result["status"] != "ok"}
    assert failed.keys() == QUERY_BY_GET, list(failed.values())
