"""The header to the byte, and text that shows nowhere."""

from __future__ import annotations

import pickle

import pytest

from sitoo_async._http.keys import Secret, authorization


def test_the_header_is_the_one_that_the_introduction_shows():
    value = authorization("10020-140", "buNxoOx2o5kM2JMc3VhBX20k4Gik4qKXyKfg332A")
    assert value == "Basic MTAwMjAtMTQwOmJ1TnhvT3gybzVrTTJKTWMzVmhCWDIwazRHaWs0cUtYeUtmZzMzMkE="


def test_credentials_beyond_ascii_are_sent_as_utf_8():
    assert authorization("1-1", "nyckel-åäö") == "Basic MS0xOm55Y2tlbC3DpcOkw7Y="


def test_a_secret_is_its_text_on_the_wire_and_nothing_in_a_repr():
    secret = Secret("hunter2")
    assert secret == "hunter2"
    assert secret.encode() == b"hunter2"
    assert str(secret) == f"{secret}" == "hunter2"
    for shown in (repr(secret), ascii(secret), f"{secret!r}", "%r" % (secret,), repr([secret])):  # noqa: UP031  # each way to a repr
        assert "hunter2" not in shown
        assert "redacted" in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol):
    with pytest.raises(TypeError, match="not pickled") as caught:
        pickle.dumps({"password": Secret("hunter2")}, protocol)
    assert "hunter2" not in str(caught.value)


def test_a_piece_of_a_secret_is_a_secret():
    # Long values are cut before they are shown, by rich for one.
    assert repr(Secret("x" * 100)[:80]) == "'[redacted]'"
    assert repr(Secret("abc")[0]) == "'[redacted]'"
