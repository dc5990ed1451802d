"""Every error that DOJOT's contract lists, with what the user sees of it."""

import http.server
import json
import socket
import threading

import pytest

from support.program import ROOT, environment, run
from support.secrets import DOJOT_PASSWORD, PASSWORD, written
from test_provision import TWO

UNAUTHORIZED = (401, "application/json", b'{"message":"Unauthorized"}')
PAGE = b"<!DOCTYPE HTML><title>400 Bad Request</title>"


@pytest.fixture
def scripted():
    """A server that answers by path with what it is given, and everything else as an empty DOJOT does."""
    servers = []

    def start(answers):
        token = "e30." + "eyJzZXJ2aWNlIjoiYWRtaW4iLCJpYXQiOjAsImV4cCI6NDIwfQ" + ".x"
        usual = {"POST /auth": (200, "application/json", json.dumps({"jwt": token}).encode()),
                 "GET /template": (200, "application/json",
                                   b'{"pagination":{"page":1,"total":0,"has_next":false,"next_page":null},"templates":[]}')}

        class Handler(http.server.BaseHTTPRequestHandler):
            def respond(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, kind, body = (usual | answers).get(f"{self.command} {self.path.split('?')[0]}", UNAUTHORIZED)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = respond

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


JSON = "application/json"
TABLE = [
    # what DOJOT answers, the exit status, what is said on standard error or in a record
    ({"POST /auth": (403, JSON, b'{"message":"AuthorizationError","status":403}')}, 77,
     "DOJOT refuses the password of user admin"),
    ({"POST /auth": (401, JSON, b'{"message":"AuthenticationError","status":401}')}, 77, "DOJOT has no user admin"),
    ({"POST /auth": (400, JSON, b'{"message":"missing username","status":400}')}, 76,
     "POST /auth: 400 missing username"),
    ({"POST /auth": (400, "text/html", PAGE)}, 76, "POST /auth: 400 without a reason"),
    ({"POST /auth": (200, JSON, b'{"jwt":"no-token"}')}, 76, "POST /auth gave no token with a tenant"),
    ({"POST /auth": (200, "text/html", b"<html>welcome</html>")}, 76, "not an answer of DOJOT: POST /auth gave no JSON"),
    ({"GET /template": (403, JSON, b"")}, 77, "the user has no permission for GET /template"),
    ({"GET /template": UNAUTHORIZED}, 1, "401 Unauthorized"),
    ({"GET /template": (500, JSON, b'{"msg":"Internal Error"}')}, 1, "500 Internal Error"),
    ({"GET /template": (400, JSON, b'{"message":"Page numbers must be greater than 1","status":400}')}, 1,
     "400 Page numbers must be greater than 1"),
    ({"POST /template": (400, JSON, b'{"message":"Payload must be valid JSON, and Content-Type set accordingly","status":400}')},
     1, "400 Payload must be valid JSON, and Content-Type set accordingly"),
    ({"POST /template": (400, JSON, b'{"message":"failed to parse input","errors":{"label":["Missing data for required field."]}}')},
     1, 'failed to parse input {"label":["Missing data for required field."]}'),
    ({"POST /template": (500, JSON, b'{"msg":"Internal Error"}')}, 1, "POST /template: 500 Internal Error"),
    ({"POST /template": (404, JSON, b'{"message":"No such template: 9","status":404}')}, 1, "No such template: 9"),
    ({"POST /template": (200, JSON, b'{"result":"ok"}')}, 1, "a template was changed, and its answer gave none"),
    ({"GET /template": (200, JSON, b'{"templates":7}')}, 1, "GET /template gave no list"),
    ({"GET /template": (200, JSON, b'[]')}, 1, "GET /template gave no list"),
    ({"GET /template": (200, JSON, b'{"pagination":{"page":1,"total":9,"has_next":true},"templates":[]}')}, 1,
     "GET /template gave pages without end"),
]


@pytest.mark.parametrize("answers, status, said", TABLE, ids=lambda value: value if isinstance(value, str) else None)
def test_each_row_is_said(scripted, provision, tmp_path, answers, status, said):
    secret = written(tmp_path / "secret", PASSWORD + "\n")
    done = provision(scripted(answers), "-", stdin=TWO, password=secret)
    text = (done.stderr + done.stdout).decode().replace('\\"', '"')
    assert said in text, text
    assert done.returncode == status, text
    assert PASSWORD not in text and "eyJ" not in text, "no secret"


def test_a_row_that_is_there_though_dojot_failed(dojot, provision):
    done = provision(dojot("--bus-down").url, "-", stdin=TWO)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [line["result"] for line in lines] == ["created"] * 3
    assert [line.get("message") for line in lines[1:]] == [
        "it is there, though DOJOT failed: POST /device: 500 Internal Error"] * 2


@pytest.mark.parametrize("kind", ["template", "device"])
def test_duplicate_labels_are_refused_by_their_ids(dojot, provision, kind):
    standin = dojot().login()
    for _ in range(2):
        if kind == "template":
            standin.send("POST", "/template", {"label": "ocpp-charge-point", "attrs": []})
        else:
            standin.send("POST", "/device", {"label": "CP001", "templates": []})
    before = standin.send("GET", f"/{kind}").text
    done = provision(standin.url, "-", stdin=TWO)
    assert done.returncode == 1
    failed = next(json.loads(line) for line in done.stdout.splitlines() if b'"failed"' in line)
    label = "ocpp-charge-point" if kind == "template" else "CP001"
    assert failed["message"].startswith(f"2 {kind}s have the label {label} (ids ")
    assert failed["message"].endswith("delete or rename all but one")
    after = json.loads(standin.send("GET", f"/{kind}").text)[f"{kind}s"]
    assert sorted(row["id"] for row in after if row["label"] == label) == sorted(
        row["id"] for row in json.loads(before)[f"{kind}s"]), "none is touched, and none is added"


def test_long_texts_are_said_before_dojot_answers_500(dojot, provision):
    standin = dojot()
    done = provision(standin.url, "-", stdin=b'{"chargePointId":"%s"}\n' % (b"C" * 129))
    failed = json.loads(done.stdout.splitlines()[1])
    assert failed["message"] == "ocppId has 129 characters, and DOJOT keeps 128"
    assert done.returncode == 1 and "POST /device" not in standin.send("GET", "/_standin/requests").json


def test_a_server_that_says_nothing_or_hangs_up(provision):
    with socket.create_server(("127.0.0.1", 0)) as server:
        def hang_up():
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return
        threading.Thread(target=hang_up, daemon=True).start()
        done = provision(f"http://127.0.0.1:{server.getsockname()[1]}", "-", stdin=TWO)
        server.shutdown(socket.SHUT_RDWR)
    assert done.returncode == 75 and b"no answer from DOJOT: the connection ended before the answer was whole" in done.stderr


@pytest.mark.parametrize("answer, status, said", [
    ((500, "text/plain", b"A server error occurred.  Please contact the administrator."), 76, "500 without a reason"),
    ((400, JSON, b'{"title":"Invalid parameter","description":"Must be integer."}'), 76, "400 Must be integer."),
    ((404, JSON, b'{"title":"Device not found","description":"No data"}'), 0, ""),
    ((200, JSON, b'{"c1_power_W":[{"attr":"c1_power_W","value":1,"ts":"soon"}]}'), 76, "gave a value without attr, ts or value"),
])
def test_errors_of_the_history(scripted, tmp_path, answer, status, said):
    written(tmp_path / "password", DOJOT_PASSWORD)
    (tmp_path / "map.json").write_text('{"tenant":"admin","devices":{"CP001":"ffd6c7"}}')
    url = scripted({"GET /history/device/ffd6c7/history": answer})
    done = run("history-dojot", "--url", url, "--user", "admin", "--password-file", tmp_path / "password", "--dojot",
               tmp_path / "map.json", env=environment(XDG_CACHE_HOME=str(tmp_path / "cache")))
    assert done.returncode == status and said in done.stderr.decode(), done.stderr


def test_the_manual_tells_of_them():
    table = (ROOT / "docs" / "dojot.md").read_text().split("### What goes wrong")[1]
    for said in ("DOJOT has no user", "refuses the password", "no permission", "takes no more requests", "delete or rename"):
        assert said in table
