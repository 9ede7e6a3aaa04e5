"""Product Recommendations: which products the POS shows beside one, similar or going with it.

What is known of SPI Product Recommendations is its page: its one operation is printed with every
field. The codes of errors are taken to be those of SPI RFID.

Once the interface is switched on, it takes precedence over the POS's other recommendations. Skus
that the POS doesn't have in its own database are not shown.

Statuses: 201, 400, 401, 403, 500 and 502. Basic authentication is optional but highly recommended.
The headers Store-ID, Staff-ID, Register-ID and Request-ID come with each request, see `Call`. An
answer is due within a second.

Reference: the page Product Recommendations of SPI Product Recommendations,
https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import elsewhere, known
from sitoo_async._codec.kinds import TEXT, ListOf, Mark, text_like
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import BY_FIELD
from sitoo_async.spi._core.service import Service

__all__ = ["ProductRecommendations", "ProductRecommendationsService", "Recommendations"]

elsewhere("spi-product-recommendations", "ErrorMessage", "inferred", "sitoo_async.spi.Refusal")
elsewhere("spi-product-recommendations", "ErrorCode", "inferred", "sitoo_async.spi.Refusal.code")

_Id = Annotated[str, text_like(r".{1,128}", "1 to 128 characters")]
_Sku = Annotated[str, text_like(r".{0,128}", "at most 128 characters")]
_Skus = Annotated[list[str], ListOf(TEXT, at_most=64)]


@known("spi-product-recommendations", "Recommendations", "documented")
@model
class Recommendations(Model):
    """The skus of what is recommended, at most 64 of each sort; more are refused before they go."""

    similar: _Skus = UNSET
    """Products that might be bought instead."""

    related: _Skus = UNSET
    """Products that go with it."""

    accessories: _Skus = UNSET
    """What belongs to it."""


@known("spi-product-recommendations", "ProductRecommendations", "documented")
@model
class ProductRecommendations(Model):
    """A product in a cart, and in an answer what is recommended beside it."""

    id: Annotated[_Id, Mark.REQUIRED] = UNSET
    """The id of the cart, 1 to 128 characters; the answer repeats it."""

    sku: Annotated[_Sku, Mark.REQUIRED] = UNSET
    """The sku of the product, at most 128 characters; the answer repeats it."""

    crm_channel_id: Annotated[str, Mark.WRITE_ONLY] = UNSET
    """Which CRM the customer is in; only in a request."""

    customer_id: Annotated[str, Mark.WRITE_ONLY] = UNSET
    """The customer; only in a request."""

    recommendations: Annotated[Recommendations, Mark.READ_ONLY] = UNSET
    """What is recommended; only in an answer."""


class ProductRecommendationsService(
    Service, interface="spi-product-recommendations", errors=BY_FIELD
):
    """What a service of recommendations answers; derive from it, and write the operation.

    Reference: SPI Product Recommendations, https://developer.sitoo.com
    """

    @operation(
        "Create Product Recommendations",
        "POST",
        "/product-recommendations",
        status=201,
        evidence="documented",
    )
    async def create_product_recommendations(
        self, product: ProductRecommendations, /, *, call: Call
    ) -> ProductRecommendations:
        """Recommend products beside one.

        Args:
            product: the cart, the product, and the customer if there is one.
            call: what the request tells beside it.

        Returns:
            The id and the sku of the request with the `recommendations`: at most 64 skus of each
            sort.
        """
        raise NotImplementedError
