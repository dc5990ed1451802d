"""What `send` can do beside sending: wait for what follows, many at once, lines, bad input on purpose."""

import json
import sqlite3
import subprocess
import threading

import pytest

from support.charge_point import Answering, ChargePoint
from support.program import BINARY, DEADLINE, environment, run


@pytest.fixture
def station(central_system):
    made = []

    def make(identity="CP001", **options):
        made.append(Answering(central_system.url, identity, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def status_notification(status, connector=1):
    return {"connectorId": connector, "errorCode": "NoError", "status": status}


def test_what_follows_is_printed(central_system, station):
    def answer(action, payload):
        # Before and after the answer; only what is asked for counts.
        cp.tell("StatusNotification", status_notification("Preparing"))
        cp.tell("StatusNotification", status_notification("Charging", connector=2))
        cp.tell("StatusNotification", status_notification("Charging"))
        return {"status": "Accepted"}

    cp = station(answer=answer)
    done = central_system.send(
        "CP001", "RemoteStartTransaction", "idTag=A", "--until", "StatusNotification.status=Charging,connectorId=1")
    assert done.returncode == 0, done.stderr
    command, frame = lines(done)
    assert command["outcome"] == "accepted"
    assert (frame["messageType"], frame["action"], frame["payload"]) == (
        "CALL", "StatusNotification", status_notification("Charging"))


def test_what_was_before_does_not_count(central_system, station):
    cp = station(answer=lambda action, payload: {"status": "Accepted"})
    cp.tell("StatusNotification", status_notification("Charging"))
    central_system.wait_for_record(lambda r: r.get("connectorId") == 1, "status")
    done = central_system.send(
        "CP001", "ClearCache", "--until", "StatusNotification.status=Charging", "--timeout", "0.3")
    assert done.returncode == 75 and b"StatusNotification.status=Charging" in done.stderr
    assert [line["outcome"] for line in lines(done)] == ["accepted"]


@pytest.mark.parametrize("condition", ["FirmwareStatusNotification.status=Installed", "Installed"])
def test_a_failure_ends_it_at_once(central_system, station, condition):
    def answer(action, payload):
        cp.tell("FirmwareStatusNotification", {"status": "Downloading"})
        cp.tell("FirmwareStatusNotification", {"status": "DownloadFailed"})
        return {}

    cp = station(answer=answer)
    done = central_system.send("CP001", "UpdateFirmware", "location=ftp://example.com/x",
                               "retrieveDate=2026-01-01T00:00:00Z", "--until", condition, "--timeout", "15")
    assert done.returncode == 77, done.stderr
    assert lines(done)[1]["payload"] == {"status": "DownloadFailed"}


def test_what_follows_is_in_the_store(central_system, station):
    """A script that exports right afterwards finds the session, however long the commit took."""
    cp = station()
    start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"}
    cp.tell("StartTransaction", start)
    cp.wait_for(1)
    transaction = json.loads(cp.texts[0])[2]["transactionId"]
    command = [BINARY, "send", "--control", central_system.control, "CP001", "ClearCache", "--until", "StopTransaction"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
        assert json.loads(process.stdout.readline())["outcome"] == "accepted"
        other = sqlite3.connect(central_system.store, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # The server's writer waits for its end.
        cp.tell("StopTransaction", {
            "transactionId": transaction, "meterStop": 1000, "timestamp": "2026-03-01T11:00:00Z"})
        central_system.wait_for_record(lambda r: r.get("action") == "StopTransaction", "StopTransaction")
        # A whole command is done meanwhile: what waits for the message alone is done, too.
        assert run("stations", "--control", central_system.control).returncode == 0
        had_ended = process.poll() is not None
        other.execute("ROLLBACK")
        other.close()
        frames = [json.loads(line) for line in process.stdout]
        assert process.wait(DEADLINE) == 0
    done = run("export-sessions", "--store", central_system.store, "--format", "jsonl")
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["complete"]
    assert [(frame["messageType"], frame["action"]) for frame in frames] == [("CALL", "StopTransaction")]
    assert not had_ended


def test_what_is_answered_with_an_error_does_not_count(serve, station):
    central_system = serve("--strict")
    cp = Answering(central_system.url, "CP001", answer=lambda action, payload: {"status": "Accepted"})

    def answer(action, payload):
        for tag in ("A" * 21, "B"):
            cp.tell("StartTransaction", {
                "connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})
        return {"status": "Accepted"}

    cp.answer = answer
    done = central_system.send("CP001", "RemoteStartTransaction", "idTag=B", "--until", "StartTransaction")
    cp.close()
    assert done.returncode == 0, done.stderr
    assert [frame["payload"]["idTag"] for frame in lines(done)[1:]] == ["B"]


def test_a_refusal_is_not_waited_on(central_system, station):
    station(answer=lambda action, payload: {"status": "Rejected"})
    done = central_system.send("CP001", "RemoteStartTransaction", "idTag=A", "--until", "StartTransaction",
                               "--timeout", "15")
    assert done.returncode == 77 and len(lines(done)) == 1


def test_many_charge_points_are_asked_at_the_same_time(central_system, station):
    """None answers before all have been asked."""
    barrier = threading.Barrier(8)

    def answer(action, payload):
        barrier.wait(DEADLINE)
        return {"status": "Accepted"}

    for number in range(8):
        station(f"CP{number}", answer=answer)
    done = central_system.send("--all", "ClearCache", "--parallel", "8")
    assert done.returncode == 0, done.stderr
    assert sorted(line["chargePointId"] for line in lines(done)) == [f"CP{number}" for number in range(8)]
    commands = "".join(
        json.dumps({"chargePointId": f"CP{number}", "action": "ClearCache"}) + "\n" for number in range(8))
    done = central_system.send("--input", "-", stdin=commands.encode())
    assert done.returncode == 0, done.stderr
    assert len(lines(done)) == 8


def test_lines_to_one_charge_point_go_in_their_order(central_system, station):
    cp = station()
    commands = "".join(json.dumps({
        "chargePointId": "CP001", "action": "ChangeConfiguration", "payload": {"key": "K", "value": str(number)}}) + "\n"
        for number in range(50))
    done = central_system.send("--input", "-", stdin=commands.encode())
    assert done.returncode == 0, done.stderr
    assert [payload["value"] for action, payload in cp.calls()] == [str(number) for number in range(50)]
    assert len(lines(done)) == 50


def test_lines_are_sent_as_they_come(central_system, station):
    cp = station()
    process = subprocess.Popen(
        [BINARY, "send", "--control", central_system.control, "--input", "-"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env=environment())
    for number in range(1, 4):
        process.stdin.write(b'{"chargePointId":"CP001","action":"ClearCache"}\n')
        process.stdin.flush()
        cp.wait_for(number)
        assert json.loads(process.stdout.readline())["outcome"] == "accepted"
    process.stdin.close()
    assert process.wait(DEADLINE) == 0
    process.stdout.close()


def test_a_bad_line_among_good_ones_is_1(central_system, station):
    station()
    done = central_system.send("--input", "-", stdin=(
        b'{"chargePointId":"CP001","action":"ClearCache"}\nnonsense\n'
        b'{"chargePointId":"CP001","action":"Reset","payload":{"type":"Warm"}}\n'
        b'{"chargePointId":"CP009","action":"ClearCache"}'))
    assert done.returncode == 1
    assert sorted(line["outcome"] for line in lines(done)) == ["accepted", "notConnected"]
    assert b"-:2: " in done.stderr and b"-:3: Reset.type: " in done.stderr


def test_a_pattern_meets_those_that_are_connected(central_system, station):
    for identity in ("DEPOT-1", "DEPOT-2", "STREET-1"):
        station(identity)
    done = central_system.send("DEPOT-?", "ClearCache")
    assert sorted(line["chargePointId"] for line in lines(done)) == ["DEPOT-1", "DEPOT-2"]
    assert central_system.send("PORT-*", "ClearCache").returncode == 69


@pytest.mark.parametrize("text", ["", "[2,", "nonsense \u00e9 \U0001f600", '[2,"a","Reset",{}]x', "[2,17,null]", "{}",
                                  '{"a":"line\\nbreak"}\n[1]'])
def test_any_text_can_be_sent(central_system, station, text):
    cp = station()
    done = central_system.send("CP001", "--raw", text, "--timeout", "0.3")
    assert done.returncode == 75, done.stderr
    cp.wait_for(1)
    assert cp.texts == [text]
    [line] = lines(done)
    assert line["outcome"] == "timeout"


def test_a_raw_text_goes_to_a_station_that_has_not_booted(central_system):
    """A command does not: firmware has to be tested in that state, too."""
    cp = ChargePoint(central_system.url, "CP001")
    central_system.wait_for_record(lambda r: r.get("event") == "connected", "connection")
    assert central_system.send("CP001", "ClearCache").returncode == 77
    done = central_system.send("CP001", "--raw", '[2,"x","ClearCache",{}]', "--timeout", "0.3")
    assert done.returncode == 75, done.stdout
    assert cp.receive() == [2, "x", "ClearCache", {}]
    cp.close()


def test_the_answer_to_a_raw_text_is_found(central_system, station):
    station()
    done = central_system.send("CP001", "--raw", '[2,"mine","Unheard",{"a":1}]')
    assert done.returncode == 0, done.stderr
    assert lines(done)[0] == {**lines(done)[0], "messageId": "mine", "action": "Unheard", "outcome": "accepted"}
    # A station that cannot read the id answers with what it likes.
    broken = Answering(central_system.url, "CP002", answer=lambda action, payload: None)
    sender = threading.Thread(target=lambda: (broken.wait_for(1), broken.send('[4,"-1","FormationViolation","",{}]')))
    sender.start()
    done = central_system.send("CP002", "--raw", "[2,")
    sender.join()
    broken.close()
    assert done.returncode == 76 and lines(done)[0]["status"] == "FormationViolation"


def test_what_is_not_allowed_is_sent_when_told(central_system, station):
    cp = station()
    done = central_system.send("CP001", "Reset", "type=Warm", "at=5", "--no-validate")
    assert done.returncode == 0, done.stderr
    done = central_system.send("CP001", "Explode", "--payload", '{"now":true}', "--no-validate")
    assert done.returncode == 0, done.stderr
    assert cp.calls() == [["Reset", {"type": "Warm", "at": 5}], ["Explode", {"now": True}]]


def test_nested_fields(central_system, station):
    cp = station()
    prefix = "csChargingProfiles"
    done = central_system.send(
        "CP001", "SetChargingProfile", "connectorId=1", f"{prefix}.chargingProfileId=5", f"{prefix}.stackLevel=0",
        f"{prefix}.chargingProfilePurpose=TxDefaultProfile", f"{prefix}.chargingProfileKind=Relative",
        f"{prefix}.chargingSchedule.chargingRateUnit=A",
        f"{prefix}.chargingSchedule.chargingSchedulePeriod[0].startPeriod=0",
        f"{prefix}.chargingSchedule.chargingSchedulePeriod[0].limit=16.0",
        f"{prefix}.chargingSchedule.chargingSchedulePeriod[1].startPeriod=60",
        f"{prefix}.chargingSchedule.chargingSchedulePeriod[1].limit=6.5")
    assert done.returncode == 0, done.stderr
    assert '"limit":16.0}' in cp.texts[0] and '"limit":6.5}' in cp.texts[0]
    done = central_system.send(
        "CP001", "SetChargingProfile", "connectorId=1",
        f"{prefix}.chargingSchedule.chargingSchedulePeriod[0].limit=6.25")
    assert done.returncode == 65


def test_commands_on_the_servers_own_input(serve):
    central_system = serve("--input", "-", records="sessions", stdin=subprocess.PIPE)
    cp = Answering(central_system.url, "CP001")
    stdin = central_system.process.stdin
    stdin.write(b'{"chargePointId":"CP001","action":"ClearCache"}\nnonsense\n'
                b'{"chargePointId":"CP001","action":"Reset","payload":{"type":"Warm"}}\n'
                b'{"chargePointId":"CP009","action":"ClearCache"}\n')
    stdin.flush()
    accepted = central_system.wait_for_record(lambda r: r.get("outcome") == "accepted", "outcome")
    assert (accepted["record"], accepted["action"]) == ("command", "ClearCache")
    central_system.wait_for_record(lambda r: r.get("outcome") == "notConnected", "outcome")
    central_system.messages.wait_for(lambda line: b"-:2: " in line, "message")
    central_system.messages.wait_for(lambda line: b"-:3: Reset.type" in line, "message")
    assert cp.calls() == [["ClearCache", {}]]
    # Outcomes of send are no part of --records sessions.
    assert central_system.send("CP001", "ClearCache").returncode == 0
    stdin.close()
    cp.close()
    assert central_system.terminate() == 0
    outcomes = [json.loads(line) for line in central_system.log.read_text().splitlines() if '"command"' in line]
    assert len(outcomes) == 2


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_a_server_that_ends_leaves_an_outcome(central_system, end):
    """One line each: also of what nobody knows."""
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    command = subprocess.Popen([BINARY, "send", "--control", central_system.control, "CP001", "ClearCache"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert station.receive()[2] == "ClearCache"
    getattr(central_system, end)()
    out, err = command.communicate(timeout=DEADLINE)
    [outcome] = [json.loads(line) for line in out.splitlines()]
    assert (outcome["record"], outcome["action"], outcome["outcome"]) == ("command", "ClearCache", "unknown")
    assert command.returncode == 69


def test_a_busy_charge_point_is_not_waited_for_for_ever(central_system):
    """Nor does it get the command when whoever sent it has given up."""
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    first = subprocess.Popen([BINARY, "send", "--control", central_system.control, "CP001", "GetConfiguration"],
                             stdout=subprocess.PIPE, env=environment())
    asked = station.receive()
    second = central_system.send("CP001", "Reset", "type=Hard", "--timeout", "0.3")
    [outcome] = [json.loads(line) for line in second.stdout.splitlines()]
    assert second.returncode == 75 and outcome["outcome"] == "timeout" and "messageId" not in outcome
    assert outcome["message"].startswith("not sent within 300 ms")
    station.send(json.dumps([3, asked[1], {}]))
    assert first.communicate(timeout=DEADLINE)[0] and first.returncode == 0
    station.ask("Heartbeat", {})
    assert central_system.send("CP001", "ClearCache", "--timeout", "0.1").returncode == 75
    assert station.receive()[2] == "ClearCache", "the Reset never came"
