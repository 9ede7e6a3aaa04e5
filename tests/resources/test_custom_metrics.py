"""Custom metrics and their values against the fake server."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import (
    CustomMetric,
    CustomMetricValue,
    CustomMetricValuePoint,
    CustomMetricValueSeries,
)
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

PLAN = {"key": "cm_plan", "grouping": "date_store", "type": "scalar", "format": "money"}


def plan(day, value):
    return {
        "key": "cm_plan",
        "date": f"2020-12-{day}",
        "store_id": "12345",
        "value_scalar": value,
    }


async def test_a_metric_belongs_to_the_account_and_lives_from_add_to_delete(fake, client):
    assert await client.site(7).custom_metrics.add(**PLAN) == CustomMetric(**PLAN)
    assert (fake.requests[-1].path, fake.requests[-1].status) == ("/custom_metrics.json", 201)
    await client.custom_metrics.add(CustomMetric(key="cm_guests", grouping="none", type="scalar"))
    assert await client.custom_metrics.delete("cm_plan") is True
    assert fake.requests[-1].path == "/custom_metrics/cm_plan.json"
    assert "cm_plan" not in [metric.key async for metric in client.custom_metrics.list()]


async def test_quirk_5_3_5_several_keys_go_in_one_parameter(fake, client):
    for key in ("cm_plan", "cm_guests", "cm_other"):
        await client.custom_metrics.add(key=key, grouping="none", type="scalar")
    found = client.custom_metrics.list(keys=["cm_plan", "cm_guests"])
    assert {metric.key async for metric in found} == {"cm_plan", "cm_guests"}
    assert fake.requests[-1].raw_path.endswith("/custom_metrics.json?keys=cm_plan,cm_guests")


async def test_values_are_set_read_and_deleted(fake, client):
    await client.custom_metrics.add(**PLAN)
    values = client.custom_metrics.values
    stored = await values.update(
        [plan(11, 10000), CustomMetricValue(**plan(12, Decimal("0.5"))), plan(13, 11000)]
    )
    assert [value.value_scalar for value in stored] == [10000, Decimal("0.5"), 11000]
    assert fake.requests[-1].path == "/custom_metric_values.json"
    assert fake.requests[-1].json == [plan(11, 10000), plan(12, 0.5), plan(13, 11000)]
    found = await values.list(
        keys=["cm_plan"], date="2020-12-11", num_days=2, store_id="12345"
    ).collect()
    assert found == stored[:2]
    assert fake.requests[-1].raw_path.endswith(
        "/custom_metric_values.json?keys=cm_plan&date=2020-12-11&num_days=2&store_id=12345"
    )
    assert await values.delete("cm_plan", date="2020-12-12", num_days=2) is True
    assert fake.requests[-1].path == "/custom_metric_values/cm_plan.json"
    assert fake.requests[-1].query == {"date": ["2020-12-12"], "num_days": ["2"]}
    left = await values.list(keys=["cm_plan"], date="2020-12-11", num_days=100).collect()
    assert left == stored[:1]


async def test_a_series_goes_out_and_comes_back_whole(fake, client):
    series = CustomMetricValueSeries(
        total_count=9,
        total_value=Decimal("12.5"),
        series=[CustomMetricValuePoint(label="Shoes", value=7)],
    )
    sent = {
        "key": "cm_top",
        "value_series": {
            "total_count": 9,
            "total_value": 12.5,
            "series": [{"label": "Shoes", "value": 7}],
        },
    }
    fake.script(Fault.answer(200, body=[sent]))
    value = CustomMetricValue(key="cm_top", value_series=series)
    assert await client.custom_metrics.values.update([value]) == [value]
    assert fake.requests[-1].json == [sent]


async def test_no_values_are_no_request(fake, client):
    assert await client.custom_metrics.values.update([]) == []
    assert fake.requests == []


@pytest.mark.parametrize("body", [b"", b"true", b'{"status": "deleted"}'])
async def test_a_deletion_goes_by_its_status(fake, client, body):
    fake.script(Fault.answer(200, body=body, method="DELETE", times=2))
    assert await client.custom_metrics.delete("cm_plan") is True
    assert await client.custom_metrics.values.delete("cm_plan") is True


async def test_an_answer_that_is_no_array_is_an_error_with_its_request(fake, client):
    fake.script(Fault.answer(200, body=True))
    with pytest.raises(errors.DecodeError) as caught:
        await client.custom_metrics.values.update([plan(11, 1)])
    assert (caught.value.method, caught.value.sent) == ("PUT", "yes")
    assert caught.value.path.endswith("/custom_metric_values.json")


async def test_a_write_whose_answer_was_lost_is_sent_again_unless_it_adds(fake, client):
    await client.custom_metrics.add(**PLAN)
    fake.script(Fault.drop(method="PUT", when="after"))
    assert len(await client.custom_metrics.values.update([plan(11, 1)])) == 1
    fake.script(Fault.drop(method="POST", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await client.custom_metrics.add(key="cm_guests", grouping="none", type="scalar")
    assert caught.value.sent == "unknown"
    assert [request.method for request in fake.requests] == ["POST", "PUT", "PUT", "POST"]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda metrics: metrics.add(key="cm_a", grouping="date"), "type"),
        (lambda metrics: metrics.list(keys="cm_a").first(), "keys"),
        (lambda metrics: metrics.list(keys=[]).first(), "keys"),
        (lambda metrics: metrics.list(key=["cm_a"]).first(), "key"),
        (lambda metrics: metrics.delete(""), "key"),
        (lambda metrics: metrics.values.list(num_days=0).first(), "num_days"),
        (lambda metrics: metrics.values.list(num_days=101).first(), "num_days"),
        (lambda metrics: metrics.values.list(num_days="1").first(), "num_days"),
        (lambda metrics: metrics.values.list(store_id=3).first(), "store_id"),
        (lambda metrics: metrics.values.delete("cm_a", keys=["cm_b"]), "keys"),
        (lambda metrics: metrics.values.delete(".."), "key"),
        (lambda metrics: metrics.values.delete("cm_a", num_days=0), "num_days"),
        (lambda metrics: metrics.values.delete("cm_a", num_days=101), "num_days"),
        (lambda metrics: metrics.values.delete("cm_a", num_days="1"), "num_days"),
        (lambda metrics: metrics.values.update({"key": "cm_a"}), "item"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.custom_metrics)
    assert caught.value.field == field
    assert fake.requests == []


async def test_a_bad_value_is_named_by_its_place(fake, client):
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.custom_metrics.values.update([plan(11, 1), plan(12, "1")])
    assert (caught.value.index, caught.value.field) == (1, "value_scalar")
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.custom_metrics.values.update([{"key": "cm_a", "value_series": {"series": []}}])
    assert (caught.value.index, caught.value.field) == (0, "value_series.total_count")
    assert fake.requests == []
