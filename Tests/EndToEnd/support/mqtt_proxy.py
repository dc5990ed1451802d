"""Between devices and their broker: knows what each said to the other, and loses acknowledgements on demand."""

import json
import threading

from .program import DEADLINE
from .proxy import Proxy

CONNECT, PUBLISH, PUBACK = 1, 3, 4


class WatchingProxy(Proxy):
    """Passes MQTT packets on, and remembers publications (`eventId`) and what became of them.

    While `swallows` is true, PUBACKs reach the broker's end of the proxy and no farther.
    """

    def __init__(self, target):
        self.swallows = False
        self.lock = threading.Condition()
        # By event id, the payload: the same whenever it is sent.
        self.payloads = {}
        # By topic, the event ids in the order in which the broker acknowledged them first.
        self.acknowledged = {}
        # Of these, those whose PUBACK was passed on, and those whose PUBACK was swallowed.
        self.passed, self.swallowed = set(), set()
        self.repeated = 0
        self.answers = 0
        self.faults = []
        super().__init__(target)

    def all_acknowledged(self):
        with self.lock:
            return {event for events in self.acknowledged.values() for event in events}

    def wait_until(self, condition, timeout=DEADLINE):
        """Whether it became true; looked at after each packet, and ten times a second."""
        with self.lock:
            for _ in range(int(timeout * 10)):
                if condition():
                    return True
                self.lock.wait(0.1)
        return False

    def pipes(self, near, far):
        open_packets = {}
        return (self._packets(near[0], far[1], lambda *packet: self._sent(open_packets, *packet)),
                self._packets(far[0], near[1], lambda *packet: self._answered(open_packets, *packet)))

    async def _packets(self, reader, writer, watch):
        try:
            while True:
                head = await reader.readexactly(1)
                length = shift = 0
                while True:
                    byte = await reader.readexactly(1)
                    head += byte
                    length |= (byte[0] & 127) << shift
                    shift += 7
                    if byte[0] < 128:
                        break
                body = await reader.readexactly(length)
                if watch(head[0], body):
                    writer.write(head + body)
                    await writer.drain()
        except (OSError, EOFError):
            pass

    def _sent(self, open_packets, first, body):
        """A packet of a device; whether it is passed on."""
        if first >> 4 == PUBLISH and first & 6:
            size = int.from_bytes(body[:2], "big")
            topic, packet, payload = body[2:2 + size].decode(), body[2 + size:4 + size], body[4 + size:]
            event = json.loads(payload).get("eventId")
            with self.lock:
                if first & 8:
                    self.faults.append(f"{topic}: marked as a duplicate, which DOJOT's bridge drops: {payload}")
                if event is not None:
                    known = self.payloads.setdefault(event, payload)
                    if known != payload:
                        self.faults.append(f"{topic}: one event id, two payloads: {known} {payload}")
                open_packets[packet] = topic, event
        return True

    def _answered(self, open_packets, first, body):
        """A packet of the broker."""
        if first >> 4 != PUBACK:
            return True
        with self.lock:
            topic, event = open_packets.pop(body[:2])
            swallowed = self.swallows
            self.answers += 1
            if event is not None:
                events = self.acknowledged.setdefault(topic, [])
                if event in self.passed or event in self.swallowed:
                    self.repeated += 1
                else:
                    events.append(event)
                (self.swallowed if swallowed else self.passed).add(event)
            self.lock.notify_all()
        return not swallowed
