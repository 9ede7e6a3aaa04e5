"""The use of influencers' codes.

Reference: https://developer.sitoo.com/api-reference/influencer-vouchers
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, Unpack

from sitoo_async._codec.codec import writable
from sitoo_async.models.influencer_vouchers import (
    InfluencerVoucher,
    InfluencerVoucherTransaction,
    InfluencerVoucherTransactionFields,
    InfluencerVoucherTransactionResponse,
)
from sitoo_async.resources._base import Resource
from sitoo_async.resources._items import one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = ["InfluencerVoucherTransactions", "InfluencerVouchers"]

_GET: Final = Operation(
    "GET",
    "/sites/{siteid}/influencervouchers/{influencercode}.json",
    repeatable=True,
    texts=("influencercode",),
)
# Each transaction counts as one more use.
_ADD_TRANSACTION: Final = Operation(
    "POST",
    "/sites/{siteid}/influencervouchers/{influencercode}/transactions.json",
    repeatable=False,
    texts=("influencercode",),
)
# It takes back the one transaction that it names, once.
_DELETE_TRANSACTION: Final = Operation(
    "DELETE",
    "/sites/{siteid}/influencervouchers/{influencercode}/transactions/{transactionid}.json",
    repeatable=True,
    texts=("influencercode", "transactionid"),
)


class InfluencerVouchers(Resource):
    """The codes of influencers as they are used, each named by its own text.

    Reference: https://developer.sitoo.com/api-reference/influencer-vouchers
    """

    @cached_property
    def transactions(self) -> InfluencerVoucherTransactions:
        """The purchases with a code."""
        return InfluencerVoucherTransactions(self._session, self.options, self.site)

    @performs(_GET)
    async def get(self, influencercode: str, /) -> InfluencerVoucher:
        """Fetch what a code unlocks, and whether it can be used now.

        Raises:
            InvalidInputError: no text for a code; nothing was sent.
            NotFoundError: there is no such code.

        Reference:
        https://developer.sitoo.com/api-reference/influencer-vouchers#get-influencer-voucher
        """
        return await self._get(_GET, {"influencercode": influencercode}, InfluencerVoucher)


class InfluencerVoucherTransactions(Resource):
    """The purchases with an influencer's code.

    Reference: https://developer.sitoo.com/api-reference/influencer-vouchers
    """

    @performs(_ADD_TRANSACTION)
    async def add(
        self,
        influencercode: str,
        item: InfluencerVoucherTransaction | None = None,
        /,
        **values: Unpack[InfluencerVoucherTransactionFields],
    ) -> InfluencerVoucherTransactionResponse:
        """Tell of a purchase with a code, given as a model or by keywords.

        `moneyordertotal`, `moneyinfluencertotal`, `moneyinfluencerdiscount` and `currencycode` are
        required. Not repeatable: it would count twice. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The transactionid, by which the transaction can be taken back.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.
            NotFoundError: there is no such code.

        Reference:
        https://developer.sitoo.com/api-reference/influencer-vouchers#add-influencer-voucher-transaction
        """
        given = one_item(InfluencerVoucherTransaction, item, values)
        return await self._write_item(
            _ADD_TRANSACTION,
            {"influencercode": influencercode},
            writable(InfluencerVoucherTransaction, given, required=True),
            InfluencerVoucherTransactionResponse,
        )

    @performs(_DELETE_TRANSACTION)
    async def delete(self, influencercode: str, transactionid: str, /) -> bool:
        """Take a transaction back, as when the purchase came to nothing. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            InvalidInputError: no text for a code or a transactionid; nothing was sent.
            NotFoundError: there is no such transaction.

        Reference:
        https://developer.sitoo.com/api-reference/influencer-vouchers#delete-influencer-voucher-transaction
        """
        at = {"influencercode": influencercode, "transactionid": transactionid}
        return await self._delete(_DELETE_TRANSACTION, at)
