"""`chohyo templates export-schema` and `import-schema` on a real database."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filing import SPECS, Filing
from typer.testing import CliRunner, Result

from chohyo.errors import SchemaRefusedError
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from cli.commands import templates
from cli.desk import Desk
from cli.terminal import Terminal

Command = Callable[..., Result]


@pytest.fixture
def command(runtime: Runtime, callers, collection, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs `chohyo templates` as the administrator."""

    @contextlib.contextmanager
    def open_desk(_: Path | None, *, as_json: bool):
        terminal = Terminal("en", as_json=as_json)
        caller = callers["admin"].caller
        yield Desk(Settings.model_construct(), runtime, caller, collection.id, terminal, "")

    monkeypatch.setattr(templates, "open_desk", open_desk)
    return lambda *arguments: CliRunner().invoke(templates.app, [str(a) for a in arguments])


def test_a_schema_goes_into_a_file_and_from_there_into_a_new_version(
    command: Command, filing: Filing, tmp_path: Path
) -> None:
    file = tmp_path / "schema.json"
    assert command("export-schema", filing.version_id, "-o", file).exit_code == 0
    schema = json.loads(file.read_text("utf-8"))
    assert list(schema["properties"]) == [spec.name for spec in SPECS]
    added = command("import-schema", file, "--version", filing.version_id, "--label", "2", "--json")
    assert json.loads(added.stdout)["label"] == "2"


def test_a_schema_file_replaces_the_fields_of_a_proposal(
    command: Command, filing: Filing, tmp_path: Path
) -> None:
    file = tmp_path / "schema.json"
    command("export-schema", filing.proposal_id, "--proposal", "-o", file)
    schema = json.loads(file.read_text("utf-8"))
    del schema["properties"]["remark"]
    file.write_text(json.dumps(schema), "utf-8")
    assert command("import-schema", file, "--proposal", filing.proposal_id).exit_code == 0
    told = command("export-schema", filing.proposal_id, "--proposal").stdout
    assert list(json.loads(told)["properties"]) == ["holder_name", "amount"]


def test_a_file_with_mistakes_is_refused(command: Command, filing: Filing, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text('{"properties": {"a": 1}, "b": 2}', "utf-8")
    refused = command("import-schema", file, "--version", filing.version_id)
    assert isinstance(refused.exception, SchemaRefusedError)
    assert len(refused.exception.mistakes) == 2


def test_pages_and_a_model_go_into_files(command: Command, filing: Filing, tmp_path: Path) -> None:
    bundle, model = tmp_path / "pages.zip", tmp_path / "model.py"
    command("export-schema", filing.version_id, "--format", "azure", "-o", bundle)
    command("export-schema", filing.version_id, "--format", "pydantic", "-o", model)
    assert "fields.json" in zipfile.ZipFile(bundle).namelist()
    compile(model.read_text("utf-8"), "model.py", "exec")
