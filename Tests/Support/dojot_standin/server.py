"""Takes HTTP requests to the service that answers them."""

import re
import threading
import traceback
import urllib.parse
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from accounts import Account, Accounts, decode_claims
from answers import Answer, Refusal, Request, internal_error, invalid_endpoint, refusal
from devices import Devices
from history import History
from live import Live
from templates import Templates
from tenant import Tenant
from x509 import Certificates


ROUTES = [
    ("GET", "/template", "templates", "list"),
    ("POST", "/template", "templates", "create"),
    ("GET", "/template/([^/]+)", "templates", "get"),
    ("PUT", "/template/([^/]+)", "templates", "update"),
    ("DELETE", "/template/([^/]+)", "templates", "delete"),
    ("GET", "/device", "devices", "list"),
    ("POST", "/device", "devices", "create"),
    ("GET", "/device/template/([^/]+)", "devices", "list_by_template"),
    ("POST", "/device/gen_psk/([^/]+)", "devices", "generate_keys"),
    ("GET", "/device/([^/]+)", "devices", "get"),
    ("PUT", "/device/([^/]+)", "devices", "update"),
    ("DELETE", "/device/([^/]+)", "devices", "delete"),
    ("PUT", "/device/([^/]+)/actuate", "devices", "actuate"),
    ("GET", "/history/device/([^/]+)/history", "history", "get"),
    ("GET", "/kafka-ws/v1/ticket", "live", "ticket"),
    ("GET", "/x509/v1/ca", "certificates", "ca"),
    ("POST", "/x509/v1/certificates", "certificates", "create"),
    ("PATCH", "/x509/v1/certificates/([^/]+)", "certificates", "assign"),
]


def route(request):
    """Service, method and arguments for a request."""
    for http_method, pattern, service, method in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and http_method == request.method:
            return service, method, match.groups()
    raise invalid_endpoint()


class Clock:
    """The machine's clock, started at another time and moved on where a test asks for it, or by that alone."""

    def __init__(self, start=None, is_frozen=False):
        self.offset = timedelta(0)
        self.frozen_at = datetime.now(timezone.utc) if is_frozen else None
        if start is not None:
            self.offset = start.astimezone(timezone.utc) - self.now()

    def now(self):
        return (self.frozen_at or datetime.now(timezone.utc)) + self.offset

    def seconds(self):
        return self.now().timestamp()

    def iso(self):
        return self.now().isoformat(timespec="microseconds")


class MessageBus:
    """What the device manager does after its commit, and which may fail then."""

    def __init__(self, down, fail_after_create):
        self.down = down
        self.bridge = None  # to the MQTT broker, where there is one
        self.creates_until_failure = fail_after_create  # 0: none fails

    def tell(self):
        if self.down:
            raise internal_error()

    def configure(self, tenant, device, payload):
        """What a device hears on its configuration topic."""
        if self.bridge:
            self.bridge.configure(tenant, device, payload)

    def after_create(self):
        if self.creates_until_failure > 0:
            self.creates_until_failure -= 1
            if self.creates_until_failure == 0:
                raise internal_error()


class StandIn:
    """All the services, and which of them answers what."""

    def __init__(self, arguments):
        self.clock = Clock(arguments.now, arguments.frozen)
        users = arguments.user or [Account("admin", "admin", "admin")]
        for reader in arguments.reader:
            reader.may_write = False
        self.accounts = Accounts(users + arguments.reader, self.clock, arguments.token_lifetime,
                                 arguments.rate_limit, arguments.retry_after)
        self.gateway = not arguments.without_gateway
        self.bus = MessageBus(arguments.bus_down, arguments.fail_after_create)
        self.tenants = defaultdict(Tenant)
        self.live = Live(self.clock, arguments.live_lifetime)
        self.certificates = None  # made with the first request for one
        self.ca_folder = arguments.ca
        self.requests = Counter()
        self.lock = threading.Lock()
        if arguments.mqtt:
            from bridge import Bridge  # needs paho-mqtt, which only tests with a broker have
            self.bus.bridge = Bridge(arguments.mqtt, self)

    def publish(self, tenant, device, attrs):
        """What a device published."""
        from bridge import message_time
        with self.lock:
            now = self.clock.now()
            time = message_time(attrs, now)
            History(self.tenants[tenant], self.clock).add(device, attrs, time)
        self.live.publish(tenant, device, attrs, time)

    def upgrade(self, request, query):
        """The tenant of a request for a WebSocket, and whether its topic is the tenant's."""
        with self.lock:
            if request.headers.get("Upgrade", "").lower() != "websocket":
                raise Refusal(426, None)
            return self.live.redeem(request.path, query)

    def answer(self, request):
        """One request at a time, as all rows are in memory."""
        with self.lock:
            try:
                return self._answer(request)
            except Refusal as refused:
                return refused.answer
            except Exception:  # as the real services do, but not in silence
                traceback.print_exc()
                return internal_error().answer

    def _answer(self, request):
        if request.path.startswith("/_standin/"):
            return self._control(request)
        self.requests[f"{request.method} {request.path}"] += 1
        if request.path.rstrip("/") == "/auth":
            if request.method != "POST":
                raise invalid_endpoint()
            return self.accounts.login(request)
        service, method, arguments = route(request)
        name = self._tenant_name(request)
        if service == "live":
            return self.live.ticket(name)
        if service == "certificates":
            if self.certificates is None:
                self.certificates = Certificates(self.ca_folder)
            arguments += (name,) if method == "create" else ()
            return getattr(self.certificates, method)(request, *arguments)
        tenant = self.tenants[name]
        tenant.name = name
        return getattr(self._services(tenant)[service], method)(request, *arguments)

    def _services(self, tenant):
        history = History(tenant, self.clock)
        return {"templates": Templates(tenant, self.clock, self.bus),
                "devices": Devices(tenant, self.clock, self.bus, history), "history": history}

    def _tenant_name(self, request):
        if self.gateway:
            return self.accounts.tenant_at_gateway(request)
        header = request.headers.get("Authorization")
        if header is None:
            raise refusal(401, "No authorization token has been supplied")
        if "." not in header:
            raise internal_error()
        try:
            return decode_claims(header)["service"]
        except (ValueError, KeyError):
            raise refusal(401, "Invalid authentication token") from None

    def _control(self, request):
        """For tests alone; no DOJOT has these paths."""
        if request.path == "/_standin/requests":
            return Answer(dict(self.requests))
        payload = request.loose_payload()
        tenant = self.tenants[payload.get("tenant", "admin")]
        if request.path == "/_standin/history":
            history = History(tenant, self.clock)
            for sample in payload["samples"]:
                history.add(payload["device"], {sample["attr"]: sample["value"]},
                            datetime.fromisoformat(sample["ts"]))
        elif request.path == "/_standin/device-ids":
            tenant.next_device_ids = payload["next"]
        elif request.path == "/_standin/clock":
            self.clock.offset += timedelta(seconds=payload["advanceSeconds"])
        elif request.path == "/_standin/tokens":
            self.accounts.forget_tokens()
        elif request.path == "/_standin/bus":
            self.bus.down = payload.get("down", self.bus.down)
            self.bus.creates_until_failure = payload.get("failAfterCreate", self.bus.creates_until_failure)
        else:
            raise invalid_endpoint()
        return Answer(None, 204)


def serve(stand_in, host, port):
    """A bound server; `serve_forever` runs it."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave together

        def respond(self):
            url = urllib.parse.urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, urllib.parse.unquote(url.path),
                              urllib.parse.parse_qs(url.query, keep_blank_values=True), self.headers, body)
            if request.path.startswith("/kafka-ws/v1/topics/"):
                try:
                    listener = stand_in.upgrade(request, url.query)
                except Refusal as refused:
                    return self.write(refused.answer)
                self.close_connection = True
                return stand_in.live.serve(self.connection, self.headers, *listener)
            self.write(stand_in.answer(request))

        def write(self, answer):
            encoded = answer.encoded()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", answer.content_type)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    return Server((host, port), Handler)
