"""Configuration files and OCPPCTL_*: what goes before what, errors with their place, HUP."""

import json
import re
import signal

import pytest

from support.charge_point import ChargePoint
from support.program import ROOT, environment, run
from support.security import KEY, connect, passwords, set_password


@pytest.fixture
def home(tmp_path):
    """A folder with the user's configuration, and the variables that make it so."""
    class Home:
        file = tmp_path / "config" / "ocppctl" / "config.yaml"
        variables = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}

        def write(self, text):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(text)

        def run(self, *words, **variables):
            return run(*words, env=environment(**{**self.variables, **variables}), cwd=tmp_path)

        def settings(self, *words, **variables):
            done = self.run("config", *words, **variables)
            assert done.returncode == 0, done.stderr
            return [json.loads(line) for line in done.stdout.splitlines()]

    return Home()


def told(setting):
    """Value and source of one record."""
    return setting["value"], setting.get("variable") or (setting.get("file") and f"{setting['file']}:{setting['line']}") or "default"


def test_what_goes_before_what(home, tmp_path):
    def interval(*words, **variables):
        [found] = [one for one in home.settings("serve", *words, **variables) if one["name"] == "heartbeat-interval"]
        return told(found)

    assert interval() == ("300", "default")
    home.write("serve:\n  heartbeat-interval: 10\n")
    assert interval() == ("10", f"{home.file}:2")
    site = tmp_path / "site.yaml"
    site.write_text("# of the site\nserve:\n\n  heartbeat-interval: 20\n")
    assert interval("--config", site) == ("20", f"{site}:4")
    assert interval(OCPPCTL_CONFIG=str(site)) == ("20", f"{site}:4")
    assert interval("--config", site, OCPPCTL_SERVE_HEARTBEAT_INTERVAL="30") == ("30", "OCPPCTL_SERVE_HEARTBEAT_INTERVAL")


def test_flags_go_before_all(serve, tmp_path):
    (tmp_path / "site.yaml").write_text("serve:\n  heartbeat-interval: 20\n  boot: pending\n")
    server = serve("--config", tmp_path / "site.yaml", "--heartbeat-interval", "40",
                   environment={"OCPPCTL_SERVE_HEARTBEAT_INTERVAL": "30"})
    answer = ChargePoint(server.url, "CP001").ask("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
    assert (answer["interval"], answer["status"]) == (40, "Pending")


def test_a_section_goes_before_what_is_for_all(home):
    home.write("store: all.db\ntimezone: Europe/Lisbon\nexport-sessions: {store: sessions.db}\ntags:\n  store: tags.db\n"
               "  push: {full: true}\n")
    found = {(one["command"], one["name"]): told(one) for one in home.settings("--changed")}
    assert found["export-sessions", "store"] == ("sessions.db", f"{home.file}:3")
    assert found["export-meter-values", "store"] == ("all.db", f"{home.file}:1")
    assert found["tags list", "store"] == ("tags.db", f"{home.file}:5")
    assert found["tags push", "full"] == (True, f"{home.file}:6")
    assert found["decode", "timezone"] == ("Europe/Lisbon", f"{home.file}:2")
    found = {(one["command"], one["name"]): told(one) for one in home.settings("--changed", OCPPCTL_STORE="mine.db")}
    assert found["export-meter-values", "store"] == ("mine.db", "OCPPCTL_STORE")
    assert found["tags push", "store"][0] == "mine.db"


def test_settings_are_obeyed(home, tmp_path):
    log = tmp_path / "charge.log"
    log.write_text('2026-03-01T10:00:00Z CP001 [2,"1","Heartbeat",{}]\n')
    assert home.run("decode", log).stdout.startswith(b"{")
    home.write("decode:\n  format: text\n  line-buffered: false\n")
    assert not home.run("decode", log).stdout.startswith(b"{")
    assert home.run("decode", log, "--format", "jsonl").stdout.startswith(b"{")
    assert home.run("decode", log, "--format=jsonl").stdout.startswith(b"{")
    assert home.run("decode", log, OCPPCTL_DECODE_FORMAT="jsonl").stdout.startswith(b"{")
    # A number is the text that was written, not what YAML thinks of it.
    home.write("decode:\n  charge-point: 1.10\n  summary: false\n")
    assert [told(one)[0] for one in home.settings("decode", "--changed")] == ["1.10", False]


def test_a_list_is_replaced_as_a_whole(home):
    home.write("serve: {trust-proxy: [10.0.0.1, 10.0.0.2], listen: '127.0.0.1:1'}\n")
    [found] = [one for one in home.settings("serve") if one["name"] == "trust-proxy"]
    assert found["value"] == ["10.0.0.1", "10.0.0.2"]


WRONG = {
    "serve:\n  # why\n  hearbeat-interval: 60\n":
        "3: serve.hearbeat-interval: unknown key: no such option. Did you mean 'heartbeat-interval'?",
    "serv:\n  listen: x\n": "1: serv: unknown key: no command of that name. Did you mean 'serve'?",
    "listen: 127.0.0.1:1\n": "1: listen: unknown key: not an option of every command: it belongs into a section, as serve",
    "tags:\n  pull:\n    full: true\n": "2: tags.pull: unknown key: no command of that name",
    "serve:\n  help: true\n": "2: serve.help: unknown key: no such option",
    "serve:\n  config: x\n": "2: serve.config: unknown key: no such option",
    "serve:\n  listen:\n": "2: serve.listen has no value; leave the key out where none is meant",
    "serve:\n  listen: [a, b]\n": "2: serve.listen takes one value, not a list",
    "serve:\n  strict: yes\n": "2: serve.strict is true or false",
    "serve:\n  trust-proxy: [{a: b}]\n": "2: serve.trust-proxy: what is listed must be plain values",
    "serve:\n  heartbeat-interval: 86401\n": "2: serve.heartbeat-interval: --heartbeat-interval is 0 to 86400 seconds",
    "serve:\n  boot: perhaps\n": "2: serve.boot: The value 'perhaps' is invalid for '--boot <boot>'.",
    "serve:\n  security-profile: 2\n  listen: 127.0.0.1:0\n": "2: serve.security-profile: --security-profile 2 needs --passwords",
    "serve:\n  listen: 0.0.0.0:0\n": "2: serve.listen: 0.0.0.0:0 is not a loopback address",
    "serve: 5\n": "1: serve: unknown key",
    "- serve\n": "1: the file is no mapping of keys to values",
    "serve: {a\n": "2:1: no YAML: ",
    "serve:\n  listen: a\n  listen: b\n": "2: twice: listen",
    "serve:\n\tlisten: a\n": "2:1: no YAML: ",
    "serve: &a {b: *a}\n": "1:",
    b"serve: \xff\n": ": no text in UTF-8",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_with_its_place(tmp_path, text):
    file = tmp_path / "site.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run("serve", "--config", file, "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock")
    assert done.returncode == 78, done.stderr
    expected = WRONG[text]
    separator = "" if expected.startswith(":") else ":"
    assert done.stderr.decode().startswith(f"ocppctl: {file}{separator}{expected}"), done.stderr


def test_other_ends(home, tmp_path):
    assert home.run("serve", "--config", tmp_path / "none.yaml").returncode == 78
    assert home.run("serve", "--config", tmp_path).returncode == 78
    assert home.run("serve", "--config").returncode == 64
    wrong = home.run("stations", OCPPCTL_STATIONS_ONLINE="often")
    assert (wrong.returncode, wrong.stderr) == (78, b"ocppctl: $OCPPCTL_STATIONS_ONLINE is true or false\n")
    wrong = home.run("stations", OCPPCTL_STATIONS_FORMAT="often")
    assert wrong.returncode == 78 and wrong.stderr.startswith(b"ocppctl: $OCPPCTL_STATIONS_FORMAT: The value 'often'")
    # What was typed is the typist's.
    home.write("serve:\n  boot: pending\n")
    assert home.run("serve", "--boot", "perhaps").returncode == 64
    assert home.run("config", "no-such").returncode == 64
    # Help is there whatever a file says.
    home.write("no: {such: thing}\n")
    assert home.run("serve", "--help").returncode == 0 and home.run("--version").returncode == 0
    assert home.run("stations").returncode == 78


def test_empty_files(home):
    for text in ("", "# nothing\n", "---\n", "serve: {}\n"):
        home.write(text)
        assert home.settings("--changed") == []


def test_hup_reads_again(serve, tmp_path):
    site, tags = tmp_path / "site.yaml", tmp_path / "tags"
    tags.write_text("A\n")
    site.write_text(f"serve:\n  heartbeat-interval: 20\n  tags: {tags}\n")
    server = serve("--config", site)
    station = ChargePoint(server.url, "CP001")
    boot = {"chargePointVendor": "V", "chargePointModel": "M"}
    assert station.ask("BootNotification", boot)["interval"] == 20
    assert station.ask("Authorize", {"idTag": "B"})["idTagInfo"]["status"] == "Invalid"

    def hup(expected):
        server.process.send_signal(signal.SIGHUP)
        server.messages.wait_for(lambda line: expected in line, "message about the files")

    site.write_text(f"serve:\n  heartbeat-interval: 50\n  tags: {tags}\n  path: /other\n")
    tags.write_text("A\nB\n")
    hup(b"changed, but only a restart takes it: path")
    server.messages.wait_for(lambda line: b"read again and changed: heartbeat-interval" in line)
    assert station.ask("BootNotification", boot)["interval"] == 50
    assert station.ask("Authorize", {"idTag": "B"})["idTagInfo"]["status"] == "Accepted"
    # No setting is another one, but what a file has that one names.
    tags.write_text("A\nB\nC\n")
    hup(b"read the settings and their files again")
    assert station.ask("Authorize", {"idTag": "C"})["idTagInfo"]["status"] == "Accepted"
    site.write_text("serve:\n  heartbeat: 50\n")
    hup(b"site.yaml:2: serve.heartbeat: unknown key: no such option; going on with what was read before")
    assert station.ask("BootNotification", boot)["interval"] == 50


def test_hup_takes_all_or_nothing(serve, tmp_path):
    """What is wrong with any file is said once, and nothing of the others holds."""
    site, keys = tmp_path / "site.yaml", passwords(tmp_path, CP001=KEY)
    site.write_text(f"serve:\n  heartbeat-interval: 20\n  security-profile: 1\n  passwords: {keys}\n")
    server = serve("--config", site)
    boot = {"chargePointVendor": "V", "chargePointModel": "M"}
    station = connect(server.url, "CP001", bytes.fromhex(KEY))

    def hup(word):
        server.process.send_signal(signal.SIGHUP)
        server.messages.wait_for(lambda line: word in line, "word about the files")

    good = keys.read_text()
    keys.write_text("{}\n")
    site.write_text(site.read_text().replace("20", "50"))
    hup(b"going on with what was read before")
    assert station.ask("BootNotification", boot)["interval"] == 20
    keys.write_text(good)
    set_password(keys, "CP002", KEY)
    hup(b"read again and changed: heartbeat-interval")
    assert station.ask("BootNotification", boot)["interval"] == 50
    assert [line.decode().removeprefix("ocppctl: ") for line in server.messages.lines[1:]] == [
        f"{keys}:1: no line of a passwords' file; 'ocppctl passwords set' writes them; going on with what was "
        "read before: nothing was reloaded\n",
        f"read {keys} again: 2 charge points\n", "read again and changed: heartbeat-interval\n"]


def test_what_is_set_gives_way_to_what_is_typed(home, tmp_path):
    """And a store for all commands does not keep an export from reading a file."""
    (tmp_path / "charge.log").write_text('2026-03-01T10:00:00Z CP001 [2,"1","Heartbeat",{}]\n')
    (tmp_path / "none.json").write_text('{"profiles":[]}')
    home.write("store: s.db\ncontrol: c.sock\nquirks: none.json\nexport-sessions:\n  dialect: excel-pt-BR\n"
               "decode:\n  strict: true\n")
    assert home.run("export-sessions", "charge.log").stdout.startswith(b"\xef\xbb\xbfchargePointId;")
    assert home.run("export-sessions", "charge.log", "--format", "jsonl").returncode == 0
    assert home.run("decode", "--derive-quirks", "charge.log").returncode == 0
    # The store is the one of the file, and is not there; the quirks are no matter.
    missing = home.run("export-meter-values")
    assert missing.returncode == 66 and b"s.db" in missing.stderr
    typed = home.run("export-meter-values", "--quirks", "none.json")
    assert typed.returncode == 64 and b"--quirks is for files" in typed.stderr
    # What contradicts itself there is said, and what has a wrong value.
    home.write("export-sessions:\n  dialect: excel-pt-BR\n  format: jsonl\n")
    for words in ([], ["charge.log"]):
        refused = home.run("export-sessions", *words)
        assert refused.returncode == 78 and b"config.yaml:2: export-sessions.dialect: --dialect is for" in refused.stderr
    home.write("timezone: Mars/Olympus\n")
    assert home.run("decode", "charge.log").returncode == 78


def test_a_variable_that_is_nearly_one_is_told(home):
    """What is meant to protect, and does not, must not be silent; what is somebody's own is nobody's business."""
    done = home.run("decode", "-", OCPPCTL_DECODE_SUMARY="true", OCPPCTL_DECODE_PID="17", OCPPCTL_SERVE_SUMARY="true")
    assert done.returncode == 0
    assert done.stderr == (b"ocppctl: $OCPPCTL_DECODE_SUMARY is no setting of decode and is not heeded. "
                           b"Did you mean $OCPPCTL_DECODE_SUMMARY?\n")


def test_the_example_is_sound(home):
    """As it is, and with each of its lines in force."""
    text = (ROOT / "packaging" / "config.yaml").read_text()
    home.write(text)
    assert [(one["name"], one["value"]) for one in home.settings("--changed")] == [("listen", "127.0.0.1:9000")]
    home.write(re.sub(r"^  #(?=\S)", "  ", text, flags=re.M).replace("  listen: 127.0.0.1:9000\n", "", 1))
    names = {one["name"] for one in home.settings("--changed")}
    assert names == {"listen", "security-profile", "passwords", "tls-certificate", "tls-key", "keep-frames", "dojot"}


def test_every_option_can_be_set(home):
    """`config` knows every option of every command, and takes what it tells itself."""
    everything = home.settings()
    commands = {one["command"] for one in everything}
    assert {"serve", "tags push", "passwords set", "simulate"} <= commands
    tree = {}
    for one in everything:
        if one["value"] is None or one["value"] == []:
            continue
        section = tree
        for word in one["command"].split():
            section = section.setdefault(word, {})
        section[one["name"]] = one["value"]
    home.write(json.dumps(tree))  # JSON is YAML
    again = {(one["command"], one["name"]): one["value"] for one in home.settings("--changed")}
    assert again == {(one["command"], one["name"]): one["value"] for one in everything if one["value"] not in (None, [])}
