"""A package of the domain is imported by its table of contents, except by its own modules."""

import ast

from tests.house.reading import ROOT, code, name_of

# A table of contents of modules, which are imported by their names.
BY_MODULE = "authentication"


def test_only_siblings_import_the_modules_of_a_subject():
    broken = [
        f"{name_of(path)}: {module}"
        for path in code("app", "migrations")
        for module in _inner_modules(name_of(path), path.read_text(encoding="utf-8"))
    ]

    assert broken == []


def test_an_import_past_the_table_of_contents_is_noticed():
    by_name = "from app.domain.users.listing import UserFilter"
    by_module = "from app.domain.users import listing"

    for text in (by_name, by_module):
        assert _inner_modules("app/web/users/index.py", text) == ["app.domain.users.listing"]
        assert _inner_modules("app/domain/users/export.py", text) == []
    assert _inner_modules("app/web/users/index.py", "from app.domain.users import UserFilter") == []


def _inner_modules(importer, text):
    """Return the modules of other subjects that a file imports."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    imported = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    imported |= {node.module for node in nodes if node.module}
    return sorted(
        module for module in imported if _is_inner(module) and not _is_sibling(importer, module)
    )


def _is_inner(name):
    parts = name.split(".")
    is_module = ROOT.joinpath(*parts).with_suffix(".py").is_file()
    return parts[:2] == ["app", "domain"] and len(parts) == 4 and is_module


def _is_sibling(importer, module):
    subject = module.split(".")[2]
    return subject == BY_MODULE or importer.startswith(f"app/domain/{subject}/")
