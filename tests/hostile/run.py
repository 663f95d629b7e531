#!/usr/bin/python3
"""Gives every hostile file to tsviz: run.py FOLDER PROGRAM VARIANT. Each must end within 5 s of processor time, its children's included
(and 512 MB in the release variant), with a clean error (status 1, one line on stderr, nothing on stdout) or a clean load; no raw control byte on any output, strict JSON, no
byte of the canary, no file of the folder changed."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import threading

FOLDER, PROGRAM, VARIANT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SECONDS, KILOBYTES = 5, 512 * 1024
HANGS = 60  # seconds by the clock; a machine with other work is slow, but what waits for ever is a fault
CANARY = b"CANARY-51c7"
# C0 but newline (and tab in CSV and JSON whitespace we never write), DEL, C1, bidirectional and zero-width characters
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
slow = 1 if VARIANT == "release" else 6  # the sanitizers' own cost


def run(argv, env, cwd=ROOT):
    """status, stdout, stderr, seconds over?, kilobytes"""
    full = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "HOME": "/nonexistent",
            "ASAN_OPTIONS": "exitcode=99:handle_sigill=1:detect_leaks=0:allocator_may_return_null=1", **env}
    p = subprocess.Popen(argv, cwd=cwd, env=full, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    late = []

    def kill():
        late.append(1)
        p.kill()
    timer = threading.Timer(HANGS * slow, kill)
    timer.start()
    out, err = [], []
    readers = [threading.Thread(target=lambda f=f, to=to: to.append(f.read())) for f, to in ((p.stdout, out), (p.stderr, err))]
    for r in readers:
        r.start()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    for r in readers:
        r.join()
    timer.cancel()
    late = late or usage.ru_utime + usage.ru_stime > SECONDS * slow
    return p.returncode, out[0], err[0], bool(late), usage.ru_maxrss


def refuse_constant(s):
    raise ValueError(s)


def check(entry, argv, is_json):
    status, out, err, late, kb = run(argv, entry["env"])
    bad = []
    if late:
        return ["took longer than %d s" % (SECONDS * slow)], None
    if VARIANT == "release" and kb > KILOBYTES:
        bad.append("took %d MB" % (kb // 1024))
    # what no option can be is a wrong use
    if status == 2 and entry["kind"] == "option":
        status = 1
    if status not in (0, 1):
        bad.append("status %d: %s" % (status, err[-300:]))
    for what, data in (("stdout", out), ("stderr", err)):
        if CANARY in data or b"root:x:0" in data:
            bad.append("the canary on " + what)
        try:
            m = RAW.search(data.decode())
        except UnicodeDecodeError:
            bad.append("no UTF-8 on " + what)
            continue
        if m:
            bad.append("raw %r on %s" % (m.group(), what))
    if status == 1:
        if out:
            bad.append("status 1 with output: %r" % out[:80])
        if err.count(b"\n") != 1 or not err.startswith(b"tsviz: "):
            bad.append("stderr is not one line of ours: %r" % err[:300])
        if b"status 99" in err:
            bad.append("a sanitizer stopped the reader: %r" % err[:300])
    if status == 0 and is_json:
        try:
            json.loads(out, parse_constant=refuse_constant)
        except ValueError as e:
            bad.append("no strict JSON: %s" % e)
    return bad, status


def snapshot():
    s = {}
    for n in os.listdir(FOLDER):
        st = os.lstat(os.path.join(FOLDER, n))
        s[n] = (st.st_mode, st.st_size, st.st_mtime_ns, st.st_nlink)
    return s


def saving(entry, before):
    """The target is a link, a hard link, a folder, or lies in no folder: what it points to stays as it was."""
    model = os.path.join(ROOT, "tests/keras/keras1.h5")
    folder = os.path.join(FOLDER, "save")
    os.makedirs(folder, exist_ok=True)
    victim, target = os.path.join(folder, "victim"), os.path.join(folder, entry["file"])
    with open(victim, "w") as f:
        f.write("kept")
    for p in (target,):
        if os.path.islink(p) or os.path.isfile(p):
            os.unlink(p)
    if entry["file"] == "symlink":
        os.symlink("victim", target)
    elif entry["file"] == "hardlink":
        os.link(victim, target)
    elif entry["file"] == "folder":
        os.makedirs(target, exist_ok=True)
    else:
        target = os.path.join(folder, "nosuch", "x")
    bad, status = check(entry, [PROGRAM, "info", model, "--json", "-o", target], False)
    with open(victim) as f:
        if f.read() != "kept":
            bad.append("what the link points to was changed")
    if status == 0 and (os.path.islink(target) or not os.path.isfile(target)):
        bad.append("the target is still a link")
    left = [n for n in os.listdir(folder) if n not in ("victim", "symlink", "hardlink", "folder")]
    if left:
        bad.append("left behind: %s" % left)
    return bad, {status}


def commands(entry):
    path = os.path.join(FOLDER, entry["file"])
    data, good = os.path.join(FOLDER, "T17_good.csv"), os.path.join(ROOT, "tests/keras/keras1.h5")
    args = entry["args"]
    if entry["kind"] in ("model", "env"):
        columns = [] if entry["kind"] == "env" and "keras1" in path else ["--columns", "1"]
        return [([PROGRAM, "info", path] + args, False), ([PROGRAM, "info", "--json", path] + args, True),
                ([PROGRAM, "predict", path, data] + columns + args, False), ([PROGRAM, "analyze", "--json", path, data] + columns + args, True),
                ([PROGRAM, path, data, "--screen", "layers"] + columns + args, False)]
    if entry["kind"] == "survey":
        return [([PROGRAM, "survey", "--merge", path] + args, True)]
    if entry["kind"] == "session":
        return [([PROGRAM, "session", path] + args, False), ([PROGRAM, "session", path, "--json"] + args, True)]
    if entry["kind"] == "option":
        return [([PROGRAM, args[0], os.path.join(ROOT, "samples/machine-model.json"), os.path.join(ROOT, "samples/machine.csv"), "-q"] + args[1:], False)]
    if entry["kind"] == "recipe":
        return [([PROGRAM, "predict", good, data, "--recipe", path] + args, False)]
    channels = args if "--columns" in args else ["--columns", "a,b"] if "stamp" in path else args
    channels = channels + args if channels is not args else args
    return [([PROGRAM, "predict", good, path] + channels, False), ([PROGRAM, "analyze", "--json", good, path] + channels, True),
            ([PROGRAM, "eval", "--json", good, path] + channels, True), ([PROGRAM, good, path, "--screen", "windows"] + channels, False)]


def judge(entry, before):
    """What is wrong with one entry of the manifest: a list of sentences."""
    bad, statuses = [], set()
    if entry["kind"] == "save":
        bad, statuses = saving(entry, before)
    else:
        for argv, is_json in commands(entry):
            if entry["verbs"] and argv[1] not in entry["verbs"]:
                continue
            b, status = check(entry, argv, is_json)
            bad += ["%s: %s" % (" ".join(a for a in argv[1:3] if not a.startswith("/")), x) for x in b]
            if entry["expect"] == "U" and status != (0 if argv[1] == "info" else 1):
                bad.append("%s: status %s" % (argv[1] if argv[1] in ("info", "predict", "analyze") else "browse", status))
            statuses.add(status)
            if b:
                break
    if entry["expect"] == "E" and 0 in statuses:
        bad.append("was not refused")
    if entry["expect"] == "O" and 1 in statuses:
        bad.append("was refused")
    return bad


def main():
    with open(os.path.join(FOLDER, "manifest.json")) as f:
        manifest = json.load(f)
    before = snapshot()
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    manifest = [e for e in manifest if only in e["name"]]
    # As many files at a time as there are processors; those that save share a folder, so they come one by one.
    alone = [e for e in manifest if e["kind"] == "save"]
    others = [e for e in manifest if e["kind"] != "save"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(zip(others, pool.map(lambda e: judge(e, before), others)))
    found += [(e, judge(e, before)) for e in alone]
    failed = 0
    for entry, bad in found:
        if bad:
            failed += 1
            print("FAIL %s: %s" % (ascii(entry["name"]), ascii("; ".join(dict.fromkeys(bad)))))
    after = snapshot()
    after.pop("save", None)
    changed = [n for n in before if n != "save" and before[n] != after.get(n)] + [n for n in after if n not in before]
    if changed:
        failed += 1
        print("FAIL files of the folder have changed: %s" % ascii(changed))
    print("%d passed, %d failed, 0 skipped" % (len(manifest) - failed, failed))
    sys.exit(failed > 0)


main()
