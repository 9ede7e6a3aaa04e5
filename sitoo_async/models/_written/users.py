"""Which fields may be set and asked for, of the models in users.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from typing import Literal, TypedDict

__all__ = [
    "UserField",
    "UserFields",
]


class UserFields(TypedDict, total=False):
    """The fields of a User that can be set."""

    email: str
    namefirst: str
    namelast: str
    personalid: str
    externalid: str | None
    company: str
    department: str
    companyid: str
    address: str
    address2: str
    zip: str
    city: str
    state: str
    countryid: str
    phone: str
    mobile: str
    notes: str
    pin: str
    customernumber: str
    voucherpasswords: Sequence[str]
    role: int | None
    warehouses: Sequence[str]
    posrefundcard: bool


UserField = Literal[
    "userid",
    "email",
    "namefirst",
    "namelast",
    "personalid",
    "externalid",
    "company",
    "department",
    "companyid",
    "address",
    "address2",
    "zip",
    "city",
    "state",
    "countryid",
    "phone",
    "mobile",
    "notes",
    "customernumber",
    "datecreated",
    "datemodified",
    "voucherpasswords",
    "role",
    "warehouses",
    "posrefundcard",
    "pricelistid",
]
"""The fields that can be asked for of a User."""
