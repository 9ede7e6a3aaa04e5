"""Values and exceptions of others in texts of ours: shown short, printable, and without raising."""

from __future__ import annotations

import ast
import pathlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sitoo_async
from sitoo_async import InvalidOptionError, Options, SitooClient
from sitoo_async._checks.show import LONGEST_SHOWN, shown, told, type_name
from sitoo_async._http.keys import Secret
from sitoo_async.errors import printable

# ---------------------------------------------------------------------------- hostile values


class _NamelessClass(type):
    def __getattribute__(cls, name: str) -> object:
        raise RuntimeError("not even my name")


def _raising(kind: type[BaseException]) -> type:
    def refuse(*_: object, **__: object) -> object:
        raise kind("don't look")

    names = ("repr", "str", "len", "iter", "eq", "hash", "format", "getattribute", "bool", "int")
    return type("Hostile", (), {f"__{name}__": refuse for name in names} | {"__slots__": ()})


class Nameless(metaclass=_NamelessClass):
    def __repr__(self) -> str:
        raise ValueError


class NoText:
    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


class Sly:
    def __repr__(self) -> str:
        return "\x1b[2J\nsecond line\u202e\ud800"


class SlyText(str):
    __slots__ = ()

    def __len__(self) -> int:
        raise ValueError

    def __getitem__(self, key: object) -> str:
        raise ValueError

    def split(self, *_: object) -> list[str]:
        raise ValueError

    def __repr__(self) -> str:
        return SlyText("sly")


class list_(list):  # type: ignore[type-arg]  # noqa: N801 - as reprlib looks at the name
    pass


list_.__name__ = "list"
list_.__len__ = lambda _: -1  # type: ignore[method-assign]


def _deep() -> object:
    nested: object = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def _itself() -> object:
    values: list[object] = []
    values.append({"self": values})
    return values


HOSTILE = {
    "raises": _raising(ValueError)(),
    "raises a RecursionError": _raising(RecursionError)(),
    "raises a MemoryError": _raising(MemoryError)(),
    "nameless": Nameless(),
    "no text": NoText(),
    "sly": Sly(),
    "sly text": SlyText("text"),
    "sly list": list_([1]),
    "large int": 10**5_000,
    "larger int": -(10**50_000),
    "deep": _deep(),
    "itself": _itself(),
    "long text": "x" * 1_000_000,
    "long bytes": b"x" * 1_000_000,
    "long list": list(range(100_000)),
    "long name": type("N" * 100_000, (), {})(),
    "escapes": "\x1b]0;title\x07\r\x00",
    "surrogate": "\ud800",
    "directions": "a\u202eb\u200bc\ufeff",
}


@pytest.fixture(params=[*HOSTILE])
def value(request: pytest.FixtureRequest) -> object:
    """By its name: a parameter would be compared, and some raise then."""
    return HOSTILE[request.param]


def well_shown(text: str, most: int = LONGEST_SHOWN) -> bool:
    return type(text) is str and 0 < len(text) <= most and text.isprintable()


def test_any_value_is_shown_in_a_short_line_that_can_be_printed(value):
    assert well_shown(shown(value))
    assert well_shown(shown([value]))
    assert well_shown(shown({"a": (value,)}))
    assert well_shown(type_name(value))
    assert well_shown(shown(value, 20), 40)


def test_an_exception_that_holds_any_value_is_told(value):
    assert well_shown(told(ValueError(value)), 500)


def test_a_plain_value_is_shown_as_it_is_written():
    for value in (
        None,
        True,
        17,
        -1.5,
        "text",
        "it's",
        "a  b",
        "é 中",
        b"\x00",
        [1, "2"],
        {"a": 1},
    ):
        assert shown(value) == repr(value) or "  " in repr(value)
    assert shown(Decimal("1.50")) == "Decimal('1.50')"
    assert shown(range(10)) == "range(0, 10)"
    assert shown("tab\tand\x1b") == r"'tab\tand\x1b'"


def test_what_is_long_is_cut_and_a_large_int_tells_its_size():
    assert shown([*range(100)]) == "[0, 1, 2, 3, 4, 5, ...]"
    assert shown("x" * 1_000).endswith("xxx'")
    assert shown(10**4_999) == "an int of some 5,000 digits"
    assert shown(-(2**64)) == "-18446744073709551616"


def test_a_secret_stays_redacted_wherever_it_is_shown():
    for value in (Secret("swordfish"), [Secret("swordfish")], {"password": Secret("swordfish")}):
        assert "swordfish" not in shown(value)
        assert "[redacted]" in shown(value)


def test_an_interrupt_passes():
    with pytest.raises(KeyboardInterrupt):
        shown(_raising(KeyboardInterrupt)())
    with pytest.raises(KeyboardInterrupt):
        told(_raising_error(KeyboardInterrupt))


def test_an_exception_whose_text_raises_is_told_by_its_class():
    assert told(_raising_error(ValueError)) == "Silent: its text can't be shown"
    assert told(ConnectionResetError()) == "ConnectionResetError"
    assert told(OSError(5, "an\x1b error")) == r"OSError: [Errno 5] an\x1b error"


def _raising_error(kind: type[BaseException]) -> Exception:
    def refuse(_: object) -> str:
        raise kind

    return type("Silent", (Exception,), {"__str__": refuse})()


def _built(plan: object) -> object:  # pragma: no cover
    """What a plan says: Hypothesis looks at what it makes, so it makes the names alone."""
    if isinstance(plan, str):
        return HOSTILE.get(plan, plan)
    if isinstance(plan, dict):
        return {key: _built(inner) for key, inner in plan.items()}
    return type(plan)(map(_built, plan)) if isinstance(plan, (list, tuple)) else plan


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.binary() | st.sampled_from([*HOSTILE]),
        lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_whatever_is_put_together_is_shown(plan):  # pragma: no cover
    assert well_shown(shown(_built(plan)))


@given(st.text(st.characters(codec=None)), st.integers(10, 600))
def test_whatever_is_printable_stays_and_all_else_is_escaped(text, most):  # pragma: no cover
    line = printable(text, most)
    assert line.isprintable()
    assert len(line) <= most
    if text.isprintable() and len(text) <= most:
        assert line == " ".join(text.split())


# --------------------------------------------------------------------------- in every text

# What others gave, by the names that it has in this package. All else that a text of ours is put
# together from is a name or a number of ours, or was checked before.
FOREIGN = {"element", "failure", "item", "row", "sku", "value", "values"}

# Names and words of ours that stand in quotes.
QUOTED = {"cls.__name__", "example", "identifier", "module", "name", "near[0]"}


def _texts_of_errors(tree: ast.AST) -> list[ast.FormattedValue]:
    """What is formatted in a raise, in the making of an error or a warning, and in a log record."""
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(("Error", "Warning", "warn"))
        )
    ]
    return [
        part for node in made for part in ast.walk(node) if isinstance(part, ast.FormattedValue)
    ]


def test_no_text_of_an_error_shows_a_value_of_others_raw():
    package = pathlib.Path(sitoo_async.__file__).parent
    found = []
    for file in sorted(package.rglob("*.py")):
        if package / "testing" in file.parents:
            continue
        for part in _texts_of_errors(ast.parse(file.read_text("utf-8"))):
            what = ast.unparse(part.value)
            quoted = part.conversion == ord("r") or what.startswith(("repr(", "str("))
            if (quoted and what not in QUOTED) or what in FOREIGN:
                found.append(f"{file.relative_to(package)}:{part.lineno}: {what}")
    assert found == []


def test_that_test_would_find_one():
    for text in ("raise KeyError(f'{value}')", "E = LaneError(f'so: {error!r}')", "warn(f'{x!r}')"):
        assert _texts_of_errors(ast.parse(text))


# ------------------------------------------------------------------- where users pass them


def client(**options: object) -> SitooClient:
    return SitooClient(
        **{"api_id": "90316-1", "password": "p", "base_url": "http://127.0.0.1:1", **options}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "name",
    ["request_timeout", "max_response_bytes", "priority", "strict", "retry", "queue_timeout"],
)
def test_an_option_that_can_not_be_shown_is_refused_by_name(name, value):
    if type(value) is int and name == "queue_timeout":
        value = -abs(value)  # as a large one it is no limit
    with pytest.raises(InvalidOptionError) as caught:
        Options(**{name: value})
    assert caught.value.field == name
    assert len(str(caught.value)) < 700


def test_a_site_that_can_not_be_shown_is_refused_by_name(value):
    with pytest.raises(InvalidOptionError) as caught:
        client(site=value)
    assert caught.value.field == "site"
