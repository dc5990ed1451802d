"""/template of the device manager."""

import copy
import random

from answers import Answer, Page, internal_error, refusal
from attributes import DATA_TYPES, LONGEST_TEXT, check_attributes, check_length, new_attributes, required_label
from tenant import matches_like

VIOLATED = "Template attribute constraints are violated by the request"


class Template:
    def __init__(self, template_id, label, attributes, created):
        self.id = template_id
        self.label = label
        self.attributes = attributes
        self.created = created
        self.updated = None

    def shown(self, attr_format="both"):
        attrs = in_no_order(row.shown(self.id) for row in self.attributes)
        body = {"id": self.id, "label": self.label, "created": self.created}
        if self.updated is not None:
            body["updated"] = self.updated
        if attr_format != "split":
            body["attrs"] = attrs
        if attr_format != "single":
            body["data_attrs"] = [attr for attr in attrs if attr["type"] in DATA_TYPES]
            body["config_attrs"] = [attr for attr in attrs if attr["type"] not in DATA_TYPES]
        return body


def in_no_order(rows):
    """A list as a query without ORDER BY may give it."""
    rows = list(rows)
    return random.sample(rows, len(rows))


def template_id(text):
    """The id in a path; what is no number breaks the real one's query."""
    try:
        return int(text)
    except (TypeError, ValueError):
        raise internal_error() from None


class Templates:
    """Each method answers one kind of request for one tenant."""

    def __init__(self, tenant, clock, message_bus):
        self.tenant = tenant
        self.clock = clock
        self.bus = message_bus

    def list(self, request):
        conditions = attribute_conditions(request)
        pattern = request.first("label")
        rows = [
            row for row in self.tenant.templates.values()
            if (not pattern or matches_like(row.label, pattern))
            and (not conditions or any(all(holds(attribute, attribute.static_value) for holds in conditions)
                                       for attribute in row.attributes))
        ]
        page = Page(request, rows)
        attr_format = request.first("attr_format", "both")
        return Answer({"pagination": page.pagination, "templates": [row.shown(attr_format) for row in page.rows]})

    def get(self, _, given_id):
        return Answer(self.tenant.template(template_id(given_id)).shown())  # attr_format counts in lists only

    def create(self, request):
        payload = request.json_payload()
        label = required_label(payload)
        attrs = given_attributes(payload)
        check_attributes(attrs)
        row_id = next(self.tenant.template_ids)
        now = self.clock.iso()
        attributes = new_attributes(attrs, self.tenant.attribute_ids, now)
        check_length(label, LONGEST_TEXT)
        check_unique(attributes)
        row = Template(row_id, label, attributes, now)
        self.tenant.templates[row.id] = row
        self.bus.after_create()
        return Answer({"result": "ok", "template": row.shown()})

    def update(self, request, given_id):
        row = self.tenant.template(template_id(given_id))
        payload = request.json_payload()
        label = required_label(payload)
        attrs = given_attributes(payload)
        check_attributes(attrs)
        check_length(label, LONGEST_TEXT)
        now = self.clock.iso()
        kept, added = merged(copy.deepcopy(row.attributes), attrs, self.tenant.attribute_ids, now)
        check_unique(kept + added)
        self._check_devices(row, added)
        if added or len(kept) < len(row.attributes) or label != row.label:
            row.updated = now
        row.label, row.attributes = label, kept + added
        self._drop_overrides_of_removed(row)
        self.bus.tell()
        for device in self.tenant.devices_using(row.id):
            self.bus.configure(self.tenant.name, device.id, device.shown(self.tenant)["attrs"])
        return Answer({"result": "ok", "updated": row.shown()})

    def delete(self, request, given_id):
        row = self.tenant.template(template_id(given_id))
        if self.tenant.devices_using(row.id):
            raise refusal(400, "Templates cannot be removed as they are being used by devices")
        del self.tenant.templates[row.id]
        return Answer({"result": "ok", "removed": row.shown()})

    def _check_devices(self, row, added):
        """A device may not get one label and type from two templates."""
        keys = {attribute.key for attribute in added}
        for device in self.tenant.devices_using(row.id):
            for other in device.templates:
                others = self.tenant.template(other).attributes if other != row.id else []
                if any(attribute.key in keys for attribute in others):
                    raise refusal(400, VIOLATED)

    def _drop_overrides_of_removed(self, row):
        left = {part.id for attribute in row.attributes for part in (attribute, *attribute.metadata)}
        for device in self.tenant.devices_using(row.id):
            others = {part.id for other in device.templates if other != row.id
                      for attribute in self.tenant.template(other).attributes
                      for part in (attribute, *attribute.metadata)}
            device.overrides = {key: value for key, value in device.overrides.items() if key in left | others}


def given_attributes(payload):
    """`attrs` is read without a check, so leaving it out is an internal error."""
    attrs = payload.get("attrs")
    if not isinstance(attrs, list) or not all(isinstance(given, dict) for given in attrs):
        raise internal_error()
    return attrs


def merged(rows, given_rows, ids, now):
    """The rows that stay, changed in place, and the new ones. A row stays where label and type match."""
    waiting = list(given_rows)
    kept = []
    for row in rows:
        given = next((given for given in waiting if (given["label"], given["type"]) == row.key), None)
        if given is None:
            continue
        waiting.remove(given)
        row.change(given, now)
        if given.get("metadata") is not None:
            meta_kept, meta_added = merged(row.metadata, given["metadata"], ids, now)
            row.metadata = meta_kept + meta_added
        kept.append(row)
    return kept, new_attributes(waiting, ids, now)


def check_unique(attributes):
    if len({attribute.key for attribute in attributes}) < len(attributes):
        raise refusal(400, VIOLATED)


def attribute_conditions(request):
    """`attr=label=value` and `attr_type=value_type` of a query; one attribute must fulfil all of them."""
    conditions = []
    for text in request.query.get("attr", []):
        label, equals, value = text.rpartition("=")
        if not (label and equals and value):
            raise internal_error()
        conditions.append(lambda attribute, static, label=label, value=value:
                          attribute.label == label and static == value)
    for value_type in request.query.get("attr_type", []):
        conditions.append(lambda attribute, _, value_type=value_type: attribute.value_type == value_type)
    return conditions
