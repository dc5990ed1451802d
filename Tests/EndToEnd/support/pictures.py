"""Pictures of the dashboard for the documentation: a depot at work."""

import subprocess
import sys
import tempfile
from pathlib import Path

from .browser import Browser, Dashboard
from .program import BINARY, CentralSystem, environment


def main(folder):
    running = []
    with tempfile.TemporaryDirectory() as state:
        central_system = CentralSystem(state, records="none")

        def simulate(*flags):
            running.append(subprocess.Popen([BINARY, "simulate", "--url", central_system.url, "--quiet", *flags],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()))
            return running[-1]

        for number in range(1, 4):
            simulate("--id", f"DEPOT-0{number}", "--speed", "600", "--session",
                     f"connector=1,idTag=BUS-{number},energy={10 * number}kWh,power=50kW").wait()
        simulate("--count", "6", "--id-pattern", "STREET-%02d")
        board = Dashboard("--control", central_system.control)
        browser = Browser()
        browser.open(board.url)
        browser.wait_for_text("STREET-06", "#stations")
        for number, power in ((1, 50), (2, 32), (3, 43)):
            simulate("--id", f"DEPOT-0{number}", "--speed", "20", "--session",
                     f"connector=1,idTag=BUS-{number}{number},energy=60kWh,power={power}kW")
            browser.wait(f"document.querySelectorAll('#running tbody tr').length === {number}")
            browser.value("new Promise((resolve) => setTimeout(resolve, 9000))")
        browser.size(1280, 1000)
        browser.screenshot(Path(folder) / "dashboard-desktop.png")
        browser.size(390, 844, True)
        browser.colours("dark")
        browser.open(board.url + "#/charge-point/DEPOT-01")
        browser.value("location.reload()")
        browser.wait("document.querySelectorAll('.chart .line[d]').length === 2")
        browser.value("new Promise((resolve) => setTimeout(resolve, 1000))")
        browser.screenshot(Path(folder) / "dashboard-phone.png")
        browser.close()
        board.close()
        for process in running:
            process.kill()
        central_system.close()


if __name__ == "__main__":
    main(sys.argv[1])
