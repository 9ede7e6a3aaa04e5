"""Items of a batch that can't be sent: all are named at once, or each has its outcome."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import AsyncIterator
from operator import attrgetter
from typing import Any

import pytest

from sitoo_async import (
    BatchError,
    InvalidInputError,
    InvalidRow,
    errors,
)
from sitoo_async._cli.index import index
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=9)]


def row(productid: int, **values: Any) -> dict[str, Any]:
    return {"productid": productid, "title": f"Title {productid}", **values}


def rows(*bad: int, count: int = 9) -> list[dict[str, Any]]:
    """One for each product; a float is no price."""
    prices = {n: {"moneyprice": 1.5 + n} for n in bad}
    return [row(n + 1, **prices.get(n, {})) for n in range(count)]


async def later(items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


def changed(fake: FakeSitoo) -> list[int]:
    return [n for n, product in fake.products().items() if product["title"] == f"Title {n}"]


streams = pytest.mark.parametrize("stream", [iter, later], ids=["iterator", "async generator"])

REASON = "moneyprice must be a Decimal, an int or text, not float"


# ------------------------------------------------------------------------------------- lists


async def test_a_list_names_all_that_can_not_be_sent_at_once(fake, client):
    items = [*rows(1, 4), {"productid": 10, "titel": "x"}, 7, {"title": "whose?"}]
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many(items)
    error = caught.value
    assert [bad.index for bad in error.rows] == [1, 4, 9, 10, 11]
    assert error.rows[0] == InvalidRow(1, REASON)
    assert "titel" in error.rows[2].reason
    assert (error.index, error.field, error.sent) == (1, "moneyprice", "no")
    assert fake.requests == []


async def test_the_text_counts_them_and_shows_the_first_few_on_one_line(client):
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many(rows(*range(8)))
    assert str(caught.value) == (
        f"8 of 9 items can't be sent; item 0: {REASON}; item 1: {REASON}; item 2: {REASON};"
        " … (all of them are in `rows`)"
    )
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many(rows(3, 7))
    assert str(caught.value) == f"2 of 9 items can't be sent; item 3: {REASON}; item 7: {REASON}"


async def test_a_single_one_is_told_as_before_and_stands_in_rows_too(client):
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many(rows(7))
    assert str(caught.value) == f"item 7: {REASON}"
    assert (caught.value.index, caught.value.rows) == (7, (InvalidRow(7, REASON),))


async def test_rows_are_pairs_that_pickle_with_their_error(client):
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many(rows(2, 3))
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert (again.rows, str(again)) == (caught.value.rows, str(caught.value))
    assert [(index, reason) for index, reason in again.rows] == [(2, REASON), (3, REASON)]


async def test_of_a_long_list_of_bad_rows_the_text_stays_short_and_all_are_named(client):
    with pytest.raises(InvalidInputError) as caught:
        await client.products.add_many([{"sku": n} for n in range(20_000)])
    assert len(caught.value.rows) == 20_000
    assert caught.value.rows[-1].index == 19_999
    assert len(str(caught.value)) < 500


def test_an_error_of_no_batch_has_no_rows():
    assert InvalidInputError("no price", field="moneyprice").rows == ()
    # As in one that was pickled before there were any.
    old = InvalidInputError("no price", field="moneyprice", index=3)
    del old.__dict__["rows"]
    assert (old.rows, str(old)) == ((), "item 3: no price")


async def test_a_list_may_be_sent_without_its_bad_rows(fake, client):
    result = await client.products.update_many(rows(0, 4, 8), chunk_size=4, invalid="outcome")
    assert [outcome.index for outcome in result] == [*range(9)]
    assert [outcome.index for outcome in result.failed] == [0, 4, 8]
    for outcome in result.failed:
        assert isinstance(outcome.error, InvalidInputError)
        assert (outcome.error.index, outcome.error.sent) == (outcome.index, "no")
        assert outcome.error.rows == ()
        assert outcome.item["moneyprice"] == 1.5 + outcome.index
    assert changed(fake) == [2, 3, 4, 6, 7, 8]
    assert [len(record.json) for record in fake.requests] == [3, 3]


async def test_a_list_of_nothing_but_bad_rows_makes_no_request(fake, client):
    result = await client.products.update_many(rows(0, 1, 2, count=3), invalid="outcome")
    assert len(result.failed) == 3
    assert fake.requests == []


async def test_the_outcomes_of_a_list_with_bad_rows_come_one_by_one_too(client):
    batch = client.products.update_many(rows(1, 5), chunk_size=3, invalid="outcome")
    seen = [(outcome.index, outcome.ok) async for outcome in batch]
    assert seen == [(n, n not in (1, 5)) for n in range(9)]
    assert len(await batch) == 9


async def test_a_stop_of_the_run_leaves_the_reasons_of_bad_rows_as_they_are(fake, client):
    fake.script(Fault.answer(401, errortext="gone"))
    result = await client.products.update_many(rows(7), chunk_size=3, invalid="outcome")
    assert [type(outcome.error) for outcome in result] == [
        *[errors.AuthenticationError] * 7,
        InvalidInputError,
        errors.AuthenticationError,
    ]


# ----------------------------------------------------------------------------------- streams


@streams
async def test_a_stream_gives_failed_outcomes_unless_told_otherwise(fake, client, stream):
    for invalid in (None, "outcome"):
        result = await client.products.update_many(stream(rows(2)), invalid=invalid)
        assert [outcome.index for outcome in result.failed] == [2]
    assert len(changed(fake)) == 8


class Progress:
    """A stream that a progress bar goes along with: it has a length only where the stream does."""

    def __init__(self, items: Any) -> None:
        self.items = items

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


async def test_what_only_might_have_a_length_is_a_stream_where_it_has_none(fake, client):
    result = await client.products.update_many(Progress(iter(rows(2))))
    assert [outcome.index for outcome in result.failed] == [2]
    with pytest.raises(InvalidInputError, match="item 2"):
        await client.products.update_many(Progress(rows(2)))


@streams
async def test_a_stream_ends_at_its_bad_row_and_what_came_before_is_sent(fake, client, stream):
    source = stream(rows(5, 6))
    batch = client.products.update_many(source, chunk_size=4, invalid="raise")
    with pytest.raises(BatchError) as caught:
        await batch
    error = caught.value
    assert str(error) == (
        f"the batch ended at item 5: {REASON} (5 of the 5 items before it succeeded)"
    )
    assert [outcome.index for outcome in error.result.succeeded] == [0, 1, 2, 3, 4]
    assert [outcome.index for outcome in error.result.failed] == [5]
    assert batch.outcomes == error.result.outcomes
    cause = error.__cause__
    assert isinstance(cause, InvalidInputError)
    assert (cause.index, cause.field) == (5, "moneyprice")
    assert cause.rows == (InvalidRow(5, REASON),)
    assert changed(fake) == [1, 2, 3, 4, 5]
    assert [len(record.json) for record in fake.requests] == [4, 1]
    # The stream was read no further.
    rest = [item async for item in source] if stream is later else [*source]
    assert [item["productid"] for item in rest] == [7, 8, 9]
    # Awaited again it gives the same.
    with pytest.raises(BatchError) as again:
        await batch
    assert again.value.result is error.result


@streams
async def test_an_iteration_gives_the_outcomes_before_a_bad_row_and_then_raises(
    fake, client, stream
):
    batch = client.products.update_many(stream(rows(5)), chunk_size=4, invalid="raise")
    seen = []

    async def look() -> None:
        async for outcome in batch:
            seen.append((outcome.index, outcome.ok))  # noqa: PERF401  # lost where it raises

    with pytest.raises(InvalidInputError) as caught:
        await look()
    assert seen == [(n, True) for n in range(5)]
    assert (caught.value.index, caught.value.rows) == (5, (InvalidRow(5, REASON),))
    assert changed(fake) == [1, 2, 3, 4, 5]
    assert [outcome async for outcome in batch] == []
    assert repr(batch).startswith("<Batch products.update_many: finished, 6 outcomes")


async def test_a_stream_that_begins_with_a_bad_row_sends_nothing(fake, client):
    with pytest.raises(BatchError) as caught:
        await client.products.update_many(iter(rows(0)), invalid="raise")
    assert [outcome.index for outcome in caught.value.result] == [0]
    assert fake.requests == []


async def test_a_stream_without_bad_rows_is_sent_whole_whatever_was_asked_for(fake, client):
    result = await client.products.update_many(iter(rows()), chunk_size=4, invalid="raise")
    assert len(result.succeeded) == 9
    assert len(changed(fake)) == 9


async def test_what_failed_before_the_bad_row_stands_in_the_error(fake, client):
    fake.script(Fault.drop(when="after"))
    source = iter([{"sku": "N1"}, {"sku": "N2"}, {"sku": "N3"}, {"sku": 7}])
    with pytest.raises(BatchError, match=r"\(1 of the 3 items before it succeeded\)") as caught:
        await client.products.add_many(source, chunk_size=2, invalid="raise")
    known = [outcome.error and outcome.error.sent for outcome in caught.value.result]
    assert known == ["unknown", "unknown", None, "no"]
    assert caught.value.sent == "unknown"


async def test_a_run_that_was_stopped_reads_no_further_and_meets_no_bad_row(fake, client):
    fake.script(Fault.answer(401, errortext="gone"))
    result = await client.products.update_many(iter(rows(5)), chunk_size=4, invalid="raise")
    assert len(result) == 4
    assert len(result.failed) == 4


# -------------------------------------------------------------------------------- the option


@pytest.mark.parametrize("invalid", ["Raise", "ignore", "", True, ["raise"], 0], ids=str)
async def test_another_word_is_refused(client, invalid: Any):
    with pytest.raises(InvalidInputError, match="invalid must be") as caught:
        client.products.update_many([], invalid=invalid)
    assert caught.value.field == "invalid"


MANY = sorted(
    {entry.batch for entry in index() if entry.batch}
    | {entry.callable for entry in index() if entry.callable.endswith("_many")}
)


@pytest.mark.parametrize("name", MANY)
async def test_each_method_for_many_takes_the_option_and_does_as_it_says(fake, client, name):
    method = attrgetter(name)(client)
    ids = [1] * [*inspect.signature(method).parameters].index("items")
    result = await method(*ids, [object(), object()], invalid="outcome")
    assert [type(outcome.error) for outcome in result] == [InvalidInputError] * 2
    with pytest.raises(InvalidInputError) as caught:
        await method(*ids, [object(), object()])
    assert [bad.index for bad in caught.value.rows] == [0, 1]
    with pytest.raises(BatchError):
        await method(*ids, iter([object()]), invalid="raise")
    assert fake.requests == []


def test_all_methods_for_many_are_known_here():
    assert len(MANY) == 17
    assert "warehouses.batches.items.set_many" in MANY


# ------------------------------------------------------------------------------- stocktaking


async def test_a_stocktaking_takes_the_option_too(client):
    good, bad = {"sku": "S-1", "decimalquantity": 7}, {"sku": "S-2", "decimalquantity": 0.5}
    with pytest.raises(BatchError, match="1 of the articles"):  # noqa: PT012  # as users write it
        async with client.warehouses.stocktaking(1) as batch:
            result = await batch.set_many([good, bad], invalid="outcome")
            assert [outcome.ok for outcome in result] == [True, False]
    with pytest.raises(BatchError, match="ended at item 1"):
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many(iter([good, bad]), invalid="raise")
    assert batch.closed is False
    with pytest.raises(InvalidInputError) as caught:
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many([bad, good, bad])
    assert [each.index for each in caught.value.rows] == [0, 2]
