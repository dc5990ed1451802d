"""`provision-dojot`: templates under other names, pruning, certificates, the check of the way back, kills, limits."""

import json
import os
import pty
import random
import signal
import subprocess
import time

import pytest

from support.charge_point import ChargePoint
from support.dojot_broker import broker_certificate
from support.program import BINARY, ROOT, environment, run
from support.secrets import DOJOT_PASSWORD, written
from test_provision import TWO, all_are, results
from test_schemas import check

CHARGE_LOG = ROOT / "Examples" / "charge.log"


def attributes(standin):
    template = standin.login().send("GET", "/template?page_size=100").json["templates"][0]
    return {(row["label"], row["type"]): row for row in template["attrs"]}


def test_a_template_under_other_names(dojot, provision, tmp_path):
    standin = dojot().login()
    theirs = [{"label": "potencia_1", "type": "dynamic", "value_type": "float"},
              {"label": "codigo", "type": "static", "value_type": "string", "static_value": "?"},
              {"label": "bateria", "type": "dynamic", "value_type": "float"}]
    assert standin.send("POST", "/template", {"label": "estacao", "attrs": theirs}).status == 200
    before = attributes(standin)
    names = tmp_path / "names.json"
    names.write_text('{"c1_power_W":"potencia_1","ocppId":"codigo","c1_soc":null,"reset":"reiniciar"}')
    written = tmp_path / "map.json"
    arguments = ("--template", "estacao", "--map", names, "--output-map", written, "-")
    first = provision(standin.url, *arguments, stdin=TWO)
    assert first.returncode == 0, first.stderr
    assert results(first)["template", "estacao"] == "updated"
    after = attributes(standin)
    for key, row in before.items():
        assert after[key]["id"] == row["id"]
    labels = {label for label, _ in after}
    assert not labels & {"c1_power_W", "ocppId", "c1_soc", "reset"}, "under their names, or not at all"
    assert {"status", "bateria", "reiniciar", "c2_power_W"} <= labels
    assert after["reiniciar", "actuator"]
    device = standin.send("GET", "/device?label=CP001").json["devices"][0]
    static = {a["label"]: a["static_value"] for rows in device["attrs"].values() for a in rows if a["type"] == "static"}
    assert static["codigo"] == "CP001"
    assert set(results(provision(standin.url, *arguments, stdin=TWO)).values()) == {"unchanged"}
    named = json.loads(written.read_text())["attributes"]
    assert named == {"c1_power_W": "potencia_1", "ocppId": "codigo", "c1_soc": None, "reset": "reiniciar"}


@pytest.mark.parametrize("text, status, part", [
    ('{"c1_power_W":"a b"}', 78, b"c1_power_W: not a name that DOJOT takes"),
    ('["c1_power_W"]', 78, b"not an object of labels and names"),
    ('{"c1_power_W":', 78, b"names.json: "),
    ('{"c1_pwoer_W":"p"}', 0, b"names.json: c1_pwoer_W: no attribute of ours"),
])
def test_wrong_names_are_said(dojot, provision, tmp_path, text, status, part):
    names = tmp_path / "names.json"
    names.write_text(text)
    done = provision(dojot().url, "--map", names, "-", stdin=TWO)
    assert done.returncode == status and part in done.stderr, done.stderr


def test_nothing_is_removed_without_being_asked(dojot, provision):
    standin = dojot()
    provision(standin.url, "--connectors", "3", "-", stdin=TWO)
    template = standin.login().send("GET", "/template").json["templates"][0]
    kept = [{key: row[key] for key in ("label", "type", "value_type", "static_value", "metadata") if key in row}
            for row in template["attrs"]]
    kept.append({"label": "parking", "type": "static", "value_type": "string", "static_value": "north"})
    standin.send("PUT", f"/template/{template['id']}", {"label": template["label"], "attrs": kept})
    device = standin.send("GET", "/device?label=CP001").json["devices"][0]
    rows = [row for rows in device["attrs"].values() for row in rows]
    parking = next(row for row in rows if row["label"] == "parking")
    overrides = [{"template_id": template["id"], "id": row["id"], "label": row["label"],
                  "static_value": "south" if row is parking else row["static_value"]}
                 for row in rows if row is parking or row.get("is_static_overridden")]
    assert standin.send("PUT", f"/device/{device['id']}", {
        "label": "CP001", "templates": [template["id"]], "attrs": overrides}).status == 200

    again = provision(standin.url, "-", stdin=TWO.replace(b'"connectors":2', b'"connectors":4'))
    assert results(again)["template", "ocpp-charge-point"] == "updated", "a connector more"
    rows = attributes(standin)
    assert ("c3_power_W", "dynamic") in rows and ("parking", "static") in rows
    device = standin.send("GET", "/device?label=CP001").json["devices"][0]
    static = {a["label"]: a["static_value"] for rows in device["attrs"].values() for a in rows if a["type"] == "static"}
    assert static["parking"] == "south"

    would = provision(standin.url, "--prune", "--dry-run", "-", stdin=TWO)
    line = json.loads(would.stdout.splitlines()[0])
    assert line["result"] == "wouldUpdate" and "parking" in line["message"] and "c4_power_W" in line["message"]
    assert ("parking", "static") in attributes(standin)
    pruned = provision(standin.url, "--prune", "-", stdin=TWO)
    assert json.loads(pruned.stdout.splitlines()[0])["result"] == "updated"
    rows = attributes(standin)
    assert ("parking", "static") not in rows and ("c3_power_W", "dynamic") not in rows and ("c2_power_W", "dynamic") in rows
    assert results(provision(standin.url, "--prune", "-", stdin=TWO)) == all_are("unchanged")
    device = standin.send("GET", "/device?label=CP001").json["devices"][0]
    static = {a["label"]: a["static_value"] for rows in device["attrs"].values() for a in rows if a["type"] == "static"}
    assert static == {"ocppId": "CP001", "location": "-22.81,-47.06"}


def test_units_are_metadata(dojot, provision):
    standin = dojot()
    provision(standin.url, "-", stdin=TWO)
    unit = {label: row["metadata"][0]["static_value"] for (label, _), row in attributes(standin).items() if "metadata" in row}
    assert unit["c2_power_W"] == "W" and unit["c1_current_L3"] == "A" and unit["energy"] == "Wh" and unit["c1_soc"] == "%"


# -- Certificates

def test_certificates_open_the_tls_port_and_nothing_else(platform, tmp_path):
    ca = broker_certificate(tmp_path / "ca")
    folder = tmp_path / "devices"
    dojot = platform("2026-03-01T09:00:00+00:00", certificates=ca, standin=("--ca", str(ca)),
                     provision=("--certificates", str(folder)))
    tls = json.loads(dojot.map.read_text())["tls"]
    assert tls == {"ca": f"{folder}/ca.pem", "certificates": str(folder)}
    for device in dojot.devices.values():
        assert os.stat(folder / f"{device}.key").st_mode & 0o777 == 0o600
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["ca.pem", *[f"{d}.{end}" for d in dojot.devices.values() for end in ("key", "crt")]])
    done = run("publish-dojot", "--dojot", dojot.map, CHARGE_LOG)
    assert done.returncode == 0, done.stderr
    dojot.settle()
    assert dojot.values("CP001", "c1_power_W") == [49950]
    (folder / f"{dojot.devices['CP001']}.crt").unlink()
    without = run("publish-dojot", "--dojot", dojot.map, "--timeout", "1", CHARGE_LOG)
    assert without.returncode in (69, 75) and b"cannot read the TLS files" in without.stderr, without.stderr
    again = dojot.provision("--certificates", folder, "--output-map", dojot.map, "-",
                            stdin=b'{"chargePointId":"CP001"}\n{"chargePointId":"CP002"}\n')
    kinds = [(record["kind"], record["label"], record["result"]) for record in map(json.loads, again.stdout.splitlines())]
    assert kinds[3:] == [("certificate", "CP001", "created"), ("certificate", "CP002", "unchanged")]
    assert all(check(json.loads(line)) == "provision" for line in again.stdout.splitlines())
    assert run("publish-dojot", "--dojot", dojot.map, CHARGE_LOG).returncode == 0


def test_serve_publishes_and_obeys_over_mutual_tls(platform, serve, tmp_path):
    ca = broker_certificate(tmp_path / "ca")
    dojot = platform(certificates=ca, standin=("--ca", str(ca)), provision=("--certificates", str(tmp_path / "devices")))
    station = ChargePoint(serve("--dojot", dojot.map).url, "CP001")
    station.boot()
    while not dojot.values("CP001", "vendor"):
        pass
    dojot.actuate("CP001", {"clearCache": ""})
    assert station.receive()[2] == "ClearCache"


def test_a_device_cannot_use_the_certificate_of_another(platform, tmp_path):
    ca = broker_certificate(tmp_path / "ca")
    folder = tmp_path / "devices"
    dojot = platform(certificates=ca, standin=("--ca", str(ca)), provision=("--certificates", str(folder)))
    one, two = dojot.devices["CP001"], dojot.devices["CP002"]
    for end in ("key", "crt"):
        (folder / f"{one}.{end}").write_bytes((folder / f"{two}.{end}").read_bytes())
    run("publish-dojot", "--dojot", dojot.map, "--timeout", "2", CHARGE_LOG)
    dojot.settle()
    assert dojot.values("CP001", "vendor") == []


# -- The way back

def test_verify_reads_its_marker_back(platform):
    dojot = platform()
    done = dojot.provision("--verify", "-", stdin=TWO)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["kind"], line["label"], line["result"]) for line in lines[-2:]] == [
        ("verification", "CP001", "verified"), ("verification", "CP002", "verified")]
    assert {check(line) for line in lines} == {"provision"}
    markers = dojot.values("CP001", "ocppctlCheck")
    dojot.provision("--verify", "-", stdin=TWO)
    assert len(dojot.values("CP001", "ocppctlCheck")) == 2 and markers != dojot.values("CP001", "ocppctlCheck")[1:]


def test_verify_fails_where_nothing_is_stored(dojot, dojot_broker, provision):
    broker = dojot_broker()
    done = provision(dojot().url, "--mqtt", broker.mqtt, "--verify", "--verify-timeout", "0.5", "-", stdin=TWO)
    assert done.returncode == 1
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["result"] == "failed" and "published and acknowledged, but not in the history" in last["message"]
    gone = provision(dojot().url, "--mqtt", "127.0.0.1:1", "--verify", "--verify-timeout", "0.5", "-", stdin=TWO)
    assert gone.returncode == 69 and b"127.0.0.1:1 cannot be reached" in gone.stderr


# -- Limits of logins

def test_the_wait_for_logins_is_said_and_then_it_goes_on(dojot, provision, tmp_path):
    standin = dojot("--rate-limit", "--retry-after")
    for _ in range(5):
        standin.try_login()
    standin.send("POST", "/_standin/clock", {"advanceSeconds": 58})
    done = provision(standin.url, "-", stdin=TWO)
    assert done.returncode == 0, done.stderr
    assert b"DOJOT takes no more requests for now; going on in " in done.stderr
    assert done.stderr.count(b"going on in") == 1, "a log is told once"


def test_a_terminal_sees_the_seconds_go_by_and_the_progress(dojot, provision, tmp_path):
    standin = dojot("--rate-limit", "--retry-after")
    for _ in range(5):
        standin.try_login()
    standin.send("POST", "/_standin/clock", {"advanceSeconds": 57})
    password = written(tmp_path / "terminal-password", DOJOT_PASSWORD)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "provision-dojot", "--url", standin.url, "--user", "admin", "--password-file", password, "-"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=slave,
        env=environment(XDG_CACHE_HOME=str(tmp_path / "other")))
    os.close(slave)
    process.stdin.write(TWO)
    process.stdin.close()
    seen = b""
    try:
        while part := os.read(master, 65536):
            seen += part
    except OSError:
        pass
    os.close(master)
    assert process.wait(20) == 0
    seconds = [int(word) for word in seen.replace(b"\r", b" ").split() if word.isdigit()]
    assert b"going on in 2 s" in seen and b"going on in 1 s" in seen, seen
    assert b"2 of 2 charge points" in seen and seconds


# -- Kills

def charge_points(count):
    return b"".join(b'{"chargePointId":"CP%05d","connectors":%d,"location":"%d.5,-47"}\n' % (n, 1 + n % 3, n % 80)
                    for n in range(count))


def state(standin):
    """Labels of templates and devices with their static values, all pages."""
    standin.login()
    templates = standin.send("GET", "/template?page_size=1000").json["templates"]
    devices = standin.send("GET", "/device?page_size=10000").json["devices"]
    return ([row["label"] for row in templates],
            {row["label"]: {a["label"]: a["static_value"] for rows in row["attrs"].values() for a in rows
                            if a["type"] == "static"} for row in devices}, len(devices))


def kill_at_random_points(dojot, tmp_path, report, kills, count, seed):
    standin = dojot()
    password = written(tmp_path / "password", DOJOT_PASSWORD)
    lines = charge_points(count)
    chance = random.Random(seed)
    arguments = [BINARY, "provision-dojot", "--url", standin.url, "--user", "admin", "--password-file", password, "-"]
    env = environment(XDG_CACHE_HOME=str(tmp_path / "cache"))

    def start():
        # Other numbers of connectors change the template, so that its update is interrupted, too.
        connectors = ["--connectors", str(chance.randrange(3, 9))]
        process = subprocess.Popen(arguments[:-1] + connectors + ["-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        process.stdin.write(lines)
        process.stdin.close()
        return process

    killed = done = 0
    created, kept = set(), set()
    while killed < kills:
        process = start()
        # A random number of records, or of milliseconds within the first of them.
        wanted = chance.randrange(0, 6)
        if wanted == 0:
            try:
                process.wait(chance.uniform(0.005, 0.12))
            except subprocess.TimeoutExpired:
                pass
        seen = 0
        for line in process.stdout if wanted else ():
            if json.loads(line)["result"] != "unchanged":
                seen += 1
            if seen == wanted:
                break
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        else:
            done += 1
        process.stdout.close()
        process.stderr.close()
        process.wait()
        templates, devices, number = state(standin)
        now = {row["id"] for row in attributes(standin).values()} if templates else set()
        assert kept <= now, "an attribute is gone"
        kept = now
        assert len(templates) <= 1 and number == len(devices), "a duplicate"
        assert created <= set(devices), "a device is gone"
        created = set(devices)
        for label, static in devices.items():
            n = int(label[2:])
            assert static == {"ocppId": label, "location": f"{n % 80}.5,-47"}, "an override is lost"
        if len(devices) == count:
            # All there: begin anew with more work to interrupt.
            for row in standin.send("GET", "/device?page_size=10000&idsOnly=true").json[: count // 2]:
                standin.send("DELETE", f"/device/{row}")
            created = set(state(standin)[1])
    final = run(*arguments[1:], stdin=lines, env=env, timeout=120)
    assert final.returncode == 0, final.stderr
    templates, devices, number = state(standin)
    assert (templates, number, len(devices)) == (["ocpp-charge-point"], count, count)
    report(f"{killed} runs killed, {done} ended before; {count} charge points")
    again = run(*arguments[1:], stdin=lines, env=env, timeout=120)
    assert {json.loads(line)["result"] for line in again.stdout.splitlines()} == {"unchanged"}


def test_killed_ten_times_and_run_again(dojot, tmp_path, report):
    kill_at_random_points(dojot, tmp_path, report, kills=10, count=60, seed=1)


@pytest.mark.soak
def test_killed_a_hundred_times_and_run_again(dojot, tmp_path, report):
    kill_at_random_points(dojot, tmp_path, report, kills=100, count=200, seed=2)


@pytest.mark.soak
def test_a_thousand_charge_points_in_one_run(dojot, provision, report):
    standin = dojot()
    lines = charge_points(1000)
    begin = time.monotonic()
    first = provision(standin.url, "-", stdin=lines, timeout=300)
    middle = time.monotonic()
    assert first.returncode == 0, first.stderr
    assert [json.loads(line)["result"] for line in first.stdout.splitlines()] == ["created"] * 1001
    again = provision(standin.url, "-", stdin=lines, timeout=300)
    assert {json.loads(line)["result"] for line in again.stdout.splitlines()} == {"unchanged"}
    assert standin.send("GET", "/_standin/requests").json["POST /auth"] == 1
    report(f"1,000 charge points: {middle - begin:.1f} s, and again: {time.monotonic() - middle:.1f} s")
