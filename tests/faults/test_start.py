"""Starting, stopping, and what is said when it cannot be done."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from cabinet.embedded import embedded_postgres
from cabinet.errors import DataFolderUnusable
from cabinet.settings import Settings

CABINET = str(Path(sys.executable).with_name("cabinet"))


def run(
    *arguments: str, data: Path, expect: int, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit code."""
    done = subprocess.run(  # noqa: S603 - our own command.
        [CABINET, *arguments],
        env={**os.environ, "CABINET_DATA": str(data), **environment},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def test_a_taken_port_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("demo", data=tmp_path / "data", expect=1, PORT=str(taken.getsockname()[1]))
    assert "PORT_TAKEN" in done.stderr
    assert "PORT=8001" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run("demo", data=tmp_path / "file", expect=1, PORT="0")
    assert "DATA_FOLDER_UNUSABLE" in done.stderr


def test_a_folder_with_something_else_in_it_is_not_taken_for_a_database(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("12\n")
    with pytest.raises(DataFolderUnusable), embedded_postgres(tmp_path):
        raise AssertionError("it started")


def test_an_unmigrated_and_an_absent_database_are_said(tmp_path: Path, postgres: str) -> None:
    environment = {"CABINET_DATABASE_URL": postgres, "PORT": "0"}
    done = run("community", "list", data=tmp_path, expect=1, **environment)
    assert "DATABASE_NOT_MIGRATED" in done.stderr
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    done = run("community", "list", data=tmp_path, expect=1, CABINET_DATABASE_URL=nowhere)
    assert "DATABASE_UNAVAILABLE" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_told_to_stop_stops_its_database_too(tmp_path: Path, how: signal.Signals) -> None:
    run("migrate", data=tmp_path, expect=0)
    with subprocess.Popen(  # noqa: S603 - our own command.
        [CABINET, "serve", "--port", "0"],
        env={**os.environ, "CABINET_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert "Ready" in server.stdout.readline()
        assert (tmp_path / "pg" / "postmaster.pid").exists()
        server.send_signal(how)
        assert server.wait(30) == 0
    assert not (tmp_path / "pg" / "postmaster.pid").exists()


def test_development_tokens_are_refused_in_production(tmp_path: Path) -> None:
    arguments = ("token", "--role", "CABINET_STAFF", "--community", "harbor")
    done = run(*arguments, data=tmp_path, expect=1, CABINET_MODE="production")
    assert "DEVELOPMENT_ONLY" in done.stderr


def test_commands_from_nothing_to_an_answer(tmp_path: Path, database_url: str, settings: Settings) -> None:
    """Walk the way of a new site: a member, a token, a file with a bad row, a server, a query."""
    environment = {
        "CABINET_DATABASE_URL": database_url,
        "CABINET_MODE": "development",
    }
    data = settings.data
    run("community", "add", "new-town", "New Town", data=data, expect=0, **environment)
    assert "new-town" in run("community", "list", data=data, expect=0, **environment).stdout
    rows = tmp_path / "enrollments.csv"
    rows.write_text(
        "record_id,program,status,begins,child_id,given_name,family_name,birth_date,sex\n"
        "1,after,ENROLLED,2026-09-01,c1,Ana,Li,2018-01-01,F\n"
        "2,after,ENROLLED,2026-02-30,c2,Bo,Li,2018-01-01,M\n"
    )
    load = ("load", "enrollments", str(rows), "--community", "harbor", "--source", "club")
    done = run(*load, data=data, expect=3, **environment)
    assert "enrollments.csv:3:begins" in done.stdout
    assert "DATE_INVALID" in done.stdout
    plain = run(*load, "--json", data=data, expect=3, **environment).stdout
    assert orjson.loads(plain)["counts"] == {"enrollment": {"UNCHANGED": 1, "REJECTED": 1}}
    token_of = ("token", "--role", "PARTNER_AGENCY", "--organization", "club", "--community", "harbor")
    token = run(*token_of, data=data, expect=0, **environment).stdout.strip()
    with subprocess.Popen(  # noqa: S603 - our own command.
        [CABINET, "serve", "--port", "0"],
        env={**os.environ, "CABINET_DATA": str(data), **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        question = '{ enrollments(community: "harbor") { totalCount } }'
        asked = ("query", "-", "--url", url, "--json")
        done = run(*asked, "--token", token, data=data, expect=0, given=question)
        assert '"totalCount": 1' in done.stdout
        refused = run(*asked, data=data, expect=1, given=question)
        assert "FORBIDDEN" in refused.stdout
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
    silent = run(*asked, data=data, expect=1, given=question)
    assert "Is the server running?" in silent.stderr
