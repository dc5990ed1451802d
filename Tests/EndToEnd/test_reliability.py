"""Proofs of docs/reliability.md that need the whole server: what repetitions leave, the wire of commands, what time it
is, security events at crash points."""

import hashlib
import json
import sqlite3
import subprocess
import time
from datetime import datetime, timezone

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from support.charge_point import ChargePoint
from support.crash import built
from support.program import BINARY, DEADLINE, CentralSystem, environment, run

# Row 5


def digest(store):
    """Of all rows of a store but those of raw frames, which tell repetitions as well, and of who was connected when.

    Of a session the message ids are left out by which its repetitions are known; there are sixteen at most.
    """
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    names = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
             if name not in ("frame_blocks", "links") and not name.startswith("sqlite_")]
    assert {"events", "sessions", "outbox"} <= set(names)
    rows = {name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
    database.close()
    rows["outbox"] = [row for row in rows["outbox"] if "online" not in json.loads(row[2])]
    states = [json.loads(row[-1]) for row in rows["sessions"]]
    assert all(len(state.pop("keys")) <= 16 for state in states)
    rows["sessions"] = [(*row[:-1], state) for row, state in zip(rows["sessions"], states)]
    return hashlib.sha256(repr(rows).encode()).hexdigest(), {name: len(found) for name, found in rows.items()}


def values(watt_hours, **more):
    return {"connectorId": 1, **more, "meterValue": [
        {"timestamp": "2026-03-01T10:05:00Z", "sampledValue": [{"value": str(watt_hours)}]}]}


def test_repetitions_leave_the_store_as_it_was(serve, tmp_path, report):
    """Rows 4 and 5: answered as before, and the store's digest is unchanged, its outbox's too, also after a kill."""
    device_map = tmp_path / "map.json"
    device_map.write_text(json.dumps({"tenant": "admin", "mqtt": "127.0.0.1:9", "devices": {"CP001": "abc"}}))
    server = serve("--dojot", device_map)
    station = ChargePoint(server.url, "CP001")
    station.boot()
    start = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"}
    first = station.ask("StartTransaction", start)
    transaction = first["transactionId"]
    stop = {"transactionId": transaction, "meterStop": 2200, "timestamp": "2026-03-01T11:00:00Z"}
    told = [("StartTransaction", start, first)]
    told += [("MeterValues", values(value, transactionId=transaction), {}) for value in (100, 200, 300)]
    told += [("MeterValues", values(7), {}), ("StopTransaction", stop, {}),
             ("StopTransaction", {**stop, "transactionId": -1}, {})]
    for action, payload, answer in told[1:]:
        assert station.ask(action, payload) == answer
    # Of a session it is kept that it was repeated, once.
    for action, payload, answer in told:
        assert station.ask(action, payload) == answer
    server.terminate()
    before = digest(server.store)
    count = 0
    for _ in range(2):
        server.start()
        station = ChargePoint(server.url, "CP001")
        for action, payload, answer in told * 100:
            assert station.ask(action, payload) == answer
            count += 1
        server.kill()
        assert digest(server.store) == before
    rows = before[1]
    assert rows["events"] == len(told) and rows["sessions"] == 2 and rows["outbox"] > 0
    report(f"{count} repetitions and two kills: {rows['events']} events, {rows['sessions']} sessions and {rows['outbox']} "
           "rows of the outbox before and after, the same to the byte")


# Row 28


def test_the_wire_of_commands_never_overlaps(central_system, report):
    """Many `send` at once, processes and lines: no CALL comes before the one before it is answered."""
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    senders = [subprocess.Popen([BINARY, "send", "--control", central_system.control, "CP001", "ClearCache"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment()) for _ in range(20)]
    line = json.dumps({"chargePointId": "CP001", "action": "ClearCache"}).encode() + b"\n"
    many = subprocess.Popen([BINARY, "send", "--control", central_system.control, "--input", "-"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    many.stdin.write(line * 200)
    many.stdin.close()
    ids = []
    while len(ids) < 220:
        call = station.receive(DEADLINE)
        assert call[0] == 2
        ids.append(call[1])
        # A second CALL that is on its way would come before the answer to this one (row 29: which is answered).
        station.send(json.dumps([2, f"between {len(ids)}", "Heartbeat", {}]))
        assert station.receive()[:2] == [3, f"between {len(ids)}"], "two CALLs are on their way"
        station.send(json.dumps([3, call[1], {"status": "Accepted"}]))
    assert len(set(ids)) == 220 and all(len(one) <= 36 for one in ids)
    processes = [*senders, many]
    outcomes = [json.loads(text)["outcome"] for process in processes for text in process.stdout.read().splitlines()]
    assert outcomes == ["accepted"] * 220
    assert [process.wait(DEADLINE) for process in processes] == [0] * 21
    for process in processes:
        process.stdout.close()
    report(f"{len(ids)} commands of {len(processes)} senders, never two on the wire")


# Row 41


def test_the_time_is_utc_wherever_the_server_stands(serve):
    server = serve(environment={"TZ": "Asia/Kolkata"})
    station = ChargePoint(server.url, "CP001")
    for answer in (station.boot(), station.ask("Heartbeat", {})):
        told = answer["currentTime"]
        assert told.endswith("Z")
        assert abs((datetime.fromisoformat(told) - datetime.now(timezone.utc)).total_seconds()) < 10


@pytest.mark.parametrize("message", ['[2,"1","Nonsense",{}]', '[3,"1",{}]', "no frame"])
def test_any_message_is_a_sign_of_life(serve, message):
    server = serve()
    station = ChargePoint(server.url, "CP001")
    station.boot()

    def last_message():
        found = run("stations", "--control", server.control, "--format", "jsonl")
        return json.loads(found.stdout)["lastMessage"]

    before = last_message()
    end = time.monotonic() + DEADLINE
    while last_message() == before:
        assert time.monotonic() < end, "it is not noted"
        station.send(message)


# Row 50


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return built(tmp_path_factory.mktemp("crash"))


EVENTS = [{"type": kind, "timestamp": f"2026-03-01T10:{number:02}:00Z", "techInfo": f"event {number}"}
          for number, kind in enumerate(["FirmwareUpdated", "NobodyKnowsThisType", "InvalidTLSVersion", "x" * 50] * 4)]


def tell_events(folder, **disaster):
    """A server on that store hears of all the events, or dies; what it answered."""
    answered = []
    try:
        server = CentralSystem(folder, records="none", environment={name: str(value) for name, value in disaster.items()})
    except AssertionError:
        return answered  # Killed before it listened.
    try:
        station = ChargePoint(server.url, "CP001")
        station.boot()
        for event in EVENTS:
            assert station.ask("SecurityEventNotification", event) == {}
            answered.append(event)
        station.close()
    except (ConnectionClosed, OSError, EOFError, InvalidHandshake, InvalidMessage, TimeoutError):
        pass
    server.close()
    return answered


def stored_events(folder):
    database = sqlite3.connect(f"file:{folder / 'store.db'}?mode=ro", uri=True)
    rows = database.execute("SELECT payload FROM events WHERE kind = 'securityEvent' ORDER BY sequence").fetchall()
    database.close()
    return [json.loads(row[0]) for row in rows]


@pytest.mark.parametrize("few", [12, pytest.param(None, marks=pytest.mark.soak)], ids=["some", "every point"])
def test_security_events_are_durable_before_their_answer(library, tmp_path, report, soak_time, few):
    """`serve` is stopped at writes and syncs, its disk taken back to the last sync; as test_crash_sweep.py does."""
    def folder(name):
        (tmp_path / name).mkdir()
        return tmp_path / name

    preload = {"LD_PRELOAD": library, "CRASH_COUNT": tmp_path / "operations"}
    assert tell_events(folder("whole"), **preload) == EVENTS
    assert stored_events(tmp_path / "whole") == EVENTS
    count = int((tmp_path / "operations").read_text())
    # As many as there is time for, spread over the run.
    points = (sorted(range(1, count + 1), key=lambda point: point * 0.6180339887 % 1) if few is None
              else [1 + n * (count - 1) // (few - 1) for n in range(few)])
    told = tried = 0
    for point in points:
        if not soak_time():
            break
        tried += 1
        place = folder(f"point{point}")
        answered = tell_events(place, **preload, CRASH_AT=point)
        told += len(answered)
        kept = stored_events(place) if answered else []
        assert kept[:len(answered)] == answered, f"operation {point} of {count}"
        assert tell_events(place) == EVENTS
        assert stored_events(place) == EVENTS, f"after operation {point}: each once"
    assert told > 0
    report(f"{tried} of {count} crash points, {told} events answered before them, none lost, none twice")
