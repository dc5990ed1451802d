"""Every command that the documentation shows is run, and what it shows is compared. Rules: support/documents.py."""

import json
import re
import shutil
import subprocess

import pytest

from support.broker import free_port
from support.documents import check, commands_of
from support.program import BINARY, ROOT, environment, run

MARKDOWN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SECTIONS = [path for path in sorted((ROOT / "man" / "sections").glob("*.mdoc")) if path.name != "environment.mdoc"]
COMMANDS = json.loads(run("--experimental-dump-help").stdout)["command"]["subcommands"]
SUBCOMMANDS = [command["commandName"] for command in COMMANDS]


def written(path):
    return path.read_text()


@pytest.mark.parametrize("path", [path for path in MARKDOWN + SECTIONS if commands_of(path)[0]], ids=lambda path: path.name)
def test_commands_do_what_the_document_says(path, tmp_path, request):
    ports = {default: free_port() for default in (9000, 8080, 9464, 1883, 8000)}
    if re.search(r"1883|dojot\.json|mosquitto_", written(path)):
        ports[1883] = request.getfixturevalue("broker").port
    if "8000" in written(path):
        bridge = ["--mqtt", f"127.0.0.1:{ports[1883]}"] if "1883" in written(path) else []
        ports[8000] = int(request.getfixturevalue("dojot")("--user", "admin:admin", *bridge).url.rsplit(":", 1)[1])
    check(path, tmp_path, ports)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", written(path)):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("name", [name for name in SUBCOMMANDS if name != "help"])
def test_examples_of_the_help_are_those_of_the_manual(name):
    """So they are run, too."""
    discussion = next(command["discussion"] for command in COMMANDS if command["commandName"] == name)
    examples = discussion.partition("\n\nExamples:\n")[2].replace("\\\n", " ").splitlines()
    assert examples, f"the help of {name} has no examples"
    manual = {one_line(command.text) for command in commands_of(ROOT / "man" / "sections" / f"ocppctl-{name}.mdoc")[0]}
    assert {one_line(example) for example in examples} <= manual


def one_line(command):
    return " ".join(command.replace("\\\n", " ").split())


def test_every_exit_status_is_in_the_manual():
    page = (ROOT / "man" / "ocppctl.1").read_text()
    source = (ROOT / "Sources/ocppctl/Shell/ExitStatus.swift").read_text()
    for number in re.findall(r"case `?\w+`? = (\d+)", source):
        assert f"\n.It {number}\n" in page


@pytest.mark.parametrize("page", sorted((ROOT / "man").glob("*.[15]")), ids=lambda page: page.name)
def test_pages_are_clean(page):
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True)
    # Pages that are not installed where the test runs cannot be followed.
    complaints = [line for line in lint.stdout.splitlines() if "referenced manual not found" not in line]
    assert complaints == []


def complete(words):
    """What bash offers for the last of the words."""
    script = f"""
        source "{ROOT}/completions/ocppctl.bash"
        COMP_WORDS=({' '.join(f"'{word}'" for word in words)})
        COMP_CWORD={len(words) - 1}
        COMP_LINE="{' '.join(words)}"
        COMP_POINT=${{#COMP_LINE}}
        $(complete -p ocppctl | sed 's/.*-F \\([^ ]*\\).*/\\1/') ocppctl '{words[-1]}' '{words[-2]}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    env = environment(PATH=f"{BINARY.parent}:/usr/bin:/bin")
    result = subprocess.run(["bash", "-O", "extglob", "-c", script], capture_output=True, text=True, env=env)
    return {line.strip() for line in result.stdout.splitlines()}


def test_bash_completes_subcommands_and_flags():
    assert set(SUBCOMMANDS) <= complete(["ocppctl", ""])
    assert complete(["ocppctl", "export-s"]) == {"export-sessions"}
    assert "--summary" in complete(["ocppctl", "decode", "--su"])
    assert {"accepted", "pending", "rejected"} <= complete(["ocppctl", "serve", "--boot", ""])


@pytest.mark.parametrize("shell, name", [("bash", "ocppctl.bash"), ("zsh", "_ocppctl"), ("fish", "ocppctl.fish")])
def test_completions_are_read_by_their_shells(shell, name):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([shell, "-n", ROOT / "completions" / name]).returncode == 0
