#!/usr/bin/python3
"""Checks JSON against the JSON Schemas that tsviz prints, which lie in a folder as KIND.schema, and what verbs wrote as KIND.NUMBER.json.
schema.py check FOLDER [KIND] says what of the JSON is wrong; never FOLDER: which keys of the schemas none of the files has; rules FOLDER:
which keys break the rules of schema 2; undescribed FOLDER PAGE: which kinds and keys a page of the manual
does not have. Each prints a line for each fault; nothing if all is well.

It knows the words that tsviz writes (KNOWN), and says so of any other."""
import glob
import json
import os
import re
import sys

KNOWN = {"$schema", "enum", "title", "type", "const", "properties", "required", "additionalProperties", "items", "allOf", "if", "then"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_a(v, name):
    if name == "integer":
        return isinstance(v, int) and not isinstance(v, bool)
    if name == "number":
        return isinstance(v, (int, float)) and not isinstance(v, bool)
    return isinstance(v, TYPES[name])


def types_of(s):
    names = s.get("type", [])
    return [names] if isinstance(names, str) else names


def check_object(s, v, at, seen):
    for k in s.get("required", []):
        if k not in v:
            yield f"{at}: {k} is missing"
    others = s.get("additionalProperties", True)
    for k, x in v.items():
        inner = s.get("properties", {}).get(k)
        path = f"{at}.{k}"
        if inner is None and isinstance(others, dict):
            inner, path = others, f"{at}.*"
        if inner is None and others is False:
            yield f"{at}: {k} is not in the schema"
        if inner is not None:
            seen.add(path)
            yield from check(inner, x, path, seen)


def check(s, v, at, seen):
    """Yields what is wrong with v by schema s; adds the paths of the members that are there to seen."""
    for word in s.keys() - KNOWN:
        yield f"{at}: the schema has the unknown word {word}"
    names = types_of(s)
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
    if isinstance(v, dict) and ("properties" in s or "required" in s):
        yield from check_object(s, v, at, seen)
    for part in s.get("allOf", []):
        if "if" not in part:
            yield from check(part, v, at, seen)
        elif not list(check(part["if"], v, at, set())):
            yield from check(part["then"], v, at, seen)
    if isinstance(v, list) and "items" in s:
        for x in v:
            yield from check(s["items"], x, f"{at}[]", seen)


def members(s, at):
    """Yields path and schema of every member, however deep; a tensor is one."""
    for k, q in s.get("properties", {}).items():
        yield f"{at}.{k}", q
        if not is_tensor(q):
            yield from members(q, f"{at}.{k}")
    others = s.get("additionalProperties", False)
    if isinstance(others, dict):
        yield f"{at}.*", others
        if not is_tensor(others):
            yield from members(others, f"{at}.*")
    if "items" in s:
        yield from members(s["items"], f"{at}[]")


def is_tensor(s):
    return s.get("properties", {}).keys() == {"shape", "axes", "values"}


def kind_of(s):
    """What a member is: "tensor", "integer", "string list" ... Whether it may be null is not part of it."""
    if is_tensor(s):
        return "tensor"
    if "const" in s:
        return "string" if isinstance(s["const"], str) else "integer"
    name = " ".join(n for n in types_of(s) if n != "null")
    if name == "array":
        return " ".join([n for n in types_of(s.get("items", {}))] + ["list"])
    return name


def rules(schemas):
    """One type for each key; numbers stand in tensors; null has a reason; a share of 100 is named so; words are joined by _."""
    first = {}
    for kind, schema in schemas.items():
        for path, s in members(schema, kind):
            key, what = path.rsplit(".", 1)[1], kind_of(s)
            if path.startswith("session.session"):  # the file of tsviz-session(5), which has rules of its own
                continue
            if key == "*":
                continue
            if key != key.lower() or "-" in key:
                yield f"{path}: not in small letters joined by _"
            other = first.setdefault(key, (what, path))
            if other[0] != what:
                yield f"{path}: {what}, but {other[1]} is {other[0]}"
            if what in ("number list", "integer list", "array list") and key != "shape":
                yield f"{path}: {what}, but arrays have a shape and axes"
            if "percent" in key and not key.endswith(("_percent", "_percent_reason")):
                yield f"{path}: a percentage is named _percent"
        yield from no_reasons(schema, kind)


def recipe_fields(schema):
    """The members of a recipe are the rows of core/model/recipe.def."""
    with open("core/model/recipe.def", encoding="utf-8") as f:
        rows = re.findall(r'^FIELD\(\w+, +"([^"]+)"', f.read(), re.M)
    want = {r.replace("-", "_") for r in rows} - {"scaler"} | {"options", "sha256"}
    for k in sorted(want ^ schema["properties"]["recipe"]["properties"].keys()):
        yield f"recipe: {k} is either no field of a recipe, or not in the schema"


def no_reasons(s, at):
    for k, q in s.get("properties", {}).items():
        if "null" in types_of(q) and f"{k}_reason" not in s["properties"]:
            yield f"{at}.{k}: may be null without a reason"
        if not is_tensor(q):
            yield from no_reasons(q, f"{at}.{k}")
    for q in (s.get("additionalProperties"), s.get("items")):
        if isinstance(q, dict):
            if "null" in types_of(q):
                yield f"{at}: what is in it may be null without a reason"
            yield from no_reasons(q, f"{at}.*")


# The errors are tried in `eval`, a point of a curve as a single result, and a question in a view. A recipe and the hashes of the head are the same in all kinds, and are tried in `info` alone; what needs a mask is tried in truth.sh.
NEVER = (".recipe.", ".data.sha256", "truth.mask_", "set.errors.", "survey.errors.", "prune.curve[].t", "prune.curve[].draws",
         "prune.result.note", ".question.off.*", "session.session.pins[].off")
# Kinds about no single model or no data do not name them.
NONE = re.compile(r"(diff|session|sessions|session-merge)\.(model|data|recipe)(\.name|\.sha256)?$")


# What tsviz serve writes; tests/cli/serve.py checks it.
ENVELOPE = ("schema", "kind", "tsviz", "model", "data", "recipe", "set", "task", "target", "seed", "sentence")
# Kinds whose keys are described one by one, however deep.
DEEP = ("attack", "clusters", "counterfactual", "invert", "trace", "truth")
SERVED = ("clusters", "layers", "saliency", "trace")


def undescribed(schemas, page):
    """Which kinds have no section "KIND, schema 2" in the manual page, and which keys of their objects are not named in it."""
    with open(page, encoding="utf-8") as f:
        parts = re.split(r"^\.Ss ", f.read(), flags=re.M)[1:]
    text = {}
    for part in parts:
        title, body = part.replace("\\-", "-").split("\n", 1)
        for kind in title.removesuffix(", schema 2").split(", ") if title.endswith(", schema 2") else []:
            text[kind] = set(re.findall(r"[a-z_0-9]+", re.sub(r"\\f[BRI]|\\&", " ", body)))
    for kind, schema in schemas.items():
        if kind not in text:
            yield f"{kind}: has no section"
            continue
        for k, s in schema["properties"].items():
            if k in ENVELOPE or k.endswith("_reason"):
                continue
            for path, _ in [(k, s), *((p[1:], q) for p, q in members({"properties": {k: s}}, "") if kind in DEEP)]:
                key = path.rsplit(".", 1)[-1]
                if key not in text[kind] and key != "*" and not key.endswith("_reason"):
                    yield f"{kind}: {path}"


def is_tried(path):
    return path.startswith("info.scaler") or not NONE.match(path) and not any(part in path for part in NEVER)


def main():
    task, folder = sys.argv[1:3]
    schemas, seen = {}, set()
    for name in sorted(glob.glob(f"{folder}/*.schema")):
        with open(name, encoding="utf-8") as f:
            schemas[os.path.basename(name)[:-7]] = json.load(f)
    if task == "rules":
        print("\n".join([*rules(schemas), *recipe_fields(schemas["info"])]), end="")
        return
    if task == "undescribed":
        print("\n".join(undescribed(schemas, sys.argv[3])), end="")
        return
    for kind, schema in schemas.items():
        if schema["title"] != kind:
            print(f"{kind}: its title is {schema['title']}")
        for name in sorted(glob.glob(f"{folder}/{kind}.[0-9]*.json")) if kind in sys.argv[3:] or not sys.argv[3:] else []:
            with open(name, encoding="utf-8") as f:
                text = f.read()
            wrong = list(check(schema, json.loads(text), kind, seen)) if text else ["nothing was written"]
            for line in wrong[:5] if task == "check" else []:
                print(f"{os.path.basename(name)}: {line}")
        for path, _ in members(schema, kind) if task == "never" and kind not in SERVED else []:
            if path not in seen and not path.endswith("_reason") and is_tried(path):
                print(path)


if __name__ == "__main__":
    main()
