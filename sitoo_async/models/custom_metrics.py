"""Custom metrics, which bring figures of your own to Sitoo's dashboards.

Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Number, text_like
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "CustomMetric",
    "CustomMetricFields",
    "CustomMetricValue",
    "CustomMetricValueFields",
    "CustomMetricValuePoint",
    "CustomMetricValuePointFields",
    "CustomMetricValueSeries",
    "CustomMetricValueSeriesFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.custom_metrics import (
        CustomMetricFields,
        CustomMetricValueFields,
        CustomMetricValuePointFields,
        CustomMetricValueSeriesFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class CustomMetric(Model):
    """What is measured. Once added it can't be changed, only deleted with all its values.

    Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#custommetric
    """

    key: Annotated[
        str, text_like(r"cm_.*", "a name that begins with cm_"), Mark.IDENTIFIER, Mark.REQUIRED
    ] = UNSET
    """Its name, which begins with ``cm_``."""

    grouping: Annotated[str, Mark.REQUIRED] = UNSET
    """What it has a value for: ``none`` (one in all), ``date``, ``store`` or ``date_store``."""

    type: Annotated[str, Mark.REQUIRED] = UNSET
    """What a value is: ``scalar`` (a number) or ``series`` (labelled numbers)."""

    format: str = UNSET
    """How a dashboard shows it: ``number``, ``integer``, ``money`` or ``percent``."""


@model
class CustomMetricValuePoint(Model):
    """One labelled number of a series."""

    label: str = UNSET
    """What the number belongs to."""

    value: Number = UNSET
    """The number."""


@model
class CustomMetricValueSeries(Model):
    """The value of a metric of type ``series``; may show a part of what it sums up."""

    total_count: Annotated[int, Mark.REQUIRED] = UNSET
    """How many points there are in all, also those that `series` leaves out."""

    total_value: Annotated[Number, Mark.REQUIRED] = UNSET
    """What they all add up to."""

    series: Annotated[list[CustomMetricValuePoint], Mark.REQUIRED] = UNSET
    """The points that are shown."""


@model
class CustomMetricValue(Model):
    """The value of a metric, of a day and a store where its grouping names them.

    Reference: https://developer.sitoo.com/api-reference/dashboard-custom-metrics#custommetricvalue
    """

    key: Annotated[str, Mark.IDENTIFIER, Mark.REQUIRED] = UNSET
    """The metric."""

    date: str = UNSET
    """The day, such as ``2020-12-11``; required for the groupings ``date`` and ``date_store``."""

    store_id: str = UNSET
    """The store; required for the groupings ``store`` and ``date_store``."""

    value_scalar: Number = UNSET
    """The number, of a metric of type ``scalar``."""

    value_series: CustomMetricValueSeries = UNSET
    """The numbers, of a metric of type ``series``."""
