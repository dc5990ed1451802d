"""Network captures of OCPP, written byte by byte."""

import struct


def websocket_frame(text, mask):
    """One text message (RFC 6455, section 5.2), masked as a client's where a mask is given."""
    data = text.encode()
    head = bytes([0x81])
    length = len(data)
    bit = 0x80 if mask else 0
    if length < 126:
        head += bytes([bit | length])
    else:
        head += bytes([bit | 126]) + struct.pack(">H", length)
    if mask:
        head += mask
        data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    return head + data


def packet(client, port, payload, from_client, sequence, acknowledged):
    source, target = (client, port) if from_client else (port, client)
    tcp = struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, 0x18, 65535, 0, 0) + payload
    address = b"\x7f\0\0\x01"
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, address, address)
    return b"\0" * 12 + b"\x08\0" + ip + tcp


def conversation(port, path, messages, client=51000):
    """Packets of a connection: the upgrade, then `(from_client, [text, …])`; several texts come in one packet."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    hello = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n")
    welcome = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n")
    payloads = [(True, hello.encode()), (False, welcome.encode())]
    for from_client, texts in messages:
        mask = b"\x12\x34\x56\x78" if from_client else None
        payloads.append((from_client, b"".join(websocket_frame(text, mask) for text in texts)))
    sent = {True: 1000, False: 5000}
    for from_client, payload in payloads:
        yield packet(client, port, payload, from_client, sent[from_client], sent[not from_client])
        sent[from_client] += len(payload)


def pcap(packets, start=1795340719.0):
    """A capture of Ethernet packets, a second apart."""
    whole = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for index, data in enumerate(packets):
        whole += struct.pack("<IIII", int(start) + index, 146_000, len(data), len(data)) + data
    return whole


def pcapng(packets, start=1795340719.0):
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        length = len(body) + 12
        return struct.pack("<II", kind, length) + body + struct.pack("<I", length)

    whole = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 65535))
    for index, data in enumerate(packets):
        time = int((start + index) * 1_000_000) + 146_000
        whole += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data)) + data)
    return whole
