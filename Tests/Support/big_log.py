"""A log of any size, as a stream: hundreds of charge points, and nine of ten CALLs are never answered."""

CHARGE_POINTS = 300
LINES = 3000
BLOCK = b"@@@@@@@@"


def _line(number):
    who = b"CP%05d" % (number % CHARGE_POINTS)
    call = (b'2026-03-01 08:00:00.123+00:00 INFO ' + who + b': recv [2,"' + BLOCK + b'-%04x","MeterValues",'
            b'{"connectorId":1,"transactionId":%d,"meterValue":[{"timestamp":"2026-03-01T08:00:00Z","sampledValue":'
            b'[{"value":"%d","measurand":"Energy.Active.Import.Register","unit":"Wh"}]}]}]\n' % (number, number, number))
    if number % 10:
        return call
    return call + b'2026-03-01 08:00:00.223+00:00 INFO ' + who + b': send [3,"' + BLOCK + b'-%04x",{}]\n' % number


TEMPLATE = b"".join(_line(number) for number in range(LINES))
CALLS = LINES
RESULTS = LINES // 10


def blocks(size):
    """Blocks of about half a megabyte, `size` bytes or a little more in all; each has ids of its own."""
    sent = 0
    number = 0
    while sent < size:
        block = TEMPLATE.replace(BLOCK, b"%08x" % number)
        yield block
        sent += len(block)
        number += 1


def memory(pid, field="VmRSS"):
    """Bytes of a running process: `VmRSS` now, `VmHWM` at most so far."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field + ":"))
