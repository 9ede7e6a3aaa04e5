"""The calls about the payment types of a POS.

Reference: https://developer.sitoo.com/api-reference/pos-payment-types
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.pos_payment_types import (
    PosPaymentType,
    PosPaymentTypeField,
    PosPaymentTypeFields,
)
from sitoo_async.resources._base import Resource
from sitoo_async.resources._items import accepted, added_id, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["PosPaymentTypes"]

_PATH: Final = "/sites/{site_id}/pospaymenttypes.json"
_ITEM: Final = "/sites/{site_id}/pospaymenttypes/{pos_payment_type_id}.json"
_LIST: Final = Operation("GET", _PATH, repeatable=True)
_ADD: Final = Operation("POST", _PATH, repeatable=False)
_GET: Final = Operation("GET", _ITEM, repeatable=True)
# Nobody has seen what they answer.
_UPDATE: Final = Operation(
    "PUT", _ITEM, repeatable=True, evidence="inferred", confidence="high", ignored=True
)
_DELETE: Final = Operation(
    "DELETE", _ITEM, repeatable=True, evidence="inferred", confidence="high", ignored=True
)


class PosPaymentTypes(Resource):
    """The POS payment types of a site.

    Reference: https://developer.sitoo.com/api-reference/pos-payment-types
    """

    @performs(_LIST)
    def list(
        self, *, fields: Sequence[PosPaymentTypeField] | None = None
    ) -> Paginator[PosPaymentType]:
        """Walk the payment types in the order of `sortorder`; they come whole, in one page.

        Args:
            fields: the fields to fetch; left out, all come.

        Raises:
            InvalidInputError: an unknown field.

        Reference: https://developer.sitoo.com/api-reference/pos-payment-types#get-pos-payment-types
        """
        return self._whole(_LIST, {}, PosPaymentType, fields=fields, bare=True)

    @performs(_GET)
    async def get(self, pos_payment_type_id: int, /) -> PosPaymentType:
        """Fetch one payment type, by its paymenttypeid.

        Raises:
            NotFoundError: there is no such payment type on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-payment-types#get-pos-payment-type
        """
        return await self._get(_GET, {"pos_payment_type_id": pos_payment_type_id}, PosPaymentType)

    @performs(_ADD)
    async def add(
        self, item: PosPaymentType | None = None, /, **values: Unpack[PosPaymentTypeFields]
    ) -> int:
        """Add a payment type; `paymentmethodid` and `name` are required.

        Not repeatable: added twice, there are two of them.

        Returns:
            The new paymenttypeid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/pos-payment-types#add-pos-payment-type
        """
        return await self._add(_ADD, {}, PosPaymentType, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self,
        pos_payment_type_id: int,
        item: PosPaymentType | None = None,
        /,
        **values: Unpack[PosPaymentTypeFields],
    ) -> bool:
        """Set fields of a payment type and leave all others as they are.

        Inferred: the reference names this operation, and no page that is known prints it.
        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such payment type on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-payment-types
        """
        # The path calls the paymenttypeid by another name than the object does.
        payload = update(PosPaymentType, item, values, {"paymenttypeid": pos_payment_type_id})
        at = {"pos_payment_type_id": pos_payment_type_id}
        return await self._write(_UPDATE, at, payload, accepted)

    @performs(_DELETE)
    async def delete(self, pos_payment_type_id: int, /) -> bool:
        """Delete a payment type.

        Inferred: the reference names this operation, and no page that is known prints it.
        Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such payment type on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-payment-types
        """
        return await self._delete(_DELETE, {"pos_payment_type_id": pos_payment_type_id})
