"""The embedded PostgreSQL, on real folders with the real server."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import conninfo

from cli.embedded import EmbeddedPostgres
from cli.postgres_home import PostgresHome, prepare_home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Longer than a socket's path may be.
    folder = tmp_path_factory.mktemp("data") / ("帳票" * 10) / ("x" * 60)
    (folder / "run").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[PostgresHome]:
    home = prepare_home(folder)
    yield home
    # Under root it lies outside the temporary folder.
    shutil.rmtree(home.folder)
    shutil.rmtree(home.sockets, ignore_errors=True)


@pytest.fixture
def server(home: PostgresHome) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home)
    server.start()
    yield server
    server.stop()


def test_a_new_folder_gets_a_database_owned_by_a_role_without_privileges(
    server: EmbeddedPostgres,
) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        privileges = connection.execute(
            "SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb)"
            " FROM pg_roles WHERE rolname LIKE 'chohyo%'"
        ).fetchone()
        extension = connection.execute("SELECT '[1,2]'::vector").fetchone()

    assert privileges == (False,)
    assert extension == ("[1,2]",)


def test_the_server_keeps_an_eighth_of_the_memory_for_pages(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.service_url) as connection:
        row = connection.execute(
            "SELECT setting::bigint * 8192 FROM pg_settings WHERE name = 'shared_buffers'"
        ).fetchone()
    eighth = psutil.virtual_memory().total // 8
    assert row is not None
    assert row[0] == pytest.approx(min(4 << 30, max(128 << 20, eighth)), abs=1 << 20)


def test_the_service_may_not_create_tables(server: EmbeddedPostgres) -> None:
    with (
        psycopg.connect(server.service_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (n int)")


@pytest.mark.parametrize("user", ["postgres", "chohyo_owner", "chohyo_service"])
def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres, user: str) -> None:
    url = conninfo.make_conninfo(server.service_url, user=user, password="guessed")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_it_listens_on_a_socket_that_others_cannot_reach_and_on_no_port(
    server: EmbeddedPostgres, home: PostgresHome
) -> None:
    assert server.pid is not None
    listening = psutil.Process(server.pid).net_connections("inet")

    assert listening == []
    assert home.sockets.stat().st_mode & 0o077 == 0


def test_the_passwords_are_for_our_eyes_only(home: PostgresHome) -> None:
    home.passwords()

    assert (home.folder / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_second_start_finds_the_data_again(home: PostgresHome) -> None:
    first = EmbeddedPostgres(home)
    first.start()
    _write(first, 11)
    first.stop()

    again = EmbeddedPostgres(home)
    again.start()
    found = _read(again)
    again.stop()

    assert 11 in found


def test_what_was_committed_survives_a_kill(home: PostgresHome) -> None:
    killed = EmbeddedPostgres(home)
    killed.start()
    _write(killed, 22)
    assert killed.pid is not None
    os.killpg(killed.pid, signal.SIGKILL)

    again = EmbeddedPostgres(home)
    again.start()
    found = _read(again)
    again.stop()

    assert 22 in found


def test_the_server_that_a_killed_stack_left_behind_is_stopped_first(home: PostgresHome) -> None:
    left = EmbeddedPostgres(home)
    left.start()
    assert left.pid is not None
    left_process = psutil.Process(left.pid)

    again = EmbeddedPostgres(home)
    again.start()
    _write(again, 33)
    found = _read(again)
    again.stop()

    assert 33 in found
    assert left.pid is None
    assert not left_process.is_running()


def test_a_lock_file_with_the_number_of_another_program_is_no_obstacle(home: PostgresHome) -> None:
    lock = home.data / "postmaster.pid"
    # In a container numbers are small and soon used again.
    lock.write_text(f"{os.getpid()}\n{home.data}\n1\n5432\n{home.sockets}\n\n\nready\n", "utf-8")
    home.own(lock)

    server = EmbeddedPostgres(home)
    server.start()
    running = server.pid
    server.stop()

    assert running is not None


def test_stopping_leaves_no_process(home: PostgresHome) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    assert server.pid is not None
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]

    server.stop()

    assert not any(each.is_running() for each in processes)


def _write(server: EmbeddedPostgres, number: int) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (%s)", (number,))


def _read(server: EmbeddedPostgres) -> list[int]:
    with psycopg.connect(server.owner_url) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM kept")]
