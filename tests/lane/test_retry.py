"""The retry table, row by row: pure, no clock, no I/O."""

from __future__ import annotations

import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import errors
from sitoo_async._lane.retry import (
    CALL_WITHIN,
    JOB_WITHIN,
    RetryPolicy,
    Trouble,
    pause_before_item,
    pause_before_repeat,
)

PATIENT = RetryPolicy()

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
    errors.PreconditionFailedError("412: no", status=412, sent="yes"),
    errors.DecodeError("not JSON", status=200, sent="yes"),
]


def named(error):
    return f"{type(error).__name__} {error.status or ''}".strip()


def after(failures, lasted=0.0, *, heard=True):
    return Trouble(exchanges=failures, failures=failures, lasted=lasted, heard=heard)


def pause(policy, error, trouble, *, repeatable=True, within=CALL_WITHIN):
    return pause_before_repeat(policy, error, repeatable=repeatable, trouble=trouble, within=within)


# ------------------------------------------------------------------------- the rows of the table


@pytest.mark.parametrize("repeatable", [True, False])
def test_where_no_connection_was_made_any_method_goes_again(repeatable):
    for failures in (1, 2, 3, 4, 50):
        assert pause(PATIENT, NOT_MADE, after(failures), repeatable=repeatable) is not None


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(
    "trouble", [after(0), after(1), after(9, 1e9)], ids=["none", "one", "ages"]
)
@pytest.mark.parametrize("policy", [PATIENT, RetryPolicy(attempts=1, within=0)], ids=["as", "once"])
def test_a_429_goes_again_whatever_the_method_and_has_bounds_of_its_own(
    policy, trouble, repeatable
):
    assert pause(policy, REFUSED, trouble, repeatable=repeatable) == 0.0


@pytest.mark.parametrize("error", UNKNOWN, ids=named)
def test_what_nobody_knows_goes_again_only_where_repeating_is_declared(error):
    for failures in (1, 2, 3, 4, 50):
        assert pause(PATIENT, error, after(failures)) is not None
        assert pause(PATIENT, error, after(failures), repeatable=False) is None


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("error", FINAL, ids=named)
def test_what_was_answered_or_never_sent_is_final(error, repeatable):
    assert pause(PATIENT, error, after(1), repeatable=repeatable) is None


def test_the_table_has_a_row_for_every_error_that_an_exchange_ends_with():
    def leaves(kind):
        return {kind}.union(*(leaves(child) for child in kind.__subclasses__()))

    judged = {type(error) for error in [NOT_MADE, REFUSED, *UNKNOWN, *FINAL]}
    abstract = {errors.TransportError}
    assert leaves(errors.TransportError) | leaves(errors.ApiError) <= judged | abstract


# ---------------------------------------------------------------------------- how long it goes on


@pytest.mark.parametrize("error", [NOT_MADE, *UNKNOWN], ids=named)
@pytest.mark.parametrize("within", [CALL_WITHIN, JOB_WITHIN], ids=["call", "job"])
def test_it_goes_on_for_a_time_and_not_for_a_number_of_tries(error, within):
    assert pause(PATIENT, error, after(1000, within - 0.01), within=within) is not None
    assert pause(PATIENT, error, after(5, within), within=within) is None
    assert pause(PATIENT, error, after(5, within + 100), within=within) is None


@pytest.mark.parametrize("within", [0, 0.5, 7])
def test_a_policy_of_its_own_says_for_how_long(within):
    policy = RetryPolicy(within=within)
    assert pause(policy, NOT_MADE, after(2, within)) is None
    assert pause(policy, NOT_MADE, after(2, within / 2)) is not None or within == 0


def test_a_policy_without_an_end_goes_on_for_any_time():
    assert pause(RetryPolicy(within=math.inf), NOT_MADE, after(9, 1e9)) == 10.0


def test_at_least_one_repetition_is_made_however_slow_the_first_answer_was():
    trouble = Trouble()
    trouble.failed(119.0)
    assert trouble.lasted == 0.0
    for within in (0, 1, 60):
        assert pause(RetryPolicy(within=within), UNKNOWN[3], trouble) == 0.1


def test_the_last_try_comes_when_the_time_is_over_and_not_a_whole_pause_before():
    assert pause(PATIENT, NOT_MADE, after(9, 57.5)) == pytest.approx(2.5)


@pytest.mark.parametrize("error", [NOT_MADE, *UNKNOWN], ids=named)
def test_attempts_bound_it_as_well_where_they_are_given(error):
    assert pause(RetryPolicy(attempts=1), error, after(1)) is None
    three = RetryPolicy(attempts=3)
    assert [pause(three, error, after(n)) is None for n in (1, 2, 3, 4)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_host_that_never_answered_is_given_four_quick_attempts():
    pauses = [pause(PATIENT, NOT_MADE, after(n, heard=False)) for n in (1, 2, 3, 4)]
    assert pauses == [0.1, 0.2, 0.4, None]


# --------------------------------------------------------------------------------------- the clock


def test_a_request_begins_without_trouble():
    fresh = Trouble()
    assert (fresh.exchanges, fresh.failures, fresh.lasted) == (0, 0, 0.0)
    assert fresh.heard
    assert not fresh.flying


def test_the_clock_starts_when_the_first_failed_exchange_has_ended():
    trouble = Trouble()
    trouble.paused(5)  # before any trouble
    trouble.failed(100)
    assert (trouble.failures, trouble.lasted) == (1, 0)
    trouble.paused(5)
    trouble.failed(2)
    assert (trouble.failures, trouble.lasted) == (2, 7)


def test_a_smaller_request_is_a_new_try_and_its_pauses_grow_on():
    trouble = after(3, 55.0, heard=False)
    trouble.failed(1)
    trouble.exchanges = 6  # of the same call, refusals included
    part = trouble.smaller()
    assert (part.failures, part.lasted, part.heard, part.exchanges) == (4, 0, False, 6)
    part.paused(10)
    part.failed(100)
    assert (part.failures, part.lasted) == (5, 0)
    assert trouble.failures == 4


# --------------------------------------------------------------------------------------- pauses


def pauses(policy, count):
    return [pause(policy, NOT_MADE, after(n)) for n in range(1, count + 1)]


def test_the_pause_doubles_up_to_its_limit():
    assert pauses(PATIENT, 10) == pytest.approx(
        [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0, 10.0]
    )
    assert pauses(RetryPolicy(pause=1.0, longest_pause=3.0), 4) == [1.0, 2.0, 3.0, 3.0]


def test_the_pause_of_an_item_doubles_up_to_its_limit():
    assert [pause_before_item(tries) for tries in (1, 2, 3, 6)] == [0.2, 0.4, 0.8, 6.4]
    assert pause_before_item(7) == pause_before_item(99) == 10.0


@pytest.mark.parametrize(
    "policy", [RetryPolicy(pause=0), RetryPolicy(longest_pause=0)], ids=["pause", "longest"]
)
def test_no_pause_stays_no_pause_for_the_first_repetitions(policy):
    # Later on there is one: a host that is gone is not asked without a break for a minute.
    assert pauses(policy, 6) == [0, 0, 0, 0.1, 0.1, 0.1]


def test_a_policy_that_tries_for_days_never_runs_out_of_numbers():
    patient = RetryPolicy(within=1e6, attempts=1_000_000)
    for failures in (1_000, 1_100, 999_999):
        assert pause(patient, NOT_MADE, after(failures)) == 10.0


@given(
    first=st.floats(0, 1e6),
    longest=st.floats(0, 1e6),
    failures=st.integers(1, 100),
    attempts=st.none() | st.integers(1, 100),
    within=st.none() | st.floats(0, 1e6),
    lasted=st.floats(0, 1e6),
)
def test_a_pause_never_goes_beyond_its_limit_nor_the_time(
    *, first, longest, failures, attempts, within, lasted
):
    policy = RetryPolicy(within=within, attempts=attempts, pause=first, longest_pause=longest)
    found = pause(policy, NOT_MADE, after(failures, lasted))
    left = (CALL_WITHIN if within is None else within) - lasted
    if attempts is not None and failures >= attempts:
        assert found is None
    elif failures == 1:
        assert found == min(first, longest)
    elif found is None:
        assert left <= 0
    else:
        assert 0 <= found <= max(longest, 0.1)
        assert found <= left


# ---------------------------------------------------------------------------------- the policy


def test_a_policy_says_nothing_of_its_own_by_default():
    policy = RetryPolicy()
    assert (policy.within, policy.attempts) == (None, None)
    assert (policy.pause, policy.longest_pause) == (0.1, 10.0)
    assert (CALL_WITHIN, JOB_WITHIN) == (60.0, 300.0)


def test_a_policy_is_a_value():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        PATIENT.attempts = 5
    assert hash(RetryPolicy(2)) == hash(RetryPolicy(attempts=2))
    assert attrs.evolve(PATIENT, attempts=2) == RetryPolicy(attempts=2)


@pytest.mark.parametrize("attempts", [0, -1, True, False, 2.5, math.nan, "4"])
def test_attempts_that_are_no_count_are_refused_by_name(attempts):
    with pytest.raises(errors.InvalidOptionError, match="attempts must be") as caught:
        RetryPolicy(attempts=attempts)
    assert caught.value.field == "attempts"


@pytest.mark.parametrize("name", ["within", "pause", "longest_pause"])
@pytest.mark.parametrize("seconds", [-0.1, -1, math.nan, "1", True])
def test_times_that_are_no_seconds_are_refused_by_name(name, seconds):
    with pytest.raises(errors.InvalidOptionError, match=f"{name} must be") as caught:
        RetryPolicy(**{name: seconds})
    assert caught.value.field == name


@pytest.mark.parametrize("name", ["within", "pause", "longest_pause"])
@pytest.mark.parametrize("seconds", [0, 0.0, 1, 2.5])
def test_times_in_seconds_are_taken(name, seconds):
    assert getattr(RetryPolicy(**{name: seconds}), name) == seconds
