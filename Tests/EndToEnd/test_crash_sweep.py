"""`serve` is stopped at every write and every sync of a run, on a disk that forgets what was not synced.

Rows 1, 2, 4, 5, 10 and 53 of what must hold (docs/reliability.md). A kill alone would prove nothing about syncing: the
system keeps what a dead process wrote. So `Tests/Support/crash/crashpoint.c` takes it back, up to the last sync.
"""

import errno

import pytest

from support.crash import Run, built
from support.program import run

# Of the points of one run, so many are tried by `make test`; `make soak` tries all, for other loads, too.
FEW = 12


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return built(tmp_path_factory.mktemp("crash"))


def operations_of_a_run(library, folder, **load):
    whole = Run(library, folder, **load)
    count = whole.disaster()
    assert not whole.lost()
    return count


def crash(library, folder, point, **load):
    """One crash and what became of it: faults, empty where nothing is lost."""
    broken = Run(library, folder, **load)
    broken.disaster(CRASH_AT=point)
    acknowledged = sum(len(s.acknowledged) for s in broken.stations)
    faults = broken.lost() if acknowledged else []
    broken.recovery()
    return faults + broken.lost() + broken.wrong_sessions(run)


def test_nothing_acknowledged_is_lost_at_some_points(library, tmp_path):
    count = operations_of_a_run(library, tmp_path)
    assert count > 100, "a run has many writes"
    for point in sorted({1 + n * (count - 1) // (FEW - 1) for n in range(FEW)}):
        assert not crash(library, tmp_path, point), f"operation {point} of {count}"


def test_without_syncs_the_sweep_finds_losses(library, tmp_path):
    """The proof is one: with the defence switched off, acknowledged messages are missing."""
    count = operations_of_a_run(library, tmp_path, stations=2)
    found = 0
    for point in (count * 5 // 10, count * 7 // 10, count * 9 // 10):
        broken = Run(library, tmp_path, stations=2)
        broken.disaster(CRASH_AT=point, CRASH_NO_SYNC=1)
        try:
            found += bool(broken.lost())
        except Exception:
            found += 1  # Not even a store is left.
    assert found


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_a_disk_that_fails_for_a_while_costs_nothing(library, tmp_path, error):
    """Charge points get a CALLERROR, send again, and the rows land."""
    broken = Run(library, tmp_path)
    broken.disaster(FAIL_FROM=90, FAIL_COUNT=12, FAIL_ERRNO=error)
    assert broken.refused > 0
    assert all(len(s.acknowledged) == len(s.steps) for s in broken.stations)
    assert not broken.lost() and not broken.wrong_sessions(run)


@pytest.mark.soak
@pytest.mark.parametrize("load", [
    {"stations": 1, "sessions": 3, "meter_values": 4}, {"stations": 3}, {"stations": 5, "sessions": 2, "meter_values": 6},
], ids=["one", "three", "five"])
def test_nothing_acknowledged_is_lost_at_any_point(library, tmp_path, load, soak_time, report):
    """Every point, where there is time for all; else as many as there is time for, spread over the run."""
    count = operations_of_a_run(library, tmp_path, **load)
    # Consecutive multiples of the golden ratio leave no gap long unfilled.
    points = sorted(range(1, count + 1), key=lambda point: point * 0.6180339887 % 1)
    tried = 0
    for point in points:
        if not soak_time():
            break
        assert not crash(library, tmp_path, point, **load), f"operation {point} of {count}"
        tried += 1
    assert tried > 0
    report(f"{tried} of {count} crash points tried, nothing acknowledged was lost")
