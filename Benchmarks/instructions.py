"""Instructions of the hot paths, counted by valgrind: the same on a busy machine. `instructions.json` has the thresholds."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import frames
from measure import OCPPCTL, free_port

THRESHOLDS = Path(__file__).parent / "instructions.json"
# Counts differ a little with addresses and hash seeds; a change that matters is larger.
TOLERANCE = 1.05


def counted(command):
    return ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)]


def total(stderr):
    return int(re.search(r"refs:\s+([\d,]+)", stderr).group(1).replace(",", ""))


def of_log(arguments, folder, few=2000, many=6000):
    """Instructions for each frame of a log: those of a longer one less those of a shorter one."""
    frames.write(8_000_000, folder / "all.txt", folder / "log.txt")
    lines = (folder / "all.txt").read_bytes().splitlines(keepends=True)
    found = []
    for count in (few, many):
        (folder / "part.txt").write_bytes(b"".join(lines[:count]))
        done = subprocess.run(counted([OCPPCTL, "decode", *arguments, folder / "part.txt"]), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        found.append(total(done.stderr))
    return (found[1] - found[0]) // (many - few)


def served(folder, message, few=500, many=2500):
    """Instructions for each message that `serve` answers."""
    found = []
    for count in (few, many):
        port = free_port()
        server = subprocess.Popen(
            counted([OCPPCTL, "serve", "--listen", f"127.0.0.1:{port}", "--store", folder / f"{message}{count}.db",
                     "--control", folder / "control.sock", "--records", "none"]),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        exchange(port, message, count)
        server.send_signal(signal.SIGTERM)
        found.append(total(server.communicate()[1]))
    return (found[1] - found[0]) // (many - few)


def exchange(port, message, count):
    """Sends messages one after the other, each when the one before has its answer."""
    deadline = time.monotonic() + 300
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), 60)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    connection.sendall(b"GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                       b"Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(4096)
    for number in range(count):
        payload = {"heartbeat": "{}", "meter-values": (
            '{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2026-03-01T10:%02d:%02d.%03dZ","sampledValue":['
            '{"value":"%d","measurand":"Energy.Active.Import.Register","unit":"Wh"},'
            '{"value":"16.1","measurand":"Current.Import","phase":"L1","unit":"A"},'
            '{"value":"230.4","measurand":"Voltage","phase":"L1-N","unit":"V"}]}]}'
            % (number // 60 % 60, number % 60, number % 1000, number))}[message]
        action = {"heartbeat": "Heartbeat", "meter-values": "MeterValues"}[message]
        text = f'[2,"{number:08}","{action}",{payload}]'.encode()
        size = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
        connection.sendall(b"\x81" + size + bytes(4) + text)
        got = connection.recv(4096)
        assert b'[3,"%08d"' % number in got, got
    connection.close()


def instructions(rounds):
    """Fails where a hot path needs more instructions than its threshold; `bench instructions --accept` sets them anew."""
    if not shutil.which("valgrind"):
        print("instructions: valgrind is not installed")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {
            "decode a frame": of_log([], folder), "read a frame": of_log(["--summary"], folder),
            "serve a heartbeat": served(folder, "heartbeat"), "serve meter values": served(folder, "meter-values")}
    if "--accept" in sys.argv:
        THRESHOLDS.write_text(json.dumps(found, indent=2) + "\n")
    limits = json.loads(THRESHOLDS.read_text())
    worse = []
    print(f"{'instructions':22} {'counted':>10} {'threshold':>10}")
    for what, count in found.items():
        print(f"{what:22} {count:10} {limits[what]:10}")
        if count > limits[what] * TOLERANCE:
            worse.append(what)
    if worse:
        sys.exit(f"more instructions than before: {', '.join(worse)}; Benchmarks/instructions.json has the thresholds")
