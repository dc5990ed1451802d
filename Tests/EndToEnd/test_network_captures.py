"""Network captures are read through tshark: frames, directions by mask, times, packet numbers."""

import gzip
import json
import shutil
import signal
import socket
import subprocess
import time

import pytest

from support.packets import conversation, pcap, pcapng
from support.program import BINARY, DEADLINE, Lines, environment, run

needs_tshark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
LONG = '[2,"2","DataTransfer",{"vendorId":"v","data":"' + "é" * 2000 + '"}]'
MESSAGES = [
    (True, ['[2,"1","Heartbeat",{}]']), (False, ['[3,"1",{"currentTime":"2026-11-22T09:45:19Z"}]']),
    (True, [LONG, '[2,"3","Heartbeat",{}]']), (False, ['[2,"a","Reset",{"type":"Soft"}]', '[4,"2","NotSupported","",{}]']),
]
DIRECTIONS = ["cp-to-csms", "csms-to-cp", "cp-to-csms", "cp-to-csms", "csms-to-cp", "csms-to-cp"]


@needs_tshark
@pytest.mark.parametrize("form", [pcap, pcapng])
@pytest.mark.parametrize("way", ["file", "stdin", "gzip"])
def test_captures(form, way, tmp_path):
    # The server's port is above the client's: only the mask tells.
    whole = form(conversation(61000, "/ocpp/CP001", MESSAGES, client=51000))
    if way == "gzip":
        whole = gzip.compress(whole)
    (tmp_path / "capture").write_bytes(whole)
    done = run("decode", "-", stdin=whole) if way == "stdin" else run("decode", tmp_path / "capture")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["raw"] for record in records] == [text for _, texts in MESSAGES for text in texts]
    assert [record["direction"] for record in records] == DIRECTIONS
    assert [record["timestamp"] for record in records[:2]] == ["2026-11-22T09:45:21.146Z", "2026-11-22T09:45:22.146Z"]
    assert [record["meta"]["source"]["line"] for record in records] == [3, 4, 5, 5, 6, 6], "numbers of packets"
    assert records[1]["meta"]["responseMilliseconds"] == 1000


def test_without_tshark_it_is_said(tmp_path):
    (tmp_path / "capture.pcap").write_bytes(pcap(conversation(9000, "/ocpp/CP001", MESSAGES)))
    only = tmp_path / "bin"
    only.mkdir()
    (only / "env").symlink_to("/usr/bin/env")
    done = run("decode", tmp_path / "capture.pcap", env=environment(PATH=str(only)))
    assert done.returncode == 66 and b"tshark is needed" in done.stderr and b"not installed" in done.stderr
    assert done.stdout == b""


@needs_tshark
def test_a_damaged_capture_gives_what_can_be_read(tmp_path):
    (tmp_path / "capture.pcap").write_bytes(pcap(conversation(9000, "/ocpp/CP001", MESSAGES))[:-10])
    done = run("decode", tmp_path / "capture.pcap")
    assert done.returncode == 66 and b"capture.pcap" in done.stderr
    assert len(done.stdout.splitlines()) >= 3


@needs_tshark
def test_our_own_traffic(serve, tmp_path):
    central_system = serve()
    port = central_system.url.split(":")[2].split("/")[0]
    capture = tmp_path / "own.pcapng"
    sniffer = subprocess.Popen(["tshark", "-i", "lo", "-f", f"tcp port {port}", "-w", capture, "-P", "-l"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        begun = next((line for line in sniffer.stderr if "Capturing on" in line or "permission" in line), "")
        if "Capturing on" not in begun:
            pytest.skip("capturing on loopback is not allowed here")
        packets = Lines(sniffer.stdout)

        def mark():
            """Waits until a connection that is made here is in the capture, with all that went before."""
            deadline = time.monotonic() + DEADLINE
            while time.monotonic() < deadline:
                with socket.create_connection(("127.0.0.1", int(port))) as connection:
                    own = str(connection.getsockname()[1])
                with packets.changed:
                    if packets.changed.wait_for(lambda: any(own in line for line in packets.lines), 0.5):
                        return
            raise AssertionError("tshark shows no packets")

        mark()
        done = subprocess.run(
            [BINARY, "simulate", "--url", central_system.url, "--id", "CP001", "--speed", "600", "--session",
             "connector=1,idTag=TAG,energy=1kWh,power=50kW"], capture_output=True, env=environment(), timeout=60)
        assert done.returncode == 0, done.stderr
        sent = [json.loads(line) for line in done.stdout.splitlines()]
        sent = [record for record in sent if "messageType" in record]
        mark()
    finally:
        sniffer.send_signal(signal.SIGINT)
        sniffer.wait(20)
    done = run("decode", capture)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    key = lambda record: (record["direction"], record["raw"])
    assert sorted(map(key, found)) == sorted(map(key, sent)) and len(sent) > 10
