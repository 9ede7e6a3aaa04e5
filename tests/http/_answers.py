"""Answers that the tests put together, and bodies that are no JSON, each in its own way."""

from __future__ import annotations

from multidict import CIMultiDict

from sitoo_async._http.messages import Response


def answer(status, body=b"", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CIMultiDict(names), body)


BROKEN = {
    "empty": b"",
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "truncated": b'{"items": [',
    "trailing": b"true true",
    "blank": b" \r\n",
    "a mark and nothing": b"\xef\xbb\xbf",
    "plain text": b"upstream connect error",
    "xml": b'<?xml version="1.0"?><error/>',
    "not utf-8": b'"\xff\xfe"',
    "deep": b"[" * 200_000,
    "deep and closed": b"[" * 200_000 + b"]" * 200_000,
    "nan": b"NaN",
}
