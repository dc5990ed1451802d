"""What DOJOT's users ask for drives charge points through `serve --dojot`."""

import hashlib
import json
import subprocess
import time

import pytest

from support.charge_point import ChargePoint
from support.program import BINARY, DEADLINE, Lines


@pytest.fixture
def simulate(tmp_path):
    """Starts simulated charge points; they are gone at the end of the test."""
    running = []

    def start(central_system, *arguments):
        process = subprocess.Popen([BINARY, "simulate", "--url", central_system.url, *arguments],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.records, process.messages = Lines(process.stdout), Lines(process.stderr)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def wait_for(condition, timeout=DEADLINE):
    """Asks until it is true; each question is a request, so that nothing sleeps."""
    end = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < end, "in vain"
    return found


def connected(dojot, charge_point="CP001"):
    return wait_for(lambda: dojot.values(charge_point, "vendor"))


def command(dojot, charge_point="CP001"):
    return dojot.values(charge_point, "lastCommand")[-1:], dojot.values(charge_point, "lastCommandResult")[-1:]


def test_remote_start_starts_a_session_within_a_second(platform, serve, simulate, report):
    dojot = platform()
    central_system = serve("--dojot", dojot.map)
    simulate(central_system, "--id", "CP001", "--speed", "60")
    connected(dojot)
    begin = time.monotonic()
    dojot.actuate("CP001", {"remoteStart": {"idTag": "BUS-17", "connectorId": 1}})
    wait_for(lambda: dojot.values("CP001", "lastCommandResult"))
    answered = time.monotonic() - begin
    assert command(dojot) == (["RemoteStartTransaction"], ["Accepted"])
    assert answered < 1, f"{answered:.3f} s"
    transaction = wait_for(lambda: dojot.values("CP001", "c1_transactionId"))[0]
    assert dojot.values("CP001", "c1_idTag") == ["BUS-17"]
    dojot.actuate("CP001", {"remoteStop": str(transaction)})
    wait_for(lambda: dojot.values("CP001", "c1_stopReason") == ["Remote"])
    assert command(dojot) == (["RemoteStopTransaction"], ["Accepted"])
    report(f"lastCommandResult after {answered * 1000:.0f} ms")


ACTUATIONS = [
    ({"remoteStart": '{"idTag":"T","connectorId":"2"}'}, "RemoteStartTransaction", {"idTag": "T", "connectorId": 2}),
    ({"remoteStop": "42"}, "RemoteStopTransaction", {"transactionId": 42}),
    ({"reset": "Soft"}, "Reset", {"type": "Soft"}),
    ({"unlockConnector": "1"}, "UnlockConnector", {"connectorId": 1}),
    ({"changeAvailability": {"connectorId": 1, "type": "Inoperative"}}, "ChangeAvailability",
     {"connectorId": 1, "type": "Inoperative"}),
    ({"changeConfiguration": "HeartbeatInterval=60"}, "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}),
    ({"clearCache": ""}, "ClearCache", {}),
    ({"triggerMessage": "Heartbeat"}, "TriggerMessage", {"requestedMessage": "Heartbeat"}),
    ({"dataTransfer": {"vendorId": "v", "data": "d"}}, "DataTransfer", {"vendorId": "v", "data": "d"}),
]


def test_each_of_the_nine_actuators_is_its_call(platform, serve):
    dojot = platform()
    station = ChargePoint(serve("--dojot", dojot.map).url, "CP001")
    station.boot()
    for attrs, action, payload in ACTUATIONS:
        dojot.actuate("CP001", attrs)
        call = station.receive()
        assert call[0] == 2 and call[2:] == [action, payload]
        status = "Rejected" if action == "Reset" else "Unlocked" if action == "UnlockConnector" else "Accepted"
        station.send(json.dumps([3, call[1], {"status": status}]))
        wait_for(lambda: command(dojot) == ([action], [status]))


def test_what_cannot_be_sent_says_why(platform, serve):
    dojot = platform()
    central_system = serve("--dojot", dojot.map)
    # What is asked before the device has ever been there is lost.
    wait_for(lambda: f"as admin:{dojot.devices['CP001']} " in (dojot.broker.folder / "mosquitto.log").read_text())
    dojot.actuate("CP001", {"reset": "Soft"})
    wait_for(lambda: command(dojot) == (["Reset"], ["notConnected"]))
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    dojot.actuate("CP001", {"reset": "Sofd"})
    result = wait_for(lambda: [v for v in dojot.values("CP001", "lastCommandResult") if "invalid" in v])[0]
    assert result.startswith('invalid: type: "Sofd" is none of') and "did you mean Soft" in result
    central_system.messages.wait_for(lambda line: b"DOJOT: CP001: Reset: type:" in line)
    dojot.actuate("CP001", {"clearCache": "x"})
    call = station.receive()
    station.send(json.dumps([4, call[1], "NotSupported", "no cache", {}]))
    wait_for(lambda: command(dojot) == (["ClearCache"], ["NotSupported"]))


def test_dojots_own_events_and_other_keys_ask_for_nothing(platform, serve):
    dojot = platform()
    station = ChargePoint(serve("--dojot", dojot.map).url, "CP001")
    station.boot()
    connected(dojot)
    # An update of the device arrives on the same topic.
    device = dojot.standin.send("GET", f"/device/{dojot.devices['CP001']}").json
    overrides = [{"template_id": row["template_id"], "id": row["id"], "label": row["label"], "static_value": row["static_value"]}
                 for rows in device["attrs"].values() for row in rows if row.get("is_static_overridden")]
    assert dojot.standin.send("PUT", f"/device/{device['id']}", {
        "label": "CP001", "templates": device["templates"], "attrs": overrides}).status == 200
    name = f"admin:{device['id']}"
    for payload in ('{"light":"on"}', "[1]", "no JSON", '{"remoteStart":null}'):
        subprocess.run(["mosquitto_pub", "-p", str(dojot.broker.port), "-u", "bridge", "-t", f"{name}/config", "-q", "1",
                        "-m", payload], check=True)
    dojot.actuate("CP001", {"clearCache": ""})
    assert station.receive()[2] == "ClearCache", "the first call of all"
    assert dojot.values("CP001", "lastCommand") == []


def test_what_is_asked_while_the_session_is_cut_is_done_later(platform, serve, dojot_broker, tmp_path):
    dojot = platform()
    central_system = serve("--dojot", dojot.map)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    connected(dojot)
    dojot.broker.stop()
    central_system.messages.wait_for(lambda line: b"CP001: MQTT connection lost" in line)
    dojot.broker.start()
    dojot.actuate("CP001", {"triggerMessage": "Heartbeat"})
    assert station.receive(30)[2] == "TriggerMessage"


def test_names_of_the_template_are_those_of_values_and_actuators(platform, serve, tmp_path):
    names = tmp_path / "names.json"
    names.write_text('{"reset":"reiniciar","lastCommandResult":"resultado","online":"conectado","status":null}')
    dojot = platform(provision=("--map", str(names)))
    station = ChargePoint(serve("--dojot", dojot.map).url, "CP001")
    station.boot()
    wait_for(lambda: True in dojot.values("CP001", "conectado"))
    dojot.actuate("CP001", {"reiniciar": "Hard"})
    call = station.receive()
    assert call[2:] == ["Reset", {"type": "Hard"}]
    station.send(json.dumps([3, call[1], {"status": "Accepted"}]))
    wait_for(lambda: dojot.values("CP001", "resultado") == ["Accepted"])
    assert dojot.values("CP001", "lastCommandResult") == [] and dojot.values("CP001", "online") == []


def test_v04_and_hashed_tags(platform, serve, simulate):
    dojot = platform(old_names=True, provision=("--mqtt-version", "v0.4"))
    assert json.loads(dojot.map.read_text())["mqttVersion"] == "v0.4"
    central_system = serve("--dojot", dojot.map, "--hash-tags")
    simulate(central_system, "--id", "CP001", "--speed", "60")
    connected(dojot)
    dojot.actuate("CP001", {"remoteStart": "BUS-17"})
    tag = wait_for(lambda: dojot.values("CP001", "c1_idTag"))[0]
    assert tag == hashlib.sha256(b"BUS-17").hexdigest()
