"""A charge point that is not ours (PyPI `ocpp` and `websockets`) against `serve`, commanded by `send`."""

import asyncio
import json
from datetime import datetime, timezone

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (ChargePointErrorCode, ChargePointStatus, RegistrationStatus, RemoteStartStopStatus,
                            ResetStatus)

from support import actions
from support.peers import Wire, peer, request
from support.program import run


def now():
    return datetime.now(timezone.utc).isoformat()


class Station(ChargePoint):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.commands = []

    @on("RemoteStartTransaction")
    def remote_start(self, id_tag, connector_id=None, **kwargs):
        self.commands.append(("RemoteStartTransaction", id_tag, connector_id))
        return call_result.RemoteStartTransaction(status=RemoteStartStopStatus.accepted)

    @on("RemoteStopTransaction")
    def remote_stop(self, transaction_id, **kwargs):
        self.commands.append(("RemoteStopTransaction", transaction_id))
        return call_result.RemoteStopTransaction(status=RemoteStartStopStatus.accepted)

    @on("Reset")
    def reset(self, type, **kwargs):
        self.commands.append(("Reset", type))
        return call_result.Reset(status=ResetStatus.rejected)

    @on("GetConfiguration")
    def get_configuration(self, key=None, **kwargs):
        self.commands.append(("GetConfiguration", key))
        return call_result.GetConfiguration(
            configuration_key=[{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
            unknown_key=[name for name in key or [] if name != "HeartbeatInterval"])


async def session(central_system):
    async with websockets.connect(f"{central_system.url}/PY001", subprotocols=["ocpp1.6"]) as socket:
        assert socket.subprotocol == "ocpp1.6"
        station = Station("PY001", socket)
        listening = asyncio.create_task(station.start())

        async def send(*words):
            return await asyncio.to_thread(central_system.send, "PY001", *words)

        boot = await station.call(call.BootNotification(charge_point_model="Model", charge_point_vendor="Independent"))
        assert boot.status == RegistrationStatus.accepted
        assert boot.interval == 300
        await station.call(call.StatusNotification(
            connector_id=1, error_code=ChargePointErrorCode.no_error, status=ChargePointStatus.available))
        authorize = await station.call(call.Authorize(id_tag="TAG1"))
        assert authorize.id_tag_info["status"] == "Accepted"

        outcome = await send("RemoteStartTransaction", "idTag=TAG1", "connectorId=1")
        assert outcome.returncode == 0, outcome.stderr
        line = json.loads(outcome.stdout)
        assert (line["record"], line["outcome"], line["status"]) == ("command", "accepted", "Accepted")
        assert line["payload"] == {"status": "Accepted"} and line["responseMilliseconds"] >= 0

        started = await station.call(call.StartTransaction(
            connector_id=1, id_tag="TAG1", meter_start=1000, timestamp=now()))
        assert started.id_tag_info["status"] == "Accepted" and 0 < started.transaction_id < 2**31
        await station.call(call.MeterValues(
            connector_id=1, transaction_id=started.transaction_id,
            meter_value=[{"timestamp": now(), "sampled_value": [
                {"value": "1500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "21.4", "measurand": "Power.Active.Import", "unit": "kW"}]}]))

        outcome = await send("GetConfiguration", "key=[\"HeartbeatInterval\",\"Nothing\"]")
        assert outcome.returncode == 0, outcome.stderr
        assert json.loads(outcome.stdout)["payload"]["unknownKey"] == ["Nothing"]
        outcome = await send("Reset", "type=Soft")
        assert outcome.returncode == 77
        assert json.loads(outcome.stdout)["status"] == "Rejected"
        outcome = await send("RemoteStopTransaction", f"transactionId={started.transaction_id}")
        assert outcome.returncode == 0, outcome.stderr
        outcome = await send("ClearCache")
        assert outcome.returncode == 76, "an action that the station does not implement is answered with a CALLERROR"
        assert json.loads(outcome.stdout)["outcome"] == "error"

        stopped = await station.call(call.StopTransaction(
            transaction_id=started.transaction_id, meter_stop=2000, timestamp=now(), id_tag="TAG1", reason="Remote"))
        assert stopped.id_tag_info["status"] == "Accepted"
        heartbeat = await station.call(call.Heartbeat())
        assert heartbeat.current_time.endswith("Z")
        listening.cancel()
        return station.commands, started.transaction_id


def test_a_station_that_is_not_ours_lives_a_whole_session(central_system):
    commands, transaction = asyncio.run(session(central_system))
    assert commands == [
        ("RemoteStartTransaction", "TAG1", 1), ("GetConfiguration", ["HeartbeatInterval", "Nothing"]),
        ("Reset", "Soft"), ("RemoteStopTransaction", transaction),
    ]
    rows = run("export-sessions", "--store", central_system.store, "--format", "jsonl")
    row = json.loads(rows.stdout)
    assert (row["transactionId"], row["status"], row["energyWh"], row["maxPowerW"], row["reason"]) == (
        transaction, "complete", 1000, 21400, "Remote")
    assert row["flags"] == []


# Every action that PyPI `ocpp` knows, in both directions.

async def be_charge_point(central_system):
    """Sends all that a charge point sends, then answers all that `ocppctl send` sends. Returns what was covered."""
    known, _ = actions.known_to_peer(actions.FROM_CHARGE_POINTS)
    commands, _ = actions.known_to_peer(actions.FROM_CENTRAL_SYSTEMS)
    sent, answered = [], []
    async with websockets.connect(f"{central_system.url}/PY001", subprotocols=["ocpp1.6"]) as socket:
        wire = Wire(socket)
        station = peer(commands, {})("PY001", wire)
        listening = asyncio.create_task(station.start())
        transaction = None
        # The boot first, and the stop after its start.
        order = ["BootNotification", *sorted(set(known) - {"BootNotification", "StopTransaction"}), "StopTransaction"]
        for action in order:
            payload = actions.fixture(action, "request")
            if action == "StopTransaction":
                payload["transactionId"] = transaction
            # It raises what comes back as a CALLERROR, and answers that are not as their schema says.
            answer = await station.call(request(action, payload), suppress=False)
            if action == "StartTransaction":
                transaction = answer.transaction_id
            sent.append(action)
        for action in commands:
            payload = actions.fixture(action, "request")
            done = await asyncio.to_thread(
                central_system.send, "PY001", action, "--payload", json.dumps(payload))
            assert done.stdout, done.stderr
            outcome = json.loads(done.stdout)
            assert outcome["payload"] == actions.fixture(action, "response"), action
            assert (outcome["outcome"], done.returncode) in [("accepted", 0), ("refused", 77)], outcome
            came = [frame[3] for way, frame in wire.frames if way == "in" and frame[0] == 2 and frame[2] == action]
            assert came == [payload] and len(station.received[action]) == 1, action
            answered.append(action)
        listening.cancel()
        assert wire.errors() == []
    return sent, answered


def test_a_charge_point_that_is_not_ours_against_serve(central_system):
    sent, answered = asyncio.run(be_charge_point(central_system))
    assert sorted(sent) == actions.known_to_peer(actions.FROM_CHARGE_POINTS)[0]
    assert sorted(answered) == actions.known_to_peer(actions.FROM_CENTRAL_SYSTEMS)[0]
    # The last records are written by its end.
    assert central_system.terminate() == 0
    records = [json.loads(line) for line in central_system.log.read_text().splitlines()]
    frames = [record for record in records if "messageType" in record]
    violations = [violation for frame in frames for violation in frame.get("meta", {}).get("violations", [])]
    assert [violation for violation in violations if violation["severity"] == "error"] == []
    assert {frame["action"] for frame in frames if frame["messageType"] == "CALL"} == set(actions.ALL)
