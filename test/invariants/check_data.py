"""Reads a data folder of the hub with nothing of the hub: sqlite3, the layout of docs/data-format.md, and fastavro.

    python3 check_data.py DATA_FOLDER

Prints one JSON object: `problems` (what a promise of the design forbids: gaps, repeats, untrue department topics),
`items` (item id -> whose it is), `vessels` (their MMSI), `projection` (P: item id -> content hash, class, fired rules, route, whose topic holds it, pairs and cluster; dead letters by id), and `records` per topic.
Exit code 1 when there are problems.
"""

import io
import json
import sqlite3
import struct
import sys
from collections import defaultdict

import fastavro


def records_of_segment(base_offset, count, blob):
    """The layout of runtime/log/segment.ts; numbers are little-endian."""
    if blob[0] != 1:
        raise ValueError(f"segment layout {blob[0]}")
    ends = struct.unpack_from(f"<{count}I", blob, 1)
    start = 1 + 4 * count
    at = start
    for index in range(count):
        timestamp, key_length, value_length, header_count = struct.unpack_from("<diiH", blob, at)
        at += 18
        key = None
        if key_length >= 0:
            key = blob[at : at + key_length].decode()
            at += key_length
        headers = {}
        for _ in range(header_count):
            (length,) = struct.unpack_from("<H", blob, at)
            name = blob[at + 2 : at + 2 + length].decode()
            at += 2 + length
            (length,) = struct.unpack_from("<I", blob, at)
            headers[name] = blob[at + 4 : at + 4 + length].decode()
            at += 4 + length
        value = None
        if value_length >= 0:
            value = blob[at : at + value_length]
            at += value_length
        if at != start + ends[index]:
            raise ValueError(f"record {base_offset + index} ends at {at}, its table says {start + ends[index]}")
        yield base_offset + index, timestamp, key, value, headers


class Data:
    def __init__(self, folder):
        self.db = sqlite3.connect(f"file:{folder}/hub.db?mode=ro", uri=True)
        self.schemas = {}

    def topics(self):
        return [name for (name,) in self.db.execute("SELECT name FROM topic ORDER BY name")]

    def records(self, topic):
        """(partition, offset, key, value, headers), each partition in the order of its offsets."""
        topic_id, compacted = self.db.execute("SELECT id, compacted FROM topic WHERE name = ?", (topic,)).fetchone()
        if compacted:
            rows = self.db.execute(
                "SELECT partition, offset, key, value, headers FROM compacted WHERE topic_id = ? ORDER BY 1, 2", (topic_id,)
            )
            for partition, offset, key, value, headers in rows:
                yield partition, offset, key, value, json.loads(headers) if headers else {}
            return
        segments = self.db.execute(
            "SELECT partition, base_offset, record_count, bytes FROM segment WHERE topic_id = ? ORDER BY 1, 2", (topic_id,)
        )
        end = {}
        for partition, base_offset, count, blob in segments:
            if base_offset < end.get(partition, 0):
                raise ValueError(f"{topic}/{partition}: segment {base_offset} overlaps the one before it")
            end[partition] = base_offset + count
            for offset, _, key, value, headers in records_of_segment(base_offset, count, blob):
                yield partition, offset, key, value, headers

    def decode(self, value):
        magic, schema_id = struct.unpack_from(">BI", value, 0)
        if magic != 0:
            raise ValueError(f"magic byte {magic}")
        if schema_id not in self.schemas:
            (text,) = self.db.execute("SELECT text FROM schema WHERE id = ?", (schema_id,)).fetchone()
            self.schemas[schema_id] = fastavro.parse_schema(json.loads(text))
        return fastavro.schemaless_reader(io.BytesIO(value[5:]), self.schemas[schema_id])


def check_sequence(what, found, expected, problems):
    reached = defaultdict(int)
    for item_id, number in found:
        if number != reached[item_id] + 1:
            problems.append(f"{item_id}: {what} {number} where {reached[item_id] + 1} was due")
        reached[item_id] = number
    for item_id, number in expected.items():
        if reached[item_id] != number:
            problems.append(f"{item_id}: {what}s up to {reached[item_id]}, the state says {number}")
    for item_id in set(reached) - set(expected):
        problems.append(f"{item_id}: {what}s but no state")


def cluster_of(item_id, state):
    """None for a lone item, whether it was ever told so or not."""
    # States that a hub before clusters has written have neither this nor pairs.
    membership = state.get("membership")
    if membership is None:
        return None
    members = [str(member["itemId"]) for member in membership["members"]]
    primary = str(membership["primaryItemId"])
    if primary == item_id and not members:
        return None
    return {"clusterId": str(membership["clusterId"]), "primary": primary, "members": members}


def check_clusters(states, problems):
    """A member follows a primary that lists it, and no organisation has it. True where nothing waits any more."""
    for item_id, state in states.items():
        cluster = cluster_of(item_id, state)
        if cluster is None:
            continue
        if cluster["primary"] != item_id:
            leader = cluster_of(cluster["primary"], states[cluster["primary"]])
            if leader is None or item_id not in leader["members"]:
                problems.append(f"{item_id} follows {cluster['primary']}, which does not list it")
            if state["departments"]:
                problems.append(f"{item_id} follows another and is still at {state['departments']}")
        for member in cluster["members"]:
            follower = cluster_of(member, states[member])
            if follower is None or follower["primary"] != item_id:
                problems.append(f"{item_id} lists {member}, which does not follow it")


def check(folder):
    data = Data(folder)
    problems = []
    counts = {}
    for topic in data.topics():
        counts[topic] = sum(1 for _ in data.records(topic))
    states = {key: data.decode(value) for _, _, key, value, _ in data.records("hub.state")}

    items = [data.decode(value) for _, _, _, value, _ in data.records("hub.items")]
    check_sequence(
        "revision",
        [(str(item["itemId"]), item["revision"]) for item in items],
        {item_id: state["revision"] for item_id, state in states.items()},
        problems,
    )
    events = [data.decode(value) for _, _, _, value, _ in data.records("hub.events")]
    check_sequence(
        "event",
        [(str(event["itemId"]), event["seq"]) for event in events],
        {item_id: state["eventSeq"] for item_id, state in states.items()},
        problems,
    )

    holders = defaultdict(set)
    for topic in data.topics():
        if not topic.startswith("hub.department."):
            continue
        organisation = topic[len("hub.department.") :]
        last = {}
        for _, _, key, value, _ in data.records(topic):
            item = data.decode(value)
            if key in last and item["revision"] <= last[key]["revision"]:
                problems.append(f"{organisation}: revision {item['revision']} of {key} is out of order")
            last[key] = item
        for key, item in last.items():
            if item["removed"] is None:
                holders[key].add(organisation)
    for item_id, state in states.items():
        if holders[item_id] != set(state["departments"]):
            problems.append(f"{item_id}: held by {sorted(holders[item_id])}, the state says {sorted(state['departments'])}")

    between = []
    check_clusters(states, between)
    projection = {
        item_id: {
            name: state[name]
            for name in (
                "contentHash",
                "itemClass",
                "procedure",
                "firedRules",
                "suggestedClass",
                "leadDepartment",
                "coDepartments",
                "level",
            )
        }
        | {"heldBy": sorted(holders[item_id])}
        | {"pairs": sorted([str(pair["otherId"]), pair["outcome"], pair["relation"]] for pair in state.get("pairs", []))}
        | {"cluster": cluster_of(item_id, state)}
        for item_id, state in states.items()
    }
    letters = {}
    for _, _, key, value, headers in data.records("hub.dead-letters"):
        if "code" in headers:
            letters[key] = {"code": headers["code"], "stage": headers["stage"], "sha256": headers["sha256"]}
    raw = defaultdict(int)
    for topic in data.topics():
        if topic.startswith("hub.raw."):
            for _, _, _, _, headers in data.records(topic):
                raw[headers["sha256"]] += 1
    return {
        "problems": problems,
        "betweenItems": between,
        "projection": projection,
        "deadLetters": letters,
        "items": {
            item_id: {"baseId": state["baseId"], "generation": state["generation"]} for item_id, state in states.items()
        },
        "vessels": sorted(data.decode(value)["mmsi"] for _, _, _, value, _ in data.records("hub.vessels"))
        if "hub.vessels" in data.topics()  # An earlier hub knew no ships.
        else [],
        "recordIds": sorted({state["record"]["recordId"] for state in states.values()}),
        "raw": len(raw),
        "records": counts,
    }


if __name__ == "__main__":
    result = check(sys.argv[1])
    json.dump(result, sys.stdout, ensure_ascii=False, default=str)
    print()
    sys.exit(1 if result["problems"] else 0)
