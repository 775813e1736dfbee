"""Servers as processes of their own, and the CPU time and memory they take, from /proc."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 120
PROC = Path("/proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(command: list[str], environment: Mapping[str, str], folder: Path, log: Path) -> Iterator[int]:
    """Run a command, yield its process id, and stop it as Ctrl-C would; what it prints goes to the log."""
    with log.open("wb") as printed:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield server.pid
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for_answer(port: int, pid: int, log: Path) -> None:
    """Wait until HTTP is spoken; a port may be taken long before."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and _stat(pid)[0] != "Z":
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("POST", "/graphql", "{}", {"Content-Type": "application/json"})
            connection.getresponse().read()
        except (ConnectionError, HTTPException):
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise SystemExit(f"What was to listen on {port} does not answer:\n{log.read_text()}")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, all its threads included."""
    return sum(_ticks(_stat(pid)[11:13])) / TICKS


def database_seconds(data: Path) -> float:
    """Return the CPU time of a PostgreSQL and of all its backends, the ended ones included."""
    postmaster = (data / "postmaster.pid").read_text().split()[0]
    ticks = _ticks(_stat(int(postmaster))[11:15])
    for fields in _all_stats():
        if fields[1] == postmaster:
            ticks += _ticks(fields[11:13])
    return sum(ticks) / TICKS


def resident_megabytes(pid: int) -> float:
    status = (PROC / str(pid) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _all_stats() -> Iterator[list[str]]:
    for entry in PROC.iterdir():
        # Processes end while they are listed; a backend's time is then its parent's.
        with suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdigit():
                yield _stat(int(entry.name))


def _ticks(fields: list[str]) -> list[int]:
    return [int(field) for field in fields]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; the name before it may hold spaces."""
    return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
