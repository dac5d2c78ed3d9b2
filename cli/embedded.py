"""PostgreSQL of our own, on a data folder: a child process that listens on a socket alone."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import conninfo, sql

from chohyo.storage.buffers import buffers_mb
from chohyo.storage.statements import Statements
from cli.errors import ProcessFailedError
from cli.postgres_home import SOCKET_NAME, PostgresHome
from cli.processes import open_log, stop_process

_SQL = Statements("embedded")

DATABASE = "chohyo"
OWNER = "chohyo_owner"
SERVICE = "chohyo_service"
_SUPERUSER = "postgres"
# Recovery after a kill replays the log: at most a checkpoint's worth, minutes on a slow disk.
_START_SECONDS = 300
# SIGINT cuts sessions and writes a checkpoint; SIGQUIT skips that, to be made up at the next start.
_SHUTDOWN = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
_START_ATTEMPTS = 3
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Details and statements may quote what is being stored.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class EmbeddedPostgres:
    """The PostgreSQL of a data folder, from the wheel's binaries.

    The wheel's own launcher trusts every local user, opens the folders above its data when run as
    root, and gives a start ten seconds; so only its binaries are used.
    """

    def __init__(self, home: PostgresHome) -> None:
        self._home = home
        self._passwords = home.passwords()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def owner_url(self) -> str:
        """Return how the owner of the tables connects."""
        return self._url(OWNER, DATABASE)

    @property
    def service_url(self) -> str:
        """Return how the service connects."""
        return self._url(SERVICE, DATABASE)

    @property
    def pid(self) -> int | None:
        """Return the server's process id, or None when it does not run."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self) -> None:
        """Start the server, first made when the folder is new, and wait until it answers.

        Raises:
            ProcessFailedError: it does not come up.
        """
        if not self._home.data.exists():
            self._initialise()
        _stop_leftover(self._home)
        for _ in range(_START_ATTEMPTS):
            self._launch()
            if self._answers():
                self._provision()
                return
            time.sleep(1)  # sessions of a killed server may hold its memory for a moment
        raise ProcessFailedError(process="PostgreSQL", log=str(self._home.log))

    def stop(self) -> None:
        """Stop the server: sessions are cut, data is safe."""
        if self._process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                stop_process(psutil.Process(self._process.pid), _SHUTDOWN)
            self._process.wait()
            self._process = None

    def _url(self, user: str, database: str) -> str:
        return conninfo.make_conninfo(
            host=str(self._home.sockets),
            user=user,
            password=self._passwords[user],
            dbname=database,
        )

    def _initialise(self) -> None:
        # Under a temporary name: a crash in between leaves nothing that looks like a database.
        unfinished = self._home.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._home.own(unfinished)
        account = self._home.account
        with self._password_file() as password_file, open_log(self._home.log) as log:
            done = subprocess.run(
                [
                    self._home.binaries / "initdb", "--pgdata", unfinished,
                    "--username", _SUPERUSER, "--pwfile", password_file,
                    "--auth-local=scram-sha-256", "--auth-host=reject",
                    "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ],
                check=False, stdout=log, stderr=log, cwd="/",
                user=account.uid, group=account.gid, extra_groups=account.extra_groups,
            )  # fmt: skip
        if done.returncode != 0:
            raise ProcessFailedError(process="initdb", log=str(self._home.log))
        unfinished.rename(self._home.data)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile("w", dir=self._home.sockets) as file:
            file.write(self._passwords[_SUPERUSER])
            file.flush()
            yield self._home.own(Path(file.name))

    def _launch(self) -> None:
        options = {
            **_OPTIONS,
            "unix_socket_directories": str(self._home.sockets),
            "shared_buffers": f"{buffers_mb()}MB",
        }
        settings = [part for item in options.items() for part in ("-c", "=".join(item))]
        account = self._home.account
        with open_log(self._home.log) as log:
            self._process = subprocess.Popen(
                [self._home.binaries / "postgres", "-D", self._home.data, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True,
                user=account.uid, group=account.gid, extra_groups=account.extra_groups,
            )  # fmt: skip

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while self.pid is not None and time.monotonic() < deadline:
            try:
                self._as_superuser("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return True
        return False

    def _provision(self) -> None:
        """Make the roles, the database and its extension, as far as they are missing."""
        with self._as_superuser("postgres") as connection:
            roles = _column(connection, "roles")
            for role in (OWNER, SERVICE):
                verb = "set_password" if role in roles else "create_role"
                _run(connection, verb, role=role, password=self._passwords[role])
            if DATABASE not in _column(connection, "databases"):
                _run(connection, "create_database", database=DATABASE, owner=OWNER)
            _run(connection, "close_database", database=DATABASE)
            _run(connection, "admit", database=DATABASE, role=SERVICE)
        with self._as_superuser(DATABASE) as connection:
            _run(connection, "create_extension")

    def _as_superuser(self, database: str) -> psycopg.Connection[tuple[str]]:
        url = self._url(_SUPERUSER, database)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)


def _run(connection: psycopg.Connection[tuple[str]], statement: str, **parts: str) -> None:
    composed = {
        name: sql.Literal(part) if name == "password" else sql.Identifier(part)
        for name, part in parts.items()
    }
    connection.execute(sql.SQL(_SQL[statement].decode()).format(**composed))


def _column(connection: psycopg.Connection[tuple[str]], statement: str) -> set[str]:
    return {row[0] for row in connection.execute(_SQL[statement])}


def _stop_leftover(home: PostgresHome) -> None:
    """Stop the server that a killed stack left running, and remove the locks it could not."""
    for process in _servers_in(home.data):
        stop_process(process, _SHUTDOWN)
    # PostgreSQL removes a lock whose process is gone, but not when that number belongs to another
    # program by now, or to a zombie; both are common in containers.
    for lock in (home.data / "postmaster.pid", home.sockets / f"{SOCKET_NAME}.lock"):
        lock.unlink(missing_ok=True)


def _servers_in(data: Path) -> list[psutil.Process]:
    """Return the server's processes, the postmaster before its sessions."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.name() == "postgres" and process.cwd() == str(data):
                found.append(process)
    return sorted(found, key=lambda each: each.create_time())
