"""The asyncio client for the Sitoo REST API.

Every call goes through one queue per API key, since Sitoo refuses a second request while one is
in flight. In front of it stand typed models, lazy pages, and batches that answer item by item::

    async with SitooClient(api_id="10020-140", password="…", base_url="https://…") as sitoo:
        product = await sitoo.products.get(21)
        async for product in sitoo.products.list(fields=["productid", "sku", "moneyprice"]):
            ...
"""

from sitoo_async._batch import Batch, BatchResult, Outcome
from sitoo_async._client import SitooClient
from sitoo_async._hooks import ExchangeRecord, Observer
from sitoo_async._lane import Gate, LaneStats
from sitoo_async._options import Options
from sitoo_async._pages import Page, Paginator
from sitoo_async._retry import RetryPolicy
from sitoo_async._version import __version__
from sitoo_async._wire import Response
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
    InvalidInputError,
    InvalidOptionError,
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
    "Gate",
    "InvalidInputError",
    "InvalidOptionError",
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
    "QueueTimeoutError",
    "RateLimitError",
    "ReadError",
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
