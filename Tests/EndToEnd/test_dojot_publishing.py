"""`serve --dojot` against a real broker: what an observer sees."""

import json
import sqlite3
import time

import pytest

from support.charge_point import ChargePoint
from support.program import DEADLINE


@pytest.fixture
def dojot_map(tmp_path, broker):
    file = tmp_path / "dojot.json"
    file.write_text(json.dumps({"tenant": "admin", "mqtt": broker.address, "devices": {"CP001": "ffd6c7"}}))
    return file


TOPIC = "admin:ffd6c7/attrs"


def test_status_and_meter_values_arrive_as_numbers(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    milliseconds = int(time.mktime(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone) * 1000
    station.ask("StatusNotification", {
        "connectorId": 1, "status": "Charging", "errorCode": "NoError", "timestamp": stamp})
    transaction = station.ask("StartTransaction", {
        "connectorId": 1, "idTag": "TAG", "meterStart": 10, "timestamp": stamp})["transactionId"]
    station.ask("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [
        {"timestamp": stamp, "sampledValue": [
            {"value": "21.4", "measurand": "Power.Active.Import", "unit": "kW"},
            {"value": "31.05", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
            {"value": "230.1", "measurand": "Voltage", "phase": "L1-N", "unit": "V"},
            {"value": "1234.56", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "41", "measurand": "SoC", "unit": "Percent", "location": "EV"},
            {"value": "9", "measurand": "Energy.Active.Import.Register", "location": "Inlet"}]}]})

    boot = broker.wait_for(lambda topic, m: topic == TOPIC and m.get("vendor") == "ABB", "boot data")
    assert boot["model"] == "T54" and boot["online"] is True
    status = broker.wait_for(lambda topic, m: m.get("c1_status") == "Charging", "status")
    ids = [status.pop("eventId")]
    assert status == {"c1_status": "Charging", "c1_errorCode": "NoError", "status": "Charging",
                      "errorCode": "NoError", "timestamp": milliseconds}
    values = broker.wait_for(lambda topic, m: "c1_power_W" in m, "meter values")
    ids.append(values.pop("eventId"))
    assert ids[0] != ids[1] and ids[0].split("-")[0] == ids[1].split("-")[0], "of one store, and unique in it"
    assert values == {
        "c1_transactionId": transaction, "c1_power_W": 21400, "power": 21400, "c1_current_L1": 31.05,
        "current": 31.05, "c1_voltage_L1": 230.1, "voltage": 230.1, "c1_energy_Wh": 1234.56, "energy": 1234.56,
        "c1_soc": 41, "c1_energy_Wh_Inlet": 9, "timestamp": milliseconds}
    assert sum("c1_power_W" in m for m in broker.messages(TOPIC)) == 1


def test_silence_turns_online_false_within_two_ping_intervals(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map, "--ping-interval", "1")
    station = ChargePoint(central_system.url, "CP001", ping_interval=None)
    station.boot()
    broker.wait_for(lambda topic, m: m.get("online") is True, "online: true")
    begin = time.monotonic()
    silence(station)
    broker.wait_for(lambda topic, m: m.get("online") is False, "online: false", timeout=10)
    assert time.monotonic() - begin < 2 * 1 + 1


def silence(station):
    """Stops the client from answering anything, its socket left open."""
    station.socket.protocol.receive_data = lambda data: None


def test_the_last_will_speaks_when_serve_dies(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    broker.wait_for(lambda topic, m: m.get("online") is True, "online: true")
    assert not any(m.get("online") is False for m in broker.messages(TOPIC))
    central_system.kill()
    broker.wait_for(lambda topic, m: topic == TOPIC and m.get("online") is False, "last will")


def test_an_orderly_end_says_offline_too(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    broker.wait_for(lambda topic, m: m.get("online") is True, "online: true")
    assert central_system.terminate() == 0
    broker.wait_for(lambda topic, m: m.get("online") is False and "timestamp" in m, "online: false")


def meter_values(value):
    return {"connectorId": 1, "meterValue": [
        {"timestamp": "2026-03-01T10:00:00Z", "sampledValue": [{"value": f"{value}.25"}]}]}


def energies(broker):
    """The meter values that arrived, each once, in the order in which they came first."""
    seen = {m["eventId"]: m["c1_energy_Wh"] for m in broker.messages(TOPIC) if "c1_energy_Wh" in m}
    return list(seen.values())


def unsent(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*) FROM outbox WHERE sent_ms IS NULL").fetchone()[0]


def wait_until(condition, what, timeout=DEADLINE):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not {what} within {timeout} s"
        time.sleep(0.05)


def test_nothing_is_lost_while_the_broker_is_away(serve, broker, dojot_map):
    """More messages than are kept in memory, published in order once the broker is back."""
    central_system = serve("--dojot", dojot_map)
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    for value in range(10):
        station.ask("MeterValues", meter_values(value))
    broker.wait_for(lambda topic, m: m.get("c1_energy_Wh") == 9.25, "the first ten")
    broker.kill()
    for value in range(10, 310):
        station.ask("MeterValues", meter_values(value))
    assert unsent(central_system.store) >= 300
    broker.start()
    wait_until(lambda: len(energies(broker)) >= 310, "published")
    assert energies(broker) == [value + 0.25 for value in range(310)], "each, in order"
    wait_until(lambda: unsent(central_system.store) == 0, "marked as sent")


def test_what_waits_for_a_device_that_the_map_has_lost_is_said_and_kept(serve, broker, dojot_map):
    central_system = serve("--dojot", dojot_map)
    broker.kill()
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    station.ask("MeterValues", meter_values(1))
    central_system.kill()
    broker.start()
    whole = dojot_map.read_text()
    dojot_map.write_text(whole.replace("CP001", "CP002"))
    central_system.start()
    central_system.messages.wait_for(
        lambda line: b"messages of 1 charge points wait in the store, and the map has no device for them: CP001" in line)
    assert central_system.terminate() == 0
    dojot_map.write_text(whole)
    central_system.start()
    broker.wait_for(lambda topic, m: m.get("c1_energy_Wh") == 1.25, "what waited")


def test_nothing_is_lost_when_the_server_is_killed(serve, broker, dojot_map):
    """Answered is stored, and stored is published, by the next run where need be."""
    central_system = serve("--dojot", dojot_map)
    broker.kill()
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    for value in range(50):
        station.ask("MeterValues", meter_values(value))
    central_system.kill()
    broker.start()
    central_system.start()
    wait_until(lambda: len(energies(broker)) >= 50, "published")
    assert energies(broker) == [value + 0.25 for value in range(50)], "each, in order"
    offline = broker.wait_for(lambda topic, m: m.get("online") is False and "timestamp" in m, "online: false")
    assert offline["eventId"], "the charge point was connected when the server died"
    wait_until(lambda: unsent(central_system.store) == 0, "marked as sent")
