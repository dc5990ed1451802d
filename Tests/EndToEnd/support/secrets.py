"""Every key and password that the suite uses, and the only files where each may stand.

`support/outputs.py` searches all else that a run leaves behind for them.
"""

import base64
import re
from pathlib import Path

# By what they are called in a report, which never shows them.
known = {}
# Files that tests wrote to hand a secret to a command.
places = set()


def secret(name, text):
    """Registers a secret, and gives it back. Nothing so short that it may stand anywhere by chance."""
    data = text if isinstance(text, bytes) else text.encode()
    assert len(data) >= 8, name
    known[name] = data
    return text


def written(path, text):
    """A file of the kind that --password-file reads, for its owner; that file is where the secret may stand."""
    path = Path(path)
    path.write_text(text)
    path.chmod(0o600)
    places.add(path.resolve())
    return path


KEY = secret("KEY", "5c1f0a77e2b94d0386d1ac42f7098be1354e9d60")
OTHER_KEY = secret("OTHER_KEY", "0d9e2f41b8a34c57960273fe1d8845cab6f90e13")
WRONG_KEY = secret("WRONG_KEY", "deadbeef" * 5)
PASSWORD = secret("PASSWORD", "a plain password")
DOJOT_PASSWORD = secret("DOJOT_PASSWORD", "tr33s-along-the-Guama")
# Wrong secrets begin with it, where a test tries thousands.
GUESS = secret("GUESS", b"guessed-secret-")
# What the transcripts of Tests/CommandLineTests give to `passwords set`.
TRANSCRIPT_KEY = secret("TRANSCRIPT_KEY", "0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF")


def forms(data):
    """How a secret may be written: as it is, in hexadecimal and in Base64, whatever stands before it, as in the header of
    Basic authentication; a key's digits and the bytes that they stand for alike."""
    written_as = {data}
    if re.fullmatch(rb"(?:[0-9a-fA-F]{2}){16,20}", data):
        written_as |= {data.lower(), data.upper(), bytes.fromhex(data.decode())}
    found = set()
    for one in written_as:
        found |= {one, one.hex().encode(), one.hex().upper().encode()}
        for before in range(3):
            # The characters that no neighbour has a part in.
            text = base64.b64encode(bytes(before) + one + bytes(2))
            begin, end = (before * 8 + 5) // 6, (before + len(one)) * 8 // 6
            found.add(text[begin:end])
    return found


def private_key(data):
    """What tells a PEM private key: a line of it that others do not have; None where the text is none."""
    match = re.search(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n(?:.*\n)*?-----END", data)
    lines = [line for line in match[0].splitlines()[2:-1] if len(line) >= 24] if match else []
    return lines[0] if lines else None


def key_file(data):
    """The AuthorizationKey of a file that holds nothing else, as `openssl rand -hex 20` writes it; else None."""
    text = data.strip()
    return text if len(data) <= 42 and re.fullmatch(rb"(?:[0-9a-fA-F]{2}){16,20}", text) else None
