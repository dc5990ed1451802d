"""`serve` is stopped at every write and every sync of a run, on a disk that forgets what was not synced.

Rows 1, 2, 3, 4, 5, 10, 50 and 53 of what must hold (docs/reliability.md). A kill alone would prove nothing about syncing: the
system keeps what a dead process wrote. So `Tests/Support/crash/crashpoint.c` takes it back, up to the last sync.
"""

import errno

import pytest

from support.crash import Run, built
from support.crash_broker import BrokerRun
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
    assert all(len(s.acknowledged) == len(s.steps) for s in broken.stations)
    assert not broken.lost() and not broken.wrong_sessions(run)
    assert broken.refused > 0


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


# What befalls the broker, and when: by the number of messages that were answered, of forty-two.
TROUBLES = [
    {4: "acknowledgements_are_lost", 8: "connections_are_cut", 14: "broker_dies", 20: "broker_lives"},
    {6: "broker_dies", 10: "broker_lives", 16: "acknowledgements_are_lost", 26: "connections_are_cut"},
    {10: "acknowledgements_are_lost", 14: "broker_dies", 24: "broker_lives"},
]


def crash_with_broker(library, folder, broker, troubles, **settings):
    """One disaster beside a broker in trouble, and what became of it; with how often something was sent again."""
    broken = BrokerRun(library, folder, broker, troubles)
    try:
        operations = broken.disaster(**settings)
        # Killed before there was a store, there is nothing to judge yet.
        faults = broken.lost() + broken.falsely_done() if any(s.acknowledged for s in broken.stations) else []
        refused = broken.refused
        broken.recovery()
        faults += broken.lost() + broken.falsely_done() + broken.undelivered() + broken.wrong_sessions(run)
        return faults, operations, refused, broken.proxy
    finally:
        broken.close()


@pytest.mark.parametrize("troubles", TROUBLES)
def test_nothing_is_lost_on_the_way_to_a_broker_in_trouble(library, tmp_path, broker, troubles):
    faults, count, _, proxy = crash_with_broker(library, tmp_path, broker, troubles)
    assert not faults
    assert proxy.swallowed and proxy.repeated, "acknowledgements were lost, and what they were for was sent again"
    for point in (count * 3 // 10, count * 6 // 10):
        faults, *_ = crash_with_broker(library, tmp_path, broker, troubles, CRASH_AT=point)
        assert not faults, f"operation {point} of {count}"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_a_disk_that_fails_beside_a_broker_in_trouble_costs_nothing(library, tmp_path, broker, error):
    faults, _, refused, _ = crash_with_broker(
        library, tmp_path, broker, TROUBLES[0], FAIL_FROM=90, FAIL_COUNT=30, FAIL_ERRNO=error)
    assert not faults
    assert refused > 0


@pytest.mark.soak
def test_nothing_is_lost_on_the_way_to_a_broker_at_any_point(library, tmp_path, broker, soak_time, report):
    """As above, at points spread over the run; before every third crash the disk fails for a while, too."""
    faults, count, _, _ = crash_with_broker(library, tmp_path, broker, TROUBLES[0])
    assert not faults
    lost = again = failures = tried = 0
    points = sorted(range(1, count + 1), key=lambda point: point * 0.6180339887 % 1)
    for point in points:
        if not soak_time():
            break
        troubles, settings = TROUBLES[tried % len(TROUBLES)], {}
        if tried // len(TROUBLES) % 3 == 2:
            settings = {"FAIL_FROM": max(1, point // 2), "FAIL_COUNT": 8, "FAIL_ERRNO": [errno.ENOSPC, errno.EIO][tried % 2]}
            failures += 1
        faults, *_, proxy = crash_with_broker(library, tmp_path, broker, troubles, CRASH_AT=point, **settings)
        assert not faults, f"operation {point} of {count}, {troubles}, {settings}"
        lost, again, tried = lost + len(proxy.swallowed), again + proxy.repeated, tried + 1
    assert tried > 0
    report(f"{tried} of {count} crash points tried, before {failures} of them the disk failed: nothing was lost; "
           f"{lost} acknowledgements were, and {again} messages reached the broker twice")
