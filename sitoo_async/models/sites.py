"""Sites: the organisations or sales channels of an account.

Reference: https://developer.sitoo.com/api-reference/sites
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET

__all__ = ["Site"]


@model
class Site(Model):
    """An organisation or sales channel of the account.

    Reference: https://developer.sitoo.com/api-reference/sites#site
    """

    protocol: Annotated[str, Mark.READ_ONLY] = UNSET
    """``http`` or ``https``."""

    server: Annotated[str, Mark.READ_ONLY] = UNSET
    """The domain."""

    abspath: Annotated[str, Mark.READ_ONLY] = UNSET
    """The path on that domain, such as ``/``."""

    siteurl: Annotated[str, Mark.READ_ONLY] = UNSET
    """The whole address, put together from the three."""

    eshopid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The number that stands for the site wherever a path or an option asks for one."""

    siteid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The old id, a GUID in braces; where a site is asked for, give `eshopid` instead."""
