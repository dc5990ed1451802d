"""Random sessions whose rows are known before their log is written: what is made of the log must be those rows.

The generator decides what happens to a session (answered or not, sent twice, late, invalid, …), writes the frames, and
says the row by the definitions of `export-sessions`, without reading a frame.
"""

import datetime
import json
import random

import pytest

from support.program import run

DAY = datetime.datetime(2026, 5, 1, 6, 0, 0)
UNSET = datetime.datetime(1970, 1, 1)


def text(time):
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


class Station:
    """Writes the frames of one charge point, and the rows of its sessions."""

    def __init__(self, pick, number, has_arrivals):
        self.pick = pick
        self.id = f"CP{number:03d}"
        self.has_arrivals = has_arrivals
        self.lines = []
        self.rows = []
        self.now = DAY + datetime.timedelta(seconds=pick.randint(0, 3600))
        self.messages = 0
        self.transactions = pick.randint(1, 10 ** 9)
        self.registers = {}

    def chance(self, share):
        return self.pick.random() < share

    def wait(self, least, most):
        self.now += datetime.timedelta(milliseconds=self.pick.randint(least * 1000, most * 1000))

    def write(self, frame, is_from_station):
        record = {"schemaVersion": "1.1", "chargePointId": self.id, "ocppVersion": "1.6", "transport": "json",
                  "direction": "cp-to-csms" if is_from_station else "csms-to-cp",
                  "messageType": {2: "CALL", 3: "CALLRESULT", 4: "CALLERROR"}[frame[0]], "messageId": frame[1],
                  "raw": json.dumps(frame)}
        if self.has_arrivals:
            record["timestamp"] = text(self.now)
        self.lines.append((self.now, json.dumps(record)))

    def call(self, action, payload, message_id=None):
        self.messages += 1
        message_id = message_id or f"{self.id}-{self.messages}"
        self.write([2, message_id, action, payload], True)
        return message_id

    def answer(self, message_id, payload=None):
        self.write([3, message_id, payload or {}], False)

    def refuse(self, message_id):
        self.write([4, message_id, "InternalError", "", {}], False)

    def noise(self):
        kind = self.pick.randrange(5)
        if kind == 0:
            self.answer(self.call("Heartbeat", {}), {"currentTime": text(self.now)})
        elif kind == 1:
            self.call("StatusNotification", {"connectorId": 0, "errorCode": "NoError", "status": "Available"})
        elif kind == 2:  # The main meter.
            self.call("MeterValues", {"connectorId": 0, "transactionId": self.transactions, "meterValue": [{
                "timestamp": text(self.now), "sampledValue": [
                    {"value": "99999", "measurand": "Power.Active.Import", "unit": "kW"}]}]})
        elif kind == 3:  # Of no transaction.
            self.call("MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": text(self.now), "sampledValue": [
                {"value": "88888", "measurand": "Power.Active.Import", "unit": "W"}, {"value": "1"}]}]})
        else:
            self.call("DataTransfer", {"vendorId": "V", "data": "x"})

    def samples(self, seconds):
        """One instant, and the power drawn in it in W."""
        def one(watts, phase=None, measurand="Power.Active.Import"):
            unit = self.pick.choice(["W", "kW", None])
            value = f"{watts / 1000:.3f}" if unit == "kW" else str(watts)
            sample = {"value": value, "measurand": measurand}
            return sample | ({"unit": unit} if unit else {}) | ({"phase": phase} if phase else {})

        phases = [self.pick.randint(0, 7000) for _ in range(self.pick.choice([1, 2, 3]))]
        names = self.pick.choice([["L1", "L2", "L3"], ["L1-N", "L2-N", "L3-N"]])
        total = sum(phases)
        style = self.pick.randrange(5)
        sampled = [one(50_000, measurand="Power.Offered"), {"value": "230", "measurand": "Voltage", "phase": "L1-N"}]
        if style in (0, 2):
            total = self.pick.randint(0, 22_000)
            sampled.append(one(total))
        if style in (1, 2):
            sampled += [one(watts, name) for watts, name in zip(phases, names)]
        if style > 2:
            total = None
        self.pick.shuffle(sampled)
        split = self.pick.randint(1, len(sampled))
        time = text(self.now + datetime.timedelta(seconds=seconds))
        # An instant may be in two meter values of one message.
        parts = [part for part in (sampled[:split], sampled[split:]) if part]
        return [{"timestamp": time, "sampledValue": part} for part in parts], total

    def session(self, connector):
        flags, powers = set(), []
        tag = f"TAG{self.pick.randint(1, 5)}"
        meter_start = self.registers.get(connector, self.pick.randint(0, 2 ** 33))
        start_time = self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)
        if self.chance(0.08):
            start_time = UNSET + datetime.timedelta(seconds=self.pick.randint(0, 10 ** 6))
            flags.add("clockNotSet")
        delay = self.pick.choice([0, 0, 0, 1, 60, 299, 301, 900])
        self.now += datetime.timedelta(seconds=delay)
        if self.has_arrivals and "clockNotSet" not in flags and delay > 300:
            flags.add("deliveredLate")
        arrival = self.now
        request = {"connectorId": connector, "idTag": tag, "meterStart": meter_start, "timestamp": text(start_time)}
        if self.chance(0.05):
            request["meterStart"] = str(meter_start)
            flags.add("invalidFrames")
        order = len(self.lines)
        message_id = self.call("StartTransaction", request)
        for _ in range(self.pick.choice([0, 0, 0, 1, 3])):
            flags.add("retransmitted")
            self.wait(1, 20)
            message_id = self.call("StartTransaction", request, message_id if self.chance(0.5) else None)
        is_answered = self.chance(0.85)
        transaction = None
        if is_answered:
            self.transactions += self.pick.randint(1, 100)
            transaction = self.transactions
            status = self.pick.choice(["Accepted"] * 6 + ["Blocked", "Expired", "Invalid", "ConcurrentTx"])
            if status != "Accepted":
                flags.add("idTagNotAccepted")
            self.answer(message_id, {"transactionId": transaction, "idTagInfo": {"status": status}})
        else:
            flags.add("startUnanswered")
            if self.chance(0.5):
                self.refuse(message_id)
        for _ in range(self.pick.randint(0, 3)):
            self.wait(10, 600)
            if self.chance(0.3):
                self.noise()
            if not is_answered:
                continue
            values, watts = self.samples(0)
            powers.append(watts)
            if self.chance(0.05):
                values[0]["sampledValue"].append({"value": "1", "measurand": "Voltage", "context": "Nowhere"})
                flags.add("invalidFrames")
            self.call("MeterValues", {"connectorId": connector, "transactionId": transaction, "meterValue": values})
        self.wait(10, 3600)
        row = {"chargePointId": self.id, "connectorId": connector, "transactionId": transaction, "idTag": tag,
               "status": "open" if is_answered else "startUnanswered", "start": text(start_time), "stop": None,
               "durationSeconds": None, "meterStartWh": meter_start, "meterStopWh": None, "energyWh": None,
               "reason": None}
        has_stop = self.chance(0.85)
        if has_stop:
            self.stop(row, flags, powers, start_time, arrival, transaction)
            self.registers[connector] = row["meterStopWh"]
        if self.chance(0.5) or not has_stop:
            self.wait(1, 60)
            if not has_stop and is_answered:
                flags.add("stopMissing")
            self.call("StatusNotification", {
                "connectorId": connector, "errorCode": "NoError", "status": "Available", "timestamp": text(self.now)})
        known = [watts for watts in powers if watts is not None]
        row["maxPowerW"] = max(known) if known else None
        row["flags"] = sorted(flags)
        self.rows.append((self.lines[order][0], row))
        # The next start must not find an unanswered one beside it that a stop could join.
        return is_answered or has_stop

    def stop(self, row, flags, powers, start_time, arrival, transaction):
        stop_time = self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)
        is_start_set = start_time.year > 2000
        kind = self.pick.random()
        if kind < 0.06:
            stop_time = UNSET + datetime.timedelta(seconds=self.pick.randint(0, 10 ** 6))
            flags.add("clockNotSet")
        elif kind < 0.12 and is_start_set:
            stop_time = start_time - datetime.timedelta(milliseconds=self.pick.randint(1, 90_000))
            flags.add("stopBeforeStart")
        is_stop_set = stop_time.year > 2000
        delay = self.pick.choice([0, 0, 0, 1, 299, 301, 4000])
        self.now += datetime.timedelta(seconds=delay)
        if self.has_arrivals and is_stop_set and (self.now - stop_time).total_seconds() > 300:
            flags.add("deliveredLate")
        meter_stop = row["meterStartWh"] + self.pick.randint(0, 90_000)
        if self.chance(0.06):
            meter_stop = row["meterStartWh"] - self.pick.randint(2, 1000)
            flags.add("energyNegative")
            if stop_time >= start_time:  # By a clock that jumped back, it is no later reading.
                flags.add("registerReset")
        request = {"transactionId": transaction or self.pick.choice([0, -1, -7]), "meterStop": meter_stop,
                   "timestamp": text(stop_time)}
        if transaction is None:
            flags.add("matchedByGuess")
        if self.chance(0.6):
            request["reason"] = row["reason"] = self.pick.choice(["Remote", "EVDisconnected", "PowerLoss", "Local"])
        else:
            row["reason"] = "Local"
            flags.add("reasonDefaulted")
        if self.chance(0.4):
            request["idTag"] = "SOMEBODY"
        if self.chance(0.3):
            request["transactionData"], watts = self.samples(-1)
            powers.append(watts)
        if self.chance(0.06):
            request["meterStop"] = meter_stop + 0.0 if meter_stop < 2 ** 40 else str(meter_stop)
            flags.add("invalidFrames")
        stop_arrival = self.now
        message_id = self.call("StopTransaction", request)
        for _ in range(self.pick.choice([0, 0, 0, 1, 2])):
            flags.add("retransmitted")
            self.wait(1, 30)
            if self.chance(0.5):  # The same message, even with a damaged transaction id.
                again = request | ({"transactionId": -1} if self.chance(0.5) else {})
                self.call("StopTransaction", again, message_id)
            else:
                message_id = self.call("StopTransaction", request)
        ending = self.pick.random()
        if ending < 0.85:
            self.answer(message_id)
        elif ending < 0.95:
            self.refuse(message_id)
            flags.add("stopRefused")
        if row["status"] == "open":
            row["status"] = "complete"
        row["stop"], row["meterStopWh"] = text(stop_time), meter_stop
        row["energyWh"] = meter_stop - row["meterStartWh"]
        if is_start_set and is_stop_set:
            milliseconds = round((stop_time - start_time).total_seconds() * 1000)
            row["durationSeconds"] = int(milliseconds / 1000)
        elif self.has_arrivals:
            # Records have milliseconds.
            first, last = (time.replace(microsecond=time.microsecond // 1000 * 1000) for time in (arrival, stop_arrival))
            row["durationSeconds"] = int(round((last - first).total_seconds() * 1000) / 1000)

    def run(self, sessions):
        for _ in range(sessions):
            if not self.session(self.pick.choice([1, 2])):
                break
            self.wait(60, 7200)
            if self.chance(0.5):
                self.noise()
        return self


@pytest.mark.parametrize("has_arrivals", [True, False], ids=["times", "no times"])
def test_rows_are_those_that_the_log_was_written_for(has_arrivals):
    pick = random.Random(f"sessions {has_arrivals}")
    stations = [Station(pick, number, has_arrivals).run(6) for number in range(150)]
    lines = [line for _, line in sorted((entry for station in stations for entry in station.lines), key=lambda e: e[0])]
    expected = [row for _, row in sorted((entry for station in stations for entry in station.rows), key=lambda e: e[0])]
    exported = run("export-sessions", "--format", "jsonl", "-", stdin="\n".join(lines).encode(), timeout=60)
    assert exported.returncode == 0, exported.stderr
    rows = [json.loads(line) for line in exported.stdout.splitlines()]
    for row, wanted in zip(rows, expected):
        row.pop("record")
        assert row == wanted
    assert len(rows) == len(expected) > 400
    seen = {flag for row in expected for flag in row["flags"]}
    missing = {"deliveredLate"} if not has_arrivals else set()
    assert seen == {
        "clockNotSet", "deliveredLate", "energyNegative", "idTagNotAccepted", "invalidFrames", "matchedByGuess",
        "reasonDefaulted", "registerReset", "retransmitted", "startUnanswered", "stopBeforeStart", "stopMissing",
        "stopRefused"} - missing
