"""bash, zsh, fish and man, as a person at a terminal has them, with ocppctl installed."""

import re

import pexpect

from .program import DEADLINE

PROMPT = "=> "


class Shell:
    """A place where ocppctl is installed below `prefix`; `enter` are the words that begin a program there."""

    def __init__(self, prefix, enter=(), home="/tmp"):
        self.prefix = prefix
        self.enter = [str(word) for word in enter]
        self.variables = {"PATH": f"{prefix}/bin:/usr/bin:/bin", "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8",
                          "XDG_DATA_DIRS": f"{prefix}/share", "XDG_DATA_HOME": f"{home}/data", "PS1": PROMPT, "PROMPT": PROMPT,
                          "XDG_CONFIG_HOME": f"{home}/config"}

    def spawn(self, *words):
        given = ["env", "-i", *(f"{name}={value}" for name, value in self.variables.items()), *words]
        program, *arguments = [*self.enter, *given]
        return pexpect.spawn(program, arguments, timeout=DEADLINE, encoding="utf-8", dimensions=(40, 200))

    def output(self, *words):
        terminal = self.spawn(*words)
        text = terminal.read()
        terminal.close()
        assert terminal.exitstatus == 0, text
        return text


def check_completion(terminal):
    """A name that Tab completes is one that runs: the half of it alone would be an error."""
    for typed, told in (("ocppctl export-ses\t--help", "USAGE: ocppctl export-sessions "),
                        ("ocppctl --vers\t", r"\d+\.\d+\.\d+"),
                        ("ocppctl serve --record\t none --help", "USAGE: ocppctl serve "),
                        ("ocppctl send CP001 ChangeAv\t connectorId=0 type=Soft", '"Soft" is none of Inoperative'),
                        ("ocppctl decode --form\t text /no/such/file", "/no/such/file: No such file")):
        terminal.sendline(f"{typed}; echo th''en")
        terminal.expect(told)
        terminal.expect("then\r\n")


def check_bash(shell):
    terminal = shell.spawn("bash", "--norc", "--noprofile", "-i")
    terminal.expect_exact(PROMPT)
    # The file for ocppctl is found by the shell's own search, when Tab is pressed first.
    terminal.sendline(". /usr/share/bash-completion/bash_completion; complete -p ocppctl")
    terminal.expect("ocppctl: no completion specification")
    terminal.expect_exact(PROMPT)
    check_completion(terminal)
    terminal.sendline("complete -p ocppctl")
    terminal.expect("complete -F _ocppctl|complete .* -F _ocppctl")
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)


def check_zsh(shell, folder):
    terminal = shell.spawn("zsh", "-f", "-i")
    terminal.expect_exact(PROMPT)
    terminal.sendline(f"[[ -n ${{fpath[(r){folder}]}} ]] || fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; print ready")
    terminal.expect("ready\r\n")
    terminal.expect_exact(PROMPT)
    check_completion(terminal)
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)


def check_fish(shell):
    def offers(line):
        return re.findall(r"^\S+", shell.output("fish", "-c", f"complete -C '{line}'"), re.M)

    assert offers("ocppctl export-ses") == ["export-sessions"]
    assert "--security-profile" in offers("ocppctl serve --sec")
    assert sorted(offers("ocppctl serve --boot ")) == ["accepted", "pending", "rejected"]


def check_manual(shell, pages):
    """`man` finds every page by its name; what it shows begins with that name."""
    for page in pages:
        name, section = page.rsplit(".", 1)
        text = shell.output("man", "--pager=cat", section, name)
        text = re.sub(".\b", "", text)
        assert re.search(rf"^NAME\s+{name} [–—] \S", text, re.M), text[:500]
