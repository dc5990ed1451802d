"""A crash while a real broker takes what is published, dies, comes back, and while acknowledgements are lost."""

import json
import sqlite3
import threading
import time

from .crash import Run
from .mqtt_proxy import WatchingProxy
from .program import DEADLINE


class BrokerRun(Run):
    """One store, one load, one disaster; and troubles between the server and its broker, in the middle of the load.

    `troubles` are names of methods below, by the number of messages that were acknowledged to charge points before.
    """

    def __init__(self, library, folder, broker, troubles=None, **load):
        self.broker = broker
        broker.lines.lines.clear()
        self.proxy = WatchingProxy(broker.address)
        super().__init__(library, folder, mqtt=self.proxy.address, **load)
        self.troubles = dict(troubles or {})
        self.counting = threading.Lock()
        self.count = 0
        self.is_over = False
        # What the broker acknowledged in the life that it has now: it keeps nothing beyond.
        self.before_this_life = set()
        for station in self.stations:
            station.answered = self._answered

    def close(self):
        self._broker_lives()
        self.proxy.close()

    def _answered(self):
        """What takes no time is done before the next answer counts; for what is waited for the others do not wait."""
        with self.counting:
            self.count += 1
            trouble = None if self.is_over else self.troubles.pop(self.count, None)
            if trouble in ("broker_dies", "acknowledgements_are_lost"):
                return getattr(self, trouble)()
        if trouble:
            getattr(self, trouble)()

    # MARK: Troubles

    def broker_dies(self):
        self.broker.kill()

    def broker_lives(self):
        """Back, and publications come through again."""
        self._broker_lives()
        self._wait_for_more()

    def acknowledgements_are_lost(self):
        """From here on none arrives."""
        self.proxy.swallows = True

    def connections_are_cut(self):
        """Those over which acknowledgements were lost; the next ones are sound."""
        self.proxy.wait_until(lambda: self.proxy.swallowed or self._is_dead())
        self.proxy.swallows = False
        self.proxy.cut()
        self._wait_for_more()

    def _broker_lives(self):
        if self.broker.process.poll() is not None:
            # Nothing is published before the observer is there to see it.
            self.proxy.refuses = True
            self.proxy.cut()
            self.before_this_life = self.proxy.all_acknowledged()
            self.broker.start()
            self.proxy.refuses = False

    def _wait_for_more(self):
        known = self.proxy.answers
        self.proxy.wait_until(lambda: self.proxy.answers > known or self._is_dead())

    def _is_dead(self):
        return self.server.process.poll() is not None

    # MARK: The phases

    def recovery(self):
        self.is_over = True
        self.proxy.swallows = False
        self._broker_lives()
        super().recovery()

    def _charged(self):
        if not self.is_over:
            # So that the end of the load finds acknowledgements on their way, too.
            return
        end = time.monotonic() + DEADLINE
        while unsent := self._count("SELECT count(*) FROM outbox WHERE sent_ms IS NULL"):
            assert time.monotonic() < end, f"{unsent} publications wait in vain"
            time.sleep(0.01)

    # MARK: The judge

    def _rows(self, query):
        database = sqlite3.connect(f"file:{self.folder / 'store.db'}?mode=ro", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def _count(self, query):
        return self._rows(query)[0][0]

    def falsely_done(self):
        """Rows that are done and that no acknowledgement has reached the server for: nobody would send them again."""
        rows = self._rows("SELECT payload FROM outbox WHERE sent_ms NOT NULL")
        events = [json.loads(payload)["eventId"] for payload, in rows]
        return [f"done without an acknowledgement: {event}" for event in events if event not in self.proxy.passed]

    def undelivered(self):
        """After the recovery: what the broker has not got, or not in order, or not as it is stored."""
        faults = list(self.proxy.faults)
        rows = {}
        for charge_point, payload in self._rows("SELECT charge_point, payload FROM outbox ORDER BY id"):
            rows.setdefault(f"admin:{int(charge_point[2:]):06x}/attrs", []).append(payload)
        for topic, payloads in rows.items():
            events = [json.loads(payload)["eventId"] for payload in payloads]
            got = self.proxy.acknowledged.get(topic, [])
            if got != events:
                faults.append(f"{topic}: not each in order: {got} of {events}")
            faults += [f"{topic}: not as it is stored: {event}" for event, payload in zip(events, payloads)
                       if self.proxy.payloads.get(event) != payload.encode()]
        return faults + self._unseen()

    def _unseen(self):
        """What an independent subscriber must have got: all that its broker acknowledged since that was started."""
        expected = self.proxy.all_acknowledged() - self.before_this_life
        end = time.monotonic() + DEADLINE
        while missing := expected - {message.get("eventId") for message in self.broker.messages()}:
            if time.monotonic() > end:
                return [f"acknowledged by the broker and not seen by a subscriber: {missing}"]
            time.sleep(0.01)
        return []
