"""Whatever comes as a batch: nothing raises, nothing is lost, and what is sound is told apart."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async.spi.events.batch import _split, letters_of

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
elements = st.dictionaries(st.text(), values, max_size=3) | st.fixed_dictionaries(
    {"event_id": st.text(), "event_type": st.text(), "data": values}
)


@settings(settings.get_profile("brief"))
@given(st.lists(elements, min_size=1, max_size=5), st.booleans())
def test_each_element_is_kept_as_it_came(rows, ascii_only):
    body = json.dumps(rows, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    texts = [
        json.dumps(row, ensure_ascii=ascii_only).encode(errors="surrogatepass") for row in rows
    ]
    assert [letter.body for letter in letters_of(body)] == texts
    assert [part for part in _split(body) if part] == texts


def _solid(text: bytes) -> bytes:
    """What is neither a blank, nor a comma or bracket that parts elements."""
    return re.sub(rb"[\s,\[\]{}\xef\xbb\xbf\x00]", b"", text)


@given(st.binary(max_size=60) | st.text(alphabet='[]{},:"\\ a1', max_size=60).map(str.encode))
def test_whatever_comes_nothing_raises_and_nothing_is_lost(body):
    letters = letters_of(body)
    assert b"".join(_solid(letter.body) for letter in letters) == _solid(body)
    assert len({letter.event_id for letter in letters}) == len({each.body for each in letters})
