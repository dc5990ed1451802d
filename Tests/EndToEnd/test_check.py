"""`check` against our own server, one that is not ours with deliberate faults, and charge points."""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import socket
import ssl
import subprocess
import threading
from datetime import datetime, timedelta, timezone

import pytest
import websockets

from support.certificates import Certificates
from support.charge_point import ChargePoint
from support.peers import peer
from support.program import BINARY, Lines, environment, run
from support.security import KEY
from test_schemas import check as check_schema

NAMES = {"address", "tls", "upgrade", "subprotocol", "boot", "clock", "heartbeat", "unknownAction", "trailingSlash"}


def check(*words, status=0):
    """The results by check; the worst of several of one name."""
    done = run("check", *words, timeout=60)
    assert done.returncode == status, (done.stdout, done.stderr)
    assert done.stderr == b""
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert {check_schema(record) for record in records} <= {"check"}
    order = ["passed", "skipped", "warning", "failed"]
    found = {}
    for record in records:
        assert (record["result"] in ("warning", "failed")) == ("advice" in record)
        worst = found.get(record["check"])
        if worst is None or order.index(record["result"]) > order.index(worst["result"]):
            found[record["check"]] = record
    return found


def verdicts(found):
    return {name: record["result"] for name, record in found.items()}


# A central system that is not ours


class Peer:
    """PyPI `ocpp`, on a thread of its own; `answers` as `support.peers.peer` has them, and faults of the transport."""

    def __init__(self, answers=None, subprotocols=("ocpp1.6",), context=None, mangle=None, process_request=None):
        self.answers = {"BootNotification": boot, "Heartbeat": lambda payload: {"current_time": stamp()}, **(answers or {})}
        self.options = {"subprotocols": list(subprotocols) or None, "ssl": context, "process_request": process_request}
        self.mangle = mangle
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(10)

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.stopped = asyncio.Event()

        async def main():
            async with websockets.serve(self.serve, "127.0.0.1", 0, **self.options) as server:
                self.port = server.sockets[0].getsockname()[1]
                ready.set()
                await self.stopped.wait()

        self.loop.run_until_complete(main())

    async def serve(self, link):
        class Wire:
            async def recv(wire):
                return await link.recv()

            async def send(wire, text):
                text = self.mangle(text) if self.mangle else text
                if text is None:
                    return
                if text == "close":
                    return await link.close(1011)
                await link.send(text)

        with contextlib.suppress(websockets.ConnectionClosed):
            await peer(["BootNotification", "Heartbeat"], self.answers)("CHECK", Wire()).start()

    def close(self):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(10)

    @property
    def url(self):
        return f"{'wss' if self.options['ssl'] else 'ws'}://127.0.0.1:{self.port}/ocpp"


def stamp(**delta):
    return (datetime.now(timezone.utc) + timedelta(**delta)).isoformat(timespec="seconds").replace("+00:00", "Z")


def boot(payload=None, **changes):
    return {"current_time": stamp(), "interval": 300, "status": "Accepted", **changes}


@pytest.fixture
def start():
    running = []

    def begin(**options):
        running.append(Peer(**options))
        return running[-1]

    yield begin
    for one in running:
        one.close()


def test_a_server_that_is_not_ours(start):
    found = check("--url", start().url)
    assert verdicts(found) == {name: "passed" for name in NAMES - {"tls"}}


FAULTS = {
    "clock behind": ({"answers": {"BootNotification": lambda p: boot(current_time=stamp(hours=-3))}}, 0, "clock", "warning",
                     "behind this machine's clock"),
    "clock without zone": ({"answers": {"BootNotification": lambda p: boot(current_time=stamp()[:-1] + "+00:00")}}, 0,
                           "clock", "warning", "+00:00"),
    "pending": ({"answers": {"BootNotification": lambda p: boot(status="Pending")}}, 0, "boot", "warning", "Pending"),
    "rejected": ({"answers": {"BootNotification": lambda p: boot(status="Rejected")}}, 0, "boot", "warning", "Rejected"),
    "no subprotocol": ({"subprotocols": ()}, 76, "subprotocol", "failed", "chose none"),
    "no answer to the boot": ({"mangle": lambda text: None}, 75, "boot", "failed", "not answered within 1 s"),
    "no answer to heartbeats": ({"mangle": lambda text: None if "currentTime" in text and "interval" not in text else text},
                                75, "heartbeat", "failed", "not answered"),
    "no JSON": ({"mangle": lambda text: text[:-4]}, 76, "boot", "failed", "no answer: [3,"),
    "another id": ({"mangle": lambda text: text.replace("check-", "chick-")}, 76, "boot", "failed", "message id chick-"),
    "an error": ({"mangle": lambda text: json.dumps([4, json.loads(text)[1], "InternalError", "no database", {}])}, 76,
                 "boot", "failed", "InternalError no database"),
    "a status of its own": ({"mangle": lambda text: text.replace("Accepted", "Welcome")}, 76, "boot", "failed", "Welcome"),
    "no time": ({"mangle": lambda text: text.replace('"currentTime"', '"time"')}, 76, "clock", "failed", "currentTime is absent"),
    "a field too many": ({"mangle": lambda text: text.replace('"interval"', '"x":1,"interval"')}, 0, "boot", "warning",
                         "violates the specification"),
    "closes on what it does not know": ({"mangle": lambda text: "close" if text.startswith("[4") else text}, 0,
                                        "unknownAction", "warning", "the connection ended"),
    "swallows what it does not know": ({"mangle": lambda text: None if text.startswith("[4") else text}, 0, "unknownAction",
                                       "warning", "no answer that means anything"),
    "answers what does not exist": ({"mangle": lambda text: json.dumps([3, json.loads(text)[1], {}]) if text.startswith("[4")
                                     else text}, 0, "unknownAction", "warning", "as if it did"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_deliberate_faults(start, fault):
    options, status, name, result, words = FAULTS[fault]
    found = check("--url", start(**options).url, "--timeout", "1", status=status)
    assert found[name]["result"] == result and words in found[name]["message"], found
    others = {other for other, record in found.items() if record["result"] != "passed"} - {name}
    assert not others or fault in ("no time", "no subprotocol"), found


@pytest.mark.parametrize("code, status, result", [(401, 77, "failed"), (403, 77, "failed"), (404, 77, "failed"),
                                                  (429, 77, "failed"), (301, 77, "failed"), (503, 69, "failed"),
                                                  (200, 76, "failed"), (500, 76, "failed")])
def test_requests_that_are_refused(start, code, status, result):
    server = start(process_request=lambda link, request: link.respond(code, "no\n"))
    found = check("--url", server.url, status=status)
    assert verdicts(found) == {"address": "passed", "upgrade": result}
    assert str(code) in found["upgrade"]["message"]


@pytest.mark.parametrize("key, subprotocol, name, words", [
    (None, "ocpp2.0.1", "subprotocol", "a subprotocol that was not offered"),
    ("bm9uc2Vuc2U=", "ocpp1.6", "upgrade", "handshake is wrong: Accept hash wrong")])
def test_a_handshake_that_is_wrong(key, subprotocol, name, words):
    """Something is there and answers: no firewall is to blame."""
    def answer(listening):
        with contextlib.suppress(OSError):
            while True:
                link, _ = listening.accept()
                with link:
                    asked = re.search(rb"Sec-WebSocket-Key: (\S+)", link.recv(4096), re.I)[1]
                    digest = hashlib.sha1(asked + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
                    accept = key or base64.b64encode(digest).decode()
                    link.sendall(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        url = f"ws://127.0.0.1:{listening.getsockname()[1]}/ocpp"
        found = check("--url", url, "--timeout", "5", status=76)
        listening.shutdown(socket.SHUT_RDWR)
    assert found["address"]["result"] == "passed" and found[name]["result"] == "failed"
    assert words in found[name]["message"]


def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert verdicts(check("--url", f"ws://127.0.0.1:{port}/ocpp", status=69)) == {"address": "failed"}
    assert verdicts(check("--url", "ws://no-such-host.invalid/ocpp", status=69)) == {"address": "failed"}


def test_somebody_listens_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"ws://127.0.0.1:{mute.getsockname()[1]}/ocpp"
        found = check("--url", url, "--timeout", "0.5", status=75)
    assert found["address"]["result"] == "failed" and "no answer" in found["address"]["message"]


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.authority("other")
    return made


def serving(certificates, name, **options):
    certificate, key = certificates.issue(name, f"/CN={name}", **options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_certificates(start, certificates):
    ca = certificates.path("ca.pem")
    good = start(context=serving(certificates, "good", san="IP:127.0.0.1")).url
    assert verdicts(check("--url", good, "--tls-ca", ca)) == {name: "passed" for name in NAMES}
    wrong = {
        "another CA": (good, ["--tls-ca", certificates.path("other.pem")], "issuer", "--tls-ca"),
        "no CA": (good, [], "issuer", "--tls-ca"),
        "another name": (start(context=serving(certificates, "elsewhere", san="DNS:elsewhere")).url, ["--tls-ca", ca],
                         "mismatch", "another name"),
        "expired": (start(context=serving(certificates, "localhost", expired=True)).url.replace("127.0.0.1", "localhost"),
                    ["--tls-ca", ca], "expired", "renew"),
        "no TLS": (start().url.replace("ws:", "wss:"), [], "", "wss://"),
    }
    for what, (url, words, message, advice) in wrong.items():
        found = check("--url", url, *words, status=69)
        assert verdicts(found) == {"address": "passed", "tls": "failed"}, what
        assert message in found["tls"]["message"] and advice in found["tls"]["advice"], (what, found)


# Our own server


def test_our_own_server(serve):
    server = serve()
    found = check("--url", server.url, "--id", "CP001")
    assert {name: result for name, result in verdicts(found).items() if result != "passed"} == {}
    server.wait_for_record(lambda r: r.get("event") == "disconnected" and r["chargePointId"] == "CP001")
    assert verdicts(check("--url", server.url.replace("/ocpp", "/other"), status=77))["upgrade"] == "failed"


def test_our_own_server_with_passwords(serve, tmp_path):
    key, passwords = tmp_path / "key", tmp_path / "passwords.jsonl"
    key.touch(0o600)
    key.write_text(KEY + "\n")
    assert run("passwords", "set", "CP001", "--password-file", key, "--passwords", passwords).returncode == 0
    url = serve("--security-profile", "1", "--passwords", passwords).url
    found = check("--url", url, "--id", "CP001", status=77)
    assert "--password-file" in found["upgrade"]["advice"]
    assert verdicts(check("--url", url, "--id", "CP001", "--password-file", key))["boot"] == "passed"
    found = check("--url", url, "--id", "CP002", "--password-file", key, status=77)
    assert "401" in found["upgrade"]["message"] or "404" in found["upgrade"]["message"]


def test_text_and_arguments(serve):
    server = serve()
    done = run("check", "--url", server.url, "--format", "text")
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0 and lines[0].split() == ["passed", "address", server.url + "/CHECK", "answers"]
    assert all(line.startswith(("passed ", "warning ", " " * 23)) for line in lines)
    for words in ([], ["CP001", "--url", server.url], ["--url", "http://x/"], ["CP001", "--id", "X"], ["--url", server.url, "--restart"],
                  ["--url", server.url, "--timeout", "0"]):
        assert run("check", *words).returncode == 64, words
    assert run("check", "CP001", "--control", "/no/such/socket").returncode == 69


# Charge points


def test_a_simulated_charge_point(serve):
    server = serve(records="none")
    with simulation(server):
        found = check("CP001", "--control", server.control)
        assert verdicts(found) == {
            "online": "passed", "boot": "passed", "configuration": "passed", "meterInterval": "passed",
            "measurands": "passed", "profiles": "passed", "LocalAuthListManagement": "passed", "SmartCharging": "passed",
            "RemoteTrigger": "passed", "FirmwareManagement": "skipped", "Reservation": "skipped", "clock": "passed",
            "restart": "skipped"}
        assert check("CP001", "--control", server.control, "--restart")["restart"]["result"] == "passed"
    assert verdicts(check("CP009", "--control", server.control, status=69)) == {"online": "failed"}


@contextlib.contextmanager
def simulation(server):
    process = subprocess.Popen([BINARY, "simulate", "--url", server.url, "--records", "none"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
    Lines(process.stderr).wait_for(lambda line: b"CP001" in line and b"ccepted" in line, "an accepted boot")
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


class Stubborn:
    """Answers by a table; what is not in it with NotImplemented."""

    def __init__(self, server, answers, configuration):
        self.asked = []
        keys = [{"key": key, "readonly": False, "value": value} for key, value in configuration.items()]
        self.answers = {"GetConfiguration": {"configurationKey": keys}, **answers}
        self.station = ChargePoint(server.url, "CP001")
        self.station.boot()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with contextlib.suppress(Exception):
            for text in self.station.socket:
                frame = json.loads(text)
                if frame[0] != 2:
                    continue
                self.asked.append((frame[2], frame[3]))
                answer = self.answers.get(frame[2])
                if answer == "silence":
                    continue
                reply = [4, frame[1], "NotImplemented", "", {}] if answer is None else [3, frame[1], answer]
                self.station.send(json.dumps(reply))
                if frame[2] == "TriggerMessage" and frame[3]["requestedMessage"] == "StatusNotification":
                    self.station.send(json.dumps([2, "s", "StatusNotification", {
                        "connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": stamp(days=-400)}]))


def test_a_charge_point_with_faults(serve):
    server = serve(records="none")
    stubborn = Stubborn(server, {"TriggerMessage": {"status": "Accepted"}}, {
        "MeterValueSampleInterval": "0", "MeterValuesSampledData": "Energy.Active.Import.Register, Voltage",
        "SupportedFeatureProfiles": "Core,SmartCharging"})
    found = check("CP001", "--control", server.control, "--timeout", "2")
    assert found["configuration"]["result"] == "warning" and "HeartbeatInterval" in found["configuration"]["message"]
    assert "MeterValueSampleInterval=" not in found["meterInterval"]["message"]
    assert found["meterInterval"]["result"] == "warning" and "key=MeterValueSampleInterval value=60" in found["meterInterval"]["advice"]
    assert found["measurands"]["result"] == "warning"
    assert "value=Energy.Active.Import.Register,Voltage,Power.Active.Import'" in found["measurands"]["advice"]
    assert found["SmartCharging"]["result"] == "warning" and "claimed, but" in found["SmartCharging"]["message"]
    assert found["LocalAuthListManagement"]["result"] == "skipped"
    assert found["RemoteTrigger"]["result"] == "passed"
    assert found["clock"]["result"] == "warning" and "behind" in found["clock"]["message"]
    # Nothing was sent that changes anything.
    assert {action for action, _ in stubborn.asked} == {
        "GetConfiguration", "GetLocalListVersion", "GetCompositeSchedule", "TriggerMessage"}


def test_a_charge_point_that_tells_nothing(serve):
    server = serve(records="none")
    Stubborn(server, {"GetConfiguration": None}, {})
    found = check("CP001", "--control", server.control, "--timeout", "1", status=76)
    assert found["configuration"]["result"] == "failed" and found["clock"]["result"] == "skipped"


def test_a_charge_point_that_does_not_answer(serve):
    server = serve(records="none")
    Stubborn(server, {"GetConfiguration": "silence", "TriggerMessage": "silence"}, {})
    found = check("CP001", "--control", server.control, "--timeout", "0.3", status=75)
    assert found["configuration"]["result"] == "failed" and "no answer within" in found["configuration"]["message"]
