"""Bad input gets a clear error with its place, and nothing is lost."""

import json
import os
import socket
import subprocess

import pytest
from websockets.exceptions import ConnectionClosed

from support.charge_point import ChargePoint
from support.program import BINARY, DEADLINE, environment, run
from support.secrets import KEY, written


def test_misspelt_words_get_a_suggestion():
    wrong = run("exprot-sessions")
    assert wrong.returncode == 64 and b"Did you mean 'export-sessions'?" in wrong.stderr
    wrong = run("serve", "--stor", "x")
    assert wrong.returncode == 64 and b"--store" in wrong.stderr and wrong.stdout == b""


def test_a_port_in_use(central_system, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        wrong = run("serve", "--listen", f"127.0.0.1:{port}", "--store", tmp_path / "s.db", "--control", tmp_path / "c")
    assert wrong.returncode == 78
    assert f"127.0.0.1:{port} is already in use".encode() in wrong.stderr


def test_a_store_that_is_no_store_is_left_as_it_is(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    before = file.read_bytes()
    for command in (["serve", "--listen", "127.0.0.1:0", "--control", tmp_path / "c"], ["export-sessions"]):
        wrong = run(*command, "--store", file)
        assert wrong.returncode in (66, 78) and b"letter.txt" in wrong.stderr, wrong
        assert file.read_bytes() == before


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    wrong = run("serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "file" / "s.db", "--control", tmp_path / "c")
    assert wrong.returncode == 78 and str(tmp_path / "file").encode() in wrong.stderr


@pytest.mark.parametrize("command", ["export-sessions", "export-meter-values", "stations", "tags list"])
def test_a_store_that_cannot_be_read_is_there(tmp_path, command):
    """Somebody else's was none at all, and its list of tags empty. The reason here is one that root meets, too."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    for name, reason in (("loop", b"Too many levels of symbolic links"), ("folder", b"Is a directory")):
        control = () if command.startswith("export") else ("--control", tmp_path / "none")
        wrong = run(*command.split(), "--store", tmp_path / name, *control)
        assert wrong.returncode == 66, wrong
        assert f"cannot read the store {tmp_path / name}: ".encode() + reason in wrong.stderr


@pytest.mark.parametrize("command", ["export-sessions", "export-meter-values"])
def test_a_cursor_that_cannot_be_read_is_not_called_a_wrong_one(central_system, tmp_path, command):
    """Removed, as the message advised, everything would be exported again."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    for name, reason in (("loop", b"Too many levels of symbolic links"), ("folder", b"Is a directory")):
        wrong = run(command, "--store", central_system.store, "--cursor", tmp_path / name)
        assert wrong.returncode == 66 and wrong.stdout == b"", wrong
        assert reason in wrong.stderr and b"remove" not in wrong.stderr


def test_another_servers_control_socket_and_store(central_system, tmp_path):
    wrong = run("serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", central_system.control)
    assert wrong.returncode == 78 and b"another server" in wrong.stderr
    wrong = run("serve", "--listen", "127.0.0.1:0", "--store", central_system.store, "--control", tmp_path / "c")
    assert wrong.returncode == 78 and b"in use" in wrong.stderr
    assert central_system.send("CP001", "ClearCache").returncode == 69, "the first one is still there"


def test_a_control_socket_left_by_a_dead_server_is_taken_over(central_system):
    central_system.kill()
    assert central_system.control.exists()
    central_system.start()
    assert oct(os.stat(central_system.control).st_mode & 0o777) == "0o600"


def test_malformed_frames_are_answered_and_the_connection_lives(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    station.send('[2,"bad-1","Heartbeat",{"a":}]')
    assert station.receive()[:3] == [4, "bad-1", "FormationViolation"]
    station.send("hello")
    station.send("[5,\"x\",{}]")
    station.send('[3,"nobody-asked",{}]')
    assert "currentTime" in station.ask("Heartbeat", {})
    error = central_system.wait_for_record(lambda r: r.get("record") == "error", "error record")
    assert error["messageId"] == "bad-1" and error["action"] == "Heartbeat" and error["code"] == "json"


def test_a_frame_over_the_limit_is_closed_with_1009(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    padding = "x" * (1 << 20)
    with pytest.raises(ConnectionClosed) as closed:
        station.send(f'[2,"1","DataTransfer",{{"vendorId":"v","data":"{padding}"}}]')
        station.receive()
    assert closed.value.rcvd.code == 1009
    again = ChargePoint(central_system.url, "CP001")
    fits = "x" * ((1 << 20) - 100)
    assert again.ask("DataTransfer", {"vendorId": "v", "data": fits})["status"] == "UnknownVendorId"


def test_strict_answers_violations_with_their_error_codes(serve):
    central_system = serve("--strict")
    station = ChargePoint(central_system.url, "CP001")
    assert station.call("BootNotification", {"chargePointModel": "M"})[2] == "OccurenceConstraintViolation"
    station.boot()
    assert station.call("Authorize", {"idTag": 5})[2] == "TypeConstraintViolation"
    assert station.call("Authorize", {"idTag": "x" * 21})[2] == "PropertyConstraintViolation"
    assert station.call("Authorize", {"idTag": "x", "more": 1})[2] == "FormationViolation"


def test_a_payload_that_the_action_does_not_allow_is_not_sent(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    wrong = central_system.send("CP001", "Reset", "type=Sofd")
    assert wrong.returncode == 65 and b"Soft" in wrong.stderr and wrong.stdout == b""
    wrong = central_system.send("CP001", "Rest", "type=Soft")
    assert wrong.returncode == 65 and b"Reset" in wrong.stderr
    wrong = central_system.send("CP001", "ChangeConfiguration", "kee=x", "value=1")
    assert wrong.returncode == 65 and b"key" in wrong.stderr


def test_no_server_is_said_with_the_socket(tmp_path):
    wrong = run("send", "--control", tmp_path / "none.sock", "CP001", "ClearCache")
    assert wrong.returncode == 69 and b"none.sock" in wrong.stderr and b"ocppctl serve" in wrong.stderr


@pytest.mark.parametrize("url", [
    "ws://", "ws://CP:letmein@127.0.0.1:1/ocpp", "ws://127.0.0.1:99999/ocpp", "ws://127.0.0.1:1/o p", "ws://127.0.0.1:1/?a=b",
    "ws://127.0.0.1:1/#a"])
@pytest.mark.parametrize("command", ["simulate", "check"])
def test_a_url_that_cannot_be_is_told_before_it_is_tried(command, url):
    """And not repeated: a password stood in the message."""
    wrong = run(command, "--url", url, timeout=5)
    assert wrong.returncode == 64 and b"--url is ws://HOST:PORT/PATH" in wrong.stderr, wrong
    assert b"letmein" not in wrong.stderr + wrong.stdout


@pytest.mark.parametrize("identity", ["", "a/b", "S\u00e3o Paulo", " CP001", "A" * 49, ".."])
def test_a_password_for_an_identity_that_serve_never_takes(tmp_path, identity):
    key = written(tmp_path / "key", KEY + "\n")
    wrong = run("passwords", "set", identity, "--password-file", key, "--passwords", tmp_path / "p")
    assert wrong.returncode == 64 and b"is no identity that serve takes" in wrong.stderr, wrong
    assert not (tmp_path / "p").exists()


def test_credentials_of_a_url_are_not_repeated():
    wrong = run("provision-dojot", "--url", "http://admin:letmein@127.0.0.1:1", "--user", "admin", "--password-file", "x")
    assert wrong.returncode == 64 and b"without credentials" in wrong.stderr
    assert b"letmein" not in wrong.stderr


@pytest.mark.parametrize("path", ["/a b", "/a?b", "/a#b", "/a\u00e9", "a", ""])
def test_a_path_that_nobody_can_ask_for(tmp_path, path):
    wrong = run("serve", "--path", path, "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c",
                timeout=5)
    assert wrong.returncode == 64 and b"--path" in wrong.stderr


def test_the_address_that_is_told_is_the_one_that_is_taken(serve):
    for path, told in (("/", "/"), ("/ocpp/", "/ocpp/"), ("/ocpp", "/ocpp/")):
        central_system = serve("--path", path)
        line = central_system.messages.wait_for(lambda line: b"listening on" in line).decode()
        address = line.split("connect to ")[1].strip()
        assert address.startswith("ws://127.0.0.1:") and address.endswith(f"{told}<identity>")
        ChargePoint(address.removesuffix("/<identity>"), "CP001").boot()


def test_beyond_loopback_is_refused(tmp_path):
    wrong = run("serve", "--listen", "0.0.0.0:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c")
    assert wrong.returncode == 64 and b"loopback" in wrong.stderr


def test_file_names_that_are_not_utf_8(tmp_path):
    """As old archives and file systems have them: sessão.log in Latin-1."""
    def decode(*names):
        return subprocess.run([BINARY, "decode", *names], cwd=tmp_path, capture_output=True, env=environment(),
                              timeout=DEADLINE)

    names = [b"sess\xe3o.log", b"m\xeas.log", b"m\xe3s.log"]
    for number, name in enumerate(names):
        with open(os.fsencode(tmp_path) + b"/" + name, "w") as file:
            file.write(f'[2,"{number}","Heartbeat",{{}}]\n')
    done = decode(*names[:2])
    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(frame["messageId"], frame["meta"]["source"]["file"]) for frame in frames] == [
        ("0", "sess\ufffdo.log"), ("1", "m\ufffds.log")]
    # Which of two is meant cannot be told any more.
    done = decode(*names)
    assert done.returncode == 66 and [json.loads(line)["messageId"] for line in done.stdout.splitlines()] == ["0"]
    assert done.stderr.decode() == 2 * (
        "ocppctl: cannot open m\ufffds.log: it is not UTF-8, and looks like another argument that is not: "
        "rename it, or give it as standard input\n")
