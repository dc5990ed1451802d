"""What the exports promise beyond their rows: each session once, and nothing lost quietly."""

import gzip
import json

import pytest

from support.charge_point import ChargePoint
from support.program import run, shell

CUT = '2026-03-01T10:00:09Z CP001 [2,"9","MeterVal\n'


def start(station, tag="TAG"):
    return station.ask("StartTransaction", {
        "connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})["transactionId"]


def stop(station, transaction, **more):
    station.ask("StopTransaction", {
        "transactionId": transaction, "meterStop": 1000, "timestamp": "2026-03-01T11:00:00Z", **more})


def exported(*arguments):
    done = run("export-sessions", *arguments, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["idTag"] for line in done.stdout.splitlines()]


def test_a_cursor_gives_each_session_once_when_it_has_ended(central_system, tmp_path):
    cursor, store = tmp_path / "cursor", central_system.store
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    assert exported("--store", store, "--cursor", cursor) == []
    early = start(station, "EARLY")
    late = start(station, "LATE")
    stop(station, late)
    assert exported("--store", store, "--cursor", cursor) == ["LATE"]
    assert exported("--store", store, "--cursor", cursor) == []
    stop(station, early)
    again = ChargePoint(central_system.url, "CP002")
    again.boot()
    stop(again, start(again, "OTHER"))
    assert exported("--store", store, "--cursor", cursor) == ["EARLY", "OTHER"], "by their ends, not by their starts"
    assert exported("--store", store, "--cursor", cursor) == []
    assert sorted(exported("--store", store)) == ["EARLY", "LATE", "OTHER"]
    assert not list(tmp_path.glob("cursor.*")), "no temporary file is left"


def test_a_cursor_stays_where_the_rows_did_not_arrive(central_system, tmp_path):
    cursor = tmp_path / "cursor"
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    stop(station, start(station))
    command = f"ocppctl export-sessions --store {central_system.store} --cursor {cursor}"
    full = shell(f"{command} >/dev/full")
    assert full.statuses == [74] and not cursor.exists()
    assert shell(f"{command} | true").statuses[0] == 0
    cursor.unlink(missing_ok=True)
    assert len(exported("--store", central_system.store, "--cursor", cursor)) == 1


def test_a_cursor_that_does_not_fit_is_refused(serve, tmp_path):
    cursor = tmp_path / "cursor"
    one, two = serve(), serve()
    for central_system in (one, two):
        station = ChargePoint(central_system.url, "CP001")
        station.boot()
        stop(station, start(station))
    exported("--store", one.store, "--cursor", cursor)
    before = cursor.read_bytes()
    other = run("export-sessions", "--store", two.store, "--cursor", cursor)
    assert other.returncode == 65 and b"another store" in other.stderr and other.stdout == b""
    assert cursor.read_bytes() == before
    for garbage in (b"", b"hello", b"{}", b'{"endSequence":"x","number":1}'):
        cursor.write_bytes(garbage)
        wrong = run("export-sessions", "--store", one.store, "--cursor", cursor)
        assert wrong.returncode == 65 and b"no cursor" in wrong.stderr, garbage
        assert cursor.read_bytes() == garbage
    assert run("export-sessions", "--cursor", cursor, "log").returncode == 64


def test_what_is_sent_again_is_one_sample_in_log_and_store(serve):
    central_system = serve(records="frames")
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    transaction = start(station)
    value = {"timestamp": "2026-03-01T10:30:00Z", "sampledValue": [{"value": "5"}]}
    for _ in range(2):
        station.ask("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [value]})
    for meter in ("1", "2"):
        data = [{"timestamp": "2026-03-01T11:00:00Z", "sampledValue": [{"value": meter}]}]
        stop(station, transaction, transactionData=data)
    assert central_system.terminate() == 0
    from_log = run("export-meter-values", central_system.log)
    assert from_log.stdout == run("export-meter-values", "--store", central_system.store).stdout
    rows = from_log.stdout.splitlines()
    assert [row.rsplit(b",", 1)[1] for row in rows[1:]] == [b"5", b"1"]
    assert all(row.startswith(b"CP001,1,") for row in rows[1:]), "a stop's samples have its session's connector"


def test_a_frame_that_is_cut_is_said_and_the_rest_goes_on(tmp_path):
    log = tmp_path / "charge.log"
    log.write_text(CUT + '2026-03-01T10:00:10Z CP001 [2,"10","Heartbeat",{}]\n')
    for command in ("export-sessions", "export-meter-values"):
        done = run(command, log)
        assert done.returncode == 0 and done.stdout.count(b"\n") == 1
        assert done.stderr.startswith(f"ocppctl: {log}:1: ".encode()) and done.stderr.count(b"\n") == 1
    log.write_text(CUT * 1000)
    done = run("export-sessions", log)
    assert done.returncode == 0 and done.stderr.count(b"\n") == 21 and b"980 more" in done.stderr


def test_one_bad_file_does_not_keep_the_others_from_it(tmp_path):
    (tmp_path / "a.log").write_text(
        '2026-03-01T10:00:00Z CP001 <- [2,"1","StartTransaction",{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-03-01T10:00:00Z"}]\n')
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(b'2026-03-01T10:00:01Z CP001 -> [3,"1",{"transactionId":5,"idTagInfo":{"status":"Accepted"}}]\n'))
    (tmp_path / "diary").write_text("Dear diary\n")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"x" * 1000)[:20])
    done = run("export-sessions", "a.log", "b.log.gz", "diary", cwd=tmp_path)
    assert done.returncode == 65 and b"CP001,1,5,T,open" in done.stdout and b"diary: no OCPP frames" in done.stderr
    done = run("export-sessions", "a.log", "absent", "broken.gz", "b.log.gz", cwd=tmp_path)
    assert done.returncode == 66 and b"CP001,1,5,T,open" in done.stdout
    assert b"absent" in done.stderr and b"broken.gz" in done.stderr


@pytest.mark.parametrize("command", ["export-sessions", "export-meter-values"])
def test_pipes_and_disks_that_end(command, tmp_path):
    log = tmp_path / "charge.log"
    frame = '[2,"%d","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T10:00:00Z","sampledValue":[{"value":"%d"}]}]}]\n'
    log.write_text("".join("2026-03-01T10:00:00Z CP001 " + frame % (i, i) for i in range(5000)))
    head = shell(f"ocppctl {command} {log} | head -1")
    assert head.statuses == [0, 0] and head.err == b""
    assert shell(f"ocppctl {command} {log} >/dev/full").statuses == [74]
    assert shell(f"ocppctl {command} --store {tmp_path}/absent.db").statuses == [66]
