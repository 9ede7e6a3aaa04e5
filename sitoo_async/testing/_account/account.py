"""What one account holds, and what a request does with it, free of HTTP."""

from __future__ import annotations

import collections
import contextlib
import pickle
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._account.catalogue import Article, articles
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.keyed import Rows
from sitoo_async.testing._account.places import CLASSES
from sitoo_async.testing._account.products import Products
from sitoo_async.testing._account.services_v3 import ServicesV3
from sitoo_async.testing._account.world import World, build
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.parameters import Query, parameters
from sitoo_async.testing._reference.routes import NOTHING, Route, is_guid, route
from sitoo_async.testing._reference.routes_v3 import service_at
from sitoo_async.testing._reference.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from sitoo_async.testing._reference.facts import Operation
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["Account"]

# The deprecated siteid gives an empty result, not an error.
_EMPTY: Mapping[str, Any] = {"envelope": {"totalcount": 0, "items": []}, "array": []}

# "Returns the added Service Order object" with 201, and the same for a custom metric; all other
# pages print 200.
_CREATED = frozenset({"addServiceOrder", "addCustomMetric"})

# A catalogue of products needs no more than these.
_BEFORE_THE_WORLD = frozenset({"/sites/{}/products", "/sites/{}/productgroups"})


class Account:
    """The stores of one account.

    Args:
        sites: the eshopids.
        seed: of the catalogue and of the rest of the world.
        clock: the server's time, in seconds since the epoch.
        world: how much of everything the account holds, products aside.
        wrapped_gift_cards: whether a gift card comes wrapped when it is read, too.

    Attributes:
        tell: who is told of events; None: nobody.
    """

    def __init__(
        self,
        sites: Sequence[int],
        seed: int,
        clock: Callable[[], int],
        world: World | None = None,
        *,
        wrapped_gift_cards: bool = False,
    ) -> None:
        self.sites = tuple(sites)
        self.seed = seed
        self.wrapped_gift_cards = wrapped_gift_cards
        self.tell: Callable[[str, Item], object] | None = None
        self._clock = clock
        self._moment: int | None = None
        self._world = World() if world is None else world
        self._built = False
        self._building = False
        self._v3: ServicesV3 | None = None
        # "It is unique over all sites in the system": one count for all of them.
        self._numbers = collections.Counter[str]()
        self._places: dict[tuple[str, tuple[Any, ...]], Collection] = {}
        self._shared: dict[str, dict[Any, Item]] = collections.defaultdict(dict)
        self._articles: dict[int, Iterator[Article]] = {
            site: articles(seed, site) for site in sites
        }

    # What happens.

    def happened(self, event_type: str, data: Item) -> None:
        """Tell of what has changed, unless it belongs to what the account holds from the start."""
        if self.tell is not None and not self.is_seeding:
            self.tell(event_type, data)

    # The stores.

    def now(self) -> int:
        """The server's time, or the moment of what is being seeded."""
        return self._clock() if self._moment is None else self._moment

    @contextlib.contextmanager
    def at(self, moment: int) -> Generator[None]:
        """Let the clock show `moment`, for what is said to have happened then."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    @property
    def is_seeding(self) -> bool:
        """Whether what happens belongs to what the account holds from the start."""
        return self._moment is not None or self._building

    def next_number(self, name: str) -> int:
        """The next identifier of the kind `name`; one count for the whole account."""
        self._numbers[name] += 1
        return self._numbers[name]

    def place(self, name: str, *scope: Any) -> Collection:
        """The collection at a place, such as ``/sites/{}/orders`` with the scope ``(1,)``."""
        if not self._built and name not in _BEFORE_THE_WORLD:
            self._built = self._building = True
            build(self, self._world)
            self._building = False
        found = self._places.get((name, scope))
        if found is None:
            found = CLASSES.get(name, Collection)(table(name), self, scope)
            self._places[name, scope] = found
        return found

    def places(self, name: str, *scope: Any) -> list[Collection]:
        """The collections of one name whose scope begins with `scope`."""
        inner = (key[1] for key in self._places if key[0] == name)
        return [self._places[name, each] for each in sorted(inner) if each[: len(scope)] == scope]

    def saved(self) -> bytes:
        """All that was stored since the account had nothing but products."""
        stores = {
            key: {name: getattr(place, name) for name in place.kept}
            for key, place in self._places.items()
            if key[0] not in _BEFORE_THE_WORLD
        }
        numbers = {name: last for name, last in self._numbers.items() if name != "productid"}
        # In one piece, so that what is one object in two places stays one.
        return pickle.dumps((numbers, dict(self._shared), stores))

    def restore(self, saved: bytes) -> None:
        """Store the same in another account, which has nothing but products."""
        numbers, shared, stores = pickle.loads(saved)  # noqa: S301  # our own bytes
        self._numbers.update(numbers)
        self._shared.update(shared)
        for (name, scope), kept in stores.items():
            place = self.place(name, *scope)
            for attribute, value in kept.items():
                setattr(place, attribute, value)

    def shared(self, name: str) -> dict[Any, Item]:
        """The store of what all sites share, such as ``"users"``."""
        return self._shared[name]

    def products(self, site: int) -> Products:
        """The products of a site."""
        return cast("Products", self.place("/sites/{}/products", site))

    def add_products(self, count: int, site: int) -> None:
        """Add the next `count` products of the site's catalogue."""
        products = self.products(site)
        products.begin()
        for _ in range(count):
            fields, family = next(self._articles[site])
            # A test may have added a product of its own under this sku.
            while products.names.owner("sku", fields["sku"]) is not None:
                fields, family = next(self._articles[site])
            key = products.new_key({})
            if family is not None:
                if family.parent is None:
                    family.parent = key
                    products.groups[key] = family.groups
                fields["variantparentid"] = family.parent
            fields["similar"] = [other for other in (key - 2, key - 1) if other in products.items]
            products.insert(key, fields)

    @property
    def v3(self) -> ServicesV3:
        """The v3 services, made when they are first asked for."""
        if self._v3 is None:
            self._v3 = ServicesV3(self)
        return self._v3

    def put_in(self, path: str, item: Item) -> Any:
        """Add an item to the collection at `path`, or set it there, as a request would."""
        service, below = service_at(path.strip("/").split("/"))
        try:
            if service is not None:
                return self.v3.put_in(service, below, item)
            return self._put_in(path, item)
        except Refusal as refusal:
            if service is not None and refusal.statuscode == HTTPStatus.NOT_FOUND:
                raise KeyError(path) from None
            raise ValueError(refusal.errortext) from None

    def _put_in(self, path: str, item: Item) -> Any:
        place = self._collection_at(path)
        place.begin()
        put = place.update_named if isinstance(place, Rows) else place.add
        return put(item, {})

    def items(self, path: str) -> dict[Any, Item]:
        """The live store of the collection at `path`."""
        service, below = service_at(path.strip("/").split("/"))
        if service is not None:
            return self.v3.items(service, below)
        return self._collection_at(path).items

    def _collection_at(self, path: str) -> Collection:
        try:
            found = route(path.removesuffix(".json").strip("/").split("/"))
            place, key = self.locate(found)
        except Refusal:
            raise KeyError(path) from None
        if key is not None:
            raise ValueError(f"{path} is one item: leave out its key")
        return place

    # The requests.

    def answer(self, method: str, path: Sequence[str], query: Query, body: Any) -> tuple[int, Any]:
        """Do what a request asks for.

        Args:
            method: the HTTP method.
            path: the decoded parts of the path below the account, without ``.json``.
            query: the parameters as PHP reads them.
            body: the decoded JSON of the request.

        Returns:
            The status, and what is sent back with it.

        Raises:
            Refusal: anything else.
        """
        found = route(path)
        operation = found.methods.get(method)
        if _is_of_guid(found) and operation is not None and operation.returns in _EMPTY:
            return 200, _EMPTY[operation.returns]
        if not found.methods:
            raise Refusal(404, NOTHING)
        place, key = self.locate(found)
        if operation is None:
            raise Refusal(405, "Method Not Allowed.")
        place.begin()
        asked = parameters(operation, query)
        if method == "GET":
            value = _read(operation, place, key, asked)
        else:
            value = _write(operation, place, key, asked, body)
        return 201 if operation.name in _CREATED else 200, value

    def locate(self, found: Route) -> tuple[Collection, Any]:
        """The place that a route leads to, and the key of the item, if it names one.

        Raises:
            Refusal: 404, something on the way does not exist.
        """
        values = found.values()
        key = values.pop() if found.has_key else None
        prefix = ""
        scope: list[Any] = []
        for part in found.place.strip("/").split("/"):
            if part == "{}":
                value = values[len(scope)]
                if not self._has(prefix, scope, value):
                    raise Refusal(404, NOTHING)
                scope.append(value)
            prefix += f"/{part}"
        return self.place(found.place, *scope), key

    def _has(self, place: str, scope: Sequence[Any], key: Any) -> bool:
        return key in self.sites if place == "/sites" else self.place(place, *scope).has(key)


def _is_of_guid(found: Route) -> bool:
    return found.place.startswith("/sites/{}") and is_guid(found.parameters[0][0])


def _read(operation: Operation, place: Collection, key: Any, asked: Parameters) -> Any:
    if operation.returns == "envelope":
        return place.list(asked)
    if operation.returns == "array":
        return place.list(asked)["items"]
    return place.get(key, asked)


def _write(
    operation: Operation,
    place: Collection,
    key: Any,
    asked: Parameters,
    body: Any,
) -> Any:
    write = _verb(operation, place, key, asked)

    def written(sent: Any) -> Any:
        key = write(sent)
        if operation.returns in {"object", "array"}:
            return place.shown(key)
        return key if operation.returns.startswith("id") else True

    if operation.body == "values":
        return written(_array(body))
    if operation.returns == "array":
        return [written(sent) for sent in _array(body)]
    if operation.body == "objects" and isinstance(body, list):
        place.check_batch(_array(body))
        return [_result(written, sent) for sent in _array(body)]
    return written(body)


def _verb(
    operation: Operation,
    place: Collection,
    key: Any,
    asked: Parameters,
) -> Callable[[Any], Any]:
    match operation.method, operation.body:
        case "POST", _:
            return lambda sent: place.add(sent, asked)
        case "PUT", "objects":
            return lambda sent: place.update_named(sent, asked)
        case "PUT", _:
            return lambda sent: place.update(key, sent, asked)
        case _, None:
            return lambda _: place.delete(key, asked)
        case _:
            return lambda sent: place.delete_named(sent, asked)


def _array(body: Any) -> Sequence[Any]:
    if not isinstance(body, list):
        raise Refusal(400, "Invalid input, an array was expected.")
    return cast("Sequence[Any]", body)


def _result(work: Callable[[Any], Any], sent: Any) -> dict[str, Any]:
    # "Not a transaction where all will fail or succeed."
    try:
        return {"statuscode": 200, "return": work(sent)}
    except Refusal as refusal:
        return refusal.as_object()
