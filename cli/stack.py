"""The embedded stack: PostgreSQL, workers, schedule and web as children of one process."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import psutil
import psycopg
from pydantic import SecretStr

from agent.checkpoints import prepare as prepare_checkpoints
from chohyo.errors import ChohyoError
from chohyo.services import access
from chohyo.settings import Settings, open_runtime
from chohyo.storage.migrations import migrate
from cli.data_folder import DataFolder, ProcessNote, StackNote
from cli.embedded import EmbeddedPostgres
from cli.errors import PortTakenError, ProcessFailedError
from cli.postgres_home import prepare_home
from cli.processes import Child, stop_process
from cli.programs import programs

_log = logging.getLogger(__name__)
_READY_SECONDS = 120
_WATCH_SECONDS = 0.5


class Stack:
    """All processes of an installation on one data folder.

    Args:
        settings: with an absolute `data_dir`. With a `database_url` that PostgreSQL is used, else
            the embedded one.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = DataFolder(settings.data_dir)
        self._postgres: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """Return where the console is."""
        return console_url(self.settings)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run everything while the block lasts; leave no process behind.

        Raises:
            AlreadyRunningError: another stack holds the data folder.
            PortTakenError: another program listens on the port.
            ProcessFailedError: a process does not come up.
        """
        self.folder.prepare()
        with contextlib.ExitStack() as cleanup:
            cleanup.enter_context(self.folder.locked())
            try:
                self._start(cleanup)
                yield
            finally:
                _ignore_interrupts()

    def _start(self, cleanup: contextlib.ExitStack) -> None:
        stop_leftovers(self.folder)
        _check_port(self.settings.web.host, self.settings.web.port)
        cleanup.callback(self.folder.remove_note)
        database_url = self._open_database(cleanup)
        self._start_children(cleanup, database_url)
        self._await_web()
        self._watch_until_stopped(cleanup, database_url)

    def _open_database(self, cleanup: contextlib.ExitStack) -> str:
        given, owner = self.settings.database_url, self.settings.database.owner_url
        if given is not None:
            database_url = given.get_secret_value()
            owner_url = owner.get_secret_value() if owner else None
        else:
            self._postgres = EmbeddedPostgres(prepare_home(self.folder.path))
            cleanup.callback(self._postgres.stop)
            self._postgres.start()
            database_url, owner_url = self._postgres.service_url, self._postgres.owner_url
        if owner_url is not None:
            migrate(owner_url, database_url)
            prepare_checkpoints(owner_url)
        self.settings = with_database(self.settings, database_url)
        _install(self.settings)
        return database_url

    def _start_children(self, cleanup: contextlib.ExitStack, database_url: str) -> None:
        cleanup.callback(self._stop_children)
        for program in programs(self.settings, self.folder, database_url):
            child = Child(program)
            self._children.append(child)
            child.start()
        self._write_note(database_url)

    def _stop_children(self) -> None:
        # The web first, so that nothing new comes in, then the schedule, then the workers.
        for child in reversed(self._children):
            child.ask_to_stop()
        for child in reversed(self._children):
            child.stop()

    def _await_web(self) -> None:
        web = self._children[-1]
        deadline = time.monotonic() + _READY_SECONDS
        while web.pid is not None and time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=5).is_success:
                    return
            time.sleep(0.1)
        raise ProcessFailedError(process=web.program.role, log=str(web.program.log))

    def _watch_until_stopped(self, cleanup: contextlib.ExitStack, database_url: str) -> None:
        watcher = threading.Thread(target=self._watch, args=(database_url,), name="watcher")
        cleanup.callback(watcher.join)
        cleanup.callback(self._stopping.set)
        watcher.start()

    def _watch(self, database_url: str) -> None:
        while not self._stopping.wait(_WATCH_SECONDS):
            self._revive_postgres(database_url)
            for child in self._children:
                if child.restart_if_due():
                    role, log = child.program.role, child.program.log
                    _log.warning("%s had died and was started again; see %s", role, log)
                    self._write_note(database_url)

    def _revive_postgres(self, database_url: str) -> None:
        if self._postgres is None or self._postgres.pid is not None:
            return
        _log.warning("PostgreSQL had died and is started again")
        try:
            self._postgres.start()
            self._write_note(database_url)
        except (ChohyoError, psycopg.OperationalError) as error:
            _log.error("%s", error)  # the next round tries again

    def _write_note(self, database_url: str) -> None:
        pids = {child.program.role: child.pid for child in self._children}
        pids["postgres"] = self._postgres.pid if self._postgres else None
        noted = {role: _process_note(pid) for role, pid in pids.items() if pid is not None}
        processes = {role: note for role, note in noted.items() if note is not None}
        self.folder.write_note(
            StackNote(url=self.url, database_url=database_url, processes=processes)
        )


def console_url(settings: Settings) -> str:
    """Return where the console is, as seen from this machine."""
    host = settings.web.host
    reachable = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    named = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{named}:{settings.web.port}"


def with_database(settings: Settings, database_url: str) -> Settings:
    """Return the settings on another database."""
    return settings.model_copy(update={"database_url": SecretStr(database_url)})


def _install(settings: Settings) -> None:
    runtime = open_runtime(settings)
    try:
        access.ensure_installation(runtime, settings.admin_name, settings.locale)
    finally:
        runtime.database.close()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the web server does: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(port=port) from error


def _process_note(pid: int) -> ProcessNote | None:
    try:
        return ProcessNote(pid=pid, started=psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def stop_leftovers(folder: DataFolder) -> None:
    """Stop the children of a stack that was killed; PostgreSQL looks after its own."""
    note = folder.read_note()
    noted = note.processes if note else {}
    left = [_same_process(each) for role, each in noted.items() if role != "postgres"]
    found = [process for process in left if process is not None]
    for process in found:
        process.terminate()
    for process in found:
        stop_process(process, ((signal.SIGTERM, 10.0),))


def _same_process(noted: ProcessNote) -> psutil.Process | None:
    try:
        process = psutil.Process(noted.pid)
        return process if process.create_time() == noted.started else None
    except psutil.NoSuchProcess:
        return None


def _ignore_interrupts() -> None:
    # An impatient second Ctrl-C would leave processes behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
