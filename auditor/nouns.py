"""What makes a class a noun: a frozen, slotted dataclass with keyword arguments, made in a quarter of the time.

Python writes and compiles six methods for every dataclass, a tenth of the time of an audit for all nouns together. Here
comparing, hashing, showing, freezing and keeping are the same functions for all of them, and only what is made often
gets an ``__init__`` of its own: most nouns are made a few times for a page.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options: bool) -> Any:
        """Return a decorator that changes nothing: only type checkers ask what `noun` is."""
        return lambda decorator: decorator


P = ParamSpec("P")
T = TypeVar("T")

_OFTEN = 10
"""Nouns of a kind from which on compiling a quicker ``__init__`` pays."""
_set = object.__setattr__


@dataclass_transform(frozen_default=True, kw_only_default=True)
def noun(kind: type[T]) -> type[T]:
    """Return *kind* as ``dataclass(frozen=True, slots=True, kw_only=True)`` makes it."""
    made: Any = dataclass(slots=True, kw_only=True, init=False, eq=False, repr=False)(kind)
    made.__init__ = _make_patient_init(made)
    made.__eq__ = _is_equal
    made.__hash__ = _hash
    made.__repr__ = _show
    made.__setattr__ = _refuse_setting
    made.__delattr__ = _refuse_deleting
    made.__getstate__ = _list_values
    made.__setstate__ = _restore
    return made  # type: ignore[no-any-return]


def make_builder(kind: Callable[P, T]) -> Callable[P, T]:
    """Return a function that makes a noun of *kind* as the class does, but in a third of the time.

    To call a class with keywords, Python collects them in a dictionary and takes them out again. It pays for what one
    page has by the hundred.
    """
    return _compile(kind, "build", "*, ", "self = _new(_open)", "self")


def _make_patient_init(kind: Any) -> Callable[..., None]:
    """Return an ``__init__`` that works without being compiled, and puts a compiled one in its place when it is much used."""
    defaults = {field.name: field.default for field in fields(kind)}
    missing = {name for name, default in defaults.items() if default is MISSING}
    left = _OFTEN

    def init(self: Any, **values: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0 or not missing <= values.keys() <= defaults.keys():  # what is wrong, the compiled one says
            kind.__init__ = _compile_init(kind)
            kind.__init__(self, **values)
            return
        for name, default in defaults.items():
            _set(self, name, values.get(name, default))

    return init


def _compile_init(kind: Any) -> Callable[..., None]:
    """Return an ``__init__`` with the fields of *kind* as its arguments."""
    init = _compile(kind, "__init__", "self, *, ", "_set(self, '__class__', _open)", "None")
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    return init


def _compile(kind: Any, name: str, before: str, start: str, result: str) -> Callable[..., Any]:
    """Return a function with the fields of *kind* as its arguments, which fills a noun.

    While it is filled, a noun belongs to a class like its own but for freezing: there a value is assigned in a fifth of
    the time that going round the freezing takes for each.
    """
    names = [field.name for field in fields(kind)]
    defaults = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    arguments = ", ".join(f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
    lines = "".join(f"\n self.{name} = {name}" for name in names)
    open_kind = type(kind.__name__, (), {"__slots__": kind.__slots__})
    known = {"_set": _set, "_new": object.__new__, "_open": open_kind, "_kind": kind, "_defaults": defaults}
    code = f"def {name}({before}{arguments}):\n {start}{lines}\n self.__class__ = _kind\n return {result}"
    exec(code, known)  # noqa: S102 - as dataclasses do, from the names of fields
    made: Any = known[name]
    return made  # type: ignore[no-any-return]


def _refuse_setting(_self: Any, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _is_equal(self: Any, other: object) -> bool:
    if self is other:
        return True
    return _list_values(self) == _list_values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_list_values(self))


def _show(self: Any) -> str:
    inner = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
    return f"{self.__class__.__qualname__}({inner})"


def _list_values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def _restore(self: Any, values: tuple[Any, ...]) -> None:
    for name, value in zip(self.__dataclass_fields__, values, strict=True):
        _set(self, name, value)
