"""Commands are in the store before they are sent: a crash leaves none without an outcome, and none is sent again."""

import json
import sqlite3
import threading

import pytest

from support.charge_point import Answering, ChargePoint
from support.crash import built
from support.program import CentralSystem


class Sending(threading.Thread):
    """`ocppctl send` in the background."""

    def __init__(self, central_system, *words):
        super().__init__(daemon=True)
        self.central_system, self.words = central_system, words
        self.start()

    def run(self):
        self.done = self.central_system.send(*self.words)


def journal(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return database.execute("SELECT message_id, action, text, outcome, status, reply FROM commands ORDER BY id").fetchall()


def told(central_system):
    """The `command` records of the last run."""
    lines = [json.loads(line) for line in central_system.records.lines]
    return [line for line in lines if line.get("record") == "command"]


def test_the_outcome_of_a_command_on_its_way_at_a_crash_is_unknown_once(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    sending = Sending(central_system, "CP001", "Reset", "type=Soft")
    call = station.receive()
    assert journal(central_system.store) == [(call[1], "Reset", json.dumps(call, separators=(",", ":")), None, None, None)]
    central_system.kill()
    sending.join()
    assert sending.done.returncode != 0

    central_system.start()
    assert json.loads(central_system.records.lines[0])["record"] == "listening"
    record = central_system.wait_for_record(lambda r: r.get("record") == "command", "outcome")
    assert record == {"record": "command", "chargePointId": "CP001", "action": "Reset", "messageId": call[1],
                      "outcome": "unknown", "message": "the central system ended before an answer"}
    central_system.messages.wait_for(lambda line: b"CP001: Reset was on its way when the last run ended" in line, "message")
    # It is not sent again, and the next command is.
    station = Answering(central_system.url, "CP001")
    assert central_system.send("CP001", "ClearCache").returncode == 0
    assert station.calls() == [["ClearCache", {}]]
    assert central_system.terminate() == 0
    assert [row[3] for row in journal(central_system.store)] == ["unknown", "accepted"]

    central_system.start()
    assert central_system.terminate() == 0
    assert not told(central_system)
    assert not any(b"on its way" in line for line in central_system.messages.lines)


def test_an_orderly_end_leaves_no_command_open(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    sending = Sending(central_system, "CP001", "Reset", "type=Soft")
    station.receive()
    assert central_system.terminate() == 0
    sending.join()
    assert sending.done.returncode != 0
    assert [row[3] for row in journal(central_system.store)] == ["unknown"]
    central_system.start()
    assert central_system.terminate() == 0
    assert not told(central_system)


def test_every_outcome_is_in_the_journal(central_system):
    answers = {"ClearCache": {"status": "Accepted"}, "UnlockConnector": {"status": "NotSupported"}}
    station = Answering(central_system.url, "CP001", lambda action, payload: answers.get(action))
    assert central_system.send("CP001", "ClearCache").returncode == 0
    assert central_system.send("CP001", "UnlockConnector", "connectorId=1").returncode == 77
    assert central_system.send("CP001", "Reset", "type=Soft", "--timeout", "0.2").returncode == 75
    # Not one that was never sent.
    assert central_system.send("CP002", "ClearCache").returncode == 69
    assert len(station.calls()) == 3
    assert central_system.terminate() == 0
    assert [(action, outcome, status, reply and json.loads(reply)) for _, action, _, outcome, status, reply
            in journal(central_system.store)] == [
        ("ClearCache", "accepted", "Accepted", {"status": "Accepted"}),
        ("UnlockConnector", "refused", "NotSupported", {"status": "NotSupported"}),
        ("Reset", "timeout", None, None)]


@pytest.mark.parametrize("words", [
    ("ChangeConfiguration", "key=AuthorizationKey", "value=5ec2e7c0de5ec2e7c0de"),
    ("--raw", '[2,"r","ChangeConfiguration",{"key":"authorizationkey","value":"5ec2e7c0de5ec2e7c0de"}]'),
    ("--raw", '[2,"r","ChangeConfiguration",{"key":"AuthorizationKey","value":"5ec2e7c0de5ec2e7c0de"'),
], ids=["command", "raw", "broken"])
def test_no_key_is_in_the_journal(central_system, words):
    station = Answering(central_system.url, "CP001")
    central_system.send("CP001", *words, "--timeout", "1")
    assert any("5ec2e7c0de" in text for text in station.texts), "it was sent"
    rows = journal(central_system.store)
    assert len(rows) == 1 and "***" in rows[0][2]
    assert central_system.terminate() == 0
    for file in central_system.folder.iterdir():
        if file.is_file():
            assert b"5ec2e7c0de" not in file.read_bytes(), file


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return built(tmp_path_factory.mktemp("crash"))


def disaster(library, folder, count, **settings):
    """Commands one after the other to a server that crashes: what reached the charge point, and the store."""
    operations = folder / "operations"
    folder.mkdir()
    names = {"LD_PRELOAD": str(library), "CRASH_COUNT": str(operations), **{k: str(v) for k, v in settings.items()}}
    try:
        server = CentralSystem(folder, environment=names)
    except AssertionError:
        return [], folder / "store.db", int(operations.read_text())
    try:
        station = Answering(server.url, "CP001")
        for number in range(count):
            server.send("CP001", "DataTransfer", f"vendorId=V{number}", "--timeout", "1")
    except Exception:
        pass  # The server is gone before the charge point was there.
    server.close()
    texts = station.texts if "station" in locals() else []
    return [json.loads(text)[1] for text in texts if text.startswith("[2")], server.store, int(operations.read_text())


def recovery(folder):
    """The message ids whose outcome a sound server tells as unknown."""
    server = CentralSystem(folder)
    assert server.terminate() == 0
    return [record["messageId"] for record in told(server) if record["outcome"] == "unknown"]


def missing(sent, store):
    return set(sent) - {row[0] for row in journal(store)} if sent else set()


def check(library, folder, point):
    """What a crash at that operation left of commands; faults, empty where all is well."""
    sent, store, _ = disaster(library, folder, 3, CRASH_AT=point)
    faults = [f"sent, and not in the journal: {message_id}" for message_id in missing(sent, store)]
    before = journal(store) if sent else []
    unknown = recovery(folder)
    faults += [f"not told: {row}" for row in before if (row[3] is None) != (row[0] in unknown)]
    faults += [f"told twice: {message_id}" for message_id in recovery(folder)]
    return faults + [f"no outcome: {row}" for row in journal(store) if row[3] is None]


def test_what_was_sent_is_in_the_journal_wherever_the_crash_is(library, tmp_path):
    sent, _, count = disaster(library, tmp_path / "whole", 3)
    assert len(sent) == 3
    for point in range(count - 24, count + 1, 2):
        assert not check(library, tmp_path / str(point), point), f"operation {point} of {count}"


def test_without_syncs_commands_are_missing(library, tmp_path):
    """The proof is one."""
    _, _, count = disaster(library, tmp_path / "whole", 3)
    found = 0
    for point in (count - 9, count - 5, count - 1):
        try:
            sent, store, _ = disaster(library, tmp_path / str(point), 3, CRASH_AT=point, CRASH_NO_SYNC=1)
            found += bool(missing(sent, store))
        except sqlite3.Error:
            found += 1  # Not even a store is left.
    assert found
