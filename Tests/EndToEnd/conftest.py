"""Fixtures and helpers of the tests against the stand-in for DOJOT."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.dojot_fixtures import dojot_broker, platform, provision  # noqa: F401
from support.fixtures import broker, central_system, serve  # noqa: F401
from support.outputs import Gathering, Search
from support.program import DEADLINE
from support.secrets import DOJOT_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
STANDIN = ROOT / "Tests" / "Support" / "dojot_standin"


class Reply:
    def __init__(self, status, content_type, headers, body):
        self.status = status
        self.content_type = content_type
        self.headers = headers
        self.text = body.decode()

    @property
    def json(self):
        return json.loads(self.text) if self.text else None


class Dojot:
    """A running stand-in."""

    def __init__(self, *arguments):
        if "--user" not in arguments:
            arguments = ("--user", f"admin:{DOJOT_PASSWORD}", *arguments)
        self.process = subprocess.Popen([sys.executable, str(STANDIN), "--port", "0", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.token = None

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def send(self, method, path, body=None, content_type="application/json", authorization=None):
        """One request; a body that is no text is sent as JSON. The token of `login` is used unless another is given."""
        headers = {"Content-Type": content_type} if content_type else {}
        if authorization is None and self.token is not None:
            authorization = "Bearer " + self.token
        if authorization:
            headers["Authorization"] = authorization
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return Reply(answer.status, answer.headers["Content-Type"], answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.headers["Content-Type"], error.headers, error.read())

    def try_login(self, name="admin", password=DOJOT_PASSWORD):
        return self.send("POST", "/auth", {"username": name, "passwd": password}, authorization="")

    def login(self, name="admin", password=DOJOT_PASSWORD):
        self.token = self.try_login(name, password).json["jwt"]
        return self


SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", 3600))


def pytest_collection_modifyitems(items):
    """A soak test hangs when it takes this much longer than all of them together should."""
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(SOAK_SECONDS + 1200))


@pytest.fixture
def soak_seconds(request):
    """What this soak test may take: SOAK_SECONDS, shared evenly among the soak tests of the run."""
    count = sum(1 for item in request.session.items if item.get_closest_marker("soak"))
    return SOAK_SECONDS / max(1, count)


@pytest.fixture
def soak_time(soak_seconds):
    """Tells whether this soak test has time left."""
    end = time.monotonic() + soak_seconds
    return lambda: time.monotonic() < end


gathering = Gathering()


def pytest_sessionstart():
    gathering.begin()


@pytest.fixture(scope="session", autouse=True)
def folders_of_tests(tmp_path_factory):
    gathering.tests = tmp_path_factory.getbasetemp()


@pytest.fixture(autouse=True)
def ended_processes():
    """A test that fails, or hangs, leaves nothing running that it has started itself."""
    since = len(gathering.started)
    yield
    gathering.end_processes(since)


def pytest_runtest_logreport(report):
    parts = [report.nodeid, report.longreprtext, *(f"{name}\n{text}" for name, text in report.sections)]
    gathering.note("pytest", "\n".join(parts) + "\n")


def pytest_sessionfinish(session):
    """No key and no password in any output of the run; else it has failed."""
    gathering.end()
    gathering.note("pytest", "\n".join(figures))
    if hasattr(gathering, "tests"):
        gathering.search = Search(gathering.folder, gathering.tests)
        if gathering.search.leaks and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    gathering.remove()


figures = []


@pytest.fixture
def report(request):
    """Notes a figure that the test reached; all of them are printed at the end."""
    return lambda text: figures.append(f"{request.node.name}: {text}")


def pytest_terminal_summary(terminalreporter):
    if hasattr(gathering, "search"):
        terminalreporter.section("secrets in outputs")
        terminalreporter.line(gathering.search.text)
        for path, name in gathering.search.leaks:
            terminalreporter.line(f"LEAK: {name} in {path} {gathering.processes.get(path.name, '')}", red=True)
    if figures:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.line(line)


@pytest.fixture
def dojot():
    """Starts stand-ins and ends them after the test, the last one first."""
    started = []

    def start(*arguments):
        started.append(Dojot(*arguments))
        return started[-1]

    yield start
    for one in reversed(started):
        one.stop()
