"""The tree of errors as the design draws it, and what every error must be able to do."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from sitoo_async import errors
from sitoo_async._batching.outcome import BatchResult, Outcome
from sitoo_async.errors import SitooError

# ------------------------------------------------------------------------------------- the tree

TREE = {
    "SitooError": ("Exception",),
    "ConfigurationError": ("SitooError",),
    "ClientClosedError": ("SitooError",),
    "WrongLoopError": ("SitooError",),
    "InvalidInputError": ("SitooError", "ValueError"),
    "InvalidOptionError": ("ConfigurationError", "InvalidInputError"),
    "FieldNotFetchedError": ("SitooError", "AttributeError"),
    "UnknownOperationError": ("SitooError",),
    "LaneError": ("SitooError",),
    "LaneFullError": ("LaneError",),
    "QueueTimeoutError": ("LaneError", "TimeoutError"),
    "DeadlineError": ("LaneError", "TimeoutError"),
    "ReentryError": ("LaneError",),
    "GateLostError": ("LaneError",),
    "TransportError": ("SitooError",),
    "ConnectError": ("TransportError",),
    "ReadError": ("TransportError",),
    "RequestTimeoutError": ("TransportError", "TimeoutError"),
    "ApiError": ("SitooError",),
    "BadRequestError": ("ApiError",),
    "AuthenticationError": ("ApiError",),
    "PermissionDeniedError": ("ApiError",),
    "NotFoundError": ("ApiError",),
    "ConflictError": ("ApiError",),
    "PreconditionFailedError": ("ConflictError",),
    "RateLimitError": ("ApiError",),
    "ServerError": ("ApiError",),
    "DecodeError": ("SitooError",),
    "BatchError": ("SitooError",),
}

EVERY = [getattr(errors, name) for name in TREE]


def test_the_tree_is_the_one_that_the_design_draws():
    found = {
        name: tuple(base.__name__ for base in kind.__bases__)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, SitooError)
    }
    assert found == TREE


def test_every_error_of_the_tree_is_a_public_name():
    assert set(TREE) <= {*errors.__all__}
    assert errors.__all__ == sorted(errors.__all__)


def test_the_names_that_are_exported_exist():
    for name in errors.__all__:
        assert getattr(errors, name) is not None


def test_the_three_timeouts_are_what_except_timeouterror_catches():
    timeouts = {kind.__name__ for kind in EVERY if issubclass(kind, TimeoutError)}
    assert timeouts == {"QueueTimeoutError", "DeadlineError", "RequestTimeoutError"}
    # No connection in time was not a request that took too long: nothing was sent.
    assert not issubclass(errors.ConnectError, TimeoutError)


def test_bad_input_is_what_except_valueerror_catches():
    values = {kind.__name__ for kind in EVERY if issubclass(kind, ValueError)}
    assert values == {"InvalidInputError", "InvalidOptionError"}


def test_warnings_can_be_filtered_as_a_family():
    assert issubclass(errors.UnexpectedTypeWarning, errors.SitooWarning)
    assert issubclass(errors.SitooWarning, UserWarning)


# -------------------------------------------------------------------------------- plain data

CONTEXT = {
    "sent": "unknown",
    "method": "PUT",
    "path": "/sites/1/products/21.json",
    "attempt": 3,
    "elapsed": 1.25,
    "status": 502,
    "errortext": "first line\nsecond line",
    "request_id": "86aa994c-7832-47cf-bb4e-dc710411a3b1",
}

OWN = {
    "InvalidInputError": {"field": "moneyprice", "index": 3},
    "InvalidOptionError": {"field": "deadline", "index": None},
    "RateLimitError": {"retry_after": 57.0},
    "UnknownOperationError": {"operation": "Get Mapping"},
    "DecodeError": {"location": "items[3].moneyprice"},
    "BatchError": {"result": BatchResult((Outcome(0, {"productid": 1}, 200, True),))},  # noqa: FBT003  # what the API returns
}


def own(kind):
    return OWN.get(kind.__name__, {})


def made(kind, message="what happened"):
    return kind(message, **CONTEXT, **own(kind))


every_error = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)


def again(error, protocol=pickle.HIGHEST_PROTOCOL):
    return pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  # our own bytes


def assert_same(one, other):
    assert type(one) is type(other)
    assert one.args == other.args
    assert vars(one) == vars(other)
    assert str(one) == str(other)
    assert repr(one) == repr(other)


@every_error
def test_an_error_knows_its_request(kind):
    error = made(kind)
    for name, value in {**CONTEXT, **own(kind)}.items():
        assert getattr(error, name) == value
    assert error.message == "what happened"
    assert error.args == ("what happened",)


@every_error
def test_an_error_without_a_request_is_its_text(kind):
    needed = own(kind) if kind is errors.BatchError else {}
    error = kind("what happened", **needed)
    assert error.sent == "no"
    for name in ("method", "path", "attempt", "elapsed", "status", "errortext", "request_id"):
        assert getattr(error, name) is None
    assert str(error) == "what happened"
    assert repr(error) == f"{kind.__name__}('what happened')"


@every_error
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_pickles_with_everything_it_knows(kind, protocol):
    error = made(kind)
    error.add_note("a note")
    copied = again(error, protocol)
    assert_same(copied, error)
    assert copied.__notes__ == ["a note"]
    with pytest.raises(kind):
        raise copied


@every_error
def test_an_error_is_copied_whole(kind):
    error = made(kind)
    error.add_note("a note")
    for copied in (copy.copy(error), copy.deepcopy(error)):
        assert copied is not error
        assert_same(copied, error)
        copied.worsen("unknown").path = "/elsewhere"
        assert error.path == "/sites/1/products/21.json"


@every_error
def test_an_error_that_was_raised_and_caught_still_pickles(kind):
    try:
        raise made(kind)
    except SitooError as error:
        copied = again(error)
    assert copied.__traceback__ is None
    assert_same(copied, made(kind))


def raised(error, cause):
    try:
        raise error from cause
    except SitooError as caught:
        return caught


def test_our_own_causes_travel_in_a_pickle_with_all_they_know():
    first = made(errors.ConnectError, "first")
    second = raised(made(errors.ReadError, "second"), first)
    third = raised(made(errors.DeadlineError, "third"), second)
    copied = again(third)
    assert_same(copied.__cause__, second)
    assert_same(copied.__cause__.__cause__, first)
    assert copied.__cause__.__cause__.__cause__ is None
    assert "direct cause" in "".join(traceback.format_exception(copied))


def test_a_foreign_cause_stays_behind_since_it_may_hold_sockets_and_headers():
    class LiveError(Exception):
        def __reduce__(self):
            raise TypeError("holds a socket")

    error = raised(made(errors.ReadError), LiveError("Authorization: Basic c2VjcmV0"))
    assert error.__cause__ is not None
    assert b"c2VjcmV0" not in pickle.dumps(error)
    assert again(error).__cause__ is None
    assert copy.copy(error).__cause__ is None


def test_what_was_being_handled_meanwhile_stays_behind_too():
    def fail():
        try:
            raise OSError("with a socket")  # noqa: TRY301  # it is what was being handled
        except OSError:
            raise made(errors.ReadError)  # noqa: B904  # the context is the case

    with pytest.raises(errors.ReadError) as caught:
        fail()
    assert caught.value.__context__ is not None
    assert again(caught.value).__context__ is None


def test_a_batch_error_pickles_with_its_result():
    failed = Outcome(1, {"sku": "b"}, 400, error=made(errors.BadRequestError, "400: no"))
    result = BatchResult((Outcome(0, {"sku": "a"}, 200, 21), failed))
    with pytest.raises(errors.BatchError) as caught:
        result.raise_for_failures()
    copied = again(caught.value)
    assert len(copied.result) == 2
    assert copied.result[0] == result[0]
    assert copied.result[1].item == {"sku": "b"}
    assert_same(copied.result[1].error, failed.error)
    assert_same(copied.__cause__, failed.error)
    assert str(copied) == str(caught.value)
    assert copied.sent == "unknown"


# ----------------------------------------------------------------------------------- one line


@every_error
@pytest.mark.parametrize(
    "message",
    ["one\ntwo", "one\r\ntwo", "  one\ttwo  ", "one\u2028two", "one\x85two", "one\x0b\x0ctwo"],
    ids=ascii,
)
def test_the_text_of_an_error_is_one_line(kind, message):
    for error in (made(kind, message), again(made(kind, message))):
        text = str(error)
        assert len(text.splitlines()) == 1
        assert "one two" in text
        assert len(repr(error).splitlines()) == 1
        assert error.message == message  # as it came


def test_the_text_tells_the_request_the_attempt_the_time_and_the_request_id():
    assert str(made(errors.ServerError, "502: Bad Gateway")) == (
        "502: Bad Gateway (PUT /sites/1/products/21.json, attempt 3, 1.250 s, request id "
        "86aa994c-7832-47cf-bb4e-dc710411a3b1, the server may have done the work)"
    )


def test_the_text_warns_of_work_that_may_have_been_done_and_of_no_other():
    assert str(errors.ReadError("lost", sent="unknown")) == (
        "lost (the server may have done the work)"
    )
    assert str(errors.ReadError("lost", sent="yes")) == "lost"
    assert str(errors.ReadError("lost", sent="no")) == "lost"


def test_a_first_attempt_that_took_no_time_is_told_as_well():
    error = errors.QueueTimeoutError("no turn came", attempt=0, elapsed=0.0)
    assert str(error) == "no turn came (attempt 0, 0.000 s)"


@pytest.mark.parametrize("index", [0, 3])
def test_bad_input_in_a_batch_names_its_item(index):
    error = errors.InvalidInputError("moneyprice must be money", field="moneyprice", index=index)
    assert str(error) == f"item {index}: moneyprice must be money"
    assert error.message == "moneyprice must be money"
    assert repr(error) == f"InvalidInputError('item {index}: moneyprice must be money')"


# -------------------------------------------------------------------------------------- worsen


@pytest.mark.parametrize(
    ("before", "earlier", "after"),
    [
        ("no", "no", "no"),
        ("no", "yes", "yes"),
        ("no", "unknown", "unknown"),
        ("yes", "no", "yes"),
        ("yes", "yes", "yes"),
        ("yes", "unknown", "unknown"),
        ("unknown", "no", "unknown"),
        ("unknown", "yes", "unknown"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_sent_tells_the_worst_over_all_attempts(before, earlier, after):
    error = errors.ReadError("lost", sent=before)
    assert error.worsen(earlier) is error
    assert error.sent == after
