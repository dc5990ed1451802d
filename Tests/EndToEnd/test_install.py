"""`make install`: what is put there works in the shells that people have, and goes again."""

import subprocess

import pytest

from support.program import BINARY, ROOT
from support.shells import Shell, check_bash, check_fish, check_manual, check_zsh

PREFIX = "/opt/charging"


def make(target, root):
    process = subprocess.run(
        ["make", "--no-print-directory", target, f"BINARY={BINARY}", f"DESTDIR={root}", f"PREFIX={PREFIX}"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert process.returncode == 0, process.stdout


def tree(root):
    """Every file, link and folder under `root`."""
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    root = tmp_path_factory.mktemp("installed")
    make("install", root)
    home = tmp_path_factory.mktemp("home")
    return Shell(f"{root}{PREFIX}", home=home)


def pages():
    found = sorted(page.name for page in (ROOT / "man").glob("*.[1-9]"))
    assert "ocppctl-serve.1" in found
    return found


def test_installed_program_runs(installed):
    assert installed.output("ocppctl", "--version").strip()


def test_manual(installed):
    installed.variables["MANPATH"] = f"{installed.prefix}/share/man"
    check_manual(installed, pages())


def test_completion_in_bash(installed):
    check_bash(installed)


def test_completion_in_zsh(installed):
    check_zsh(installed, f"{installed.prefix}/share/zsh/site-functions")


def test_completion_in_fish(installed):
    check_fish(installed)


def test_uninstall_removes_everything_that_install_put_there(tmp_path):
    make("install", tmp_path)
    assert "opt/charging/bin/ocppctl" in tree(tmp_path)
    make("uninstall", tmp_path)
    # Folders of the system's own, as /usr/local has them from the start.
    assert tree(tmp_path) == {"opt", "opt/charging", "opt/charging/bin", "opt/charging/share", "opt/charging/share/man",
                              "opt/charging/share/man/man1"}


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
