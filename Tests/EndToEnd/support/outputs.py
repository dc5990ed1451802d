"""All that a run of the suite puts out is gathered in one place, and in the end searched for every secret.

Gathered are the standard output and standard error of every process that is started, by terminals, too, what Unix
sockets such as the control socket answer, and what pytest tells of its tests. (Not what goes to a descriptor that a test
opens itself: /dev/full, or a reader that goes away.) Searched are those, every file that a test leaves in its
folder (stores, logs, records, what brokers keep), and the transcripts of Tests/CommandLineTests. MQTT payloads come by
the output of a subscriber.
"""

import io
import itertools
import mmap
import os
import shutil
import socket
import subprocess
import tempfile
from asyncio.subprocess import SubprocessStreamProtocol
from pathlib import Path

from . import secrets
from .program import ROOT

TRANSCRIPTS = ROOT / "Tests" / "CommandLineTests" / "cases"


class Pipe(io.RawIOBase):
    """The end of a pipe that is read, and notes what comes."""

    def __init__(self, raw, note):
        self.raw, self.note = raw, note

    def readable(self):
        return True

    def fileno(self):
        return self.raw.fileno()

    def readinto(self, buffer):
        count = self.raw.readinto(buffer)
        if count:
            self.note(bytes(buffer[:count]))
        return count

    def close(self):
        if not self.closed:
            # What nobody read.
            try:
                os.set_blocking(self.raw.fileno(), False)
                while data := self.raw.read(1 << 20):
                    self.note(data)
            except (OSError, ValueError):
                pass
            self.raw.close()
        super().close()


def noted(pipe, note):
    """The same reader, which notes."""
    if isinstance(pipe, io.TextIOWrapper):
        encoding, errors = pipe.encoding, pipe.errors
        return io.TextIOWrapper(noted(pipe.detach(), note), encoding=encoding, errors=errors)
    if isinstance(pipe, io.BufferedReader):
        return io.BufferedReader(Pipe(pipe.detach(), note))
    return Pipe(pipe, note)


class Gathering:
    """From `begin` to `end`, what processes and sockets say goes to files of `folder`."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ocppctl-outputs-"))
        self.numbers = itertools.count(1)
        self.processes = {}
        self.started = []
        self.replaced = []

    def note(self, name, data):
        with open(self.folder / name, "ab") as file:
            file.write(data if isinstance(data, bytes) else data.encode(errors="surrogateescape"))

    def end_processes(self, since):
        """Ends what was started since so many processes had been, and is still there."""
        for process in self.started[since:]:
            if process.poll() is None:
                process.kill()
                process.wait()
        del self.started[since:]

    def begin(self):
        gathering = self

        class Popen(subprocess.Popen):
            def __init__(self, *arguments, **options):
                number = next(gathering.numbers)
                name = f"process{number}"
                words = arguments[0] if arguments else options["args"]
                gathering.processes[name] = words if isinstance(words, str) else " ".join(map(str, words[:2]))
                self.note = lambda data: gathering.note(name, data)
                with open(gathering.folder / name, "ab") as file:
                    # What nobody would see is seen here.
                    options.update({stream: file for stream in ("stdout", "stderr")
                                    if options.get(stream) == subprocess.DEVNULL})
                    super().__init__(*arguments, **options)
                gathering.started.append(self)
                if self.stdout:
                    self.stdout = noted(self.stdout, self.note)
                if self.stderr:
                    self.stderr = noted(self.stderr, self.note)

            def communicate(self, *arguments, **options):
                # It reads the descriptors themselves.
                try:
                    both = super().communicate(*arguments, **options)
                except subprocess.TimeoutExpired as error:
                    both = (error.output, error.stderr)
                    raise
                finally:
                    for data in both:
                        if data:
                            self.note(data)
                return both

        class Socket(socket.socket):
            def recv(self, *arguments):
                data = super().recv(*arguments)
                if self.family == socket.AF_UNIX:
                    gathering.note("unix-sockets", data)
                return data

            def recv_into(self, buffer, *arguments):
                count = super().recv_into(buffer, *arguments)
                if self.family == socket.AF_UNIX:
                    gathering.note("unix-sockets", bytes(memoryview(buffer).cast("B")[:count]))
                return count

        def pipe_data_received(protocol, descriptor, data, inner=SubprocessStreamProtocol.pipe_data_received):
            gathering.note("processes of asyncio", data)
            inner(protocol, descriptor, data)

        def read(descriptor, size, inner=os.read):
            data = inner(descriptor, size)
            if os.isatty(descriptor):
                gathering.note("terminals", data)
            return data

        for module, name, new in (
                (subprocess, "Popen", Popen), (socket, "socket", Socket), (os, "read", read),
                (SubprocessStreamProtocol, "pipe_data_received", pipe_data_received)):
            self.replaced.append((module, name, getattr(module, name)))
            setattr(module, name, new)

    def end(self):
        for module, name, old in self.replaced:
            setattr(module, name, old)
        self.replaced = []

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def files_below(*folders):
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent) / name
                if path.is_file() and not path.is_symlink():
                    yield path


class Search:
    """`leaks` has where a secret stands that should not, and which; `text` says what was searched."""

    def __init__(self, *folders):
        self.known = dict(secrets.known)
        self.places = set(secrets.places)
        files = list(files_below(*folders))
        files += [path for path in files_below(TRANSCRIPTS) if path.name in ("stdout", "stderr")]
        for path in files:
            self.learn(path)
        patterns = {form: name for name, data in self.known.items() for form in secrets.forms(data)}
        self.leaks = []
        self.size = 0
        for path in files:
            self.look(path, patterns)
        self.text = (f"{len(files)} files with {self.size >> 20} MiB searched for {len(self.known)} keys and passwords "
                     f"in {len(patterns)} forms")

    def learn(self, path):
        """Keys that commands made: each stands where it was made. An AuthorizationKey's file is for its owner alone; the
        number of a CA's last certificate (.srl) looks alike.
        """
        if path.stat().st_size > 1 << 16 or path.suffix == ".srl":
            return
        data = path.read_bytes()
        is_for_owner = path.stat().st_mode & 0o077 == 0
        for kind, found in (("private key", secrets.private_key(data)), ("key", secrets.key_file(data))):
            if found and (is_for_owner or kind == "private key"):
                self.known[f"{kind} of {path.parent.name}/{path.name}"] = found
                self.places.add(path.resolve())

    def look(self, path, patterns):
        size = path.stat().st_size
        self.size += size
        if not size or path.resolve() in self.places:
            return
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            found = {name for form, name in patterns.items() if data.find(form) >= 0}
        self.leaks += [(path, name) for name in sorted(found)]
