"""Row 36 of docs/reliability.md: message ids have at most 36 characters and are unique, and millions of them cost no
memory, neither those that charge points draw nor those of commands. Frames are made and read without a library: the
peer must not be the slow one."""

import re
import select
import socket

import pytest

from support.hostile import frame, opened, resident_kilobytes
from support.program import BINARY, ROOT

# How many ids, and how many KiB a process may gain by the way. To keep them all would take 100 bytes each.
MANY = pytest.param(10_000_000, 8_192, marks=pytest.mark.soak)
FLAGS = ["--max-messages", "0", "--max-bytes", "0", "--keep-frames", "0"]


@pytest.fixture
def quick_server(serve, request, monkeypatch):
    """The release build, where there are millions to be answered and it is as new as the debug one."""
    release = ROOT / ".build" / "release" / "ocppctl"
    if request.node.get_closest_marker("soak") and release.exists() and release.stat().st_mtime >= BINARY.stat().st_mtime:
        monkeypatch.setattr("support.program.BINARY", release)
    return serve(*FLAGS, records="none")


def charge_point(url, identity):
    raw = opened(url, identity)
    raw.sendall(frame(b'[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'))
    while b"currentTime" not in raw.recv(4096):
        pass
    return raw


class Memory:
    """What a process has gained since a tenth of the work was done, without the pages of its store that SQLite keeps:
    64 MiB at most, and a fifth more for what is beside them.
    """

    def __init__(self, server, count):
        self.pid, self.store, self.warm = server.process.pid, server.store, count // 10
        self.first = None

    def now(self):
        pages = min(self.store.stat().st_size >> 10, 65_536)
        return resident_kilobytes(self.pid), pages + pages // 5

    def note(self, done):
        if self.first is None and done >= self.warm:
            self.first = self.now()

    def gained(self):
        (resident, pages), (first, first_pages) = self.now(), self.first
        return resident - first - (pages - first_pages)

    def text(self):
        return f"{self.now()[0] - self.first[0]} KiB more in all, {self.gained()} without pages of the store"


@pytest.mark.parametrize("count,allowed", [(50_000, 2_048), MANY])
def test_ids_of_charge_points_cost_no_memory(quick_server, soak_time, report, count, allowed):
    """CALLs with ids of 36 characters, none twice; each is answered with its own, in order."""
    raw = charge_point(quick_server.url, "CP001")
    memory = Memory(quick_server, count)
    answers = re.compile(rb'\[3,"(\d{36})",\{"currentTime":"[^"]{24}"\}\]')
    block = 200
    asked = answered = 0
    rest = b""
    while answered < count and (soak_time() or memory.first is None):
        # Two blocks are on their way, so that neither side waits.
        while asked < min(count, answered + 2 * block):
            raw.sendall(b"".join(frame(b'[2,"%036d","Heartbeat",{}]' % number) for number in range(asked, asked + block)))
            asked += block
        rest += raw.recv(1 << 16)
        found = answers.findall(rest)
        if found:
            assert [int(one) for one in found] == list(range(answered, answered + len(found)))
            answered += len(found)
            rest = rest[rest.rindex(b"}]") + 2:]
        memory.note(answered)
    assert memory.gained() < allowed
    report(f"{answered} ids of charge points, {memory.text()}, since a tenth of {count}")


@pytest.mark.parametrize("count,allowed", [(20_000, 1_024), MANY])
def test_ids_of_commands_are_short_and_never_come_again(quick_server, soak_time, report, count, allowed):
    """Commands to many charge points at once; the server's ids are all different, and its memory stays."""
    stations = [charge_point(quick_server.url, f"CP{number:02}") for number in range(20)]
    rest = dict.fromkeys(stations, b"")
    control = socket.socket(socket.AF_UNIX)
    control.connect(str(quick_server.control))
    memory = Memory(quick_server, count)
    calls = re.compile(rb'\[2,"([^"]+)","ClearCache",\{\}\]')
    sources = [control, *stations]
    # Ids of a run are told apart by a number that grows; their beginning is the run's.
    highest, begins = {station: -1 for station in stations}, set()
    asked = seen = done = 0
    while done < count and (soak_time() or memory.first is None):
        if asked - done < 400:
            lines = [b'{"request":"send","number":%d,"chargePointId":"CP%02d","action":"ClearCache","payload":{}}\n'
                     % (number, number % 20) for number in range(asked, asked + 400)]
            control.sendall(b"".join(lines))
            asked += 400
        for source in select.select(sources, [], [], 20)[0]:
            data = source.recv(1 << 16)
            assert data
            if source is control:
                # Each line is the outcome of one command.
                assert b'"error"' not in data
                done += data.count(b"\n")
                continue
            rest[source] += data
            for one in calls.findall(rest[source]):
                assert len(one) <= 36
                begin, _, number = one.rpartition(b"-")
                begins.add(begin)
                assert int(number) > highest[source], "the same id, or an older one"
                highest[source] = int(number)
                seen += 1
                source.sendall(frame(b'[3,"%s",{"status":"Accepted"}]' % one))
                rest[source] = b""
        memory.note(done)
    assert len(begins) == 1
    assert max(highest.values()) <= asked, "more ids than commands"
    assert memory.gained() < allowed
    report(f"{seen} ids of commands, {memory.text()}, since a tenth of {count}")
    control.close()
