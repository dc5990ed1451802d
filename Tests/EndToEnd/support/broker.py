"""A real mosquitto broker with the access rules of DOJOT's, and what an observer sees on it."""

import json
import shutil
import socket
import subprocess
import time

from .program import DEADLINE, Lines

RULES = """
user observer
topic read #
user bridge
topic read #
topic write +/config
pattern write %u/attrs
pattern read %u/config
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    def __init__(self, folder):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program, "mosquitto is not installed"
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        rules = folder / "rules"
        rules.write_text(RULES)
        rules.chmod(0o644)
        configuration = folder / "mosquitto.conf"
        configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nacl_file {rules}\n"
                                 f"user root\npersistence false\nmax_queued_messages 0\n")
        self.command = [program, "-c", configuration]
        self.lines = None
        self.start()

    def start(self):
        """Returns when the broker listens and the observer is subscribed; what was seen before stays."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, "mosquitto does not start"
        self.observer = subprocess.Popen(
            ["stdbuf", "-oL", "mosquitto_sub", "-p", str(self.port), "-u", "observer", "-q", "1", "-t", "#", "-v", "-d"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        earlier = self.lines.lines if self.lines else []
        self.lines = Lines(self.observer.stdout)
        self.lines.wait_for(lambda line: b"Subscribed" in line, "subscription of the observer")
        with self.lines.changed:
            self.lines.lines[:0] = earlier

    def kill(self):
        """`kill -9`; nobody is told anything."""
        self.process.kill()
        self.process.wait()
        self.end_observer()

    def end_observer(self):
        # Told to end, mosquitto_sub may go on trying to connect, or wait for a lock that it holds itself.
        self.observer.kill()
        self.observer.wait()
        self.lines.thread.join(DEADLINE)

    def messages(self, topic=None):
        found = []
        for line in list(self.lines.lines):
            name, _, text = line.partition(b" ")
            if b"/attrs" in name and (topic is None or name == topic.encode()):
                found.append(json.loads(text))
        return found

    def wait_for(self, matches, what="message", timeout=DEADLINE):
        def line_matches(line):
            name, _, text = line.partition(b" ")
            return b"/attrs" in name and matches(name.decode(), json.loads(text))
        line = self.lines.wait_for(line_matches, what, timeout)
        return json.loads(line.partition(b" ")[2])

    def close(self):
        self.end_observer()
        self.process.terminate()
        self.process.wait(DEADLINE)
