"""`docker-compose.yml` keeps the promises of its comments; CI has the client check its form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chohyo.models.qwen_pages import SAME_FORM
from chohyo.models.qwen_vllm import score_template

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name in SERVICES if name not in {"postgres", "redis"})


def test_every_part_is_there() -> None:
    assert {"api", "worker-cpu", "worker-gpu", "beat", "postgres", "redis"} <= SERVICES.keys()
    assert SERVICES["worker-gpu"]["profiles"] == ["gpu"]
    assert {name for name in SERVICES if SERVICES[name].get("profiles") == ["vllm"]} == {
        "vllm-embedder",
        "vllm-reranker",
    }


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_privileges_and_cannot_write_their_files(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" in service or "\nUSER chohyo\n" in (ROOT / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("name", SERVICES)
def test_memory_is_limited_and_secrets_come_from_files(name: str) -> None:
    service = SERVICES[name]

    assert service["mem_limit"]
    assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    assert not [k for k in service.get("environment", {}) if k.endswith(("PASSWORD", "KEY"))]
    assert all("file" in secret for secret in COMPOSE["secrets"].values())


@pytest.mark.parametrize("name", ["api", "postgres", "redis", "worker-gpu", "vllm-embedder"])
def test_what_others_wait_for_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_worker_with_the_models_reads_its_own_queue_one_call_at_a_time() -> None:
    command = SERVICES["worker-gpu"]["command"]

    assert {"--app=workers.gpu", "--pool=solo", "--queues=models"} <= set(command)
    assert "--prefetch-multiplier=1" in command


def test_the_servers_template_is_the_one_of_the_built_in_instruction() -> None:
    assert (ROOT / "docker" / "reranker.jinja").read_text("utf-8") == score_template(SAME_FORM)
