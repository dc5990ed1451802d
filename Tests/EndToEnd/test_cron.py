"""`export-sessions --cursor --output` from cron: killed anywhere, over days and changes of the clock, each session once."""

import csv
import fcntl
import json
import os
import random
import re
import signal
import subprocess
import threading
from datetime import datetime, timedelta, timezone

import pytest

from support.charge_point import ChargePoint
from support.program import BINARY, environment, run

# What changes a file, or its place.
CALLS = "openat,write,fsync,fdatasync,ftruncate,rename,unlink,flock,fchmod"


class Depot:
    """Sessions that end one after the other, under ids that say when they began and how many there were."""

    def __init__(self, server):
        self.server = server
        self.station = ChargePoint(server.url, "CP001")
        self.station.boot()
        self.tags = []

    def charge(self, begin=datetime(2026, 3, 28, 12, tzinfo=timezone.utc)):
        tag = f"T{len(self.tags)}"

        def stamp(time):
            return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")

        started = self.station.ask("StartTransaction", {
            "connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": stamp(begin)})
        self.station.ask("StopTransaction", {
            "transactionId": started["transactionId"], "meterStop": 1000, "timestamp": stamp(begin + timedelta(hours=1))})
        self.tags.append(tag)


@pytest.fixture
def depot(serve):
    depot = Depot(serve(records="none"))
    yield depot
    depot.station.close()


def export(depot, cursor, output, *words, **variables):
    return run("export-sessions", "--store", depot.server.store, "--cursor", cursor, "--output", output, *words,
               env=environment(**variables))


def exported(*files):
    """The idTags in the files, in their order; every line is whole, every file has one header."""
    tags = []
    for file in files:
        if not file.exists():
            continue
        text = file.read_text()
        assert text == "" or text.endswith("\n")
        rows = list(csv.reader(text.splitlines()))
        assert rows[0][:4] == ["chargePointId", "connectorId", "transactionId", "idTag"]
        assert all(len(row) == len(rows[0]) for row in rows)
        tags += [row[3] for row in rows[1:]]
    assert "idTag" not in tags
    return tags


def test_rows_are_added(depot, tmp_path):
    cursor, output = tmp_path / "cursor", tmp_path / "sessions.csv"
    assert export(depot, cursor, output).returncode == 0
    assert not output.exists() and not cursor.exists(), "nothing has ended"
    for count in (1, 3, 0, 2):
        for _ in range(count):
            depot.charge()
        before = output.read_bytes() if output.exists() else b""
        done = export(depot, cursor, output)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert output.read_bytes().startswith(before) and exported(output) == depot.tags
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["cursor", "cursor.lock", "sessions.csv"]
    # JSON lines have no header; what is there is kept, with its mode.
    lines = tmp_path / "sessions.jsonl"
    lines.write_text('{"of":"others"}\n')
    lines.chmod(0o600)
    assert export(depot, tmp_path / "other", lines, "--format", "jsonl").returncode == 0
    found = [json.loads(line) for line in lines.read_text().splitlines()]
    assert found[0] == {"of": "others"} and [row["idTag"] for row in found[1:]] == depot.tags
    assert lines.stat().st_mode & 0o777 == 0o600


def test_samples_are_added_once(depot, tmp_path):
    """What goes for sessions goes for samples: each message of the store once, with its cursor in one step."""
    cursor, output = tmp_path / "cursor", tmp_path / "samples.csv"
    words = ["--store", depot.server.store, "--cursor", cursor]
    values = []

    def measure(count):
        for _ in range(count):
            values.append(str(len(values)))
            depot.station.ask("MeterValues", {"connectorId": 1, "meterValue": [
                {"timestamp": "2026-03-28T12:00:00Z", "sampledValue": [{"value": values[-1]}]}]})

    def sampled(text):
        return [row["value"] for row in csv.DictReader(text.splitlines())]

    assert run("export-meter-values", *words, "--output", output).returncode == 0
    assert not output.exists() and not cursor.exists(), "nothing was measured"
    for count in (1, 3, 0, 2):
        measure(count)
        done = run("export-meter-values", *words, "--output", output)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert sampled(output.read_text()) == values and output.read_text().count("value") == 1
    depot.charge()
    measure(2)
    done = run("export-meter-values", *words)
    assert done.returncode == 0 and sampled(done.stdout.decode()) == values[-2:], "the rest, to standard output"
    assert sampled(run("export-meter-values", *words).stdout.decode()) == []
    assert sampled(run("export-meter-values", "--store", depot.server.store).stdout.decode()) == values
    # Each command has cursors of its own.
    other = run("export-sessions", *words)
    assert other.returncode == 65 and b"no cursor of export-sessions" in other.stderr and other.stdout == b""
    assert run("export-meter-values", "--cursor", cursor, "log").returncode == 64
    assert run("export-meter-values", "--output", output).returncode == 64


def test_a_sample_cursor_of_another_store_is_refused(serve, tmp_path):
    cursor = tmp_path / "cursor"
    one, two = Depot(serve()), Depot(serve())
    for depot, count in ((one, 2), (two, 1)):
        for number in range(count):
            depot.station.ask("MeterValues", {"connectorId": 1, "meterValue": [
                {"timestamp": "2026-03-28T12:00:00Z", "sampledValue": [{"value": str(number)}]}]})
    assert run("export-meter-values", "--store", one.server.store, "--cursor", cursor).returncode == 0
    before = cursor.read_bytes()
    other = run("export-meter-values", "--store", two.server.store, "--cursor", cursor)
    assert other.returncode == 65 and b"another store" in other.stderr and cursor.read_bytes() == before


def test_killed_at_each_step(depot, tmp_path, report):
    """At every call that changes a file: killed there, a later run makes it whole; run after run, with new sessions."""
    strace = subprocess.run(["which", "strace"], capture_output=True, text=True).stdout.strip()
    assert strace, "strace is not installed"
    cursor, output = tmp_path / "cursor", tmp_path / "sessions.csv"
    depot.charge()
    assert export(depot, cursor, output).returncode == 0
    words = [BINARY, "export-sessions", "--store", depot.server.store, "--cursor", cursor, "--output", output]

    def calls():
        """Each call of a run that is let be, by its name and which one of that name it is."""
        trace = tmp_path / "trace"
        subprocess.run([strace, "-f", "-e", f"trace={CALLS}", "-o", trace, *words], env=environment(), check=True)
        seen = {}
        for line in trace.read_text().splitlines():
            call = re.match(r"\d+ +(\w+)\((.*)", line)
            # What the loader opens is not ours.
            if not call:
                continue
            seen[call[1]] = seen.get(call[1], 0) + 1
            if call[1] != "openat" or "O_CREAT" in call[2] or "cursor" in call[2]:
                yield call[1], seen[call[1]]

    depot.charge()
    points = list(calls())
    assert exported(output) == depot.tags
    assert {name for name, _ in points} == set(CALLS.split(",")) - {"fdatasync", "unlink"}, "of a run that succeeds"
    killed = 0
    for number, (name, count) in enumerate(points):
        depot.charge()
        done = subprocess.run(
            [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:signal=SIGKILL:when={count}",
             *words], env=environment(), capture_output=True)
        killed += done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        found = exported(output)
        assert found == depot.tags[:len(found)], f"whole, at {name} {count}"
        if number % 3:
            # Sometimes the next run is killed, too, before one is let be.
            assert export(depot, cursor, output).returncode == 0
            assert exported(output) == depot.tags, f"killed at {name} {count}"
    assert export(depot, cursor, output).returncode == 0
    assert exported(output) == depot.tags
    assert killed == len(points)
    report(f"killed at each of {len(points)} calls that change a file, {len(depot.tags)} sessions, each once")


def test_killed_at_random_while_sessions_end(depot, tmp_path, report):
    """With charge points that go on, and `cron` that starts the next run whatever became of the last one."""
    cursor, output = tmp_path / "cursor", tmp_path / "sessions.csv"
    dice = random.Random(7)
    is_over = threading.Event()

    def charge():
        while not is_over.is_set() and len(depot.tags) < 2000:
            depot.charge()

    charging = threading.Thread(target=charge)
    charging.start()
    killed = runs = 0
    words = [BINARY, "export-sessions", "--store", depot.server.store, "--cursor", cursor, "--output", output]
    try:
        for _ in range(60):
            process = subprocess.Popen(words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(dice.uniform(0.005, 0.15))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += process.wait() == -signal.SIGKILL
            runs += 1
            tags = exported(output)
            assert tags == [f"T{n}" for n in range(len(tags))], "a beginning of them, nothing twice"
    finally:
        is_over.set()
        charging.join(30)
    assert export(depot, cursor, output).returncode == 0
    assert exported(output) == depot.tags, "nothing lost, nothing twice, in the order of their ends"
    assert killed >= 10
    report(f"{killed} of {runs} runs killed, {len(depot.tags)} sessions, each once")


def test_two_runs_do_not_meet(depot, tmp_path):
    cursor = tmp_path / "cursor"
    with open(f"{cursor}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = export(depot, cursor, tmp_path / "sessions.csv")
    assert done.returncode == 78 and b"another export goes on with this cursor" in done.stderr
    with open(tmp_path / "sessions.csv.part", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = export(depot, cursor, tmp_path / "sessions.csv")
    assert done.returncode == 78 and b"another export goes on with this file" in done.stderr


def test_a_disk_that_is_full(depot, tmp_path):
    depot.charge()
    cursor = tmp_path / "cursor"
    done = export(depot, cursor, "/proc/sessions.csv")
    assert done.returncode == 74 and not cursor.exists()
    output = tmp_path / "no" / "such" / "folder.csv"
    assert export(depot, cursor, output).returncode == 74 and not cursor.exists()
    assert run("export-sessions", "--output", tmp_path / "x").returncode == 64
    assert run("export-sessions", "--output", tmp_path / "x", "--cursor", cursor, "--by", "day").returncode == 64


def test_nothing_but_a_plain_file_is_replaced(depot, tmp_path):
    """Whoever wants the cursor alone moved may say /dev/null, as root, too."""
    depot.charge()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for cursor, output in [("cursor", "fifo"), ("fifo", "sessions.csv")]:
        done = export(depot, tmp_path / cursor, tmp_path / output)
        assert done.returncode == 74 and b"would take its place" in done.stderr, (cursor, output, done.stderr)
    for cursor, output in [("cursor", "."), (".", "sessions.csv")]:
        assert export(depot, tmp_path / cursor, tmp_path / output).returncode == 66
    assert fifo.is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir() if ".lock" not in path.name and path.is_file()) == []


def test_rows_go_under_their_own_header(depot, tmp_path):
    depot.charge()
    cursor, output = tmp_path / "cursor", tmp_path / "sessions.csv"
    assert export(depot, cursor, output).returncode == 0
    depot.charge()
    before = output.read_bytes(), cursor.read_bytes()
    for words in (["--columns", "idTag"], ["--format", "jsonl"], ["--dialect", "excel-pt-BR"]):
        done = export(depot, cursor, output, *words)
        assert done.returncode == 65 and b"begins with other columns" in done.stderr
        assert (output.read_bytes(), cursor.read_bytes()) == before
    # As an editor leaves it: lines end in another way, the last one not at all.
    output.write_bytes(b"\xef\xbb\xbf" + before[0].replace(b"\r", b"")[:-1])
    assert export(depot, cursor, output).returncode == 0
    rows = list(csv.DictReader(output.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["idTag"] for row in rows] == depot.tags
    assert not (tmp_path / "sessions.csv.part").exists()


@pytest.mark.parametrize("zone, change", [
    ("Europe/Lisbon", datetime(2026, 3, 29, 1, tzinfo=timezone.utc)),
    ("Europe/Lisbon", datetime(2026, 10, 25, 1, tzinfo=timezone.utc)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=timezone.utc)),
    ("America/Sao_Paulo", datetime(2026, 3, 29, 3, tzinfo=timezone.utc)),
])
def test_days_and_changes_of_the_clock(depot, tmp_path, zone, change):
    """A file a local day, an export each half hour, sessions on both sides of midnight and of the clock's change; some come
    a day late. Each session is in one file, once."""
    cursor = tmp_path / "cursor"
    files = []
    late = []
    for half_hour in range(-60, 60):
        now = change + timedelta(minutes=30 * half_hour)
        day = subprocess.run(["date", "-d", now.isoformat(), "+%F"], env=environment(TZ=zone), capture_output=True,
                             text=True, check=True).stdout.strip()
        output = tmp_path / f"sessions-{day}.csv"
        if output not in files:
            files.append(output)
        if half_hour % 5 == 0:
            depot.charge(now - timedelta(hours=1))
        elif half_hour % 7 == 0:
            late.append(depot.charge(now - timedelta(days=1)))
        if half_hour % 2 == 0:
            assert export(depot, cursor, output, "--timezone", zone, TZ=zone).returncode == 0
    assert export(depot, cursor, files[-1], "--timezone", zone, TZ=zone).returncode == 0
    assert len(files) >= 3 and late
    assert exported(*files) == depot.tags
    # Days that are asked for by name join without a gap, too: each session begins in one of them.
    asked = []
    first = change - timedelta(days=5)
    for day in range(10):
        since = (first + timedelta(days=day)).date()
        done = run("export-sessions", "--store", depot.server.store, "--since", since, "--until", since + timedelta(days=1),
                   "--timezone", zone, env=environment(TZ=zone))
        assert done.returncode == 0, done.stderr
        asked += [row[3] for row in csv.reader(done.stdout.decode().splitlines()[1:])]
    assert sorted(asked) == sorted(depot.tags), "neither lost nor twice"
