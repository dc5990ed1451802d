"""How `serve` begins, goes on and ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed

from support.charge_point import ChargePoint
from support.program import BINARY, DEADLINE, CentralSystem, environment, run


def test_term_closes_with_1001_and_ends_with_0(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    assert central_system.terminate() == 0
    with pytest.raises(ConnectionClosed) as closed:
        station.receive()
    assert closed.value.rcvd.code == 1001


@pytest.mark.parametrize("registration", ["accepted", "pending", "rejected"])
def test_boots_are_answered_as_told(serve, registration):
    central_system = serve("--boot", registration, "--heartbeat-interval", "77")
    station = ChargePoint(central_system.url, "CP001")
    answer = station.boot()
    assert answer["status"] == registration.capitalize() and answer["interval"] == 77
    outcome = central_system.send("CP001", "RemoteStartTransaction", "idTag=T", "--timeout", "1")
    if registration == "accepted":
        assert outcome.returncode == 75, "it was sent, and nobody answered"
    else:
        assert outcome.returncode == 77
        assert json.loads(outcome.stdout)["status"] == registration.capitalize()


def test_before_boot_refuse_answers_security_error(serve):
    central_system = serve("--before-boot", "refuse")
    station = ChargePoint(central_system.url, "CP001")
    assert station.call("Heartbeat", {})[2] == "SecurityError"
    station.boot()
    assert "currentTime" in station.ask("Heartbeat", {})


def test_serve_outlives_the_reader_of_its_records(tmp_path):
    read, write = os.pipe()
    process = subprocess.Popen(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock"],
        stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE, env=environment())
    os.close(write)
    with os.fdopen(read, "rb") as records:
        url = json.loads(records.readline())["url"]
    station = ChargePoint(url, "CP001")
    station.boot()
    for _ in range(50):
        station.ask("Heartbeat", {})
    station.close()
    process.send_signal(signal.SIGTERM)
    _, messages = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    assert messages.count(b"the reader of the records is gone") == 1


def test_everything_is_answered_that_a_charge_point_sends(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    assert station.ask("Heartbeat", {})["currentTime"].endswith("Z")
    assert station.ask("Authorize", {"idTag": "TAG"}) == {"idTagInfo": {"status": "Accepted"}}
    assert station.ask("StatusNotification", {"connectorId": 0, "errorCode": "NoError", "status": "Available"}) == {}
    assert station.ask("DataTransfer", {"vendorId": "x"})["status"] == "UnknownVendorId"
    for transaction in (-1, 0, 12345):
        assert station.ask("StopTransaction", {
            "transactionId": transaction, "meterStop": 1, "timestamp": "2026-03-01T10:00:00Z"}) == {}
    assert station.call("Nonsense", {})[2] == "NotImplemented"
    assert station.call("heartbeat", {})[2] == "NotImplemented"
    assert station.call("Reset", {"type": "Soft"})[2] == "NotSupported"


def test_tags_decide_who_may_charge(serve, tmp_path):
    tags = tmp_path / "tags"
    tags.write_text('# ours\nGOOD\n{"idTag":"OLD","expiryDate":"2020-01-01T00:00:00Z"}\n{"idTag":"BAD","status":"Blocked"}\n')
    central_system = serve("--tags", tags)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    found = {tag: station.ask("Authorize", {"idTag": tag})["idTagInfo"]["status"] for tag in
             ("GOOD", "good", "OLD", "BAD", "OTHER")}
    assert found == {"GOOD": "Accepted", "good": "Accepted", "OLD": "Expired", "BAD": "Blocked", "OTHER": "Invalid"}
    started = station.ask("StartTransaction", {
        "connectorId": 1, "idTag": "OTHER", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})
    assert started["idTagInfo"]["status"] == "Invalid" and started["transactionId"] > 0


def test_unknown_charge_points_are_refused_when_told_so(serve):
    from websockets.exceptions import InvalidStatus
    central_system = serve("--accept", "known")
    with pytest.raises(InvalidStatus) as refused:
        ChargePoint(central_system.url, "CP001")
    assert refused.value.response.status_code == 404


def test_a_second_connection_does_not_displace_a_live_one(central_system):
    old = ChargePoint(central_system.url, "CP001")
    old.boot()
    new = ChargePoint(central_system.url, "CP001")
    with pytest.raises(ConnectionClosed) as closed:
        new.receive()
    assert closed.value.rcvd.code == 1008
    central_system.wait_for_record(lambda r: r.get("event") == "refused", "the refusal")
    outcome = central_system.send("CP001", "ClearCache", "--timeout", "0.5")
    assert outcome.returncode == 75
    assert old.receive()[2] == "ClearCache"


def test_a_second_connection_takes_the_place_of_a_dead_one(central_system):
    old = silent_charge_point(central_system, "CP001")
    began = time.monotonic()
    new = ChargePoint(central_system.url, "CP001")
    assert new.boot()["status"] == "Accepted"
    assert time.monotonic() - began < 15
    # The late close of the old connection does not take the new one with it.
    old.close()
    outcome = central_system.send("CP001", "ClearCache", "--timeout", "0.5")
    assert outcome.returncode == 75
    assert new.receive()[2] == "ClearCache"


def silent_charge_point(central_system, identity):
    """A WebSocket that reads nothing and answers no ping, as half-open ones do."""
    host, port = central_system.url.split("/")[2].split(":")
    line = socket.create_connection((host, int(port)))
    line.sendall((f"GET /ocpp/{identity} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
    assert b" 101 " in line.recv(4096)
    return line


def test_the_case_of_an_action_is_overlooked_on_demand(serve):
    central_system = serve("--action-case", "any", "--strict")
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    assert "currentTime" in station.ask("HeartBeat", {})


@pytest.mark.parametrize("flag, expected", [("refuse", "ConcurrentTx"), ("accept", "Accepted")])
def test_a_listed_tag_in_two_transactions(serve, tmp_path, flag, expected):
    tags = tmp_path / "tags"
    tags.write_text("GOOD\n")
    central_system = serve("--tags", tags, "--concurrent-transactions", flag)
    found = []
    for identity in ("CP001", "CP002"):
        station = ChargePoint(central_system.url, identity)
        station.boot()
        found.append(station.ask("StartTransaction", {
            "connectorId": 1, "idTag": "GOOD", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"}))
    assert [answer["idTagInfo"]["status"] for answer in found] == ["Accepted", expected]
    assert found[0]["transactionId"] != found[1]["transactionId"]


def test_send_says_who_is_not_there(central_system):
    outcome = central_system.send("CP009", "ClearCache")
    assert outcome.returncode == 69
    assert json.loads(outcome.stdout)["outcome"] == "notConnected"


def test_help_teaches_without_a_server():
    for command in ("serve", "send", "decode", "export-sessions", "export-meter-values", "simulate", "provision-dojot"):
        shown = run(command, "--help")
        assert shown.returncode == 0 and b"USAGE" in shown.stdout and b"Examples:" in shown.stdout, command


@pytest.mark.soak
def test_every_term_is_heard(tmp_path, soak_time, report):
    """On a machine that is busy with others of its kind."""
    ends, failures = [], []

    def worker(number):
        while soak_time() and not failures:
            folder = tmp_path / f"{number}-{len(ends)}"
            folder.mkdir()
            server = CentralSystem(folder, records="none")
            try:
                station = ChargePoint(server.url, "CP001")
                station.boot()
                status = server.terminate()
                (ends if status == 0 else failures).append(status)
            except Exception as error:
                failures.append(error)
            finally:
                server.close()
            shutil.rmtree(folder)

    workers = [threading.Thread(target=worker, args=(number,)) for number in range(6)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert ends and not failures
    report(f"{len(ends)} servers told to end, each did")
