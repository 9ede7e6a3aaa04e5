"""The asyncio client for the Sitoo REST API.

Every call goes through one queue per API key, since Sitoo refuses a second request while one is
in flight. In front of it stand typed models, lazy pages, and batches that answer item by item::

    async with SitooClient(api_id="10020-140", password="…", base_url="https://…") as sitoo:
        product = await sitoo.products.get(21)
        async for product in sitoo.products.list(fields=["productid", "sku", "moneyprice"]):
            ...
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sitoo_async._batching.batch import Batch, BatchResult, Outcome
from sitoo_async._client import SitooClient
from sitoo_async._gates import Gate, Grant
from sitoo_async._http.keys import Key
from sitoo_async._http.messages import Response
from sitoo_async._http.observers import ExchangeRecord, Observer
from sitoo_async._lane.options import Options
from sitoo_async._lane.retry import RetryPolicy
from sitoo_async._lane.ticket import LaneStats
from sitoo_async._paging.paginator import Page, Paginator
from sitoo_async._version import __version__
from sitoo_async.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    BatchError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    DeadlineError,
    DecodeError,
    FieldNotFetchedError,
    GateLostError,
    InvalidInputError,
    InvalidOptionError,
    InvalidRow,
    LaneError,
    LaneFullError,
    NotFoundError,
    PermissionDeniedError,
    QueueTimeoutError,
    RateLimitError,
    ReadError,
    ReentryError,
    RequestTimeoutError,
    ServerError,
    SitooError,
    SitooWarning,
    TransportError,
    UnexpectedTypeWarning,
    UnverifiedEndpointWarning,
    WrongLoopError,
)
from sitoo_async.models import UNSET, changes, is_set, set_fields

if TYPE_CHECKING:
    from sitoo_async._gates.file import FileGate
    from sitoo_async._gates.postgres import PostgresGate
    from sitoo_async._gates.redis import RedisGate

__all__ = [
    "ApiError",
    "AuthenticationError",
    "BadRequestError",
    "Batch",
    "BatchError",
    "BatchResult",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "DeadlineError",
    "DecodeError",
    "ExchangeRecord",
    "FieldNotFetchedError",
    "FileGate",
    "Gate",
    "GateLostError",
    "Grant",
    "InvalidInputError",
    "InvalidOptionError",
    "InvalidRow",
    "Key",
    "LaneError",
    "LaneFullError",
    "LaneStats",
    "NotFoundError",
    "Observer",
    "Options",
    "Outcome",
    "Page",
    "Paginator",
    "PermissionDeniedError",
    "PostgresGate",
    "QueueTimeoutError",
    "RateLimitError",
    "ReadError",
    "RedisGate",
    "ReentryError",
    "RequestTimeoutError",
    "Response",
    "RetryPolicy",
    "ServerError",
    "SitooClient",
    "SitooError",
    "SitooWarning",
    "TransportError",
    "UNSET",
    "UnexpectedTypeWarning",
    "UnverifiedEndpointWarning",
    "WrongLoopError",
    "__version__",
    "changes",
    "is_set",
    "set_fields",
]

_ENGINES = {"FileGate": "file", "PostgresGate": "postgres", "RedisGate": "redis"}

if not TYPE_CHECKING:  # pragma: no branch  # checkers know every name from the imports above

    def __getattr__(name: str) -> Any:
        module = _ENGINES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}._gates.{module}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
