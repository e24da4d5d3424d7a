"""The compiler's folders are layers: each imports itself and those before it, and no AWS."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import local_aws.trino

ROOT = Path(local_aws.trino.__file__).parent
PACKAGE = "local_aws.trino"
# Each may import itself and what stands before it.
SHARED = (
    *("conditions", "errors", "failures", "java", "schema", "information_schema"),
    *("types", "type_syntax", "type_coercion", "type_storage"),
)
ORDER = (SHARED, ("syntax",), ("emit",), ("functions",), ("analysis",), ("compile", "connection"))
RANKS = {name: rank for rank, names in enumerate(ORDER) for name in names}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
LIBRARIES = {"duckdb", "regex"}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module of a file, and whether it stands at the module's top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                inside = whole.replace(".", "/").removeprefix("local_aws/trino/")
                found = any((ROOT / f"{inside}{end}").exists() for end in (".py", "/__init__.py"))
                yield whole if found else str(node.module), node in tree.body
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node in tree.body) for alias in node.names)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join((PACKAGE, *parts)).removesuffix(".__init__")


def layer(module: str) -> int:
    return RANKS[module.removeprefix(f"{PACKAGE}.").split(".")[0]]


def test_a_module_imports_its_own_layer_and_those_before_it() -> None:
    wrong = [
        f"{module_name(path)} imports {module}"
        for path in MODULES
        for module, _ in imports(path)
        if module.startswith("local_aws")
        and not (module.startswith(f"{PACKAGE}.") and layer(module) <= layer(module_name(path)))
    ]
    assert wrong == []


def test_nothing_of_aws_is_imported() -> None:
    found = {module.split(".")[0] for path in MODULES for module, _ in imports(path)}
    assert found - sys.stdlib_module_names == {"local_aws", *LIBRARIES}


def test_no_import_waits_for_a_call_or_for_a_type_checker() -> None:
    late = [(path.name, module) for path in MODULES for module, top in imports(path) if not top]
    assert late == []


def test_modules_import_each_other_in_no_circle() -> None:
    edges = {module_name(path): {module for module, _ in imports(path)} for path in MODULES}
    order = list(TopologicalSorter(edges).static_order())
    assert len(order) >= len(MODULES)
