"""Between devices and their broker: knows what each said to the other, and loses acknowledgements on demand."""

import asyncio
import json
import threading

from .program import DEADLINE

CONNECT, PUBLISH, PUBACK = 1, 3, 4


class WatchingProxy:
    """Passes MQTT packets on, and remembers publications (`eventId`) and what became of them.

    While `swallows` is true, PUBACKs reach the broker's end of the proxy and no farther.
    """

    def __init__(self, target):
        self.target = target
        self.swallows = False
        # Whether connections are refused, as by a broker that is not there.
        self.refuses = False
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
        self._writers = set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(DEADLINE)

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

    def cut(self):
        """Ends all connections without a word."""
        asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(DEADLINE)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop)
        self.thread.join(DEADLINE)

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def _pass_on(self, reader, writer):
        host, _, port = self.target.rpartition(":")
        try:
            if self.refuses:
                raise OSError
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.transport.abort()
            return
        open_packets = {}
        self._writers |= {writer, far_writer}
        pipes = [asyncio.ensure_future(self._pipe(reader, far_writer, lambda *packet: self._sent(open_packets, *packet))),
                 asyncio.ensure_future(self._pipe(far_reader, writer, lambda *packet: self._answered(open_packets, *packet)))]
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for pipe in pipes:
            pipe.cancel()
        await asyncio.wait(pipes)
        for end in (writer, far_writer):
            end.transport.abort()
            self._writers.discard(end)

    async def _pipe(self, reader, writer, watch):
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

    async def _cut(self):
        ending = set(self._writers)
        for writer in ending:
            writer.transport.abort()
        while ending & self._writers:
            await asyncio.sleep(0.001)

    async def _end(self):
        self.server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        self.loop.stop()
