"""How each kind of value travels: what JSON carries, what Python holds, what may be sent.

A model's annotations name these kinds: ``str``, ``int`` and ``bool`` stand for themselves, and
`Money`, `Timestamp` and the other aliases carry theirs with them.
"""

from __future__ import annotations

from sitoo_async._codec.kinds.amounts import Decimal3, Hundredths, Money, Number
from sitoo_async._codec.kinds.base import Kept, Mark, Scalar
from sitoo_async._codec.kinds.containers import (
    AdditionalData,
    Attributes,
    ChoiceOf,
    Kind,
    ListOf,
    MapOf,
    ObjectOf,
    Tags,
)
from sitoo_async._codec.kinds.enumerations import enumeration
from sitoo_async._codec.kinds.free import FREE, write_key
from sitoo_async._codec.kinds.moments import Moment, Timestamp, load_timestamp, write_timestamp
from sitoo_async._codec.kinds.plain import BOOLEAN, INTEGER, TEXT, TextOrInteger, text_like

__all__ = [
    "BOOLEAN",
    "FREE",
    "INTEGER",
    "TEXT",
    "AdditionalData",
    "Attributes",
    "ChoiceOf",
    "Decimal3",
    "Hundredths",
    "Kept",
    "Kind",
    "ListOf",
    "MapOf",
    "Mark",
    "Moment",
    "Money",
    "Number",
    "ObjectOf",
    "Scalar",
    "Tags",
    "TextOrInteger",
    "Timestamp",
    "enumeration",
    "load_timestamp",
    "text_like",
    "write_key",
    "write_timestamp",
]
