"""Interfaces as one application: which handler a request is for, and what becomes of it."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import attrs

from sitoo_async._checks.show import type_name
from sitoo_async._checks.warning import warn
from sitoo_async._codec.base import Model, set_fields
from sitoo_async._http.keys import hidden
from sitoo_async.errors import (
    InvalidInputError,
    InvalidOptionError,
    UnverifiedEndpointWarning,
    printable,
)
from sitoo_async.spi._core.answer import Answer, as_json, empty, of_refusal, of_unfit
from sitoo_async.spi._core.call import Call, Incoming, header_text, without_credentials
from sitoo_async.spi._core.credentials import concealed_pairs
from sitoo_async.spi._core.endpoint import Endpoint, Exchange
from sitoo_async.spi._core.failure import places
from sitoo_async.spi._core.operation import Operation, Plan
from sitoo_async.spi._core.query import read_query, read_value
from sitoo_async.spi._core.refusal import Errors, Finding, Refusal, Unfit
from sitoo_async.spi._core.routes import Routes, Template
from sitoo_async.spi._core.service import Service, interface_of, plans_of

__all__ = ["App"]

logger = logging.getLogger("sitoo_async")


@attrs.frozen
class _Target:
    """An operation that requests may mean."""

    plan: Plan
    errors: Errors
    handler: Callable[..., Awaitable[Any]] | None  # None: left out by the user's class
    shown: str


class App(Endpoint):
    """Interfaces that Sitoo calls, served together: an ASGI application, and `handle` without I/O.

    ::

        class MyPayments(PaymentService):
            async def get_payment(self, paymentid, /, *, call): ...

        app = App(MyPayments(), user="sitoo", password="made up")

    Mount it under FastAPI, Litestar or Starlette, serve it by uvicorn, or see
    `sitoo_async.spi.aiohttp`. A handler that raises, answers something else than its operation
    has, or takes longer than the deadline is answered with the error that its interface documents,
    and logged: its operation and request id, never what it was asked or what it said.

    Args:
        services: instances of your classes, one for each interface; their paths must differ, so
            CRM v1 and CRM v2 are two applications.
        user: the user that Sitoo is to give. You make it up, with its password, for this alone.
        password: the password.
        credentials: several such pairs instead: during a rotation the old and the new one.
        unprotected: whether anybody may call, where there are none.
        max_body_bytes: bytes that a body may have; more is refused with 413 and not read.
        deadline: seconds until an answer is given. A POS gives up after 10.
        warn_after: seconds from which on a slow answer is logged as a warning. A POS expects one
            within 1.
        strict: whether a field that is not of its documented type is refused with 400. By default
            it is read as what it can only mean, or stays as it came, with a warning.
        on_error: called with what a handler raised, and with the call: for a service that collects
            errors, since the log tells only of which class it was, and where.

    Raises:
        InvalidOptionError: an option that can't work, a class that implements no interface, two
            services with one path, or a handler that can't take what it is called with.
    """

    def __init__(
        self,
        *services: Service,
        user: str | None = None,
        password: str | None = None,
        credentials: Iterable[tuple[str, str]] | None = None,
        unprotected: bool = False,
        max_body_bytes: int = 1_000_000,
        deadline: float = 10.0,
        warn_after: float = 1.0,
        strict: bool = False,
        on_error: Callable[[Exception, Call], object] | None = None,
    ) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        pairs = concealed_pairs(credentials)
        credentials = None
        if not services:
            raise InvalidOptionError("give the services to serve", field="services")
        self._strict = strict
        self._on_error = on_error
        self._routes: Routes[_Target] = Routes()
        self._ending = set[asyncio.Task[Any]]()
        for service in services:
            self._add(service)
        super().__init__(
            interface_of(type(services[0])).errors,
            user=user,
            password=password,
            credentials=pairs,
            unprotected=unprotected,
            max_body_bytes=max_body_bytes,
            deadline=deadline,
            warn_after=warn_after,
        )

    def _add(self, service: Service) -> None:
        if not isinstance(service, Service):
            raise InvalidOptionError(
                f"a service must be an instance of a class derived from an interface, not"
                f" {type_name(service)}",
                field="services",
            )
        interface = interface_of(type(service))
        declared: Any = interface.declared  # hashable, which mypy doubts of a type
        for name, plan in plans_of(declared).items():
            shown = f"{type(service).__name__}.{name}"
            own = getattr(type(service), name) is not vars(declared)[name]
            handler = getattr(service, name) if own else None
            if handler is not None:
                _check_handler(plan, handler, shown)
                _warn_unverified(plan.operation, shown)
            operation = plan.operation
            if operation.method is None or operation.path is None:
                continue
            target = _Target(plan, interface.errors, handler, shown)
            for path in (operation.path, *operation.also):
                other = self._routes.add(operation.method, Template.of(path), target)
                if other is not None:
                    raise InvalidOptionError(
                        f"{operation.method} {path} is both {other.shown} and {shown}; serve them"
                        " by an App each, at addresses of their own",
                        field="services",
                    )

    # One request ----------------------------------------------------------------------------

    def _begin(self, given: Incoming) -> Exchange | Answer:
        errors, headers = self._errors, {}
        try:
            found = self._routes.find(given.method, given.path)
            if isinstance(found, tuple):
                headers = {"allow": ", ".join(found)} if found else {}
                raise _no_route(found)
            target = found.target
            errors = target.errors
            act = self._prepared(target, given, found.parameters)
        except Unfit as unfit:
            return of_unfit(errors, unfit, given.request_id, headers)
        return Exchange(given, errors, act, self._most)

    def _prepared(
        self, target: _Target, given: Incoming, parameters: Mapping[str, str]
    ) -> Callable[[bytes], Awaitable[Answer]]:
        """What is left to do when the body is there.

        Raises:
            Unfit: there is no handler, or a header or a parameter can't be read.
        """
        plan = target.plan
        if target.handler is None:
            raise Unfit("not-found", f"{plan.operation.name} is not implemented")
        call = Call(
            operation=plan.operation.name,
            store_id=header_text(given.headers, "Store-ID"),
            staff_id=header_text(given.headers, "Staff-ID"),
            register_id=header_text(given.headers, "Register-ID"),
            request_id=header_text(given.headers, "Request-ID") or given.request_id,
            headers=without_credentials(given.headers),
            path_parameters=parameters,
            deadline=given.due,
        )
        places = [read_value(each, parameters[each.name]) for each in plan.path]
        query = read_query(given.query, plan.query)
        return partial(
            self._answered, target, partial(target.handler, *places, call=call, **query), call
        )

    async def _answered(
        self, target: _Target, handler: Callable[..., Awaitable[Any]], call: Call, body: bytes
    ) -> Answer:
        """Read the body, call the handler, and write what it gives.

        Raises:
            Unfit: the body can't be read, or the handler failed, which is logged by then.
        """
        plan = target.plan
        if plan.read is not None:
            handler = partial(handler, plan.read(body, self._strict))
        task = await self._run(target, handler, call)
        if task.cancelled():
            raise self._failed(target, call, "cancelled itself", None)
        error = task.exception()
        if isinstance(error, Refusal):
            if error.code in target.errors.statuses:
                return of_refusal(target.errors, error, call.request_id)
            known = ", ".join(sorted(target.errors.statuses))
            why = f"refused with {error.code!r}, which its interface doesn't have; it has {known}"
            raise self._failed(target, call, why, error)
        if error is not None:
            raise self._failed(target, call, f"failed: {places(error)}", error)
        try:
            return _written(plan, task.result())
        except InvalidInputError as wrong:
            why = f"gave an answer that can't be sent: {wrong.message}"
            raise self._failed(target, call, why, wrong) from None

    async def _run(
        self, target: _Target, handler: Callable[..., Awaitable[Any]], call: Call
    ) -> asyncio.Task[Any]:
        """Run a handler to its end, or to the deadline.

        Raises:
            Unfit: the deadline passed.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = loop.create_task(_awaited(handler), name=f"{target.shown} {call.request_id}")
        try:
            await asyncio.wait((task,), timeout=max(0.0, call.deadline - began))
        except asyncio.CancelledError:
            # What a plain await would do: the handler is cancelled, and ends before this does.
            task.cancel()
            await asyncio.wait((task,))
            raise
        took = loop.time() - began
        if not task.done():
            # Not awaited: what doesn't end by itself may not end when it is cancelled, either.
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(partial(self._ended, target, call))
            why = f"did not answer within {took:.1f} s and was cancelled"
            raise self._failed(target, call, why, None, "late")
        if took >= self._warn_after:
            logger.warning(
                "%s took %.1f s; a POS expects an answer within 1 s, and gives up after 10 s"
                " (request %s)",
                target.shown,
                took,
                printable(call.request_id, 100),
            )
        return task

    def _ended(self, target: _Target, call: Call, task: asyncio.Task[Any]) -> None:
        """What became of a handler after its deadline."""
        self._ending.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed(target, call, f"failed after its deadline: {places(error)}", error)

    def _failed(
        self,
        target: _Target,
        call: Call,
        why: str,
        error: BaseException | None,
        finding: Finding = "failed",
    ) -> Unfit:
        """Tell that a handler failed, and how its caller is told."""
        logger.error("%s %s (request %s)", target.shown, why, printable(call.request_id, 100))
        if self._on_error is not None and isinstance(error, Exception):
            try:
                self._on_error(error, call)
            except Exception as another:  # noqa: BLE001 - the POS is answered all the same
                logger.error(  # noqa: TRY400 - with a traceback it would tell what it says
                    "on_error failed: %s", places(another)
                )
        return Unfit(finding, "the service failed; see its log")


def _no_route(allowed: tuple[str, ...]) -> Unfit:
    if allowed:
        return Unfit("method", f"this path is for {' and '.join(allowed)}")
    return Unfit("not-found", "there is no such path")


async def _awaited(handler: Callable[..., Awaitable[Any]]) -> Any:
    made: Any = handler()
    if not inspect.isawaitable(made):
        raise InvalidInputError("a handler must be async def", field="services")
    return await made


def _written(plan: Plan, result: Any) -> Answer:
    """The answer of what a handler gave.

    Raises:
        InvalidInputError: it is not what its operation answers.
        Unfit: it is None, which means that there is no such thing.
    """
    operation = plan.operation
    if operation.one_or_none:
        if result is None:
            return as_json(operation.status, [])
        if isinstance(result, Model) and not set_fields(result):
            raise InvalidInputError(
                f"an empty {type_name(result)}; where none was found, it is None", field="return"
            )
        return as_json(operation.status, [_plain(plan, result)])
    if plan.write is None:
        if result is not None:
            raise InvalidInputError(
                f"a {type_name(result)}, where nothing is answered", field="return"
            )
        return empty(operation.status)
    if result is None and plan.optional:
        raise Unfit("not-found", f"{operation.name}: there is none")
    return as_json(operation.status, _plain(plan, result))


def _plain(plan: Plan, result: Any) -> Any:
    return None if plan.write is None else plan.write(result)


def _check_handler(plan: Plan, handler: Callable[..., Any], shown: str) -> None:
    """Refuse a handler that can't take what it is going to be called with."""
    places = [None] * (len(plan.path) + (plan.read is not None))
    try:
        inspect.signature(handler).bind(
            *places, call=None, **{each.argument: None for each in plan.query}
        )
    except TypeError as error:
        raise InvalidOptionError(
            f"{shown} can't take what it is called with: {error}; give it the arguments that its"
            " interface declares",
            field="services",
        ) from None


_warned: Final[set[Operation]] = set()


def _warn_unverified(operation: Operation, shown: str) -> None:
    """Say once per operation and process that nobody has seen it documented."""
    if operation.evidence == "documented" or operation in _warned:
        return
    known = (
        "no path is known, so it is never called"
        if operation.path is None
        else f"{operation.method} {operation.path} is inferred, with {operation.confidence}"
        " confidence"
    )
    warn(
        f"{shown}: {operation.name} is not documented: {known}. Ask Sitoo before you rely on it"
        " (told once for each operation)",
        UnverifiedEndpointWarning,
    )
    # Only now: a warning that was made an error is raised again the next time.
    _warned.add(operation)
