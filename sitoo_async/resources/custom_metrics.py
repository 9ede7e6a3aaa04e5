"""The calls about custom metrics, and about the values of each.

They belong to the account, not to a site.

Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, TypedDict, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async._codec.codec import decode_array
from sitoo_async._http.url import query_string
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.custom_metrics import (
    CustomMetric,
    CustomMetricFields,
    CustomMetricValue,
    CustomMetricValueFields,
)
from sitoo_async.resources._base import Resource, reading
from sitoo_async.resources._collection import filter_kinds
from sitoo_async.resources._items import accepted, addition, one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = [
    "CustomMetricFilters",
    "CustomMetricValueFilters",
    "CustomMetricValues",
    "CustomMetricValuesOfMetric",
    "CustomMetrics",
]

_LIST: Final = Operation("GET", "/custom_metrics.json", repeatable=True)
# Sent again, an addition that had been done is refused as a duplicate.
_ADD: Final = Operation("POST", "/custom_metrics.json", repeatable=False)
# Of the answers to the deletions the reference prints the status alone.
_DELETE: Final = Operation(
    "DELETE", "/custom_metrics/{key}.json", repeatable=True, texts=("key",), ignored=True
)
_LIST_VALUES: Final = Operation("GET", "/custom_metric_values.json", repeatable=True)
# A value is set under its metric, day and store, so setting it twice leaves one.
_UPDATE_VALUES: Final = Operation("PUT", "/custom_metric_values.json", repeatable=True)
_DELETE_VALUES: Final = Operation(
    "DELETE", "/custom_metric_values/{key}.json", repeatable=True, texts=("key",), ignored=True
)

_MOST_DAYS: Final = 100


class CustomMetricFilters(TypedDict, total=False):
    """What `CustomMetrics.list` filters on."""

    keys: Sequence[str]
    """Only these metrics."""


class CustomMetricValuesOfMetric(TypedDict, total=False):
    """Which values of a metric are meant.

    The day counts only where the metric is grouped by day, the store only where by store.
    """

    date: str
    """The first day, as ``2020-12-11``."""
    num_days: int
    """How many days from then on, 1 to 100; 1 if left out."""
    store_id: str
    """The store."""


class CustomMetricValueFilters(CustomMetricValuesOfMetric, total=False):
    """What `CustomMetricValues.list` filters on."""

    keys: Sequence[str]
    """Only values of these metrics."""


class CustomMetrics(Resource):
    """The custom metrics of the account.

    Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics
    """

    @cached_property
    def values(self) -> CustomMetricValues:
        """The values of the metrics."""
        return CustomMetricValues(self._session, self.options, self.site)

    @performs(_LIST)
    def list(self, **filters: Unpack[CustomMetricFilters]) -> Paginator[CustomMetric]:
        """Walk the metrics; they come whole, in one page.

        Args:
            filters: see `CustomMetricFilters`.

        Raises:
            InvalidInputError: an unknown filter, an empty or bare-string array filter.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#get-custom-metrics
        """
        return self._whole(
            _LIST, {}, CustomMetric, filters=filters, takes=CustomMetricFilters, bare=True
        )

    @performs(_ADD)
    async def add(
        self, item: CustomMetric | None = None, /, **values: Unpack[CustomMetricFields]
    ) -> CustomMetric:
        """Add a metric; `key`, `grouping` and `type` are required.

        It can't be changed afterwards, only deleted. Not repeatable: where the answer is lost,
        the error says so (``sent="unknown"``).

        Returns:
            The metric as Sitoo keeps it.

        Raises:
            InvalidInputError: a field that can't be sent, such as a `key` without ``cm_``; nothing
                was sent.
            BadRequestError: Sitoo refused it, for a `key` that exists for example.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics
        """
        payload = addition(CustomMetric, one_item(CustomMetric, item, values))
        return await self._write_item(_ADD, {}, payload, CustomMetric)

    @performs(_DELETE)
    async def delete(self, key: str, /) -> bool:
        """Delete a metric and ALL its values. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            InvalidInputError: the key is empty, or can't stand in a path.
            NotFoundError: there is no such metric.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#delete-custom-metric
        """
        return await self._delete(_DELETE, {"key": key})


class CustomMetricValues(Resource):
    """The values of the custom metrics.

    Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics
    """

    @performs(_LIST_VALUES)
    def list(self, **filters: Unpack[CustomMetricValueFilters]) -> Paginator[CustomMetricValue]:
        """Walk the values that match; they come whole, in one page.

        A metric that is not grouped by day comes whatever the day, and likewise by store.

        Args:
            filters: see `CustomMetricValueFilters`.

        Raises:
            InvalidInputError: an unknown filter, an empty or bare-string array filter, a
                `num_days` out of range.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#get-custom-metric-values
        """
        _check_days(filters)
        return self._whole(
            _LIST_VALUES,
            {},
            CustomMetricValue,
            filters=filters,
            takes=CustomMetricValueFilters,
            bare=True,
        )

    # Not called update_many, since the answer tells nothing of single items: it is one write.
    @performs(_UPDATE_VALUES)
    async def update(
        self, values: Iterable[CustomMetricValue | CustomMetricValueFields], /
    ) -> Sequence[CustomMetricValue]:
        """Set values, in one request; each replaces the one of the same metric, day and store.

        Each names its metric by `key`, and by `date` and `store_id` where the metric is grouped
        by them, and holds a `value_scalar` or a `value_series`, as the metric's type has it. Where
        Sitoo can't store one of them it answers 500, and which ones it did store is not known.
        Repeatable.

        Args:
            values: models or mappings; none at all sends nothing.

        Returns:
            The values as Sitoo keeps them; none where it does not answer with them.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent. Its `index` tells
                which value.
            BadRequestError: Sitoo refused one of them.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#update-custom-metric-values
        """
        payload = _payload(values)
        if not payload:
            return []
        path = self._path(_UPDATE_VALUES, {})
        response = await self._send(_UPDATE_VALUES, path, payload=payload)
        if response.empty:
            return []
        strict, keep = self.options.strict, self.options.keep_unknown
        stored, _ = reading(
            _UPDATE_VALUES,
            path,
            lambda: decode_array(
                response.content("the values"), CustomMetricValue, strict=strict, keep_unknown=keep
            ),
            response,
        )
        return [value for value in stored if value is not None]

    @performs(_DELETE_VALUES)
    async def delete(self, key: str, /, **filters: Unpack[CustomMetricValuesOfMetric]) -> bool:
        """Delete the values of a metric that match.

        Of a metric that is grouped by neither day nor store the value goes whatever the filters,
        for they only tell apart what is grouped by them. Repeatable.

        Args:
            key: the metric.
            filters: see `CustomMetricValuesOfMetric`.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted them.

        Raises:
            InvalidInputError: an unknown filter, one of the wrong type, a `num_days` out of range;
                nothing was sent.
            NotFoundError: there is no such metric.

        Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#delete-custom-metric-values
        """
        _check_days(filters)
        query = query_string(filters, filter_kinds(CustomMetricValuesOfMetric))
        return await self._write(_DELETE_VALUES, {"key": key}, None, accepted, query=query)


def _check_days(filters: CustomMetricValuesOfMetric) -> None:
    # What is no int is refused where the query is written.
    days = filters.get("num_days", 1)
    if is_a(days, int) and not 1 <= int.__index__(days) <= _MOST_DAYS:
        raise InvalidInputError(
            f"num_days must be from 1 to {_MOST_DAYS}, not {shown(days)}", field="num_days"
        )


def _payload(values: Iterable[Any]) -> Sequence[dict[str, Any]]:
    payload: list[dict[str, Any]] = []
    with Looking("values"):
        for index, value in enumerate(values):
            try:
                payload.append(addition(CustomMetricValue, value))
            except InvalidInputError as error:
                error.index = index
                raise
    return payload
