"""What nobody foresaw: an exception that is not ours, such as a fault of this library itself.

Whoever waits is told all the same, by an error of ours; and it is logged, once, as a fault to be
reported. Only an `Exception`: a cancellation or a KeyboardInterrupt goes its way.
"""

from __future__ import annotations

import logging

from sitoo_async._checks.show import told
from sitoo_async.errors import Sent, SitooError

__all__ = ["unforeseen"]

logger = logging.getLogger("sitoo_async")


def unforeseen(error: Exception, doing: str, *, sent: Sent) -> SitooError:
    """Log an exception with its traceback, and make an error of ours that it is the cause of.

    Args:
        error: the exception.
        doing: what was done meanwhile, for the texts.
        sent: whether the server may have done the work.
    """
    logger.error("%s: an exception that nobody foresaw, %s", doing, told(error), exc_info=error)
    mine = SitooError(f"an exception that nobody foresaw, {told(error)}", sent=sent)
    mine.__cause__ = error
    return mine
