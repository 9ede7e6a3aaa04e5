"""Which troubles with a PostgreSQL server pass, so that a wait for the right goes on after them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["connection_lost", "passes"]


def passes(error: Exception, *, reached: bool) -> bool:
    """Whether it may be different the next time: a connection that was cut, a table that is gone.

    Args:
        error: what a connection or the question ended with.
        reached: whether the server was ever reached; where it was not, its address may be wrong.
    """
    if isinstance(error, OSError) and not isinstance(
        error, (ConnectionResetError, BrokenPipeError)
    ):
        return reached
    driver: Any = import_module("asyncpg")
    if isinstance(error, (driver.InterfaceError, driver.exceptions.InternalClientError)):
        # Its connection is gone, or there is no primary; or it can't log in at all.
        return reached
    return isinstance(
        error,
        (
            ConnectionError,
            driver.PostgresConnectionError,
            driver.OperatorInterventionError,  # ended by the administrator, or not started yet
            driver.InsufficientResourcesError,  # too many connections, for one
            driver.TransactionRollbackError,  # a deadlock with whoever drops the table
            driver.UndefinedTableError,  # dropped: it is made again
            driver.InternalServerError,  # dropped in the very moment
            driver.InvalidCachedStatementError,
            driver.ReadOnlySQLTransactionError,  # no primary any more
        ),
    )


def connection_lost(error: Exception) -> bool:
    """Whether a connection was cut that had been there, rather than a statement refused."""
    driver: Any = import_module("asyncpg")
    losses = (
        *(OSError, driver.InterfaceError),
        *(driver.PostgresConnectionError, driver.OperatorInterventionError),
    )
    return isinstance(error, losses) and not isinstance(error, driver.QueryCanceledError)
