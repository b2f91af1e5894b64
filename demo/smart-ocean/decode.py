"""Decodes AIS sentences, a line each, with pyais; prints one JSON object a message. A line that it cannot read ends it with an error."""

import json
import sys

from pyais.stream import IterMessages

lines = [line.strip().encode() for line in sys.stdin if line.strip()]
for sentence in IterMessages(lines):
    if not sentence.is_valid:
        raise ValueError(f"checksum: {sentence.raw!r}")
    message = sentence.decode().asdict(enum_as_int=True)
    print(json.dumps({k: v for k, v in message.items() if not isinstance(v, bytes)}))
