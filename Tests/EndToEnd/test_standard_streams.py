"""Standard input, output and error that are closed: what a command opens never stands in their place."""

import json
import os
import socket
import subprocess

import pytest

from support.charge_point import Answering
from support.program import BINARY, DEADLINE, environment, run, shell


def test_records_without_a_place_to_go_are_an_error(central_system):
    """The socket to the server was standard output, and the records went there."""
    station = Answering(central_system.url, "CP001")
    done = shell(f"ocppctl send --control {central_system.control} CP001 ClearCache >&-")
    station.close()
    assert done.statuses == [74], done.err
    assert b"cannot write to standard output: Bad file descriptor" in done.err


@pytest.mark.parametrize("command", ["decode", "send --input -", "export-sessions -"])
def test_no_input_is_an_error(central_system, command):
    control = f"--control {central_system.control}" if command.startswith("send") else ""
    done = shell(f"ocppctl {command} {control} <&-")
    assert done.statuses == [66], done.err
    assert b"cannot read standard input: Bad file descriptor" in done.err


def test_input_that_is_not_there_yet_is_waited_for():
    """As some programs leave the pipe or terminal that they share."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    with os.fdopen(write, "wb", buffering=0) as writer, subprocess.Popen(
            [BINARY, "decode", "--line-buffered"], stdin=read, stdout=subprocess.PIPE, env=environment()) as process:
        os.close(read)
        for number in range(3):
            writer.write(f'[2,"{number}","Heartbeat",{{}}]\n'.encode())
            assert json.loads(process.stdout.readline() or "{}").get("messageId") == str(number)
        writer.close()
        assert process.wait(DEADLINE) == 0


def test_serve_without_any_of_them(tmp_path):
    control = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(tmp_path / "ready"))
        ready.settimeout(DEADLINE)
        process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', BINARY, "serve", "--listen", "127.0.0.1:0", "--store",
             tmp_path / "store.db", "--control", control],
            env=environment(NOTIFY_SOCKET=str(tmp_path / "ready")))
        try:
            while b"READY=1" not in ready.recv(1000):
                pass
            for number in range(3):
                assert os.readlink(f"/proc/{process.pid}/fd/{number}") == "/dev/null"
            assert run("stations", "--control", control).returncode == 0
        finally:
            process.terminate()
            assert process.wait(DEADLINE) == 0
