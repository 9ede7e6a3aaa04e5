"""What a handler of events notes of each, for a test in another process.

In `calls` whenever it is begun, and in `effects`, with its id as the key, once.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


def notes_in(folder: str) -> sqlite3.Connection:
    notes = sqlite3.connect(Path(folder) / "notes.sqlite3", isolation_level=None)
    # What a killed process wrote is there all the same; only a loss of power would take it.
    notes.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF")
    notes.execute("CREATE TABLE IF NOT EXISTS calls (number INTEGER)")
    notes.execute("CREATE TABLE IF NOT EXISTS effects (event_id TEXT PRIMARY KEY, number INTEGER)")
    return notes
