"""Interfaces as one application: which handler a request is for, and what becomes of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from sitoo_async._checks.show import shown, type_name
from sitoo_async._codec.base import Model, set_fields
from sitoo_async._http.keys import concealed, hidden
from sitoo_async.errors import (
    InvalidInputError,
    InvalidOptionError,
    printable,
)
from sitoo_async.spi._core.answer import Answer, as_json, empty, of_refusal, of_unfit
from sitoo_async.spi._core.bodies import check_required
from sitoo_async.spi._core.call import Call, Incoming, header_text, without_credentials
from sitoo_async.spi._core.content_type import check_content_type, explained
from sitoo_async.spi._core.endpoint import Endpoint, Exchange
from sitoo_async.spi._core.failure import places
from sitoo_async.spi._core.operation import Plan
from sitoo_async.spi._core.query import read_query, read_value
from sitoo_async.spi._core.refusal import Finding, Refusal, Unfit
from sitoo_async.spi._core.routes import Routes
from sitoo_async.spi._core.running import AtOnceError, Outcome, ends, refusal_in, started
from sitoo_async.spi._core.service import Service, interface_of, plans_of
from sitoo_async.spi._core.target import Target, check_handler, check_names, places_of

__all__ = ["App"]

logger = logging.getLogger("sitoo_async")

_WORD: Final = re.compile(r"[a-z_-]*(\.json)?")
"""A part of a path that is a name of the interface, rather than of a person or a card."""

_MOST_UNKNOWN: Final = 100
"""Requests for what is not there of which the log tells; each of them is kept."""


class App(Endpoint):
    """Interfaces that Sitoo calls, served together: an ASGI application, and `handle` without I/O.

    ::

        class MyPayments(PaymentService):
            async def get_payment(self, paymentid, /, *, call): ...

        app = App(MyPayments(), user="sitoo", password="made up")

    Mount it under FastAPI, Litestar or Starlette, serve it by uvicorn, or see
    `sitoo_async.spi.aiohttp`. A handler that raises, answers something else than its operation
    has, or takes longer than the deadline is answered with the error that its interface documents,
    and logged: its operation and request id, never what it was asked or what it said. So is, once,
    a request for which there is no operation: see there what Sitoo calls, and a wrong mount. At the
    deadline it is cancelled: shield what must not be cut short, or give it a task of its own.

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
        routes: where operations are whose path is not documented, once you have seen what Sitoo
            calls: by the name of the method, such as ``{"redeem_items": "POST /redeem"}``. What
            braces hold in the path and the method doesn't take, `Call.path_parameters` has.
        on_error: called with what a handler raised, and with the call: for a service that collects
            errors, since the log tells only of which class it was, and where.

    Raises:
        InvalidOptionError: an option that can't work, a class that implements no interface, two
            services with one path, a handler that can't take what it is called with or is misspelt,
            or one of an operation of which nobody knows the path, and `routes` doesn't say it
            either.
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
        routes: Mapping[str, str] | None = None,
        on_error: Callable[[Exception, Call], object] | None = None,
    ) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        pairs = concealed(credentials)
        credentials = None
        if not services:
            raise InvalidOptionError("give the services to serve", field="services")
        if on_error is not None and not callable(on_error):
            raise InvalidOptionError(
                f"on_error must be a function of an error and a call, not {type_name(on_error)}",
                field="on_error",
            )
        self._strict = strict
        self._on_error = on_error
        self._routes: Routes[Target] = Routes()
        self._ending = set[asyncio.Task[Any]]()
        self._unknown = set[str]()
        told = dict(routes or {})
        for service in services:
            self._add(service, told)
        if told:
            raise InvalidOptionError(
                f"routes: {shown(next(iter(told)))} is no operation that a service implements",
                field="routes",
            )
        self._services = [type(service).__name__ for service in services]
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

    def __repr__(self) -> str:
        return f"<App: {', '.join(self._services)}>"

    def _add(self, service: Service, routes: dict[str, str]) -> None:
        if not isinstance(service, Service):
            raise InvalidOptionError(
                f"a service must be an instance of a class derived from an interface, not"
                f" {type_name(service)}",
                field="services",
            )
        cls: Any = type(service)  # hashable, which mypy doubts of a type
        interface = interface_of(cls)
        plans = plans_of(cls)
        declared = vars(interface.declared)
        missing = {name for name in plans if getattr(cls, name) is declared.get(name)}
        check_names(cls, plans, missing)
        for name, plan in plans.items():
            called = f"{cls.__name__}.{name}"
            own = name not in missing
            target = Target(plan, interface.errors, getattr(service, name) if own else None, called)
            if target.handler is not None:
                check_handler(target)
            for method, path in places_of(target, routes.pop(name, None) if own else None):
                other = self._routes.add(method, path, target)
                if other is not None:
                    raise InvalidOptionError(
                        f"{other.called} and {called} have the same path; serve them by an App"
                        " each, at addresses of their own",
                        field="services",
                    )

    # One request ----------------------------------------------------------------------------

    def _begin(self, given: Incoming) -> Exchange | Answer:
        try:
            found = self._routes.find(given.method, given.path)
        except Unfit as unfit:
            return of_unfit(self._errors, unfit, given.request_id)
        if isinstance(found, tuple):
            self._tell_unknown(given)
            headers = {"allow": ", ".join(found)} if found else {}
            return of_unfit(self._errors, _no_route(found), given.request_id, headers)
        target = found.target
        try:
            act = self._prepared(target, given, found.parameters)
        except Unfit as unfit:
            return _not_called(target, unfit, given.request_id)
        return Exchange(given, target.errors, act, self._most)

    def _tell_unknown(self, given: Incoming) -> None:
        """Say once what nothing here answers: so is a wrong mount seen, and an unknown path.

        What may name a person or a card in the path is left out.
        """
        parts = given.path.split("/")
        asked = "/".join(part if _WORD.fullmatch(part) else "…" for part in parts)
        asked = printable(f"{given.method} {asked}", 100)
        if asked not in self._unknown and len(self._unknown) < _MOST_UNKNOWN:
            self._unknown.add(asked)
            logger.warning(
                "%r has no operation for %s, which was asked for (told once): see where it is"
                " mounted, and what `routes` may tell it (request %s)",
                self,
                asked,
                printable(given.request_id, 100),
            )

    def _prepared(
        self, target: Target, given: Incoming, parameters: Mapping[str, str]
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
        handler = partial(target.handler, *places, call=call, **query)
        return partial(self._act, target, handler, call)

    async def _act(
        self, target: Target, handler: Callable[..., Awaitable[Any]], call: Call, body: bytes
    ) -> Answer:
        """The answer to a request, whatever becomes of it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = await self._answered(target, handler, call, body)
        except Unfit as unfit:
            return _not_called(target, unfit, call.request_id)
        logger.debug(
            "%s answered %d in %.3f s (request %s)",
            target.called,
            answer.status,
            loop.time() - began,
            printable(call.request_id, 100),
        )
        return answer

    async def _answered(
        self, target: Target, handler: Callable[..., Awaitable[Any]], call: Call, body: bytes
    ) -> Answer:
        """Read the body, call the handler, and write what it gives.

        Raises:
            Unfit: the body can't be read, or the handler failed, which is logged by then.
        """
        plan = target.plan
        if plan.read is not None:
            check_content_type(call.headers)
            try:
                read = plan.read(body, self._strict)
            except Unfit as unfit:
                raise explained(unfit, call.headers) from None
            if "field-missing" in target.errors.statuses:
                check_required(read)
            handler = partial(handler, read)
        task = await self._run(target, handler, call)
        if task.cancelled():
            raise self._failed(target, call, "cancelled itself", None)
        outcome = task.result()
        error = refusal_in(outcome.error)
        if isinstance(error, Refusal):
            if error.code in target.errors.statuses:
                return of_refusal(target.errors, error, call.request_id)
            known = ", ".join(sorted(target.errors.statuses))
            why = f"refused with {error.code!r}, which its interface doesn't have; it has {known}"
            raise self._failed(target, call, why, error)
        if isinstance(error, AtOnceError):
            raise self._failed(
                target, call, f"gave a {error} at once: write it as async def", error
            )
        if error is not None:
            raise self._failed(target, call, f"failed: {places(error)}", error)
        try:
            return _written(plan, outcome.given)
        except InvalidInputError as wrong:
            why = f"gave an answer that can't be sent: {wrong.message}"
            raise self._failed(target, call, why, wrong) from None

    async def _run(
        self, target: Target, handler: Callable[..., Awaitable[Any]], call: Call
    ) -> asyncio.Task[Outcome]:
        """Run a handler to its end, or to the deadline.

        Raises:
            Unfit: the deadline passed.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = started(handler, target.called)
        ended = task.done() or await ends(task, call.deadline - began)
        took = loop.time() - began
        if not ended:
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
                target.called,
                took,
                printable(call.request_id, 100),
            )
        return task

    def _ended(self, target: Target, call: Call, task: asyncio.Task[Outcome]) -> None:
        """What became of a handler after its deadline."""
        self._ending.discard(task)
        error = None if task.cancelled() else task.result().error
        if error is not None:
            self._failed(target, call, f"failed after its deadline: {places(error)}", error)

    def _failed(
        self,
        target: Target,
        call: Call,
        why: str,
        error: BaseException | None,
        finding: Finding = "failed",
    ) -> Unfit:
        """Tell that a handler failed, and how its caller is told."""
        logger.error("%s %s (request %s)", target.called, why, printable(call.request_id, 100))
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


def _not_called(target: Target, unfit: Unfit, request_id: str) -> Answer:
    """The answer to what never reached a handler, or was told to the log when it failed."""
    if unfit.finding not in {"failed", "late"}:
        # What isn't implemented, or isn't there, is everyday life; all else nobody expects.
        level = logging.DEBUG if unfit.finding == "not-found" else logging.WARNING
        text = "%s: a request was refused, since %s (request %s)"
        logger.log(level, text, target.called, unfit.message, printable(request_id, 100))
    return of_unfit(target.errors, unfit, request_id)


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
    written = None if plan.write is None else plan.write(result)
    if plan.operation.check is not None:
        plan.operation.check(written)
    return written
