"""/kafka-ws: what devices publish, as it arrives, over a plain WebSocket that a ticket opens."""

import base64
import hashlib
import json
import secrets
import struct
import threading
import urllib.parse

from answers import Answer, Refusal

TICKET_SECONDS = 60
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FORBIDDEN_TOPIC, EXPIRED_CONNECTION = 4403, 4408


class Live:
    """Tickets, and the connections that wait for messages."""

    def __init__(self, clock, lifetime):
        self.clock = clock
        self.lifetime = lifetime  # seconds, None for ever
        self.tickets = {}  # ticket -> (tenant, time when it was given out)
        self.listeners = {}  # tenant -> list of WebSocket
        self.lock = threading.Lock()

    def ticket(self, tenant):
        ticket = secrets.token_hex(32)
        self.tickets[ticket] = (tenant, self.clock.seconds())
        return Answer({"ticket": ticket})

    def redeem(self, path, query):
        """The tenant of a ticket that may be used now, and is used up then, and whether the topic is the tenant's."""
        given = urllib.parse.parse_qs(query).get("ticket", [""])[0]
        tenant, issued = self.tickets.pop(given, (None, 0))
        if tenant is None or self.clock.seconds() - issued > TICKET_SECONDS:
            raise Refusal(401, {"error": "Ticket is not valid"})
        return tenant, path.rsplit("/", 1)[1].startswith(tenant + ".")

    def publish(self, tenant, device, attrs, time):
        message = json.dumps({
            "metadata": {"deviceid": device, "tenant": tenant, "timestamp": int(time.timestamp() * 1000)},
            "attrs": attrs})
        with self.lock:
            listeners = list(self.listeners.get(tenant, []))
        for listener in listeners:
            listener.send(message)

    def serve(self, socket, headers, tenant, is_own_topic):
        """Keeps a connection until it ends; in the thread of its request."""
        listener = WebSocket(socket, headers["Sec-WebSocket-Key"])
        if not is_own_topic:
            return listener.close(FORBIDDEN_TOPIC, "Tenant can't access this topic")
        with self.lock:
            self.listeners.setdefault(tenant, []).append(listener)
        try:
            socket.settimeout(self.lifetime)
            listener.read_until_closed()
        except TimeoutError:
            listener.close(EXPIRED_CONNECTION, "Connection lifetime")
        finally:
            with self.lock:
                self.listeners[tenant].remove(listener)


class WebSocket:
    """The server's side of one connection, after the handshake that it answers."""

    def __init__(self, socket, key):
        self.socket = socket
        self.lock = threading.Lock()
        accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
        socket.sendall((f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())

    def send(self, text):
        self._write(TEXT, text.encode())

    def close(self, code, reason):
        self._write(CLOSE, struct.pack("!H", code) + reason.encode())

    def _write(self, opcode, payload):
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
        if size > 0xffff:
            length = b"\x7f" + struct.pack("!Q", size)
        try:
            with self.lock:
                self.socket.sendall(bytes([0x80 | opcode]) + length + payload)
        except OSError:
            pass  # it has gone; the reading thread notices

    def read_until_closed(self):
        while True:
            head = self._exactly(2)
            if head is None:
                return
            size = head[1] & 0x7f
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8) or b"")
            mask = self._exactly(4)
            payload = self._exactly(size)
            if mask is None or payload is None:
                return
            payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
            opcode = head[0] & 0x0f
            if opcode == CLOSE:
                return self._write(CLOSE, payload[:2])
            if opcode == PING:
                self._write(PONG, payload)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                return None
            data += part
        return data
