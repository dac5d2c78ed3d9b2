"""Logs: lines of text or JSON, without what was being processed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest

from chohyo.logs import configure

SECRET = "山田花子"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Return what reads standard error; put the logs back as they were."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:], root.level = before, level
    logging.captureWarnings(False)


def _fail() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise RuntimeError(f"while reading {SECRET}") from error


def test_each_line_is_one_json_object(written: Callable[[], str]) -> None:
    configure("json")
    logging.getLogger("workers.perform").info("two\nlines of %s", "帳票")
    logging.getLogger("api.requests").info("x", extra={"fields": {"status": 200}})
    first, second = (json.loads(line) for line in written().splitlines())
    assert (first["level"], first["logger"]) == ("info", "workers.perform")
    assert first["message"] == "two\nlines of 帳票"
    assert first["at"].endswith("+00:00")
    assert second["status"] == 200


@pytest.mark.parametrize("chosen", ["text", "json"])
def test_an_exception_is_told_by_type_and_place_but_not_by_its_text(
    written: Callable[[], str], chosen: str
) -> None:
    configure(chosen)
    try:
        _fail()
    except RuntimeError:
        logging.getLogger("workers").exception("went wrong")
    told = written()
    assert SECRET not in told
    for part in ("went wrong", "RuntimeError", "ValueError", "_fail", "test_logs.py"):
        assert part in told


@pytest.mark.parametrize("chosen", ["text", "json"])
def test_an_exception_within_a_message_is_told_by_its_type(
    written: Callable[[], str], chosen: str
) -> None:
    configure(chosen)
    logging.getLogger("chohyo").warning("no: %s", ValueError(SECRET))
    # As Celery does.
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s raised: %(exc)s\n%(traceback)s",
        {"name": "chohyo.sweep", "exc": repr(ValueError(SECRET)), "traceback": SECRET},
    )
    told = written()
    assert SECRET not in told
    assert "no: ValueError" in told
    assert "chohyo.sweep" in told


def test_others_are_heard_from_a_warning_on(written: Callable[[], str]) -> None:
    configure("text")
    logging.getLogger("httpx").info("GET https://example.com/?key=1")
    assert written() == ""
