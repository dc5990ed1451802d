"""Raw WebSocket frames, floods, threads that stand still, and what a process costs."""

import contextlib
import ctypes
import json
import os
import resource
import socket
import threading
import time
from pathlib import Path

from .program import DEADLINE
from .security import port_of, upgrade


def raise_open_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def frame(payload, opcode=1, final=True, claimed=None):
    """A masked frame of a client, its mask zero."""
    length = len(payload) if claimed is None else claimed
    head = bytes([(0x80 if final else 0) | opcode])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += bytes([0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([0x80 | 127]) + length.to_bytes(8, "big")
    return head + bytes(4) + payload


def link(url, timeout=DEADLINE):
    return socket.create_connection(("127.0.0.1", port_of(url)), timeout)


def opened(url, identity, authorization=None, extra=()):
    """A WebSocket as a bare socket, which answers no ping."""
    raw = link(url)
    raw.sendall(upgrade(f"/ocpp/{identity}", authorization, extra))
    head = b""
    while b"\r\n\r\n" not in head:
        piece = raw.recv(1)
        assert piece, head
        head += piece
    assert head.startswith(b"HTTP/1.1 101"), head
    return raw


class Bare:
    """A charge point on a bare socket: it answers no ping."""

    def __init__(self, url, identity, authorization=None):
        self.socket = opened(url, identity, authorization)
        self.input = self.socket.makefile("rb")

    def send(self, text):
        self.socket.sendall(frame(text.encode()))

    def receive(self):
        """The next text, as JSON."""
        while True:
            opcode, length = self.input.read(2)
            if length == 126:
                length = int.from_bytes(self.input.read(2), "big")
            payload = self.input.read(length)
            if opcode & 15 == 1:
                return json.loads(payload)

    def close(self):
        self.input.close()
        self.socket.close()


def close_code(raw, seconds):
    """The code of the close frame that ends a bare socket; 0 where it ends without, None where it does not end."""
    raw.settimeout(seconds)
    data = b""
    try:
        while piece := raw.recv(65536):
            data += piece
            index = data.find(b"\x88")
            if index >= 0 and len(data) >= index + 4:
                return int.from_bytes(data[index + 2:index + 4], "big")
    except TimeoutError:
        return None
    except ConnectionError:
        pass
    return 0


def resident_kilobytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])


def at_once(count, work, threads=8):
    """Calls work(number) for all numbers, on some threads; returns the results in any order."""
    numbers = iter(range(count))
    lock = threading.Lock()
    results, errors = [], []

    def run():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                result = work(number)
            except Exception as error:  # noqa: BLE001 - told by the caller's thread
                errors.append(error)
                return
            with lock:
                results.append(result)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return results


@contextlib.contextmanager
def standing_still(pid, name):
    """Stops one thread of a process, as a debugger does."""
    [thread] = [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()
                if (task / "comm").read_text().strip() == name]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    seize, interrupt, detach = 0x4206, 0x4207, 17
    assert libc.ptrace(seize, thread, None, None) == 0, os.strerror(ctypes.get_errno())
    assert libc.ptrace(interrupt, thread, None, None) == 0
    os.waitpid(thread, 0x40000000)  # __WALL
    try:
        yield
    finally:
        libc.ptrace(detach, thread, None, None)


class Heart:
    """A charge point that beats without pause on a thread of its own, and answers every CALL."""

    def __init__(self, station):
        self.station = station
        self.delays = []
        self.calls = 0
        self.failure = None
        self.isOver = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        import json
        number = 0
        try:
            while not self.isOver.is_set():
                number += 1
                start = time.monotonic()
                self.station.send(json.dumps([2, f"beat{number}", "Heartbeat", {}]))
                while True:
                    message = self.station.receive(30)
                    if message[0] == 2:
                        self.calls += 1
                        self.station.send(json.dumps([3, message[1], {"status": "Accepted"}]))
                    elif message[1] == f"beat{number}":
                        break
                self.delays.append(time.monotonic() - start)
                self.isOver.wait(0.02)
        except Exception as error:  # noqa: BLE001
            self.failure = error

    def stop(self):
        self.isOver.set()
        self.thread.join(40)
        assert self.failure is None, self.failure
        return sorted(self.delays)
