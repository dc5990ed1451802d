"""The cases of the Autobahn test suite (RFC 6455; compression aside, which is off), run by `kosoku` against an echo on the
WebSocket server of `serve`, and against libwebsockets' own: ours fails where the library does and
nowhere else."""

import collections
import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import BINARY, ROOT

SOURCES = ROOT / "Tests" / "Support" / "WebSocketEcho"
KOSOKU = Path(sys.executable).parent / "kosoku"
# What the suite tells a person, without a verdict, and where it thinks that the peer could have been quicker.
PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
# Ten pings at once, to be answered ten times. RFC 6455, 5.5.3, lets an endpoint answer one of them, and libwebsockets leaves
# out a ping while a pong waits to be sent: how often that happens is a matter of pace.
PINGS = {"2.10", "2.11"}


def verdicts(folder, *command, cases=()):
    """What the suite says of each case: its number, and what it made of the messages and of the close."""
    echo = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    try:
        port = int(echo.stdout.readline())
        chosen = [word for case in cases for word in ("--include", case)]
        suite = subprocess.run(
            [KOSOKU, f"127.0.0.1:{port}", "--exclude", "12.*", "--exclude", "13.*", "--outdir", folder, *chosen],
            capture_output=True, text=True, timeout=300)
        assert echo.poll() is None, "the echo ended"
    finally:
        echo.kill()
        echo.wait()
        echo.stdout.close()
    index = folder / "index.json"
    assert index.exists(), suite.stderr
    (results,) = json.loads(index.read_text()).values()
    return {case: (result["behavior"], result["behaviorClose"]) for case, result in results.items()}


def failures(results):
    return {case for case, words in results.items() if not PASSED.issuperset(words)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """libwebsockets' own echo, as a program."""
    program = tmp_path_factory.mktemp("plain") / "echo"
    subprocess.run(["gcc", "-O1", "-o", program, SOURCES / "plain.c", "-lwebsockets"], check=True)
    return program


@pytest.mark.soak
def test_the_server_fails_no_case_but_the_librarys_own(plain, tmp_path, report):
    ours = verdicts(tmp_path / "ours", BINARY.parent / "WebSocketEcho")
    library = verdicts(tmp_path / "library", plain)
    assert ours.keys() == library.keys() and len(ours) > 300
    for name, results in ("ours", ours), ("libwebsockets' own", library):
        words = collections.Counter(words[0] for words in results.values())
        report(f"{name}: {len(results)} cases, {dict(words)}, failed: {sorted(failures(results))}")
    assert failures(library) <= PINGS
    assert failures(ours) <= PINGS


@pytest.mark.soak
def test_the_suite_finds_what_is_wrong(plain, tmp_path):
    results = verdicts(tmp_path, plain, "unchecked", cases=["6.3.*"])
    assert failures(results) == results.keys() and results
