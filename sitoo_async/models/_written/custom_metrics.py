"""Which fields may be set, of the models in custom_metrics.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from sitoo_async.models.custom_metrics import CustomMetricValuePoint, CustomMetricValueSeries

__all__ = [
    "CustomMetricFields",
    "CustomMetricValueFields",
    "CustomMetricValuePointFields",
    "CustomMetricValueSeriesFields",
]


class CustomMetricFields(TypedDict, total=False):
    """The fields of a CustomMetric that can be set."""

    key: str
    grouping: str
    type: str
    format: str


class CustomMetricValuePointFields(TypedDict, total=False):
    """The fields of a CustomMetricValuePoint that can be set."""

    label: str
    value: Decimal | int | float


class CustomMetricValueSeriesFields(TypedDict, total=False):
    """The fields of a CustomMetricValueSeries that can be set."""

    total_count: int
    total_value: Decimal | int | float
    series: Sequence[CustomMetricValuePoint | CustomMetricValuePointFields]


class CustomMetricValueFields(TypedDict, total=False):
    """The fields of a CustomMetricValue that can be set."""

    key: str
    date: str
    store_id: str
    value_scalar: Decimal | int | float
    value_series: CustomMetricValueSeries | CustomMetricValueSeriesFields
