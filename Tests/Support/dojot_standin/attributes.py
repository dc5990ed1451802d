"""Attributes of templates: what is accepted, how they are kept, how they are shown."""

import re

from answers import Refusal, internal_error

LONGEST_TEXT = 128
LONGEST_TYPE = 32
LABEL = re.compile(r"^[a-zA-Z0-9_-]+$")
DATA_TYPES = ("static", "dynamic", "actuator")


class Attribute:
    """A row of a template, or, as `metadata`, of another attribute."""

    def __init__(self, attribute_id, given, created):
        self.id = attribute_id
        self.label = given["label"]
        self.type = given["type"]
        self.value_type = given["value_type"]
        self.static_value = stored_text(given.get("static_value"))
        self.created = created
        self.updated = None
        self.metadata = []
        check_length(self.label, LONGEST_TEXT)
        check_length(self.type, LONGEST_TYPE)
        check_length(self.value_type, LONGEST_TYPE)

    @property
    def key(self):
        return self.label, self.type

    def change(self, given, now):
        """Takes over what a template update says; what it leaves out becomes null."""
        value_type, static_value = given.get("value_type"), stored_text(given.get("static_value"))
        check_length(value_type, LONGEST_TYPE)
        if (value_type, static_value) != (self.value_type, self.static_value):
            self.value_type, self.static_value, self.updated = value_type, static_value, now

    def shown(self, template_id, overrides=None):
        """As JSON. With `overrides` (attribute id -> text) as part of a device."""
        row = self._shown_alone(overrides)
        row["template_id"] = str(template_id)
        row["metadata"] = [{"updated": None} | meta._shown_alone(overrides) for meta in self.metadata]
        return {key: value for key, value in row.items() if value is not None and value != []}

    def _shown_alone(self, overrides):
        row = {"created": self.created, "id": self.id, "label": self.label, "type": self.type,
               "value_type": self.value_type}
        if self.updated is not None:
            row["updated"] = self.updated
        if self.static_value is not None:
            row["static_value"] = self.static_value
        if overrides is not None:
            if self.id in overrides:
                row["static_value"] = overrides[self.id]
                row["is_static_overridden"] = True
            elif self.static_value is not None:
                row["is_static_overridden"] = False
        return row


def new_attributes(given_rows, ids, created):
    """Rows for a list of attributes: first all of them take an id, then their metadata."""
    rows = [Attribute(next(ids), given, created) for given in given_rows]
    for row, given in zip(rows, given_rows):
        row.metadata = new_attributes(given.get("metadata") or [], ids, created)
    return rows


def stored_text(value):
    """A static value as the database keeps it: text of limited length."""
    if value is None:
        return None
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise internal_error()
    text = str(value)
    check_length(text, LONGEST_TEXT)
    return text


def check_length(text, limit):
    if text is not None and len(text) > limit:
        raise internal_error()


def check_attributes(given_rows):
    """Refuses what the device manager's schema refuses. Neither kind of type is looked at."""
    for given in given_rows:
        errors = attribute_errors(given, label_rules=True)
        if errors:
            raise Refusal(400, {"message": "failed to parse attr", "errors": errors})


def attribute_errors(given, label_rules):
    errors = {}
    for name in ("label", "type", "value_type"):
        if name not in given:
            # An attribute's label defaults to null, which then is what is refused.
            null_label = name == "label" and label_rules
            errors[name] = ["Field may not be null." if null_label else "Missing data for required field."]
        elif given[name] is None:
            errors[name] = ["Field may not be null."]
        elif not isinstance(given[name], str):
            errors[name] = ["Not a valid string."]
    if label_rules and "label" not in errors and not LABEL.match(given["label"]):
        errors["label"] = ["Labels must contain letters, numbers or dashes(-_)"]
    metadata = given.get("metadata") or []
    nested = {str(index): attribute_errors(meta, False) for index, meta in enumerate(metadata)}
    nested = {index: found for index, found in nested.items() if found}
    if nested:
        errors["metadata"] = nested
    elif len({meta["label"] for meta in metadata}) < len(metadata):
        errors["metadata"] = ["a template can not have repeated attributes"]
    return errors


def required_label(payload):
    """The label of a template or device."""
    if "label" not in payload:
        errors = ["Missing data for required field."]
    elif payload["label"] is None:
        errors = ["Field may not be null."]
    elif not isinstance(payload["label"], str):
        errors = ["Not a valid string."]
    else:
        return payload["label"]
    raise Refusal(400, {"message": "failed to parse input", "errors": {"label": errors}})
