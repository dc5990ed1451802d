"""`publish-dojot`: a log becomes DOJOT's history, through a real broker."""

import hashlib
import json

import pytest

from support.dojot_broker import CuttingProxy
from support.program import ROOT, run, shell
from test_schemas import check

NOW = "2026-03-01T09:00:00+00:00"
CHARGE_LOG = ROOT / "Examples" / "charge.log"


def test_a_decoded_log_becomes_history(platform):
    dojot = platform(NOW)
    done = shell(f"ocppctl decode {CHARGE_LOG} | ocppctl publish-dojot --dojot {dojot.map} -")
    assert done.statuses == [0, 0], done.err
    assert b"6 messages published to 2 devices" in done.err
    dojot.settle()
    assert dojot.history("CP001", "vendor") == [("2026-03-01T08:00:00.120000Z", "ABB")]
    assert dojot.history("CP001", "online") == [("2026-03-01T08:00:00.120000Z", True)]
    assert dojot.history("CP001", "c1_status") == [("2026-03-01T08:00:04Z", "Available")]
    assert dojot.history("CP001", "c1_idTag") == [("2026-03-01T08:02:00Z", "BUS-17")]
    assert dojot.history("CP001", "c1_energy_Wh") == [
        ("2026-03-01T08:02:00Z", 1500), ("2026-03-01T08:07:00Z", 5660), ("2026-03-01T08:26:30Z", 21500)]
    assert dojot.history("CP001", "c1_power_W") == [("2026-03-01T08:07:00Z", 49950)]
    assert dojot.history("CP001", "c1_transactionId") == [(time, 4711) for time in (
        "2026-03-01T08:02:00Z", "2026-03-01T08:07:00Z", "2026-03-01T08:26:30Z")]
    assert dojot.history("CP001", "c1_stopReason") == [("2026-03-01T08:26:30Z", "EVDisconnected")]
    assert dojot.history("CP002", "status") == [("2026-03-01T08:08:31.077000Z", "Occupied")]
    timestamps = [value for _, value in dojot.history("CP001", "timestamp")]
    assert 1772352000120 in timestamps


def test_v04_names_are_a_switch(platform):
    dojot = platform(NOW, old_names=True)
    done = run("publish-dojot", "--dojot", dojot.map, "--mqtt-version", "v0.4", CHARGE_LOG)
    assert done.returncode == 0, done.stderr
    dojot.settle()
    assert dojot.history("CP001", "c1_power_W") == [("2026-03-01T08:07:00Z", 49950)]
    log = (dojot.broker.folder / "mosquitto.log").read_text()
    assert f"as admin:{dojot.devices['CP001']} " in log and f"u'admin:{dojot.devices['CP001']}'" not in log


def test_connections_and_commands_of_a_record_stream(platform):
    dojot = platform(NOW)
    records = [
        {"record": "connection", "timestamp": "2026-03-01T08:00:00.000Z", "chargePointId": "CP001", "event": "connected"},
        {"schemaVersion": "1.1", "timestamp": "2026-03-01T08:00:01.000Z", "chargePointId": "CP001",
         "direction": "csms-to-cp", "messageType": "CALL", "raw": '[2,"a","Reset",{"type":"Soft"}]'},
        {"schemaVersion": "1.1", "timestamp": "2026-03-01T08:00:02.000Z", "chargePointId": "CP001",
         "direction": "cp-to-csms", "messageType": "CALLRESULT", "raw": '[3,"a",{"status":"Rejected"}]'},
        {"schemaVersion": "1.1", "timestamp": "2026-03-01T08:00:03.000Z", "chargePointId": "CP001",
         "direction": "csms-to-cp", "messageType": "CALL", "raw": '[2,"b","ClearCache",{}]'},
        {"schemaVersion": "1.1", "timestamp": "2026-03-01T08:00:04.500Z", "chargePointId": "CP001",
         "direction": "cp-to-csms", "messageType": "CALLERROR", "raw": '[4,"b","NotSupported","",{}]'},
        {"record": "connection", "timestamp": "2026-03-01T08:00:05.000Z", "chargePointId": "CP001",
         "event": "disconnected"},
    ]
    done = run("publish-dojot", "--dojot", dojot.map, "-", stdin="\n".join(map(json.dumps, records)).encode())
    assert done.returncode == 0, done.stderr
    dojot.settle()
    assert dojot.history("CP001", "online") == [("2026-03-01T08:00:00Z", True), ("2026-03-01T08:00:05Z", False)]
    assert dojot.history("CP001", "lastCommand") == [("2026-03-01T08:00:02Z", "Reset"),
                                                     ("2026-03-01T08:00:04.500000Z", "ClearCache")]
    assert [value for _, value in dojot.history("CP001", "lastCommandResult")] == ["Rejected", "NotSupported"]


def test_a_repetition_is_published_once(platform):
    dojot = platform(NOW)
    log = CHARGE_LOG.read_text()
    start = next(line for line in log.splitlines() if "StartTransaction" in line)
    values = next(line for line in log.splitlines() if "[2,\"4\"" in line)
    again = start.replace('"3"', '"31"').replace("08:02:00.702", "08:02:31.000")
    answer = '2026-03-01T08:02:31.010Z INFO chargePoint=CP001 sent [3,"31",{"idTagInfo":{"status":"Accepted"},"transactionId":4711}]'
    text = "\n".join([log, again, answer, values.replace('"4",', '"41",')])
    done = run("publish-dojot", "--dojot", dojot.map, "-", stdin=text.encode())
    assert b"6 messages published" in done.stderr, done.stderr


def test_a_charge_point_without_a_device_is_said_once(platform, tmp_path):
    dojot = platform(NOW)
    few = json.loads(dojot.map.read_text())
    del few["devices"]["CP002"]
    (tmp_path / "few.json").write_text(json.dumps(few))
    done = run("publish-dojot", "--dojot", tmp_path / "few.json", CHARGE_LOG)
    assert done.returncode == 1
    assert done.stderr.count(b"no device for charge point CP002") == 1
    assert b"5 messages published to 1 devices" in done.stderr


def test_names_of_the_map_are_used(platform, tmp_path):
    dojot = platform(NOW)
    named = json.loads(dojot.map.read_text())
    named["attributes"] = {"c1_power_W": "potencia", "vendor": None}
    (tmp_path / "named.json").write_text(json.dumps(named))
    done = run("publish-dojot", "--dojot", tmp_path / "named.json", CHARGE_LOG)
    assert done.returncode == 0, done.stderr
    dojot.settle()
    assert dojot.history("CP001", "potencia") == [("2026-03-01T08:07:00Z", 49950)]
    assert dojot.history("CP001", "c1_power_W") == [] and dojot.history("CP001", "vendor") == []


@pytest.mark.parametrize("change, part", [
    ({"mqttVersion": "v1"}, b'"mqttVersion" is not v0.4 or v0.5'),
    ({"tls": {"ca": "x"}}, b'"tls" needs "ca" and "certificates"'),
    ({"attributes": {"c1_power_W": "a b"}}, b"c1_power_W: not a name that DOJOT takes"),
    ({"attributes": {"c1_power_W": "timestamp"}}, b"DOJOT takes timestamp"),
    ({"attributes": {"c1_power_W": "p", "power": "p"}}, b"are both called p"),
    ({"mqtt": "nowhere"}, b'"mqtt" is not ADDRESS:PORT'),
    ({"devices": 7}, b'no "tenant" and "devices"'),
])
def test_a_wrong_map_is_said(tmp_path, change, part):
    (tmp_path / "map.json").write_text(json.dumps({"tenant": "admin", "devices": {"CP001": "ffd6c7"}} | change))
    done = run("publish-dojot", "--dojot", tmp_path / "map.json", CHARGE_LOG)
    assert done.returncode == 78 and part in done.stderr, done.stderr


def test_the_statuses_of_failures(platform, tmp_path):
    dojot = platform(NOW)
    nowhere = json.loads(dojot.map.read_text()) | {"mqtt": "127.0.0.1:1"}
    (tmp_path / "nowhere.json").write_text(json.dumps(nowhere))
    gone = run("publish-dojot", "--dojot", tmp_path / "nowhere.json", "--timeout", "0.5", CHARGE_LOG)
    assert gone.returncode == 69 and b"127.0.0.1:1 cannot be reached" in gone.stderr and b"6 messages" in gone.stderr
    assert run("publish-dojot", "--dojot", tmp_path / "absent.json", CHARGE_LOG).returncode == 66
    assert run("publish-dojot", "--dojot", dojot.map, tmp_path / "absent.log").returncode == 66
    prose = tmp_path / "prose.txt"
    prose.write_text("nothing here\n")
    assert run("publish-dojot", "--dojot", dojot.map, prose).returncode == 65
    assert run("publish-dojot", CHARGE_LOG).returncode == 64


def test_a_dry_run_writes_records_and_publishes_nothing(platform):
    dojot = platform(NOW)
    done = run("publish-dojot", "--dojot", dojot.map, "--dry-run", CHARGE_LOG)
    assert done.returncode == 0
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [check(record) for record in records] == ["publication"] * 6
    assert records[0]["topic"] == f"admin:{dojot.devices['CP001']}/attrs"
    dojot.settle()
    assert dojot.history("CP001", "vendor") == []


def test_a_broker_that_refuses_the_devices(dojot_broker, tmp_path):
    broker = dojot_broker(anonymous=False)
    (tmp_path / "map.json").write_text(json.dumps({"tenant": "admin", "mqtt": broker.mqtt, "devices": {"CP001": "ffd6c7"}}))
    done = run("publish-dojot", "--dojot", tmp_path / "map.json", "--timeout", "1", CHARGE_LOG)
    assert done.returncode == 77, done.stderr
    assert b"refuses a device: CP001: " in done.stderr and b"messages are not published" in done.stderr


def test_sessions_that_are_cut_lose_nothing(platform, report):
    """As DOJOT's broker does after 30 minutes; here within the time that the log takes."""
    proxies = []

    def mqtt(broker):
        proxies.append(CuttingProxy(broker.address, 0.1))
        return proxies[0].address

    dojot = platform(NOW, mqtt=mqtt)
    count = 6_000
    lines = [f'2026-03-01T08:{n // 6000:02}:{n // 100 % 60:02}.{n % 100:02}0Z INFO chargePoint=CP001 received [2,"{n}","MeterValues",'
             f'{{"connectorId":1,"meterValue":[{{"timestamp":"2026-03-01T08:00:{n // 1000:02}.{n % 1000:03}Z","sampledValue":'
             f'[{{"value":"{n}.25"}}]}}]}}]' for n in range(count)]
    try:
        done = run("publish-dojot", "--dojot", dojot.map, "-", stdin="\n".join(lines).encode(), timeout=60)
        assert done.returncode == 0, done.stderr
        assert f"{count} messages published to 1 devices".encode() in done.stderr
        dojot.settle()
        assert {value for value in dojot.values("CP001", "c1_energy_Wh")} == {n + 0.25 for n in range(count)}
        assert proxies[0].cuts > 0, "the log was too short"
        report(f"{count} messages through {proxies[0].cuts} cuts")
    finally:
        proxies[0].close()


def test_hashes_stand_for_id_tags(platform):
    done = run("publish-dojot", "--dojot", platform(NOW).map, "--hash-tags", "--dry-run", CHARGE_LOG)
    tags = [json.loads(line)["payload"].get("c1_idTag") for line in done.stdout.splitlines()]
    assert [tag for tag in tags if tag] == [hashlib.sha256(b"BUS-17").hexdigest()] and b"BUS-17" not in done.stdout
