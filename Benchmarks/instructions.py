"""Instructions of reading and writing a frame, and of serving a message, counted by valgrind: the same on a busy machine.

`instructions.json` has the thresholds. `serve` itself cannot be counted: valgrind 3.19 crashes when a program's first
thread ends, as that of every asynchronous Swift program does. `ServedMessage` is what is left of it without the network.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import frames
from measure import OCPPCTL, ROOT

THRESHOLDS = Path(__file__).parent / "instructions.json"
# Counts differ a little with addresses and hash seeds; a change that matters is larger.
TOLERANCE = 1.05


def counted(command):
    return ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)]


def total(stderr):
    return int(re.search(r"refs:\s+([\d,]+)", stderr).group(1).replace(",", ""))


def of_log(arguments, folder, few=2000, many=6000):
    """Instructions for each frame of a log: those of a longer one less those of a shorter one."""
    frames.write(8_000_000, folder / "all.txt", folder / "log.txt")
    lines = (folder / "all.txt").read_bytes().splitlines(keepends=True)
    found = []
    for count in (few, many):
        (folder / "part.txt").write_bytes(b"".join(lines[:count]))
        done = subprocess.run(counted([folder / "ocppctl", "decode", *arguments, folder / "part.txt"]), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        found.append(total(done.stderr))
    return (found[1] - found[0]) // (many - few)


def of_service(message, folder, few=2000, many=6000):
    """Instructions for each message: those of a longer run less those of a shorter one."""
    found = []
    for count in (few, many):
        command = [folder / "ServedMessage", message, count, folder / f"{message}{count}.db"]
        done = subprocess.run(counted(command), stderr=subprocess.PIPE, text=True, check=True)
        found.append(total(done.stderr))
    return (found[1] - found[0]) // (many - few)


def instructions(rounds):
    """Fails where a hot path needs more instructions than its threshold; `bench instructions --accept` sets them anew."""
    if not shutil.which("valgrind"):
        print("instructions: valgrind is not installed")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Valgrind gives up on debug information that it does not know.
        subprocess.run(["strip", "-o", folder / "ocppctl", OCPPCTL], check=True)
        built = ROOT / ".build" / "release" / "ServedMessage"
        subprocess.run(["strip", "-o", folder / "ServedMessage", built], check=True)
        found = {"decode a frame": of_log([], folder), "read a frame": of_log(["--summary"], folder),
                 "serve a heartbeat": of_service("Heartbeat", folder),
                 "serve meter values": of_service("MeterValues", folder)}
    if "--accept" in sys.argv:
        THRESHOLDS.write_text(json.dumps(found, indent=2) + "\n")
    limits = json.loads(THRESHOLDS.read_text())
    worse = []
    print(f"{'instructions':22} {'counted':>10} {'threshold':>10}")
    for what, count in found.items():
        print(f"{what:22} {count:10} {limits[what]:10}")
        if count > limits[what] * TOLERANCE:
            worse.append(what)
    if worse:
        sys.exit(f"more instructions than before: {', '.join(worse)}; Benchmarks/instructions.json has the thresholds")
