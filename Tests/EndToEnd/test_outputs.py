"""The search for secrets in all outputs of the suite (row 26 of docs/reliability.md) finds what is planted."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support import secrets
from support.outputs import Search
from support.program import ROOT

# Known to no other test, and never written where this run's own search would find it.
KEY = "77a1" * 10


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.parametrize("form", sorted(secrets.forms(KEY.encode())))
def test_every_form_of_a_key_is_found(folder, monkeypatch, form):
    monkeypatch.setattr(secrets, "known", {"planted": KEY.encode()})
    (folder / "clean").write_bytes(b"\x00nothing " * 1000)
    assert Search(folder).leaks == []
    (folder / "output").write_bytes(b"x" * 100_000 + form + b"y")
    assert Search(folder).leaks == [(folder / "output", "planted")]
    # Where it has its place it may stand.
    monkeypatch.setattr(secrets, "places", {(folder / "output").resolve()})
    assert Search(folder).leaks == []


@pytest.mark.parametrize("identity", ["", "A", "AB", "ABC", "a longer identity:"])
def test_a_header_is_found_whatever_the_identity(folder, monkeypatch, identity):
    import base64
    monkeypatch.setattr(secrets, "known", {"planted": KEY.encode()})
    for secret in (KEY, KEY.upper(), bytes.fromhex(KEY)):
        secret = secret if isinstance(secret, bytes) else secret.encode()
        header = base64.b64encode(identity.encode() + b":" + secret)
        (folder / "log").write_bytes(b"Authorization: Basic " + header)
        assert Search(folder).leaks == [(folder / "log", "planted")]


def test_keys_that_commands_make_are_searched_for(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=x", "-keyout", folder / "x.key", "-out", folder / "x.pem"], check=True, capture_output=True)
    (folder / "CP.key").write_text(KEY)
    (folder / "CP.key").chmod(0o600)
    assert Search(folder).leaks == []
    (folder / "log").write_text("took " + KEY + (folder / "x.key").read_text().replace("PRIVATE", "SOME"))
    assert {path.name for path, _ in Search(folder).leaks} == {"log"} and len(Search(folder).leaks) == 2


PLANTED = '''
import asyncio, os, pty, secrets as dice, socket, subprocess, sys, threading
import support.secrets

WAYS = [support.secrets.secret(f"way {number}", dice.token_hex(20)) for number in range(10)]
echo = lambda number, stream="stdout": [sys.executable, "-c", f"import sys; sys.{stream}.write('{WAYS[number]}')"]

def test_a_pipe(): assert subprocess.run(echo(0), capture_output=True).stdout
def test_nowhere(): subprocess.run(echo(1, "stderr"), stderr=subprocess.DEVNULL)
def test_line_by_line():
    process = subprocess.Popen(echo(2), stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() and process.wait() == 0
    process.stdout.close()
def test_what_nobody_reads():
    process = subprocess.Popen(echo(3), stdout=subprocess.PIPE)
    process.wait()
    process.stdout.close()
def test_inherited(): subprocess.run(echo(4))
def test_the_log_of_the_tests(): print(WAYS[5])
def test_a_socket(tmp_path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s")); server.listen(); client.connect(str(tmp_path / "s"))
        server.accept()[0].sendall(WAYS[6].encode() + b"\\\\n")
        assert client.makefile().readline()
def test_asyncio():
    async def run():
        process = await asyncio.create_subprocess_exec(*echo(8), stdout=asyncio.subprocess.PIPE)
        await process.communicate()
    asyncio.run(run())
def test_a_terminal():
    master, slave = pty.openpty()
    process = subprocess.Popen(echo(9), stdout=slave)
    assert os.read(master, 1000) and process.wait() == 0
def test_a_file(tmp_path): (tmp_path / "store.db").write_text(WAYS[7])
'''


@pytest.mark.parametrize("is_planted", [True, False])
def test_a_run_with_a_leak_fails(folder, is_planted):
    text = PLANTED if is_planted else "def test_nothing(): pass"
    (folder / "test_planted.py").write_text(text.replace("\\\\n", "\\n"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "conftest", "-p", "no:cacheprovider",
         "--rootdir", folder, "--basetemp", folder / "base", folder / "test_planted.py"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "Tests" / "EndToEnd")}, timeout=60)
    assert ("10 passed" if is_planted else "1 passed") in done.stdout, done.stdout + done.stderr
    found = re.findall(r"^LEAK: (way \d)", done.stdout, re.M)
    assert sorted(found) == [f"way {number}" for number in range(10 if is_planted else 0)], done.stdout
    assert done.returncode == (1 if is_planted else 0)
