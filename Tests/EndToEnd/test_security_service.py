"""The control socket, and `serve` as a service of systemd."""

import json
import os
import random
import re
import shutil
import signal
import socket
import stat
import subprocess
import time

import pytest

from support.charge_point import ChargePoint
from support.hostile import standing_still
from support.program import BINARY, DEADLINE, ROOT, environment
from support.security import metrics

UNIT = ROOT / "packaging" / "systemd" / "ocppctl.service"


def control(server, timeout=DEADLINE):
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(timeout)
    link.connect(str(server.control))
    return link


# Row 51


def test_the_control_socket_is_for_this_user(central_system):
    mode = os.stat(central_system.control)
    assert stat.S_IMODE(mode.st_mode) == 0o600 and mode.st_uid == os.geteuid()
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    # Even where the file lets everybody in, the peer's credentials do not.
    path = central_system.control
    for folder in [path, *path.parents]:
        if str(folder).startswith("/tmp/pytest"):
            os.chmod(folder, 0o777)
    script = (f"import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect({str(path)!r});"
              "s.sendall(b'{\"request\":\"metrics\",\"number\":1}\\n'); sys.stdout.write(repr(s.recv(100)))")
    other = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", script],
                           capture_output=True, text=True, timeout=DEADLINE)
    assert other.stdout == "b''" or "ConnectionResetError" in other.stderr or "BrokenPipe" in other.stderr, other
    assert metrics(central_system)["ocppctl_connections"] == 0


def test_a_line_that_is_too_long_ends_its_connection(central_system):
    link = control(central_system)
    sent = 0
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        while sent < 32 << 20:
            link.sendall(b"x" * 65536)
            sent += 65536
    assert sent >= 4 << 20
    assert metrics(central_system)["ocppctl_connections"] == 0


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.soak)])
def test_the_control_socket_takes_any_bytes(central_system, count):
    """Lines of requests with bytes changed, taken out, put in; the server answers to the end."""
    dice = random.Random(4)
    seeds = [
        b'{"request":"send","number":1,"chargePointId":"CP001","action":"Reset","payload":{"type":"Soft"},'
        b'"timeoutMilliseconds":100}',
        b'{"request":"chargePoints","number":2}', b'{"request":"stations","number":3}',
        b'{"request":"metrics","number":4}', b'{"request":"changeTags","number":5,"changes":[{"put":{"idTag":"T"}}]}',
        b'{"request":"watch","number":6}', b"[" * 200, b'{"number":18446744073709551615,"request":"send"}',
    ]
    link = control(central_system)
    for number in range(count):
        line = bytearray(dice.choice(seeds))
        for _ in range(dice.randrange(4)):
            place = dice.randrange(len(line))
            match dice.randrange(3):
                case 0: line[place] = dice.randrange(256)
                case 1: del line[place]
                case 2: line[place:place] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9)))
            if not line:
                break
        try:
            link.sendall(bytes(line) + b"\n")
            if number % 20 == 19:
                link.setblocking(False)
                try:
                    while link.recv(1 << 20):
                        pass
                except BlockingIOError:
                    pass
                link.settimeout(10)
        except OSError:
            link = control(central_system)
    link.close()
    assert central_system.process.poll() is None
    assert metrics(central_system)["ocppctl_connections"] == 0


def test_a_killed_send_leaves_the_server_up(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    command = subprocess.Popen([BINARY, "send", "--control", central_system.control, "CP001", "ClearCache"],
                               stdout=subprocess.DEVNULL, env=environment())
    call = station.receive()
    command.kill()
    command.wait()
    station.send(json.dumps([3, call[1], {"status": "Accepted"}]))
    station.ask("Heartbeat", {})
    assert central_system.wait_for_record(lambda r: r.get("record") == "command")["outcome"] == "accepted"


# systemd


class Manager:
    """The end of $NOTIFY_SOCKET that systemd holds."""

    def __init__(self, path, watchdog_seconds):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + path[1:] if path.startswith("@") else path)
        self.socket.settimeout(DEADLINE)
        self.variables = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(int(watchdog_seconds * 1e6))}

    def message(self, timeout=DEADLINE):
        self.socket.settimeout(timeout)
        return self.socket.recv(1000).decode()


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_readiness_and_watchdog(tmp_path, kind, report):
    path = str(tmp_path / "notify") if kind == "path" else f"@ocppctl-test-{os.getpid()}"
    manager = Manager(path, watchdog_seconds=0.6)
    process = subprocess.Popen(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(**manager.variables))
    try:
        assert manager.message() == "READY=1"
        # Ready means that charge points can connect now.
        url = json.loads(process.stdout.readline())["url"]
        ChargePoint(url, "CP001").boot()
        assert manager.message() == "WATCHDOG=1"
        start = time.monotonic()
        assert [manager.message() for _ in range(4)] == ["WATCHDOG=1"] * 4
        beat = (time.monotonic() - start) / 4
        assert beat < 0.6, "often enough for the watchdog"
        # The beat is the event loop's: where that thread alone stands still, so does the beat.
        with standing_still(process.pid, "ocppctl-loop"):
            with pytest.raises(TimeoutError):
                # Two may have been on their way.
                for _ in range(3):
                    manager.message(1.5)
        assert manager.message() == "WATCHDOG=1"
        process.send_signal(signal.SIGTERM)
        while (message := manager.message()) == "WATCHDOG=1":
            pass
        assert message == "STOPPING=1"
        assert process.wait(20) == 0
        report(f"a beat each {beat * 1000:.0f} ms of a watchdog of 600 ms")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_unit_is_hardened(report):
    tool = shutil.which("systemd-analyze")
    assert tool, "systemd is not installed"
    told = subprocess.run([tool, "security", "--offline=true", "--no-pager", UNIT], capture_output=True, text=True)
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout + told.stderr)[1])
    assert exposure <= 1.5, told.stdout
    report(f"exposure {exposure}")


def test_the_units_command_is_one(tmp_path):
    """Its flags are taken: the line of the unit, with what systemd would put in."""
    line = re.search(r"^ExecStart=\S+ (.*)$", UNIT.read_text(), re.M)[1]
    for name, value in {"${STATE_DIRECTORY}": tmp_path, "${RUNTIME_DIRECTORY}": tmp_path}.items():
        line = line.replace(name, str(value))
    process = subprocess.Popen([BINARY, *line.split()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env=environment(OCPPCTL_SERVE_LISTEN="127.0.0.1:0"))
    assert b"listening on" in process.stderr.readline()
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stderr.close()
