"""Load on a server: wrk, which formats each request once and costs a few microseconds for every one it sends."""

import json
import resource
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Load:
    """What is to be sent, over and over, and where to."""

    url: str
    headers: Mapping[str, str]
    bodies: Path


@dataclass(frozen=True)
class Round:
    """One round as the client saw it: answers with status 200, others, and its own CPU time."""

    answered: int
    failed: int
    bytes: int
    seconds: float
    p50_ms: float
    p99_ms: float
    client_seconds: float


def run(load: Load, connections: int, seconds: int, begin: int = 0) -> Round:
    """Keep so many connections busy for so many seconds, beginning at one of the bodies."""
    headers = [part for name, value in load.headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "120s", *headers]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*command, "-s", str(SCRIPT), load.url, "--", str(load.bodies), str(begin)],
        check=True,
        capture_output=True,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(done.stdout.splitlines()[-1])
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Round(**said, client_seconds=spent)
