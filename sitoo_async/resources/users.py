"""The calls about users, of one or of many.

Reference: https://developer.sitoo.com/api-reference/users
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Final, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.users import User, UserField, UserFields
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._collection import selected
from sitoo_async.resources._items import accepted, added_text
from sitoo_async.resources._operation import Operation, performs

__all__ = ["UserFilters", "UserUpdate", "Users"]

_ONE: Final = "/sites/{siteid}/users/{userid}.json"

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two users.
_LIST: Final = Operation("GET", "/sites/{siteid}/users.json", repeatable=True)
_ADD: Final = Operation(
    "POST", "/sites/{siteid}/users.json", repeatable=False, tells_apart=("email",)
)
_UPDATE_MANY: Final = Operation("PUT", "/sites/{siteid}/users.json", repeatable=True)
_GET: Final = Operation("GET", _ONE, repeatable=True, texts=("userid",))
_UPDATE: Final = Operation("PUT", _ONE, repeatable=True, texts=("userid",), many=_UPDATE_MANY)
_DELETE: Final = Operation("DELETE", _ONE, repeatable=True, texts=("userid",))


class UserFilters(TypedDict, total=False):
    """What `Users.list` filters on."""

    email: str
    """Only the user with this email address."""
    customernumber: str
    """Only users with this customer number."""
    personalid: str
    """Only users with this personal identity number."""
    mobile: str
    """Only users with this mobile number."""
    userid: Sequence[str]
    """Only these users; the ids are GUIDs in braces."""


class UserUpdate(UserFields, total=False):
    """An item of `Users.update_many`: the fields to set, and which user it is."""

    userid: str


class Users(Resource):
    """The users of the account.

    A userid is a GUID in braces, ``"{102DC4AA-2C19-3177-6AB2-435CB3A46499}"``, and the braces
    belong to it.

    Reference: https://developer.sitoo.com/api-reference/users
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[UserField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[UserFilters],
    ) -> Paginator[User]:
        """Walk the users: ``async for`` gives each, ``await`` the first page.

        `externalid`, `role`, `mobile` and most other fields come only where `fields` asks for
        them.

        Args:
            fields: the fields to fetch; left out, Sitoo's default seven come.
            start: the index of the first user, counted from 0.
            page_size: users per request, 1 to 100,000.
            filters: see `UserFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty or bare-string `userid`, a
                `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/users#get-users
        """
        return self._list(
            _LIST,
            {},
            User,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=UserFilters,
            fields=fields,
            identifier="userid",
        )

    @performs(_GET)
    async def get(self, userid: str, /, *, fields: Sequence[UserField] | None = None) -> User:
        """Fetch one user.

        Args:
            userid: a GUID in braces.
            fields: the fields to fetch; left out, all of them come.

        Raises:
            InvalidInputError: an unknown field, or no text for a userid; nothing was sent.
            NotFoundError: there is no such user.

        Reference: https://developer.sitoo.com/api-reference/users#get-user
        """
        query = selected(User, fields)
        return await self._get(_GET, {"userid": userid}, User, query=query)

    @performs(_ADD)
    async def add(self, item: User | None = None, /, **values: Unpack[UserFields]) -> str:
        """Add a user, given as a model or by keywords; `email` is required, and unique.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new userid, a GUID in braces.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/users#batch-add-users
        """
        return await self._add(_ADD, {}, User, item, values, read=added_text)

    @performs(_ADD)
    def add_many(
        self,
        items: Iterable[User | UserFields] | AsyncIterable[User | UserFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[str]:
        """Add users in chunks; each outcome's `value` is the new userid.

        Not repeatable: where the answer to a chunk is lost, its outcomes say so.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: users per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/users#batch-add-users
        """
        return self._many(
            "add", _ADD, {}, User, items, read=added_text, chunk_size=chunk_size, invalid=invalid
        )

    @performs(_UPDATE)
    async def update(
        self, userid: str, item: User | None = None, /, **values: Unpack[UserFields]
    ) -> bool:
        """Set fields of a user and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such user.

        Reference: https://developer.sitoo.com/api-reference/users#update-user
        """
        return await self._update(_UPDATE, {"userid": userid}, User, item, values)

    @performs(_UPDATE_MANY)
    def update_many(
        self,
        items: Iterable[User | UserUpdate] | AsyncIterable[User | UserUpdate],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Update users in chunks; each item names its `userid`.

        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: users per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/users#batch-update-users
        """
        return self._many(
            "update",
            _UPDATE_MANY,
            {},
            User,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE)
    async def delete(self, userid: str, /) -> bool:
        """Delete a user. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such user.

        Reference: https://developer.sitoo.com/api-reference/users#delete-user
        """
        return await self._delete(_DELETE, {"userid": userid})
