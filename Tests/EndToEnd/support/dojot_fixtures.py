"""DOJOT as a whole: the stand-in, its broker, and charge points that are provisioned."""

import json
import subprocess

import pytest

from .dojot_broker import DojotBroker
from .program import environment, run
from .secrets import DOJOT_PASSWORD, written

TWO = b'{"chargePointId":"CP001"}\n{"chargePointId":"CP002"}\n'


@pytest.fixture
def dojot_broker(tmp_path):
    """Starts brokers; they are gone at the end of the test."""
    running = []

    def start(**options):
        folder = tmp_path / f"broker{len(running)}"
        folder.mkdir()
        running.append(DojotBroker(folder, **options))
        return running[-1]

    yield start
    for broker in running:
        broker.close()


@pytest.fixture
def provision(tmp_path):
    """Runs the command as admin, with a cache of its own."""
    password = written(tmp_path / "password", DOJOT_PASSWORD + "\n")

    def provision(url, *arguments, stdin=b"", user="admin", password=password, **options):
        return run("provision-dojot", "--url", url, "--user", user, "--password-file", password, *arguments,
                   stdin=stdin, env=environment(XDG_CACHE_HOME=str(tmp_path / "cache")), **options)

    return provision


@pytest.fixture
def platform(dojot, dojot_broker, tmp_path):
    """Starts a DOJOT with its broker, on which charge points are provisioned.

    `now` is its clock's start; `mqtt` makes the address where devices connect, for a way around the broker's own.
    """
    class Platform:
        def __init__(self, now=None, charge_points=TWO, mqtt=None, standin=(), provision=(), **options):
            self.broker = dojot_broker(**options)
            start = ("--now", now) if now else ()
            self.standin = dojot("--mqtt", self.broker.address, *start, *standin).login()
            self.mqtt = mqtt(self.broker) if mqtt else self.broker.mqtt
            self.map = tmp_path / "map.json"
            self.password = written(tmp_path / "password", DOJOT_PASSWORD + "\n")
            self.access = ["--url", self.standin.url, "--user", "admin", "--password-file", self.password]
            self.environment = environment(XDG_CACHE_HOME=str(tmp_path / "cache"))
            done = self.provision("--output-map", self.map, *provision, "-", stdin=charge_points, timeout=300)
            assert done.returncode == 0, done.stderr
            self.devices = json.loads(self.map.read_text())["devices"]

        def provision(self, *arguments, **options):
            return run("provision-dojot", *self.access, "--mqtt", self.mqtt, *arguments, env=self.environment, **options)

        def history_dojot(self, *arguments, **options):
            return run("history-dojot", *self.access, "--dojot", self.map, *arguments, env=self.environment, **options)

        def history(self, charge_point, label):
            """Values with their times, oldest first."""
            reply = self.standin.send("GET", f"/history/device/{self.devices[charge_point]}/history?attr={label}")
            return [] if reply.status == 404 else [(row["ts"], row["value"]) for row in reversed(reply.json)]

        def values(self, charge_point, label):
            return [value for _, value in self.history(charge_point, label)]

        def actuate(self, charge_point, attrs):
            reply = self.standin.send("PUT", f"/device/{self.devices[charge_point]}/actuate", {"attrs": attrs})
            assert reply.status == 200, reply.text

        def publish(self, charge_point, payload, user=None):
            """As the device itself, by another program."""
            name = f"admin:{self.devices[charge_point]}"
            subprocess.run(["mosquitto_pub", "-p", str(self.broker.port), "-u", user or name, "-t", f"{name}/attrs",
                            "-q", "1", "-m", payload if isinstance(payload, str) else json.dumps(payload)], check=True)

        def settle(self, charge_point="CP002"):
            """Waits until all that the broker acknowledged is in the history: a message of our own comes last."""
            self.publish(charge_point, {"settled": 1})
            while not self.history(charge_point, "settled"):
                pass

    return Platform
