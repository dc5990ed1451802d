"""A charge point by hand: frames as they are given, over PyPI `websockets`."""

import json
import threading

from websockets.sync.client import connect

from .program import DEADLINE


class ChargePoint:
    def __init__(self, url, identity, subprotocols=("ocpp1.6",), **options):
        self.identity = identity
        self.socket = connect(f"{url}/{identity}", subprotocols=list(subprotocols) or None, open_timeout=DEADLINE,
                              max_size=None, legacy=True, **options)
        self.count = 0

    def send(self, text):
        self.socket.send(text)

    def receive(self, timeout=DEADLINE):
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

    def settle(self):
        """Returns once all that was answered before is in the store, where other programs read it.

        Most CALLs are answered before their rows are committed. A SecurityEventNotification is answered after its own
        commit, and the store's writer keeps order (docs/architecture.md, "One frame's way").
        """
        self.ask("SecurityEventNotification", {
            "type": "SettingSystemTime", "timestamp": "2026-03-01T10:00:00Z", "techInfo": f"{self.count}"})

    def close(self):
        self.socket.close()

    def vanish(self):
        """Cuts the connection without a word."""
        self.socket.socket.close()


class Answering(ChargePoint):
    """A charge point that answers on a thread of its own and keeps what came."""

    def __init__(self, url, identity, answer=lambda action, payload: {"status": "Accepted"}):
        super().__init__(url, identity)
        self.texts = []
        self.answer = answer
        self.boot()
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        try:
            for text in self.socket:
                with self.changed:
                    self.texts.append(text)
                    self.changed.notify_all()
                try:
                    frame = json.loads(text)
                except ValueError:
                    continue
                if frame[0] == 2 and (payload := self.answer(frame[2], frame[3])) is not None:
                    self.send(json.dumps([3, frame[1], payload]))
        except Exception as error:  # The socket is gone.
            self.error = error

    def calls(self):
        return [json.loads(text)[2:] for text in self.texts if text.startswith("[2")]

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.texts) >= count, DEADLINE), self.texts

    def tell(self, action, payload):
        self.count += 1
        self.send(json.dumps([2, f"t{self.count}", action, payload]))
