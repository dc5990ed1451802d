"""Mosquitto as DOJOT's broker: its access rules, mutual TLS, restarts; and a proxy that cuts sessions."""

import shutil
import socket
import subprocess
import time

from .broker import free_port
from .program import DEADLINE
from .proxy import Proxy

# Each connection may publish to its own topic alone, and subscribe to its own alone. The bridge is DOJOT's own.
RULES = """
user bridge
topic read #
topic write +/config
topic write /+/+/config
pattern write %u/attrs
pattern read %u/config
"""

class DojotBroker:
    """`mqtt` is where devices connect; `address`, always plain, is where the bridge does."""

    def __init__(self, folder, certificates=None, old_names=False, anonymous=True):
        self.program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert self.program, "mosquitto is not installed"
        self.folder = folder
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        rules = folder / "dojot-rules"
        # Rules cannot take a client id apart, so v0.4's names are open to all.
        rules.write_text(("topic readwrite /#\n" if old_names else "") + RULES)
        rules.chmod(0o644)
        lines = ["user root", "per_listener_settings false", f"acl_file {rules}", f"allow_anonymous {str(anonymous).lower()}",
                 "persistence true", f"persistence_location {folder}/", "autosave_interval 1",
                 "autosave_on_changes false", "max_queued_messages 0", "max_inflight_messages 1000",
                 f"listener {self.port} 127.0.0.1"]
        self.mqtt = self.address
        if certificates:
            port = free_port()
            self.mqtt = f"127.0.0.1:{port}"
            lines += [f"listener {port} 127.0.0.1", f"cafile {certificates / 'ca.pem'}",
                      f"certfile {certificates / 'broker.crt'}", f"keyfile {certificates / 'broker.key'}",
                      "require_certificate true", "use_identity_as_username true"]
        self.configuration = folder / "dojot-mosquitto.conf"
        self.configuration.write_text("\n".join(lines) + "\n")
        self.log = open(folder / "mosquitto.log", "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program, "-c", self.configuration], stdout=self.log,
                                        stderr=self.log)
        end = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, "mosquitto does not start"
                time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def close(self):
        self.stop()
        self.log.close()


def broker_certificate(folder):
    """A certificate authority and a certificate of it for 127.0.0.1, as DOJOT's broker has one."""
    folder.mkdir(exist_ok=True)

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", folder / "ca.key", "-out",
            folder / "ca.pem", "-subj", "/CN=X.509 Certificate Authority/O=dojot IoT Platform")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "broker.key", "-out", folder / "broker.csr",
            "-subj", "/CN=broker")
    extensions = folder / "broker.ext"
    extensions.write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-days", "30", "-in", folder / "broker.csr", "-CA", folder / "ca.pem", "-CAkey",
            folder / "ca.key", "-set_serial", "1", "-extfile", extensions, "-out", folder / "broker.crt")
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


class CuttingProxy(Proxy):
    """Passes connections on to a broker, and cuts each after a lifetime, without a word, as VerneMQ does."""

    def __init__(self, target, lifetime):
        self.lifetime = lifetime
        super().__init__(target)
