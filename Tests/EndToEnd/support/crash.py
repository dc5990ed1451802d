"""A `serve` whose disk forgets what was not synced, charge points that remember what was answered, and the judge."""

import json
import sqlite3
import subprocess
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from .charge_point import ChargePoint
from .program import ROOT, CentralSystem

# What the store calls what it keeps of an action.
KINDS = {"StartTransaction": "start", "MeterValues": "meterValues", "StopTransaction": "stop",
         "SecurityEventNotification": "securityEvent"}

SOURCE = ROOT / "Tests" / "Support" / "crash" / "crashpoint.c"


def built(folder):
    """The library that is preloaded."""
    library = Path(folder) / "crashpoint.so"
    subprocess.run(["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library


class Station(threading.Thread):
    """Sessions of one charge point: every CALL is sent until it is answered, also by the next server."""

    def __init__(self, identity, sessions, meter_values):
        super().__init__(daemon=True)
        self.identity = identity
        self.steps = self._steps(sessions, meter_values)
        self.transactions = {}
        self.acknowledged = []
        self.refused = 0
        self.url = None
        self.answered = lambda: None

    def _steps(self, sessions, meter_values):
        steps = []
        for session in range(sessions):
            stamp = f"2026-03-01T{session:02}"
            steps.append(("StartTransaction", session, {
                "connectorId": 1, "idTag": f"TAG-{self.identity}", "meterStart": session * 1000,
                "timestamp": f"{stamp}:00:00Z"}))
            steps.append(("StatusNotification", session, {
                "connectorId": 1, "status": "Charging", "errorCode": "NoError", "timestamp": f"{stamp}:00:01Z"}))
            for n in range(1, meter_values + 1):
                steps.append(("MeterValues", session, {"connectorId": 1, "meterValue": [
                    {"timestamp": f"{stamp}:{n:02}:00Z", "sampledValue": [{"value": f"{session * 1000 + n}.5"}]}]}))
            steps.append(("StopTransaction", session, {
                "meterStop": session * 1000 + 900, "timestamp": f"{stamp}:59:00Z", "reason": "Local"}))
            steps.append(("SecurityEventNotification", session, {
                "type": "SettingSystemTime", "timestamp": f"{stamp}:59:30Z"}))
        return steps

    def run(self):
        """Goes on with the first step that was not acknowledged; ends with the server or with the last step."""
        try:
            socket = ChargePoint(self.url, self.identity)
            socket.boot()
            while len(self.acknowledged) < len(self.steps):
                action, session, payload = self.steps[len(self.acknowledged)]
                if action in ("MeterValues", "StopTransaction"):
                    payload = {**payload, "transactionId": self.transactions[session]}
                answer = socket.call(action, payload)
                if answer[0] != 3:
                    # Not stored: to be sent again.
                    self.refused += 1
                    continue
                if action == "StartTransaction":
                    known = self.transactions.setdefault(session, answer[2]["transactionId"])
                    assert known == answer[2]["transactionId"]
                self.acknowledged.append((action, session, payload))
                self.answered()
            socket.close()
        except (ConnectionClosed, OSError, EOFError, InvalidHandshake, InvalidMessage, TimeoutError):
            pass

    def again(self, url):
        """The same charge point at another server."""
        other = Station(self.identity, 0, 0)
        other.steps, other.transactions, other.acknowledged = self.steps, self.transactions, self.acknowledged
        other.url, other.answered = url, self.answered
        other.start()
        return other


class Run:
    """One store, one load, one disaster."""

    # A broker that is not there: port 9 of this machine.
    NO_BROKER = "127.0.0.1:9"

    def __init__(self, library, folder, stations=3, sessions=2, meter_values=3, mqtt=NO_BROKER):
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.library = library
        self.refused = 0
        devices = {f"CP{n}": f"{n:06x}" for n in range(stations)}
        map_file = self.folder / "dojot.json"
        map_file.write_text(json.dumps({"tenant": "admin", "mqtt": mqtt, "devices": devices}))
        self.flags = ["--dojot", map_file]
        self.stations = [Station(f"CP{n}", sessions, meter_values) for n in range(stations)]

    def disaster(self, **settings):
        """Serves with the library preloaded until the server is dead or every charge point is done; operations so far."""
        count = self.folder / "operations"
        names = {"LD_PRELOAD": str(self.library), "CRASH_COUNT": str(count), **{k: str(v) for k, v in settings.items()}}
        try:
            self.server = CentralSystem(self.folder, *self.flags, records="none", environment=names)
        except AssertionError:
            # Killed before it listened.
            return self._operations(count)
        self._charge(self.server)
        self._charged()
        self.server.close()
        return self._operations(count)

    def recovery(self):
        """Serves with a sound disk; every charge point finishes."""
        self.server = CentralSystem(self.folder, *self.flags, records="none")
        self._charge(self.server)
        self._charged()
        status = self.server.terminate()
        assert status == 0, status
        unfinished = [s.identity for s in self.stations if len(s.acknowledged) < len(s.steps)]
        assert not unfinished, f"not finished: {unfinished}"

    def _charged(self):
        """Every charge point is done, or the server is dead."""

    def _charge(self, server):
        running = [station.again(server.url) for station in self.stations]
        for thread in running:
            thread.join(60)
            assert not thread.is_alive(), "a charge point hangs"
        self.refused = sum(thread.refused for thread in running)

    def _operations(self, count):
        return int(count.read_text()) if count.exists() else 0

    def lost(self):
        """What was acknowledged and is not in the store, or is there twice; empty where all is well."""
        faults = []
        database = sqlite3.connect(f"file:{self.folder / 'store.db'}?mode=ro", uri=True)
        keys = database.execute("SELECT replay_key, count(*) FROM events GROUP BY 1 HAVING count(*) > 1").fetchall()
        faults += [f"twice: {key}" for key, _ in keys]
        rows = {}
        for kind, charge_point, transaction, payload in database.execute(
                "SELECT kind, charge_point, transaction_id, payload FROM events"):
            rows.setdefault((kind, charge_point), []).append((transaction, json.loads(payload)))
        for station in self.stations:
            for action, session, payload in station.acknowledged:
                if action == "StatusNotification":
                    continue
                kind = KINDS[action]
                transaction = None if kind == "securityEvent" else station.transactions[session]
                found = [row for row in rows.get((kind, station.identity), []) if row == (transaction, payload)]
                if len(found) != 1:
                    faults.append(f"{len(found)} rows of {station.identity} {action} {session} {payload}")
        faults += self._unpublished(database)
        database.close()
        return faults

    def _unpublished(self, database):
        """What was acknowledged and is not in the outbox exactly once; what was published stays there for a while.

        A status is there at least once: sent again, it is told again.
        """
        told, statuses = {}, set()
        for charge_point, payload in database.execute("SELECT charge_point, payload FROM outbox"):
            values = json.loads(payload)
            if "c1_status" in values:
                statuses.add((charge_point, values["c1_status"], values["timestamp"]))
            kind = ("StopTransaction" if "c1_stopReason" in values else "StartTransaction" if "c1_idTag" in values
                    else "MeterValues" if "c1_energy_Wh" in values else None)
            meter = values.get("c1_energy_Wh")
            told[charge_point, kind, meter] = told.get((charge_point, kind, meter), 0) + 1
        faults = []
        for station in self.stations:
            for action, _, payload in station.acknowledged:
                if action == "StatusNotification":
                    time = datetime.fromisoformat(payload["timestamp"]).timestamp() * 1000
                    if (station.identity, payload["status"], time) not in statuses:
                        faults.append(f"no publication of {station.identity} {payload}")
                if action not in ("StartTransaction", "MeterValues", "StopTransaction"):
                    continue
                meter = (payload["meterStart"] if action == "StartTransaction" else payload["meterStop"]
                         if action == "StopTransaction" else float(payload["meterValue"][0]["sampledValue"][0]["value"]))
                count = told.get((station.identity, action, meter), 0)
                if count != 1:
                    faults.append(f"{count} publications of {station.identity} {action} {meter}")
        return faults

    def wrong_sessions(self, run):
        """Sessions as they are exported, compared with what was charged."""
        exported = [json.loads(line) for line in
                    run("export-sessions", "--store", self.folder / "store.db", "--format", "jsonl").stdout.splitlines()]
        expected = {(s.identity, transaction) for s in self.stations for transaction in s.transactions.values()}
        found = [(row["chargePointId"], row["transactionId"]) for row in exported]
        faults = [f"not one row: {key}" for key in expected if found.count(key) != 1]
        faults += [f"a row too many: {key}" for key in found if key not in expected]
        return faults + [f"not whole: {row}" for row in exported if row["status"] != "complete" or row["energyWh"] != 900]
