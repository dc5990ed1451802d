"""The same rows from the log, from the store, and by hand."""

import json
from pathlib import Path

import pytest

from support.charge_point import ChargePoint
from support.program import run, shell

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def charged(serve):
    """A central system that has lived the committed scenario, and its rows as worked out by hand."""
    central_system = serve(records="frames")
    stations, transactions = {}, {}
    for line in (FIXTURES / "two-sessions.jsonl").read_text().splitlines():
        step = json.loads(line)
        name = step["chargePoint"]
        if name not in stations:
            stations[name] = ChargePoint(central_system.url, name)
        station = stations[name]
        payload = step["payload"]
        if "transactionId" in payload:
            payload["transactionId"] = transactions[payload["transactionId"]]
        answer = station.ask(step["action"], payload)
        if "remember" in step:
            transactions[step["remember"]] = answer["transactionId"]
    for station in stations.values():
        station.close()
    expected = (FIXTURES / "two-sessions.csv").read_bytes().decode().format(**transactions).encode()
    return central_system, expected


def test_log_store_and_hand_agree_byte_for_byte(charged):
    central_system, expected = charged
    beside = run("export-sessions", "--store", central_system.store)
    assert central_system.terminate() == 0
    from_store = run("export-sessions", "--store", central_system.store)
    from_log = run("export-sessions", central_system.log)
    assert from_store.stdout == expected
    assert from_log.stdout == expected
    assert beside.stdout == expected, "a store is read beside the running server"
    assert [from_store.returncode, from_log.returncode, beside.returncode] == [0, 0, 0]


def test_meter_values_of_log_and_store_agree(charged):
    central_system, _ = charged
    assert central_system.terminate() == 0
    from_store = run("export-meter-values", "--store", central_system.store)
    from_log = run("export-meter-values", central_system.log)
    assert from_store.returncode == from_log.returncode == 0
    assert from_store.stdout == from_log.stdout
    rows = from_store.stdout.decode().splitlines()
    assert len(rows) == 1 + 5
    assert rows[1].endswith(",2026-03-01T10:05:00.000Z,Sample.Periodic,Power.Active.Import,,Outlet,Raw,kW,49.95")


def test_meter_values_of_stops_without_a_start_agree(serve):
    """Where the start was not seen, stops of other content are other ones: the store keeps each, and a log gives each."""
    central_system = serve(records="frames")
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    for value in ("5", "6", "5"):
        station.ask("StopTransaction", {
            "transactionId": 4711, "meterStop": 1000, "timestamp": "2026-03-01T10:30:00Z", "transactionData": [
                {"timestamp": "2026-03-01T10:29:00Z", "sampledValue": [{"value": value}]}]})
    assert central_system.terminate() == 0
    from_store = run("export-meter-values", "--store", central_system.store, "--columns", "transactionId,value")
    from_log = run("export-meter-values", central_system.log, "--columns", "transactionId,value")
    assert from_store.stdout == from_log.stdout == b"transactionId,value\r\n4711,5\r\n4711,6\r\n"


def test_records_go_through_pipes(charged):
    central_system, expected = charged
    assert central_system.terminate() == 0
    log = central_system.log
    assert shell(f"ocppctl decode {log} | ocppctl export-sessions -").out == expected
    assert shell(f"cat {log} | ocppctl export-sessions -").out == expected
    assert shell(f"ocppctl decode <{log} | ocppctl decode - | ocppctl export-sessions -").out == expected
    head = shell(f"ocppctl export-sessions {log} | head -1")
    assert head.out == expected.splitlines(keepends=True)[0] and head.statuses == [0, 0] and head.err == b""
    head = shell(f"ocppctl decode {log} | head -1")
    assert head.statuses == [0, 0] and head.err == b"" and json.loads(head.out)["action"] == "BootNotification"
    for command in (f"decode {log}", f"export-sessions {log}", f"export-sessions --store {central_system.store}"):
        full = shell(f"ocppctl {command} >/dev/full")
        assert full.statuses == [74] and b"No space left" in full.err, command


def test_cron_reads_the_store_though_stdin_is_a_pipe(charged):
    central_system, expected = charged
    assert central_system.terminate() == 0
    assert shell(f": | ocppctl export-sessions --store {central_system.store}").out == expected


def test_nothing_and_no_log_are_told_apart(tmp_path):
    empty = run("export-sessions", "-")
    assert empty.returncode == 0 and empty.stdout.startswith(b"chargePointId,") and len(empty.stdout.splitlines()) == 1
    decoded = run("decode", "-")
    assert (decoded.returncode, decoded.stdout) == (0, b"")
    other = tmp_path / "holiday.txt"
    other.write_text("Dear diary,\nnothing charged today.\n")
    for command in ("decode", "export-sessions", "export-meter-values"):
        no_log = run(command, other)
        assert no_log.returncode == 65, command
        assert b"holiday.txt" in no_log.stderr and b"no OCPP frames" in no_log.stderr, no_log.stderr
    missing = run("decode", tmp_path / "absent.log")
    assert missing.returncode == 66 and b"absent.log" in missing.stderr


def test_a_log_without_a_zone_still_tells_how_long_things_took():
    log = """\
2026-05-01 10:00:00,120 CP001: receive message [2,"1","StartTransaction",{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"1970-01-01T00:00:00Z"}]
2026-05-01 10:00:00,130 CP001: send [3,"1",{"transactionId":5,"idTagInfo":{"status":"Accepted"}}]
2026-05-01 11:00:00,120 CP001: receive message [2,"2","StopTransaction",{"transactionId":5,"meterStop":10,"timestamp":"2026-05-01T08:59:59Z","reason":"Local"}]
"""
    def row(*flags):
        exported = run("export-sessions", "--format", "jsonl", "-", *flags, stdin=log.encode())
        return json.loads(exported.stdout)

    assert row()["durationSeconds"] == row("--timezone", "+02:00")["durationSeconds"] == 3600
    # In UTC the stop came two hours late, in its own zone at once.
    assert row()["flags"] == ["clockNotSet", "deliveredLate"]
    assert row("--timezone", "+02:00")["flags"] == ["clockNotSet"]
