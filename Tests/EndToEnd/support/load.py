"""Many charge points in one thread, over raw sockets: each message is new, and each answer is looked at.

A charge point runs sessions of a StartTransaction, eight MeterValues and a StopTransaction, one after the other, each
message once the one before is answered. What it has sent is known from how many were answered.
"""

import re
import select
import socket
import struct

STEPS = 10
METER_VALUES = STEPS - 2

# Where a message's number can be read in its payload: a thousand times the session, and the step.
METER = {"start": re.compile('"meterStart":(\\d+)'), "meterValues": re.compile('"value":"(\\d+)"'),
         "stop": re.compile('"meterStop":(\\d+)')}


class LoadedChargePoint:
    def __init__(self, identity):
        self.identity = identity
        self.acknowledged = 0
        # Of each session that was started.
        self.transactions = []
        # Answers with CALLERROR, and messages that were sent again though they were answered.
        self.refused = self.repeated = 0
        self.socket = None

    # MARK: What it says

    def message(self, number):
        """Action and payload of its message of that number, from 0; the texts are the same whenever they are made."""
        session, step = divmod(number, STEPS)
        time = f"2026-01-{1 + session // 1440:02}T{session // 60 % 24:02}:{session % 60:02}:{step:02}Z"
        if step == 0:
            return "StartTransaction", ('{"connectorId":1,"idTag":"TAG-%s","meterStart":%d,"timestamp":"%s"}'
                                        % (self.identity, session * 1000, time))
        transaction = self.transactions[session]
        if step == STEPS - 1:
            return "StopTransaction", ('{"transactionId":%d,"meterStop":%d,"timestamp":"%s","reason":"Local"}'
                                       % (transaction, session * 1000 + step, time))
        return "MeterValues", (
            '{"connectorId":1,"transactionId":%d,"meterValue":[{"timestamp":"%s","sampledValue":[{"value":"%d"}]}]}'
            % (transaction, time, session * 1000 + step))

    # MARK: Its connection

    def connect(self, url):
        """Opens the connection and boots; what was answered last is sent again first."""
        host, _, port = url.split("/")[2].rpartition(":")
        self.socket = socket.create_connection((host, int(port)), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        path = "/" + url.split("/", 3)[3]
        self.socket.sendall(
            (f"GET {path}/{self.identity} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        self._ask("boot", "BootNotification", '{"chargePointVendor":"V","chargePointModel":"M"}')
        if self.acknowledged:
            number = self.acknowledged - 1
            answer = self._ask("again", *self.message(number))
            self.repeated += 1
            if number % STEPS == 0:
                assert transaction_id(answer) == self.transactions[number // STEPS], "sent again: the same id"
        self.socket.setblocking(False)

    def send_next(self):
        action, payload = self.message(self.acknowledged)
        self._send(str(self.acknowledged), action, payload)

    def take(self):
        """Reads what has come; whether the message on its way is answered now, be it with a CALLERROR."""
        self._receive()
        text = self._text()
        if text is None:
            return False
        answers = b'[3,"%d",' % self.acknowledged
        if not text.startswith(answers):
            assert text.startswith(b'[4,"%d",' % self.acknowledged), text
            self.refused += 1
            return True
        if self.acknowledged % STEPS == 0:
            self.transactions.append(transaction_id(text))
        self.acknowledged += 1
        return True

    def _ask(self, message_id, action, payload):
        self._send(message_id, action, payload)
        while (text := self._text()) is None:
            self._receive()
        assert text.startswith(b'[3,"%s",' % message_id.encode()), text
        return text

    def _send(self, message_id, action, payload):
        text = f'[2,"{message_id}","{action}",{payload}]'.encode()
        # Masked, as a client's has to be, with a key of zeros, which changes nothing.
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + text)

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the server is gone")
        self.buffer += data

    def _text(self):
        """The next whole text message; None where it is not there yet. Pings are answered."""
        while len(self.buffer) >= 2:
            size, start = self.buffer[1], 2
            if size == 126:
                if len(self.buffer) < 4:
                    return None
                size, start = struct.unpack(">H", self.buffer[2:4])[0], 4
            assert size < 127 or start == 4, "no answer is so long"
            if len(self.buffer) < start + size:
                return None
            kind, body, self.buffer = self.buffer[0], self.buffer[start:start + size], self.buffer[start + size:]
            if kind == 0x81:
                return body
            if kind == 0x89:
                self.socket.sendall(bytes([0x8A, 0x80 | size]) + b"\0\0\0\0" + body)
            else:
                raise ConnectionResetError(f"closed: {body}")
        return None


def transaction_id(answer):
    return int(answer.partition(b'"transactionId":')[2].split(b",")[0].split(b"}")[0])


class Load:
    def __init__(self, count):
        self.charge_points = [LoadedChargePoint(f"CP{number:03}") for number in range(count)]

    @property
    def acknowledged(self):
        return sum(charge_point.acknowledged for charge_point in self.charge_points)

    def run(self, url, goes_on, kill=None):
        """Every charge point goes on while `goes_on(answered in all)`, and gets the answer that it waits for.

        With `kill` that is called then, in the middle of everything, and no answer is waited for any more.
        """
        poll = select.epoll()
        waiting = {}
        for charge_point in self.charge_points:
            charge_point.connect(url)
            waiting[charge_point.socket.fileno()] = charge_point
            poll.register(charge_point.socket, select.EPOLLIN)
        count = self.acknowledged
        for charge_point in self.charge_points:
            charge_point.send_next()
        while waiting:
            events = poll.poll(20)
            assert events, f"{len(waiting)} charge points wait in vain for an answer"
            is_over = not goes_on(count)
            if is_over and kill:
                kill()
                break
            for descriptor, _ in events:
                charge_point = waiting[descriptor]
                count -= charge_point.acknowledged
                if charge_point.take():
                    if is_over:
                        del waiting[descriptor]
                        poll.unregister(descriptor)
                    else:
                        charge_point.send_next()
                count += charge_point.acknowledged
        for charge_point in self.charge_points:
            charge_point.socket.close()
        poll.close()

    def not_kept_once(self, events):
        """What was acknowledged and is not among a store's events exactly once, and what is there besides.

        - Parameter events: rows of kind, charge point, transaction and payload.
        """
        kept = {charge_point.identity: [0] * charge_point.acknowledged for charge_point in self.charge_points}
        known = {charge_point.identity: charge_point for charge_point in self.charge_points}
        faults = []
        for kind, identity, transaction, payload in events:
            charge_point = known[identity]
            session, step = divmod(int(METER[kind].search(payload)[1]), 1000)
            number = session * STEPS + step
            if number >= charge_point.acknowledged or charge_point.message(number)[1] != payload \
                    or charge_point.transactions[session] != transaction:
                faults.append(f"never acknowledged: {kind} of {identity}: {payload}")
            else:
                kept[identity][number] += 1
        return faults + [f"{count} times: message {number} of {identity}" for identity, counts in kept.items()
                         for number, count in enumerate(counts) if count != 1]
