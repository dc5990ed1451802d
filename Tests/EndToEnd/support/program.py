"""The real binary: commands that run to their end, and a `serve` that stays."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("OCPPCTL", ROOT / ".build" / "debug" / "ocppctl"))
RELEASE = ROOT / ".build" / "release" / "ocppctl"
# What is waited for comes at once, unless the machine is busy with much else. Whoever waits this long hangs.
DEADLINE = 120


def fastest():
    """The release build where it is as new as the one under test, which is the debug build by default."""
    is_new = RELEASE.exists() and RELEASE.stat().st_mtime >= BINARY.stat().st_mtime
    return RELEASE if is_new else BINARY


def environment(**more):
    """The same for everybody: no user's settings, a locale and a zone that break what assumes others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "America/Sao_Paulo", **more}


def run(*arguments, stdin=b"", env=None, timeout=DEADLINE, cwd=None):
    """Runs a command to its end; bytes in, bytes out."""
    return subprocess.run([BINARY, *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout,
                          env=env or environment(), cwd=cwd)


def shell(command, cwd=None, stdin=b""):
    """A pipeline as a person types it; `ocppctl` is the binary under test. The status of each part is in `.statuses`."""
    script = f'ocppctl() {{ "{BINARY}" "$@"; }}\n{command}\necho "${{PIPESTATUS[*]}}" >&3'
    read, write = os.pipe()
    process = subprocess.Popen(["bash", "-c", f"exec 3>&{write}\n{script}"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[write],
                               env=environment(), cwd=cwd)
    os.close(write)
    out, err = process.communicate(stdin, timeout=DEADLINE)
    with os.fdopen(read) as statuses:
        process.statuses = [int(word) for word in statuses.read().split()]
    process.out, process.err = out, err
    return process


class Lines:
    """Lines of a pipe, gathered by a thread, to be waited for."""

    def __init__(self, pipe, copy=None):
        self.lines = []
        self.ended = False
        self.changed = threading.Condition()
        self.copy = copy
        self.thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self.thread.start()

    def _read(self, pipe):
        for line in pipe:
            if self.copy:
                self.copy.write(line)
                self.copy.flush()
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, matches, what="a line", timeout=DEADLINE):
        """The first line for which `matches` is true, from the beginning."""
        end = time.monotonic() + timeout
        seen = 0
        with self.changed:
            while True:
                for line in self.lines[seen:]:
                    if matches(line):
                        return line
                seen = len(self.lines)
                left = end - time.monotonic()
                if self.ended or left <= 0:
                    why = "the stream ended" if self.ended else f"nothing within {timeout} s"
                    raise AssertionError(f"no {what}: {why}; seen: {self.lines[-20:]}")
                self.changed.wait(left)


class CentralSystem:
    """A running `ocppctl serve` with a store and a control socket of its own."""

    def __init__(self, folder, *flags, records="all", listen="127.0.0.1:0", environment=None,
                 stdin=subprocess.DEVNULL, binary=BINARY):
        self.binary = binary
        self.folder = Path(folder)
        self.store = self.folder / "store.db"
        self.control = self.folder / "control.sock"
        self.log = self.folder / "log.jsonl"
        self.flags = flags
        self.records_flag = records
        self.listen = listen
        self.environment = environment or {}
        self.stdin = stdin
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", self.listen, "--store", self.store, "--control", self.control,
             "--records", self.records_flag, *self.flags],
            stdin=self.stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(**self.environment))
        self.records = Lines(self.process.stdout, copy=open(self.log, "ab"))
        self.messages = Lines(self.process.stderr)
        if self.records_flag == "none":
            line = self.messages.wait_for(lambda line: b"listening on " in line, "message that it listens")
            self.url = line.split(b"listening on ")[1].split(b";")[0].decode()
        else:
            self.url = json.loads(self.records.wait_for(lambda line: b'"listening"' in line, "listening record"))["url"]

    def wait_for_record(self, matches, what="record", timeout=DEADLINE):
        return json.loads(self.records.wait_for(lambda line: matches(json.loads(line)), what, timeout))

    def wait_for_answer(self, action, message_id, timeout=DEADLINE):
        return self.wait_for_record(
            lambda r: r.get("messageType") in ("CALLRESULT", "CALLERROR") and r.get("messageId") == message_id,
            f"answer to {action} {message_id}", timeout)

    def send(self, *words, **options):
        return run("send", "--control", self.control, *words, **options)

    def terminate(self, timeout=DEADLINE):
        """TERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        self.process.kill()
        return self.wait()

    def wait(self, timeout=DEADLINE):
        status = self.process.wait(timeout)
        self.records.thread.join(timeout)
        self.messages.thread.join(timeout)
        if self.records.copy:
            self.records.copy.close()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
