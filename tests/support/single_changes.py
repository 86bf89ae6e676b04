"""Every part of an input, changed by itself: what a digest of the input must notice.

The parts are found by the fields of the dataclasses, so a field that is added later is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from solproof.errors import InputError

Value = TypeVar("Value")
STEPS = (-1, 1, 1024)
"""What is added to integers. A part may refuse some of the changes, but not all of them."""


def single_changes(value: Value) -> list[tuple[str, Value]]:
    """Copies of a dataclass that differ from it in one part, each with the path of the part.

    Fails if some part has no change that the dataclasses accept.
    """
    tried: set[str] = set()
    found: list[tuple[str, Value]] = []
    for path, make in _changes(value, ""):
        tried.add(path)
        try:
            found.append((path, make()))
        except InputError:
            continue
    assert tried == {path for path, _ in found}, tried - {path for path, _ in found}
    return found


def _changes(value: Any, path: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for inner, make in _changes(getattr(value, field.name), f"{path}.{field.name}".lstrip(".")):
                yield inner, _within(value, field.name, make)
        return
    assert value or isinstance(value, (bool, int)), f"{path}: expected a value with parts"
    match value:
        case bool():
            yield path, lambda: not value
        case int():
            yield from ((path, lambda step=step: value + step) for step in STEPS)
        case bytes():
            yield path, lambda: bytes([value[0] ^ 1]) + value[1:]
            yield path, lambda: value[:-1] + bytes([value[-1] ^ 1])
            yield path, lambda: value[:-1]
            yield path, lambda: value + b"\0"
        case Enum():
            yield from ((path, lambda other=other: other) for other in type(value) if other is not value)
        case frozenset():
            yield from ((f"{path}.{each}", lambda each=each: value - {each}) for each in sorted(value))
        case tuple():
            yield path, lambda: value[:-1]
            for position, element in enumerate(value):
                yield from _elements(value, position, element, f"{path}[{position}]")
        case _:
            raise AssertionError(f"{path}: no change is known for {type(value).__name__}")


def _elements(
    value: tuple[Any, ...], position: int, element: Any, path: str
) -> Iterator[tuple[str, Callable[[], Any]]]:
    if not isinstance(element, tuple):
        for inner, make in _changes(element, path):
            yield inner, _at(value, position, make)
        return
    # A tuple in a tuple is a pair: it keeps its length.
    for index, part in enumerate(element):
        for inner, make in _changes(part, f"{path}[{index}]"):
            yield inner, _at(value, position, _at(element, index, make))


def _within(value: Any, name: str, make: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: replace(value, **{name: make()})


def _at(value: tuple[Any, ...], position: int, make: Callable[[], Any]) -> Callable[[], tuple[Any, ...]]:
    return lambda: (*value[:position], make(), *value[position + 1 :])
