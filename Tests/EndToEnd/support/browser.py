"""A real headless Chromium, driven over its debugging protocol, and the dashboard that it looks at."""

import base64
import json
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from websockets.sync.client import connect

from .program import BINARY, DEADLINE, Lines, environment

CHROMIUM = shutil.which("chromium") or "chromium"


class Browser:
    """One tab. What its console says, and what goes wrong in it, is kept in `complaints`."""

    def __init__(self, language="en-US", zone="America/Sao_Paulo"):
        self.profile = tempfile.mkdtemp(prefix="ocppctl-chromium-")
        self.process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
             "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={self.profile}",
             f"--lang={language}", f"--accept-lang={language}", "--ignore-certificate-errors", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment(HOME=self.profile, TZ=zone, LANGUAGE=language))
        said = Lines(self.process.stderr)
        line = said.wait_for(lambda line: b"DevTools listening on " in line, "the debugging port", 60)
        address = line.split(b"listening on ")[1].strip().decode()
        # While a test does something else nobody reads here, and what tells of events is in the way of a pong.
        self.socket = connect(address, max_size=None, open_timeout=DEADLINE, ping_interval=None, legacy=True)
        self.number = 0
        self.session = None
        self.complaints = []
        self.requests = []
        self.updates = 0
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Performance"):
            self.command(f"{domain}.enable")
        self.size(1280, 900)

    def command(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(DEADLINE))
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.note(answer)

    def note(self, event):
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.complaints.append(parameters["args"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Network.eventSourceMessageReceived":
            self.updates += 1
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(parameters)

    def size(self, width, height, mobile=False):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def colours(self, scheme):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        self.command("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.protocol.startsWith('http')")

    def value(self, expression):
        """What an expression of the page is; a promise is awaited."""
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression, timeout=DEADLINE):
        """Until the expression is true; its value."""
        end = time.monotonic() + timeout
        while True:
            found = self.value(f"(() => {{ try {{ return {expression}; }} catch {{ return null; }} }})()")
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"never true: {expression}; the page says:\n{self.text()}\n{self.complaints}")
            # The page renders at most twice a second; asking costs it time, too.
            self.value("new Promise((resolve) => setTimeout(resolve, 100))")

    def wait_for_text(self, text, selector="main", timeout=DEADLINE):
        return self.wait(f"document.querySelector({json.dumps(selector)}).innerText.includes({json.dumps(text)})", timeout)

    def text(self, selector="body"):
        return self.value(f"document.querySelector({json.dumps(selector)})?.innerText")

    def rows(self, selector):
        """The cells' texts of a table's rows."""
        return self.value(f"[...document.querySelectorAll({json.dumps(selector + ' tbody tr')})]"
                          ".map((row) => [...row.children].map((cell) => cell.textContent))")

    def set(self, selector, value):
        """Fills a control in as a person does."""
        self.value(f"""(() => {{
            const control = document.querySelector({json.dumps(selector)});
            control.focus();
            control.value = {json.dumps(value)};
            control.dispatchEvent(new Event("input", {{bubbles: true}}));
            control.dispatchEvent(new Event("change", {{bubbles: true}}));
        }})()""")

    def click(self, selector):
        self.value(f"document.querySelector({json.dumps(selector)}).click()")

    def key(self, name):
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("keyDown", "keyUp"):
            more = {"text": "\r"} if name == "Enter" and kind == "keyDown" else {}
            self.command("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=codes[name], **more)

    def screenshot(self, path):
        picture = self.command("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(picture))

    def work_seconds(self):
        """How long the page's main thread has worked since it began."""
        metrics = self.command("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def close(self):
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


class Dashboard:
    """A running `ocppctl dashboard`."""

    def __init__(self, *flags, listen="127.0.0.1:0", env=None):
        self.process = subprocess.Popen(
            [BINARY, "dashboard", "--listen", listen, *map(str, flags)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env or environment())
        self.records = Lines(self.process.stdout)
        self.messages = Lines(self.process.stderr)
        line = self.records.wait_for(lambda line: b'"listening"' in line, "listening record")
        self.url = json.loads(line)["url"]
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
