"""Quirk profiles through every command that takes them."""

import json
import re

from support.charge_point import ChargePoint
from support.program import ROOT, run

LOG = ROOT / "Examples" / "local-time.log"
QUIRKS = ROOT / "Examples" / "quirks.json"


def records(completed):
    assert completed.returncode == 0, completed.stderr
    return [json.loads(line) for line in completed.stdout.splitlines()]


def repairs(record):
    return record.get("meta", {}).get("repairs", [])


def test_decode_names_rules_and_keeps_violations():
    plain, quirky = records(run("decode", LOG)), records(run("decode", "--quirks", QUIRKS, LOG))
    assert len(plain) == len(quirky) == 10
    for before, after in zip(plain, quirky):
        assert {key: before[key] for key in before if key != "meta"} == {key: after[key] for key in after if key != "meta"}
        assert before["meta"].get("violations") == after["meta"].get("violations")
    assert repairs(quirky[2]) == ["quirk.timezone"]
    assert repairs(quirky[6]) == ["quirk.timezone", "quirk.values", "numberTrimmed"]
    assert repairs(quirky[8]) == ["quirk.fields", "quirk.timezone"]
    assert repairs(plain[8]) == ["missingZone", "unknownFieldIgnored"]


def test_the_exports_read_by_the_rules():
    [session] = records(run("export-sessions", "--format", "jsonl", "--quirks", QUIRKS, LOG))
    assert (session["start"], session["stop"]) == ("2026-05-01T08:00:59.000Z", "2026-05-01T09:00:59.000Z")
    assert (session["meterStopWh"], session["energyWh"], session["maxPowerW"]) == (20450, 19250, 21500)
    assert session["flags"] == ["invalidFrames"]
    [sample] = records(run("export-meter-values", "--format", "jsonl", "--quirks", QUIRKS, LOG))
    assert (sample["timestamp"], sample["unit"], sample["value"]) == ("2026-05-01T08:10:59.000Z", "kW", " 21.5")


def test_records_that_were_decoded_read_the_same():
    decoded = run("decode", "--quirks", QUIRKS, LOG).stdout
    direct = run("export-sessions", "--quirks", QUIRKS, LOG).stdout
    assert run("export-sessions", "--quirks", QUIRKS, "-", stdin=decoded).stdout == direct


def test_what_was_derived_can_be_given_back(tmp_path):
    derived = run("decode", "--derive-quirks", LOG)
    assert derived.returncode == 0 and derived.stderr == b""
    profile = json.loads(derived.stdout)["profiles"][0]
    assert profile["match"] == {"vendor": "Rivulet", "model": "R7", "firmware": "1.10"}
    assert profile["rules"] == {"timezone": "+02:00", "fields": {"StopTransaction.req": {"meterEnd": "meterStop"}},
                                "values": {"unit": {"kw": "kW"}}}
    assert profile["evidence"]["rules"].keys() == profile["rules"].keys()
    first = {violation["first"] for violation in profile["evidence"]["violations"]}
    assert first == {f"{LOG}:{line}" for line in (3, 5, 7, 9)}
    file = tmp_path / "derived.json"
    file.write_bytes(derived.stdout)
    by_hand = run("export-sessions", "--quirks", QUIRKS, LOG)
    assert run("export-sessions", "--quirks", file, LOG).stdout == by_hand.stdout


def test_serve_reads_by_the_rules_also_after_a_restart(serve):
    central_system = serve("--quirks", QUIRKS)
    station = ChargePoint(central_system.url, "CP007")
    station.ask("BootNotification", {"chargePointVendor": "Rivulet", "chargePointModel": "R7"})
    transaction = station.ask("StartTransaction", {
        "connectorId": 1, "idTag": "BUS-04", "meterStart": 1200, "timestamp": "2026-05-01T10:00:59"})["transactionId"]
    station.close()
    central_system.terminate()
    central_system.start()
    station = ChargePoint(central_system.url, "CP007")
    station.ask("StopTransaction", {
        "transactionId": transaction, "meterEnd": 20450, "timestamp": "2026-05-01T11:00:59", "reason": "Local"})
    stop = central_system.wait_for_record(lambda r: r.get("action") == "StopTransaction" and "payload" in r, "stop")
    assert repairs(stop) == ["quirk.fields", "quirk.timezone"] and stop["payload"]["meterEnd"] == 20450
    assert {v["code"] for v in stop["meta"]["violations"]} == {"unknownProperty", "missing", "format"}
    [session] = records(run("export-sessions", "--format", "jsonl", "--store", central_system.store))
    assert (session["start"], session["stop"]) == ("2026-05-01T08:00:59.000Z", "2026-05-01T09:00:59.000Z")
    assert session["energyWh"] == 19250
    station.close()


def test_a_file_that_is_wrong_is_status_78_with_its_place(tmp_path):
    file = tmp_path / "quirks.json"
    for text, place in (("[", "the text ends"), ('{"profiles":[{"rules":{"timezon":"UTC"}}]}',
                                                 "profiles[0].rules.timezon: unknown key; did you mean timezone?")):
        file.write_text(text)
        for command in (["decode", LOG], ["export-sessions", LOG], ["export-meter-values", LOG],
                        ["serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s", "--control", tmp_path / "c"]):
            wrong = run(command[0], "--quirks", file, *command[1:])
            assert wrong.returncode == 78 and wrong.stdout == b"", (command, wrong)
            assert str(file).encode() in wrong.stderr and place.encode() in wrong.stderr, wrong.stderr
    missing = run("decode", "--quirks", tmp_path / "none.json", LOG)
    assert missing.returncode == 66 and b"none.json" in missing.stderr
    assert run("export-sessions", "--quirks", QUIRKS).returncode == 64


def test_the_page_lists_every_rule_and_shows_the_example():
    page = (ROOT / "docs" / "quirks.md").read_text()
    source = (ROOT / "Sources/OCPPKit/Validation/Quirks/QuirkRules.swift").read_text()
    enumeration = source.partition("enum Name")[2].partition("///")[0]
    rules = [name for line in re.findall(r"case ([\w, ]+)", enumeration) for name in line.split(", ")]
    assert len(rules) == 12 and re.findall(r"^\| `(\w+)` \|", page, re.M) == rules
    assert QUIRKS.read_text() in page
