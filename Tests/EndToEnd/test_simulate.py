"""The simulated ABB Terra 54 against the real `serve`, and what it makes of central systems that misbehave."""

import json
import signal
import socket
import subprocess
import threading

from websockets.sync.server import serve as websocket_server

from support.broker import free_port
from support.charge_point import ChargePoint
from support.program import BINARY, Lines, environment, run

SESSION = "connector=1,idTag=BUS-17,energy=20kWh,power=50kW"


def simulate(central_system, *flags, **options):
    return run("simulate", "--url", central_system.url, "--id", "CP001", *flags, **options)


class Simulator:
    """A running `simulate` that stays until it is told to go."""

    def __init__(self, url, *flags):
        self.process = subprocess.Popen([BINARY, "simulate", "--url", url, "--id", "CP001", *flags],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment())
        self.records = Lines(self.process.stdout)
        self.messages = Lines(self.process.stderr)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def rows(central_system):
    out = run("export-sessions", "--store", central_system.store, "--format", "jsonl").stdout
    return [json.loads(line) for line in out.splitlines()]


def samples(central_system, measurand):
    out = run("export-meter-values", "--store", central_system.store, "--format", "jsonl").stdout
    return [float(row["value"]) for row in map(json.loads, out.splitlines()) if row["measurand"] == measurand]


def test_a_session_at_speed(central_system):
    done = simulate(central_system, "--session", SESSION, "--speed", "600")
    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    calls = [frame["action"] for frame in frames if frame["messageType"] == "CALL"]
    assert calls[0] == "BootNotification"
    kept = [action for action in calls if action in ("Authorize", "StartTransaction", "StopTransaction")]
    assert kept == ["Authorize", "StartTransaction", "StopTransaction"]
    assert not any("violations" in frame.get("meta", {}) for frame in frames)
    [row] = rows(central_system)
    assert (row["status"], row["energyWh"], row["maxPowerW"], row["idTag"], row["flags"]) == (
        "complete", 20000, 50000, "BUS-17", [])
    assert row["durationSeconds"] == 1440, "20 kWh at 50 kW"
    register = samples(central_system, "Energy.Active.Import.Register")
    assert register == sorted(register) and len(register) > 20
    assert max(samples(central_system, "Current.Import")) <= 125
    soc = samples(central_system, "SoC")
    assert soc == sorted(soc) and 0 <= soc[0] and soc[-1] <= 100


def test_power_tapers_when_the_battery_is_nearly_full(central_system):
    done = simulate(central_system, "--session", "connector=1,idTag=A,energy=23kWh,power=50kW,soc=70,capacity=80kWh",
                    "--speed", "2000")
    assert done.returncode == 0, done.stderr
    power = samples(central_system, "Power.Active.Import")
    assert power[0] == 50000 and power[-1] < 25000
    tail = power[power.index(min(power, key=lambda value: -value)):]
    assert tail == sorted(tail, reverse=True), "constant, then falling"


def test_every_core_command_is_answered(central_system):
    simulator = Simulator(central_system.url)
    central_system.wait_for_record(
        lambda r: r.get("action") == "StatusNotification" and r.get("messageType") == "CALLRESULT", "status")

    def send(*words):
        done = central_system.send("CP001", *words)
        return done.returncode, json.loads(done.stdout)["status"] if done.stdout else done.stderr

    configuration = json.loads(central_system.send("CP001", "GetConfiguration").stdout)["payload"]["configurationKey"]
    assert {"HeartbeatInterval", "MeterValueSampleInterval"} <= {entry["key"] for entry in configuration}
    assert send("ChangeConfiguration", "key=HeartbeatInterval", "value=120") == (0, "Accepted")
    assert send("ChangeConfiguration", "key=NoSuchKey", "value=1") == (77, "NotSupported")
    assert send("ClearCache") == (0, "Accepted")
    assert send("DataTransfer", "vendorId=nobody") == (77, "UnknownVendorId")
    assert send("ChangeAvailability", "connectorId=2", "type=Inoperative") == (0, "Accepted")
    assert send("RemoteStartTransaction", "idTag=T", "connectorId=2") == (77, "Rejected")
    assert send("RemoteStartTransaction", "idTag=T", "connectorId=1") == (0, "Accepted")
    started = central_system.wait_for_record(
        lambda r: r.get("action") == "StartTransaction" and r.get("messageType") == "CALLRESULT", "start")
    transaction = started["payload"]["transactionId"]
    assert send("UnlockConnector", "connectorId=9") == (77, "NotSupported")
    assert send("RemoteStopTransaction", "transactionId=1") == (77, "Rejected")
    assert send("RemoteStopTransaction", f"transactionId={transaction}") == (0, "Accepted")
    central_system.wait_for_record(
        lambda r: r.get("action") == "StopTransaction" and r.get("messageType") == "CALLRESULT", "stop")
    assert send("UnlockConnector", "connectorId=1") == (0, "Unlocked")
    assert send("Reset", "type=Soft") == (0, "Accepted")
    gone = central_system.wait_for_record(
        lambda r: r.get("record") == "connection" and r["event"] == "disconnected", "disconnect")
    assert gone["reason"] == "closed by the other end with 1000: rebooting"
    assert simulator.stop() == 0
    assert rows(central_system)[0]["reason"] == "Remote"


def test_why_the_other_end_closes_is_said(central_system):
    """On both sides; a charge point that is refused for another one of its name did not learn why."""
    first = ChargePoint(central_system.url, "CP001")
    first.boot()
    second = Simulator(central_system.url, "--records", "none")
    second.messages.wait_for(
        lambda line: b"closed by the other end with 1008: the charge point has a connection that answers" in line)
    assert second.stop() == 0
    first.socket.close(1001, "going home \x1b[31m")
    gone = central_system.wait_for_record(
        lambda r: r.get("record") == "connection" and r["event"] == "disconnected", "disconnect")
    assert gone["reason"] == "closed by the other end with 1001: going home \x1b[31m"


def booted(central_system):
    central_system.wait_for_record(
        lambda r: r.get("action") == "StatusNotification" and r.get("messageType") == "CALLRESULT", "status")


def test_firmware_and_diagnostics_are_followed_to_their_end(central_system):
    simulator = Simulator(central_system.url, "--speed", "20")
    booted(central_system)
    update = ["CP001", "UpdateFirmware", "location=https://example.com/fw/7.0.bin", "retrieveDate=2026-01-01T00:00:00Z",
              "--until", "FirmwareStatusNotification.status=Installed"]
    assert central_system.send(*update).returncode == 0
    [station] = map(json.loads, run("stations", "--control", central_system.control).stdout.splitlines())
    assert station["firmwareVersion"] == "7.0" and station["online"]
    assert central_system.send(
        "CP001", "GetDiagnostics", "location=ftp://example.com", "--until", "Uploaded").returncode == 0
    assert simulator.stop() == 0

    simulator = Simulator(central_system.url, "--speed", "20", "--fail", "InstallationFailed", "--fail", "UploadFailed")
    simulator.messages.wait_for(lambda line: b"boot accepted" in line)
    done = central_system.send(*update)
    assert done.returncode == 77, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["payload"] == {"status": "InstallationFailed"}
    assert central_system.send(
        "CP001", "GetDiagnostics", "location=ftp://example.com", "--until", "Uploaded").returncode == 77
    assert simulator.stop() == 0


def test_a_charging_profile_limits_the_session_that_the_store_knows(central_system):
    simulator = Simulator(central_system.url, "--speed", "200")
    booted(central_system)
    profile = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
               "chargingProfileKind": "Relative", "chargingSchedule": {
                   "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32.0}]}}
    done = central_system.send("CP001", "SetChargingProfile", "--payload", json.dumps(
        {"connectorId": 0, "csChargingProfiles": profile}))
    assert done.returncode == 0, done.stderr
    schedule = json.loads(central_system.send(
        "CP001", "GetCompositeSchedule", "connectorId=1", "duration=600", "chargingRateUnit=W").stdout)["payload"]
    assert [period["limit"] for period in schedule["chargingSchedule"]["chargingSchedulePeriod"]] == [32 * 3 * 230]
    done = central_system.send("CP001", "RemoteStartTransaction", "idTag=T", "connectorId=1", "--until", "StopTransaction")
    assert done.returncode == 0, done.stderr
    # It was sent; once it is answered it is in the store.
    central_system.wait_for_record(
        lambda r: r.get("action") == "StopTransaction" and r.get("messageType") == "CALLRESULT", "the stop's answer")
    [row] = rows(central_system)
    assert (row["energyWh"], row["maxPowerW"]) == (20000, 32 * 3 * 230)
    assert simulator.stop() == 0


def test_a_reservation_is_shown_used_and_gone(central_system):
    simulator = Simulator(central_system.url)
    booted(central_system)
    reserve = ["ReserveNow", "connectorId=2", "expiryDate=2100-01-01T00:00:00Z", "idTag=OWNER", "reservationId=9"]
    assert central_system.send("CP001", *reserve, "--until", "Reserved,connectorId=2").returncode == 0
    assert central_system.send("CP001", "RemoteStartTransaction", "idTag=OTHER", "connectorId=2").returncode == 77
    done = central_system.send("CP001", "RemoteStartTransaction", "idTag=owner", "connectorId=2",
                               "--until", "StartTransaction.reservationId=9")
    assert done.returncode == 0, done.stderr
    assert central_system.send("CP001", "CancelReservation", "reservationId=9").returncode == 77
    assert simulator.stop() == 0


def test_nothing_is_lost_while_the_central_system_is_away(serve):
    central_system = serve(listen=f"127.0.0.1:{free_port()}")
    simulator = Simulator(central_system.url, "--session", SESSION, "--speed", "300")
    central_system.wait_for_record(
        lambda r: r.get("action") == "MeterValues" and r.get("messageType") == "CALLRESULT", "meter values")
    central_system.kill()
    central_system.listen = central_system.url.split("/")[2]
    central_system.start()
    assert simulator.process.wait(60) == 0, simulator.messages.lines[-5:]
    [row] = rows(central_system)
    assert (row["status"], row["energyWh"]) == ("complete", 20000)
    stamps = [json.loads(line)["timestamp"] for line in run(
        "export-meter-values", "--store", central_system.store, "--format", "jsonl").stdout.splitlines()]
    assert stamps == sorted(stamps) and len(set(stamps)) >= 23, "every minute of it"


def test_nobody_there_is_69():
    done = run("simulate", "--url", f"ws://127.0.0.1:{free_port()}/ocpp", "--id", "CP001", "--connect-timeout", "1")
    assert done.returncode == 69 and b"127.0.0.1" in done.stderr


def test_a_wrong_path_is_refused_with_77(central_system):
    done = run("simulate", "--url", central_system.url.replace("/ocpp", "/elsewhere"), "--id", "CP001")
    assert done.returncode == 77 and b"404" in done.stderr


def test_a_redirection_is_not_followed(central_system):
    """A charge point's password is for the server that it was given."""
    def answer(listening):
        link, _ = listening.accept()
        with link:
            link.recv(4096)
            link.sendall(f"HTTP/1.1 302 Found\r\nLocation: {central_system.url.replace('ws', 'http')}/CP001\r\n"
                         "Content-Length: 0\r\n\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,), daemon=True)
        thread.start()
        done = run("simulate", "--url", f"ws://127.0.0.1:{listening.getsockname()[1]}", "--session", SESSION)
        thread.join()
    assert done.returncode == 77 and b"HTTP status 302" in done.stderr


def test_a_tag_that_is_not_accepted_is_77(serve):
    central_system = serve("--unknown-tags", "invalid")
    done = simulate(central_system, "--session", SESSION, "--speed", "600")
    assert done.returncode == 77, done.stderr
    assert rows(central_system) == []


def test_a_central_system_that_breaks_the_protocol_is_76():
    def answer(socket):
        for text in socket:
            call = json.loads(text)
            socket.send(json.dumps([3, call[1], {"status": "Whatever"}]))

    with websocket_server(answer, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.socket.getsockname()[1]
        done = run("simulate", "--url", f"ws://127.0.0.1:{port}/ocpp", "--id", "CP001", "--session", SESSION,
                   "--speed", "600")
        server.shutdown()
        thread.join()
    assert done.returncode == 76, (done.returncode, done.stderr)


def test_a_fleet(central_system):
    done = run("simulate", "--url", central_system.url, "--count", "20", "--id-pattern", "CP%05d", "--session", SESSION,
               "--speed", "1200", "--records", "none", timeout=60)
    assert done.returncode == 0 and done.stdout == b"", done.stderr
    found = rows(central_system)
    assert sorted(row["chargePointId"] for row in found) == [f"CP{number:05d}" for number in range(1, 21)]
    assert {row["energyWh"] for row in found} == {20000}
