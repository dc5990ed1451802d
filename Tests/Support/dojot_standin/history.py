"""/history: what devices published, newest first."""

from datetime import datetime, timedelta, timezone

from answers import Answer, Refusal

JSON = "application/json; charset=UTF-8"
KEPT = timedelta(days=7)


def not_found(title, thing):
    description = f"No data for the given {thing} could be found"
    return Refusal(404, {"title": title, "description": description}, JSON)


def server_error():
    return Refusal(500, b"A server error occurred.  Please contact the administrator.", "text/plain")


class History:
    def __init__(self, tenant, clock):
        self.tenant = tenant
        self.clock = clock

    def begin(self, device_id):
        """A device that was created is known, though it has no data yet."""
        self.tenant.samples.setdefault(device_id, [])

    def add(self, device_id, values, time):
        """Keeps label -> value, as if published by MQTT; nobody asks whether the device exists."""
        self.begin(device_id)
        millisecond = time.microsecond // 1000 * 1000
        time = time.astimezone(timezone.utc).replace(microsecond=millisecond)
        self.tenant.samples[device_id] += [(label, value, time) for label, value in values.items()]

    def get(self, request, device_id):
        if device_id not in self.tenant.samples:
            raise not_found("Device not found", "device")
        labels = [label for text in request.query.get("attr", []) for label in text.split(",")]
        if len(labels) == 1:
            rows = self._rows(request, device_id, labels[0])
            if not rows:
                raise not_found("Attr not found", "attribute")
            return Answer(rows, content_type=JSON)
        labels = labels or self._labels_of(device_id)
        rows = {label: self._rows(request, device_id, label) for label in labels}
        return Answer(rows, content_type=JSON)

    def _labels_of(self, device_id):
        """Every label of the device's templates. A device that was never provisioned breaks the real one."""
        device = self.tenant.devices.get(device_id)
        if device is None:
            raise server_error()
        return [row.label for number in device.templates for row in self.tenant.template(number).attributes]

    def _rows(self, request, device_id, label):
        limit, newest_first = self._limit(request)
        earliest = max(self._date(request, "dateFrom") or datetime.min.replace(tzinfo=timezone.utc),
                       self.clock.now() - KEPT)
        latest = self._date(request, "dateTo") or datetime.max.replace(tzinfo=timezone.utc)
        samples = [(time, value) for own, value, time in self.tenant.samples[device_id]
                   if own == label and value != " " and earliest <= time <= latest]
        samples.sort(key=lambda sample: sample[0], reverse=newest_first)
        return [{"attr": label, "value": value, "device_id": device_id, "ts": shown_time(time), "metadata": {}}
                for time, value in (samples[:limit] if limit else samples)]

    @staticmethod
    def _limit(request):
        """How many rows, 0 for all, and whether the newest come first."""
        for name, newest_first in (("firstN", False), ("lastN", True), ("hLimit", True)):
            if name in request.query:
                try:
                    return int(request.first(name)), newest_first
                except ValueError:
                    description = f'The "{name}" parameter is invalid. Must be integer.'
                    raise Refusal(400, {"title": "Invalid parameter", "description": description}, JSON) from None
        return 0, True

    @staticmethod
    def _date(request, name):
        if name not in request.query:
            return None
        try:
            time = datetime.fromisoformat(request.first(name))
        except ValueError:
            raise server_error() from None
        return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def shown_time(time):
    """Six decimals, or none where they are all 0."""
    return time.replace(tzinfo=None).isoformat() + "Z"
