"""A charge point that is not ours (PyPI `ocpp` and `websockets`) against `serve`, commanded by `send`."""

import asyncio
import json
from datetime import datetime, timezone

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (ChargePointErrorCode, ChargePointStatus, RegistrationStatus, RemoteStartStopStatus,
                            ResetStatus)

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
