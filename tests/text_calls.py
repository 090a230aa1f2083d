"""Where the program's source asks for texts: each call with its keys and the names of the values it gives, as far as they
can be read from the source.

What is computed at run time (a key from a dictionary of another module, values that a function hands on) is None here; the
texts that are made while the tests run are told one by one, see `made_texts`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from avatar.texts import tables
from avatar.training.run_folder import RunState
from avatar.workspace.records import Source
from tests.all_texts import TABLE_FILES, TEXTS

# Function -> (place of the key, place of the dict of values or None for keywords, keywords that are no values).
CALLS: Mapping[str, tuple[int, int | None, frozenset[str]]] = {
    "Text": (0, 1, frozenset({"style"})),
    "PipelineError": (0, None, frozenset()),
    "UsageError": (0, None, frozenset()),
    "say": (0, None, frozenset({"style"})),
    "text": (0, None, frozenset()),
    "questions.text": (1, None, frozenset({"default", "check", "zero", "edit"})),
    "questions.yes_no": (1, None, frozenset({"default"})),
    "questions.number": (1, None, frozenset({"default", "low", "high", "unit", "whole", "zero"})),
    "set": (2, None, frozenset()),  # of a plan that is being fitted
    "_found": (1, 2, frozenset({"images"})),  # of the advice
}
# What follows a beginning, where more keys begin so than the values that are put there.
AFTER: Mapping[str, tuple[str, ...]] = {r"run\.": get_args(RunState), r"report\.": get_args(Source)}


@dataclass(frozen=True)
class Call:
    """One call.

    keys   that it may ask for, None where the source does not say
    names  of the values it gives, None where some of them are handed on
    exact  the values stand in the call itself, for this text and no other
    """

    place: str
    keys: frozenset[str] | None
    names: frozenset[str] | None
    exact: bool


def calls_in(path: Path) -> list[Call]:
    """Return the calls of a module that ask for a text."""
    if path.name in TABLE_FILES and path.parent.name == "texts":
        return []
    return list(calls_of(path.read_text(encoding="utf-8"), path.name))


def calls_of(source: str, name: str) -> Iterator[Call]:
    tree = ast.parse(source)
    module = _Scope(tree.body, None)
    yield from _walk(tree, module, name)


def _walk(node: ast.AST, scope: _Scope, file: str) -> Iterator[Call]:
    for child in ast.iter_child_nodes(node):
        inner = _Scope([child], scope) if isinstance(child, _SCOPES) else scope
        if isinstance(child, ast.Call) and (found := _call(child, scope, file)) is not None:
            yield found
        yield from _walk(child, inner, file)


def _call(node: ast.Call, scope: _Scope, file: str) -> Call | None:
    full = ast.unparse(node.func)
    known = CALLS.get(full) or (None if full.startswith(("questions.", "pen.")) else CALLS.get(full.rpartition(".")[2]))
    if known is None:
        return None
    at, values_at, others = known
    if len(node.args) <= at:
        return None
    if full in {"text", "translate.text"} and len(node.args) < 2:
        return None
    keys = scope.keys(node.args[at])
    if keys is None and isinstance(node.args[at], ast.Constant):
        return None  # some other function of that name
    if values_at is None:
        names = _keywords(node, others, scope)
    elif len(node.args) > values_at:
        names = scope.names(node.args[values_at])
    else:
        names = next((scope.names(word.value) for word in node.keywords if word.arg == "values"), frozenset())
    last = node.args[-1]
    exact = values_at is None or (isinstance(last, ast.Dict) and None not in last.keys)
    return Call(f"{file}:{node.lineno}", keys, names, exact and all(word.arg for word in node.keywords))


def _keywords(node: ast.Call, others: frozenset[str], scope: _Scope) -> frozenset[str] | None:
    found: set[str] = set()
    for word in node.keywords:
        if word.arg is None:
            more = scope.names(word.value)
            if more is None:
                return None
            found |= more
        elif word.arg not in others:
            found.add(word.arg)
    return frozenset(found)


_SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Scope:
    """What the names of a function, and of what it stands in, are given in the source."""

    def __init__(self, body: Sequence[ast.AST], outer: _Scope | None) -> None:
        self.outer = outer
        self.given: dict[str, list[ast.AST | None]] = {}
        self.added: dict[str, list[ast.AST | None]] = {}  # what is put into a dict later
        for statement in body:
            self._read(statement, top=True)

    def _read(self, node: ast.AST, *, top: bool = False) -> None:
        if isinstance(node, (*_SCOPES, ast.ClassDef)) and not top:
            return
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and self.outer is not None:
            for argument in [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]:
                self.given.setdefault(argument.arg, []).append(None)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and self.outer is None:
            return
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._give(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._give(node.target, node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.added.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, (ast.For, ast.comprehension)):
            self._give(node.target, ast.Starred(node.iter))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "setdefault"}:
            self.added.setdefault(ast.unparse(node.func.value), []).append(None)
        for child in ast.iter_child_nodes(node):
            self._read(child)

    def _give(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Name):
            self.given.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self.added.setdefault(target.value.id, []).append(ast.Dict([target.slice], [value]))  # type: ignore[list-item]
        elif isinstance(target, ast.Tuple):
            for place, part in enumerate(target.elts):
                inner = value.value if isinstance(value, ast.Starred) else value
                if isinstance(inner, ast.Tuple) and not isinstance(value, ast.Starred):
                    self._give(part, inner.elts[place])
                elif isinstance(value, ast.Starred):
                    rows = self._rows(inner)
                    for row in rows or [_UNKNOWN]:
                        self._give(part, row.elts[place] if isinstance(row, ast.Tuple) and place < len(row.elts) else _UNKNOWN)
                else:
                    self._give(part, _UNKNOWN)

    def _rows(self, node: ast.AST) -> list[ast.expr] | None:
        """Return the members of a tuple or list that is written out."""
        if isinstance(node, (ast.Tuple, ast.List)):
            return list(node.elts)
        if isinstance(node, ast.Name):
            given = self.look_up(node.id)
            if given is not None and len(given) == 1 and isinstance(given[0], (ast.Tuple, ast.List)):
                return list(given[0].elts)
        return None

    def look_up(self, name: str) -> list[ast.AST | None] | None:
        if name in self.given:
            return self.given[name]
        return self.outer.look_up(name) if self.outer else None

    def _later(self, name: str) -> list[ast.AST | None]:
        return self.added.get(name, []) if name in self.given or self.outer is None else self.outer._later(name)

    def names(self, node: ast.AST | None) -> frozenset[str] | None:
        """Return the names in a dict of values; None where they are not all in the source."""
        if isinstance(node, ast.Dict):
            parts = [
                self.names(value) if key is None else frozenset({str(key.value)}) if isinstance(key, ast.Constant) else None
                for key, value in zip(node.keys, node.values, strict=True)
            ]  # fmt: skip
            return _union(parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return _union([self.names(node.left), self.names(node.right)])
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "dict" and not node.args:
            return frozenset(str(word.arg) for word in node.keywords)
        if isinstance(node, ast.Name):
            given = self.look_up(node.id)
            if given is None or len(given) != 1:
                return None
            return _union([self.names(given[0]), *(self.names(item) for item in self._later(node.id))])
        return None

    def keys(self, node: ast.AST | None) -> frozenset[str] | None:
        """Return the keys that an expression may be; None where the source does not say."""
        if isinstance(node, ast.Constant):
            return frozenset({str(node.value)}) if isinstance(node.value, str) and tables.known(node.value) else None
        if isinstance(node, ast.IfExp):
            return _union([self.keys(node.body), self.keys(node.orelse)])
        if isinstance(node, ast.BoolOp):
            return _union([self.keys(value) for value in node.values])
        if isinstance(node, ast.JoinedStr):
            return self._patterned(node)
        if isinstance(node, ast.Starred):
            rows = self._rows(node.value)
            return None if rows is None else _union([self.keys(row) for row in rows])
        if isinstance(node, ast.Dict):
            return _union([self.keys(value) for value in node.values])
        if isinstance(node, ast.Subscript):
            return self.keys(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            rest = [self.keys(argument) for argument in node.args[1:]]
            return _union([self.keys(node.func.value), *rest])
        if isinstance(node, ast.Name):
            given = self.look_up(node.id)
            return None if not given else _union([self.keys(item) for item in given])
        return None

    def _patterned(self, node: ast.JoinedStr) -> frozenset[str] | None:
        """Return the keys that an f-string may be: of those that are written out, else all that begin and end so."""
        parts: list[str] = []
        for part in node.values:
            words = [str(part.value)] if isinstance(part, ast.Constant) else self._words(part)
            words = words or list(AFTER.get("".join(parts), ()))
            parts.append("|".join(map(re.escape, words)) if words else r"[\w-]+")
        pattern = re.compile("".join(f"(?:{part})" for part in parts))
        return frozenset(key for key in TEXTS if pattern.fullmatch(key))

    def _words(self, node: ast.AST) -> list[str]:
        """Return the strings that a value in an f-string runs through, [] where the source does not say."""
        if not (isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name)):
            return []
        words: list[str] = []
        for given in self.look_up(node.value.id) or [None]:
            rows = self._rows(given.value) if isinstance(given, ast.Starred) else [given]
            for row in rows or [None]:
                if not (isinstance(row, ast.Constant) and isinstance(row.value, str)):
                    return []
                words.append(row.value)
        return words


_UNKNOWN = ast.Constant(None)


def _union(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found)
