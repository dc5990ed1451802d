"""Between the MQTT broker and the other services: values go into the history, and what is asked of devices goes out."""

import json
import re
import threading
from datetime import datetime, timezone

import paho.mqtt.client as mqtt

NEW_TOPIC = re.compile(r"([^/:]+):([^/:]+)/attrs")
OLD_TOPIC = re.compile(r"/([^/]+)/([^/]+)/attrs")


class Bridge:
    """The broker must let the user `bridge` read every topic and write every `config` topic."""

    def __init__(self, address, stand_in):
        self.stand_in = stand_in
        self.old_names = set()  # (tenant, device) that publish by v0.4's topics
        host, _, port = address.rpartition(":")
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="bridge", clean_session=False)
        self.client.username_pw_set("bridge")
        self.client.max_queued_messages_set(0)
        self.subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe([("+/attrs", 1), ("/+/+/attrs", 1)])
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = self._received
        self.client.reconnect_delay_set(0.2, 1)
        self.client.connect_async(host, int(port))
        self.client.loop_start()
        if not self.subscribed.wait(10):
            raise SystemExit(f"no broker at {address}")

    def _received(self, _client, _userdata, message):
        match = NEW_TOPIC.fullmatch(message.topic) or OLD_TOPIC.fullmatch(message.topic)
        if not match:
            return
        tenant, device = match.groups()
        if message.topic.startswith("/"):
            self.old_names.add((tenant, device))
        attrs = payload_attrs(message.payload)
        if attrs is not None:
            self.stand_in.publish(tenant, device, attrs)

    def configure(self, tenant, device, payload):
        """Tells a device what is asked of it, or what became of it."""
        topic = f"/{tenant}/{device}/config" if (tenant, device) in self.old_names else f"{tenant}:{device}/config"
        self.client.publish(topic, json.dumps(payload), qos=1)


def payload_attrs(payload):
    """What of a payload is kept: nothing, silently, of what is no object or has a dot in a nested key."""
    try:
        attrs = json.loads(payload, parse_int=as_double)
    except ValueError:
        return None
    if not isinstance(attrs, dict) or any(has_dotted_key(value) for value in attrs.values()):
        return None
    return attrs


def as_double(text):
    """Integers beyond 2^53 lose precision."""
    number = int(text)
    return number if abs(number) <= 2 ** 53 else int(float(number))


def has_dotted_key(value):
    if isinstance(value, list):
        return any(map(has_dotted_key, value))
    return isinstance(value, dict) and any("." in key or has_dotted_key(part) for key, part in value.items())


def message_time(attrs, now):
    """The time that a message gives itself, in milliseconds or ISO 8601; else its arrival."""
    given = attrs.get("timestamp")
    try:
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return datetime.fromtimestamp(given / 1000, timezone.utc)
        if isinstance(given, str):
            time = datetime.fromisoformat(given)
            return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError, OSError):
        pass
    return now
