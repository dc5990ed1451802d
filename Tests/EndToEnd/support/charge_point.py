"""A charge point by hand: frames as they are given, over PyPI `websockets`."""

import json

from websockets.sync.client import connect


class ChargePoint:
    def __init__(self, url, identity, subprotocols=("ocpp1.6",), **options):
        self.identity = identity
        self.socket = connect(f"{url}/{identity}", subprotocols=list(subprotocols) or None, open_timeout=10,
                              max_size=None, legacy=True, **options)
        self.count = 0

    def send(self, text):
        self.socket.send(text)

    def receive(self, timeout=10):
        return json.loads(self.socket.recv(timeout))

    def call(self, action, payload, message_id=None):
        """Sends a CALL and returns the whole answer."""
        self.count += 1
        message_id = message_id or f"{self.identity}-{self.count}"
        self.send(json.dumps([2, message_id, action, payload], separators=(",", ":")))
        answer = self.receive()
        assert answer[1] == message_id, answer
        return answer

    def ask(self, action, payload, message_id=None):
        """Sends a CALL and returns the payload of its CALLRESULT."""
        answer = self.call(action, payload, message_id)
        assert answer[0] == 3, answer
        return answer[2]

    def boot(self):
        return self.ask("BootNotification", {"chargePointVendor": "ABB", "chargePointModel": "T54"})

    def close(self):
        self.socket.close()

    def vanish(self):
        """Cuts the connection without a word."""
        self.socket.socket.close()
