"""Frames as a busy central system sees them: made by chance, the same in every run."""

import random
import uuid

MEASURANDS = [
    ("Energy.Active.Import.Register", "Wh", None), ("Power.Active.Import", "W", None), ("Current.Import", "A", "L1"),
    ("Current.Import", "A", "L2"), ("Current.Import", "A", "L3"), ("Voltage", "V", "L1-N"), ("SoC", "Percent", None),
    ("Temperature", "Celsius", None),
]
# What stands before a frame in a log, 60 bytes of it, and what stands between frames.
PREFIX = "2026-03-01 08:00:00.123 DEBUG ws.server [worker-07] CP000123: "
OTHER = "2026-03-01 08:00:00.124 INFO  scheduler   [worker-02] nothing to do for 42 stations, next look in 15 s\n"


class Source:
    def __init__(self, seed=1):
        self.pick = random.Random(seed)

    def time(self):
        pick = self.pick.randint
        return f"2026-{pick(1, 12):02}-{pick(1, 28):02}T{pick(0, 23):02}:{pick(0, 59):02}:{pick(0, 59):02}.{pick(0, 999):03}Z"

    def samples(self):
        found = []
        for measurand, unit, phase in MEASURANDS[:self.pick.randint(1, 8)]:
            where = f'"phase":"{phase}",' if phase else ""
            found.append(f'{{"value":"{self.pick.random() * 50000:.1f}","context":"Sample.Periodic","format":"Raw",'
                         f'"measurand":"{measurand}",{where}"location":"Outlet","unit":"{unit}"}}')
        return f'[{{"timestamp":"{self.time()}","sampledValue":[{",".join(found)}]}}]'

    def frame(self):
        pick, name = self.pick, uuid.UUID(int=self.pick.getrandbits(128))
        kind = pick.choices(["meter", "status", "heartbeat", "start", "stop", "result", "error"],
                            [45, 10, 10, 4, 4, 26, 1])[0]
        number, tag = pick.randint(1, 10_000_000), f"{pick.getrandbits(32):08X}"
        match kind:
            case "meter":
                return (f'[2,"{name}","MeterValues",{{"connectorId":{pick.randint(1, 2)},"transactionId":{number},'
                        f'"meterValue":{self.samples()}}}]')
            case "status":
                status = pick.choice(["Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Faulted"])
                return (f'[2,"{name}","StatusNotification",{{"connectorId":{pick.randint(0, 2)},"errorCode":"NoError",'
                        f'"status":"{status}","timestamp":"{self.time()}","info":"","vendorId":"\\u00c9lectrique"}}]')
            case "heartbeat":
                return f'[2,"{name}","Heartbeat",{{}}]'
            case "start":
                return (f'[2,"{name}","StartTransaction",{{"connectorId":1,"idTag":"{tag}",'
                        f'"meterStart":{pick.randint(0, 1_000_000)},"timestamp":"{self.time()}"}}]')
            case "stop":
                return (f'[2,"{name}","StopTransaction",{{"transactionId":{number},"idTag":"{tag}",'
                        f'"meterStop":{pick.randint(0, 1_000_000)},"timestamp":"{self.time()}",'
                        f'"reason":"EVDisconnected","transactionData":{self.samples()}}}]')
            case "result":
                payload = pick.choice(["{}", f'{{"currentTime":"{self.time()}"}}',
                                       f'{{"transactionId":{number},"idTagInfo":{{"status":"Accepted"}}}}'])
                return f'[3,"{name}",{payload}]'
            case _:
                return f'[4,"{name}","InternalError","a \\"quoted\\" text",{{}}]'


def write(size, lines, log):
    """Writes `size` bytes of frames to the one file, and as many between other lines to the other."""
    source, written, other = Source(), 0, 0
    with open(lines, "w") as bare, open(log, "w") as mixed:
        while written < size:
            frame = source.frame()
            written += bare.write(frame + "\n")
            other -= mixed.write(PREFIX + frame + "\n")
            while other < 0:
                other += mixed.write(OTHER)
