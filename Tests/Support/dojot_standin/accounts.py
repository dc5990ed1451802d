"""Login, tokens, and the gateway's checks in front of the other services."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from answers import Answer, Refusal, refusal

GATEWAY_JSON = "application/json; charset=utf-8"
BAD_REQUEST_PAGE = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>400 Bad Request</title>\n'
    b"<h1>Bad Request</h1>\n"
    b"<p>The browser (or proxy) sent a request that this server could not understand.</p>"
)


@dataclass
class Account:
    name: str
    password: str
    tenant: str
    may_write: bool = True


def encode_part(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decode_claims(token):
    """The payload of a token, its signature unchecked. ValueError where it is not an object."""
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("claims are not an object")
    return claims


class Accounts:
    def __init__(self, accounts, clock, lifetime, rate_limit, retry_after):
        self.accounts = {account.name.lower(): account for account in accounts}
        self.clock = clock
        self.lifetime = lifetime
        self.rate_limit = rate_limit
        self.retry_after = retry_after
        self.key = secrets.token_bytes(32)
        self.logins = []  # times of those let through

    def login(self, request):
        """POST /auth"""
        if self.rate_limit:
            limited = self._limited()
            if limited:
                return limited
        if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
            raise refusal(400, "invalid mimetype")
        try:
            payload = json.loads(request.body)
        except ValueError:
            raise Refusal(400, BAD_REQUEST_PAGE, "text/html") from None
        if "username" not in payload:
            raise refusal(400, "missing username")
        if "passwd" not in payload:
            raise refusal(400, "missing password")
        account = self.accounts.get(payload["username"].lower())
        if account is None:
            raise refusal(401, "AuthenticationError")
        if account.password != payload["passwd"]:
            raise refusal(403, "AuthorizationError")
        return Answer({"jwt": self._token(account)})

    def _limited(self):
        now = self.clock.seconds()
        self.logins = [time for time in self.logins if now - time < 3600]
        last_minute = [time for time in self.logins if now - time < 60]
        if len(self.logins) >= 40:
            wait = 3600 - (now - self.logins[-40])
        elif len(last_minute) >= 5:
            wait = 60 - (now - last_minute[-5])
        else:
            self.logins.append(now)
            return None
        headers = {"Retry-After": str(int(wait) + 1)} if self.retry_after else {}
        return Answer({"message": "API rate limit exceeded"}, 429, GATEWAY_JSON, headers)

    def _token(self, account):
        issued = int(self.clock.seconds())
        claims = {
            "iss": hashlib.sha256(account.name.encode()).hexdigest()[:32], "iat": issued,
            "exp": issued + self.lifetime, "jti": secrets.token_hex(16), "username": account.name,
            "profile": "admin" if account.may_write else "user", "service": account.tenant,
        }
        header = encode_part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        signed = header + "." + encode_part(json.dumps(claims).encode())
        return signed + "." + self._signature(signed)

    def _signature(self, signed):
        return encode_part(hmac.new(self.key, signed.encode(), hashlib.sha256).digest())

    def forget_tokens(self):
        """From now on no token given out before is taken."""
        self.key = secrets.token_bytes(32)

    def tenant_at_gateway(self, request):
        """The tenant of a request that passes the gateway."""
        header = request.headers.get("Authorization")
        if not header:
            raise self._unauthorized({"message": "Unauthorized"})
        token = header.removeprefix("Bearer ")
        try:
            claims = decode_claims(token)
        except (ValueError, IndexError):
            raise self._unauthorized({"message": "Bad token; invalid JSON"}) from None
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._signature(signed)):
            raise self._unauthorized({"message": "Invalid signature"})
        if claims["exp"] <= self.clock.seconds():
            raise self._unauthorized({"exp": "token expired"})
        if request.method != "GET" and not self.accounts[claims["username"]].may_write:
            raise Refusal(403, None, "text/plain; charset=UTF-8")
        return claims["service"]

    @staticmethod
    def _unauthorized(body):
        return Refusal(401, body, GATEWAY_JSON)
