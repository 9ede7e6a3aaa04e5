"""Reason codes: why stock moved, or why something was done in the POS.

Reference: https://developer.sitoo.com/api-reference/reason-codes
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, text_like
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["ReasonCode", "ReasonCodeField", "ReasonCodeFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.reason_codes import ReasonCodeField, ReasonCodeFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class ReasonCode(Model):
    """A reason to choose from, shared by all sites of the account.

    Reference: https://developer.sitoo.com/api-reference/reason-codes#reasoncode
    """

    reasoncodeid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when it is added."""

    type: Annotated[int, Mark.REQUIRED] = UNSET
    """What it is a reason for, such as 10 or 20; a reasoncodetype of the reference."""

    reasoncode: Annotated[str, text_like(r".{0,32}", "at most 32 characters"), Mark.REQUIRED] = (
        UNSET
    )
    """The code itself, of at most 32 characters."""

    name: Annotated[str, text_like(r".{0,64}", "at most 64 characters")] = UNSET
    """What the staff reads, at most 64 characters."""
