"""What is learned about several keys, story by story: pure, no clock, no I/O."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._lane.overlap import (
    MOST_IN_A_ROW,
    MOST_REFUSALS,
    Evidence,
    Exchange,
    InFlight,
)

GO_ON, ALONE, OUT, BACK = "go on", "try alone", "leave out", "fall back"


def flying(key, began, number=None):
    return InFlight(key, began if number is None else number, began)


def event(ending):
    """How exchanges with that ending are written here; they are numbered by when they are sent."""

    def told(key, sent, ended, *beside, answered=None, number=None, **around):
        answered = ended if answered is None else answered
        number = sent if number is None else number
        return Exchange(key, number, sent, answered, ended, ending), beside, around

    return told


served, refused, answered, unclear = map(event, ("served", "refused", "answered", "unclear"))


def tell(events, evidence=None):
    """What the judge says to each event, and the judge."""
    evidence = evidence or Evidence()
    return [evidence.add(*event[:2], **event[2]) for event in events], evidence


# Each of the three ran beside the two others: three pairs.
PROVEN = [served("a", 0, 10), served("b", 0, 10), served("c", 0, 10)]


def refusals(keys, at=100, **around):
    """One of each key in turn, beside a long exchange of key z that began before all of them."""
    long = flying("z", 50)
    return [refused(key, at + n, at + n + 0.5, long, **around) for n, key in enumerate(keys)]


def again(times, story):
    """What happens so many times, at another moment each time."""
    return [event for n in range(times) for event in story(10 * n)]


# What is found out ---------------------------------------------------------------------------

# The last thing that is said; until then, things go on.
STORIES = {
    "two keys in turn": (refusals("aba", in_use=2), BACK),
    "two keys in turn, so far": (refusals("ab", in_use=2), GO_ON),
    "two of three keys: the third is in flight": (refusals("ab", in_use=3), BACK),
    "one key and then another": (refusals("aab", in_use=2), BACK),
    "one key": (refusals("aaa"), ALONE),
    "one key, so far": (refusals("aa"), GO_ON),
    "nothing of another key is under way": (
        [refused("a", n, n + 0.5) for n in range(9)],
        GO_ON,
    ),
    "its own key is no other": ([refused("a", n, n + 1, flying("a", 0)) for n in range(9)], GO_ON),
    # Whatever has ended since the refusal was sent was there, to its last byte.
    "what was still arriving": (
        again(3, lambda n: (served("a", n, n + 5.2, answered=n + 1), refused("b", n + 5, n + 5.5))),
        ALONE,
    ),
    "what has just ended": (
        again(3, lambda n: (served("a", n, n + 5.2), refused("b", n + 5, n + 5.5))),
        ALONE,
    ),
    "what was answered, but not as hoped": (
        again(3, lambda n: (answered("a", n, n + 5.2), refused("b", n + 5, n + 5.5))),
        ALONE,
    ),
    "what was lost": (
        again(3, lambda n: (unclear("a", n, n + 5.2), refused("b", n + 5, n + 5.5))),
        ALONE,
    ),
    "what had ended when the refusal was sent": (
        again(9, lambda n: (served("a", n, n + 5), refused("b", n + 5, n + 5.5))),
        GO_ON,
    ),
    # It may have been there first though it was sent later, but hardly in the second half.
    "what was sent in the first half": (
        [refused("a", n, n + 2, flying("b", n + 1)) for n in range(0, 30, 10)],
        ALONE,
    ),
    "what was sent in the second half": (
        [refused("a", n, n + 2, flying("b", n + 1.1)) for n in range(0, 90, 10)],
        GO_ON,
    ),
    "what was sent in the first half, and has ended": (
        again(3, lambda n: (served("b", n + 1, n + 1.5), refused("a", n, n + 2))),
        ALONE,
    ),
    "what was sent in the second half, and has ended": (
        again(9, lambda n: (served("b", n + 1.1, n + 1.5), refused("a", n, n + 2))),
        GO_ON,
    ),
    # Its connection took its time: it began first all the same.
    "what began first and was sent in the second half": (
        [refused("a", n, n + 2, flying("b", n + 1.5, n - 1)) for n in range(0, 30, 10)],
        ALONE,
    ),
    "what began first, was sent in the second half, and has ended": (
        again(
            3,
            lambda n: (
                served("b", n + 1.5, n + 1.8, number=n - 1),
                refused("a", n, n + 2, number=n),
            ),
        ),
        ALONE,
    ),
    # Of two that were both refused, neither refused the other.
    "two in each other's way": (
        again(9, lambda n: (refused("a", n, n + 1, flying("b", n)), refused("b", n, n + 2))),
        GO_ON,
    ),
    "two in each other's way, and one that was served": (
        again(
            2,
            lambda n: (
                served("c", n, n + 1, number=n - 1),
                refused("a", n, n + 1, flying("b", n, n + 0.5)),
                refused("b", n, n + 2, number=n + 0.5, in_use=2),
            ),
        )[:-1],
        BACK,
    ),
    "two in each other's way, and one that still flies": (
        [
            refused("a", 0, 1, flying("b", 0, 0.5), flying("c", 0, -1)),
            refused("b", 0, 2, flying("c", 0, -1), number=0.5, in_use=3),
        ],
        BACK,
    ),
    "one that was refused, and has only not landed yet": (
        again(
            9,
            lambda n: (
                refused("b", n, n + 1, number=n),
                refused("a", n, n + 1, flying("b", n), number=n + 0.5),
            ),
        ),
        GO_ON,
    ),
    "one that was refused, and flies again": (
        again(
            3, lambda n: (refused("b", n, n + 1), refused("a", n + 2, n + 4, flying("b", n + 1.5)))
        ),
        ALONE,
    ),
    "refusals of keys that are expected to be refused": (
        refusals("ababa", locked="ab"),
        ALONE,
    ),
    "a key of which it is known only now that it is locked": (
        [*refusals("a"), *refusals("b", at=200, locked="a")],
        GO_ON,
    ),
    "a locked key between others": (refusals("abac", locked="b", in_use=2), BACK),
}


@pytest.mark.parametrize(("events", "said"), STORIES.values(), ids=[*STORIES])
def test_refusals_that_other_keys_explain_tell(events, said):
    advice, evidence = tell(events)
    assert advice == [GO_ON] * (len(events) - 1) + [said]
    assert evidence.limited == (said == BACK)
    assert evidence.trial == (events[-1][0].key if said == ALONE else None)


def test_nothing_is_judged_after_falling_back():
    _, evidence = tell(refusals("ab"))
    advice, _ = tell([*PROVEN, *refusals("aaaa")], evidence)
    assert {*advice} == {GO_ON}
    assert (evidence.limited, evidence.trial, evidence.proven) == (True, None, False)


# What proves that keys help -----------------------------------------------------------------

SIDE_BY_SIDE = {
    "both from beginning to end": ((0, 10), (0, 10), True),
    "one within the other": ((0, 10), (4, 5), True),
    "nearly all of the time": ((0, 10), (1, 11), True),
    "not quite": ((0, 10), (1.1, 11.1), False),
    "nearly all of the shorter one": ((0, 100), (91, 101), True),
    "half of it": ((0, 10), (5, 15), False),
    "one after the other": ((0, 10), (10, 20), False),
    "long after": ((0, 10), (30, 31), False),
    "within a moment": ((5, 5), (5, 5), False),
}


@pytest.mark.parametrize(("one", "other", "beside"), SIDE_BY_SIDE.values(), ids=[*SIDE_BY_SIDE])
def test_two_exchanges_prove_something_where_the_server_had_both_at_once(one, other, beside):
    (first, *_), (second, *_) = served("a", *one), served("b", *other)
    assert first.beside(second) is second.beside(first) is beside


PROOFS = {
    "three keys side by side": (PROVEN, True),
    "one pair": (PROVEN[:2], False),
    "one key alone": ([served("a", 0, 10)] * 9, False),
    "short ones beside a long one": (
        [*(served("b", n, n + 1) for n in (1, 2, 3)), served("a", 0, 10)],
        True,
    ),
    # Eight of each key are remembered.
    "three, and five after it": (
        [*(served("b", n, n + 1) for n in (1, 2, 3, *range(20, 25))), served("a", 0, 10)],
        True,
    ),
    "three, and six after it": (
        [*(served("b", n, n + 1) for n in (1, 2, 3, *range(20, 26))), served("a", 0, 10)],
        False,
    ),
    # The server may be done with it, and free for the next one.
    "while the answer of another was still arriving": (
        again(9, lambda n: (served("b", n + 2, n + 3), served("a", n, n + 9, answered=n + 1))),
        False,
    ),
    "beside one that was not served": (
        [
            *(served("b", n, n + 1) for n in (1, 2, 3)),
            answered("a", 0, 10),
            unclear("c", 0, 10),
            refused("d", 0, 10),
        ],
        False,
    ),
}


@pytest.mark.parametrize(("events", "proven"), PROOFS.values(), ids=[*PROOFS])
def test_some_pairs_side_by_side_prove_that_keys_help(events, proven):
    advice, evidence = tell(events)
    assert {*advice} == {GO_ON}
    assert evidence.proven is proven


# Refusals that come now and then are somebody else's, a row of them is not.
DOUBTS = {
    "a row of one key": (refusals("a" * MOST_IN_A_ROW), ALONE),
    "a row of several": (refusals("ab" * (MOST_IN_A_ROW // 2)), BACK),
    "nearly a row": (refusals("ab" * MOST_IN_A_ROW)[: MOST_IN_A_ROW - 1], GO_ON),
    "two rows with a proof between them": (
        [
            *refusals("a" * (MOST_IN_A_ROW - 1)),
            served("a", 200, 210),
            served("b", 200, 210),
            *refusals("a" * (MOST_IN_A_ROW - 1), at=300),
        ],
        GO_ON,
    ),
    "a row with answers between that prove nothing": (
        [
            *refusals("a" * (MOST_IN_A_ROW - 1)),
            served("a", 200, 210),
            served("b", 210, 220),
            *refusals("a", at=300),
        ],
        ALONE,
    ),
}


@pytest.mark.parametrize(("events", "said"), DOUBTS.values(), ids=[*DOUBTS])
def test_what_was_proven_is_believed_no_more_after_a_row_of_refusals(events, said):
    advice, _ = tell([*PROVEN, *events])
    assert advice == [GO_ON] * (len(PROVEN) + len(events) - 1) + [said]


def test_what_is_not_proven_yet_makes_no_refusal_forgotten():
    advice, evidence = tell([*refusals("aa"), *PROVEN, *refusals("a" * 7, at=200)])
    assert {*advice} == {GO_ON}
    assert tell(refusals("a", at=300), evidence)[0] == [ALONE]


# The exchange that goes alone ---------------------------------------------------------------

TRIALS = {
    "refused: by itself": (refused("a", 200, 201), OUT),
    "served": (served("a", 200, 201), BACK),
    "answered": (answered("a", 200, 201), BACK),
    "lost, or on hold": (unclear("a", 200, 201), GO_ON),
}


@pytest.fixture
def trial():
    advice, evidence = tell(refusals("aaa"))
    assert (advice[-1], evidence.trial) == (ALONE, "a")
    return evidence


@pytest.mark.parametrize(("event", "said"), TRIALS.values(), ids=[*TRIALS])
def test_a_key_that_goes_alone_tells_why_it_was_refused(trial, event, said):
    assert tell([event], trial)[0] == [said]
    assert (trial.trial, trial.limited) == (None, said == BACK)
    # What there was before counts no more.
    more = [GO_ON] * MOST_REFUSALS if said == BACK else [GO_ON] * (MOST_REFUSALS - 1) + [ALONE]
    assert tell(refusals("a" * MOST_REFUSALS, at=300), trial)[0] == more


def test_other_keys_end_no_trial(trial):
    others = [served("b", 99, 110), answered("c", 99, 110), unclear("d", 99, 110)]
    assert tell(others, trial)[0] == [GO_ON] * 3
    assert trial.trial == "a"


def test_a_trial_is_over_where_another_key_turns_out_refused_as_well(trial):
    assert tell(refusals("b", at=101), trial)[0] == [BACK]
    assert (trial.limited, trial.trial) == (True, None)


def test_a_trial_may_be_given_up(trial):
    trial.give_up_trial()
    assert trial.trial is None
    assert tell(refusals("aaa", at=200), trial)[0] == [GO_ON, GO_ON, ALONE]


# Laws ---------------------------------------------------------------------------------------

moments = st.integers(0, 20)
flights = st.builds(flying, st.sampled_from("abcd"), moments)
events = st.builds(
    lambda told, key, sent, took, *around: told(key, sent, sent + took, *around[0]),
    st.sampled_from([served, served, refused, refused, refused, answered, unclear]),
    st.sampled_from("abc"),
    moments,
    st.integers(0, 10),
    st.lists(flights, max_size=3),
)


@given(events=st.lists(events, max_size=30), later=st.integers(-9, 9), times=st.integers(1, 9))
def test_neither_the_zero_nor_the_unit_of_the_clock_nor_the_names_of_keys_matter(
    events, later, times
):
    def moved(moment):
        return later + times * moment

    others = [
        (
            Exchange(
                exchange.key.upper(),
                moved(exchange.number),
                moved(exchange.sent),
                moved(exchange.answered),
                moved(exchange.ended),
                exchange.ending,
            ),
            [flying(flight.key.upper(), moved(flight.began)) for flight in in_flight],
            around,
        )
        for exchange, in_flight, around in events
    ]
    assert tell(events)[0] == tell(others)[0]


@given(
    keys=st.integers(2, 3),
    steps=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=40),
)
def test_an_account_that_is_limited_shows_within_three_refusals(keys, steps):
    # At each step, a key begins something, ends it, or is refused since another one is at work.
    evidence, now, at_work, passed = Evidence(), 0, None, 0
    for took, which in steps:
        now += took
        key = "abc"[which % keys]
        if at_work is None:
            at_work = flying(key, now)
            continue
        if at_work.key == key:
            event, at_work = served(key, at_work.began, now), None
        else:
            event = refused(key, now, now + 0.5, at_work, in_use=keys)
        (said,), _ = tell([event], evidence)
        if said != GO_ON:
            return
        passed += event[0].ending == "refused"
        assert passed < MOST_REFUSALS
        assert not evidence.proven


def test_exchanges_at_different_hosts_prove_nothing():
    hosts = (None, "journals-v3", "shipments-v3")
    apart = [
        (attrs.evolve(e, host=host), *more) for host, (e, *more) in zip(hosts, PROVEN, strict=True)
    ]
    assert [tell(story)[1].proven for story in (apart, PROVEN)] == [False, True]
