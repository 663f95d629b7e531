#!/usr/bin/python3
"""Checks JSON against JSON Schemas that tsviz prints: schema.py SCHEMA FILE .. prints what is wrong, a line each; nothing if all is well.
With --never SCHEMA FILE ..: prints the keys of the schema that none of the files has.

It knows the words that tsviz writes (type, const, properties, required, additionalProperties, items), and says so of any other."""
import json
import sys

KNOWN = {"$schema", "enum", "title", "type", "const", "properties", "required", "additionalProperties", "items"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_a(v, name):
    if name == "integer":
        return isinstance(v, int) and not isinstance(v, bool)
    if name == "number":
        return isinstance(v, (int, float)) and not isinstance(v, bool)
    return isinstance(v, TYPES[name])


def check(s, v, at, seen):
    """Yields what is wrong with v by schema s; adds the paths of the members that are there to seen."""
    for word in s.keys() - KNOWN:
        yield f"{at}: the schema has the unknown word {word}"
    names = s.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(is_a(v, n) for n in names):
        yield f"{at}: {json.dumps(v)[:60]} is no {' or '.join(names)}"
        return
    if "const" in s and v != s["const"]:
        yield f"{at}: {v} is not {s['const']}"
    if "enum" in s and v not in s["enum"]:
        yield f"{at}: {v} is none of {s['enum']}"
    if isinstance(v, dict) and v.keys() == {"shape", "axes", "values"}:
        n = 1
        for k in v["shape"]:
            n *= k
        if len(v["shape"]) != len(v["axes"]) or n != len(v["values"]):
            yield f"{at}: shape {v['shape']} and axes {v['axes']} do not fit {len(v['values'])} values"
    if isinstance(v, dict) and "properties" in s:
        for k in s.get("required", []):
            if k not in v:
                yield f"{at}: {k} is missing"
        for k, x in v.items():
            if x is None and f"{k}_reason" in s["properties"] and f"{k}_reason" not in v:
                yield f"{at}: {k} is null without a reason"
            if k not in s["properties"]:
                yield f"{at}: {k} is not in the schema"
                continue
            seen.add(f"{at}.{k}")
            yield from check(s["properties"][k], x, f"{at}.{k}", seen)
    if isinstance(v, list) and "items" in s:
        for x in v:
            yield from check(s["items"], x, f"{at}[]", seen)


def paths(s, at):
    for k, q in s.get("properties", {}).items():
        if k.endswith("_reason"):  # stands only where its value is null
            continue
        yield f"{at}.{k}"
        yield from paths(q, f"{at}.{k}")
    if "items" in s:
        yield from paths(s["items"], f"{at}[]")


def main():
    never = sys.argv[1] == "--never"
    names = sys.argv[2 if never else 1:]
    seen = set()
    with open(names[0], encoding="utf-8") as f:
        schema = json.load(f)
    for name in names[1:]:
        with open(name, encoding="utf-8") as f:
            wrong = list(check(schema, json.load(f), schema["title"], seen))
        for line in wrong[:5] if not never else []:
            print(line)
    for path in sorted(set(paths(schema, schema["title"])) - seen) if never else []:
        print(path)


main()
