"""What an answer means: literal statuses, headers and bodies in, errors and holds out."""

from __future__ import annotations

import copy
import math
import pickle
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from sitoo_async import errors
from sitoo_async._http.messages import Response
from sitoo_async._http.verdict import error_for_status, judge, judge_failure, name_the_key
from tests.http._answers import BROKEN, answer


def kind_of(verdict):
    return verdict.answered, verdict.served, verdict.refused, verdict.overlap


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_the_answer_whatever_its_body(status):
    response = answer(status, b"<html>")
    verdict = judge(response)
    assert verdict.outcome is response
    assert kind_of(verdict) == (True, True, False, False)
    assert (verdict.hold, verdict.brief) == (None, False)


def test_a_2xx_that_was_cut_at_the_limit_is_an_error_that_tells_what_to_do():
    verdict = judge(Response(200, {"Sitoo-Request-ID": "86aa994c"}, b"[", oversized=True))
    assert type(verdict.outcome) is errors.DecodeError
    assert str(verdict.outcome).startswith("the answer is larger than max_response_bytes allows")
    assert verdict.outcome.sent == "yes"
    assert verdict.outcome.request_id == "86aa994c"
    assert verdict.answered
    assert not verdict.brief


def test_the_status_decides_also_where_the_body_was_cut():
    verdict = judge(Response(502, {}, b"<html>", oversized=True))
    assert type(verdict.outcome) is errors.ServerError
    assert verdict.brief


STATUSES = [
    (199, errors.ApiError, "yes", False),
    (300, errors.ApiError, "yes", False),
    (301, errors.ApiError, "yes", False),
    (304, errors.ApiError, "yes", False),
    (400, errors.BadRequestError, "yes", False),
    (401, errors.AuthenticationError, "yes", False),
    (403, errors.PermissionDeniedError, "yes", False),
    (404, errors.NotFoundError, "yes", False),
    (405, errors.ApiError, "yes", False),
    (409, errors.ConflictError, "yes", False),
    (412, errors.PreconditionFailedError, "yes", False),
    (414, errors.ApiError, "yes", False),
    (422, errors.ApiError, "yes", False),
    (499, errors.ApiError, "yes", False),
    (500, errors.ServerError, "unknown", True),
    (501, errors.ServerError, "unknown", True),
    (502, errors.ServerError, "unknown", True),
    (503, errors.ServerError, "unknown", True),
    (504, errors.ServerError, "unknown", True),
    (599, errors.ServerError, "unknown", True),
]


@pytest.mark.parametrize(("status", "kind", "sent", "brief"), STATUSES)
@pytest.mark.parametrize(
    "body", [b'{"statuscode":400,"errortext":"said"}', *BROKEN.values()], ids=["v2", *BROKEN]
)
def test_the_status_alone_decides_the_error_and_the_hold(status, kind, sent, brief, body):
    verdict = judge(answer(status, body, Sitoo_Request_ID="86aa994c"))
    error = verdict.outcome
    assert type(error) is kind
    assert (error.status, error.sent, error.request_id) == (status, sent, "86aa994c")
    assert kind_of(verdict) == (True, not brief, False, False)
    assert (verdict.hold, verdict.brief) == (None, brief)
    assert str(status) in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("body", "errortext"),
    [
        (
            b'{"statuscode":400,"errortext":"Invalid input, \\"skue\\" is not a valid field."}',
            'Invalid input, "skue" is not a valid field.',
        ),
        (b'{"errortext":"only a text"}', "only a text"),
        (b'\xef\xbb\xbf{"errortext":"behind a mark"}', "behind a mark"),
        (b'{"errortext":42}', "42"),
        (b'{"errortext":""}', ""),
        (b'{"errortext":null}', None),
        (b'{"statuscode":400}', None),
        (b'["errortext"]', None),
        (b'"errortext"', None),
        (b"null", None),
        (b'{"errortext":null,"error_code":"other"}', "other"),
    ],
)
def test_the_text_of_an_error_is_found_in_both_generations_of_bodies(body, errortext):
    error = judge(answer(400, body)).outcome
    assert error.errortext == errortext
    assert str(error) == f"400: {errortext or 'no reason given'}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            (
                b'{"request_id":"c0ffee","error_code":"field-missing",'
                b'"error_data":{"message":"is required","field":"identifiers[0]"}}'
            ),
            (
                "field-missing: identifiers[0]: is required",
                "field-missing",
                "identifiers[0]",
                "c0ffee",
            ),
        ),
        (b'{"error_code":"other","error_data":null}', ("other", "other", None, None)),
        (b'{"error_code":"other"}', ("other", "other", None, None)),
        (b'{"error_code":"other","error_data":"why"}', ("other: why", "other", None, None)),
        (
            b'{"error_code":"other","error_data":["a",{}]}',
            ("other: ['a', {}]", "other", None, None),
        ),
        (b'{"error_code":"other","error_data":{}}', ("other", "other", None, None)),
        (
            b'{"error_code":"x","error_data":{"message":["a"],"field":7,"more":true}}',
            ("x: 7: ['a']: True", "x", "7", None),
        ),
        (b'{"error_code":3,"request_id":{"a":1}}', ("3", "3", None, "{'a': 1}")),
        (b'{"error_data":{"message":"why"}}', ("why", None, None, None)),
        (b'{"error_code":"","request_id":"","error_data":""}', (None, None, None, None)),
        (b'{"errortext":"of v2","error_code":"other"}', ("of v2", None, None, None)),
    ],
)
@pytest.mark.parametrize("status", [400, 409, 429, 500])
def test_an_error_of_a_service_tells_code_field_and_request_id(body, told, status):
    error = judge(answer(status, body)).outcome
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    for each in (error, again):
        assert (each.errortext, each.error_code, each.error_field, each.request_id) == told
    assert str(error).startswith(f"{status}: {told[0] or 'no reason given'}")
    header = judge(answer(status, body, Sitoo_Request_ID="of the header")).outcome
    assert header.request_id == "of the header"


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_an_error_without_a_readable_body_has_no_text_of_the_servers(body):
    assert judge(answer(502, body)).outcome.errortext is None
    assert str(judge(answer(400, body)).outcome) == "400: no reason given"


def test_an_error_text_of_several_lines_is_shown_on_one():
    error = judge(answer(400, b'{"errortext":"first\\nsecond"}')).outcome
    assert error.errortext == "first\nsecond"
    assert str(error) == "400: first second"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_a_redirect_is_an_error_that_names_its_target(status):
    verdict = judge(answer(status, b"<html>moved</html>", Location="https://evil.example/"))
    assert type(verdict.outcome) is errors.ApiError
    assert str(verdict.outcome) == (
        f"{status}: the server redirects to 'https://evil.example/', which is not followed with"
        " credentials: check the base URL"
    )
    assert "redirects to 'nowhere'," in str(judge(answer(status)).outcome)


# ------------------------------------------------------------------------------- the two 429s


@pytest.mark.parametrize(
    "text", ["429: Too many connections", "Too many connections", "too MANY connections."]
)
@pytest.mark.parametrize("headers", [{}, {"X_Rate_Limit_Reset": "57"}], ids=["bare", "reset"])
def test_an_overlap_is_sat_out_for_a_moment_and_not_until_the_slot_ends(text, headers):
    body = msgspec.json.encode({"statuscode": 429, "errortext": text})
    verdict = judge(answer(429, body, **headers))
    assert type(verdict.outcome) is errors.RateLimitError
    assert verdict.outcome.sent == "no"
    assert verdict.outcome.retry_after is None
    assert kind_of(verdict) == (False, False, True, True)
    assert (verdict.hold, verdict.brief) == (None, True)


def test_a_text_that_begins_with_the_status_is_not_told_twice():
    body = b'{"statuscode":429,"errortext":"429: Too many connections"}'
    assert str(judge(answer(429, body)).outcome) == "429: Too many connections"


@pytest.mark.parametrize(
    ("reset", "hold"),
    [
        ("57", 57.0),
        (" 57 ", 57.0),
        ("57\t", 57.0),
        ("057", 57.0),
        ("12.5", 12.5),
        ("1", 1.0),
        ("600", 600.0),
        ("601", 600.0),
        ("1760000000", 600.0),
        ("9" * 400, 600.0),
        ("0", None),
        ("0.0", None),
        ("0.1", 0.1),
        ("0.001", None),
        ("0." + "0" * 400 + "1", None),
        ("-1", None),
        ("-57.5", None),
        ("600s", None),
        ("57;", None),
        ("57 57", None),
        ("5 7", None),
        ("57\xa0", 57.0),
        ("\ufeff57", None),
        ("\x0057", None),
        ("1e400", None),
        ("1,5", None),
        ("PT57S", None),
        ("00:57", None),
        ("null", None),
        ("true", None),
        ("+57", None),
        ("abc", None),
        ("57 s", None),
        ("57, 57", None),
        ("1e3", None),
        ("0x10", None),
        ("1_000", None),
        (".5", None),
        ("5.", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("\u0665\u0667", None),  # 57 in arabic-indic digits
        ("\uff15\uff17", None),  # and in full width
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
@pytest.mark.parametrize("body", [b'{"errortext":"Rate limit exceeded"}', b"", b"<html>"])
def test_a_used_up_slot_is_sat_out_for_the_seconds_that_the_server_names(reset, hold, body):
    verdict = judge(answer(429, body, X_Rate_Limit_Reset=reset))
    assert type(verdict.outcome) is errors.RateLimitError
    assert verdict.outcome.retry_after == hold
    assert kind_of(verdict) == (False, False, True, False)
    assert verdict.hold == hold
    assert verdict.brief is (hold is None)


@pytest.mark.parametrize(
    "name", ["X-Rate-Limit-Reset", "x-rate-limit-reset", "X-RATE-LIMIT-RESET", "X-Rate-limit-reseT"]
)
def test_a_reset_is_found_in_any_case_and_the_first_of_two_counts(name):
    headers = CIMultiDict([(name, "57"), ("X-Rate-Limit-Reset", "99")])
    assert judge(Response(429, headers, b"")).hold == 57.0


HEADER_TEXTS = (
    st.text(max_size=30)
    | st.text("0123456789.+-eE_ ,:;sGMT", max_size=20)
    | st.integers().map(str)
    | st.floats().map(repr)
    | st.datetimes().map(lambda moment: format_datetime(moment.replace(tzinfo=UTC)))
    | st.datetimes().map(lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S} +9959")
)


@given(HEADER_TEXTS, HEADER_TEXTS, HEADER_TEXTS, st.sampled_from([429, 503]))
def test_whatever_a_server_says_of_time_a_hold_is_a_time_that_can_be_sat_out(
    reset, after, date, status
):
    for headers in (
        {"X-Rate-Limit-Reset": reset, "Retry-After": after, "Date": date},
        {"Retry-After": after, "Date": date},
    ):
        verdict = judge(Response(status, CIMultiDict(headers), b""))
        assert verdict.brief is (verdict.hold is None)
        if verdict.hold is not None:
            assert 0 < verdict.hold <= (600.0 if status == 429 else 3600.0)
            assert math.isfinite(verdict.outcome.retry_after)


@given(st.text(max_size=12).filter(lambda text: not re.fullmatch(r"\s*[0-9.]+\s*", text)))
def test_only_plain_digits_are_a_reset(reset):
    assert judge(Response(429, CIMultiDict({"X-Rate-Limit-Reset": reset}), b"")).hold is None


@given(st.integers(1, 600), st.integers(0, 999), st.sampled_from(["", " ", "\t ", "  "]))
def test_plain_digits_are_the_seconds(whole, part, blank):
    for text, seconds in ((f"{whole}", whole), (f"{whole}.{part:03}", whole + part / 1000)):
        headers = CIMultiDict({"X-Rate-Limit-Reset": f"{blank}{text}{blank}"})
        assert judge(Response(429, headers, b"")).hold == pytest.approx(min(seconds, 600))


def test_a_429_without_a_reset_is_sat_out_briefly():
    verdict = judge(answer(429, b'{"errortext":"Rate limit exceeded"}'))
    assert (verdict.hold, verdict.brief, verdict.refused) == (None, True, True)


@pytest.mark.parametrize(
    ("after", "hold"),
    [
        ("57", 57.0),
        (" 57 ", 57.0),
        ("3600", 600.0),
        ("0", None),
        ("1.5", None),
        ("-5", None),
        ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_where_no_reset_is_named_retry_after_tells_how_long(after, hold):
    verdict = judge(answer(429, b'{"errortext":"Rate limit exceeded"}', Retry_After=after))
    assert (verdict.outcome.retry_after, verdict.hold) == (hold, hold)
    assert verdict.brief is (hold is None)


def test_a_reset_counts_before_retry_after():
    assert judge(answer(429, b"", X_Rate_Limit_Reset="57", Retry_After="99")).hold == 57.0
    assert judge(answer(429, b"", X_Rate_Limit_Reset="soon", Retry_After="99")).hold is None
    body = b'{"errortext":"429: Too many connections"}'
    assert judge(answer(429, body, Retry_After="99")).hold is None


def test_a_reset_on_an_answer_that_is_no_429_holds_nothing():
    assert judge(answer(200, b"true", X_Rate_Limit_Reset="57")).hold is None
    assert judge(answer(400, b"", X_Rate_Limit_Reset="57")).hold is None
    assert judge(answer(503, b"", X_Rate_Limit_Reset="57")).hold is None


# ---------------------------------------------------------------- a 503 that says for how long

FROM, TO = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:29:30 GMT"


@pytest.mark.parametrize(
    ("after", "hold"),
    [
        ("45", 45.0),
        (" 45 ", 45.0),
        ("3600", 3600.0),
        ("7200", 3600.0),
        # By the server's own clock, however old that is.
        (TO, 90.0),
        (TO.replace("GMT", "-0000"), 90.0),
        ("Wed, 21 Oct 2015 09:29:30 +0200", 90.0),
        ("Wed, 01 Jan 2116 00:00:00 GMT", 3600.0),
        ("Wed, 21 Oct 2015 07:28:01 GMT", 1.0),
        # What names no time to come is like no header.
        (FROM, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 99 Foo 99999 1", None),
        ("", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("1e3", None),
        ("12.5", None),
        ("\u0663", None),  # 3 in arabic-indic digits
    ],
    ids=ascii,
)
def test_a_503_holds_for_what_it_says(after, hold):
    verdict = judge(answer(503, b"", Retry_After=after, Date=FROM))
    assert (verdict.hold, verdict.brief) == (hold, hold is None)
    other = judge(answer(502, b"", Retry_After=after, Date=FROM))
    assert (other.hold, other.brief, other.outcome.retry_after) == (None, True, None)


def test_a_date_without_the_servers_own_clock_is_read_by_ours():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for more in ({}, {"Date": "today"}):
        assert 60 < judge(answer(503, b"", Retry_After=soon, **more)).hold <= 90


# ------------------------------------------------------------------------ failures without answer


@pytest.mark.parametrize(
    ("error", "brief"),
    [
        (errors.ConnectError("no connection"), False),
        (errors.ReadError("lost", sent="unknown"), True),
        (errors.RequestTimeoutError("no answer", sent="unknown"), True),
    ],
)
def test_what_was_sent_may_still_lock_the_key_and_what_was_not_may_not(error, brief):
    verdict = judge_failure(error)
    assert verdict.outcome is error
    assert kind_of(verdict) == (False, False, False, False)
    assert (verdict.hold, verdict.brief) == (None, brief)


# ----------------------------------------------------------------------------- items of a batch


@pytest.mark.parametrize(
    ("status", "kind", "sent"),
    [
        (400, errors.BadRequestError, "yes"),
        (401, errors.AuthenticationError, "yes"),
        (403, errors.PermissionDeniedError, "yes"),
        (404, errors.NotFoundError, "yes"),
        (409, errors.ConflictError, "yes"),
        (418, errors.ApiError, "yes"),
        (429, errors.RateLimitError, "no"),
        (500, errors.ServerError, "unknown"),
        (503, errors.ServerError, "unknown"),
    ],
)
def test_an_item_of_a_batch_fails_with_the_same_errors_as_a_whole_answer(status, kind, sent):
    error = error_for_status(status, errortext="Invalid sku", method="PUT", path="/x.json")
    assert type(error) is kind
    assert (error.status, error.sent, error.errortext) == (status, sent, "Invalid sku")
    assert error.message == f"{status}: Invalid sku"
    assert str(error).startswith(f"{status}: Invalid sku (PUT /x.json")


def test_an_item_may_know_better_what_was_sent():
    assert error_for_status(500, errortext=None, sent="yes").sent == "yes"


@pytest.mark.parametrize("errortext", [None, ""])
def test_a_status_without_a_text_gives_a_hint_where_there_is_one(errortext):
    hints = {401: "check api_id and password", 404: "check the identifier"}
    for status, hint in hints.items():
        assert str(error_for_status(status, errortext=errortext)).startswith(f"{status}: {hint}")
    assert str(error_for_status(418, errortext=errortext)) == "418: no reason given"
    assert error_for_status(401, errortext=errortext).errortext == errortext


WHO = "API ID 1-2 was refused for account 1 at https://a.example; check"


@pytest.mark.parametrize(
    ("status", "errortext", "message"),
    [
        (401, "401: Unauthorized", f"401: Unauthorized: {WHO} the API ID, the password and the"),
        (401, None, f"401: {WHO} the API ID, the password and the base URL, and that the key's "),
        (403, "Not for you", f"403: Not for you: {WHO} what the key may do, the account and the"),
        (403, "x" * 10_000_000, "403: xxxxxx"),
        (402, "Not for you", "402: Not for you"),
        (404, "Not for you", "404: Not for you"),
    ],
    ids=["401", "without a text", "403", "long", "402", "404"],
)
def test_a_key_that_was_refused_is_named_with_what_to_check(status, errortext, message):
    error = error_for_status(status, errortext=errortext)
    name_the_key(error, api_id="1-2", account_id=1, origin="https://a.example")
    assert error.message.startswith(message)
    assert len(error.message) < 600
    denied = status in (401, 403)
    assert error.message.endswith("allow-list of addresses holds this machine's") is denied
    assert (WHO in error.message) is (error.message != message) is denied


def test_an_error_made_from_an_answer_can_be_pickled_and_copied():
    error = judge(answer(429, b"", X_Rate_Limit_Reset="57", Sitoo_Request_ID="86aa994c")).outcome
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # our own bytes
        assert (type(again), again.retry_after, again.request_id) == (
            errors.RateLimitError,
            57.0,
            "86aa994c",
        )
