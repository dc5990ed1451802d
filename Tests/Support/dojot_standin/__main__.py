"""Starts the stand-in for the DOJOT 0.7 HTTP services and prints its URL as one JSON line."""

import argparse
import json
import signal
import sys
import threading
from datetime import datetime

from accounts import Account
from server import StandIn, serve


def account(text):
    """NAME:PASSWORD[:TENANT] as an Account; the tenant is NAME where none is given."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not parts[0]:
        raise argparse.ArgumentTypeError("expected NAME:PASSWORD[:TENANT]")
    return Account(parts[0], parts[1], parts[2] if len(parts) == 3 else parts[0])


def parse_arguments():
    parser = argparse.ArgumentParser(prog="dojot_standin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--user", type=account, action="append", default=[], metavar="NAME:PASSWORD[:TENANT]",
                        help="may do everything; admin:admin where none is given; repeatable")
    parser.add_argument("--reader", type=account, action="append", default=[], metavar="NAME:PASSWORD[:TENANT]",
                        help="may only read: anything else is 403 with an empty body; repeatable")
    parser.add_argument("--token-lifetime", type=int, default=420, metavar="SECONDS")
    parser.add_argument("--rate-limit", action="store_true", help="5 logins a minute and 40 an hour, then 429")
    parser.add_argument("--retry-after", action="store_true", help="a 429 carries Retry-After")
    parser.add_argument("--fail-after-create", type=int, default=0, metavar="N",
                        help="the N-th creation of a template or device answers 500 after the row is made")
    parser.add_argument("--bus-down", action="store_true",
                        help="what is told on the message bus is committed, then answered with 500")
    parser.add_argument("--without-gateway", action="store_true",
                        help="tokens are judged by the services themselves, which check no signature")
    parser.add_argument("--mqtt", metavar="ADDRESS:PORT", help="the broker that devices publish to")
    parser.add_argument("--live-lifetime", type=float, metavar="SECONDS",
                        help="connections for live data are closed after so long")
    parser.add_argument("--ca", metavar="FOLDER", help="where ca.pem and ca.key are, or are put")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    parser.add_argument("--now", type=datetime.fromisoformat, metavar="TIME",
                        help="RFC 3339 time at which the clock starts, in place of the machine's own")
    parser.add_argument("--frozen", action="store_true", help="the clock stands still until it is moved on")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    httpd = serve(StandIn(arguments), arguments.host, arguments.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    host, port = httpd.server_address[:2]
    print(json.dumps({"record": "listening", "url": f"http://{host}:{port}"}), flush=True)
    if arguments.until_eof:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        sys.stdin.buffer.read()
    else:
        httpd.serve_forever()


main()
