"""Frames are found in logs of formats that nobody has listed: what a seeded generator invents is read exactly."""

import json
import re

import pytest

from support.log_inventor import invent
from support.program import ROOT, run

BATCH = 40


@pytest.mark.parametrize("first", range(0, 400, BATCH))
def test_invented_logs_are_read_exactly(first, tmp_path):
    expected = {}
    for seed in range(first, first + BATCH):
        log, frames, broken = invent(seed)
        (tmp_path / f"{seed}.log").write_bytes(log)
        expected[f"{seed}.log"] = (frames, broken)
    done = run("decode", *expected, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    found = {name: ([], 0) for name in expected}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        source = (record.get("meta") or record)["source"]["file"]
        frames, broken = found[source]
        if record.get("record") == "error":
            found[source] = (frames, broken + 1)
        else:
            frames.append(json.loads(record["raw"]))
    for name in expected:
        assert found[name] == expected[name], f"{name}: python -c 'from support.log_inventor import invent; …'"


VENDORS = ("alfen|abl|easee|evbox|go-e|keba|schneider|siemens|wallbox|webasto|mennekes|zaptec|chargebyte|phoenix|steve|evcc|"
           "mobilityhouse|microocpp|homeassistant|home assistant|citrineos|libocpp|zjbeny|benning|delta|efacec|tritium")


def test_no_code_that_reads_logs_names_a_vendor():
    for file in sorted((ROOT / "Sources" / "OCPPKit" / "Captures").glob("*.swift")):
        named = re.findall(rf"\b({VENDORS})\b", file.read_text(), re.IGNORECASE)
        assert not named, f"{file.name}: {named}"
