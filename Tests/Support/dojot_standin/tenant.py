"""The rows of one tenant, and the rules that its database keeps."""

import itertools
import re
import secrets

from answers import refusal


class Tenant:
    def __init__(self):
        self.name = "admin"
        self.templates = {}  # id -> Template
        self.devices = {}  # id -> Device, in the order of creation
        self.samples = {}  # device id -> list of history samples
        # As with sequences of the real database, a failed creation uses its number up.
        self.template_ids = itertools.count(1)
        self.attribute_ids = itertools.count(1)
        self.next_device_ids = []  # dealt by a test; random ones follow

    def template(self, template_id):
        row = self.templates.get(template_id)
        if row is None:
            raise refusal(404, f"No such template: {template_id}")
        return row

    def device(self, device_id):
        row = self.devices.get(device_id)
        if row is None:
            raise refusal(404, f"No such device: {device_id}")
        return row

    def new_device_id(self):
        """24 random bits in at least 5 digits: 15 of 16 ids have 6, most others 5."""
        if self.next_device_ids:
            return self.next_device_ids.pop(0)
        while True:
            device_id = f"{secrets.randbelow(16 ** 6):05x}"
            if device_id not in self.devices:
                return device_id

    def devices_using(self, template_id):
        return [device for device in self.devices.values() if template_id in device.templates]


def matches_like(label, pattern):
    """SQL's `label LIKE '%pattern%'`: in the pattern % and _ stay wildcards, and \\ escapes them."""
    def translated(match):
        return {"%": ".*", "_": "."}.get(match[0]) or re.escape(match[0].removeprefix("\\"))

    expression = re.sub(r"\\.|.", translated, pattern, flags=re.DOTALL)
    return re.search(expression, label, re.DOTALL) is not None
