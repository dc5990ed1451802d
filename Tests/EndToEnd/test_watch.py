"""`watch` and `stations`: what the running server tells to others."""

import json
import signal
import subprocess
import time

from support.charge_point import ChargePoint
from support.program import BINARY, DEADLINE, Lines, environment, run


class Watcher:
    def __init__(self, central_system, *flags, reads=True):
        self.process = subprocess.Popen(
            [BINARY, "watch", "--control", central_system.control, *flags], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        self.messages = Lines(self.process.stderr)
        self.messages.wait_for(lambda line: b"watching" in line, "message that it watches")
        if reads:
            self.read()

    def read(self):
        self.records = Lines(self.process.stdout)

    def wait_for(self, **fields):
        return json.loads(self.records.wait_for(
            lambda line: fields.items() <= json.loads(line).items(), f"{fields}"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)


def seen(watcher):
    return [json.loads(line) for line in watcher.records.lines]


def test_watchers_see_what_they_ask_for(serve):
    central_system = serve(records="none")
    everything = Watcher(central_system)
    one = Watcher(central_system, "--charge-point", "CP00[12]", "--charge-point", "CP?02", "--records", "frames")
    sessions = Watcher(central_system, "--records", "sessions")
    first, second = (ChargePoint(central_system.url, name) for name in ("CP001", "CP002"))
    for station in (first, second):
        station.boot()
    second.ask("StartTransaction", {
        "connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})
    second.send("[2,")
    second.close()
    everything.wait_for(record="connection", chargePointId="CP002", event="disconnected")
    one.wait_for(record="error", chargePointId="CP002")
    sessions.wait_for(record="session", chargePointId="CP002")
    assert {line.get("record", "frame") for line in seen(everything)} >= {"connection", "frame", "session", "error"}
    assert {line["chargePointId"] for line in seen(one)} == {"CP002"}
    assert {line.get("record", "frame") for line in seen(one)} == {"frame", "error"}
    assert {line["record"] for line in seen(sessions)} == {"session"}
    first.close()
    assert [watcher.stop() for watcher in (everything, one, sessions)] == [0, 0, 0]


def test_a_slow_watcher_loses_records_and_holds_up_nobody(serve):
    central_system = serve(records="none")
    slow = Watcher(central_system, reads=False)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    text = "x" * 200_000
    # 20 MB and more, which nobody reads.
    for number in range(100):
        assert station.ask("DataTransfer", {"vendorId": "v", "data": f"{number} {text}"})["status"]
    with open(f"/proc/{central_system.process.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert peak < 200 * 1024, f"{peak} KiB"
    slow.read()
    # What it has lost is said with the first record that it gets again.
    end = time.monotonic() + DEADLINE
    while not any(b"records were lost" in line for line in slow.messages.lines):
        assert time.monotonic() < end, slow.messages.lines
        station.ask("Heartbeat", {})
    slow.wait_for(action="Heartbeat")
    assert all(json.loads(line) for line in slow.records.lines)
    station.close()
    assert slow.stop() == 0


def test_a_watcher_that_dies_is_forgotten(serve):
    central_system = serve(records="none")
    watchers = [Watcher(central_system) for _ in range(5)]
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    for watcher in watchers:
        watcher.process.kill()
    for _ in range(20):
        station.ask("Heartbeat", {})
    for watcher in watchers:
        watcher.process.wait()
    station.close()
    assert central_system.terminate() == 0


def test_the_end_of_the_server_ends_a_watcher_with_69(serve):
    central_system = serve(records="none")
    watcher = Watcher(central_system)
    assert central_system.terminate() == 0
    assert watcher.process.wait(DEADLINE) == 69


def test_head_ends_a_watcher_quietly(serve):
    central_system = serve(records="none")
    process = subprocess.Popen(
        f'"{BINARY}" watch --control "{central_system.control}" | head -n 1; echo "${{PIPESTATUS[0]}}"', shell=True,
        executable="/bin/bash", stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    messages = Lines(process.stderr)
    messages.wait_for(lambda line: b"watching" in line)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    out = Lines(process.stdout)
    out.wait_for(lambda line: b"connection" in line)
    while not out.ended:
        station.ask("Heartbeat", {})
    assert out.lines[-1] == b"0\n" and len(out.lines) == 2
    station.close()
    process.wait()


def stations(central_system, *flags):
    done = run("stations", "--control", central_system.control, "--store", central_system.store, *flags)
    assert done.returncode == 0, done.stderr
    return done


def test_stations_beside_the_server_and_without_it(central_system):
    first, second = (ChargePoint(central_system.url, name) for name in ("CP001", "CP002"))
    first.boot()
    first.ask("StatusNotification", {"connectorId": 0, "errorCode": "NoError", "status": "Available"})
    first.ask("StatusNotification", {
        "connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted", "timestamp": "2026-03-01T10:00:00Z"})
    second.close()
    central_system.wait_for_record(lambda r: r.get("event") == "disconnected", "disconnection")
    found = {line["chargePointId"]: line for line in map(json.loads, stations(central_system).stdout.splitlines())}
    assert list(found) == ["CP001", "CP002"]
    assert (found["CP001"]["online"], found["CP002"]["online"]) == (True, False)
    assert found["CP001"]["onlineSince"] == found["CP001"]["lastConnected"]
    assert (found["CP001"]["vendor"], found["CP001"]["registration"]) == ("ABB", "Accepted")
    assert [(one["connectorId"], one["status"], one["errorCode"]) for one in found["CP001"]["connectors"]] == [
        (0, "Available", "NoError"), (1, "Faulted", "GroundFailure")]
    assert found["CP001"]["connectors"][1]["since"] == "2026-03-01T10:00:00.000Z"
    assert found["CP002"]["connectors"] == [] and "registration" not in found["CP002"]
    only = stations(central_system, "--online", "--format", "text").stdout.decode().splitlines()
    assert only[0].startswith("CP001  online since ") and "Faulted  GroundFailure" in only[2] and len(only) == 3
    first.close()
    central_system.wait_for_record(
        lambda r: r.get("event") == "disconnected" and r["chargePointId"] == "CP001", "disconnection")
    assert central_system.terminate() == 0
    later = stations(central_system)
    assert b"no server has this store" in later.stderr
    for line in map(json.loads, later.stdout.splitlines()):
        before = found[line["chargePointId"]]
        assert line["online"] is False and "onlineSince" not in line and "lastMessage" not in line
        assert {key: line[key] for key in ("connectors", "lastConnected", "transactions")} == {
            key: before[key] for key in ("connectors", "lastConnected", "transactions")}
    assert stations(central_system, "--online").stdout == b""
