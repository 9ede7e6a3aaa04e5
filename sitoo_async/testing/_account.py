"""What one account holds, and which path of the API leads to which part of it."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._catalogue import Article, articles
from sitoo_async.testing._collection import Collection, Names, Query
from sitoo_async.testing._fields import Refusal
from sitoo_async.testing._products import Products
from sitoo_async.testing._variants import get_variants, set_variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Account"]

_GUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)

_NOTHING = "Not Found. The url is invalid."


class Account:
    """The stores of one account, free of HTTP.

    Args:
        sites: the eshopids.
        seed: of the catalogue.
        clock: the server's time, in seconds since the epoch.
    """

    def __init__(self, sites: Sequence[int], seed: int, clock: Callable[[], int]) -> None:
        # "It is unique over all sites in the system": one count for all of them.
        self._productids = itertools.count(1)
        self.products = {site: Products(lambda: next(self._productids), clock) for site in sites}
        self._articles: dict[int, Iterator[Article]] = {
            site: articles(seed, site) for site in sites
        }

    def add_products(self, count: int, site: int) -> None:
        """Add the next `count` products of the site's catalogue."""
        products = self.products[site]
        names = Names(products)
        for _ in range(count):
            fields, family = next(self._articles[site])
            # A test may have added a product of its own under this sku.
            while names.owner("sku", fields["sku"]) is not None:
                fields, family = next(self._articles[site])
            key = products.new_key()
            if family is not None:
                if family.parent is None:
                    family.parent = key
                    products.groups[key] = family.groups
                fields["variantparentid"] = family.parent
            fields["similar"] = [other for other in (key - 2, key - 1) if other in products.items]
            products.insert(key, fields, names)

    def answer(self, method: str, path: Sequence[str], query: Query, body: Any) -> Any:
        """Do what a request asks for.

        Args:
            method: the HTTP method.
            path: the decoded parts of the path below the account, without ``.json``.
            query: the parameters as PHP reads them.
            body: the decoded JSON of the request.

        Returns:
            What is sent back with status 200.

        Raises:
            Refusal: anything else.
        """
        match path:
            case ["sites", site, "products"]:
                return self._collection(method, site, query, body)
            case ["sites", site, "products", productid]:
                return _item(method, self._site(site), productid, body)
            case ["sites", site, "products", productid, "productvariants"]:
                return _variants(method, self._site(site), productid, body)
            case _:
                raise Refusal(404, _NOTHING)

    def _site(self, text: str) -> Products:
        products = self.products.get(_identifier(text))
        if products is None:
            raise Refusal(404, _NOTHING)
        return products

    def _collection(self, method: str, site: str, query: Query, body: Any) -> Any:
        if method == "GET" and _GUID.fullmatch(site):
            # The deprecated siteid gives an empty result, not an error.
            return {"totalcount": 0, "items": []}
        products = self._site(site)
        if method == "GET":
            return products.list(query)
        return _called(
            method,
            {
                "POST": products.add_batch,
                "PUT": products.update_batch,
                "DELETE": products.delete_batch,
            },
            body,
        )


def _item(method: str, collection: Collection, key_text: str, body: Any) -> Any:
    key = _identifier(key_text)
    return _called(
        method,
        {
            "GET": lambda _: collection.get(key),
            "PUT": lambda sent: collection.update(key, sent),
            "DELETE": lambda _: collection.delete(key),
        },
        body,
    )


def _variants(method: str, products: Products, productid_text: str, body: Any) -> Any:
    productid = _identifier(productid_text)
    return _called(
        method,
        {
            "GET": lambda _: get_variants(products, productid),
            "PUT": lambda sent: set_variants(products, productid, sent),
        },
        body,
    )


def _identifier(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refusal(404, _NOTHING)
    return int(text)


def _called(method: str, verbs: dict[str, Callable[[Any], Any]], body: Any) -> Any:
    verb = verbs.get(method)
    if verb is None:
        raise Refusal(405, "Method Not Allowed.")
    return verb(body)
