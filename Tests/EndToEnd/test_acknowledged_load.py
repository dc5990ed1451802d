"""Under load, killed and stopped again and again: what was acknowledged is in the store once, and published.

Rows 1, 2 and 53 of what must hold; over a million messages in `make soak`.
"""

import json
import os
import sqlite3
import subprocess
import time

import pytest

from support.load import METER_VALUES, STEPS, Load
from support.program import CentralSystem, environment, fastest

MILLION = 1_000_000
# Ten a second, for twice as long as a publisher waits for an acknowledgement.
LOOKS = 1_200


def check(folder, charge_points, until, kills, goes_on=lambda: True, broker=None):
    """So many messages to a server that is killed or stopped so many times meanwhile; how many, of how many seconds."""
    load = Load(charge_points)
    flags = []
    if broker:
        flags = ["--dojot", folder / "dojot.json"]
        devices = {charge_point.identity: f"{number:06x}" for number, charge_point in enumerate(load.charge_points)}
        flags[1].write_text(json.dumps({"tenant": "admin", "mqtt": broker.address, "devices": devices}))
    begin = time.monotonic()
    server = CentralSystem(folder, *flags, records="none", binary=fastest())
    starts = []
    try:
        for number in range(1, kills + 1):
            share = until * number // (kills + 1)
            # Killed, told to stop, killed, ...
            stop = server.kill if number % 2 else server.terminate
            load.run(server.url, lambda count: count < share and goes_on(), kill=stop)
            before = time.monotonic()
            server.start()
            starts.append(time.monotonic() - before)
        load.run(server.url, lambda count: count < until and goes_on())
        seconds = time.monotonic() - begin
        if broker:
            wait_until_published(server)
        assert server.terminate() == 0
    finally:
        server.close()

    assert all(charge_point.refused == 0 for charge_point in load.charge_points)
    with sqlite3.connect(f"file:{server.store}?mode=ro", uri=True) as store:
        faults = load.not_kept_once(store.execute("SELECT kind, charge_point, transaction_id, payload FROM events"))
    assert not faults, f"{len(faults)} of {load.acknowledged}: {faults[:5]}"
    exported_as_they_are(server.store, load)
    if broker:
        published_once(server.store, load, broker)
    return load, seconds, max(starts, default=0)


def exported_as_they_are(store, load):
    """The same by what people use: each sample once, and each session with what its charge point was told."""
    expected = {(charge_point.identity, charge_point.transactions[number // STEPS], number // STEPS * 1000 + number % STEPS)
                for charge_point in load.charge_points for number in range(charge_point.acknowledged)
                if 1 <= number % STEPS <= METER_VALUES}
    count = 0
    for line in output_of("export-meter-values", "--store", store, "--format", "jsonl"):
        row = json.loads(line)
        expected.remove((row["chargePointId"], row["transactionId"], int(row["value"])))
        count += 1
    assert count and not expected
    sessions = {(charge_point.identity, transaction): number for charge_point in load.charge_points
                for number, transaction in enumerate(charge_point.transactions)}
    for line in output_of("export-sessions", "--store", store, "--format", "jsonl"):
        row = json.loads(line)
        number = sessions.pop((row["chargePointId"], row["transactionId"]))
        assert row["meterStartWh"] == number * 1000
        assert row["status"] == "open" or row["meterStopWh"] == number * 1000 + STEPS - 1
    assert not sessions


def wait_until_published(server):
    """What waits is fewer and fewer; not the same for so long that a publisher would have given its connection up."""
    least, looks = None, 0
    while True:
        with sqlite3.connect(f"file:{server.store}?mode=ro", uri=True) as database:
            waiting = database.execute(
                "SELECT charge_point, count(*) FROM outbox WHERE sent_ms IS NULL GROUP BY charge_point").fetchall()
        count = sum(of_one for _, of_one in waiting)
        if not count:
            return
        looks += 1
        if least is None or count < least:
            least, looks = count, 0
        # Looks and not seconds: a machine that stands still for a minute is no fault of the server's.
        assert looks < LOOKS, f"{count} messages wait in vain: {waiting[:5]}; the server says {server.messages.lines[-20:]}"
        time.sleep(0.1)


def published_once(store, load, broker):
    """A row of the outbox for each acknowledged message, and a subscriber has each, in the order of its device."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT charge_point, payload FROM outbox ORDER BY id").fetchall()
    numbers, events = {}, {}
    for identity, payload in rows:
        values = json.loads(payload)
        events.setdefault(f"admin:{int(identity[2:]):06x}/attrs".encode(), []).append(values["eventId"])
        if "c1_energy_Wh" in values:
            session, step = divmod(values["c1_energy_Wh"], 1000)
            assert ("c1_idTag" in values, "c1_stopReason" in values) == (step == 0, step == STEPS - 1)
            numbers.setdefault(identity, []).append(session * STEPS + step)
    assert numbers == {charge_point.identity: list(range(charge_point.acknowledged)) for charge_point in load.charge_points}
    looks = 0
    # The first time that each arrived.
    while (seen := arrivals(broker)) != events:
        looks += 1
        assert looks < LOOKS, [(topic, difference(seen.get(topic, []), events[topic]))
                               for topic in events if seen.get(topic) != events[topic]][:5]
        time.sleep(0.1)


def difference(seen, expected):
    """Where two lists of event ids part, and what either has besides."""
    place = next((number for number, pair in enumerate(zip(seen, expected)) if pair[0] != pair[1]), min(len(seen), len(expected)))
    return {"parted": place, "of": (len(seen), len(expected)), "missing": sorted(set(expected) - set(seen))[:5],
            "seen": seen[place:place + 3], "expected": expected[place:place + 3]}


def arrivals(broker):
    seen = {}
    for line in list(broker.lines.lines):
        topic, _, payload = line.partition(b" ")
        if b"eventId" in payload:
            seen.setdefault(topic, {})[json.loads(payload)["eventId"]] = None
    return {topic: list(events) for topic, events in seen.items()}


def output_of(*arguments):
    process = subprocess.Popen([fastest(), *map(str, arguments)], stdout=subprocess.PIPE, env=environment())
    yield from process.stdout
    assert process.wait() == 0


def test_what_was_acknowledged_under_load_is_kept_once(tmp_path, report):
    load, seconds, _ = check(tmp_path, charge_points=20, until=4000, kills=2)
    report(f"{load.acknowledged} messages in {seconds:.0f} s, killed once, stopped once: each is there once")


def test_what_was_acknowledged_under_load_is_published(tmp_path, broker, report):
    load, seconds, _ = check(tmp_path, charge_points=10, until=2000, kills=2, broker=broker)
    report(f"{load.acknowledged} messages in {seconds:.0f} s, killed once, stopped once: each is in the outbox once, and a "
           "subscriber has it")


@pytest.mark.soak
def test_many_messages_are_published(tmp_path, broker, soak_time, report):
    load, seconds, _ = check(tmp_path, charge_points=100, until=200_000, kills=3, goes_on=soak_time, broker=broker)
    report(f"{load.acknowledged} messages of 100 charge points in {seconds:.0f} s, killed twice, stopped once: each is in the "
           "outbox once, and a subscriber has it, in order")


@pytest.mark.soak
def test_a_million_messages(tmp_path, soak_time, report):
    """All of them in a soak of an hour; else as many as there is time for."""
    is_whole = float(os.environ.get("SOAK_SECONDS", 3600)) >= 3600
    load, seconds, start = check(
        tmp_path, charge_points=100, until=MILLION, kills=5, goes_on=(lambda: True) if is_whole else soak_time)
    assert not is_whole or load.acknowledged >= MILLION
    report(f"{load.acknowledged} messages of 100 charge points in {seconds:.0f} s, killed three times, stopped twice: each is "
           f"there once; a start took at most {start:.1f} s")
