"""`make install` and the Debian package: what is put there works, and goes again."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from support.program import BINARY, ROOT, Lines, environment

RELEASE = ROOT / ".build" / "release" / "ocppctl"
NOBODY = 65534


def output(*command, **options):
    """Standard output and error of a command that must succeed."""
    process = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=300, cwd=ROOT, **options)
    assert process.returncode == 0, process.stdout
    return process.stdout


def tree(root):
    """Every file, link and folder under `root`."""
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def files(root):
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def make(target, root):
    return output("make", "--no-print-directory", target, f"BINARY={BINARY}", f"DESTDIR={root}", "PREFIX=/opt/charging")


def test_uninstall_removes_everything_that_install_put_there(tmp_path):
    place = tmp_path / "opt" / "charging"
    make("install", tmp_path)
    pages = {page.name for page in (ROOT / "man").glob("*.1")}
    assert {path.name for path in (place / "share/man/man1").iterdir()} == pages
    assert output(place / "bin/ocppctl", "--version").strip()
    make("uninstall", tmp_path)
    assert files(tmp_path) == set()
    assert not [name for name in tree(tmp_path) if "completion" in name or "zsh" in name or "fish" in name]


def test_uninstall_leaves_what_is_of_others(tmp_path):
    place = tmp_path / "opt" / "charging"
    others = {"bin/other", "share/man/man1/other.1", "share/bash-completion/completions/other",
              "share/zsh/site-functions/_other", "share/fish/vendor_completions.d/other.fish"}
    for name in others:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("theirs")
    before = tree(tmp_path)
    make("install", tmp_path)
    assert tree(tmp_path) > before
    make("uninstall", tmp_path)
    assert tree(tmp_path) == before
    make("uninstall", tmp_path)
    assert tree(tmp_path) == before


def test_uninstall_where_nothing_was_installed(tmp_path):
    make("uninstall", tmp_path)
    assert tree(tmp_path) == set()


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package of the release build, which `make soak` makes."""
    folder = tmp_path_factory.mktemp("package")
    return Path(output("scripts/build-package", RELEASE, folder).splitlines()[-1])


class Root:
    """A folder that dpkg takes for the root of a system."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates"):
            (folder / name).mkdir(parents=True)
        (folder / "var/lib/dpkg/status").touch()

    def dpkg(self, *arguments):
        # Its libraries are those of the system outside. The scripts get the folder in DPKG_ROOT.
        return output("dpkg", f"--root={self.folder}", "--log=/dev/null", "--force-depends",
                      "--force-script-chrootless", "--force-not-root", *arguments)

    def status(self):
        words = output("dpkg-query", f"--admindir={self.folder}/var/lib/dpkg", "-W", "-f", "${Status}", "ocppctl")
        return words.split()[-1]

    def tree(self):
        return {name for name in tree(self.folder) if not name.startswith("var/lib/dpkg")}


@pytest.fixture
def root():
    """Open to other users, whom pytest's own folders keep out."""
    folder = Path(tempfile.mkdtemp(prefix="ocppctl-root-"))
    folder.chmod(0o755)
    yield Root(folder)
    shutil.rmtree(folder)


@pytest.mark.soak
def test_package_installs_runs_and_goes(package, root):
    before = root.tree()
    root.dpkg("--install", package)
    assert root.status() == "installed"
    assert output(root.folder / "usr/bin/ocppctl", "--version") == output(RELEASE, "--version")
    for page in (ROOT / "man").glob("*.1"):
        packed = root.folder / "usr/share/man/man1" / f"{page.name}.gz"
        assert output("gzip", "-dc", packed) == page.read_text()
    for place, name in (("bash-completion/completions/ocppctl", "ocppctl.bash"),
                        ("zsh/vendor-completions/_ocppctl", "_ocppctl"),
                        ("fish/vendor_completions.d/ocppctl.fish", "ocppctl.fish")):
        assert (root.folder / "usr/share" / place).read_text() == (ROOT / "completions" / name).read_text()

    # What a run of the service leaves goes with `purge`, not before.
    state = root.folder / "var/lib/private/ocppctl"
    state.mkdir(parents=True)
    (state / "ocppctl.db").write_text("sessions")
    root.dpkg("--remove", "ocppctl")
    assert (state / "ocppctl.db").read_text() == "sessions"
    assert not (root.folder / "usr/bin/ocppctl").exists()
    root.dpkg("--purge", "ocppctl")
    assert not state.exists()
    left = {name for name in root.tree() - before if (root.folder / name).is_file()}
    assert left == set()
    assert not [name for name in root.tree() if "ocppctl" in name]


@pytest.mark.soak
def test_package_is_replaced_by_itself(package, root):
    root.dpkg("--install", package)
    first = root.tree()
    root.dpkg("--install", package)
    assert root.status() == "installed"
    assert root.tree() == first


@pytest.mark.soak
def test_units_command_line_runs_as_another_user(package, root):
    """Without systemd: its folders are made by hand, its variables are given, its user is nobody."""
    root.dpkg("--install", package)
    lines = (root.folder / "lib/systemd/system/ocppctl.service").read_text().splitlines()
    command = next(line for line in lines if line.startswith("ExecStart=")).removeprefix("ExecStart=")
    folders = {"STATE_DIRECTORY": "var/lib/ocppctl", "RUNTIME_DIRECTORY": "run/ocppctl"}
    for name in folders.values():
        folder = root.folder / name
        folder.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
    for name, folder in folders.items():
        command = command.replace("${%s}" % name, str(root.folder / folder))
    words = shlex.split(command.replace("$OCPPCTL_SERVE_FLAGS", "--listen 127.0.0.1:0"))
    assert words[0] == "/usr/bin/ocppctl"
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    process = subprocess.Popen([f"{root.folder}{words[0]}", *words[1:]], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(), cwd="/",
                               umask=0o077, **user)
    try:
        Lines(process.stderr).wait_for(lambda line: b"listening on " in line, "message that it listens")
        store = root.folder / "var/lib/ocppctl/ocppctl.db"
        assert store.stat().st_mode & 0o777 == 0o600
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.soak
def test_package_says_what_it_needs(package):
    """Every library that the binary names is in a package of Depends, and the event loop's plugin, which it does not name."""
    depends = output("dpkg-deb", "-f", package, "Depends")
    names = {part.split()[0] for part in depends.split(",")}
    needed = [line.split()[1] for line in output("objdump", "-p", RELEASE).splitlines() if "NEEDED" in line]
    assert needed
    installed = {name for name in names if subprocess.run(["dpkg", "-s", name], capture_output=True).returncode == 0}
    assert installed == names
    held = "".join(output("dpkg-query", "-L", name) for name in names)
    assert [library for library in needed if f"/{library}\n" not in held] == []
    assert "libwebsockets-evlib-ev" in names


@pytest.mark.soak
def test_same_source_gives_the_same_package(package, tmp_path):
    again = Path(output("scripts/build-package", RELEASE, tmp_path).splitlines()[-1])
    assert again.read_bytes() == package.read_bytes()


# No licence has been chosen yet, so there is no copyright file.
LINTIAN_EXCEPTIONS = "no-copyright-file"


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_has_nothing_to_say(package):
    output("lintian", "--fail-on", "error,warning", "--suppress-tags", LINTIAN_EXCEPTIONS, package)
