"""The targets of `Fuzz`, each for a part of the soak's time; `make fuzz` is for longer."""

import re
import subprocess

import pytest

from support.program import ROOT

TARGETS = sorted(path.stem for path in (ROOT / "Fuzz").glob("*.swift"))


@pytest.mark.soak
def test_no_input_of_a_fuzzer_crashes_a_reader(soak_seconds, report):
    each = max(2, int(soak_seconds / len(TARGETS)))
    run = subprocess.run(["sh", ROOT / "scripts" / "fuzz", str(each)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    counts = dict(re.findall(r"^(\w+) (\d+) inputs in", run.stdout, re.MULTILINE))
    assert sorted(counts) == TARGETS
    report(", ".join(f"{target} {count}" for target, count in counts.items()) + f", in {each} s each")
    # A target that refuses everything at once, or does nothing, has not found its seeds.
    assert all(int(count) > 100 for count in counts.values())
