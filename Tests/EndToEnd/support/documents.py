"""Commands out of the documentation, and a shell that runs them.

What is run:
- Markdown: blocks fenced as ```console (lines that begin with `$ ` are commands, the others what they print), ```sh
  (every line is a command) and ```crontab (what stands behind the five fields). A block after `<!-- not run: why -->`
  is not run. `<!-- setup: command -->` is run and not shown.
- man/sections: `$ ` lines in literal blocks, and what they print; comments `.\\" setup: command`.
- Each document has one shell, in a folder of its own with the files of Examples, so its commands build on one another.

What is compared: lines that a document shows below a command are its whole standard output, or, where they begin with
`ocppctl: `, lines of its standard error. `…` stands for any text in a line, and on a line of its own for any lines.
A command that shows nothing may print anything. Every command must end with status 0: one that does not shows
`; echo $?` and the status.

What differs from the page: port 9000, the dashboard's 8080, the broker's 1883 and DOJOT's 8000 are free ports, so that a
page may show the defaults. A `serve`, `simulate`, `watch` or `dashboard` that would stay is ended by TERM once it runs,
unless `&` leaves it there.
"""

import json
import os
import re
import signal
import socket
import subprocess
import time

from .program import BINARY, DEADLINE, ROOT, environment


class Command:
    def __init__(self, text, line):
        self.text = text
        self.line = line
        self.expected = []


def commands_of(path):
    """The commands of a document, in order, and the reasons why blocks are not run."""
    lines = path.read_text().splitlines()
    return markdown(lines) if path.suffix == ".md" else manual(lines)


def markdown(lines):
    commands, reasons = [], []
    fence, is_run, content = None, True, []
    for number, line in enumerate(lines, 1):
        if fence is None:
            if setup := re.fullmatch(r"<!-- setup: (.*) -->", line):
                commands.append(Command(setup[1], number))
            elif reason := re.fullmatch(r"<!-- not run: (.*) -->", line):
                reasons.append(reason[1])
                is_run = False
            elif line.startswith("```"):
                fence, content = line[3:], []
        elif line == "```":
            if is_run and fence in READERS:
                commands += READERS[fence](content)
            assert is_run or fence in READERS, f"line {number}: a block that would not be run anyway"
            fence, is_run = None, True
        else:
            content.append((number, line))
    assert fence is None and is_run
    return commands, reasons


def manual(lines):
    commands, content, is_literal = [], [], False
    for number, line in enumerate(lines, 1):
        if line.startswith('.\\" setup: '):
            commands.append(Command(line.removeprefix('.\\" setup: '), number))
        elif line.startswith(".Bd -literal"):
            is_literal, content = True, []
        elif line == ".Ed":
            if is_literal and content and content[0][1].startswith("$ "):
                commands += read_console(content)
            is_literal = False
        elif is_literal:
            content.append((number, line))
    return commands, []


def read_console(lines):
    commands = []
    continues = False
    for number, line in lines:
        if continues:
            commands[-1].text += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            commands.append(Command(line[2:], number))
        else:
            commands[-1].expected.append(line)
            continue
        continues = line.endswith("\\")
    return commands


def read_sh(lines):
    return read_console([(number, line if continued else "$ " + line)
                         for (number, line), continued in zip(lines, [False] + [l.endswith("\\") for _, l in lines])
                         if continued or line and not line.startswith("#")])


def read_crontab(lines):
    return [Command(line.split(None, 5)[5].replace("\\%", "%"), number)
            for number, line in lines if line and not line.startswith("#")]


READERS = {"console": read_console, "sh": read_sh, "crontab": read_crontab}


def pattern(lines):
    """Expected lines as a regular expression."""
    parts = [r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n" for line in lines]
    return re.compile("".join(parts))


class Shell:
    """A bash that takes commands one at a time, in a folder that looks like a user's."""

    STAYS = re.compile(r"^ocppctl (serve|simulate|watch|dashboard)\b(?!.*(--session|--call|--load|--help))")
    READY = {"serve": "listening on", "simulate": "boot accepted", "watch": "watching",
             "dashboard": "the page is at"}

    def __init__(self, folder, ports):
        self.folder = folder
        self.ports = ports
        self.count = 0
        (folder / "bin").mkdir()
        (folder / "bin" / "ocppctl").symlink_to(BINARY)
        self.work = folder / "work"
        (self.work / "Examples").mkdir(parents=True)
        for example in (ROOT / "Examples").iterdir():
            for target in (self.work / example.name, self.work / "Examples" / example.name):
                target.write_text(self.moved(example.read_text()))
                target.chmod(example.stat().st_mode)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        path = f"{folder / 'bin'}:{os.environ['PATH']}:/usr/sbin:/usr/bin:/bin"
        self.status_read, status_write = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=self.work, pass_fds=[status_write], start_new_session=True, text=True,
            env=environment(PATH=path, HOME=str(folder), XDG_RUNTIME_DIR=str(runtime)))
        os.close(status_write)
        self.statuses = os.fdopen(self.status_read)
        self.tell(f"exec 9>&{status_write} {status_write}>&-")

    def moved(self, text):
        """Defaults replaced by what is free here."""
        for default, port in self.ports.items():
            text = re.sub(rf"(?<=[:= ]){default}\b", str(port), text)
        return text

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def run(self, command):
        text = self.moved(command.text)
        text = re.sub(r"\bocppctl serve(?!.*--(?:listen|help))", f"ocppctl serve --listen 127.0.0.1:{self.ports[9000]}", text)
        text = re.sub(r"\bocppctl simulate(?!.*--(?:url|help))",
                      f"ocppctl simulate --url ws://127.0.0.1:{self.ports[9000]}/ocpp", text)
        text = re.sub(r"\bocppctl dashboard(?!.*--(?:listen|help))",
                      f"ocppctl dashboard --listen 127.0.0.1:{self.ports[8080]}", text)
        self.count += 1
        out, err = self.folder / f"out{self.count}", self.folder / f"err{self.count}"
        stays = self.STAYS.match(text)
        is_background = text.endswith("&")
        ends = stays and not is_background
        body = text + (" &" if ends else "")
        self.tell(f"{{ {body}\n}} >{out} 2>{err} 9>&-")
        self.tell("echo $? >&9")
        status = self.read_status()
        program = re.search(r"\bocppctl (serve|simulate|watch|dashboard)\b", text)
        if program and (ends or is_background):
            is_ready = self.has_fleet if "--count" in text else lambda: self.READY[program[1]] in err.read_text()
            self.wait_until(lambda: err.exists() and is_ready(), f"{text} to be ready", err)
        if ends:
            self.tell("kill $!; wait $!; echo $? >&9")
            status = self.read_status()
        return status, out.read_text(), err.read_text()

    def read_status(self):
        line = self.statuses.readline()
        assert line, "the shell is gone"
        return int(line)

    def has_fleet(self):
        """Whether charge points are connected to the document's central system; a fleet says nothing of each."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.folder / "run" / "ocppctl" / "control.sock"))
            control.sendall(b'{"request":"chargePoints","number":1}\n')
            return len(json.loads(control.makefile().readline())["chargePoints"]) > 1

    def wait_until(self, condition, what, err):
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"waited for {what} in vain: {err.read_text()}"
            time.sleep(0.01)

    def close(self):
        self.process.stdin.close()
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.statuses.close()


def check(path, folder, ports):
    """Runs a document's commands; says all that is not as it stands there."""
    commands, _ = commands_of(path)
    shell = Shell(folder, ports)
    try:
        for command in commands:
            place = f"{path.relative_to(ROOT)}:{command.line}: {command.text}"
            status, out, err = shell.run(command)
            assert status == 0, f"{place}\nended with status {status}\n{out}\n{err}"
            errors = [line for line in command.expected if line.startswith("ocppctl: ")]
            output = [line for line in command.expected if not line.startswith("ocppctl: ")]
            if output:
                expected = pattern([shell.moved(line) for line in output])
                assert expected.fullmatch(out.replace("\r\n", "\n")), f"{place}\nprinted\n{out}\nand not\n" + "\n".join(output)
            for line in errors:
                found = any(pattern([shell.moved(line)]).fullmatch(one + "\n") for one in err.splitlines())
                assert found, f"{place}\nsaid\n{err}\nand not\n{line}"
    finally:
        shell.close()
