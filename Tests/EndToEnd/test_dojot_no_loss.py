"""Charge points, `serve --dojot`, a broker that restarts, sessions that are cut: DOJOT has every value, as it was sent."""

import json
import sqlite3
import subprocess
import time
from collections import Counter
from decimal import Decimal

import pytest

from support.dojot_broker import CuttingProxy
from support.program import BINARY, DEADLINE, environment, run


def charge_points(count):
    return b"".join(b'{"chargePointId":"CP%05d","connectors":1}\n' % (number + 1) for number in range(count))


def outbox(central_system):
    """Rows of the outbox, and those that no broker acknowledged."""
    with sqlite3.connect(f"file:{central_system.store}?mode=ro", uri=True) as store:
        return store.execute("SELECT count(*), count(*) - count(sent_ms) FROM outbox").fetchone()


def rows(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def plain(row):
    """A sample by all that DOJOT keeps of it; kilo units as plain ones, exactly."""
    is_kilo = (row["unit"] or "").startswith("k")
    phase = (row["phase"] or "").removesuffix("-N")
    return (row["chargePointId"], row["connectorId"], row["transactionId"], row["timestamp"], row["measurand"], phase,
            Decimal(row["value"]) * (1000 if is_kilo else 1))


def check_no_loss(platform, serve, report, *, provisioned, charging, lifetime, speed, restarts, seconds):
    proxy = None

    def mqtt(broker):
        nonlocal proxy
        proxy = CuttingProxy(broker.address, lifetime)
        return proxy.address

    dojot = platform(charge_points=charge_points(provisioned), mqtt=mqtt)
    try:
        assert len(dojot.devices) == provisioned
        central_system = serve("--dojot", dojot.map, records="none")
        # Registers with decimals, a sample every 10 seconds of the simulated time.
        energy = 48.37 * seconds * speed / 3600
        fleet = subprocess.Popen(
            [BINARY, "simulate", "--url", central_system.url, "--count", str(charging), "--speed", str(speed), "--session",
             f"energy={energy:.3f}kWh,power=48.37kW,delay={2 * speed}s", "--records", "none", "--quiet"],
            env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + DEADLINE
        while len(run("stations", "--control", central_system.control).stdout.splitlines()) < charging:
            assert time.monotonic() < end, "the fleet does not come"
        configured = central_system.send("--all", "ChangeConfiguration", "key=MeterValueSampleInterval", "value=10")
        assert configured.returncode == 0, configured.stderr
        for _ in range(restarts):
            count = outbox(central_system)[0]
            while outbox(central_system)[0] < count + 3 * charging:
                assert fleet.poll() is None, "the sessions ended too soon"
            dojot.broker.stop()
            waiting = outbox(central_system)[0]
            while outbox(central_system)[0] < waiting + charging:
                assert fleet.poll() is None, "the sessions ended too soon"
            dojot.broker.start()
        assert fleet.wait(seconds * 4 + 60) == 0, fleet.stderr.read()
        fleet.stderr.close()
        end = time.monotonic() + 90
        while outbox(central_system)[1]:
            assert time.monotonic() < end, f"{outbox(central_system)[1]} messages wait in vain"
        assert proxy.cuts > 0
        assert central_system.terminate() == 0
        dojot.settle("CP00001")

        published, unsent = outbox(central_system)
        events = Counter()
        for device in dojot.devices.values():
            reply = dojot.standin.send("GET", f"/history/device/{device}/history?attr=eventId")
            events.update(row["value"] for row in (reply.json if reply.status == 200 else []))
        assert len({event for event in events}) == published, "messages are lost"

        sent = {plain(row) for row in rows(run("export-meter-values", "--format", "jsonl", "--store", central_system.store))}
        got = {plain(row) for row in rows(dojot.history_dojot("--records", "meter-values", timeout=600))}
        sessions = rows(run("export-sessions", "--format", "jsonl", "--store", central_system.store))
        assert len(sessions) == charging and {row["status"] for row in sessions} == {"complete"}
        registers = {(row["chargePointId"], row["connectorId"], row["transactionId"], row[time], "Energy.Active.Import.Register", "",
                      Decimal(str(row[meter])))
                     for row in sessions for time, meter in (("start", "meterStartWh"), ("stop", "meterStopWh"))}
        assert sent and sent <= got, sorted(sent - got)[:5]
        assert got - sent <= registers, sorted(got - sent - registers)[:5]
        assert registers <= got
        assert any(value % 1 for *_, value in sent), "no decimals in it"
        back = {row["transactionId"]: row for row in rows(dojot.history_dojot("--records", "sessions", timeout=600))}
        for row in sessions:
            for column in ("chargePointId", "idTag", "start", "stop", "energyWh", "maxPowerW", "reason", "status"):
                assert back[row["transactionId"]][column] == row[column]
        report(f"{provisioned} devices, {charging} charging, {published} messages, {proxy.cuts} sessions cut after {lifetime} s, "
               f"{restarts} restarts: {len(sent)} samples, none lost; {events.total() - published} messages arrived twice")
    finally:
        proxy.close()


def test_nothing_is_lost_through_a_restart_and_cut_sessions(platform, serve, report):
    check_no_loss(platform, serve, report, provisioned=20, charging=5, lifetime=2, speed=100, restarts=1, seconds=15)


@pytest.mark.soak
def test_a_thousand_charge_points_of_which_a_hundred_charge(platform, serve, report):
    check_no_loss(platform, serve, report, provisioned=1000, charging=100, lifetime=30, speed=20, restarts=1, seconds=90)
