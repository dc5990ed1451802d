"""Exports of a large store."""

import os
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from measure import OCPPCTL
from servers import load, ours, running


def export(rounds, sessions=1_000_000):
    """`export-sessions` of a store with so many sessions: those of a load, copied within the store."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with running(ours(place), place) as (process, url):
            load(process, url, 100, "session", seconds=5)
        multiply(place / "store.db", sessions)
        walls = []
        for _ in range(rounds):
            start = time.monotonic()
            process = subprocess.Popen([OCPPCTL, "export-sessions", "--store", place / "store.db"],
                                       stdin=subprocess.DEVNULL, stdout=open(place / "sessions.csv", "wb"))
            _, status, usage = os.wait4(process.pid, 0)
            walls.append((time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
            assert status == 0
        rows = sum(1 for _ in open(place / "sessions.csv")) - 1
        wall, cpu, memory = sorted(walls)[len(walls) // 2]
        print(f"export-sessions: {rows} sessions in {wall:.1f} s, {cpu:.1f} s of CPU, {memory:.0f} MB of memory")


def multiply(path, wanted):
    """Copies sessions until there are so many."""
    store = sqlite3.connect(path)
    names = [row[1] for row in store.execute("PRAGMA table_info(sessions)")]
    store.execute("DELETE FROM sessions WHERE is_ended = 0")
    while (count := store.execute("SELECT count(*) FROM sessions").fetchone()[0]) < wanted:
        number, end = store.execute("SELECT max(number), max(end_sequence) FROM sessions").fetchone()
        values = {"number": f"number + {number}", "end_sequence": f"end_sequence + {end}"}
        store.execute(f"INSERT INTO sessions ({', '.join(names)}) SELECT {', '.join(values.get(n, n) for n in names)} "
                      f"FROM sessions ORDER BY number LIMIT {wanted - count}")
        store.commit()
    store.close()
