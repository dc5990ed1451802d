"""A store that is damaged is found at the start, said, and left as it is."""

import re

import pytest

from support.charge_point import ChargePoint
from support.program import CentralSystem, run

PAGE = 4096


@pytest.fixture
def folder(tmp_path):
    """A server's folder, whose store holds two hundred meter values, each once: no raw frames."""
    server = CentralSystem(tmp_path, "--keep-frames", "0", records="none")
    station = ChargePoint(server.url, "CP001")
    station.boot()
    for value in range(200):
        station.ask("MeterValues", {"connectorId": 1, "meterValue": [
            {"timestamp": "2026-03-01T10:00:00Z", "sampledValue": [{"value": f"{value}.125"}]}]})
    assert server.terminate() == 0
    return tmp_path


def page_of(data, text):
    return data.index(text) // PAGE * PAGE


def events_page(data):
    """A page of one table, that nothing needs at a start."""
    start = page_of(data, b'"value":"100.125"')
    return data[:start] + b"\xff" * 8 + data[start + 8:]


def many_pages(data):
    return data[:3 * PAGE] + b"\xa5" * (9 * PAGE) + data[12 * PAGE:]


def cut(data):
    return data[:len(data) // 2 // PAGE * PAGE]


def serve(folder):
    return run("serve", "--listen", "127.0.0.1:0", "--store", folder / "store.db", "--control", folder / "control.sock")


@pytest.mark.parametrize("damage", [events_page, many_pages, cut])
def test_damage_is_found_at_the_start_and_left_as_it_is(folder, damage):
    store = folder / "store.db"
    damaged = damage(store.read_bytes())
    store.write_bytes(damaged)
    done = serve(folder)
    assert done.returncode == 66, done.stderr
    assert done.stdout == b""
    assert re.fullmatch(
        rf"ocppctl: the store {store} is damaged \(.+\); nothing was written to it: move it and the files beside it "
        r"\(-wal, -shm\) aside together, then restore a backup or start with a new store\n", done.stderr.decode())
    assert store.read_bytes() == damaged

    # What was said can be done.
    for file in folder.glob("store.db*"):
        file.rename(folder / f"old-{file.name}")
    server = CentralSystem(folder, records="none")
    ChargePoint(server.url, "CP001").boot()
    assert server.terminate() == 0


def test_a_file_that_is_no_store_is_left_alone(folder):
    store = folder / "store.db"
    other = bytes(16) + store.read_bytes()[16:]
    store.write_bytes(other)
    done = serve(folder)
    assert done.returncode == 66, done.stderr
    assert b"is not a store: not an SQLite database; it was left as it is: choose another path" in done.stderr
    assert store.read_bytes() == other


@pytest.mark.parametrize("damage", [events_page, many_pages, cut])
def test_exports_of_a_damaged_store_say_so(folder, damage):
    """They read what they can, and never end as if that were all."""
    store = folder / "store.db"
    store.write_bytes(damage(store.read_bytes()))
    done = run("export-meter-values", "--store", store)
    assert done.returncode == 66, (done.returncode, done.stderr)
    assert b"is damaged" in done.stderr
