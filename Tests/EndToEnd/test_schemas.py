"""Every JSON line is as `schemas/` says: those of the transcripts, and those of a running `serve`."""

import json
import re
import subprocess

import jsonschema
import pytest
from referencing import Registry, Resource

from support.charge_point import ChargePoint
from support.program import BINARY, ROOT, Lines, environment, run
from support.secrets import DOJOT_PASSWORD, written

SCHEMAS = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "schemas").glob("*.json"))}
REGISTRY = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values())
KINDS = sorted(SCHEMAS.keys() - {"common"})
TRANSCRIPTS = sorted((ROOT / "Tests" / "CommandLineTests" / "cases").glob("*/*/stdout"))


def check(line):
    """The kind of a line that is as its schema says."""
    kind = line.get("record", "frame")
    assert kind in KINDS, f"no schema for {kind}"
    jsonschema.Draft202012Validator(SCHEMAS[kind], registry=REGISTRY).validate(line)
    return kind


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"{name}.json"


def test_transcripts():
    kinds = set()
    for file in TRANSCRIPTS:
        if file.parent.name == "help":
            continue
        lines = [json.loads(line) for line in file.read_text("utf-8-sig").splitlines() if line.startswith("{")]
        kinds |= {check(line) for line in lines}
        if "--columns" not in (file.parent / "cmd").read_text():
            for line in lines:
                if line.get("record") in ("session", "meterValue"):
                    assert line.keys() == SCHEMAS[line["record"]]["properties"].keys(), "a row has all columns"
    assert kinds >= {"frame", "error", "finding", "session", "consumption", "meterValue", "summary"}


def test_a_running_server(serve):
    central_system = serve()
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    started = station.ask("StartTransaction", {
        "connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"})
    station.ask("StopTransaction", {
        "transactionId": started["transactionId"], "meterStop": 5, "timestamp": "2026-03-01T11:00:00Z"})
    station.ask("StopTransaction", {
        "transactionId": started["transactionId"], "meterStop": 7, "timestamp": "2026-03-01T12:00:00Z"})
    station.send('[2,"1","Heart')
    assert station.receive()[0] == 4
    station.call("Nonsense", {"a": 1.50})
    commands = [central_system.send("CP001", "ClearCache", "--timeout", "0.2"), central_system.send("CP009", "ClearCache")]
    station.close()
    central_system.wait_for_record(lambda r: r.get("event") == "disconnected", "disconnection")
    assert central_system.terminate() == 0
    kinds = {check(json.loads(line)) for line in central_system.log.read_text().splitlines()}
    assert kinds >= {"listening", "connection", "frame", "session", "error", "finding"}
    for done in commands:
        assert [check(json.loads(line)) for line in done.stdout.splitlines()] == ["command"]


def test_what_a_running_server_tells_others(serve):
    central_system = serve(records="none")
    watch = subprocess.Popen([BINARY, "watch", "--control", central_system.control], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    Lines(watch.stderr).wait_for(lambda line: b"watching" in line)
    seen = Lines(watch.stdout)
    places = ["--control", central_system.control, "--store", central_system.store]
    simulated = run("simulate", "--url", central_system.url, "--id", "CP001", "--session", "energy=1kWh", "--speed", "1000")
    assert simulated.returncode == 0, simulated.stderr
    assert {check(json.loads(line)) for line in simulated.stdout.splitlines()} == {"frame"}
    assert [check(json.loads(line)) for line in run("stations", *places).stdout.splitlines()] == ["chargePoint"]
    assert [check(json.loads(line)) for line in run("tags", "add", *places, "A").stdout.splitlines()] == ["tag"]
    raw = central_system.send("CP001", "--raw", "[2", "--timeout", "0.2")
    assert [check(json.loads(line)) for line in raw.stdout.splitlines()] == ["command"]
    seen.wait_for(lambda line: b'"command"' in line)
    watch.terminate()
    assert watch.wait(20) == 0
    kinds = {check(json.loads(line)) for line in seen.lines}
    assert kinds >= {"connection", "frame", "session", "command"}


def test_provisioning(dojot, tmp_path):
    written(tmp_path / "password", DOJOT_PASSWORD)
    arguments = ["--url", dojot().url, "--user", "admin", "--password-file", tmp_path / "password", "-"]
    lines = b'{"chargePointId":"CP001"}\n{"chargePointId":"CP001"}\n'
    for more in (["--dry-run"], [], []):
        done = run("provision-dojot", *more, *arguments, stdin=lines)
        assert [check(json.loads(line)) for line in done.stdout.splitlines()] == ["provision"] * 3


def test_every_flag_and_violation_is_in_its_schema():
    def cases(file):
        text = (ROOT / "Sources" / "OCPPKit" / file).read_text()
        enumeration = text.split("CaseIterable", 1)[1].split("\n}" if file.endswith("Flag.swift") else "var ", 1)[0]
        return {line.strip().split()[1].strip("`") for line in enumeration.splitlines() if line.strip().startswith("case ")}

    common = SCHEMAS["common"]["$defs"]["violation"]["properties"]["code"]["enum"]
    assert cases("Sessions/SessionFlag.swift") == set(SCHEMAS["session"]["properties"]["flags"]["items"]["enum"])
    assert cases("Validation/Violation.swift") == set(common)


def test_every_finding_is_in_its_schema_and_in_the_manual():
    files = (ROOT / "Sources" / "OCPPKit" / "Findings" / "Rules").glob("*.swift")
    rules = {re.search(r'static let code = "(\w+)"', file.read_text())[1]:
             re.search(r"static let severity = Finding\.Severity\.(\w+)", file.read_text())[1] for file in files}
    live = (ROOT / "Sources" / "OCPPKit" / "CentralSystem" / "Alert.swift").read_text()
    assert set(rules) | set(re.findall(r"^        case (\w+)$", live, re.MULTILINE)) == set(
        SCHEMAS["finding"]["properties"]["code"]["enum"])
    manual = re.findall(r"^\| `(\w+)`(?: T)? \| (\w+) \|", (ROOT / "docs" / "findings.md").read_text(), re.MULTILINE)
    assert dict(manual) == rules and len(manual) == len(rules)


def test_findings_of_a_running_servers_records(serve, tmp_path):
    central_system = serve("--unknown-tags", "invalid")
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    station.ask("Authorize", {"idTag": "NOBODY"})
    station.ask("StatusNotification", {"connectorId": 2, "errorCode": "GroundFailure", "status": "Faulted"})
    station.close()
    central_system.wait_for_record(lambda r: r.get("event") == "disconnected", "disconnection")
    assert central_system.terminate() == 0
    done = run("decode", "--findings", central_system.log)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and {check(record) for record in records} == {"finding"}
    found = {(record["code"], record["chargePointId"], record.get("connectorId")) for record in records}
    assert found >= {("connectorFault", "CP001", 2), ("failedAuthorisation", "CP001", None)}
    assert all(record["evidence"] and record["firstTimestamp"] for record in records)
    # The same from standard input, as a pipe behind serve has it.
    assert run("decode", "--findings", "-", stdin=central_system.log.read_bytes()).stdout.count(b"\n") == len(records)


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_names_the_same_fields(kind):
    manual = (ROOT / "docs" / "records.md").read_text()
    section = manual.split("\n## Frames\n" if kind == "frame" else f"\n## `{kind}`\n", 1)[1].split("\n## ", 1)[0]
    tables = [part.split("\n\n", 1)[0] for part in section.split("| Field | |\n|---|---|\n")[1:]]
    fields = [[name for row in table.splitlines() for name in re.findall("`(.+?)`", row.split("|")[1])] for table in tables]
    forms = SCHEMAS[kind].get("oneOf", [SCHEMAS[kind]])
    assert fields == [list(form["properties"]) for form in forms], "in the order in which they are written"
