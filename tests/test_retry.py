"""The retry table, row by row: pure, no clock, no I/O."""

from __future__ import annotations

import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import errors
from sitoo_async._retry import Decision, RetryPolicy, decide

FOUR = RetryPolicy()

NOT_MADE = errors.ConnectError("no connection")
REFUSED = errors.RateLimitError("429: Too many connections", status=429)
UNKNOWN = [
    errors.ServerError("500: no reason given", status=500, sent="unknown"),
    errors.ServerError("502: no reason given", status=502, sent="unknown"),
    errors.ReadError("the connection was lost", sent="unknown"),
    errors.RequestTimeoutError("no complete answer within 120 s", sent="unknown"),
]
FINAL = [
    # Refused by us.
    errors.LaneFullError("full"),
    errors.QueueTimeoutError("no turn came"),
    errors.DeadlineError("the deadline passed"),
    errors.ReentryError("from inside"),
    errors.ClientClosedError("closed"),
    errors.WrongLoopError("another loop"),
    errors.InvalidInputError("bad input"),
    errors.InvalidOptionError("bad option"),
    # Answered.
    errors.ApiError("418: no reason given", status=418, sent="yes"),
    errors.BadRequestError("400: no", status=400, sent="yes"),
    errors.AuthenticationError("401: no", status=401, sent="yes"),
    errors.PermissionDeniedError("403: no", status=403, sent="yes"),
    errors.NotFoundError("404: no", status=404, sent="yes"),
    errors.ConflictError("409: no", status=409, sent="yes"),
    errors.DecodeError("not JSON", status=200, sent="yes"),
]


def named(error):
    return f"{type(error).__name__} {error.status or ''}".strip()


# ------------------------------------------------------------------------- the rows of the table


@pytest.mark.parametrize("repeatable", [True, False])
def test_where_no_connection_was_made_any_method_goes_again(repeatable):
    decisions = [
        decide(FOUR, NOT_MADE, repeatable=repeatable, attempt=attempt) for attempt in (1, 2, 3, 4)
    ]
    assert [decision.again for decision in decisions] == [True, True, True, False]
    assert all(decision.counts for decision in decisions)


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("attempt", [0, 1, 4, 5, 1000])
def test_a_429_goes_again_whatever_the_method_and_is_bounded_by_time_alone(repeatable, attempt):
    decision = decide(FOUR, REFUSED, repeatable=repeatable, attempt=attempt)
    assert decision == Decision(again=True, pause=0.0, counts=False)


def test_a_429_goes_again_even_where_nothing_else_does():
    once = RetryPolicy(attempts=1)
    assert decide(once, REFUSED, repeatable=False, attempt=0).again


@pytest.mark.parametrize("error", UNKNOWN, ids=named)
def test_what_nobody_knows_goes_again_only_where_repeating_is_declared(error):
    again = [
        decide(FOUR, error, repeatable=True, attempt=attempt).again for attempt in (1, 2, 3, 4, 5)
    ]
    assert again == [True, True, True, False, False]
    never = [
        decide(FOUR, error, repeatable=False, attempt=attempt).again for attempt in (1, 2, 3, 4)
    ]
    assert never == [False] * 4


@pytest.mark.parametrize("error", UNKNOWN, ids=named)
def test_what_nobody_knows_counts_and_the_lanes_hold_paces_it(error):
    decision = decide(FOUR, error, repeatable=True, attempt=1)
    assert decision.counts
    assert decision.pause == 0.0


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("error", FINAL, ids=named)
def test_what_was_answered_or_never_sent_is_final(error, repeatable):
    assert not decide(FOUR, error, repeatable=repeatable, attempt=1).again


def test_the_table_has_a_row_for_every_error_that_an_exchange_ends_with():
    def leaves(kind):
        return {kind}.union(*(leaves(child) for child in kind.__subclasses__()))

    judged = {type(error) for error in [NOT_MADE, REFUSED, *UNKNOWN, *FINAL]}
    abstract = {errors.TransportError}
    assert leaves(errors.TransportError) | leaves(errors.ApiError) <= judged | abstract


@pytest.mark.parametrize("error", [NOT_MADE, *UNKNOWN], ids=named)
def test_one_attempt_is_one_attempt(error):
    assert not decide(RetryPolicy(attempts=1), error, repeatable=True, attempt=1).again


# --------------------------------------------------------------------------------------- pauses


def pauses(policy, count):
    return [
        decide(policy, NOT_MADE, repeatable=False, attempt=attempt).pause
        for attempt in range(1, count + 1)
    ]


def test_the_pause_before_another_connection_doubles_up_to_its_limit():
    assert pauses(RetryPolicy(attempts=10), 8) == pytest.approx(
        [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    )
    assert pauses(RetryPolicy(pause=1.0, longest_pause=3.0), 4) == [1.0, 2.0, 3.0, 3.0]


def test_no_pause_stays_no_pause():
    assert pauses(RetryPolicy(pause=0), 4) == [0, 0, 0, 0]
    assert pauses(RetryPolicy(longest_pause=0), 4) == [0, 0, 0, 0]


def test_a_policy_that_tries_for_days_never_runs_out_of_numbers():
    patient = RetryPolicy(attempts=1_000_000)
    for attempt in (1_000, 1_100, 999_999):
        decision = decide(patient, NOT_MADE, repeatable=False, attempt=attempt)
        assert decision == Decision(again=True, pause=5.0)


@given(
    pause=st.floats(0, 1e6),
    longest=st.floats(0, 1e6),
    attempt=st.integers(1, 100),
    attempts=st.integers(1, 100),
)
def test_a_pause_never_shrinks_and_never_exceeds_its_limit(pause, longest, attempt, attempts):
    policy = RetryPolicy(attempts=attempts, pause=pause, longest_pause=longest)
    now = decide(policy, NOT_MADE, repeatable=False, attempt=attempt)
    later = decide(policy, NOT_MADE, repeatable=False, attempt=attempt + 1)
    assert 0 <= now.pause <= later.pause <= longest
    assert now.again is (attempt < attempts)


# ---------------------------------------------------------------------------------- the policy


def test_a_call_is_tried_four_times_by_default():
    policy = RetryPolicy()
    assert (policy.attempts, policy.pause, policy.longest_pause) == (4, 0.1, 5.0)


def test_a_policy_is_a_value():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        FOUR.attempts = 5
    assert hash(RetryPolicy(2)) == hash(RetryPolicy(attempts=2))
    assert attrs.evolve(FOUR, attempts=2) == RetryPolicy(attempts=2)


@pytest.mark.parametrize("attempts", [0, -1, True, False, 2.5, math.nan, math.inf, "4", None])
def test_attempts_that_are_no_count_are_refused_by_name(attempts):
    with pytest.raises(errors.InvalidOptionError, match="attempts must be") as caught:
        RetryPolicy(attempts=attempts)
    assert caught.value.field == "attempts"


@pytest.mark.parametrize("name", ["pause", "longest_pause"])
@pytest.mark.parametrize("seconds", [-0.1, -1, math.nan, "1", None, True])
def test_pauses_that_are_no_seconds_are_refused_by_name(name, seconds):
    with pytest.raises(errors.InvalidOptionError, match=f"{name} must be") as caught:
        RetryPolicy(**{name: seconds})
    assert caught.value.field == name


@pytest.mark.parametrize("name", ["pause", "longest_pause"])
@pytest.mark.parametrize("seconds", [0, 0.0, 1, 2.5])
def test_pauses_in_seconds_are_taken(name, seconds):
    assert getattr(RetryPolicy(**{name: seconds}), name) == seconds
