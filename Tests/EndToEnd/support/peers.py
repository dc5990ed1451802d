"""Charge point and central system that are not ours, for every action: PyPI `ocpp`, which checks each payload that it
gets and sends against the official JSON schemas."""

import asyncio
import json
from datetime import datetime, timezone

from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result

from . import actions
from .program import DEADLINE


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def request(action, payload):
    return getattr(call, action)(**camel_to_snake_case(payload))


def result(action, payload):
    return getattr(call_result, action)(**camel_to_snake_case(payload))


def peer(names, answers):
    """A class that answers these actions: with `answers[action](payload)`, else with the fixture's response.

    `received` has the payloads of what came, by action, as PyPI `ocpp` names their fields; `changed` is set by each.
    """
    def handler(action):
        def handle(self, **payload):
            self.received.setdefault(action, []).append(payload)
            self.changed.set()
            answer = answers.get(action, lambda payload: actions.fixture(action, "response"))
            return result(action, answer(payload))

        # `on` finds handlers by their names.
        handle.__name__ = f"on_{action}"
        return on(action)(handle)

    def __init__(self, *arguments, **options):
        ChargePoint.__init__(self, *arguments, **options)
        self.received = {}
        self.changed = asyncio.Event()

    async def wait_for(self, condition, timeout=DEADLINE):
        async with asyncio.timeout(timeout):
            while not condition(self.received):
                self.changed.clear()
                await self.changed.wait()

    members = {f"on_{action}": handler(action) for action in names}
    return type("Peer", (ChargePoint,), {**members, "__init__": __init__, "wait_for": wait_for})


class Wire:
    """A WebSocket as PyPI `ocpp` uses it, which notes the frames."""

    def __init__(self, socket):
        self.socket = socket
        self.frames = []

    async def recv(self):
        text = await self.socket.recv()
        self.frames.append(("in", json.loads(text)))
        return text

    async def send(self, text):
        self.frames.append(("out", json.loads(text)))
        await self.socket.send(text)

    def errors(self):
        return [frame for frame in self.frames if frame[1][0] == 4]
