"""What can go wrong around the processes of the embedded stack."""

from __future__ import annotations

from chohyo.errors import ChohyoError


class AlreadyRunningError(ChohyoError):
    """Another stack holds the data folder."""

    code = "already-running"
    message = "chohyo is already running on {folder}. Use that one, or stop it first."
    http_status = 409
    exit_code = 6


class NotRunningError(ChohyoError):
    """No stack runs on the data folder, and no DATABASE_URL is set."""

    code = "not-running"
    message = "chohyo is not running on {folder}. Start it with `chohyo up`."
    http_status = 503
    exit_code = 7


class PortTakenError(ChohyoError):
    """The web port belongs to another program."""

    code = "port-taken"
    message = "Port {port} is used by another program. Choose another one with --port."
    http_status = 503
    exit_code = 7


class ProcessFailedError(ChohyoError):
    """A process of the stack does not come up."""

    code = "process-failed"
    message = "{process} did not start. Its log says why: {log}"
    http_status = 503
    exit_code = 7


class StillWorkingError(ChohyoError):
    """What a command waits for has not happened in time; the work goes on."""

    code = "still-working"
    message = "Not finished after {seconds} seconds. The work goes on; look with `chohyo status`."
    http_status = 503
    exit_code = 8
