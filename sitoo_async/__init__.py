"""The asyncio client for the Sitoo REST API.

Every call goes through one queue per API key, since Sitoo refuses a second request while one is
in flight. In front of it stand typed models, lazy pages, and batches that answer item by item::

    async with SitooClient(api_id="10020-140", password="…", base_url="https://…") as sitoo:
        product = await sitoo.products.get(21)
        async for product in sitoo.products.list(fields=["productid", "sku", "moneyprice"]):
            ...
"""

from typing import TYPE_CHECKING

from sitoo_async._client import SitooClient
from sitoo_async._lane.options import Options
from sitoo_async._on_demand import on_demand
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
    PreconditionFailedError,
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
    UnknownOperationError,
    UnverifiedEndpointWarning,
    WrongLoopError,
)

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
    "PreconditionFailedError",
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
    "UnknownOperationError",
    "UnverifiedEndpointWarning",
    "WrongLoopError",
    "__version__",
    "changes",
    "is_set",
    "replace",
    "set_fields",
    "unknown_fields",
]

if TYPE_CHECKING:
    from sitoo_async._batching.batch import Batch
    from sitoo_async._batching.outcome import BatchResult, Outcome
    from sitoo_async._gates.file import FileGate
    from sitoo_async._gates.gate import Gate, Grant
    from sitoo_async._gates.postgres import PostgresGate
    from sitoo_async._gates.redis import RedisGate
    from sitoo_async._http.keys import Key
    from sitoo_async._http.messages import Response
    from sitoo_async._http.observers import ExchangeRecord, Observer
    from sitoo_async._lane.retry import RetryPolicy
    from sitoo_async._lane.stats import LaneStats
    from sitoo_async._paging.paginator import Page, Paginator
    from sitoo_async.models import UNSET, changes, is_set, replace, set_fields, unknown_fields
else:
    # Who calls and catches has all it needs; a batch, a page or a gate comes with its first use.
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "Batch": "sitoo_async._batching.batch",
            "BatchResult": "sitoo_async._batching.outcome",
            "ExchangeRecord": "sitoo_async._http.observers",
            "FileGate": "sitoo_async._gates.file",
            "Gate": "sitoo_async._gates.gate",
            "Grant": "sitoo_async._gates.gate",
            "Key": "sitoo_async._http.keys",
            "LaneStats": "sitoo_async._lane.stats",
            "Observer": "sitoo_async._http.observers",
            "Outcome": "sitoo_async._batching.outcome",
            "Page": "sitoo_async._paging.paginator",
            "Paginator": "sitoo_async._paging.paginator",
            "PostgresGate": "sitoo_async._gates.postgres",
            "RedisGate": "sitoo_async._gates.redis",
            "Response": "sitoo_async._http.messages",
            "RetryPolicy": "sitoo_async._lane.retry",
            "UNSET": "sitoo_async.models",
            "changes": "sitoo_async.models",
            "is_set": "sitoo_async.models",
            "models": "sitoo_async.models",
            "replace": "sitoo_async.models",
            "set_fields": "sitoo_async.models",
            "unknown_fields": "sitoo_async.models",
        },
    )
