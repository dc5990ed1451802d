"""`history-dojot`: what DOJOT stored becomes records again."""

import csv
import io
import json
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone

import pytest

from support.program import BINARY, ROOT, Lines, run, shell
from test_schemas import check

NOW = "2026-03-01T09:00:00+00:00"
CHARGE_LOG = ROOT / "Examples" / "charge.log"


def records(done):
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {check(record) for record in found} <= {"history", "meterValue", "session"}
    return found


@pytest.fixture
def published(platform):
    """A DOJOT that has the example log."""
    dojot = platform(NOW)
    assert run("publish-dojot", "--dojot", dojot.map, CHARGE_LOG).returncode == 0
    dojot.settle()
    return dojot


def test_history_gives_the_sessions_of_the_log(published):
    direct = run("export-sessions", CHARGE_LOG)
    words = " ".join(map(str, published.access))
    through = shell(f"export XDG_CACHE_HOME={published.environment['XDG_CACHE_HOME']}; "
                    f"ocppctl history-dojot {words} --dojot {published.map} | ocppctl export-sessions -")
    assert through.statuses == [0, 0], through.err
    assert through.out == direct.stdout
    row = next(csv.DictReader(io.StringIO(through.out.decode())))
    assert (row["transactionId"], row["energyWh"], row["maxPowerW"]) == ("4711", "20000", "49950")


def test_samples_and_other_values(published):
    found = records(published.history_dojot("CP001"))
    samples = [r for r in found if r["record"] == "meterValue"]
    assert [(r["timestamp"], r["measurand"], r["unit"], r["value"]) for r in samples] == [
        ("2026-03-01T08:02:00.000Z", "Energy.Active.Import.Register", "Wh", "1500"),
        ("2026-03-01T08:07:00.000Z", "Energy.Active.Import.Register", "Wh", "5660"),
        ("2026-03-01T08:07:00.000Z", "Power.Active.Import", "W", "49950"),
        ("2026-03-01T08:26:30.000Z", "Energy.Active.Import.Register", "Wh", "21500")]
    assert all(r["connectorId"] == 1 and r["transactionId"] == 4711 for r in samples)
    values = {(r["timestamp"], r["attribute"]): r["value"] for r in found if r["record"] == "history"}
    assert values["2026-03-01T08:00:00.120Z", "vendor"] == "ABB"
    assert values["2026-03-01T08:00:00.120Z", "online"] is True
    assert values["2026-03-01T08:02:00.000Z", "c1_idTag"] == "BUS-17"
    assert not any(attribute == "timestamp" for _, attribute in values)
    assert [r["record"] for r in found].count("session") == 1
    times = [r["timestamp"] for r in found if "timestamp" in r]
    assert times == sorted(times)


def test_a_choice_of_records_attributes_and_times(published):
    assert {r["record"] for r in records(published.history_dojot("--records", "sessions"))} == {"session"}
    assert {r["record"] for r in records(published.history_dojot("--records", "meter-values"))} == {"meterValue"}
    one = records(published.history_dojot("--attribute", "c1_status", "--attribute", "vendor"))
    assert [(r["chargePointId"], r["attribute"], r["value"]) for r in one] == [
        ("CP001", "vendor", "ABB"), ("CP001", "c1_status", "Available"), ("CP002", "c1_status", "Occupied")]
    some = records(published.history_dojot(
        "--since", "2026-03-01T08:07:00Z", "--until", "2026-03-01T08:26:30Z", "--records", "meter-values", "CP001"))
    assert [r["value"] for r in some] == ["5660", "49950"]


def test_no_data_yet_is_no_error(platform):
    dojot = platform()
    done = dojot.history_dojot()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_paging_by_time_brings_every_value_once(platform):
    """Three pages, with many values of the same moment at the border of two of them."""
    dojot = platform(NOW)
    start = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    times = [start + timedelta(milliseconds=250 * n if n < 450 or n > 550 else 250 * 450) for n in range(1200)]
    samples = [{"attr": "c1_power_W", "value": n + 0.5, "ts": time.isoformat()} for n, time in enumerate(times)]
    assert dojot.standin.send("POST", "/_standin/history",
                              {"device": dojot.devices["CP001"], "samples": samples}).status == 204
    for arguments in ([], ["--attribute", "c1_power_W"]):
        found = [r for r in records(dojot.history_dojot(*arguments, "CP001")) if r["record"] == "meterValue"]
        assert sorted(float(r["value"]) for r in found) == [n + 0.5 for n in range(1200)]
        with_fraction = [r["timestamp"].endswith("00.000Z") for r in found]
        assert True in with_fraction and False in with_fraction


def test_a_page_of_one_moment_alone(platform):
    dojot = platform(NOW)
    samples = [{"attr": "c1_power_W", "value": n, "ts": "2026-03-01T08:00:00+00:00"} for n in range(1300)]
    dojot.standin.send("POST", "/_standin/history", {"device": dojot.devices["CP001"], "samples": samples})
    found = records(dojot.history_dojot("--records", "meter-values", "CP001"))
    assert sorted(int(r["value"]) for r in found) == list(range(1300))


def test_what_is_older_than_seven_days_is_said_to_be_gone(platform):
    done = platform().history_dojot("--since", "8d")
    assert done.returncode == 0 and b"DOJOT keeps seven days" in done.stderr


def test_numbers_come_back_as_they_went(platform):
    dojot = platform()
    numbers = ["833.333", "0.1", "-4.05", "21.40", "123456789.123", "0", "1e3"]
    for index, number in enumerate(numbers):
        dojot.publish("CP001", f'{{"c1_power_W":{number},"timestamp":{int(datetime.now().timestamp() * 1000) - 5000 + index}}}')
    dojot.settle()
    found = records(dojot.history_dojot("--records", "meter-values", "CP001"))
    assert [float(r["value"]) for r in found] == [float(number) for number in numbers]
    assert [r["value"] for r in found][:3] == numbers[:3]


def test_phases_and_places_come_back(platform):
    dojot = platform()
    dojot.publish("CP001", {"c2_current_L1": 16, "c2_voltage_L1_L2": 400, "c2_soc": 41, "c2_energy_Wh_Inlet": 7,
                            "c2_Power_Factor": 0.98, "c2_temperature_EV": 30, "c2_Current_Offered": 32,
                            "c2_of_the_vendor": 1})
    dojot.settle()
    labels = ["c2_current_L1", "c2_voltage_L1_L2", "c2_soc", "c2_energy_Wh_Inlet", "c2_Power_Factor",
              "c2_temperature_EV", "c2_Current_Offered", "c2_of_the_vendor"]
    found = records(dojot.history_dojot(*[word for label in labels for word in ("--attribute", label)], "CP001"))
    assert {(r["measurand"], r["phase"], r["location"], r["unit"], r["value"]) for r in found if r["record"] == "meterValue"} == {
        ("Current.Import", "L1", "Outlet", "A", "16"), ("Voltage", "L1-L2", "Outlet", "V", "400"),
        ("SoC", None, "Outlet", "Percent", "41"), ("Energy.Active.Import.Register", None, "Inlet", "Wh", "7"),
        ("Power.Factor", None, "Outlet", None, "0.98"), ("Temperature", None, "EV", None, "30"),
        ("Current.Offered", None, "Outlet", "A", "32")}
    assert [(r["attribute"], r["value"]) for r in found if r["record"] == "history"] == [("c2_of_the_vendor", 1)]


def test_session_records_of_a_stream_become_rows(central_system):
    """`serve --records sessions` has no frames in it."""
    assert run("simulate", "--url", central_system.url, "--id", "CP001", "--session", "energy=1kWh", "--speed", "5000",
               "--records", "none").returncode == 0
    central_system.wait_for_record(lambda r: r["record"] == "session" and r["status"] == "complete"
                                   if "record" in r else False)
    lines = central_system.log.read_bytes().splitlines()
    only = b"\n".join(line for line in lines if b'"record":"session"' in line)
    rows = run("export-sessions", "--format", "jsonl", "-", stdin=only).stdout
    assert rows == run("export-sessions", "--format", "jsonl", "--store", central_system.store).stdout
    assert run("export-sessions", "--format", "jsonl", "-", stdin=b"\n".join(lines)).stdout == rows, "not twice"


class Live:
    """A command that stays."""

    def __init__(self, *arguments, env):
        self.process = subprocess.Popen([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        self.records, self.messages = Lines(self.process.stdout), Lines(self.process.stderr)

    def wait_for(self, matches, what="record"):
        return json.loads(self.records.wait_for(lambda line: matches(json.loads(line)), what))

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def test_follow_goes_on_through_the_ends_of_connections(platform):
    dojot = platform(standin=("--live-lifetime", "1"))
    live = Live("history-dojot", *dojot.access, "--dojot", dojot.map, "--follow", env=dojot.environment)
    try:
        live.messages.wait_for(lambda line: b"following live data" in line)
        time = datetime.now(timezone.utc).replace(microsecond=439000)
        dojot.publish("CP001", {"c1_power_W": 7400.5, "timestamp": round(time.timestamp() * 1000)})
        sample = live.wait_for(lambda r: r["record"] == "meterValue" and r["value"] == "7400.5")
        assert (sample["chargePointId"], sample["timestamp"]) == ("CP001", f"{time:%Y-%m-%dT%H:%M:%S}.439Z")
        live.messages.wait_for(lambda line: b"live data ended" in line)
        live.messages.wait_for(
            lambda _: sum(b"following" in line for line in live.messages.lines) > 1, "a second connection")
        dojot.publish("CP001", {"c1_transactionId": 5, "c1_idTag": "T", "c1_energy_Wh": 10})
        session = live.wait_for(lambda r: r["record"] == "session")
        assert (session["status"], session["idTag"], session["meterStartWh"]) == ("open", "T", 10)
        dojot.publish("CP001", {"c1_transactionId": 5, "c1_stopReason": "Remote", "c1_energy_Wh": 30})
        assert live.wait_for(lambda r: r["record"] == "session" and r["status"] == "complete")["energyWh"] == 20
        assert live.end() == 0
    finally:
        live.process.kill()
        live.process.wait()


def test_follow_ends_at_once_while_dojot_is_away(platform):
    """Also where it would ask again only in a while."""
    dojot = platform()
    live = Live("history-dojot", *dojot.access, "--dojot", dojot.map, "--follow", env=dojot.environment)
    try:
        live.messages.wait_for(lambda line: b"following live data" in line)
        dojot.standin.stop()
        live.messages.wait_for(lambda _: sum(b"anew" in line for line in live.messages.lines) > 3, "four attempts")
        began = time.monotonic()
        assert live.end() == 0
        assert time.monotonic() - began < 5, "it would have asked again in 8 s"
    finally:
        live.process.kill()
        live.process.wait()


def test_subscribe_reads_a_broker_with_other_rules(platform):
    dojot = platform()
    live = Live("history-dojot", "--dojot", dojot.map, "--subscribe", "--mqtt-user", "bridge", env=dojot.environment)
    try:
        live.messages.wait_for(lambda line: b"subscribed to +/attrs" in line)
        dojot.publish("CP002", {"status": "Faulted", "c1_voltage_L2": 229.9})
        assert live.wait_for(lambda r: r["record"] == "history")["value"] == "Faulted"
        sample = live.wait_for(lambda r: r["record"] == "meterValue")
        assert (sample["phase"], sample["value"]) == ("L2", "229.9")
        assert live.end() == 0
    finally:
        live.process.kill()
        live.process.wait()


def test_wrong_usage_is_said(platform):
    dojot = platform()
    assert run("history-dojot", "--dojot", dojot.map).returncode == 64
    stranger = dojot.history_dojot("CP999")
    assert stranger.returncode == 64 and b"has no device for CP999" in stranger.stderr
    assert dojot.history_dojot("--subscribe", "--since", "1d").returncode == 64
    assert dojot.history_dojot("--follow", "--until", "1d").returncode == 64
    dojot.standin.stop()
    gone = dojot.history_dojot()
    assert gone.returncode == 69 and b"cannot be reached" in gone.stderr
