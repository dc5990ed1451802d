"""Running programs and telling what they cost."""

import os
import resource
import shutil
import socket
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OCPPCTL = os.environ.get("OCPPCTL", str(ROOT / ".build" / "release" / "ocppctl"))


def run(command, stdin=None):
    """CPU seconds and wall seconds of one run; its output goes nowhere."""
    with open(stdin or os.devnull, "rb") as source:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, check=True)
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def compare(programs, rounds, stdin=None):
    """Medians of each program by name: (CPU, wall)."""
    programs = {name: command for name, command in programs.items() if shutil.which(command[0])}
    measured = {name: [] for name in programs}
    for _ in range(rounds):
        for name, command in programs.items():
            measured[name].append(run(command, stdin))
    return {name: tuple(statistics.median(column) for column in zip(*values)) for name, values in measured.items()}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kilobytes(pid):
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if line.startswith("VmRSS"))


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def pinned(core, command):
    """The command on one processor, where there are several."""
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else command
