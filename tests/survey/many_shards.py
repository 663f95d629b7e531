#!/usr/bin/env python3
"""Makes N shards of one: many_shards.py SHARD.json DIR N. SHARD holds the first chunk of a survey; each of the N files holds the same
figures as another chunk, with the numbers of its windows moved, so that `tsviz survey --merge DIR/*.json` has a set of N chunks to join."""
import os
import re
import sys


def moved(text, by, head):
    """The text of a filter (src/json/survey_code.c, code_filter) with `by` added to the numbers of its windows."""
    v = text.split()
    at = 3 + 8 + 16 * head["measures"] + 2 * head["channels"]
    n = int(v[at])
    places = [at + 1 + 3 * i for i in range(n)]
    at += 1 + 3 * n + 3
    for _ in range(2):
        at += 2 + int(v[at + 1])
    n = int(v[at])
    places += [at + 3 + 4 * i + 1 for i in range(n)]
    assert at + 3 + 4 * n == len(v), "another layout of the text"
    for p in places:
        v[p] = str(int(v[p]) + by)
    return " ".join(v) + " "


def main(shard, folder, count):
    text = open(shard, encoding="utf-8").read()
    chunk = int(re.search(r'"chunk":(\d+)', text)[1])
    names = re.search(r'"channels":\[(.*?)\]', text)[1]
    head = {"measures": 4, "channels": len(re.findall(r'"[^"]*"', names))}
    text = re.sub(r'"windows":\d+', '"windows":%d' % (count * chunk), text, count=1)
    text = re.sub(r'"maps":\d+', '"maps":0', text, count=1)
    before, filters = text.split('"layer_texts":[\n', 1)
    os.makedirs(folder, exist_ok=True)
    for k in range(count):
        with open(os.path.join(folder, "chunk-%08d.json" % k), "w", encoding="utf-8") as f:
            own = re.sub(r'"shard":{"from":\d+,"to":\d+', '"shard":{"from":%d,"to":%d' % (k, k + 1), before)
            f.write(re.sub(r'"first":\d+,"chunks":1', '"first":%d,"chunks":1' % k, own) + '"layer_texts":[\n')
            f.write(re.sub(r'^"([^"]*)"', lambda m: '"%s"' % moved(m[1], k * chunk, head), filters, flags=re.M))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
