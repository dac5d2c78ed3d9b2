"""Commands against a real database: what they print, and their exit codes."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from commanding import Command, DatabaseUrls
from PIL import Image

from cli.commands.ingest import files_in


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """Return a folder with one page, a copy of it, a text and a hidden file."""
    pile = tmp_path / "pile"
    (pile / "deeper").mkdir(parents=True)
    Image.new("L", (400, 600), 255).save(pile / "a.png", dpi=(150, 150))
    (pile / "deeper" / "b.png").write_bytes((pile / "a.png").read_bytes())
    (pile / "notes.txt").write_text("not a scan")
    (pile / ".DS_Store").write_text("x")
    return pile


def test_without_a_stack_or_database_a_command_says_how_to_start_one(
    bare_command: Command, tmp_path: Path
) -> None:
    outcome = bare_command("status")

    assert outcome.code == 7
    assert outcome.out == ""
    assert str(tmp_path / "data") in outcome.err
    assert "chohyo up" in outcome.err


def test_errors_are_in_the_readers_language(
    bare_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")

    assert "動作していません" in bare_command("status").err


def test_the_setting_of_the_language_comes_before_that_of_the_terminal(
    bare_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOHYO_LOCALE", "ja")

    assert "動作していません" in bare_command("status").err


def test_errors_can_be_read_by_programs(bare_command: Command) -> None:
    assert '"code":"not-running"' in bare_command("status", "--json").err


def test_a_folder_is_taken_in_with_what_became_of_each_file(command: Command, pile: Path) -> None:
    outcome = command("ingest", pile, "--json")

    assert outcome.code == 3
    assert [Path(each["path"]).name for each in outcome.json["accepted"]] == ["a.png"]
    assert [Path(each["path"]).name for each in outcome.json["duplicates"]] == ["b.png"]
    assert [each["code"] for each in outcome.json["rejected"]] == ["file-type"]


def test_a_pile_without_rejected_files_succeeds(command: Command, pile: Path) -> None:
    (pile / "notes.txt").unlink()

    outcome = command("ingest", pile)

    assert outcome.code == 0
    assert outcome.out == "1 taken in, 1 already there, 0 rejected.\n"


def test_what_was_taken_in_is_listed_and_waits_for_work(command: Command, pile: Path) -> None:
    command("ingest", pile / "a.png")

    [document] = command("documents", "--json").json
    status = command("status", "--json").json["status"]

    assert document["filename"] == "a.png"
    assert status["documents"] == {"received": 1}
    assert status["pending_work"] == {"document": 1}


def test_hidden_files_of_a_folder_are_left_out_but_not_those_named(pile: Path) -> None:
    hidden = pile / ".DS_Store"

    assert hidden not in list(files_in([pile]))
    assert list(files_in([hidden])) == [hidden]


def test_a_wait_that_takes_too_long_fails_and_the_work_stays(command: Command, pile: Path) -> None:
    outcome = command("ingest", pile / "a.png", "--wait", "--timeout", "1")

    assert outcome.code == 8
    assert command("status", "--json").json["status"]["pending_work"] == {"document": 1}


def test_a_key_is_shown_once_and_can_be_revoked(command: Command) -> None:
    made = command("keys", "create", "mailroom", "--service", "--days", "30", "--json").json
    listed = command("keys", "list", "--json")
    revoked = command("keys", "revoke", made["id"])
    again = command("keys", "revoke", made["id"])

    assert made["secret"] not in listed.out
    assert [each["principal_name"] for each in listed.json] == ["mailroom"]
    assert (revoked.code, again.code) == (0, 4)


def test_a_key_for_a_person_nobody_registered_is_refused(command: Command) -> None:
    assert command("keys", "create", "nobody").code == 4


def test_a_person_is_registered_once_with_a_login_link(command: Command) -> None:
    first = command("persons", "add", "mori", "--role", "reviewer", "--json").json
    again = command("persons", "add", "mori")
    names = [each["name"] for each in command("persons", "list", "--json").json]

    assert "/login?token=" in first["login_url"]
    assert again.code == 6
    assert names == ["admin", "mori"]


def test_a_collection_is_added_renamed_and_given_people(command: Command) -> None:
    command("collections", "add", "tax")
    command("collections", "rename", "tax", "payroll")
    again = command("collections", "add", "payroll")
    command("persons", "add", "mori", "--collection", "payroll")
    granted = command("persons", "grant", "mori", "operator", "--collection", "payroll", "--json")
    revoked = command("persons", "revoke", "mori", "--collection", "payroll")
    people = command("persons", "list", "--json").json

    assert [each["name"] for each in command("collections", "list", "--json").json] == [
        "default",
        "payroll",
    ]
    assert again.code == 6
    assert [each["role"] for each in granted.json["roles"]] == ["operator"]
    assert revoked.code == 0
    assert [each["roles"] for each in people if each["name"] == "mori"] == [[]]


def test_the_last_administrator_stays(command: Command) -> None:
    assert command("persons", "revoke", "admin").code == 6
    assert command("persons", "disable", "admin").code == 6


def test_the_command_line_works_whoever_administers(command: Command) -> None:
    command("persons", "add", "mori", "--role", "admin")
    disabled = command("persons", "disable", "admin")
    refused = command("login")

    assert (disabled.code, refused.code) == (0, 6)
    assert command("persons", "enable", "admin").code == 0
    assert command("login").code == 0


def test_every_login_link_is_new(command: Command) -> None:
    assert command("login").out != command("login").out


def test_the_audit_is_whole_until_somebody_changes_it(
    command: Command, database_urls: DatabaseUrls
) -> None:
    command("login")
    before = command("audit", "verify")
    with psycopg.connect(database_urls.superuser) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE audit_entry SET reason = 'changed' WHERE seq = 2")
    after = command("audit", "verify", "--json")

    assert before.code == 0
    assert (after.code, after.json["broken_at"]) == (9, 2)


def test_the_audit_is_listed_newest_first(command: Command) -> None:
    command("keys", "create", "mailroom", "--service")

    listed = command("audit", "list", "--json").json

    assert [each["action"] for each in listed][:2] == ["key.created", "principal.created"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", uuid4()],
        ["templates", "export-schema", uuid4()],
        ["templates", "export-schema", uuid4(), "--proposal"],
        ["templates", "export-schema", uuid4(), "--format", "azure"],
        ["templates", "import-schema", __file__, "--version", uuid4()],
        ["proposals", "approve", uuid4()],
        ["proposals", "reject", uuid4(), "--reason", "x"],
    ],
    ids=["export", "schema", "proposed", "labels", "import", "approve", "reject"],
)
def test_an_unknown_id_is_an_error(command: Command, arguments: list[object]) -> None:
    assert command(*arguments).code == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["import-schema", __file__],
        ["import-schema", __file__, "--version", uuid4(), "--proposal", uuid4()],
        ["export-schema", uuid4(), "--proposal", "--format", "pydantic"],
    ],
    ids=["none", "both", "unpublished"],
)
def test_a_schema_goes_to_one_place(command: Command, arguments: list[object]) -> None:
    assert command("templates", *arguments).code == 2


def test_empty_lists_are_lists(command: Command) -> None:
    assert command("proposals", "--json").json == []
    assert command("templates", "--json").json == []


def test_a_calibration_says_how_many_decisions_are_missing(command: Command) -> None:
    outcome = command("calibrate", "--json")

    assert outcome.code == 6
    assert '"code":"too-few-decisions"' in outcome.err
    assert command("calibrate", "--back", "--json").json["calibration_id"] is None
    assert command("calibrate", "--outlook", "--json").json["outlooks"] == []


def test_a_discovery_run_is_asked_for_once(command: Command) -> None:
    first, second = command("discover", "--json").json, command("discover", "--json").json

    assert first["id"] == second["id"]


def test_migrating_twice_changes_nothing_the_second_time(
    command: Command, database_urls: DatabaseUrls
) -> None:
    command("migrate", "--owner-url", database_urls.owner)

    outcome = command("migrate", "--owner-url", database_urls.owner, "--json")

    assert outcome.json == {"applied": []}


def test_migrating_without_a_database_says_what_is_missing(bare_command: Command) -> None:
    outcome = bare_command("migrate")

    assert outcome.code == 2
    assert "DATABASE_URL" in outcome.err
