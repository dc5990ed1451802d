"""What those cost who should not be here, or who send too much. Rows of docs/reliability.md are named."""

import csv
import io
import json
import re
import socket
import threading
import time

import pytest

from support.charge_point import ChargePoint
from support.hostile import (Bare, Heart, at_once, close_code, frame, link, opened, raise_open_files,
                             resident_kilobytes)
from support.program import DEADLINE, run
from support.secrets import GUESS
from support.security import KEY, basic, connect, metrics, passwords, status, upgrade

RAW = bytes.fromhex(KEY)


class Control:
    """Requests on the control socket."""

    def __init__(self, server):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(server.control))
        self.lines = self.socket.makefile()
        self.number = 0

    def ask(self, request, **members):
        self.number += 1
        self.socket.sendall(json.dumps({"request": request, "number": self.number, **members}).encode() + b"\n")
        return json.loads(self.lines.readline())

    def send(self, identity, action="ClearCache", **payload):
        return self.ask("send", chargePointId=identity, action=action, payload=payload, timeoutMilliseconds=20000)


# Rows 15 and 18: under a live charge point's name


def hijack(serve, tmp_path, report, count):
    file = passwords(tmp_path, CP001=KEY, CP002=KEY)
    server = serve("--security-profile", "1", "--passwords", file, "--trust-proxy", "127.0.0.1")
    station = connect(server.url, "CP001", RAW)
    station.boot()
    heart = Heart(station)
    control = Control(server)
    over = threading.Event()
    outcomes = []

    def command():
        while not over.is_set():
            outcomes.append(control.send("CP001")["outcome"])

    commander = threading.Thread(target=command)
    commander.start()

    def attack(number):
        # From its own address, and from as many as there are: each of those has its secret hashed.
        key = None if number % 3 == 0 else basic("CP001", GUESS + str(number).encode())
        address = "10.0.0.1" if number % 2 else f"10.1.{number >> 8 & 255}.{number & 255}"
        return status(server.url, "CP001", key, [f"X-Forwarded-For: {address}"])

    entered = []

    def enter():
        start = time.monotonic()
        connect(server.url, "CP002", RAW).boot()
        entered.append(time.monotonic() - start)

    start = time.monotonic()
    timer = threading.Timer(min(2, count / 2000), enter)
    timer.start()
    answers = at_once(count, attack)
    took = time.monotonic() - start
    timer.join()
    over.set()
    commander.join()
    delays = heart.stop()
    assert set(answers) == {401, 429}
    assert outcomes and set(outcomes) == {"accepted"} and heart.calls == len(outcomes)
    assert entered[0] < 2, "the real station is in within two seconds"
    server.wait_for_record(lambda r: r.get("event") == "connected" and r["chargePointId"] == "CP002", "record of it")
    changes = [json.loads(line) for line in server.records.lines if b'"record":"connection"' in line]
    assert [(c["chargePointId"], c["event"]) for c in changes] == [("CP001", "connected"), ("CP002", "connected")]
    report(f"{count} attempts in {took:.1f} s; {len(delays)} heartbeats, the slowest {delays[-1] * 1000:.0f} ms; "
           f"{len(outcomes)} commands; the other station was in after {entered[0] * 1000:.0f} ms")


def test_attempts_under_a_live_name_disturb_nothing(serve, tmp_path, report):
    hijack(serve, tmp_path, report, 1_000)


@pytest.mark.soak
def test_ten_thousand_attempts_under_a_live_name_disturb_nothing(serve, tmp_path, report):
    hijack(serve, tmp_path, report, 10_000)


# Rows 16 and 17


def test_a_half_open_connection_gives_way(serve, tmp_path, report):
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file)
    silent = opened(server.url, "CP001", basic("CP001", RAW))
    server.wait_for_record(lambda r: r.get("event") == "connected")
    start = time.monotonic()
    station = connect(server.url, "CP001", RAW)
    station.boot()
    took = time.monotonic() - start
    assert took < 15
    heart = Heart(station)
    assert Control(server).send("CP001")["outcome"] == "accepted"
    assert len(heart.stop()) > 0 and heart.calls == 1
    silent.setblocking(False)
    try:
        assert b"ClearCache" not in silent.recv(65536)
    except BlockingIOError:
        pass
    report(f"served after {took * 1000:.0f} ms")


@pytest.mark.parametrize("rounds", [40, pytest.param(1_000, marks=pytest.mark.soak)])
def test_the_late_end_of_an_old_connection_takes_nothing_with_it(serve, tmp_path, rounds):
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file, "--max-failures", "0")
    control = Control(server)
    old = Bare(server.url, "CP001", basic("CP001", RAW))
    old.send('[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
    assert old.receive()[0] == 3
    for number in range(rounds):
        # The newer one waits for the older one, whose end comes before, with or after what the newer one says first.
        new = Bare(server.url, "CP001", basic("CP001", RAW))
        if number % 2:
            new.send('[2,"h","Heartbeat",{}]')
            old.close()
        else:
            old.close()
            new.send('[2,"h","Heartbeat",{}]')
        assert new.receive()[:2] == [3, "h"]
        answer = []
        asking = threading.Thread(target=lambda: answer.append(control.send("CP001")))
        asking.start()
        call = new.receive()
        new.send(json.dumps([3, call[1], {"status": "Accepted"}]))
        asking.join()
        assert answer[0]["outcome"] == "accepted", f"round {number}: {answer[0]}"
        old = new


# Many connections that say nothing


def crowd(serve, tmp_path, report, count):
    raise_open_files()
    server = serve("--message-timeout", "30s")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    heart = Heart(station)
    at_once(200, lambda number: opened(server.url, f"WARM{number}").close())
    before = resident_kilobytes(server.process.pid)
    held = []

    def come(number):
        kind = number % 4
        if kind == 0:
            raw = link(server.url)
        elif kind == 1:
            raw = link(server.url)
            raw.sendall(upgrade("/ocpp/X")[:40])
        elif kind == 2:
            raw = link(server.url)
            raw.sendall(b"GET / HTTP/1.1\r\nX: ")
        else:
            raw = opened(server.url, f"SLOW{number}")
            raw.sendall(frame(b"[2,", claimed=1000))
        held.append((kind, raw))

    at_once(count, come)
    # Trickles: a byte more of each, for a while.
    for _ in range(3):
        for kind, raw in held:
            if kind == 2:
                try:
                    raw.send(b"x")
                except OSError:
                    pass
    during = resident_kilobytes(server.process.pid)
    beats = len(heart.delays)
    fresh = time.monotonic()
    newcomer = ChargePoint(server.url, "CP002")
    newcomer.boot()
    fresh = time.monotonic() - fresh
    while len(heart.delays) < beats + 5:
        heart.isOver.wait(0.01)
    delays = heart.stop()
    for _, raw in held:
        raw.close()
    assert delays[-1] < 1, "answered within a second"
    assert fresh < 2
    # Half of those are WebSockets or will be; 24 KiB each is more than a connection costs.
    assert during - before < 24 * count, f"{(during - before) / count} KiB a connection"
    report(f"{count} connections: slowest answer {delays[-1] * 1000:.0f} ms, a new charge point booted in "
           f"{fresh * 1000:.0f} ms, {(during - before) / count:.1f} KiB a connection")


def test_silent_and_slow_connections_cost_the_others_nothing(serve, tmp_path, report):
    crowd(serve, tmp_path, report, 800)


@pytest.mark.soak
def test_five_thousand_silent_and_slow_connections(serve, tmp_path, report):
    crowd(serve, tmp_path, report, 5_000)


def test_handshakes_that_never_end_make_room(serve):
    server = serve("--max-pending", "50", "--handshake-timeout", "2s")
    idle = [link(server.url) for _ in range(60)]
    ChargePoint(server.url, "CP001").boot()
    assert metrics(server)["ocppctl_handshakes_crowded_out_total"] >= 10
    assert [close_code(raw, 10) for raw in idle] == [0] * 60
    assert metrics(server)["ocppctl_handshakes_timed_out_total"] >= 49
    assert metrics(server)["ocppctl_handshakes_pending"] == 0


def test_a_depot_comes_back_at_once(serve, tmp_path, report):
    """No default limit refuses a handshake that would succeed: many stations behind one address."""
    count = 500
    file = tmp_path / "passwords.jsonl"
    set_one = passwords(tmp_path, CP=KEY)
    line = json.loads(set_one.read_text())
    file.write_text("".join(json.dumps({**line, "chargePointId": f"D{number}"}) + "\n" for number in range(count)))
    server = serve("--security-profile", "1", "--passwords", file)
    start = time.monotonic()
    answers = at_once(count, lambda number: status(server.url, f"D{number}", basic(f"D{number}", RAW)), threads=32)
    took = time.monotonic() - start
    assert set(answers) == {101}
    counted = metrics(server)
    assert counted["ocppctl_failures_over_limit_total"] == counted["ocppctl_handshakes_over_limit_total"] == 0
    report(f"{count} charge points of one address in {took:.1f} s")


def test_too_many_handshakes_of_one_address(serve):
    server = serve("--max-handshakes", "1")
    answers = [status(server.url, f"CP{number}") for number in range(15)]
    assert answers[:10] == [101] * 10 and 429 in answers[10:]
    assert metrics(server)["ocppctl_handshakes_over_limit_total"] >= 1


def test_more_connections_than_allowed(serve):
    server = serve("--max-connections", "3")
    held = [opened(server.url, f"CP{number}") for number in range(3)]
    assert status(server.url, "CP9") == 503
    assert metrics(server)["ocppctl_connections_over_limit_total"] == 1
    held[0].close()
    server.wait_for_record(lambda r: r.get("event") == "disconnected")
    assert status(server.url, "CP9") == 101


# Rows 43 to 47: what a connection may send


def test_a_flood_is_read_slowly_and_the_others_feel_nothing(serve, report):
    """Row 45."""
    server = serve("--max-messages", "50", records="none")
    calm = [ChargePoint(server.url, f"CP{number}") for number in range(10)]
    for station in calm:
        station.boot()
    flooder = opened(server.url, "FLOOD")
    over = threading.Event()

    def flood():
        block = b"".join(frame(json.dumps([2, f"f{n}", "Heartbeat", {}]).encode()) for n in range(200))
        flooder.settimeout(0.2)
        while not over.is_set():
            try:
                flooder.send(block)
            except TimeoutError:
                pass

    def drain():
        while not over.is_set():
            try:
                if not flooder.recv(65536):
                    return
            except TimeoutError:
                pass

    workers = [threading.Thread(target=flood), threading.Thread(target=drain)]
    for worker in workers:
        worker.start()
    before = resident_kilobytes(server.process.pid)
    delays = []
    for _ in range(40):
        for station in calm:
            start = time.monotonic()
            station.ask("Heartbeat", {})
            delays.append(time.monotonic() - start)
    after = resident_kilobytes(server.process.pid)
    over.set()
    for worker in workers:
        worker.join()
    delays.sort()
    p99 = delays[len(delays) * 99 // 100]
    assert p99 < 0.25, p99
    assert metrics(server)["ocppctl_reads_paused_total"] > 0
    assert after - before < 20_000
    report(f"p99 of the others {p99 * 1000:.1f} ms beside a flood, {after - before} KiB more")


def test_who_does_not_read_is_dropped(serve, report):
    """Row 46: it is not read from either, so nothing piles up, and it answers no ping."""
    server = serve("--ping-interval", "1", "--max-backlog-bytes", "64KiB", "--max-messages", "0", "--max-bytes", "0",
                   records="none")
    before = resident_kilobytes(server.process.pid)
    raw = link(server.url)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.sendall(upgrade("/ocpp/CP001"))
    call = frame(json.dumps([2, "x" * 36, "Nonsense", {"pad": "y" * 100}]).encode())
    sent = highest = 0
    start = time.monotonic()
    raw.settimeout(0.2)
    # The system keeps the socket until the peer has read or is gone: what tells is the server's count.
    while metrics(server)["ocppctl_connections"] and time.monotonic() < start + DEADLINE:
        try:
            sent += raw.send(call * 100)
        except TimeoutError:
            pass
        highest = max(highest, resident_kilobytes(server.process.pid) - before)
    took = time.monotonic() - start
    assert took < 30, "it is dropped within some intervals, on a busy machine, too"
    assert highest < 10_000
    counted = metrics(server)
    assert counted["ocppctl_connections"] == 0
    assert counted["ocppctl_closed_too_slow_total"] + counted["ocppctl_closed_silent_total"] == 1
    report(f"dropped after {took:.1f} s and {sent >> 10} KiB of requests, {highest} KiB more")


def test_half_and_trickled_messages(serve):
    """Row 44: the deadline is the whole message's, however slowly it goes on."""
    server = serve("--message-timeout", "1s")
    half = opened(server.url, "HALF")
    half.sendall(frame(b"[2,", claimed=500))
    fragments = opened(server.url, "FRAG")
    fragments.sendall(frame(b"[2,", final=False))
    trickle = opened(server.url, "DRIP")
    trickle.sendall(frame(b"[", claimed=500))
    start = time.monotonic()
    ended = None
    trickle.settimeout(0.2)
    while ended is None and time.monotonic() < start + 10:
        try:
            trickle.send(b" ")
            data = trickle.recv(100)
            ended = time.monotonic() if not data or b"\x88" in data else None
        except TimeoutError:
            pass
        except OSError:
            ended = time.monotonic()
    assert ended and ended - start < 8
    assert close_code(half, 10) == 1008 and close_code(fragments, 10) == 1008
    whole = ChargePoint(server.url, "CP001")
    whole.boot()
    end = time.monotonic() + 10
    while metrics(server)["ocppctl_connections"] > 1 and time.monotonic() < end:
        pass
    assert metrics(server)["ocppctl_closed_too_slow_total"] == 3


def test_messages_that_are_none(serve):
    """Row 44, 35 and 43: binary, not UTF-8, too big, too deep, an action of a megabyte."""
    server = serve("--max-frame-bytes", "2MiB", "--max-json-depth", "20")
    for payload, opcode, code in ((b"\x00", 2, 1003), (b"\xff\xfe", 1, 1007), (b'[2,"1","\xc3\x28",{}]', 1, 1007)):
        raw = opened(server.url, "CP001")
        raw.sendall(frame(payload, opcode))
        assert close_code(raw, 10) == code
    raw = opened(server.url, "CP001")
    raw.sendall(frame(b"x" * 1000, claimed=3 << 20))
    assert close_code(raw, 10) == 1009
    station = ChargePoint(server.url, "CP002")
    assert station.call("A" * (1 << 20), {})[2] == "NotImplemented"
    assert len(station.call("\u001b" * 1000 + "é" * 100_000, {})[3]) <= 255
    station.send('[2,"deep","Heartbeat",' + '{"a":' * 30 + "1" + "}" * 30 + "]")
    assert station.receive()[2] == "FormationViolation"
    station.send('[2,"ok","DataTransfer",{"vendorId":"v","data":' + "[" * 10 + "]" * 10 + "}]")
    assert station.receive()[0] in (3, 4)
    assert metrics(server)["ocppctl_unreadable_messages_total"] == 1


@pytest.mark.parametrize("word", ["silent", "half a frame's head"])
def test_the_dead_are_found(serve, word, report):
    """Row 47."""
    server = serve("--ping-interval", "1")
    raw = opened(server.url, "CP001")
    if word != "silent":
        raw.sendall(b"\x81")
    start = time.monotonic()
    server.wait_for_record(lambda r: r.get("event") == "disconnected", timeout=10)
    took = time.monotonic() - start
    assert took < 3.5
    assert metrics(server)["ocppctl_closed_silent_total"] == 1
    report(f"found after {took:.1f} s of an interval of 1 s")


# Rows 20, 24, 25: requests of every kind


@pytest.mark.parametrize("target,answer", [
    ("/ocpp/EVIL%2FCP2", 400), ("/ocpp/a/../CP2", 400), ("/ocpp/CP;x", 400), ("/ocpp/CP%0D%0AX", 400),
    ("/ocpp/%FF", 400), ("/ocpp/CP%252F", 400), ("/ocpp/CP%2541", 400), ("/ocpp/" + "C" * 1000, 400), ("/ocpp/..", 400), ("/ocpp/%2e%2e", 400),
    ("/ocpp/", 404), ("/ocpp", 404), ("/other/CP1", 404), ("/ocpp//a//b", 400), ("/ocpp/%00", 400), ("/ocpp/%G1", 400),
    ("/ocpp/CP%5C", 400), ("/OCPP/CP1", 404), ("/ocpp/CP1#x", 400),
])
def test_identities_that_are_none(serve, target, answer):
    server = serve()
    with link(server.url) as raw:
        raw.sendall(upgrade(target))
        assert raw.recv(4096).startswith(f"HTTP/1.1 {answer} ".encode())
    # Its records are written by its end.
    assert server.terminate() == 0
    assert not any(b'"connection"' in line for line in server.records.lines)


@pytest.mark.parametrize("target,identity", [
    ("/ocpp/CP1", "CP1"), ("/ocpp/CP1/", "CP1"), ("/ocpp/CP%201", "CP 1"), ("/ocpp/CP+2", "CP+2"), ("/ocpp/CP1?a=b", "CP1"),
    ("/ocpp//CP1", "CP1"), ("//ocpp///CP1//", "CP1"),
])
def test_identities_that_are_taken(serve, target, identity):
    server = serve()
    with link(server.url) as raw:
        raw.sendall(upgrade(target))
        assert raw.recv(4096).startswith(b"HTTP/1.1 101 ")
        assert server.wait_for_record(lambda r: r.get("event") == "connected")["chargePointId"] == identity


@pytest.mark.parametrize("request_text,answer", [
    (b"CONNECT /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n\r\nraw", b"405"),
    (upgrade("/ocpp/CP1").replace(b"Upgrade: websocket", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk"), b"426"),
    (upgrade("/ocpp/CP1").replace(b"Upgrade: websocket", b"Upgrade: foobar"), b"426"),
    (upgrade("/ocpp/CP1").replace(b"Version: 13", b"Version: 8"), b"426"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
     + upgrade("/ocpp/CP1").replace(b"Upgrade: websocket", b"Upgrade: foobar"), b"426"),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000, b"431"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b"400"),
])
def test_requests_that_are_no_upgrade(serve, request_text, answer):
    """Row 25, and libwebsockets' use after free: a keep-alive GET, then `Upgrade: foobar` on the same connection."""
    server = serve()
    with link(server.url) as raw:
        raw.sendall(request_text)
        data = b""
        try:
            while piece := raw.recv(65536):
                data += piece
        except ConnectionError:
            pass
    assert data.startswith(b"HTTP/1.1 " + answer) and data.count(b"HTTP/1.1 ") == 1
    ChargePoint(server.url, "CP001").boot()
    assert metrics(server)["ocppctl_handshakes_malformed_total"] == 1


@pytest.mark.parametrize("offered,strict,code", [
    (None, False, None), (None, True, 1002), ("soap, ocpp1.5", False, 1002), ("soap, ocpp1.5", True, 1002),
    ("soap, ocpp1.6", True, None),
])
def test_subprotocols(serve, offered, strict, code):
    """Row 24."""
    server = serve(*(["--strict"] if strict else []))
    old = b"Sec-WebSocket-Protocol: ocpp1.6\r\n"
    new = f"Sec-WebSocket-Protocol: {offered}\r\n".encode() if offered else b""
    with link(server.url) as raw:
        raw.sendall(upgrade("/ocpp/CP001").replace(old, new))
        head = raw.recv(4096)
        assert head.startswith(b"HTTP/1.1 101 ")
        assert (b"Sec-WebSocket-Protocol: ocpp1.6" in head) == (offered is not None and "ocpp1.6" in offered)
        if code:
            if b"\x88" not in head:
                head += raw.recv(4096)
            index = head.index(b"\x88")
            assert int.from_bytes(head[index + 2:index + 4], "big") == code
        else:
            raw.sendall(frame(b'[2,"1","Heartbeat",{}]'))
            assert b"currentTime" in raw.recv(4096)


# Row 52: strings of charge points


def test_hostile_strings_are_made_harmless(serve, tmp_path):
    server = serve()
    nasty = "\u001b[31m=cmd|' /C calc'!A0\r\n+#/\u0085\u202e\u007f"
    station = ChargePoint(server.url, "CP001")
    station.ask("BootNotification", {"chargePointVendor": nasty, "chargePointModel": nasty})
    for tag in ("=cmd()", "+1", "@x", "\u001b]0;x\u0007"):
        started = station.ask("StartTransaction", {"connectorId": 1, "idTag": tag, "meterStart": 0,
                                                   "timestamp": "2026-03-01T10:00:00Z"})
        station.ask("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 5, "idTag": tag,
                                        "timestamp": "2026-03-01T11:00:00Z", "reason": nasty})
    station.call(nasty, {nasty: nasty})
    station.send(nasty)
    status(server.url, "CP%1B%5B31m")
    station.close()
    server.terminate()
    table = run("export-sessions", "--store", server.store, "--format", "csv").stdout.decode()
    for row in list(csv.reader(io.StringIO(table)))[1:]:
        assert not any(cell.startswith(("=", "+", "@")) for cell in row), row
    # JSON leaves U+0080 to U+009F as they came: records are for programs.
    log = re.sub("[\x80-\x9f]", "", server.log.read_text())
    outputs = [table, b"".join(server.messages.lines).decode(), log,
               run("decode", server.log, "--format", "text").stdout.decode(),
               run("stations", "--format", "text", "--store", server.store, "--control", tmp_path / "none").stdout.decode()]
    for text in outputs:
        found = {character for character in text if (character < " " and character not in "\n\r\t")
                 or "\x7f" <= character < "\xa0"}
        assert not found, (found, text[:200])
