"""Collections whose pages name the next one by a cursor, and that nobody counts."""

from __future__ import annotations

import asyncio
import copy
import pickle

import pytest

from sitoo_async import DecodeError, FieldNotFetchedError, InvalidInputError, Page, errors
from tests.http._server import http
from tests.resources._cursor_pages import Pages, numbers, page, things

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def pages():
    async with Pages() as made:
        yield made


@pytest.fixture
async def client(pages):
    async with pages.client() as made:
        yield made


@pytest.fixture
def listing(client):
    return lambda page_size=10, **more: things(client).list(page_size=page_size, **more)


async def test_every_form_gives_what_there_is(pages, listing):
    assert numbers([thing async for thing in listing()]) == [*range(1, 26)]
    assert pages.asked == [(None, 10), ("0-10", 10), ("0-20", 10)]
    assert [numbers(each) for each in [each async for each in listing().pages()]] == [
        [*range(1, 11)],
        [*range(11, 21)],
        [*range(21, 26)],
    ]
    assert numbers(await listing().collect()) == [*range(1, 26)]
    first = await listing()
    assert (numbers(first), first.start, first.next) == ([*range(1, 11)], 0, "0-10")
    assert (await listing(after=first.next).first()).productid == 11
    assert pages.asked[-1] == ("0-10", 1)


async def test_no_more_is_asked_for_than_is_wanted(pages, listing):
    paginator = listing()
    assert numbers(await paginator.collect(limit=12)) == [*range(1, 13)]
    assert pages.asked == [(None, 10), ("0-10", 2)]
    assert paginator.position == "0-12"


async def test_a_walk_goes_on_at_the_page_of_the_first_item_that_was_not_finished_with(listing):
    paginator = listing()
    assert paginator.position is None
    async for thing in paginator:
        if thing.productid == 13:
            break
    assert paginator.position == "0-10"
    assert numbers(await listing(after=paginator.position).collect()) == [*range(11, 26)]
    async for _ in (walk := listing()).pages():
        pass
    # What comes to the last page later is behind its cursor.
    assert walk.position == "0-20"
    assert repr(walk) == "<Paginator things: position 0-20, total unknown>"


async def test_the_next_page_is_asked_for_before_this_one_is_decoded(pages, client, listing):
    async with asyncio.timeout(60):
        walk = aiter(listing().pages())
        await anext(walk)
        await asyncio.sleep(1)
        assert len(pages.asked) == 1
        await anext(walk)
        await asyncio.sleep(1)
        assert [cursor for cursor, _ in pages.asked] == [None, "0-10", "0-20"]


async def test_how_many_there_are_is_not_there_and_says_so(pages, listing):
    paginator = listing()
    first = await paginator
    for asking in (lambda: paginator.totalcount, lambda: first.totalcount):
        with pytest.raises(FieldNotFetchedError, match="no answer tells how many") as caught:
            asking()
        assert caught.value.name == "totalcount"
    with pytest.raises(FieldNotFetchedError, match="how many rows things holds"):
        await paginator.count()
    assert not hasattr(first, "totalcount")
    assert not paginator.drifted
    assert len(pages.asked) == 1


async def test_a_page_without_a_count_is_compared_copied_and_pickled_as_it_is(listing):
    first = await listing(page_size=2)
    for same in (copy.copy(first), pickle.loads(pickle.dumps(first))):  # noqa: S301  # our own
        assert same == first
        assert not hasattr(same, "totalcount")
    assert repr(first).endswith("start=0, next='0-2')")
    assert first not in (Page(first.items, 2, 0, "0-2"), "page")
    with pytest.raises(AttributeError, match="a Page has no total"):
        first.total  # noqa: B018  # reading it is the point


async def test_filters_are_words_for_booleans_and_one_parameter_for_arrays(pages, listing):
    await listing(tags=["a b", "c"], full=True).collect()
    assert pages.queries[-1] == "tags=a%20b,c&full=true&num=10&next=2-20"


@pytest.mark.parametrize("after", ["", 5, b"0-10", True])
async def test_what_can_be_no_cursor_is_refused_before_anything_is_sent(pages, listing, after):
    with pytest.raises(InvalidInputError, match="after must be a cursor") as caught:
        await listing(after=after)
    assert caught.value.field == "after"
    assert pages.asked == []


async def test_a_cursor_of_another_query_is_named_in_the_servers_error(listing):
    first = await listing()
    with pytest.raises(errors.BadRequestError, match="named by after='0-10'") as caught:
        await listing(after=first.next, full=True).collect()
    assert caught.value.status == 400
    assert "field-validation" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args  # noqa: S301  # as above


@pytest.mark.parametrize("following", [["b", "b"], ["b", "c", "b"], ["b", "c", "d", "c"]], ids=str)
@pytest.mark.parametrize("rows", [[1, 2], []], ids=["rows", "no rows"])
async def test_a_cursor_that_comes_again_ends_the_walk_with_an_error(
    pages, listing, following, rows
):
    pages.scripted += [page(rows, cursor) for cursor in [*following, *following, *following]]
    with pytest.raises(DecodeError, match="no progress"):
        await listing().collect()
    assert len(pages.asked) <= len(following) + 1


async def test_a_page_that_names_itself_is_not_asked_for_again(pages, listing):
    pages.scripted += [page([1], "b"), page([2], "b")]
    with pytest.raises(DecodeError, match="no progress: the page at b held 1 rows"):
        await listing().collect()
    assert len(pages.asked) == 2


@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_short_and_empty_pages_end_nothing_and_a_cursor_that_is_a_number_is_taken(
    pages, listing
):
    pages.scripted += [page([], 7), page([1], "8"), page([], "9"), page([2, None], None)]
    assert numbers(await listing().collect()) == [1, 2]
    assert [cursor for cursor, _ in pages.asked] == [None, "7", "8", "9"]
    pages.scripted += [page([], "x"), page([5], "")]
    assert (await listing().first()).productid == 5
    pages.scripted += [page([], ""), page([], "x"), page([], "")]
    assert await listing().first() is None
    assert await listing().first() is None
    assert len(pages.asked) == 4 + 2 + 1 + 2


@pytest.mark.parametrize("following", [["b"], {"b": 1}, True, 1.5, "\ud800"], ids=ascii)
async def test_what_can_be_no_cursor_in_an_answer_is_an_error_with_its_place(
    pages, listing, following
):
    pages.scripted += [page([1], "b"), page([2], following)]
    seen = []

    async def walk():
        async for thing in listing():
            seen.append(thing.productid)  # noqa: PERF401  # what came before the error

    with pytest.raises(DecodeError, match="cursor") as caught:
        await walk()
    assert (seen, caught.value.location, caught.value.sent) == ([1], "next", "yes")
    assert "(GET journals-v3 /things)" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'{"items":[]}',
        b'{"items":[],"next":null}',
        b"\xef\xbb\xbf" + b'{"items":[]}',
        b"\xef\xbb\xbf" + b'{"items":[],"next":""}',
    ],
)
@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_an_answer_that_names_no_next_page_is_the_last(pages, listing, body):
    pages.scripted += [http(200, body)]
    assert await listing().collect() == []
    assert len(pages.asked) == 1


async def test_what_the_caller_has_already_can_be_taken_out_of_each_page(pages, listing):
    have = {1, 2, 12}

    def through(rows):
        return [row for row in rows if row.productid not in have]

    paginator = listing(page_size=2, through=through)
    assert numbers(await paginator.collect()) == sorted({*range(1, 26)} - have)
    assert (await listing(page_size=2, through=through).first()).productid == 3
