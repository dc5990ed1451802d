"""What the dashboard costs with a thousand charge points: the browser's main thread, and the server."""

import signal
import sqlite3
import statistics
import subprocess
import time
from pathlib import Path

import pytest

from support.browser import Browser, Dashboard
from support.program import BINARY, environment

COUNT = 1000


@pytest.fixture
def depot(serve):
    """A server with a thousand charge points that all charge; each says what its meter shows every two seconds."""
    central_system = serve("--heartbeat-interval", "30", records="none")
    fleet = subprocess.Popen(
        [BINARY, "simulate", "--url", central_system.url, "--count", str(COUNT), "--id-pattern", "CP%04d", "--speed", "30",
         "--quiet", "--session", "connector=1,idTag=FLEET,energy=500kWh,power=22kW"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    try:
        end = time.monotonic() + 240
        while charging(central_system) < COUNT:
            assert time.monotonic() < end, "the fleet does not charge"
            time.sleep(0.2)
        yield central_system
    finally:
        fleet.kill()
        fleet.wait()


@pytest.fixture
def watched(depot):
    """A browser at the page of all charge points."""
    board = Dashboard("--control", depot.control)
    browser = Browser()
    browser.open(board.url)
    browser.wait(f"document.querySelector('#tile-online dd').textContent === '{COUNT} / {COUNT}'", 60)
    yield browser
    browser.close()
    board.close()


def rows(central_system, query):
    with sqlite3.connect(f"file:{central_system.store}?mode=ro", uri=True) as store:
        return store.execute(query).fetchone()[0]


def charging(central_system):
    return rows(central_system, "SELECT count(*) FROM events WHERE kind = 'start'")


def test_the_pages_main_thread(watched, report):
    """An update a second is the most that comes; where the machine gives fewer, each must not cost more than that."""
    before, updates, begun = watched.work_seconds(), watched.updates, time.monotonic()
    while watched.updates < updates + 10:
        watched.value("new Promise((resolve) => setTimeout(resolve, 500))")
        assert time.monotonic() < begun + 120, "there are no updates"
    seconds = time.monotonic() - begun
    worked = 1000 * (watched.work_seconds() - before)
    report(f"{worked / seconds:.1f} ms of main-thread work a second; {worked / (watched.updates - updates):.1f} ms an update, "
           f"{(watched.updates - updates) / seconds:.2f} of them a second")
    assert len(watched.rows("#running")) == 10 and len(watched.rows("#stations")) == 25
    assert worked / (watched.updates - updates) < 50


class Meter:
    """How long the server computes for each stored message, in nanoseconds."""

    def __init__(self, central_system):
        self.central_system = central_system
        self.tasks = Path(f"/proc/{central_system.process.pid}/task")

    def read(self):
        computed = sum(int((task / "schedstat").read_text().split()[0]) for task in self.tasks.iterdir())
        return computed, rows(self.central_system, "SELECT coalesce(max(sequence), 0) FROM events")

    def during(self, seconds):
        before = self.read()
        time.sleep(seconds)
        computed, messages = (after - earlier for after, earlier in zip(self.read(), before))
        return computed / messages


@pytest.mark.soak
def test_the_servers_cost_of_a_message(depot, soak_time, report):
    """In turn with and without a browser, so that what else the machine does weighs on both."""
    meter = Meter(depot)
    ratios, costs = [], []
    browser = Browser()
    board = Dashboard("--control", depot.control)
    while len(ratios) < 12 or soak_time() and len(ratios) < 60:
        browser.open(board.url)
        browser.wait(f"document.querySelector('#tile-online dd').textContent === '{COUNT} / {COUNT}'", 60)
        watched = meter.during(6)
        browser.command("Page.navigate", url="about:blank")
        board.process.send_signal(signal.SIGSTOP)
        alone = meter.during(6)
        board.process.send_signal(signal.SIGCONT)
        ratios.append(watched / alone)
        costs.append(alone)
    browser.close()
    board.close()
    report(f"{statistics.median(costs) / 1000:.0f} µs a message without, times {statistics.median(ratios):.3f} with the page "
           f"(median of {len(ratios)} pairs, {min(ratios):.3f} to {max(ratios):.3f})")
    assert statistics.median(ratios) < 1.05
