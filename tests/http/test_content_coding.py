"""Compressed bodies, undone in pieces of any size, and what is left of one that breaks off."""

from __future__ import annotations

import contextlib
import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._http import content_coding
from sitoo_async._http.content_coding import ACCEPTED, DamagedError, decoder_for

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b'{"totalcount":1,"items":[{"productid":21,"title":"Blanket"}]}' * 50
PLENTY = 1 << 30


def raw_deflate(data):
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflating.compress(data) + deflating.flush()


CODINGS = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
each_coding = pytest.mark.parametrize(("coding", "compress"), CODINGS.values(), ids=list(CODINGS))


def undone(coding, body, *, size=PLENTY, most=PLENTY):
    decoder = decoder_for(coding)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    text = b"".join(decoder.feed(piece, most) for piece in pieces)
    decoder.end()
    return text


@each_coding
@pytest.mark.parametrize("size", [1, 7, PLENTY], ids=["by bytes", "by sevens", "at once"])
def test_a_whole_body_is_read_however_it_comes(coding, compress, size):
    assert undone(coding, compress(TEXT), size=size) == TEXT


@each_coding
def test_a_body_that_is_cut_off_anywhere_is_told(coding, compress):
    body = compress(TEXT)
    for length in range(1, len(body)):
        with pytest.raises(DamagedError, match=coding):
            undone(coding, body[:length])


@each_coding
def test_no_body_at_all_is_an_empty_one(coding, compress):
    assert undone(coding, b"") == b""
    assert undone(coding, compress(b"")) == b""


@each_coding
def test_what_is_not_compressed_is_told(coding, compress):
    with pytest.raises(DamagedError, match=coding):
        undone(coding, TEXT)


@each_coding
def test_no_more_comes_out_than_is_asked_for_by_much(coding, compress):
    bomb = compress(bytes(10_000_000))
    piece = decoder_for(coding).feed(bomb, 1000)
    assert 1000 <= len(piece) < 100_000


@pytest.mark.parametrize(
    ("coding", "compress"),
    [CODINGS["gzip"], CODINGS["deflate"], CODINGS["zstd"]],
    ids=["gzip", "deflate", "zstd"],
)
@pytest.mark.parametrize("size", [1, PLENTY], ids=["by bytes", "at once"])
def test_several_streams_are_one_body_and_the_last_must_end_too(coding, compress, size):
    both = compress(TEXT) + compress(b"more")
    assert undone(coding, both, size=size) == TEXT + b"more"
    with pytest.raises(DamagedError, match="cut off"):
        undone(coding, both[:-1], size=size)


def test_zeros_that_fill_up_a_block_are_no_stream():
    assert undone("gzip", gzip.compress(TEXT) + bytes(100)) == TEXT
    assert undone("gzip", gzip.compress(TEXT) + bytes(100), size=1) == TEXT


@each_coding
def test_anything_else_after_the_end_is_told(coding, compress):
    with pytest.raises(DamagedError):
        undone(coding, compress(TEXT) + b"garbage")
    with pytest.raises(DamagedError):
        undone(coding, compress(TEXT) + b"garbage", size=1)


@pytest.mark.parametrize("at", [-8, -4], ids=["checksum", "length"])
def test_a_wrong_checksum_or_length_is_told(at):
    body = bytearray(gzip.compress(TEXT))
    body[at] ^= 1
    with pytest.raises(DamagedError, match="check"):
        undone("gzip", bytes(body))


@pytest.mark.parametrize(
    "coding", [None, "", "identity", "utf-8", "gzip, gzip", "compress", "exi"], ids=str
)
def test_a_body_without_a_coding_that_is_known_is_taken_as_it_is(coding):
    assert decoder_for(coding) is None


@pytest.mark.parametrize("coding", ["GZIP", " gzip ", "Gzip"], ids=["upper", "spaces", "title"])
def test_a_coding_is_known_in_any_case(coding):
    assert undone(coding, gzip.compress(TEXT)) == TEXT


def test_only_what_can_be_undone_is_asked_for():
    assert ACCEPTED == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("needed", "modules"),
    [
        ("Decompressor.process", ["no_such_module"]),
        ("Decompressor.bounds_what_comes_out", ["brotli"]),
        ("NoSuchClass.process", ["brotli"]),
    ],
    ids=["not installed", "too old", "something else"],
)
def test_a_library_that_can_not_do_it_is_not_used(needed, modules):
    assert content_coding._first_of(needed, *modules) is None
    assert content_coding._first_of("Decompressor.process", *modules, "brotli") is brotli


@given(
    data=st.binary(max_size=5000),
    coding=st.sampled_from(sorted(CODINGS)),
    size=st.integers(1, 600),
    cut=st.integers(0, 50),
)
def test_law_a_body_is_read_whole_or_told(data, coding, size, cut):
    name, compress = CODINGS[coding]
    body = compress(data)
    assert undone(name, body, size=size) == data
    if 0 < cut < len(body):
        with pytest.raises(DamagedError):
            undone(name, body[:-cut], size=size)


@given(data=st.binary(max_size=300), coding=st.sampled_from(sorted(CODINGS)))
def test_law_bytes_of_any_kind_are_read_or_told(data, coding):
    decoder = decoder_for(CODINGS[coding][0])
    with contextlib.suppress(DamagedError):
        decoder.feed(data, 1000)
        decoder.end()
