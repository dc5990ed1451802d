"""A disk that fills up: it is said, then less is stored, then charge points are asked to keep what they have.
And one that stands still."""

import json
import os
import sqlite3
import time

import pytest

from support.charge_point import ChargePoint
from support.crash import built
from support.program import CentralSystem, run


@pytest.fixture
def crowded(tmp_path):
    """A server on a disk of which the test says how many MiB are free."""
    free = tmp_path / "free"

    def leave(mebibytes):
        new = tmp_path / "free.new"
        new.write_text(str(mebibytes << 20))
        os.replace(new, free)

    leave(1000)
    (tmp_path / "serve").mkdir()
    central_system = CentralSystem(
        tmp_path / "serve", environment={"LD_PRELOAD": str(built(tmp_path)), "FREE_FILE": str(free)})
    central_system.leave = leave
    yield central_system
    central_system.close()


def meter_values(value):
    return {"connectorId": 1, "meterValue": [
        {"timestamp": "2026-03-01T10:00:00Z", "sampledValue": [{"value": str(value)}]}]}


def stored(central_system):
    rows = run("export-meter-values", "--store", central_system.store).stdout.decode().splitlines()[1:]
    return [row.rsplit(",", 1)[1] for row in rows]


def frames(central_system):
    """What is stored of raw frames."""
    with sqlite3.connect(f"file:{central_system.store}?mode=ro", uri=True) as database:
        return b"".join(row for row, in database.execute("SELECT frames FROM frame_blocks"))


def heartbeats_until(central_system, station, message):
    """Space is looked at when something is written: a heartbeat's frame is enough."""
    while not any(message in line for line in central_system.messages.lines):
        assert "currentTime" in station.ask("Heartbeat", {})


def test_less_and_less_is_stored_and_then_all_of_it_again(crowded):
    station = ChargePoint(crowded.url, "CP001")
    station.boot()
    station.ask("MeterValues", meter_values(1))
    assert not any(b"file system" in line for line in crowded.messages.lines)

    crowded.leave(150)
    heartbeats_until(crowded, station, b"store.db has 150 MiB left: make room; below 100 MiB raw frames are not stored, and "
                                       b"below 50 MiB nothing new is")
    station.ask("MeterValues", meter_values(2))

    crowded.leave(80)
    heartbeats_until(crowded, station, b"has 80 MiB left: raw frames are not stored")
    station.ask("MeterValues", meter_values(3))
    assert stored(crowded) == ["1", "2", "3"]

    crowded.leave(30)
    heartbeats_until(crowded, station, b"has 30 MiB left: nothing new is stored")
    for action, payload in [
            ("MeterValues", meter_values(4)),
            ("StartTransaction", {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})]:
        answer = station.call(action, payload)
        assert (answer[0], answer[2]) == (4, "InternalError"), answer
    assert "currentTime" in station.ask("Heartbeat", {})
    assert station.ask("Authorize", {"idTag": "T"})["idTagInfo"]["status"] == "Accepted"
    command = crowded.send("CP001", "ClearCache")
    assert command.returncode == 77
    assert b"cannot be stored: too little space" in command.stdout

    crowded.leave(500)
    heartbeats_until(crowded, station, b"has 500 MiB left: everything is stored")
    station.ask("MeterValues", meter_values(4))
    assert stored(crowded) == ["1", "2", "3", "4"]
    assert crowded.terminate() == 0
    kept = frames(crowded)
    assert [f'"value":"{n}"'.encode() in kept for n in (1, 2, 3, 4)] == [True, True, False, True]


def test_a_start_on_a_full_disk_says_so(crowded):
    assert crowded.terminate() == 0
    crowded.leave(10)
    crowded.start()
    crowded.messages.wait_for(lambda line: b"has 10 MiB left: nothing new is stored" in line, "message")
    # A charge point may boot all the same.
    ChargePoint(crowded.url, "CP001").boot()


def test_a_disk_that_stands_still_holds_up_what_has_to_be_stored_and_nothing_else(tmp_path, report):
    hold = tmp_path / "hold"
    central_system = CentralSystem(tmp_path, records="none", environment={
        "LD_PRELOAD": str(built(tmp_path)), "HOLD_FILE": str(hold)})
    try:
        waiting, live = (ChargePoint(central_system.url, identity) for identity in ("CP001", "CP002"))
        for station in (waiting, live):
            station.boot()
        hold.touch()
        waiting.send(json.dumps([2, "1", "MeterValues", meter_values(1)]))
        slowest = 0
        begin = time.monotonic()
        while time.monotonic() < begin + 2:
            before = time.monotonic()
            live.ask("Heartbeat", {})
            live.ask("Authorize", {"idTag": "T"})
            slowest = max(slowest, time.monotonic() - before)
        with pytest.raises(TimeoutError):
            waiting.receive(timeout=0)
        hold.unlink()
        assert waiting.receive() == [3, "1", {}]
        assert central_system.terminate() == 0
        assert stored(central_system) == ["1"]
        assert slowest < 0.5
        report(f"a sync of 2 s: the slowest heartbeat and authorisation of another charge point took {slowest * 1000:.0f} ms")
    finally:
        hold.unlink(missing_ok=True)
        central_system.close()


def test_zero_is_no_care(tmp_path):
    free = tmp_path / "free"
    free.write_text("0")
    central_system = CentralSystem(tmp_path, "--min-free", "0", environment={
        "LD_PRELOAD": str(built(tmp_path)), "FREE_FILE": str(free)})
    try:
        station = ChargePoint(central_system.url, "CP001")
        station.boot()
        station.ask("MeterValues", meter_values(1))
        assert central_system.terminate() == 0
        assert stored(central_system) == ["1"]
        assert not any(b"file system" in line for line in central_system.messages.lines)
    finally:
        central_system.close()
