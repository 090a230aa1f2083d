"""One idea, one type: what holds a text by key and its values is a `Text`."""

from __future__ import annotations

import ast

from tests.places import module_name, program_modules


def fields_of(kind: ast.ClassDef) -> set[str]:
    """Return the names that a class declares, and those that its methods set on self."""
    declared = {node.target.id for node in kind.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    set_on_self = {
        node.attr for node in ast.walk(kind)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and getattr(node.value, "id", "") == "self"
    }  # fmt: skip
    return declared | set_on_self


def test_only_text_holds_a_key_and_its_values() -> None:
    found = [
        f"{module_name(path)}.{node.name}"
        for path in program_modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and fields_of(node) >= {"key", "values"}
    ]
    assert found == ["avatar.texts.text.Text"]


def test_no_pair_of_key_and_values_has_a_type_of_its_own() -> None:
    """A tuple of a str and a mapping of values is a Text that nobody has called so."""
    pairs = [
        f"{module_name(path)}:{node.lineno}"
        for path in program_modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript) and ast.unparse(node) in {
            f"tuple[str, {mapping}[str, {value}]]" for mapping in ("dict", "Mapping") for value in ("object", "Any")
        }
    ]  # fmt: skip
    # A picture's id and facts; what pickle wants of an error.
    named_otherwise = {"avatar.dataset.prepared", "avatar.texts.text"}
    assert {place.partition(":")[0] for place in pairs} <= named_otherwise
