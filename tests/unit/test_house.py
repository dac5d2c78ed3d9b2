"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from chohyo.storage.migrations import migration_names
from chohyo.storage.work import WorkKind

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "api", "chohyo", "cli", "eval", "sql", "workers")
LONGEST_MODULE = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
STATEMENT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|ALTER\s+(TABLE|ROLE)"
    r"|CREATE\s+(ROLE|DATABASE|EXTENSION))\b",
    re.DOTALL,
)
# Its errors say which statement an administrator of PostgreSQL should run.
TELLS_WHAT_TO_RUN = {Path("chohyo/storage/server.py")}


def modules(*folders: str) -> list[Path]:
    """Return the Python files of packages, relative to the root."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found)


def test_the_top_level_packages_are_the_agreed_ones() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert found == set(PACKAGES)


def test_a_module_fits_in_a_head() -> None:
    lengths = {path: _lines(path) for path in modules(*PACKAGES, "tests")}

    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_every_module_and_folder_has_a_name_that_says_something() -> None:
    nameless = [path for path in modules(*PACKAGES, "tests") if NAMELESS & {*path.parts, path.stem}]

    assert nameless == []


def test_every_test_module_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in modules("tests") if path.name.startswith("test_"))

    assert [name for name, count in names.items() if count > 1] == []


def test_workers_have_a_task_for_every_kind_of_work() -> None:
    tasks = re.findall(r'name="chohyo\.(\w+)"', (ROOT / "workers/tasks.py").read_text("utf-8"))

    assert {kind.value for kind in WorkKind} - set(tasks) == set()


def test_sql_is_written_under_sql_alone() -> None:
    offenders = [
        path
        for path in modules(*PACKAGES)
        if path not in TELLS_WHAT_TO_RUN
        and any(STATEMENT.search(text) for text in _strings(ROOT / path))
    ]

    assert offenders == []


def test_what_is_imported_is_what_an_installation_brings() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["qwen"], *extras["train"]]
    brought = _with_all_they_need({canonicalize_name(Requirement(each).name) for each in wanted})
    known = packages_distributions()
    foreign = {
        name: path
        for path in modules(*PACKAGES)
        for name in _imported(ROOT / path) - {*PACKAGES, *sys.stdlib_module_names}
    }

    lacking = {
        name: path
        for name, path in foreign.items()
        if name in known and not brought & set(map(canonicalize_name, known[name]))
    }
    assert lacking == {}


def _with_all_they_need(names: set[str]) -> set[str]:
    """Return distributions with those that they need themselves."""
    found: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        found.add(name)
        try:
            needed = requires(name) or []
        except PackageNotFoundError:  # an extra that is not installed here
            continue
        parsed = map(Requirement, needed)
        left |= {
            canonicalize_name(each.name)
            for each in parsed
            if each.marker is None or "extra" not in str(each.marker)
        } - found
    return found


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
    ]
    return {name.split(".")[0] for name in names}


def test_migrations_are_numbered_one_after_the_other() -> None:
    numbers = [int(name[:4]) for name in migration_names()]
    assert numbers == list(range(1, len(numbers) + 1))


def _lines(path: Path) -> int:
    return (ROOT / path).read_text("utf-8").count("\n")


def _strings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
