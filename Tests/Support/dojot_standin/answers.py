"""What a service answers, and the errors that end a request early."""

import json
from dataclasses import dataclass, field

JSON = "application/json"


@dataclass
class Answer:
    """One HTTP answer. `body` is bytes, or a value that becomes JSON; None is an empty body."""

    body: object = None
    status: int = 200
    content_type: str = JSON
    headers: dict = field(default_factory=dict)

    def encoded(self):
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Refusal(Exception):
    """Ends a request with this answer."""

    def __init__(self, status, body, content_type=JSON):
        super().__init__(status, body)
        self.answer = Answer(body, status, content_type)


def refusal(status, message):
    """The device manager's and the auth service's usual error."""
    return Refusal(status, {"message": message, "status": status})


def internal_error():
    """What the device manager answers to anything that it did not expect."""
    return Refusal(500, {"msg": "Internal Error"})


def invalid_endpoint():
    return Refusal(404, {"msg": "Invalid endpoint requested"})


class Request:
    """One HTTP request, with its path split from its query."""

    def __init__(self, method, path, query, headers, body):
        self.method = method
        self.path = path
        self.query = query  # name -> list of values
        self.headers = headers
        self.body = body

    def first(self, name, default=None):
        return self.query.get(name, [default])[0]

    def json_payload(self):
        """The body as the device manager reads it: its type must be exact, its text an object."""
        if self.headers.get("Content-Type") != JSON:
            raise self._not_json()
        try:
            payload = json.loads(self.body)
        except ValueError:
            raise self._not_json() from None
        if not isinstance(payload, dict):
            raise Refusal(400, {"message": "failed to parse input", "errors": {"_schema": ["Invalid input type."]}})
        return payload

    def loose_payload(self):
        """The body where neither its type nor its form is checked beforehand."""
        try:
            payload = json.loads(self.body)
        except ValueError:
            raise internal_error() from None
        if not isinstance(payload, dict):
            raise internal_error()
        return payload

    @staticmethod
    def _not_json():
        return refusal(400, "Payload must be valid JSON, and Content-Type set accordingly")


class Page:
    """One page of rows, with the numbers that the device manager gives about it."""

    def __init__(self, request, rows):
        try:
            number = int(request.first("page_num", "1"))
            size = int(request.first("page_size", "20"))
        except ValueError:
            raise internal_error() from None
        if number < 1:
            raise refusal(400, "Page numbers must be greater than 1")
        if size < 1:
            raise refusal(400, "At least one entry per page is mandatory")
        pages = -(-len(rows) // size)
        self.rows = rows[(number - 1) * size: number * size]
        self.pagination = {
            "page": number,
            "total": pages,  # of pages, not of rows
            "has_next": number < pages,
            "next_page": number + 1 if number < pages else None,
        }
