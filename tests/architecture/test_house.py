"""The house as it is built: imports, sizes, names, migrations, and who may write what."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("jieban", "config", "simulation")


@cache
def sources() -> dict[Path, ast.Module]:
    """Every source file of the house but migrations, parsed."""
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files if "migrations" not in file.parts}


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Every function and its length in lines from `def` to its end, docstring left out."""
    for file, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                is_doc = ast.get_docstring(node) is not None
                doc = (first.end_lineno or 0) - first.lineno + 1 if is_doc else 0
                yield file, node, (node.end_lineno or 0) - node.lineno + 1 - doc


def share(lengths: list[int], part: float) -> int:
    """The length that this share of all do not exceed."""
    return sorted(lengths)[int(len(lengths) * part)]


def test_functions_are_small():
    found = list(functions())
    lengths = [length for _, _, length in found]
    longest = sorted(found, key=lambda one: -one[2])[:5]
    told = [f"{file.relative_to(ROOT)}:{node.name} {length}" for file, node, length in longest]
    assert statistics.median(lengths) <= 8, told
    assert share(lengths, 0.95) <= 35, told


def test_files_are_small():
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in sources()}
    assert {str(file.relative_to(ROOT)): n for file, n in lengths.items() if n > 400} == {}
    assert share(list(lengths.values()), 0.95) <= 300


def test_every_module_says_what_it_promises():
    bare = [file for file, tree in sources().items() if tree.body and not ast.get_docstring(tree)]
    assert [str(file.relative_to(ROOT)) for file in bare] == []


def test_every_public_function_has_a_docstring():
    bare = [
        f"{file.relative_to(ROOT)}:{node.name}"
        for file, tree in sources().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


@pytest.mark.parametrize("banned", ["utils", "util", "common", "helpers", "services", "misc", "managers", "handlers"])
def test_no_folder_or_file_is_a_drawer(banned):
    names = {part for file in sources() for part in (*file.relative_to(ROOT).parts[:-1], file.stem)}
    assert banned not in names


def test_no_class_is_named_after_a_pattern():
    tails = ("Service", "Handler", "Helper", "Utils")
    named = [
        f"{file.relative_to(ROOT)}:{node.name}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(tails)
    ]
    assert named == []


def test_imports_run_one_way():
    tool = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]


def test_rules_are_plain_python():
    code = (
        "import importlib, sys, pathlib\n"
        "files = [f for f in pathlib.Path('jieban').rglob('rules.py')]\n"
        "for f in files: importlib.import_module('.'.join(f.with_suffix('').parts))\n"
        "print(len(files), sorted({m.split('.')[0] for m in sys.modules} & {'django'}))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("[]\n")


def test_migrations_are_one_line():
    graph = MigrationLoader(None).graph
    line = sorted(key for key in graph.nodes if key[0] == "jieban")
    assert len(graph.leaf_nodes("jieban")) == 1
    for earlier, later in pairwise(line):
        assert earlier in {parent.key for parent in graph.node_map[later].parents}


def test_no_table_lacks_its_migration(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_table_of_moves_fits_on_one_screen():
    lines = (ROOT / "jieban/orders/lifecycle.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150


def attribute_writes(tree: ast.Module, name: str) -> Iterator[int]:
    """Lines that assign to `<something>.<name>`, but for an object's own attribute (`self.<name>`)."""
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            written = [part for part in parts if isinstance(part, ast.Attribute) and part.attr == name]
            if any(ast.unparse(part.value) != "self" for part in written):
                yield node.lineno


@pytest.mark.parametrize("column", ["state", "solved", "satisfied", "head", "entries_count"])
def test_nobody_but_the_door_writes_the_record(column):
    outside = [
        f"{file.relative_to(ROOT)}:{line}"
        for file, tree in sources().items()
        if "orders" not in file.relative_to(ROOT).parts
        for line in attribute_writes(tree, column)
    ]
    assert outside == []


RECORD = {"Order", "Assignment", "Entry", "Answer", "Attachment"}
WRITING = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def test_nobody_but_the_door_creates_rows_of_the_record():
    outside = []
    for file, tree in sources().items():
        if "orders" in file.relative_to(ROOT).parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITING:
                text = ast.unparse(node.func.value)
                if text.removesuffix(".objects").split(".")[-1] in RECORD:
                    outside.append(f"{file.relative_to(ROOT)}:{node.lineno} {text}.{node.func.attr}")
    assert outside == []


CLOCK = {
    "timezone.now",
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "clock.now",
    "time.time",
    "timezone.localdate",
}


def test_only_faces_commands_and_tasks_read_the_clock():
    rooms = {"portal", "core", "simulation", "config"}
    reads = [
        f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}"
        for file, tree in sources().items()
        if not rooms & set(file.relative_to(ROOT).parts) and file.stem != "tasks"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCK and not node.args
    ]
    assert reads == []


def test_every_table_is_protected_from_deletes_that_cascade():
    cascading = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("jieban").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    }
    assert cascading == {"PackFile.version"}
