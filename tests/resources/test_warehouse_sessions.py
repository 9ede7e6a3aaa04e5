"""Stocktaking as a block: the batch is closed at its end, or stays open and the error says so."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from sitoo_async import errors
from sitoo_async.models import TransactionType, WarehouseBatchItem
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(orders=0)]

BATCHES = "/sites/1/warehouses/1/warehousebatches"
STOCK = "/sites/1/warehouses/1/warehouseitems"


def states(fake):
    return [batch["warehousebatchstate"] for batch in fake.items(BATCHES).values()]


def refusal(sku):
    """An answer to a batch of one item that refuses it."""
    row = {"statuscode": 400, "errortext": f"{sku} is no article"}
    return Fault.answer(200, body=[row], path="warehousebatchitems")


# ------------------------------------------------------------------------- the end of the block


async def test_a_stocktaking_sets_the_stock_at_the_end_of_the_block(fake, client):
    before = fake.items(STOCK)["S-1"]["decimaltotal"]
    async with client.warehouses.stocktaking(1, comment="Autumn", reasoncode="7") as batch:
        assert (batch.reused, batch.closed, batch.warehousetransactionid) == (False, False, None)
        result = await batch.set_many(
            [{"sku": "S-1", "decimalquantity": 7}, WarehouseBatchItem(sku="S-2", decimalquantity=8)]
        )
        result.raise_for_failures()
        assert fake.items(STOCK)["S-1"]["decimaltotal"] == before
    assert fake.items(STOCK)["S-1"]["decimaltotal"] == "7.000"
    assert batch.closed is True
    transaction = await client.warehouses.transactions.get(1, batch.warehousetransactionid)
    assert transaction.transactiontype is TransactionType.STOCKTAKING
    assert (transaction.description, transaction.reasoncode) == ("Autumn", "7")
    assert [(record.method, record.json) for record in fake.requests][:3] == [
        ("POST", {"transactiontype": 50, "comment": "Autumn", "reasoncode": "7"}),
        (
            "PUT",
            [
                {"sku": "S-1", "decimalquantity": "7.000"},
                {"sku": "S-2", "decimalquantity": "8.000"},
            ],
        ),
        ("PUT", {"warehousebatchstate": 20}),
    ]


async def test_goods_are_moved_in_as_a_session(fake, client):
    move_in = TransactionType.MOVE_IN
    async with client.warehouses.session(1, transactiontype=move_in) as batch:
        await batch.set_many([{"sku": "NEW", "decimalquantity": 5}], chunk_size=1)
    assert fake.items(STOCK)["NEW"]["decimaltotal"] == "5.000"
    assert "closed" in repr(batch)


async def test_a_session_checks_its_arguments_before_it_opens_a_batch(fake, client):
    with pytest.raises(errors.InvalidInputError) as caught:
        async with client.warehouses.stocktaking(1, coment="Autumn"):
            raise AssertionError("the block must not be entered")
    assert caught.value.field == "coment"
    assert fake.requests == []


# ------------------------------------------------------------------------------ what goes wrong


async def test_an_exception_leaves_the_batch_open_and_its_note_says_how_to_go_on(fake, client):
    with pytest.raises(ZeroDivisionError) as caught:  # noqa: PT012  # a block, as users write it
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many([{"sku": "S-1", "decimalquantity": 7}])
            1 / 0  # noqa: B018  # the error is the point
    assert states(fake) == [10]
    assert batch.closed is False
    (note,) = caught.value.__notes__
    assert f"warehouse batch {batch.warehousebatchid} of warehouse 1 is still open" in note
    assert f"batches.close(1, {batch.warehousebatchid})" in note


async def test_a_cancellation_leaves_the_batch_open(fake, client):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1), client.warehouses.stocktaking(1):
            await asyncio.sleep(60)
    assert states(fake) == [10]


async def test_failures_that_nobody_looked_at_keep_the_batch_open(fake, client):
    fake.script(refusal("S-1"))
    with pytest.raises(errors.BatchError, match="1 of the articles") as caught:  # noqa: PT012  # a block
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many([{"sku": "S-1", "decimalquantity": 7}])
            await batch.set_many([{"sku": "S-2", "decimalquantity": 8}])
    assert states(fake) == [10]
    assert f"warehouse batch {batch.warehousebatchid} of warehouse 1 is still open" in str(
        caught.value
    )
    assert "'S-1'" in str(caught.value)
    assert [outcome.item["sku"] for outcome in caught.value.result] == ["S-1"]
    assert isinstance(caught.value.__cause__, errors.BadRequestError)
    assert "close it with" in caught.value.__notes__[0]


async def test_an_article_that_is_set_in_the_end_keeps_nothing_open(fake, client):
    fake.script(refusal("S-1"))
    async with client.warehouses.stocktaking(1) as batch:
        assert (await batch.set_many([{"sku": "S-1", "decimalquantity": 7}])).failed
        again = WarehouseBatchItem(sku="S-1", decimalquantity=7)
        assert not (await batch.set_many([again])).failed
    assert states(fake) == [20]


async def test_an_item_of_a_stream_without_a_sku_keeps_the_batch_open(fake, client):
    items = iter([{"decimalquantity": 7}, "S-1", {"sku": "S-2", "decimalquantity": 1}])
    with pytest.raises(errors.BatchError):
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many(items)
    assert states(fake) == [10]


COUNT = [{"sku": "S-1", "decimalquantity": 7}, {"sku": "S-2", "decimalquantity": 8}]


def broken_off():
    yield COUNT[0]
    raise OSError("the scanner is gone")


async def test_a_count_that_was_broken_off_and_caught_keeps_the_batch_open(fake, client):
    with pytest.raises(errors.BatchError, match="set_many ended early") as caught:  # noqa: PT012  # a block
        async with client.warehouses.stocktaking(1) as batch:
            with pytest.raises(OSError, match="scanner"):
                await batch.set_many(broken_off())
            # Nobody can tell whether this is the rest of what the scanner would have given.
            assert not (await batch.set_many(COUNT)).failed
    assert states(fake) == [10]
    assert "the scanner is gone" in str(caught.value)
    assert f"warehouse batch {batch.warehousebatchid} of warehouse 1 is still open" in str(
        caught.value
    )
    assert len(caught.value.result) == 0
    assert "close it with" in caught.value.__notes__[0]


@pytest.mark.parametrize(("again", "state"), [(COUNT[1:], 10), (COUNT, 20)])
async def test_a_list_whose_setting_timed_out_is_done_once_all_of_it_is_set(
    fake, client, again, state
):
    fake.script(Fault.hang(30, path="warehousebatchitems"))
    with contextlib.suppress(errors.BatchError):
        async with client.warehouses.stocktaking(1) as batch:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await batch.set_many(COUNT)
            assert not (await batch.set_many(again)).failed
    assert states(fake) == [state]


async def test_a_list_that_could_not_be_sent_has_to_be_corrected(fake, client):
    bad = [COUNT[0], {"sku": "S-2", "decimalquantity": "many"}]
    with pytest.raises(errors.BatchError, match="decimalquantity"):  # noqa: PT012  # a block
        async with client.warehouses.stocktaking(1) as batch:
            with pytest.raises(errors.InvalidInputError):
                await batch.set_many(bad)
    assert states(fake) == [10]


async def test_what_was_broken_off_and_what_was_refused_are_told_together(fake, client):
    fake.script(refusal("S-1"))
    with pytest.raises(errors.BatchError, match=r"ended early.*1 of the articles.*'S-1'"):  # noqa: PT012  # a block
        async with client.warehouses.stocktaking(1) as batch:
            await batch.set_many(COUNT[:1])
            with pytest.raises(OSError, match="scanner"):
                await batch.set_many(broken_off())


async def test_a_batch_can_be_closed_although_a_count_was_broken_off(fake, client):
    async with client.warehouses.stocktaking(1) as batch:
        with pytest.raises(OSError, match="scanner"):
            await batch.set_many(broken_off())
        await batch.close()
    assert states(fake) == [20]


async def test_a_closed_batch_takes_no_more_and_says_what_to_do(fake, client):
    async with client.warehouses.stocktaking(1) as batch:
        await batch.close()
        asked = len(fake.requests)
        with pytest.raises(errors.InvalidInputError, match="is closed: open another") as caught:
            await batch.set_many(COUNT)
        assert len(fake.requests) == asked
    assert caught.value.field == "items"


async def test_a_closing_that_is_cancelled_may_be_done(fake, client):
    fake.script(Fault.slow(30, method="PUT", path="warehousebatches/"))
    with pytest.raises(TimeoutError) as caught:  # a block, as users write it
        async with client.warehouses.stocktaking(1) as batch, asyncio.timeout(1):
            await batch.close()
    assert batch.closed is None
    assert "may be closed: look at it" in caught.value.__notes__[0]
    await asyncio.sleep(60)
    assert states(fake) == [20]


async def test_a_cancelled_closing_is_looked_after_before_it_is_done_again(fake, client):
    fake.script(Fault.slow(30, method="PUT", path="warehousebatches/"))
    async with client.warehouses.stocktaking(1) as batch:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await batch.close()
        assert "may be closed" in repr(batch)
    assert (batch.closed, states(fake)) == (True, [20])
    assert batch.warehousetransactionid is not None
    assert [record.method for record in fake.requests] == ["POST", "PUT", "GET"]


async def test_a_closing_that_was_cancelled_in_the_queue_is_done_in_the_end(fake, client):
    fake.script(Fault.hang(30, path="sites.json"))
    async with client.warehouses.stocktaking(1) as batch:
        before_it = asyncio.create_task(client.sites.list().count())
        await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await batch.close()
        assert batch.closed is None
    await before_it
    assert (batch.closed, states(fake)) == (True, [20])
    assert [record.method for record in fake.requests] == ["POST", "GET", "GET", "PUT", "GET"]


async def test_closing_twice_closes_once(fake, client):
    async with client.warehouses.stocktaking(1) as batch:
        await batch.close()
        await batch.close()
    puts = [record for record in fake.requests if record.method == "PUT"]
    assert len(puts) == 1


async def test_a_batch_can_be_closed_in_spite_of_failures(fake, client):
    fake.script(refusal("S-1"))
    async with client.warehouses.stocktaking(1) as batch:
        await batch.set_many([{"sku": "S-1", "decimalquantity": 7}])
        await batch.close()
        assert batch.warehousetransactionid is not None
    assert states(fake) == [20]
    puts = [record for record in fake.requests if record.path == f"{BATCHES}/1.json"]
    assert [record.method for record in puts] == ["PUT", "GET"]


async def test_an_error_after_the_closing_says_that_the_batch_is_closed(client):
    with pytest.raises(KeyError) as caught:  # noqa: PT012  # a block, as users write it
        async with client.warehouses.stocktaking(1) as batch:
            await batch.close()
            raise KeyError
    (note,) = caught.value.__notes__
    assert note.endswith("is closed")


async def test_a_closing_that_is_refused_leaves_the_batch_open(fake, client):
    fake.script(Fault.answer(400, errortext="not now", method="PUT", path="warehousebatches/"))
    with pytest.raises(errors.BadRequestError, match="not now") as caught:
        async with client.warehouses.stocktaking(1):
            pass
    assert states(fake) == [10]
    assert "is still open" in caught.value.__notes__[0]


async def test_a_closing_whose_answer_was_lost_is_looked_after_and_not_repeated(fake, client):
    fake.script(Fault.drop(when="after", method="PUT", path=BATCHES))
    async with client.warehouses.stocktaking(1) as batch:
        pass
    assert batch.closed is True
    assert batch.warehousetransactionid is not None
    assert [record.method for record in fake.requests] == ["POST", "PUT", "GET"]


async def test_a_closing_that_was_lost_before_it_was_done_is_told(fake, client):
    fake.script(Fault.drop(when="before", method="PUT", path=BATCHES))
    with pytest.raises(errors.ReadError) as caught:
        async with client.warehouses.stocktaking(1) as batch:
            pass
    assert batch.closed is False
    assert caught.value.sent == "unknown"
    assert "is still open" in caught.value.__notes__[0]
    assert states(fake) == [10]


async def test_where_nobody_knows_whether_it_was_closed_the_note_says_so(fake, client):
    fake.script(
        Fault.drop(when="after", method="PUT", path=BATCHES),
        Fault.answer(403, method="GET", path=BATCHES),
    )
    with pytest.raises(errors.PermissionDeniedError) as caught:
        async with client.warehouses.stocktaking(1) as batch:
            pass
    assert batch.closed is None
    assert caught.value.sent == "unknown"
    assert isinstance(caught.value.__cause__, errors.ReadError)
    assert "may be closed: look at it" in caught.value.__notes__[0]


async def test_where_only_the_transaction_could_not_be_learnt_the_note_says_so(fake, client):
    fake.script(Fault.answer(403, method="GET", path=BATCHES))
    with pytest.raises(errors.PermissionDeniedError) as caught:
        async with client.warehouses.stocktaking(1) as batch:
            pass
    assert (batch.closed, batch.warehousetransactionid) == (True, None)
    assert caught.value.__notes__[0].endswith("is closed")


# ---------------------------------------------------------------------------- a batch in the way


async def test_quirk_5_3_15_the_open_batch_is_used_where_a_second_is_refused(fake, client):
    opened = fake.add(BATCHES, {"transactiontype": 50, "comment": "Yesterday"})
    fake.add(BATCHES, {"transactiontype": 10})
    async with client.warehouses.stocktaking(1, comment="Today") as batch:
        assert (batch.warehousebatchid, batch.reused) == (opened, True)
        assert batch.found.comment == "Yesterday"
        assert "already" in batch.refusal
        assert fake.items(BATCHES)[opened]["comment"] == "Yesterday"
        await batch.set_many([{"sku": "S-1", "decimalquantity": 7}])
    assert fake.requests[1].query["transactiontype"] == ["50"]
    assert fake.requests[1].query["warehousebatchstate"] == ["10"]
    assert fake.items(BATCHES)[opened]["comment"] == "Today"
    assert fake.requests[-2].json == {"comment": "Today", "warehousebatchstate": 20}
    assert fake.items(STOCK)["S-1"]["decimaltotal"] == "7.000"


async def test_the_note_tells_why_an_open_batch_was_taken_over(fake, client):
    fake.add(BATCHES, {"transactiontype": 50})
    fake.script(Fault.answer(409, errortext="no reason code", method="POST"))
    with pytest.raises(KeyError) as caught:  # a block, as users write it
        async with client.warehouses.stocktaking(1) as batch:
            raise KeyError
    assert batch.refusal.startswith("409: no reason code")
    (note,) = caught.value.__notes__
    assert "is still open (it was open before; a new one was refused with 409: no reason" in note
    async with client.warehouses.session(1, transactiontype=10) as other:
        assert other.refusal is None
        assert other.found is None


async def test_a_refusal_that_no_open_batch_explains_is_raised(fake, client):
    with pytest.raises(errors.BadRequestError, match="Virtual"):
        async with client.warehouses.stocktaking(3):
            raise AssertionError("the block must not be entered")
    assert [record.method for record in fake.requests] == ["POST", "GET"]


async def test_of_several_open_batches_none_is_chosen(fake, client):
    fake.add(BATCHES, {"transactiontype": 50})
    fake.add(BATCHES, {"transactiontype": 10})
    for batch in fake.items(BATCHES).values():
        batch["transactiontype"] = 50
    with pytest.raises(errors.BadRequestError):
        async with client.warehouses.stocktaking(1):
            raise AssertionError("the block must not be entered")


async def test_an_opening_whose_answer_was_lost_is_told_and_used_the_next_time(fake, client):
    fake.script(Fault.drop(when="after", method="POST"))
    with pytest.raises(errors.ReadError) as caught:
        async with client.warehouses.stocktaking(1):
            raise AssertionError("the block must not be entered")
    assert caught.value.sent == "unknown"
    async with client.warehouses.stocktaking(1) as batch:
        pass
    assert batch.reused is True
    assert states(fake) == [20]


class Gone(list):
    """As rows that are read when they are looked at."""

    def __iter__(self):
        raise OSError("the database is gone")


class Nameless(dict):
    def items(self):
        raise OSError("the database is gone")


@pytest.mark.parametrize(
    ("items", "error"),
    [([Nameless()], errors.InvalidInputError), (Gone(), OSError)],
    ids=["an article", "the list"],
)
async def test_what_can_not_even_be_named_is_missed_all_the_same(client, items, error):
    async with client.warehouses.session(1, transactiontype=TransactionType.MOVE_IN) as batch:
        with pytest.raises(error):
            await batch.set_many(items)
        with pytest.raises(errors.BatchError, match="part of its count may be missing"):
            batch.check()
        result = await batch.set_many([Nameless()], invalid="outcome")
        assert isinstance(result[0].error, errors.InvalidInputError)
        await batch.close()
