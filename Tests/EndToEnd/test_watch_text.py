"""`watch --format text`: a table on a terminal, lines elsewhere; and what --action and --connector leave out."""

import signal
import time

import pexpect
import pyte

from support.charge_point import ChargePoint
from support.program import BINARY, DEADLINE, environment, run
from test_watch import Watcher, seen

START = {"connectorId": 1, "idTag": "BUS-17", "meterStart": 1000, "timestamp": "2026-03-01T10:00:00Z"}


class Terminal:
    """`watch` on a terminal, and what a person sees there."""

    def __init__(self, server, *flags, rows=20, columns=100):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.process = pexpect.spawn(str(BINARY), ["watch", "--control", str(server.control), "--format", "text", *flags],
                                     env=environment(TERM="xterm"), encoding="utf-8", dimensions=(rows, columns), timeout=DEADLINE)

    def wait_for(self, *texts):
        """Until each of the texts, or what a function wants of the lines, is on the screen, of which some may be drawn."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                # In small pieces, so that who takes half a table for a whole one is found.
                self.stream.feed(self.process.read_nonblocking(64, 1))
            except pexpect.TIMEOUT:
                pass
            lines = [" ".join(line.split()) for line in self.screen.display]
            if all(text(lines) if callable(text) else any(text in line for line in lines) for text in texts):
                return lines
        raise AssertionError(f"{texts} is not on the screen:\n" + "\n".join(self.screen.display))

    def stop(self):
        self.process.kill(signal.SIGTERM)
        rest = self.process.read()
        self.process.close()
        assert rest.endswith("\x1b[?25h\x1b[?1049l"), "the cursor and the screen that was there come back"
        return self.process.exitstatus


def test_a_table_that_lives(serve):
    server = serve(records="none")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    terminal = Terminal(server)
    terminal.wait_for("1 of 1 charge points online", "CHARGE POINT LAST STATUS SINCE IDTAG POWER ENERGY", "CP001")
    station.ask("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
    transaction = station.ask("StartTransaction", START)["transactionId"]
    station.ask("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [{
        "timestamp": "2026-03-01T10:05:00Z", "sampledValue": [
            {"value": "7.4", "measurand": "Power.Active.Import", "unit": "kW"},
            {"value": "3500"}, {"value": "230", "measurand": "Power.Active.Import", "phase": "L1"}]}]})
    terminal.wait_for(lambda lines: any("1 Charging" in line and "BUS-17 7.4 kW 2.5 kWh" in line for line in lines))
    other = ChargePoint(server.url, "CP000")
    other.boot()
    # By their ids.
    terminal.wait_for("2 of 2 charge points online", lambda lines: [line[:5] for line in lines[3:5]] == ["CP000", "CP001"])
    station.ask("StopTransaction", {"transactionId": transaction, "meterStop": 4000, "timestamp": "2026-03-01T11:00:00Z"})
    terminal.wait_for(lambda lines: not any("BUS-17" in line for line in lines))
    station.close()
    terminal.wait_for("1 of 2 charge points online", "CP001 offline")
    assert terminal.stop() == 0
    other.close()


def test_what_the_server_knew_is_there_at_once(serve):
    server = serve(records="none")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    station.ask("StatusNotification", {"connectorId": 2, "errorCode": "NoError", "status": "Preparing"})
    station.ask("StartTransaction", {**START, "connectorId": 2})
    terminal = Terminal(server, "--charge-point", "CP*")
    terminal.wait_for(lambda lines: any(line.startswith("CP001") and "2 Preparing" in line and "BUS-17" in line for line in lines))
    assert terminal.stop() == 0
    nobody = Terminal(server, "--charge-point", "OTHER")
    nobody.wait_for("0 of 0 charge points online")
    assert nobody.stop() == 0
    station.close()


def test_a_small_terminal_and_hostile_texts(serve):
    server = serve(records="none")
    stations = [ChargePoint(server.url, f"CP{n:03}") for n in range(12)]
    for station in stations:
        station.boot()
    stations[0].ask("StartTransaction", {**START, "idTag": "\u001b[2Jgone\n"})
    terminal = Terminal(server, rows=8, columns=40)
    lines = terminal.wait_for("12 of 12 charge points online", "… 8 more")
    assert any("\\u{1b}[2Jgone" in line or "CP000" in line for line in lines)
    assert terminal.stop() == 0
    for station in stations:
        station.close()


def test_lines_where_there_is_no_terminal(serve):
    server = serve(records="none")
    watcher = Watcher(server, "--format", "text")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    station.call("Nonsense", {"a": "\u001b[2J"})
    station.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Odd"})
    station.close()
    watcher.records.wait_for(lambda line: b"disconnected" in line)
    text = b"".join(watcher.records.lines).decode()
    assert watcher.stop() == 0
    assert "CP001  connection  event connected" in text
    assert "CP001  → BootNotification  {" in text and "CP001  ← BootNotification answer  {" in text
    assert "← Nonsense error  " in text and "\x1b" not in text
    assert '! $.status: ' in text
    assert all(line[2] == ":" for line in text.splitlines())


def test_actions_and_connectors(serve):
    server = serve(records="none")
    watcher = Watcher(server, "--action", "StatusNotification", "--action", "Heartbeat", "--connector", "1")
    only = Watcher(server, "--action", "Heartbeat")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    for connector in (1, 2):
        station.ask("StatusNotification", {"connectorId": connector, "errorCode": "NoError", "status": "Available"})
    station.ask("Heartbeat", {})
    only.wait_for(messageType="CALLRESULT", action="Heartbeat")
    watcher.wait_for(action="StatusNotification")
    assert [line["action"] for line in seen(only)] == ["Heartbeat", "Heartbeat"]
    assert [line["connectorId"] for line in seen(watcher)] == [1]
    station.close()
    assert [watcher.stop(), only.stop()] == [0, 0]
    wrong = run("watch", "--action", "HeartBeat", "--control", server.control)
    assert wrong.returncode == 64 and b"Did you mean Heartbeat?" in wrong.stderr
