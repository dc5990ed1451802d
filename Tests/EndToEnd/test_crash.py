"""What was answered survives `kill -9`, and the session goes on."""

import json
import threading

from support.charge_point import ChargePoint
from support.program import run


def meter_values(transaction, watt_hours):
    return {"connectorId": 1, "transactionId": transaction, "meterValue": [
        {"timestamp": "2026-03-01T10:05:00Z", "sampledValue": [{"value": str(watt_hours)}]}]}


def test_a_session_outlives_its_server(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    start = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"}
    transaction = station.ask("StartTransaction", start)["transactionId"]
    for value in range(100, 2100, 100):
        station.ask("MeterValues", meter_values(transaction, value))
    central_system.kill()

    central_system.start()
    station = ChargePoint(central_system.url, "CP001")
    assert station.ask("StartTransaction", start)["transactionId"] == transaction, "sent again: the same id"
    station.ask("MeterValues", meter_values(transaction, 2000))
    station.ask("MeterValues", meter_values(transaction, 2100))
    station.ask("StopTransaction", {"transactionId": transaction, "meterStop": 2200, "timestamp": "2026-03-01T11:00:00Z"})
    central_system.kill()

    rows = [json.loads(line) for line in
            run("export-sessions", "--store", central_system.store, "--format", "jsonl").stdout.splitlines()]
    assert len(rows) == 1
    assert (rows[0]["transactionId"], rows[0]["status"], rows[0]["energyWh"]) == (transaction, "complete", 2200)
    assert "retransmitted" in rows[0]["flags"]
    samples = run("export-meter-values", "--store", central_system.store).stdout.decode().splitlines()[1:]
    assert [int(row.rsplit(",", 1)[1]) for row in samples] == list(range(100, 2200, 100)), "each once, in order"


def test_commands_reach_a_charge_point_that_did_not_boot_again(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    central_system.kill()
    central_system.start()
    station = ChargePoint(central_system.url, "CP001")
    station.ask("Heartbeat", {})
    results = []
    thread = threading.Thread(target=lambda: results.append(central_system.send("CP001", "ClearCache")))
    thread.start()
    call = station.receive()
    assert call[2:] == ["ClearCache", {}]
    station.send(json.dumps([3, call[1], {"status": "Accepted"}]))
    thread.join()
    assert results[0].returncode == 0, results[0].stderr
