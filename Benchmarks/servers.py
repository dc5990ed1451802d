"""Central systems in turn under one load: `ocppctl simulate --load`, on a processor of its own."""

import contextlib
import importlib.util
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import OCPPCTL, cpu_seconds, free_port, pinned, resident_kilobytes

HERE = Path(__file__).parent


def built_floor(folder):
    """The floor in C; None where there is no compiler."""
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libwebsockets"], capture_output=True, text=True)
    made = subprocess.run(["cc", "-O2", "-o", folder / "floor", HERE / "floor.c", *flags.stdout.split()])
    return folder / "floor" if made.returncode == 0 else None


def ours(folder, records="none", *flags):
    return [OCPPCTL, "serve", "--listen", "127.0.0.1:{port}", "--store", f"{folder}/store.db", "--control",
            f"{folder}/control.sock", "--records", records, *flags]


@contextlib.contextmanager
def running(command, folder, port=None):
    """A server's process and the URL to connect to."""
    port = port or free_port()
    with open(folder / "records.jsonl", "ab") as records, open(folder / "messages.txt", "ab") as messages:
        process = subprocess.Popen(pinned(0, [str(word).format(port=port) for word in command]),
                                   stdin=subprocess.DEVNULL, stdout=records, stderr=messages)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield process, f"ws://127.0.0.1:{port}/ocpp"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def load(process, url, stations, message="heartbeat", seconds=5, rate=None):
    """The summary of a load, with `cpu`, the server's CPU seconds while messages were sent."""
    command = [OCPPCTL, "simulate", "--load", "--url", url, "--count", stations, "--id-pattern", "CP%06d", "--message",
               message, "--duration", f"{int(seconds * 1000)}ms", "--connect-timeout", "120s"]
    if rate:
        command += ["--rate", rate]
    generator = subprocess.Popen(pinned(1, list(map(str, command))), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
    error, before = "", 0
    for line in generator.stderr:
        if "sending" in line:
            before = cpu_seconds(process.pid)
            break
        error += line
    summary = json.loads(generator.stdout.readline() or "null")
    cpu = cpu_seconds(process.pid) - before if summary else 0
    memory = resident_kilobytes(process.pid)
    error += generator.stderr.read()
    if generator.wait(60) != 0 or summary is None:
        print(f"  the load failed: {error.strip()} {summary}", file=sys.stderr)
    return {**(summary or {}), "cpu": cpu, "memory": memory}


def allow_many_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def programs(floor, records):
    """Commands by name; each starts with a store of its own."""
    found = {}
    if floor:
        found["floor in C"] = lambda _: [floor, "{port}"]
    found["ocppctl"] = lambda place: ours(place, "none")
    if records:
        found["ocppctl, records"] = lambda place: ours(place, "frames")
    if importlib.util.find_spec("ocpp") and importlib.util.find_spec("websockets"):
        found["Python ocpp"] = lambda _: [sys.executable, HERE / "python_peer.py", "{port}"]
    return found


def servers(rounds, counts=(100, 5000), seconds=5):
    """CPU a message, as fast as answers come; meter values of three samples are durable before ocppctl answers."""
    allow_many_files()
    print(f"{'':12} {'stations':>8} {'server':18} {'messages/s':>10} {'CPU us':>8} {'x floor':>8} {'p50 ms':>8} {'p99 ms':>8}")
    with tempfile.TemporaryDirectory() as name:
        floor = built_floor(Path(name))
        for message in ("heartbeat", "meter-values"):
            for stations in counts:
                found = {}
                commands = programs(floor, records=message == "heartbeat")
                for _ in range(rounds):
                    for server, command in commands.items():
                        if server == "Python ocpp" and stations > 1000:
                            continue
                        with tempfile.TemporaryDirectory() as place:
                            with running(command(place), Path(place)) as (process, url):
                                done = load(process, url, stations, message, seconds)
                            if done.get("messages"):
                                found.setdefault(server, []).append(done)
                            if message == "meter-values" and server == "ocppctl":
                                count_rows(Path(place), done)
                print_servers(message, stations, found)


def print_servers(message, stations, found):
    floor = None
    for server, runs in found.items():
        def median(value):
            return statistics.median(map(value, runs))

        cpu = median(lambda run: run["cpu"] / run["messages"] * 1e6)
        floor = floor or (cpu if server == "floor in C" else None)
        print(f"{message:12} {stations:8} {server:18} {median(lambda run: run['messagesPerSecond']):10.0f} {cpu:8.1f} "
              f"{cpu / floor if floor else float('nan'):8.2f} {median(lambda run: run['responseMilliseconds']['p50']):8.2f} "
              f"{median(lambda run: run['responseMilliseconds']['p99']):8.2f}")


def count_rows(folder, done):
    """Three rows for each answer; of each charge point one more message may have been answered when the time was up."""
    out = subprocess.run([OCPPCTL, "export-meter-values", "--store", folder / "store.db", "--format", "jsonl"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    rows, least = out.stdout.count(b"\n"), 3 * done["messages"]
    if not least <= rows <= least + 3 * done["chargePoints"]:
        print(f"  {rows} rows for {done['messages']} answers", file=sys.stderr)


def latency(rounds, stations=5000, rate=1000, seconds=10):
    """How long answers take at a fixed rate."""
    allow_many_files()
    print(f"{'':12} {'stations':>8} {'messages/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for message in ("heartbeat", "meter-values"):
        runs = []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as place, running(ours(place), Path(place)) as (process, url):
                runs.append(load(process, url, stations, message, seconds, rate))
        times = [[run["responseMilliseconds"][key] for run in runs] for key in ("p50", "p99", "max")]
        print(f"{message:12} {stations:8} {rate:10} " + " ".join(f"{statistics.median(each):8.2f}" for each in times))


def stations(rounds, many=10_000):
    """What a station costs, and what many of them do to each message."""
    allow_many_files()
    with tempfile.TemporaryDirectory() as place, running(ours(place), Path(place)) as (process, url):
        empty = resident_kilobytes(process.pid)
        done = load(process, url, many, seconds=1, rate=1)
        print(f"{many} stations connected and booted in {done['connectMilliseconds'] / 1000:.1f} s, "
              f"{done['refusedConnections']} refused, {(done['memory'] - empty) / many:.1f} kB each")
    costs = {}
    for _ in range(rounds):
        for count in (100, many):
            with tempfile.TemporaryDirectory() as place, running(ours(place), Path(place)) as (process, url):
                done = load(process, url, count, rate=5000)
                costs.setdefault(count, []).append(done["cpu"] / done["messages"] * 1e6)
    few, lots = (statistics.median(costs[count]) for count in (100, many))
    print(f"CPU a heartbeat at 5,000/s: {few:.1f} us with 100 stations, {lots:.1f} us with {many}: {lots / few:.2f} x")
    with tempfile.TemporaryDirectory() as place, running(ours(place), Path(place)) as (process, url):
        done = load(process, url, 1000, seconds=30, rate=0.05)
        print(f"1000 stations at rest: {done['cpu'] / 30 * 100:.2f} % of a processor")
    restart(many)


def restart(many):
    """All stations come back after the server was stopped and started again."""
    with tempfile.TemporaryDirectory() as name:
        place, port = Path(name), free_port()
        command = [OCPPCTL, "simulate", "--load", "--url", f"ws://127.0.0.1:{port}/ocpp", "--count", str(many), "--rate",
                   "1", "--duration", "90s", "--connect-timeout", "120s"]
        with running(ours(place), place, port):
            generator = subprocess.Popen(pinned(1, command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
            next(line for line in generator.stderr if "sending" in line)
        with running(ours(place), place, port):
            summary = json.loads(generator.communicate()[0])
        print(f"{summary['connected']} of {many} stations are back, the last one after "
              f"{summary['longestOutageMilliseconds'] / 1000:.1f} s")
