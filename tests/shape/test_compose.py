"""What an operator is promised of `docker compose up`, read from the file; no container is started here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cabinet.errors import BodyTooLarge, CabinetError, TimeoutExceeded
from cabinet.settings import Settings

HOUSE = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((HOUSE / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
NGINX: str = COMPOSE["configs"]["nginx"]["content"].replace("$$", "$")


def seconds(directive: str) -> int:
    found = re.search(rf"^\s*{directive} (\d+)s;", NGINX, re.MULTILINE)
    assert found, f"{directive} is not set"
    return int(found[1])


def default(setting: str) -> float:
    return float(Settings.model_fields[setting].default)


def test_only_the_proxy_can_be_reached() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert not any(service.get("network_mode") for service in SERVICES.values())
    inside = {name for name, service in SERVICES.items() if "inside" in service["networks"]}
    assert inside == {"database", "migrate", "server", "deliver"}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_server_waits_for_the_migration_and_the_migration_for_the_database() -> None:
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert SERVICES["database"]["image"] == "postgres:18"
    assert "pg_isready" in SERVICES["database"]["healthcheck"]["test"]
    assert waits["migrate"]["database"]["condition"] == "service_healthy"
    assert waits["server"]["migrate"]["condition"] == "service_completed_successfully"
    assert waits["deliver"] == waits["server"]
    assert waits["proxy"]["server"]["condition"] == "service_healthy"


def test_the_server_is_not_given_the_owners_password() -> None:
    holders = [name for name, service in SERVICES.items() if "CABINET_OWNER_PASSWORD" in str(service)]
    assert holders == ["database", "migrate"]
    for name in ("server", "deliver"):
        assert "@" not in SERVICES[name]["environment"]["CABINET_DATABASE_URL"]
        assert "CABINET_DATABASE_SECRET" in SERVICES[name]["environment"]


def test_a_service_is_either_read_only_or_given_an_inline_file() -> None:
    """Compose copies inline files into a container, which a read-only one refuses (docker/compose #12031)."""
    assert [name for name, s in SERVICES.items() if s.get("read_only")] == ["migrate", "server", "deliver"]
    assert [name for name, s in SERVICES.items() if "configs" in s] == ["proxy"]


def test_no_secret_is_written_down() -> None:
    secrets = re.findall(r"(?:PASSWORD|SECRET): (.+)", (HOUSE / "docker-compose.yml").read_text())
    assert secrets
    assert all(secret.startswith("${") and ":?" in secret for secret in secrets)


def test_every_setting_given_to_a_container_exists() -> None:
    known = {f"CABINET_{name.upper()}" for name in Settings.model_fields}
    for name in ("migrate", "server", "deliver"):
        assert set(SERVICES[name]["environment"]) - {"PGPASSWORD"} <= known


def test_a_delivery_under_way_is_waited_for() -> None:
    grace = int(SERVICES["deliver"]["stop_grace_period"].removesuffix("s"))
    assert default("webhook_seconds") < grace


def test_the_proxy_ends_slow_and_oversized_requests() -> None:
    assert 0 < seconds("client_header_timeout") <= 10
    assert 0 < seconds("client_body_timeout") <= default("body_seconds")
    assert 0 < seconds("send_timeout") <= 10
    assert re.search(r"^\s*client_max_body_size 10m;", NGINX, re.MULTILINE)


def test_files_go_through_the_proxy_unkept_and_wait_where_a_restart_leaves_them() -> None:
    (block,) = re.findall(r"location /import/ \{(.+?)\n\s*\}", NGINX, re.DOTALL)
    assert "proxy_request_buffering off;" in block
    assert f"client_max_body_size {int(default('import_bytes')) // 1024**3}g;" in block
    folder = re.search(r"CABINET_DATA=(\S+)", (HOUSE / "Dockerfile").read_text())
    assert folder
    assert SERVICES["server"]["volumes"] == [f"files:{folder[1]}"]
    assert "files" in COMPOSE["volumes"]


def test_the_proxy_outwaits_the_server_but_not_forever() -> None:
    slowest = max(default("post_seconds"), default("request_seconds"))
    assert 0 < seconds("proxy_connect_timeout") <= 10
    assert slowest < seconds("proxy_read_timeout") <= 60
    # An open subscription is never silent for so long.
    assert default("live_beat_seconds") < seconds("proxy_read_timeout")


@pytest.mark.parametrize("error", [BodyTooLarge, TimeoutExceeded])
def test_the_proxy_answers_in_the_servers_own_words(error: type[CabinetError]) -> None:
    said = re.findall(rf"return {error.status} '(.*)';", NGINX)
    assert [json.loads(body) for body in said] == [error().as_body()]


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    dockerfile = (HOUSE / "Dockerfile").read_text()
    assert re.search(r"^USER cabinet$", dockerfile, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK (.|\n)*?/healthz", dockerfile, re.MULTILINE)
    assert "--constraint /source/constraints.txt" in dockerfile


def test_the_image_is_made_of_what_the_distribution_needs() -> None:
    lines = (HOUSE / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    packages = {"cabinet", "migrations", "resolvers", "schema"}
    assert kept == packages | {"LICENSE", "README.md", "pyproject.toml", "constraints.txt"}
