"""The limits that keep the code readable; import contracts are `lint-imports`' work."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LIMIT, VIEW_LIMIT, FUNCTION_LIMIT = 300, 100, 40
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
SOURCES = sorted(
    path
    for folder in ("dashboard", "core", "db")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent != ROOT / "db" / "migrations" / "versions"  # Alembic writes these
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_is_short(path: Path):
    limit = VIEW_LIMIT if path.parent.name == "views" else FILE_LIMIT
    assert len(path.read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_function_is_short(path: Path):
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LIMIT
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing():
    assert [name(path) for path in SOURCES if path.stem in VAGUE_NAMES] == []


def test_the_dashboard_and_all_services_load_without_torch():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("core/services", "dashboard/components", "dashboard/routes")
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.stem != "__init__"
    ]
    code = (
        "import importlib, sys\n"
        f"for module in {[*modules, 'dashboard.state', 'core.jobs.launch']}:\n"
        "    importlib.import_module(module)\n"
        "print(sorted({'torch', 'torchvision', 'captum'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr
