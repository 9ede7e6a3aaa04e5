"""FakePos: a POS that calls the interfaces of a partner as the reference says that it does."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from multidict import CIMultiDict

from sitoo_async.testing._pos.contract import findings_of, read
from sitoo_async.testing._pos.findings import ContractError, Finding, PosAnswer
from sitoo_async.testing._pos.operations import HEADERS, operation_of, pairs
from sitoo_async.testing._pos.payments import lead
from sitoo_async.testing._pos.requests import outgoing, place_of
from sitoo_async.testing._pos.samples import found, sample_body, sample_parameters
from sitoo_async.testing._server.faults import check_seconds
from sitoo_async.testing._server.partners import NoAnswer, Outgoing, Reply, basic, partner_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from sitoo_async.testing._pos.operations import PosOperation
    from sitoo_async.testing._pos.payments import PosPayment
    from sitoo_async.testing._server.partners import AsgiApp

__all__ = ["FakePos"]

_EXAMPLE: Final[Any] = object()
"""In place of a body: the documented one."""


class FakePos:
    """A POS that calls a partner's server, for tests of one's own interfaces.

    It knows the twelve interfaces beside events from the public reference, and nothing of
    `sitoo_async.spi`: it works with a server in any language. It sends what is documented, with
    the headers that an interface has, gives up after ten seconds, and complains of an answer that
    breaks the documented contract: a status that none documents, an object where an array is due,
    two customers, a body with 204, an amount that is a number.

    Example:
        >>> async with FakePos(app, user="sitoo", password="made up") as pos:
        ...     answer = await pos.call("crm-v2", "Search Customer", key="1", key_type="email")
        ...     assert answer.json == []
        ...     payment = await pos.pay()
        ...     assert payment.completed

    What a test doesn't say is taken from the documented examples; where none is printed, it is
    made up. An error that is documented is an answer as any other: see `PosAnswer.ok`.

    Args:
        to: a URL of this machine, below which the paths of the interfaces are, or an ASGI
            application, which is then called in this loop without sockets.
        user: the user of its Basic credentials; None: none are sent.
        password: the password.
        prefix: a path before those of the interfaces, such as ``/sitoo``.
        store_id: what goes as ``Store-ID``, percent-encoded, to interfaces that have that header;
            None: it is missing, as it may be.
        staff_id: ``Staff-ID`` likewise; if nothing else is said it is one that has to be decoded.
        register_id: ``Register-ID`` likewise.
        patience: seconds after which it gives up.
        slow_after: seconds after which an answer is noted as slow.
        complain: whether a broken contract raises; else it is only in the `findings`.

    Attributes:
        answers: every answer, in the order of the calls.

    Raises:
        ValueError: a URL of another machine, a user without a password or with a colon, a bad
            prefix or bad seconds.
        TypeError: neither a URL nor an application.
    """

    def __init__(
        self,
        to: str | AsgiApp,
        *,
        user: str | None = None,
        password: str | None = None,
        prefix: str = "",
        store_id: str | None = "SCS101",
        staff_id: str | None = "åsa/1",
        register_id: str | None = "SIE0000160000051",
        patience: float = 10.0,
        slow_after: float = 1.0,
        complain: bool = True,
    ) -> None:
        check_seconds("patience", patience)
        check_seconds("slow_after", slow_after)
        self.answers: list[PosAnswer] = []
        self._authorization = basic(user, password)
        self._partner = partner_of(to, prefix)
        self._ids = {"store-id": store_id, "staff-id": staff_id, "register-id": register_id}
        self._patience = patience
        self._slow_after = slow_after
        self._complain = complain

    def __repr__(self) -> str:
        return f"<FakePos: {len(self.answers)} answers>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close its connections; what an application still does in this loop is cancelled."""
        await self._partner.aclose()

    @property
    def findings(self) -> list[Finding]:
        """What was found in all answers so far."""
        return [each for answer in self.answers for each in answer.findings]

    @staticmethod
    def operations(service: str | None = None) -> list[tuple[str, str]]:
        """The operations whose method and path are known, as arguments for `call`.

        Args:
            service: the interface, such as ``payment``; None: all of them but Events, of which
                `FakeSitoo.deliver_events` tells.

        Raises:
            ValueError: there is no such interface.
        """
        return pairs(service)

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        body: Any = _EXAMPLE,
        at: str | None = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> PosAnswer:
        """Call an operation.

        Args:
            service: the interface, such as ``payment`` or ``spi-payment``.
            operation: the operation, as the reference names it, such as ``"Add Payment"``.
            body: plain JSON values, or bytes that go as they are; None: no body. Left out, it is
                the documented example.
            at: method and path, such as ``"POST /redeem"``, for what you have seen of an operation
                that nobody documents.
            headers: headers that go beside the others, or in their place.
            **parameters: values for the path and the query. Those that are required and left out
                are made up. A mapping stands for ``filter[KEY]=value``.

        Returns:
            The answer, with what was found.

        Raises:
            ContractError: it breaks what is documented, or there is none within the patience, and
                this POS complains.
            ValueError: there is no such operation, nobody knows its path, or a parameter is none
                of it.
            TypeError: a value that has no place in a query, or no JSON form.
        """
        meant = operation_of(service, operation)
        place = place_of(meant, at)
        given = parameters if at is not None else sample_parameters(meant) | parameters
        sent = outgoing(
            meant,
            place,
            given,
            {**self._headers(meant), **(headers or {})},
            sample_body(meant) if body is _EXAMPLE else body,
        )
        answer = await self._answered(meant, sent, given)
        self.answers.append(answer)
        self._tell(answer)
        return answer

    async def call_all(self, service: str) -> list[PosAnswer]:
        """Call all operations of an interface whose paths are known, from the documented examples.

        They go in the order of the reference, and ids that an answer tells are used in the calls
        after it.

        Raises:
            ContractError: as `call`.
            ValueError: there is no such interface.
        """
        answers: list[PosAnswer] = []
        told: dict[str, Any] = {}
        for name, operation in pairs(service):
            wanted = operation_of(name, operation).path_parameters
            known = {each: told[each] for each in wanted if told.get(each)}
            answers.append(await self.call(name, operation, **known))
            if answers[-1].ok:
                told |= _ids(name, answers[-1].json)
        return answers

    async def pay(
        self,
        payment: Mapping[str, Any] | None = None,
        *,
        accept: bool = True,
        hesitate: float = 0.0,
        pause: float = 1.0,
        patience: float = 300.0,
    ) -> PosPayment:
        """Lead a payment through its states: add it, ask until it is ready, then end it.

        Args:
            payment: the payment, as JSON values; None: the documented one.
            accept: whether it is completed when it is ready; else it is cancelled.
            hesitate: seconds from when it is seen ready until it is completed. After three minutes
                the service has to have reversed it; virtual time lets them pass at once.
            pause: seconds from one question to the next.
            patience: seconds after which a payment that isn't ready is cancelled.

        Returns:
            What became of it; a payment that the service refuses or cancels is no error.

        Raises:
            ContractError: as `call`; also where the service itself says ``completed``, where it is
                in another state than the one that it took, where it refuses to complete what is
                ready, and where it completes what has been ready for more than three minutes.
            ValueError: bad seconds.
        """
        for name, seconds in (("hesitate", hesitate), ("pause", pause), ("patience", patience)):
            check_seconds(name, seconds)
        return await lead(
            self.call,
            self._found,
            payment,
            accept=accept,
            hesitate=hesitate,
            pause=pause,
            patience=patience,
        )

    def _headers(self, operation: PosOperation) -> dict[str, str]:
        made_up: Mapping[str, str | None] = {**self._ids, "request-id": str(uuid.uuid4())}
        headers = {} if self._authorization is None else {"Authorization": self._authorization}
        for name in HEADERS.get(operation.service, ()):
            text = made_up[name.lower()]
            if text is not None:
                headers[name] = quote(text, safe="")
        return headers

    async def _answered(
        self, operation: PosOperation, sent: Outgoing, given: Mapping[str, Any]
    ) -> PosAnswer:
        loop = asyncio.get_running_loop()
        began = loop.time()
        findings: list[Finding] = []
        reply: Reply | None = None
        try:
            reply = await self._partner.exchange(sent, self._patience)
        except NoAnswer as error:
            findings.append(Finding("time" if "within" in str(error) else "status", f"is {error}"))
        seconds = loop.time() - began
        value = None
        if reply is not None:
            findings += findings_of(operation, given, reply)
            if seconds > self._slow_after:
                text = f"was {seconds:.1f} s, where an answer is expected within 1"
                findings.append(Finding("time", text, breaks=False))
            value = _json_of(reply)
        return PosAnswer(
            service=operation.service,
            operation=operation.name,
            method=sent.method,
            path=sent.path + (f"?{sent.query}" if sent.query else ""),
            request_id=CIMultiDict(sent.headers).get("Request-ID"),
            status=None if reply is None else reply.status,
            headers=CIMultiDict() if reply is None else reply.headers,
            body=b"" if reply is None else reply.body,
            json=value,
            seconds=seconds,
            findings=findings,
        )

    def _found(self, answer: PosAnswer, finding: Finding) -> None:
        answer.findings.append(finding)
        self._tell(answer)

    def _tell(self, answer: PosAnswer) -> None:
        if self._complain and any(each.breaks for each in answer.findings):
            raise ContractError(answer)


def _json_of(reply: Reply) -> Any:
    try:
        return read(reply.body)
    except ValueError:
        return None


def _ids(service: str, value: Any) -> dict[str, Any]:
    """The ids that an answer tells, by the parameters in the paths of its interface."""
    names = {each for pair in pairs(service) for each in operation_of(*pair).path_parameters}
    if isinstance(value, str):
        return dict.fromkeys(names, value)
    own = cast("Mapping[str, Any]", value).get("id") if isinstance(value, dict) else None
    told = {name: found(value, name) or own for name in names}
    return {name: each for name, each in told.items() if each and isinstance(each, str | int)}
