"""An interface as a class: which operations it declares, and which one a class implements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from inspect import getattr_static
from typing import Any, ClassVar, cast

import attrs

from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi._core.operation import Operation, Plan, operation_of, plan_of
from sitoo_async.spi._core.refusal import Errors

__all__ = ["Interface", "Service", "interface_of", "plans_of"]


@attrs.frozen
class Interface:
    """What an interface class declares.

    Attributes:
        name: the service, such as ``spi-payment``.
        errors: how it tells errors.
        operations: its operations by the method to implement, in the order of the class.
        declared: the class.
    """

    name: str
    errors: Errors
    operations: Mapping[str, Operation]
    declared: type[Service] = attrs.field(repr=False)


class Service:
    """The base of every interface that Sitoo calls on a partner.

    Derive from one of the classes in `sitoo_async.spi`, such as
    `sitoo_async.spi.payment.PaymentService`, implement the operations that you have, and serve it
    by an `App`. What you leave out is answered with 404. For what Sitoo calls and the interface
    doesn't know, mark a method of your own class by `operation`.
    """

    __sitoo_interface__: ClassVar[Interface]

    def __init_subclass__(
        cls, *, interface: str | None = None, errors: Errors | None = None, **others: Any
    ) -> None:
        """Note what an interface class declares.

        Args:
            interface: the service, such as ``spi-payment``; a class that implements one has none.
            errors: how the interface tells errors.
            others: what further base classes ask for.
        """
        super().__init_subclass__(**others)
        if interface is not None and errors is not None:
            found = {name: operation_of(member) for name, member in vars(cls).items()}
            operations = {name: each for name, each in found.items() if each is not None}
            cls.__sitoo_interface__ = Interface(interface, errors, operations, cls)


def interface_of(cls: type[Service]) -> Interface:
    """The one interface that a class implements.

    Raises:
        InvalidOptionError: it implements none, or several.
    """
    found = [base for base in cls.__mro__ if "__sitoo_interface__" in vars(base)]
    if len(found) != 1:
        which = " and ".join(base.__name__ for base in found) or "none"
        raise InvalidOptionError(
            f"{cls.__name__} must derive from one interface, such as PaymentService, and derives"
            f" from {which}; make a class for each, and give App all of them",
            field="services",
        )
    return cast("Interface", vars(found[0])["__sitoo_interface__"])


@cache
def plans_of(cls: Any) -> Mapping[str, Plan]:
    """How requests become calls, by the method that is to take them: as the interface has it.

    An operation that the interface lacks is there, too, where the class marks it by itself.
    """
    interface = interface_of(cls)
    plans = {
        name: plan_of(each, getattr(interface.declared, name))
        for name, each in interface.operations.items()
    }
    for name in dir(cls):
        member = getattr_static(cls, name)  # without running code of the user's
        added = None if name in plans else operation_of(member)
        if added is not None:
            plans[name] = plan_of(added, member)
    return plans
