"""`serve --http`: what Prometheus reads, what probes hear, and the example dashboard and alerts that go by it."""

import errno
import json
import os
import re
import shutil
import socket
import subprocess

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from support.charge_point import ChargePoint
from support.crash import built
from support.program import DEADLINE, ROOT, run

HTTP = ["--http", "127.0.0.1:0"]
START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-03-01T10:00:00Z"}


def address(server):
    line = server.messages.wait_for(lambda line: b"metrics on " in line, "message about metrics")
    return line.split(b"metrics on ")[1].strip().decode().removesuffix("/metrics")


def curl(*words):
    done = subprocess.run(["curl", "-sS", "--max-time", str(DEADLINE), "-w", "\n%{http_code} %{content_type}", *words],
                          capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    body, status = done.stdout.rsplit("\n", 1)
    code, _, content_type = status.partition(" ")
    return int(code), content_type, body


class Scrape:
    def __init__(self, base):
        status, content_type, self.text = curl(f"{base}/metrics")
        assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
        self.families = {family.name: family for family in text_string_to_metric_families(self.text)}
        self.samples = {}
        for family in self.families.values():
            for sample in family.samples:
                key = (sample.name, tuple(sorted(sample.labels.items())))
                assert key not in self.samples, "each once"
                self.samples[key] = sample.value

    def value(self, name, **labels):
        return self.samples.get((name, tuple(sorted(labels.items()))))


def check_form(scrape):
    """What `promtool check metrics` asks, where it is installed by its own words, too."""
    for name, family in scrape.families.items():
        assert family.documentation, name
        assert family.type in ("counter", "gauge", "histogram"), name
        if family.type == "histogram":
            buckets = [(float(s.labels["le"]), s.value) for s in family.samples if s.name.endswith("_bucket")]
            assert buckets == sorted(buckets) and buckets[-1][0] == float("inf")
            assert [count for _, count in buckets] == sorted(count for _, count in buckets)
            [total] = [s.value for s in family.samples if s.name.endswith("_count")]
            assert buckets[-1][1] == total
    tool = shutil.which("promtool")
    assert tool, "promtool is not installed"
    done = subprocess.run([tool, "check", "metrics"], input=scrape.text, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0 and done.stderr == "", done.stderr


@pytest.mark.parametrize("records", ["all", "none"])
def test_what_happened_is_counted(serve, records):
    """Whether anybody reads the records or not."""
    server = serve(*HTTP, records=records)
    base = address(server)
    before = Scrape(base)
    assert before.value("ocppctl_charge_points_online") == 0
    assert before.value("ocppctl_answer_seconds_count") == 0
    station = ChargePoint(server.url, "CP001")
    station.boot()
    for _ in range(3):
        station.ask("Heartbeat", {})
    transaction = station.ask("StartTransaction", START)["transactionId"]
    assert station.call("Nonsense", {})[0] == 4
    station.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Plugged", "extra": 1})
    station.send("[2,")
    sent = subprocess.Popen([*map(str, ["curl", "-s", f"{base}/healthz"])], stdout=subprocess.PIPE)
    assert sent.communicate(timeout=DEADLINE)[0] == b"ok\n"
    assert server.send("CP009", "Reset", "type=Soft").returncode == 69
    seen = Scrape(base)
    check_form(seen)
    assert seen.value("ocppctl_charge_points_online") == 1
    assert seen.value("ocppctl_calls_total", action="Heartbeat", outcome="result") == 3
    assert seen.value("ocppctl_calls_total", action="BootNotification", outcome="result") == 1
    assert seen.value("ocppctl_calls_total", action="StartTransaction", outcome="result") == 1
    assert seen.value("ocppctl_calls_total", action="other", outcome="error") == 1
    assert seen.value("ocppctl_violations_total", code="enum") == 1
    assert seen.value("ocppctl_violations_total", code="unknownProperty") == 1
    assert seen.value("ocppctl_violations_total", code="missing") == 0
    assert seen.value("ocppctl_unreadable_messages_total") == 1
    assert seen.value("ocppctl_commands_total", action="Reset", outcome="notConnected") == 1
    answered = sum(value for (name, _), value in seen.samples.items() if name == "ocppctl_calls_total")
    assert seen.value("ocppctl_answer_seconds_count") == answered == 7
    # The start was committed before it was answered.
    assert seen.value("ocppctl_commit_seconds_count") >= 1 and seen.value("ocppctl_store_requests_total") >= 1
    assert seen.value("ocppctl_store_failures_total") == 0
    assert seen.value("ocppctl_store_bytes", file="database") == os.path.getsize(server.store)
    assert seen.value("ocppctl_store_bytes", file="wal") > 0
    assert transaction > 0
    # Without a platform nothing waits for one.
    assert seen.value("ocppctl_outbox_messages") == 0 and "ocppctl_broker_devices" not in seen.families
    station.close()


def test_commands_are_counted_with_their_time(serve):
    server = serve(*HTTP, records="none")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    sending = subprocess.Popen([*map(str, [os.environ.get("OCPPCTL", ROOT / ".build/debug/ocppctl"), "send", "--control",
                                           server.control, "CP001", "ClearCache"])], stdout=subprocess.PIPE)
    call = station.receive()
    station.send(json.dumps([3, call[1], {"status": "Rejected"}]))
    assert sending.wait(DEADLINE) == 77
    sending.stdout.close()
    assert server.send("CP001", "ClearCache", "--timeout", "0.1").returncode == 75
    seen = Scrape(address(server))
    assert seen.value("ocppctl_commands_total", action="ClearCache", outcome="refused") == 1
    assert seen.value("ocppctl_commands_total", action="ClearCache", outcome="timeout") == 1
    assert seen.value("ocppctl_command_seconds_count") == 1, "who did not answer took no time"
    station.close()


def test_health_and_methods(serve):
    server = serve(*HTTP)
    base = address(server)
    assert json.loads(server.records.wait_for(lambda line: b'"listening"' in line))["http"] == base
    assert curl(f"{base}/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
    status, _, body = curl(f"{base}/readyz")
    assert status == 200 and re.fullmatch(r"ready\nstore: a write took \d+ ms\nbroker: none is asked for\n", body)
    assert curl(f"{base}/")[0] == 404 and curl(f"{base}/metrics/x")[0] == 404
    assert curl("-X", "POST", f"{base}/metrics")[0] == 405
    assert curl("-I", f"{base}/healthz")[0] == 200


def test_a_store_that_cannot_be_written_is_not_ready(serve, tmp_path):
    """The disk is full from some write on: readiness is shown by writes, so it comes to that one."""
    failing = {"LD_PRELOAD": str(built(tmp_path)), "FAIL_FROM": "200", "FAIL_COUNT": "1000000",
               "FAIL_ERRNO": str(errno.ENOSPC)}
    server = serve(*HTTP, environment=failing)
    base = address(server)
    assert curl(f"{base}/readyz")[0] == 200
    for _ in range(200):
        status, _, body = curl(f"{base}/readyz")
        if status != 200:
            break
    assert status == 503 and body.startswith("not ready\nstore: ") and "no write within" not in body, body
    # The event loop lives all the same.
    assert curl(f"{base}/healthz")[0] == 200


def test_broker_and_outbox(serve, broker, tmp_path):
    mapped = tmp_path / "map.json"
    mapped.write_text(json.dumps({"tenant": "admin", "mqtt": broker.address,
                                  "devices": {"CP001": "d1", "CP002": "d2"}}))
    server = serve(*HTTP, "--dojot", mapped)
    base = address(server)
    station = ChargePoint(server.url, "CP001")
    station.boot()

    def wait_for(matches):
        for _ in range(400):
            seen = Scrape(base)
            if matches(seen):
                return seen
        raise AssertionError(seen.text)

    wait_for(lambda seen: seen.value("ocppctl_broker_devices", state="connected") == 2
             and seen.value("ocppctl_outbox_messages") == 0)
    assert "broker: 2 of 2 devices are connected\n" in curl(f"{base}/readyz")[2]
    broker.kill()
    wait_for(lambda seen: seen.value("ocppctl_broker_devices", state="connected") == 0)
    station.ask("StartTransaction", START)
    seen = wait_for(lambda seen: seen.value("ocppctl_outbox_messages") > 0)
    wait_for(lambda seen: seen.value("ocppctl_outbox_oldest_age_seconds") > 0)
    status, _, body = curl(f"{base}/readyz")
    assert status == 200 and "broker: 0 of 2 devices are connected\n" in body, "what is published waits in the store"
    assert seen.value("ocppctl_broker_devices", state="configured") == 2
    station.close()


def test_port_that_is_taken(serve, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--listen", "127.0.0.1:0", "--http", f"127.0.0.1:{taken.getsockname()[1]}",
                   "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock")
    assert done.returncode == 78 and b"in use" in done.stderr


# The examples


def names_in(expression):
    return set(re.findall(r"\b(?:ocppctl|process)_\w+", expression))


def named():
    rules = yaml.safe_load((ROOT / "packaging/prometheus/ocppctl.rules.yaml").read_text())
    dashboard = json.loads((ROOT / "packaging/grafana/ocppctl.json").read_text())
    for rule in rules["groups"][0]["rules"]:
        yield rule["alert"], rule["expr"]
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    yield "instance", dashboard["templating"]["list"][1]["query"]


def test_examples_name_what_there_is(serve, broker, tmp_path):
    mapped = tmp_path / "map.json"
    mapped.write_text(json.dumps({"tenant": "admin", "mqtt": broker.address, "devices": {"CP001": "d1"}}))
    server = serve(*HTTP, "--dojot", mapped)
    ChargePoint(server.url, "CP001").boot()
    server.send("CP009", "Reset", "type=Soft")
    seen = Scrape(address(server))
    there = {name for name, _ in seen.samples}
    labels = {name: {label for label, _ in pairs} for name, pairs in seen.samples}
    for where, expression in named():
        assert names_in(expression) <= there, where
        for name, selector in re.findall(r"\b(ocppctl_\w+)\{([^}]*)\}", expression):
            asked = set(re.findall(r"(\w+)\s*=", selector)) - {"instance", "job"}
            assert asked <= labels[name], where
    used = set().union(*(names_in(expression) for _, expression in named()))
    assert {"ocppctl_charge_points_online", "ocppctl_outbox_messages", "ocppctl_answer_seconds_bucket"} <= used


def test_alert_rules_are_rules():
    tool = shutil.which("promtool")
    assert tool, "promtool is not installed"
    done = subprocess.run([tool, "check", "rules", ROOT / "packaging/prometheus/ocppctl.rules.yaml"],
                          capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
    rules = yaml.safe_load((ROOT / "packaging/prometheus/ocppctl.rules.yaml").read_text())["groups"][0]["rules"]
    assert f"SUCCESS: {len(rules)} rules found" in done.stdout


def test_queries_of_the_dashboard_are_queries(tmp_path):
    """Grafana fills in its variables; then promtool reads each as a rule."""
    rules = [{"record": f"panel:{index}", "expr": expression.replace("$__rate_interval", "1m").replace("$instance", ".*")}
             for index, (_, expression) in enumerate(named()) if "label_values" not in expression]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
