"""A central system that is not ours (PyPI `ocpp`) against `simulate`, for every action in both directions."""

import asyncio
import json

import pytest
import websockets
from ocpp.charge_point import camel_to_snake_case

from support import actions
from support.peers import Wire, now, peer, request
from support.program import BINARY, DEADLINE, ROOT, environment, run

# A certificate that the simulated charge point can read; PEM in the tests' own sources.
PEM = (ROOT / "Tests/OCPPKitTests/ChargePoint/CertificateTests.swift").read_text().split('"""')[1]
PEM = "\n".join(line.strip() for line in PEM.strip().splitlines())


def test_both_sides_know_all_actions():
    known, unknown = actions.known_to_peer(actions.ALL)
    assert len(actions.ALL) == 39
    assert (len(known), unknown) == (39, []), "PyPI ocpp does not know these"
    assert set(actions.FROM_CHARGE_POINTS) | set(actions.FROM_CENTRAL_SYSTEMS) == set(actions.ALL)
    assert set(actions.FROM_CHARGE_POINTS) & set(actions.FROM_CENTRAL_SYSTEMS) == {"DataTransfer"}


ANSWERS = {
    "BootNotification": lambda payload: {"status": "Accepted", "currentTime": now(), "interval": 300},
    "Heartbeat": lambda payload: {"currentTime": now()},
    "Authorize": lambda payload: {"idTagInfo": {"status": "Accepted"}},
    "StartTransaction": lambda payload: {"transactionId": 7, "idTagInfo": {"status": "Accepted"}},
    "StopTransaction": lambda payload: {"idTagInfo": {"status": "Accepted"}},
    "DataTransfer": lambda payload: {"status": "Accepted"},
}

LOCATION = "ftp://example.com/files/5.4.0.bin"
PROFILE = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
           "chargingProfileKind": "Relative",
           "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000.5}]}}

# What is sent, in this order, and the status that the answer has; `None` where it has none.
COMMANDS = [
    ("GetConfiguration", {}, None),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "10"}, "Accepted"),
    ("ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "true"}, "Accepted"),
    ("ClearCache", {}, "Accepted"),
    ("DataTransfer", {"vendorId": "com.example", "data": "x"}, "UnknownVendorId"),
    ("ChangeAvailability", {"connectorId": 3, "type": "Inoperative"}, "Accepted"),
    ("UnlockConnector", {"connectorId": 2}, "Unlocked"),
    ("GetLocalListVersion", {}, None),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [
        {"idTag": "A", "idTagInfo": {"status": "Accepted"}}]}, "Accepted"),
    ("ReserveNow", {"connectorId": 2, "expiryDate": "2100-01-01T00:00:00Z", "idTag": "A", "reservationId": 5}, "Accepted"),
    ("CancelReservation", {"reservationId": 5}, "Accepted"),
    ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": PROFILE}, "Accepted"),
    ("GetCompositeSchedule", {"connectorId": 1, "duration": 3600}, "Accepted"),
    ("ClearChargingProfile", {"id": 1}, "Accepted"),
    *[("TriggerMessage", {"requestedMessage": message}, "Accepted") for message in (
        "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat", "MeterValues",
        "StatusNotification")],
    *[("ExtendedTriggerMessage", {"requestedMessage": message}, "Accepted") for message in (
        "BootNotification", "LogStatusNotification", "FirmwareStatusNotification", "Heartbeat", "MeterValues",
        "SignChargePointCertificate", "StatusNotification")],
    ("CertificateSigned", {"certificateChain": PEM}, "Accepted"),
    ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}, "Accepted"),
    ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}, "Accepted"),
    ("DeleteCertificate", lambda answers: {"certificateHashData": answers["GetInstalledCertificateIds"].certificate_hash_data[0]}, "Accepted"),
    ("GetDiagnostics", {"location": LOCATION}, None),
    ("GetLog", {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": LOCATION}}, "Accepted"),
    ("RemoteStartTransaction", {"idTag": "A", "connectorId": 2}, "Accepted"),
]
# Once the transaction has begun; what restarts the charge point comes last.
LATER = [
    ("RemoteStopTransaction", {"transactionId": 7}, "Accepted"),
    ("UpdateFirmware", {"location": LOCATION, "retrieveDate": "2026-01-01T00:00:00Z"}, None),
    ("SignedUpdateFirmware", {"requestId": 4, "firmware": {
        "location": LOCATION, "retrieveDateTime": "2026-01-01T00:00:00Z", "signingCertificate": PEM,
        "signature": "c2lnbmF0dXJl"}}, "Accepted"),
    ("Reset", {"type": "Soft"}, "Accepted"),
]


class Backend:
    """A central system by PyPI `ocpp`, whose charge point may come again."""

    def __init__(self, answers=ANSWERS):
        self.make = peer(actions.known_to_peer(actions.FROM_CHARGE_POINTS)[0], answers)
        self.station = None
        self.connected = asyncio.Event()
        self.received = {}
        self.wires = []

    async def serve(self, socket):
        assert socket.subprotocol == "ocpp1.6"
        wire = Wire(socket)
        self.wires.append(wire)
        self.station = self.make(socket.request.path.rsplit("/", 1)[1], wire, response_timeout=DEADLINE)
        # What came over an earlier connection counts too.
        self.station.received = self.received
        self.connected.set()
        try:
            await self.station.start()
        except websockets.ConnectionClosed:
            self.connected.clear()

    async def send(self, action, payload):
        await asyncio.wait_for(self.connected.wait(), DEADLINE)
        return await self.station.call(request(action, payload), suppress=False)

    async def wait_for(self, action, **fields):
        """Until such a CALL has come, over whichever connection."""
        def has_come(received):
            return any(fields.items() <= payload.items() for payload in received.get(action, []))
        async with asyncio.timeout(DEADLINE):
            while not has_come(self.received):
                await asyncio.wait_for(self.connected.wait(), DEADLINE)
                station = self.station
                station.changed.clear()
                if has_come(self.received):
                    return
                waiting = asyncio.create_task(station.changed.wait())
                await asyncio.wait([waiting], timeout=0.5)
                waiting.cancel()


async def be_central_system(*flags):
    backend = Backend()
    covered, answers = [], {}

    async def send_all(commands):
        for action, payload, status in commands:
            payload = payload(answers) if callable(payload) else payload
            answers[action] = await backend.send(action, payload)
            assert getattr(answers[action], "status", None) == status, (action, answers[action])
            covered.append(action)

    async with websockets.serve(backend.serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
        port = server.sockets[0].getsockname()[1]
        simulator = await asyncio.create_subprocess_exec(
            BINARY, "simulate", "--url", f"ws://127.0.0.1:{port}/ocpp", "--id", "CP001", "--speed", "10", *flags,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env=environment(), limit=1 << 24)
        reading = asyncio.gather(simulator.stdout.read(), simulator.stderr.read())
        try:
            await backend.wait_for("StatusNotification", connector_id=3)
            await send_all(COMMANDS)
            await backend.wait_for("StartTransaction")
            await backend.wait_for("MeterValues", transaction_id=7)
            await send_all(LATER[:1])
            await backend.wait_for("StopTransaction")
            await backend.wait_for("DiagnosticsStatusNotification", status="Uploaded")
            await backend.wait_for("LogStatusNotification", status="Uploaded", request_id=3)
            await send_all(LATER[1:2])
            await backend.wait_for("FirmwareStatusNotification", status="Installed")
            await send_all(LATER[2:3])
            await backend.wait_for("SignedFirmwareStatusNotification", status="Installed", request_id=4)
            await backend.wait_for("SecurityEventNotification", type="FirmwareUpdated")
            await send_all(LATER[3:])
        finally:
            simulator.terminate()
            out, err = await asyncio.wait_for(reading, 20)
            status = await simulator.wait()
    return backend, covered, out, err, status


def test_a_central_system_that_is_not_ours_against_simulate():
    backend, covered, out, err, status = asyncio.run(be_central_system())
    assert status == 0, err.decode()
    assert set(covered) == set(actions.known_to_peer(actions.FROM_CENTRAL_SYSTEMS)[0])
    # DataTransfer is sent by order only: the next test.
    assert set(backend.received) == set(actions.known_to_peer(actions.FROM_CHARGE_POINTS)[0]) - {"DataTransfer"}
    assert [frame for wire in backend.wires for frame in wire.errors()] == []
    versions = [payload["firmware_version"] for payload in backend.received["BootNotification"]]
    assert versions[0] == "5.3.1.0" and versions[-1] == "5.4.0"
    frames = [json.loads(line) for line in out.splitlines()]
    assert len(frames) > 100
    assert [frame for frame in frames if frame.get("meta", {}).get("violations")] == []


@pytest.mark.parametrize("action", actions.FROM_CHARGE_POINTS)
def test_every_message_can_be_ordered(action, serve):
    """`simulate --call` sends any message that a charge point can send; the peer checks it against the schema."""
    async def order():
        backend = Backend({**ANSWERS, action: ANSWERS.get(action, lambda payload: actions.fixture(action, "response"))})
        async with websockets.serve(backend.serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
            port = server.sockets[0].getsockname()[1]
            words = [action, *words_of(actions.fixture(action, "request"))]
            done = await asyncio.to_thread(
                run, "simulate", "--url", f"ws://127.0.0.1:{port}/ocpp", "--records", "none", "--call", " ".join(words))
        return backend, done

    backend, done = asyncio.run(order())
    assert done.returncode == 0, done.stderr.decode()
    expected = actions.fixture(action, "request")
    assert camel_to_snake_case(without_blanks(expected)) in backend.received[action]
    assert [frame for wire in backend.wires for frame in wire.errors()] == []


def without_blanks(value):
    """Words of --call are told apart by blanks, so values of texts have none here."""
    if isinstance(value, dict):
        return {key: without_blanks(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_blanks(one) for one in value]
    return value.replace(" ", "_").replace("\n", "_") if isinstance(value, str) else value


def words_of(payload, path=""):
    """A payload as key=value, down to the last field."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            yield from words_of(value, f"{path}.{key}" if path else key)
    elif isinstance(payload, list):
        for index, value in enumerate(payload):
            yield from words_of(value, f"{path}[{index}]")
    else:
        text = without_blanks(payload) if isinstance(payload, str) else json.dumps(payload)
        yield f"{path}={text}"
