"""The dashboard as people see it: a real browser, a real server, charge points."""

import http.client
import json
import re
import subprocess
import time
from urllib.parse import quote, urlsplit

import pytest

from support.browser import Browser, Dashboard
from support.charge_point import Answering, ChargePoint
from support.program import BINARY, DEADLINE, ROOT, environment, run

HOSTILE = "<img src=x onerror=\"window.hacked=1\">"


@pytest.fixture
def dashboard():
    """Starts dashboards; they are gone at the end of the test."""
    running = []

    def start(*flags, **options):
        running.append(Dashboard(*flags, **options))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture
def browser():
    """Starts browsers. Whatever a page complained of fails the test, and so does a request to anywhere else."""
    running = []

    def start(**options):
        running.append(Browser(**options))
        return running[-1]

    yield start
    complaints = [complaint for one in running for complaint in one.complaints]
    elsewhere = [url for one in running for url in one.requests
                 if urlsplit(url).hostname not in ("127.0.0.1", None)]
    for one in running:
        one.close()
    assert complaints == [] and elsewhere == []


@pytest.fixture
def simulate():
    """Starts simulated charge points; they are gone at the end of the test."""
    running = []

    def start(central_system, *flags):
        running.append(subprocess.Popen(
            [BINARY, "simulate", "--url", central_system.url, "--quiet", *flags], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def page(central_system, dashboard, browser):
    """A central system, and a browser that looks at it."""
    one = browser()
    one.central_system = central_system
    one.url = dashboard("--control", central_system.control).url
    one.open(one.url)
    one.wait_for_text("live", "#link")
    return one


def go(browser, path):
    browser.value(f"location.hash = {json.dumps(path)}")


def station_path(identity):
    return f"/charge-point/{quote(identity, safe='')}"


def csv_of(browser):
    """What the page's own link downloads."""
    return browser.value("fetch(document.querySelector('#download').href).then((answer) => answer.text())").encode()


# A session's life


def test_a_session_appears_moves_stops_and_is_in_the_table(page, simulate):
    simulated = simulate(page.central_system, "--id", "CP001", "--speed", "60", "--session",
                         "connector=1,idTag=BUS-17,energy=8kWh,power=50kW")
    page.wait_for_text("CP001", "#running")
    page.wait("document.querySelector('#running tbody tr').children[4].textContent === '50 kW'")
    first = page.rows("#running")[0]
    assert first[:3] == ["CP001", "1", "BUS-17"]
    page.wait(f"document.querySelector('#running tbody tr').children[5].textContent !== {json.dumps(first[5])}")
    page.wait("document.querySelector('#tile-power dd').textContent === '50 kW'")
    page.wait("document.querySelector('#tile-charging dd').textContent === '1'")
    page.wait("[...document.querySelectorAll('#stations .chip')].some((chip) => chip.textContent === '1 Charging')")
    assert simulated.wait(60) == 0
    page.wait_for_text("Nothing charges now.", "#running")
    page.wait("document.querySelector('#tile-power dd').textContent === '0 kW'")
    page.wait("document.querySelectorAll('#stations .is-offline').length === 1")
    page.wait("document.querySelectorAll('.chart .line[d]').length === 2")

    go(page, "/sessions")
    page.wait("document.querySelectorAll('#sessions tbody tr').length === 1")
    row = page.rows("#sessions")[0]
    assert row[:3] == ["CP001", "1", "BUS-17"] and row[6] == "8 kWh" and row[7:10] == ["50 kW", "complete", "Local"]
    assert csv_of(page) == run("export-sessions", "--store", page.central_system.store).stdout

    go(page, "/consumption")
    page.wait_for_text("Total: 1 sessions, 8 kWh")
    page.set("#by", "idTag")
    page.wait("document.querySelector('#consumption tbody th').textContent === 'BUS-17'")


def test_filters_choose_rows_and_what_is_downloaded(page):
    for identity, day in (("CP001", "01"), ("CP001", "02"), ("CP002", "02"), ("DEPOT-9", "03")):
        station = ChargePoint(page.central_system.url, identity)
        station.boot()
        started = station.ask("StartTransaction", {
            "connectorId": 1, "idTag": f"T-{identity}", "meterStart": 0, "timestamp": f"2026-03-{day}T12:00:00Z"})
        station.ask("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 1500,
                                        "timestamp": f"2026-03-{day}T13:00:00Z"})
        station.close()
    go(page, "/sessions")
    page.wait("document.querySelectorAll('#sessions tbody tr').length === 4")

    def chosen(count):
        page.wait(f"document.querySelectorAll('#sessions tbody tr').length === {count}")
        return [row[0] for row in page.rows("#sessions")]

    def exported(*flags):
        return run("export-sessions", "--store", page.central_system.store, *flags).stdout

    page.set("#filter-charge-point", "CP001")
    assert chosen(2) == ["CP001", "CP001"]
    assert csv_of(page) == exported("--charge-point", "CP001")
    page.set("#filter-charge-point", "CP*")
    assert chosen(3) == ["CP002", "CP001", "CP001"]
    page.set("#filter-charge-point", "")
    page.set("#filter-from", "2026-03-02")
    page.set("#filter-to", "2026-03-02")
    assert chosen(2) == ["CP002", "CP001"]
    # Days are the browser's: those of São Paulo.
    assert csv_of(page) == exported("--timezone", "UTC", "--since", "2026-03-02T00:00:00-03:00", "--until",
                                    "2026-03-03T00:00:00-03:00").replace(b"+00:00", b"Z")
    page.set("#filter-id-tag", "t-cp002")
    assert chosen(1) == ["CP002"]
    page.set("#filter-id-tag", "nobody")
    page.wait_for_text("No session matches.")


def test_more_sessions_than_a_page_shows(page):
    station = ChargePoint(page.central_system.url, "CP001")
    station.boot()
    for number in range(120):
        started = station.ask("StartTransaction", {
            "connectorId": 1, "idTag": f"T{number}", "meterStart": 0, "timestamp": f"2026-03-01T12:{number % 60:02}:00Z"})
        station.ask("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 1,
                                        "timestamp": "2026-03-01T14:00:00Z"})
    go(page, "/sessions")
    for count in (50, 100):
        page.wait(f"document.querySelectorAll('#sessions tbody tr').length === {count}")
        page.click("#more")
    page.wait("document.querySelectorAll('#sessions tbody tr').length === 120")
    assert [row[2] for row in page.rows("#sessions")] == [f"T{number}" for number in reversed(range(120))]
    assert page.value("document.querySelector('#more').hidden")
    station.close()


# Commands


def test_remote_start_and_stop_from_the_page(page, simulate):
    simulate(page.central_system, "--id", "CP001", "--speed", "60")
    go(page, station_path("CP001"))
    page.wait_for_text("online since")
    page.wait("document.querySelector('#connector').options.length > 2")
    page.set("#connector", "1")
    page.click("#commands button")
    page.wait_for_text("an idTag is needed", "#outcomes")
    page.set("#idTag", "VISITOR")
    page.click("#commands button")
    page.wait_for_text("Start charging: accepted", "#outcomes")
    page.wait("[...document.querySelectorAll('#connectors tbody tr')][1].children[4].textContent === 'VISITOR'")
    page.wait("document.querySelectorAll('main .chart .line[d]').length === 2")
    page.set("#command", "stop")
    page.click("#commands button")
    page.wait_for_text("Stop charging: accepted", "#outcomes")
    page.wait("[...document.querySelectorAll('#connectors tbody tr')][1].children[4].textContent === ''")


def test_outcomes_are_shown_as_they_are(page):
    answers = {"UnlockConnector": {"status": "UnlockFailed"}, "Reset": {"status": "Accepted"}}
    station = Answering(page.central_system.url, "CP001", lambda action, payload: answers.get(action))
    go(page, station_path("CP001"))
    page.wait_for_text("online since")
    for name, words in (("unlock", "Unlock the connector: refused (UnlockFailed)"), ("resetSoft", "Reset (soft): accepted"),
                        ("resetHard", "Reset (hard): accepted"), ("stop", "no transaction runs")):
        page.set("#command", name)
        page.click("#commands button")
        page.wait_for_text(words, "#outcomes")
    assert station.calls() == [["UnlockConnector", {"connectorId": 1}], ["Reset", {"type": "Soft"}],
                               ["Reset", {"type": "Hard"}]]
    station.close()
    page.wait_for_text("offline since")
    page.set("#command", "resetSoft")
    page.click("#commands button")
    page.wait_for_text("not sent, the charge point is not connected", "#outcomes")


# What charge points send


def test_hostile_strings_stay_text(page):
    station = ChargePoint(page.central_system.url, "CP001")
    station.call("BootNotification", {
        "chargePointVendor": HOSTILE, "chargePointModel": HOSTILE, "firmwareVersion": HOSTILE,
        "chargePointSerialNumber": HOSTILE})
    station.call("StatusNotification", {"connectorId": 1, "status": HOSTILE, "errorCode": HOSTILE, "info": HOSTILE})
    station.call("StartTransaction", {
        "connectorId": 1, "idTag": HOSTILE, "meterStart": 0, "timestamp": "2026-03-01T12:00:00Z"})
    station.call(HOSTILE, {HOSTILE: HOSTILE})
    station.send("[2," + HOSTILE)
    page.wait_for_text(HOSTILE, "#running")
    page.wait_for_text(HOSTILE, "#stations")
    go(page, station_path("CP001"))
    page.wait_for_text(HOSTILE, ".facts")
    page.wait_for_text(HOSTILE, "#connectors")
    page.wait_for_text(HOSTILE, "#frames")
    page.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    go(page, station_path(HOSTILE))
    page.wait(f"document.querySelector('h1').textContent === {json.dumps(HOSTILE)}")
    for path in ("/sessions", "/consumption"):
        go(page, path)
        if path == "/consumption":
            page.set("#by", "idTag")
        page.wait_for_text(HOSTILE)
    assert page.value("window.hacked") is None
    assert page.value("document.images.length") == 1
    assert csv_of_hostile(page) == run("export-sessions", "--store", page.central_system.store).stdout
    station.close()


def csv_of_hostile(page):
    return page.value("fetch('/api/sessions.csv').then((answer) => answer.text())").encode()


def test_frames_violations_and_findings(page):
    station = ChargePoint(page.central_system.url, "CP001")
    station.boot()
    station.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"})
    station.call("Heartbeat", {"extra": 1})
    go(page, station_path("CP001"))
    page.wait_for_text("GroundFailure", "#connectors")
    page.wait_for_text("StatusNotification CALL", "#frames")
    page.wait_for_text("$.extra", "#frames")
    page.wait("document.querySelectorAll('#findings tbody tr').length >= 1")
    before = len(page.rows("#frames"))
    station.ask("Heartbeat", {})
    page.wait(f"document.querySelectorAll('#frames tbody tr').length === {before + 2}")
    page.click("#only-violations")
    page.wait("document.querySelectorAll('#frames tbody tr').length === 1")
    page.click("#frames summary")
    assert '"extra":1' in page.text("#frames code")
    station.close()


# The server goes and comes


def test_the_page_says_when_the_server_is_gone_and_goes_on_with_the_next(page):
    station = ChargePoint(page.central_system.url, "CP001")
    station.boot()
    page.wait("document.querySelectorAll('#stations .is-online').length === 1")
    page.central_system.terminate()
    page.wait_for_text("not live: no server listens on", "#link")
    page.wait("document.querySelectorAll('#stations .is-offline').length === 1")
    page.central_system.start()
    page.wait("document.querySelector('#link').textContent === 'live'")
    station = ChargePoint(page.central_system.url, "CP002")
    station.boot()
    page.wait("document.querySelectorAll('#stations .is-online').length === 1")
    assert [row[0] for row in page.rows("#stations")] == ["CP001", "CP002"]
    station.close()


def test_a_store_alone_is_shown(central_system, dashboard, browser, tmp_path):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    central_system.terminate()
    one = browser()
    one.open(dashboard("--control", tmp_path / "none.sock", "--store", central_system.store).url)
    one.wait_for_text("CP001", "#stations")
    one.wait_for_text("not live: no server listens on", "#link")


def test_neither_server_nor_store(dashboard, browser, tmp_path):
    one = browser()
    one.open(dashboard("--control", tmp_path / "none.sock", "--store", tmp_path / "none.db").url)
    one.wait_for_text("no store", "#link")
    one.wait_for_text("No charge point is known yet.", "#stations")


# For everybody


def test_portuguese_by_the_browsers_language(central_system, dashboard, browser):
    one = browser(language="pt-BR")
    one.open(dashboard("--control", central_system.control).url)
    one.wait_for_text("ao vivo", "#link")
    assert one.value("document.documentElement.lang") == "pt"
    assert one.text("h1") == "Pontos de recarga"
    assert one.value("document.title") == "Pontos de recarga – ocppctl"
    central_system.terminate()
    one.wait_for_text("não é ao vivo: nenhum servidor escuta em", "#link")


def test_keyboard_and_what_is_read_aloud(page, simulate):
    simulate(page.central_system, "--id", "CP001")
    page.wait_for_text("CP001", "#stations")
    page.key("Tab")
    assert page.value("document.activeElement.className") == "skip"
    page.key("Enter")
    assert page.value("document.activeElement.id") == "main"
    seen = []
    for _ in range(12):
        page.key("Tab")
        seen.append(page.value("document.activeElement.textContent"))
        if seen[-1] == "CP001":
            break
    assert seen[-1] == "CP001"
    page.key("Enter")
    page.wait("document.activeElement.tagName === 'H1' && document.activeElement.textContent === 'CP001'")
    tree = page.command("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if not node["ignored"]}
    assert {("main", ""), ("navigation", "Pages"), ("table", "Connectors"), ("rowheader", "1"), ("button", "Send"),
            ("textbox", "idTag"), ("combobox", "Command"), ("log", "")} <= named
    assert any(role == "status" for role, _ in named)
    # Nothing that can be reached is without a name.
    assert not [node for node in tree if not node["ignored"] and not node.get("name", {}).get("value")
                and node["role"]["value"] in ("button", "link", "textbox", "combobox", "checkbox", "table", "img")]


@pytest.mark.parametrize("width, mobile", [(360, True), (1280, False)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_phones_and_desks_in_light_and_dark(page, simulate, width, mobile, scheme):
    simulate(page.central_system, "--id", "CP001", "--speed", "60", "--session",
             "connector=1,idTag=BUS-17,energy=30kWh,power=50kW")
    page.size(width, 800, mobile)
    page.colours(scheme)
    page.open(page.url)
    page.wait_for_text("BUS-17", "#running")
    for path in ("/", station_path("CP001"), "/sessions", "/consumption"):
        go(page, path)
        page.wait("document.querySelectorAll('tbody tr').length > 0")
        assert page.value("document.documentElement.scrollWidth") <= width
        for selector in ("h1", "tbody th", "nav a", "#link"):
            assert page.value(f"({CONTRAST})(document.querySelector('{selector}'))") >= 4.5, (path, selector)


# The contrast of a text with what is behind it (WCAG 2.1, 1.4.3).
CONTRAST = """(node) => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => parts(colour).slice(0, 3)
        .map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    let behind = node;
    while (parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const both = [light(getComputedStyle(node).color), light(getComputedStyle(behind).backgroundColor)].sort();
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""


# DOJOT


def test_from_dojots_history_alone(platform, dashboard, browser):
    dojot = platform()
    one = browser()
    board = dashboard("--dojot", dojot.map, *dojot.access, "--dojot-interval", "1s", env=dojot.environment)
    one.open(board.url)
    one.wait_for_text("live, from DOJOT", "#link")
    dojot.publish("CP001", {"vendor": "ABB", "model": "Terra 54", "firmwareVersion": "1.9", "online": True,
                            "c1_status": "Available"})
    dojot.settle("CP001")
    one.wait_for_text("1 Available", "#stations")
    one.wait_for_text("ABB Terra 54", "#stations")
    dojot.publish("CP001", {"c1_status": "Charging", "c1_idTag": "BUS-17", "c1_transactionId": 4711, "c1_energy_Wh": 1500})
    dojot.publish("CP001", {"c1_transactionId": 4711, "c1_energy_Wh": 5660, "c1_power_W": 49950})
    dojot.settle("CP001")
    one.wait_for_text("BUS-17", "#running")
    one.wait_for_text("49.95 kW", "#running")
    one.wait_for_text("4.16 kWh", "#running")
    one.wait("document.querySelector('#tile-power dd').textContent === '49.95 kW'")
    dojot.publish("CP001", {"c1_status": "Available", "c1_transactionId": 4711, "c1_stopReason": "Local",
                            "c1_energy_Wh": 21500})
    dojot.settle("CP001")
    one.wait_for_text("Nothing charges now.", "#running")
    go(one, "/sessions")
    one.wait_for_text("20 kWh", "#sessions")
    assert one.rows("#sessions")[0][:3] == ["CP001", "1", "BUS-17"]
    history = dojot.history_dojot()
    assert csv_of(one) == run("export-sessions", "-", stdin=history.stdout).stdout
    go(one, "/consumption")
    one.wait_for_text("Total: 1 sessions, 20 kWh")
    go(one, station_path("CP001"))
    one.wait_for_text("Terra 54", ".facts")
    assert one.value("document.querySelector('#commands').hidden")
    one.wait("document.querySelector('#frames').parentElement.hidden")


# Who may open it


def ask(board, path="/", method="GET", body=None, host=None, **headers):
    """One request as no browser would send it; status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=DEADLINE)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": host or f"127.0.0.1:{board.port}", **given})
    answer = connection.getresponse()
    found = (answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return found


def test_only_under_its_own_names(central_system, dashboard):
    board = dashboard("--control", central_system.control, "--server-name", "charging.example")
    for host in (f"127.0.0.1:{board.port}", f"localhost:{board.port}", "LOCALHOST", "[::1]:80", "charging.example"):
        assert ask(board, host=host)[0] == 200, host
    for host in ("evil.example", f"evil.example:{board.port}", "127.0.0.1.evil.example", "localhost.evil.example", "[",
                 "127.0.0.2", ""):
        assert ask(board, host=host or " ")[0] == 421, host


def test_commands_come_from_the_own_page_alone(central_system, dashboard):
    station = Answering(central_system.url, "CP001")
    board = dashboard("--control", central_system.control)
    own = f"http://127.0.0.1:{board.port}"
    body = json.dumps({"chargePointId": "CP001", "action": "Reset", "payload": {"type": "Soft"}})

    def command(body=body, **headers):
        return ask(board, "/api/commands", "POST", body, **{"Content_Type": "application/json", "Origin": own, **headers})

    assert command(Origin="http://evil.example")[0] == 403
    assert command(Origin="null")[0] == 403
    assert command(Origin=own.replace("http", "https"))[0] == 403
    assert ask(board, "/api/commands", "POST", body, Content_Type="application/json")[0] == 403
    assert command(Content_Type="text/plain")[0] == 415
    assert command(Content_Type="application/x-www-form-urlencoded")[0] == 415
    assert ask(board, "/api/commands")[0] == 405
    assert ask(board, "/api/sessions", "POST", "{}", Content_Type="application/json", Origin=own)[0] == 405
    for wrong in ("", "[]", "{}", '{"chargePointId":"CP001","action":"Reset","payload":{"type":"soft"}}',
                  '{"chargePointId":"CP001","action":"Reset","payload":[]}',
                  '{"chargePointId":"CP001","action":"ChangeConfiguration","payload":{"key":"a","value":"b"}}'):
        assert command(wrong)[0] == 400, wrong
    assert station.calls() == []
    status, _, answer = command()
    assert (status, json.loads(answer)["outcome"]) == (200, "accepted")
    assert station.calls() == [["Reset", {"type": "Soft"}]]
    station.close()


def test_headers_that_protect(central_system, dashboard):
    board = dashboard("--control", central_system.control)
    status, headers, page = ask(board)
    assert status == 200
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert b"<script>" not in page and b" on" not in page and b"style=" not in page
    for path in ("/api/sessions", "/api/nothing", "/main.js"):
        _, headers, _ = ask(board, path)
        assert headers["X-Content-Type-Options"] == "nosniff" and "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path, status", [
    ("/nothing", 404), ("/api/charge-points/CP001/nothing", 404), ("/api/sessions?since=yesterday", 400),
    ("/api/sessions?limit=-1", 400), ("/api/sessions?before=x", 400), ("/api/consumption", 400),
    ("/api/consumption?by=moon", 400), ("/..%2f..%2fetc/passwd", 404), ("/api/charge-points/NOBODY/frames", 200),
    ("/api/charge-points/CP%20%3Cb%3E/series", 200)])
def test_odd_questions(central_system, dashboard, path, status):
    board = dashboard("--control", central_system.control)
    end = time.monotonic() + DEADLINE
    while ask(board, "/api/sessions")[0] != 200:
        assert time.monotonic() < end, "the board does not find the store"
    assert ask(board, path)[0] == status


def test_password_and_tls(central_system, dashboard, browser, tmp_path):
    secret = tmp_path / "page.password"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    board = dashboard("--control", central_system.control, "--page-password-file", secret)
    assert ask(board)[0] == 401
    assert "Basic" in ask(board)[1]["WWW-Authenticate"]
    assert ask(board, Authorization="Basic eDpjb3JyZWN0IGhvcnNl")[0] == 200
    assert ask(board, "/api/sessions", Authorization="Basic eDpjb3JyZWN0IGhvcnNl")[0] in (200, 503)
    for wrong in ("Basic eDp3cm9uZw==", "Basic !!", "Bearer x", "Basic"):
        assert ask(board, Authorization=wrong)[0] == 401
    for _ in range(12):
        last = ask(board, Authorization="Basic eDp3cm9uZw==")
    assert last[0] == 429 and last[1]["Retry-After"] == "60"

    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
                   check=True, capture_output=True)
    secure = dashboard("--control", central_system.control, "--page-password-file", secret, "--tls-certificate",
                       tmp_path / "cert.pem", "--tls-key", tmp_path / "key.pem", listen="0.0.0.0:0")
    assert secure.url.startswith("https://0.0.0.0:")
    one = browser()
    address = f"127.0.0.1:{secure.port}/"
    one.open(f"https://any:correct%20horse@{address}")
    one.wait_for_text("live", "#link")


def test_beyond_loopback_only_with_password_and_tls(tmp_path):
    for flags in ([], ["--page-password-file", "x"], ["--tls-certificate", "x", "--tls-key", "y"]):
        done = run("dashboard", "--listen", "0.0.0.0:0", *flags)
        assert done.returncode == 64
        assert b"--page-password-file, --tls-certificate and --tls-key" in b" ".join(done.stderr.split())
    assert run("dashboard", "--listen", "127.0.0.1:0", "--tls-key", "x").returncode == 64
    secret = tmp_path / "page.password"
    done = run("dashboard", "--listen", "127.0.0.1:0", "--page-password-file", secret)
    assert done.returncode == 78 and b"page.password" in done.stderr
    secret.write_text("x\n")
    secret.chmod(0o644)
    done = run("dashboard", "--listen", "127.0.0.1:0", "--page-password-file", secret)
    assert done.returncode == 78 and b"open to other users" in done.stderr
    secret.chmod(0o600)
    secret.write_text("\n")
    done = run("dashboard", "--listen", "127.0.0.1:0", "--page-password-file", secret)
    assert done.returncode == 78 and b"the first line is empty" in done.stderr
    done = run("dashboard", "--listen", "127.0.0.1:0", "--tls-certificate", secret, "--tls-key", secret)
    assert done.returncode == 78 and b"no usable certificate" in done.stderr


def test_an_address_in_use(central_system, dashboard):
    board = dashboard("--control", central_system.control)
    done = run("dashboard", "--listen", f"127.0.0.1:{board.port}", "--control", central_system.control)
    assert done.returncode == 78 and b"already in use" in done.stderr
    assert board.stop() == 0


def test_term_is_never_lost(dashboard, tmp_path):
    """Sent at once: one in fifty came before it was listened for, and the command stayed for ever."""
    for _ in range(60):
        board = dashboard("--control", tmp_path / "none.sock", "--store", tmp_path / "none.db")
        board.messages.wait_for(lambda line: b"the page is at" in line)
        assert board.stop() == 0


def test_both_languages_have_every_text():
    """And the same places for values in each."""
    source = (ROOT / "Sources/Dashboard/Assets/text.js").read_text().split("\n};")[0]
    languages = [dict(re.findall(r'(\w+): "([^"]*)"', part)) for part in re.split(r"\n  (?:en|pt): \{", source)[1:]]
    english, portuguese = languages
    assert len(english) > 80 and english.keys() == portuguese.keys()
    for name, text in english.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", portuguese[name]), name
    used = {name for path in (ROOT / "Sources/Dashboard/Assets").glob("*.js")
            for name in re.findall(r'\btext\("(\w+)"', path.read_text())}
    assert used <= english.keys()
