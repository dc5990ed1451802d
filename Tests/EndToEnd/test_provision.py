"""`provision-dojot` against the stand-in."""

import json
import os

import pytest

from support.charge_point import ChargePoint
from support.secrets import DOJOT_PASSWORD, written

TWO = b'{"chargePointId":"CP001","connectors":2,"location":"-22.81,-47.06"}\n{"chargePointId":"CP002"}\n'


def results(done):
    return {(record["kind"], record["label"]): record["result"] for record in map(json.loads, done.stdout.splitlines())}


def all_are(result):
    return {("template", "ocpp-charge-point"): result, ("device", "CP001"): result, ("device", "CP002"): result}


def test_twice_is_created_then_unchanged(dojot, provision, tmp_path):
    standin = dojot()
    first = provision(standin.url, "-", stdin=TWO)
    assert (first.returncode, results(first)) == (0, all_are("created")), first.stderr
    assert all(json.loads(line)["id"] for line in first.stdout.splitlines())
    again = provision(standin.url, "-", stdin=TWO)
    assert (again.returncode, results(again), again.stderr) == (0, all_are("unchanged"), b"")
    token = tmp_path / "cache" / "ocppctl" / "dojot-token.json"
    assert os.stat(token).st_mode & 0o777 == 0o600
    labels = [a["label"] for a in standin.login().send("GET", "/template").json["templates"][0]["data_attrs"]]
    assert "c2_power_W" in labels and "c3_power_W" not in labels, "as many connectors as the most has"


@pytest.mark.parametrize("creation", [1, 2])
def test_a_creation_that_fails_after_the_row_was_made_makes_no_second(dojot, provision, creation):
    standin = dojot("--fail-after-create", str(creation))
    first = provision(standin.url, "-", stdin=TWO)
    assert (first.returncode, results(first)) == (0, all_are("created")), first.stderr
    assert results(provision(standin.url, "-", stdin=TWO)) == all_are("unchanged")
    assert len(standin.login().send("GET", "/device").json["devices"]) == 2


def test_a_dry_run_changes_nothing(dojot, provision):
    standin = dojot()
    assert results(provision(standin.url, "--dry-run", "-", stdin=TWO)) == all_are("wouldCreate")
    assert standin.login().send("GET", "/template").json["templates"] == []
    provision(standin.url, "-", stdin=TWO)
    more = TWO.replace(b'"CP002"', b'"CP002","connectors":3')
    would = provision(standin.url, "--dry-run", "-", stdin=more)
    assert results(would) == {**all_are("unchanged"), ("template", "ocpp-charge-point"): "wouldUpdate"}


@pytest.mark.parametrize("text", [
    b'\xef\xbb\xbfchargePointId,connectors,location\r\nCP001,2,"-22.81,-47.06"\r\nCP002,,\r\n',
    b'location;site;chargePointId\n"-22.81,-47.06";"the ""old"" one";CP001\n\n;;CP002\n',
])
def test_csv_with_a_header(dojot, provision, tmp_path, text):
    standin = dojot()
    file = tmp_path / "charge-points.csv"
    file.write_bytes(text)
    done = provision(standin.url, file)
    assert (done.returncode, results(done)) == (0, all_are("created")), done.stderr
    found = standin.login().send("GET", "/device?label=CP001").json["devices"][0]
    static = {a["label"]: a["static_value"] for rows in found["attrs"].values() for a in rows if a["type"] == "static"}
    assert static == {"ocppId": "CP001", "location": "-22.81,-47.06"}


@pytest.mark.parametrize("text, place", [
    (b'{"chargePointId":"CP001"}\n{"connectors":2}\n', b'-:2: no "chargePointId"'),
    (b'{"chargePointId":"CP001","connectors":0}\n', b"-:1: connectors is not 1 to 100: 0"),
    (b'{"chargePointId":"CP001","location":"here"}\n', b"-:1: location is not"),
    (b'{"chargePointId":\n', b"-:1: "),
    (b"name\nCP001\n", b"-:1: neither JSON lines nor CSV"),
    (b"chargePointId,connectors\nCP001\n", b"-:2: 1 fields under a header of 2"),
])
def test_wrong_lines_are_said_and_nothing_is_done(dojot, provision, text, place):
    standin = dojot()
    done = provision(standin.url, "-", stdin=text)
    assert done.returncode == 65 and place in done.stderr and done.stdout == b"", done.stderr
    assert standin.login().send("GET", "/template").json["templates"] == []


def test_the_statuses_of_failures(dojot, provision, tmp_path):
    standin = dojot("--reader", "guest:guest")
    wrong = tmp_path / "wrong"
    written(wrong, f"nonsense\n{DOJOT_PASSWORD}\n")
    refused = provision(standin.url, "-", stdin=TWO, password=wrong)
    assert refused.returncode == 77 and b"refuses the password" in refused.stderr and refused.stdout == b""
    assert b"nonsense" not in refused.stderr
    assert provision(standin.url, "-", stdin=TWO, user="nobody").returncode == 77
    guest = tmp_path / "guest"
    guest.write_text("guest")
    forbidden = provision(standin.url, "-", stdin=TWO, user="guest", password=guest)
    assert forbidden.returncode == 77 and b"permission" in forbidden.stderr
    absent = provision(standin.url, "-", stdin=TWO, password=tmp_path / "absent")
    assert absent.returncode == 78 and b"absent" in absent.stderr
    wrong.write_text("\n")
    assert provision(standin.url, "-", stdin=TWO, password=wrong).returncode == 78
    standin.stop()
    gone = provision(standin.url, "-", stdin=TWO, user="other")
    assert gone.returncode == 69 and standin.url.split("/")[-1].encode() in gone.stderr
    assert provision("ftp://x", "-", stdin=TWO).returncode == 64
    assert provision(standin.url, tmp_path / "absent.csv").returncode == 66


def test_one_that_fails_does_not_keep_the_others_from_it(dojot, provision, tmp_path):
    standin = dojot()
    given = tmp_path / "map.json"
    done = provision(standin.url, "--output-map", given, "-", stdin=TWO + b'{"chargePointId":"%s"}\n' % (b"x" * 200) + TWO[-26:])
    assert done.returncode == 1
    assert [json.loads(line)["result"] for line in done.stdout.splitlines()] == ["created"] * 3 + ["failed"] * 2
    assert set(json.loads(given.read_text())["devices"]) == {"CP001", "CP002"}


def test_the_store_gives_charge_points_and_serve_takes_the_map(dojot, provision, serve, broker, tmp_path):
    standin = dojot()
    central_system = serve()
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    for connector in (0, 1, 2):
        station.ask("StatusNotification", {"connectorId": connector, "errorCode": "NoError", "status": "Available"})
    station.settle()
    given = tmp_path / "map.json"
    done = provision(standin.url, "--store", central_system.store, "--output-map", given, "--mqtt", broker.address)
    assert done.returncode == 0, done.stderr
    assert results(done) == {("template", "ocpp-charge-point"): "created", ("device", "CP001"): "created"}
    device = standin.login().send("GET", "/device?label=CP001").json["devices"][0]
    labels = [a["label"] for rows in device["attrs"].values() for a in rows]
    assert "c2_power_W" in labels and "c3_power_W" not in labels
    written = json.loads(given.read_text())
    assert written == {"tenant": "admin", "mqtt": broker.address, "devices": {"CP001": device["id"]}}

    publishing = serve("--dojot", given, "--accept", "known")
    ChargePoint(publishing.url, "CP001").boot()
    boot = broker.wait_for(lambda topic, m: topic == f"admin:{device['id']}/attrs" and "vendor" in m, "boot data")
    assert boot["vendor"] == "ABB"


def test_the_records_of_stations_are_charge_points(dojot, provision):
    def connector(number):
        return {"connectorId": number, "status": "Available", "errorCode": "NoError", "since": "2026-03-01T10:00:00.000Z"}

    lines = "".join(json.dumps({"record": "chargePoint", "chargePointId": name, "online": True, "connectors": connectors,
                                "transactions": [], "progress": [], "reservations": []}) + "\n"
                    for name, connectors in (("CP001", [connector(number) for number in range(4)]), ("CP002", [])))
    standin = dojot()
    done = provision(standin.url, "-", stdin=lines.encode())
    assert (done.returncode, results(done)) == (0, all_are("created")), done.stderr
    labels = [a["label"] for a in standin.login().send("GET", "/template").json["templates"][0]["data_attrs"]]
    assert "c3_power_W" in labels and "c4_power_W" not in labels


def test_the_map_names_the_broker_at_dojot_unless_told(dojot, provision, tmp_path):
    standin = dojot()
    given = tmp_path / "map.json"
    provision(standin.url, "--output-map", given, "-", stdin=TWO)
    assert json.loads(given.read_text())["mqtt"] == "127.0.0.1:1883"
