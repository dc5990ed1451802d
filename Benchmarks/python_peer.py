"""A central system as one writes it with PyPI `ocpp` and `websockets`, which answers and keeps nothing: python_peer.py PORT"""

import asyncio
import logging
import sys
from datetime import datetime, timezone

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action, RegistrationStatus

logging.disable(logging.CRITICAL)


def now():
    return datetime.now(timezone.utc).isoformat()


class Station(ChargePoint):
    @on(Action.boot_notification)
    def boot(self, **_):
        return call_result.BootNotification(current_time=now(), interval=300, status=RegistrationStatus.accepted)

    @on(Action.heartbeat)
    def heartbeat(self):
        return call_result.Heartbeat(current_time=now())

    @on(Action.start_transaction)
    def start_transaction(self, **_):
        return call_result.StartTransaction(transaction_id=1, id_tag_info={"status": "Accepted"})

    @on(Action.meter_values)
    def meter_values(self, **_):
        return call_result.MeterValues()


async def serve(connection):
    try:
        await Station(connection.request.path.rsplit("/", 1)[1], connection).start()
    except websockets.ConnectionClosed:
        pass


async def main():
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), subprotocols=["ocpp1.6"], ping_interval=None):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
