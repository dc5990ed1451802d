"""`simulate --load` against the real `serve`, and against central systems that fail."""

import json
import subprocess
import threading

from websockets.sync.server import serve as websocket_server

from support.program import BINARY, environment, run
from test_schemas import check


def load(url, *flags, **options):
    done = run("simulate", "--load", "--url", url, *flags, **options)
    lines = done.stdout.splitlines()
    assert len(lines) <= 1, "one record"
    if lines:
        assert check(json.loads(lines[0])) == "summary"
    return done, json.loads(lines[0]) if lines else None


def meter_values(central_system):
    out = run("export-meter-values", "--store", central_system.store, "--format", "jsonl").stdout
    return len(out.splitlines())


def test_heartbeats_as_fast_as_answers_come(central_system):
    done, summary = load(central_system.url, "--count", "20", "--duration", "1s")
    assert done.returncode == 0, done.stderr
    assert summary["connected"] == summary["chargePoints"] == 20
    assert summary["messages"] > 20 and summary["errors"] == summary["timeouts"] == summary["lostConnections"] == 0
    assert sum(bar["count"] for bar in summary["histogram"]) == summary["messages"]
    times = summary["responseMilliseconds"]
    assert 0 < times["p50"] <= times["p90"] <= times["p99"] <= times["max"]


def test_every_meter_value_that_was_answered_is_kept(central_system):
    done, summary = load(central_system.url, "--count", "10", "--message", "meter-values", "--duration", "1s")
    assert done.returncode == 0, done.stderr
    assert central_system.terminate() == 0
    # Of each charge point one more may have been on its way when the time was up.
    assert 3 * summary["messages"] <= meter_values(central_system) <= 3 * (summary["messages"] + 10)


def test_whole_sessions(central_system):
    messages = 0
    # A slow machine may need longer for a whole session.
    for duration in ("1s", "15s"):
        done, summary = load(central_system.url, "--count", "5", "--message", "session", "--duration", duration, timeout=60)
        assert done.returncode == 0, done.stderr
        messages += summary["messages"]
        out = run("export-sessions", "--store", central_system.store, "--format", "jsonl").stdout
        complete = [row for row in map(json.loads, out.splitlines()) if row["status"] == "complete"]
        if complete:
            break
    # Of each charge point and run one may not have come to its end.
    assert len(complete) >= messages // 6 - (5 if duration == "1s" else 10)
    assert {row["energyWh"] for row in complete} == {21}


def test_a_rate(central_system):
    done, summary = load(central_system.url, "--count", "10", "--rate", "50", "--duration", "2s", "--ramp", "200ms")
    assert done.returncode == 0, done.stderr
    assert 90 <= summary["messages"] <= 101
    assert summary["connectMilliseconds"] >= 180


def test_who_is_cut_off_comes_back(central_system):
    process = subprocess.Popen(
        [BINARY, "simulate", "--load", "--url", central_system.url, "--count", "10", "--rate", "20", "--duration", "6s"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    central_system.wait_for_record(lambda r: r.get("action") == "Heartbeat", "a heartbeat")
    assert central_system.terminate() == 0
    central_system.listen = central_system.url.split("/")[2]
    central_system.start()
    out, err = process.communicate(timeout=60)
    summary = json.loads(out)
    assert process.returncode == 1, err
    assert summary["lostConnections"] == summary["connected"] == 10
    assert summary["longestOutageMilliseconds"] > 0


def test_nobody_is_there():
    done, summary = load("ws://127.0.0.1:1/ocpp", "--connect-timeout", "1s")
    assert done.returncode == 69 and summary is None
    assert b"Does 'ocppctl serve' run there?" in done.stderr


def test_a_central_system_that_answers_with_errors():
    resets = []

    def answer(connection):
        for text in connection:
            call = json.loads(text)
            if call[0] == 4:
                resets.append(call)
            elif call[2] == "BootNotification":
                now = {"currentTime": "2026-03-01T10:00:00Z", "interval": 300, "status": "Accepted"}
                connection.send(json.dumps([3, call[1], now]))
                connection.send(json.dumps([2, "x", "Reset", {"type": "Soft"}]))
            else:
                connection.send(json.dumps([4, call[1], "InternalError", "", {}]))

    with websocket_server(answer, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        done, summary = load(f"ws://127.0.0.1:{port}/ocpp", "--rate", "20", "--duration", "1s")
        server.shutdown()
    assert done.returncode == 76, done.stderr
    assert set(summary["errorCodes"]) == {"InternalError"} and summary["messages"] == 0
    assert [reset[1:3] for reset in resets] == [["x", "NotSupported"]]


def test_load_takes_no_sessions():
    done = run("simulate", "--load", "--session", "energy=1kWh")
    assert done.returncode == 64 and b"--load sends --message" in done.stderr
