"""`publish-dojot --replay`: what a broker acknowledged and lost, published again as it was."""

import json
import sqlite3
import time

import pytest

from support.charge_point import ChargePoint
from support.program import run
from test_dojot_publishing import meter_values, unsent, wait_until
from test_schemas import check

DEVICES = {"CP001": "ffd6c7", "CP002": "1a2b3c"}


@pytest.fixture
def dojot_map(tmp_path, broker):
    file = tmp_path / "dojot.json"
    file.write_text(json.dumps({"tenant": "admin", "mqtt": broker.address, "devices": DEVICES}))
    return file


def seen(broker):
    """Lines of topic and payload by device, in the order of arrival, wills left out."""
    lines = {device: [] for device in DEVICES.values()}
    for line in list(broker.lines.lines):
        if line.startswith(b"admin:") and b"eventId" in line:
            lines[line[6:].split(b"/")[0].decode()].append(line)
    return lines


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%03dZ" % (seconds % 1 * 1000)


@pytest.fixture
def published(serve, broker, dojot_map):
    """A server that has published for two charge points, and the time before the second half of it."""
    central_system = serve("--dojot", dojot_map, "--hash-tags")
    stations = [ChargePoint(central_system.url, identity) for identity in DEVICES]
    for station in stations:
        station.boot()
        station.ask("StartTransaction", {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})
    for half in range(2):
        if half:
            wait_until(lambda: unsent(central_system.store) == 0, "acknowledged")
            middle = time.time()
        for value in range(half * 150, half * 150 + 150):
            for station in stations:
                station.ask("MeterValues", meter_values(value))
    wait_until(lambda: unsent(central_system.store) == 0, "acknowledged")
    wait_until(lambda: sum(map(len, seen(broker).values())) >= 600, "seen")
    return central_system, middle, stations[0]


def forget(broker):
    """As a broker does that is killed with what it had acknowledged."""
    broker.kill()
    broker.lines.lines.clear()
    broker.start()


def replay(dojot_map, central_system, *options):
    return run("publish-dojot", "--dojot", dojot_map, "--replay", "--store", central_system.store, *options)


def test_the_same_payloads_in_the_same_order(broker, dojot_map, published, report):
    central_system, middle, _ = published
    before = seen(broker)
    assert all(len(lines) > 300 for lines in before.values())
    assert b'"TAG"' not in b"".join(before["ffd6c7"]), "as hashed as it was"
    # The server is there, and goes on.
    forget(broker)
    done = replay(dojot_map, central_system, "--since", "1h")
    assert done.returncode == 0, done.stderr
    total = sum(map(len, before.values()))
    assert f"{total} messages published again to 2 devices".encode() in done.stderr
    wait_until(lambda: sum(map(len, seen(broker).values())) >= total, "seen again")
    assert seen(broker) == before
    report(f"{total} messages of two charge points, the same and in the same order")

    # The second half, of one charge point.
    broker.lines.lines.clear()
    done = replay(dojot_map, central_system, "--since", rfc3339(middle), "--charge-point", "CP002")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: len(seen(broker)["1a2b3c"]) >= 150, "seen again")
    assert seen(broker) == {"ffd6c7": [], "1a2b3c": before["1a2b3c"][-150:]}

    # The first one.
    broker.lines.lines.clear()
    done = replay(dojot_map, central_system, "--since", "1h", "--until", rfc3339(middle), "--charge-point", "CP002")
    wait_until(lambda: len(seen(broker)["1a2b3c"]) >= len(before["1a2b3c"]) - 150, "seen again")
    assert seen(broker)["1a2b3c"] == before["1a2b3c"][:-150]
    assert central_system.terminate() == 0


def test_what_was_never_acknowledged_is_left_to_the_server(broker, dojot_map, published):
    central_system, _, station = published
    broker.kill()
    station.ask("MeterValues", meter_values(999))
    central_system.kill()
    broker.lines.lines.clear()
    broker.start()
    done = replay(dojot_map, central_system, "--since", "1h")
    assert done.returncode == 0, done.stderr
    assert not any(b"999.25" in line for line in seen(broker)["ffd6c7"])
    central_system.start()
    broker.wait_for(lambda topic, m: m.get("c1_energy_Wh") == 999.25, "what was not acknowledged")


def test_a_dry_run_shows_it(broker, dojot_map, published):
    central_system, middle, _ = published
    broker.lines.lines.clear()
    done = replay(dojot_map, central_system, "--since", rfc3339(middle), "--dry-run")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {check(row) for row in rows} == {"publication"}
    assert len(rows) == 300 and all("eventId" in row["payload"] for row in rows)
    assert not any(seen(broker).values())


def test_past_its_time_it_is_gone(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map, "--keep-outbox", "0s")
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    wait_until(lambda: unsent(central_system.store) == 0, "acknowledged")
    central_system.terminate()
    # What is past its time goes at the start, and once an hour.
    central_system.start()

    def kept():
        with sqlite3.connect(f"file:{central_system.store}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM outbox WHERE json_extract(payload, '$.vendor') NOT NULL").fetchone()[0]
    wait_until(lambda: kept() == 0, "removed")
    central_system.terminate()
    done = replay(dojot_map, central_system, "--since", "1h", "--dry-run")
    assert done.returncode == 0 and b"vendor" not in done.stdout


@pytest.mark.parametrize("arguments, status, message", [
    (["--replay"], 64, b"--replay needs --since"),
    (["--since", "1h"], 64, b"--since, --until and --store are for --replay"),
    (["--replay", "--since", "1h", "log"], 64, b"not from files"),
    (["--replay", "--since", "1h", "--hash-tags"], 64, b"as it was"),
    (["--replay", "--since", "1h", "--until", "2h"], 64, b"is not before --until"),
    (["--replay", "--since", "1h", "--store", "nowhere.db"], 66, b"no store at nowhere.db"),
], ids=["since", "alone", "files", "hashes", "order", "store"])
def test_what_cannot_be(tmp_path, dojot_map, arguments, status, message):
    done = run("publish-dojot", "--dojot", dojot_map, *arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
