"""/device of the device manager."""

import secrets

from answers import Answer, Page, Refusal, internal_error, refusal
from attributes import LONGEST_TEXT, check_length, required_label, stored_text
from templates import attribute_conditions, in_no_order, template_id
from tenant import matches_like


class Device:
    def __init__(self, device_id, label, templates, overrides, created):
        self.id = device_id
        self.label = label
        self.templates = templates  # their ids
        self.overrides = overrides  # attribute id -> text
        self.created = created
        self.updated = None

    def shown(self, tenant):
        attrs = {str(number): in_no_order(row.shown(number, self.overrides)
                                          for row in tenant.template(number).attributes)
                 for number in self.templates}
        body = {"id": self.id, "label": self.label, "templates": self.templates, "attrs": attrs,
                "created": self.created}
        return body | ({"updated": self.updated} if self.updated is not None else {})


class Devices:
    """Each method answers one kind of request for one tenant."""

    def __init__(self, tenant, clock, message_bus, history):
        self.tenant = tenant
        self.clock = clock
        self.bus = message_bus
        self.history = history

    def list(self, request):
        conditions = attribute_conditions(request)
        pattern, template = request.first("label"), request.first("template")
        rows = [
            device for device in self.tenant.devices.values()
            if (not pattern or matches_like(device.label, pattern))
            and (not template or template in map(str, device.templates))
            and (not conditions or self._fulfils(device, conditions))
        ]
        page = Page(request, sorted(rows, key=lambda device: device.id))
        if request.first("idsOnly", "false").lower() in ("true", "1", ""):
            return Answer([device.id for device in page.rows])
        return self._listing(page)

    def list_by_template(self, request, template):
        return self._listing(Page(request, [device for device in self.tenant.devices.values()
                                            if template in map(str, device.templates)]))

    def _listing(self, page):
        return Answer({"pagination": page.pagination, "devices": [row.shown(self.tenant) for row in page.rows]})

    def _fulfils(self, device, conditions):
        return any(all(holds(row, device.overrides.get(row.id, row.static_value)) for holds in conditions)
                   for row in self._attributes(device))

    def _attributes(self, device):
        return [row for number in device.templates for row in self.tenant.template(number).attributes]

    def get(self, request, device_id):
        return Answer(self.tenant.device(device_id).shown(self.tenant))

    def create(self, request):
        try:
            count = int(request.first("count", "1"))
        except ValueError:
            raise refusal(400, "If provided, count must be integer") from None
        verbose = request.first("verbose") in ("true", "1", "True")
        if verbose and count != 1:
            raise refusal(400, "Verbose can only be used for single device creation")
        payload = request.json_payload()
        label = required_label(payload)
        created = []
        for index in range(count):
            device_id = self.tenant.new_device_id()
            own_label = label if count == 1 else f"{label}_{index:0{len(str(count))}d}"
            created.append(self._parsed(device_id, own_label, payload))
        for device in created:
            self.tenant.devices[device.id] = device
            self.history.begin(device.id)
        self.bus.after_create()
        self.bus.tell()
        for device in created:
            self._tell_device(device)
        if verbose:
            return Answer({"message": "device created", "devices": [created[0].shown(self.tenant)]})
        rows = [{"id": device.id, "label": device.label} for device in created]
        return Answer({"message": "devices created", "devices": rows})

    def update(self, request, device_id):
        payload = request.json_payload()
        label = required_label(payload)
        old = self.tenant.device(device_id)
        if "templates" not in payload:
            raise internal_error()
        device = self._parsed(device_id, label, payload)
        device.created, device.updated = old.created, self.clock.iso()
        self.tenant.devices[device_id] = device
        self.bus.tell()
        self._tell_device(device)
        return Answer({"message": "device updated", "device": device.shown(self.tenant)})

    def delete(self, request, device_id):
        device = self.tenant.device(device_id)
        self.bus.tell()  # before the row goes, unlike everywhere else
        self._tell_device(device)
        del self.tenant.devices[device_id]
        return Answer({"result": "ok", "removed_device": device.shown(self.tenant)})

    def actuate(self, request, device_id):
        device = self.tenant.device(device_id)
        attrs = request.loose_payload().get("attrs")
        if not isinstance(attrs, dict):
            raise internal_error()
        actuators = {row.label for row in self._attributes(device) if row.type == "actuator"}
        unknown = [label for label in attrs if label not in actuators]
        if unknown:
            raise Refusal(403, {"attrs": unknown, "status": "some of the attributes are not configurable"})
        self.bus.tell()
        self.bus.configure(self.tenant.name, device_id, attrs)
        self.history.add(device_id, attrs, self.clock.now())
        return Answer({" status": "configuration sent to device"})  # the blank is DOJOT's

    def _tell_device(self, device):
        """Devices hear of what becomes of them where they hear what is asked of them."""
        self.bus.configure(self.tenant.name, device.id, device.shown(self.tenant)["attrs"])

    def generate_keys(self, request, device_id):
        length = request.first("key_length")
        if length is None:
            raise refusal(400, "Missing key_length parameter")
        device = self.tenant.device(device_id)
        targets = [row for row in self._attributes(device) if row.value_type == "psk"]
        if not targets:
            return Answer(None, 204)
        device.updated = self.clock.iso()
        return Answer([{"attribute": row.label, "psk": secrets.token_hex(int(length))} for row in targets])

    def _parsed(self, device_id, label, payload):
        """A device as a request describes it, not yet kept anywhere."""
        attrs = payload.get("attrs") or []
        check_override_labels(attrs)
        check_length(label, LONGEST_TEXT)
        templates = [self.tenant.template(template_id(given)) for given in payload.get("templates") or []]
        overrides = {}
        for given in attrs:
            overrides |= self._overrides(given, templates)
        self._check_conflicts(device_id, templates)
        return Device(device_id, label, [template.id for template in templates], overrides, self.clock.iso())

    def _overrides(self, given, templates):
        """What one entry of `attrs` overrides: attribute id -> text."""
        try:
            wanted, attribute_id = int(given["template_id"]), given["id"]
        except (KeyError, TypeError, ValueError):
            raise internal_error() from None
        template = next((template for template in templates if template.id == wanted), None)
        if template is None:
            raise refusal(400, "Unknown template None in attr list")
        row = next((row for row in template.attributes if str(row.id) == str(attribute_id)), None)
        if row is None:
            raise refusal(400, f"Unknown attribute {attribute_id} in override list")
        entries = [(row, given)]
        for meta in given.get("metadata") or []:
            child = next((child for child in row.metadata if str(child.id) == str(meta.get("id"))), None)
            if child is None:
                raise refusal(400, f"Unknown attribute {attribute_id} in override list")
            entries.append((child, meta))
        return {part.id: stored_text(entry["static_value"]) for part, entry in entries
                if entry.get("static_value") is not None}

    def _check_conflicts(self, device_id, templates):
        seen = set()
        for template in templates:
            keys = {row.key for row in template.attributes}
            if keys & seen:
                raise refusal(400, f"Template ({template.id}) cannot be added to device ({device_id}) "
                                   "as it has standing attribute conflicts")
            seen |= keys


def check_override_labels(attrs):
    labels = [given.get("label") for given in attrs]
    if None in labels:
        raise refusal(400, ["missing label attribute"])
    if len(set(labels)) < len(labels):
        raise refusal(400, ["a device can not have repeated attributes"])
