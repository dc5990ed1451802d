"""The actions as the project's own files say, and the fixtures of their payloads."""

import json
import re

from ocpp.v16 import call, call_result

from .program import ROOT

FIXTURES = ROOT / "Tests" / "OCPPKitTests" / "Fixtures"


def _senders():
    found = {}
    for path in sorted((ROOT / "Sources" / "OCPPKit" / "Messages").glob("*/*.swift")):
        if match := re.search(r'ActionDefinition\(\s*"(\w+)", \.\w+, sentBy: \.(\w+)', path.read_text()):
            found[match[1]] = match[2]
    return found


SENDERS = _senders()
ALL = sorted(SENDERS)
FROM_CHARGE_POINTS = sorted(name for name, sender in SENDERS.items() if sender != "centralSystem")
FROM_CENTRAL_SYSTEMS = sorted(name for name, sender in SENDERS.items() if sender != "chargePoint")


def known_to_peer(names):
    """Those that PyPI `ocpp` knows, and those that it does not."""
    known = [name for name in names if hasattr(call, name) and hasattr(call_result, name)]
    return known, sorted(set(names) - set(known))


def fixture(action, kind):
    """A payload with every field of an action: `request` or `response`."""
    return json.loads((FIXTURES / action / f"{kind}-valid.json").read_text())
