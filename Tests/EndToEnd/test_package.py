"""The Debian package: installed on a copy of this machine, run as its user, removed, purged."""

import json
import os
import re
import shlex
import signal
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from support.charge_point import ChargePoint
from support.machine import Machine
from support.program import ROOT, Lines
from support.shells import Shell, check_bash, check_fish, check_manual, check_zsh

RELEASE = ROOT / ".build" / "release" / "ocppctl"
pytestmark = pytest.mark.soak


def build(folder):
    process = subprocess.run(["sh", ROOT / "scripts/build-package", RELEASE, folder], capture_output=True, text=True,
                             timeout=300)
    assert process.returncode == 0, process.stderr
    return Path(process.stdout.strip())


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package of the release build, which `make soak` makes."""
    return build(tmp_path_factory.mktemp("package"))


@pytest.fixture
def machine(tmp_path):
    if os.geteuid() != 0:
        # Continuous integration runs as root, and says who it is.
        assert "OCPPCTL_CI" not in os.environ, "continuous integration must be root for this test"
        pytest.skip("only root can install a package")
    one = Machine(tmp_path)
    yield one
    one.close()


def dpkg(machine, *words, **options):
    # Some images leave manual pages out of everything that is installed.
    return machine.output("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--path-include=/usr/share/man/*",
                          "--path-include=/usr/share/doc/*", *words, **options)


def install(machine, package):
    machine.output("sh", "-c", "cat >/root/ocppctl.deb", stdin=package.read_bytes())
    dpkg(machine, "--install", "/root/ocppctl.deb")
    machine.output("rm", "/root/ocppctl.deb")


def status(machine):
    return machine.run("dpkg-query", "-W", "-f", "${Status}", "ocppctl").stdout.decode().split()[-1]


@pytest.fixture
def installed(machine, package):
    install(machine, package)
    assert status(machine) == "installed"
    return machine


def changes(machine):
    """Without dpkg's own books, caches, and the books of users."""
    others = r"/var/(lib/(dpkg|systemd)|log|cache)\b|/etc/(passwd|group|shadow|gshadow|\.pwd\.lock)-?$"
    return {line for line in machine.changes() if not re.search(others, line)}


def test_package_leaves_nothing_behind(machine, package):
    assert changes(machine) == set()
    install(machine, package)
    added = changes(machine)
    assert "-rwxr-xr-x root:root /usr/bin/ocppctl" in added
    assert "drwx------ ocppctl:ocppctl /var/lib/ocppctl" in added
    assert "-rw-r--r-- root:root /etc/ocppctl/config.yaml" in added
    machine.output("sh", "-c", "echo sessions >/var/lib/ocppctl/ocppctl.db; echo secret >/etc/ocppctl/server.key")
    dpkg(machine, "--remove", "ocppctl")
    assert machine.output("cat", "/var/lib/ocppctl/ocppctl.db") == "sessions\n"
    assert machine.run("test", "-e", "/usr/bin/ocppctl").returncode != 0
    dpkg(machine, "--purge", "ocppctl")
    # The site's own key stays, and so does the user, whose number nobody else may get.
    assert {line.split(" ", 2)[2] for line in changes(machine)} == {"/etc/ocppctl", "/etc/ocppctl/server.key"}
    assert machine.output("getent", "passwd", "ocppctl").strip().endswith(":/var/lib/ocppctl:/usr/sbin/nologin")


def test_package_is_replaced_by_itself(installed, package):
    first = changes(installed)
    installed.output("sh", "-c", "echo sessions >/var/lib/ocppctl/ocppctl.db")
    install(installed, package)
    assert status(installed) == "installed"
    assert changes(installed) - first == {"-rw-r--r-- root:root /var/lib/ocppctl/ocppctl.db"}
    assert installed.output("cat", "/var/lib/ocppctl/ocppctl.db") == "sessions\n"


def test_package_brings_manual_and_completions(installed):
    shell = Shell("/usr", enter=installed.enter, home="/root")
    check_manual(shell, sorted(page.name for page in (ROOT / "man").glob("*.[1-9]")))
    check_bash(shell)
    check_zsh(shell, "/usr/share/zsh/vendor-completions")
    check_fish(shell)


def unit(machine):
    """The unit's settings, as the package installed them."""
    text = machine.output("cat", "/lib/systemd/system/ocppctl.service")
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"\w+=", line))


def test_units_command_line_runs_as_its_user(installed):
    """Without systemctl: what systemd does before the command line is done by hand."""
    settings = unit(installed)
    user = settings["User"]
    assert user == "ocppctl"
    installed.output("install", "-d", "-m", settings["RuntimeDirectoryMode"], "-o", user, "-g", settings["Group"],
                     "/run/ocppctl")
    # The package's own configuration holds, but for the port, which somebody may have.
    told = [json.loads(line) for line in installed.output("ocppctl", "config", "serve", "--changed").splitlines()]
    assert [(one["name"], one["value"], one["file"]) for one in told] == [
        ("listen", "127.0.0.1:9000", "/etc/ocppctl/config.yaml")]
    installed.output("sed", "-i", "s/^  listen: .*/  listen: 127.0.0.1:0/", "/etc/ocppctl/config.yaml")
    variables = {"STATE_DIRECTORY": "/var/lib/ocppctl", "RUNTIME_DIRECTORY": "/run/ocppctl"}
    command = re.sub(r"\$\{(\w+)\}|\$(\w+)", lambda match: variables[match[1] or match[2]], settings["ExecStart"])
    words = shlex.split(command)
    assert words[0] == "/usr/bin/ocppctl"
    process = subprocess.Popen(
        [*installed.enter, "setpriv", f"--reuid={user}", f"--regid={settings['Group']}", "--init-groups", "--no-new-privs",
         "--bounding-set=-all", "env", "-i", f"UMASK={settings['UMask']}",
         "sh", "-c", 'cd /; umask "$UMASK"; exec "$@"', "sh", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        told = Lines(process.stderr).wait_for(lambda line: b"listening on " in line, "message that it listens")
        url = told.split(b"listening on ")[1].split(b";")[0].decode()
        assert urllib.parse.urlsplit(url).hostname == "127.0.0.1"
        station = ChargePoint(url, "CP001")
        station.boot()
        told = installed.output("ocppctl", "stations", "--control", "/run/ocppctl/control.sock", "--format", "jsonl")
        assert json.loads(told)["chargePointId"] == "CP001" and json.loads(told)["online"] is True
        assert installed.output("stat", "-c", "%A %U", "/var/lib/ocppctl/ocppctl.db") == "-rw------- ocppctl\n"
        assert installed.output("stat", "-c", "%A %U", "/run/ocppctl/control.sock") == "srw------- ocppctl\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_package_says_what_it_needs(package):
    """Every library that the binary names is in a package of Depends, and the event loop's plugin, which it does not name."""
    def output(*words):
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    names = {part.split()[0] for part in output("dpkg-deb", "-f", package, "Depends").split(",")}
    needed = [line.split()[1] for line in output("objdump", "-p", RELEASE).splitlines() if "NEEDED" in line]
    assert needed
    held = "".join(output("dpkg-query", "-L", name) for name in names)
    assert [library for library in needed if f"/{library}\n" not in held and not library.startswith("ld-")] == []
    assert "libwebsockets-evlib-ev" in names


def test_same_source_gives_the_same_package(package, tmp_path):
    assert build(tmp_path).read_bytes() == package.read_bytes()


def test_lintian_has_nothing_to_say(package):
    """But for what packaging/debian/ocppctl.lintian-overrides lists with its reasons."""
    process = subprocess.run(["lintian", "--allow-root", "--pedantic", "--fail-on", "error,warning,info,pedantic", package],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert process.returncode == 0 and process.stdout == "", process.stdout
