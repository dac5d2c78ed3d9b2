"""Run commands in this process, against a database of the test's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from commanding import Command, DatabaseUrls, Outcome

from cli.main import run


@pytest.fixture
def bare_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Return a runner of commands, with a data folder and no database."""
    monkeypatch.setenv("CHOHYO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def command(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["chohyo", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        printed = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), printed.out, printed.err)

    return command


@pytest.fixture
def command(
    bare_command: Command, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Return a runner of commands on a migrated database."""
    monkeypatch.setenv("DATABASE_URL", database_urls.service)
    return bare_command
