"""The authorisation list beside a running server, and local lists of charge points."""

import json
import threading

from support.charge_point import Answering, ChargePoint
from support.hostile import standing_still
from support.program import DEADLINE, run


def tags(central_system, *words, stdin=b"", status=0):
    subcommand, *rest = words
    done = run("tags", subcommand, "--control", central_system.control, "--store", central_system.store, *rest,
               stdin=stdin)
    assert done.returncode == status, (done.returncode, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_changes_count_at_once(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()

    def standing(tag):
        return station.ask("Authorize", {"idTag": tag})["idTagInfo"]["status"]

    assert standing("B") == "Accepted", "without a list everybody may charge"
    tags(central_system, "add", "A")
    assert (standing("a"), standing("B")) == ("Accepted", "Invalid")
    tags(central_system, "block", "A")
    assert standing("A") == "Blocked"
    tags(central_system, "add", "A")
    tags(central_system, "expire", "A")
    assert standing("A") == "Expired"
    tags(central_system, "remove", "A")
    assert standing("B") == "Accepted"
    station.close()
    assert central_system.terminate() == 0
    tags(central_system, "add", "C")
    central_system.start()
    assert [line["idTag"] for line in tags(central_system, "list")] == ["C"]


def test_an_import_is_idempotent(central_system):
    lines = "idTag,status,parentIdTag,expiryDate\n" + "".join(
        f"TAG-{number},{'Blocked' if number % 7 == 0 else ''},FLEET,2030-01-01T00:00:00Z\n" for number in range(2500))
    first = tags(central_system, "import", "-", stdin=lines.encode())
    assert [line["result"] for line in first] == ["created"] * 2500
    again = tags(central_system, "import", "-", stdin=lines.encode())
    assert [line["result"] for line in again] == ["unchanged"] * 2500
    assert len(tags(central_system, "list")) == 2500


AS_EXCEL_WRITES_IT = "\ufeffname;idTag;status;expiryDate\r\nJos\u00e9;BUS-1;;2030-01-01\r\n\r\n;BUS-2;Blocked;\r\n".encode()


def test_a_table_as_excel_writes_it(central_system):
    assert tags(central_system, "import", "-", stdin=AS_EXCEL_WRITES_IT) == [
        {"record": "tag", "idTag": "BUS-1", "status": "Accepted", "expiryDate": "2030-01-01T00:00:00.000Z",
         "result": "created"},
        {"record": "tag", "idTag": "BUS-2", "status": "Blocked", "result": "created"}]


def test_serve_reads_the_same_files_as_import(serve, tmp_path):
    """A byte order mark was a part of the first idTag, and a header an idTag."""
    for number, (content, standings) in enumerate([
            (AS_EXCEL_WRITES_IT, ["Accepted", "Blocked", "Invalid"]),
            (b"\xef\xbb\xbfBUS-1\nidTag\n", ["Accepted", "Invalid", "Accepted"]),
            (b'{"record":"tag","idTag":"BUS-1","status":"Accepted"}\n', ["Accepted", "Invalid", "Invalid"])]):
        file = tmp_path / f"tags{number}"
        file.write_bytes(content)
        station = ChargePoint(serve("--tags", file).url, "CP001")
        station.boot()
        assert [station.ask("Authorize", {"idTag": tag})["idTagInfo"]["status"]
                for tag in ("BUS-1", "BUS-2", "idTag")] == standings
        station.close()
    (tmp_path / "bad").write_bytes(b"BUS-1\nBUS-2,Blocked\n")
    done = run("serve", "--tags", tmp_path / "bad", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db")
    assert done.returncode == 78 and b"/bad:2: neither an idTag alone nor CSV" in done.stderr


def test_lines_that_are_no_tags_say_why(central_system):
    done = run("tags", "import", "--control", central_system.control, "--store", central_system.store,
               stdin=b"name,idTag,status,expiryDate\n,,Blocked,\n,Jos\xe9,,\n,A,,31/12/2030\n,B,Acepted,\nJos\xe9,C,,\n")
    assert done.returncode == 1
    assert [line.split(b": ", 1)[1] for line in done.stderr.splitlines()] == [
        b"-:2: the idTag is empty", b"-:3: the idTag is not UTF-8", b"-:4: expiryDate 31/12/2030 is no time",
        b"-:5: status Acepted is none of Accepted, Blocked, Expired, Invalid, ConcurrentTx"]
    assert [line["idTag"] for line in tags(central_system, "list")] == ["C"]


def test_the_list_is_the_servers(central_system, tmp_path):
    """Also where the server's store is not the default, and a server with another store is left alone."""
    def without_store(*words):
        done = run("tags", words[0], "--control", central_system.control, *words[1:])
        assert done.returncode == 0, done.stderr
        return [json.loads(line).get("result", json.loads(line)["idTag"]) for line in done.stdout.splitlines()]

    assert without_store("add", "A") == ["created"]
    assert without_store("add", "A") == ["unchanged"]
    assert without_store("list") == ["A"]
    other = tmp_path / "other.db"
    done = run("tags", "add", "--control", central_system.control, "--store", other, "B")
    assert done.returncode == 0, done.stderr
    assert without_store("list") == ["A"]
    assert [line["idTag"] for line in tags(central_system, "list")] == ["A"]
    done = run("tags", "list", "--store", other, "--control", tmp_path / "none")
    assert json.loads(done.stdout)["idTag"] == "B"
    done = run("stations", "--control", central_system.control, "--store", other)
    assert done.returncode == 0 and b"no server has this store" in done.stderr


class LocalList:
    """A charge point's local list, which does not take everything."""

    def __init__(self, limit=100):
        self.version = 0
        self.entries = {}
        self.limit = limit
        self.refusals = []
        # It takes the number of a list that it refuses.
        self.is_broken = False
        self.updates = []

    def answer(self, action, payload):
        if action == "GetLocalListVersion":
            return {"listVersion": self.version}
        if action == "GetConfiguration":
            return {"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": True, "value": str(self.limit)}]}
        changes = payload["localAuthorizationList"]
        self.updates.append((payload["updateType"], payload["listVersion"], len(changes)))
        assert payload["listVersion"] > 0 and len(changes) <= self.limit
        if self.refusals:
            if self.is_broken:
                self.version = payload["listVersion"]
            return {"status": self.refusals.pop(0)}
        if payload["updateType"] == "Differential" and payload["listVersion"] <= self.version:
            return {"status": "VersionMismatch"}
        if payload["updateType"] == "Full":
            self.entries = {}
        for entry in changes:
            self.entries[entry["idTag"]] = entry.get("idTagInfo")
        self.entries = {tag: info for tag, info in self.entries.items() if info}
        self.version = payload["listVersion"]
        return {"status": "Accepted"}


def test_a_push_sends_what_has_changed(central_system):
    local = LocalList()
    station = Answering(central_system.url, "CP001", answer=local.answer)
    tags(central_system, "add", "A", "B", "C", "--parent", "FLEET")
    tags(central_system, "push", "CP001")
    assert local.updates == [("Full", 1, 3)]
    assert local.entries["A"] == {"status": "Accepted", "parentIdTag": "FLEET"}
    tags(central_system, "push", "CP001")
    assert len(local.updates) == 1, "nothing has changed"
    tags(central_system, "block", "B")
    tags(central_system, "remove", "C")
    tags(central_system, "push", "--all")
    assert local.updates[1:] == [("Differential", 2, 2)]
    assert {tag: info["status"] for tag, info in local.entries.items()} == {"A": "Accepted", "B": "Blocked"}

    # Somebody else gave it another list.
    local.version, local.entries = 17, {"X": {"status": "Accepted"}}
    tags(central_system, "push", "CP001")
    assert local.updates[2:] == [("Full", 18, 2)] and set(local.entries) == {"A", "B"}

    for number, refusal in enumerate(("VersionMismatch", "Failed")):
        tags(central_system, "add", f"N{number}")
        local.refusals = [refusal]
        before = len(local.updates)
        tags(central_system, "push", "CP001")
        assert [kind for kind, version, count in local.updates[before:]] == ["Differential", "Full"]
        assert f"N{number}" in local.entries
    local.refusals = ["Failed", "Failed"]
    tags(central_system, "add", "Z")
    tags(central_system, "push", "CP001", status=77)

    # What one that says Failed has, nobody knows, whatever version it tells.
    local.refusals, local.is_broken = ["Failed"], True
    tags(central_system, "add", "Y")
    tags(central_system, "push", "CP001", status=77)
    tags(central_system, "push", "CP001")
    assert local.updates[-1][0] == "Full" and {"Y", "Z"} <= set(local.entries)
    station.close()
    tags(central_system, "push", "CP001", status=69)


def test_a_push_knows_what_the_last_one_gave(central_system):
    """Also where the store is slow: its thread stands still from the answer on, until the next push has begun."""
    local, asked = LocalList(), threading.Semaphore(0)
    stands, goes_on = threading.Event(), threading.Event()

    def stand_still():
        with standing_still(central_system.process.pid, "ocppctl-store"):
            stands.set()
            goes_on.wait(DEADLINE)

    store = threading.Thread(target=stand_still)

    def answer(action, payload):
        asked.release()
        if action == "SendLocalList" and not stands.is_set():
            store.start()
            stands.wait(DEADLINE)
        return local.answer(action, payload)

    tags(central_system, "add", "A")
    station = Answering(central_system.url, "CP001", answer=answer)
    tags(central_system, "push", "CP001")
    while asked.acquire(blocking=False):
        pass
    second = threading.Thread(target=tags, args=(central_system, "push", "CP001"))
    second.start()
    # Before the store has told what it knows, nothing is asked; else it would be here soon.
    is_asked = asked.acquire(timeout=1)
    goes_on.set()
    store.join()
    second.join()
    assert not is_asked and local.updates == [("Full", 1, 1)]
    station.close()


def test_a_long_list_goes_in_parts(central_system):
    local = LocalList(limit=40)
    station = Answering(central_system.url, "CP001", answer=local.answer)
    lines = "".join(f"TAG-{number}\n" for number in range(100))
    tags(central_system, "import", "-", stdin=lines.encode())
    tags(central_system, "push", "CP001")
    assert local.updates == [("Full", 1, 40), ("Differential", 2, 40), ("Differential", 3, 20)]
    assert len(local.entries) == 100
    tags(central_system, "push", "CP001")
    assert len(local.updates) == 3, "the parts together are known"
    station.close()


def test_a_station_without_a_list_refuses(central_system):
    station = Answering(central_system.url, "CP001", answer=lambda action, payload: {"listVersion": -1})
    tags(central_system, "add", "A")
    tags(central_system, "push", "CP001", status=77)
    # Its answer was accepted: why nothing was sent is said.
    done = run("tags", "push", "--control", central_system.control, "CP001")
    assert done.returncode == 77 and b"CP001 keeps no local list" in done.stderr
    station.close()
