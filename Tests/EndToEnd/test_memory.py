"""Logs are read as a stream: memory does not grow with them, and what is found is told at once."""

import json
import subprocess
import sys

import pytest

from support.program import BINARY, ROOT, Lines, environment, fastest

sys.path.insert(0, str(ROOT / "Tests" / "Support"))
import big_log  # noqa: E402


def build():
    """The release build where it is as new as the debug one, with a size that it reads in a few seconds."""
    binary = fastest()
    return binary, 3 << 20 if binary == BINARY else 100 << 20


@pytest.mark.parametrize("flag", ["--summary", "--findings"])
def test_memory_does_not_grow_with_the_log(flag):
    binary, half = build()
    # Findings cost more time; the first part fills what is kept.
    half //= 4 if flag == "--findings" else 1
    process = subprocess.Popen([binary, "decode", flag, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=environment())
    measured = []
    for _ in range(2):
        for block in big_log.blocks(half):
            process.stdin.write(block)
        process.stdin.flush()
        measured.append(big_log.memory(process.pid, "VmHWM"))
    process.stdin.close()
    process.stdout.read()
    assert process.wait() == 0
    first, second = measured
    assert second < 64 << 20
    if binary != BINARY:
        assert second - first < 2 << 20, f"{first} bytes after the first half, {second} after the second"


@pytest.mark.soak
def test_two_gigabytes(soak_time, report):
    """Most calls have no answer; as much of it as there is time for."""
    binary, _ = build()
    process = subprocess.Popen([binary, "decode", "--summary", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=environment())
    blocks = sent = 0
    for block in big_log.blocks(2 << 30):
        if not soak_time():
            break
        process.stdin.write(block)
        blocks += 1
        sent += len(block)
    highest = big_log.memory(process.pid, "VmHWM")
    process.stdin.close()
    summary = json.loads(process.stdout.read())
    assert process.wait() == 0
    report(f"decode --summary: {sent >> 20} MB, {highest / 2**20:.1f} MB of memory at most, "
           f"{summary['unansweredCalls']} calls without an answer")
    assert highest < 64 << 20
    counts = {"calls": big_log.CALLS, "results": big_log.RESULTS, "unansweredCalls": big_log.CALLS - big_log.RESULTS}
    for key, count in counts.items():
        assert summary[key] == blocks * count, key
    assert (summary["unreadable"], summary["orphanResults"]) == (0, 0)
    assert summary["chargePoints"] == big_log.CHARGE_POINTS


def test_the_first_record_comes_before_the_end():
    process = subprocess.Popen([BINARY, "decode", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=environment())
    records = Lines(process.stdout)
    process.stdin.write(b'CP1 > [2,"1","Heartbeat",{}]\n')
    process.stdin.flush()
    first = json.loads(records.wait_for(lambda line: True, "a first record"))
    assert first["messageId"] == "1" and process.poll() is None
    process.stdin.close()
    assert process.wait(20) == 0 and len(records.lines) == 1


def test_a_line_without_an_end_is_read_in_pieces():
    """An export without line breaks, longer than what is held at once: no frame is lost where it is cut."""
    frame = json.dumps({"time": "2026-03-01T08:00:00Z", "frame": '[2,"%06d","Heartbeat",{}]'})
    process = subprocess.Popen([BINARY, "decode", "--summary", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=environment())
    count = 36_000
    process.stdin.write(b"[" + ",".join(frame % number for number in range(count)).encode() + b"]")
    process.stdin.close()
    summary = json.loads(process.stdout.read())
    assert (summary["calls"], summary["unreadable"]) == (count, 0)
