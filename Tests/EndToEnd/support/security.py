"""Charge points that prove themselves, and those that try to get in without."""

import base64
import json
import socket
import ssl

from .charge_point import ChargePoint
from .program import run
from .secrets import KEY, OTHER_KEY  # noqa: F401


def basic(identity, secret):
    """The header's value; a secret that is bytes goes as they are."""
    secret = secret if isinstance(secret, bytes) else secret.encode()
    return "Basic " + base64.b64encode(identity.encode() + b":" + secret).decode()


def upgrade(target, authorization=None, extra=()):
    lines = [f"GET {target} HTTP/1.1", "Host: test", "Connection: Upgrade", "Upgrade: websocket",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: ocpp1.6", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return ("\r\n".join([*lines, *extra]) + "\r\n\r\n").encode()


def port_of(url):
    return int(url.split(":")[2].split("/")[0])


def status(url, identity, authorization=None, extra=(), context=None):
    """What the server answers to one request: the HTTP status, or 0 where TLS or the connection failed."""
    try:
        with socket.create_connection(("127.0.0.1", port_of(url)), 10) as raw:
            with (context.wrap_socket(raw, server_hostname="localhost") if context else raw) as link:
                link.sendall(upgrade(f"/ocpp/{identity}", authorization, extra))
                answer = link.recv(4096)
    except (ssl.SSLError, ConnectionError):
        return 0
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def connect(url, identity, secret=None, context=None):
    options = {}
    if secret is not None:
        options["additional_headers"] = {"Authorization": basic(identity, secret)}
    if context:
        # The client reads in a thread of its own, at once where TLS 1.3 sends tickets, and Python before 3.13 lets both
        # threads into OpenSSL together: one connection in two hundred then said nothing, and took that for the server's end.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        options["ssl"] = context
        url = url.replace("127.0.0.1", "localhost")
    return ChargePoint(url, identity, **options)


def trusting(ca, certificate=None):
    context = ssl.create_default_context(cafile=ca)
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def passwords(folder, **secrets):
    """A passwords' file, as `ocppctl passwords` writes it."""
    path = folder / "passwords.jsonl"
    for identity, secret in secrets.items():
        set_password(path, identity, secret)
    return path


def set_password(path, identity, secret):
    done = run("passwords", "set", identity, "--passwords", path, "--password-file", "-", stdin=secret.encode())
    assert done.returncode == 0, done.stderr


def metrics(central_system):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(central_system.control))
        control.sendall(b'{"request":"metrics","number":1}\n')
        return json.loads(control.makefile().readline())["metrics"]
