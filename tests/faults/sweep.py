"""Every allocation, or every system call, of many uses of tsviz fails in turn.

    python3 tests/faults/sweep.py oom|calls PROGRAM SHIM [--most N] [--only NAME] [--jobs N]

A point is survived when the program ends by itself, with status 0 and what it always prints, or with status 1 and one line that says why;
when the file it was to write is the old one or the whole new one; and when a terminal is as it was before.
oom: each allocation fails once, and all from it on: in copies that one run makes of itself (see failalloc.c), or by runs of their own. Where
a use has more than --most of them, the first half of --most and then every k-th.
calls: each call fails with each of two errors (strace -e inject), from the first one of main on."""
import argparse, collections, concurrent.futures, fcntl, http.client, json, os, pty, re, select, shutil, signal, struct, subprocess, sys, tempfile, termios, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
K, D, O = "tests/keras/", "tests/data/", "tests/onnx/"
SPEC = '''{ "window": 8, "epochs": 1, "loss": "mse", "recipe": { "columns": "a", "predict": "b" }, "layers": [
 { "type": "Conv1D", "filters": 2, "kernel": 3, "activation": "relu" }, { "type": "Flatten" }, { "type": "Dense", "units": 1 } ] }'''
# name, arguments ({T}: scratch folder with d.csv and spec.json, {O}: the file to write), keys for a terminal
USES = [
    ("help", "--help", None),
    ("load-keras-h5", "info --no-sandbox " + K + "keras1.h5", None),
    ("load-keras-h5-child", "info " + K + "keras1.h5", None),
    ("load-keras-v3", "info --no-sandbox " + K + "nested_3.h5", None),
    ("load-keras-zip", "info --no-sandbox " + K + "norms.keras", None),
    ("load-keras-recurrent", "info --no-sandbox " + K + "recurrent_3.h5", None),
    ("load-onnx", "info --no-sandbox " + O + "inception_13.onnx", None),
    ("load-onnx-child", "info " + O + "fcn_13.onnx", None),
    ("load-json", "info samples/machine-model.json", None),
    ("data-ts", "predict -q {T}/ts.json " + D + "shapes_test.ts", None),
    ("data-tsv", "predict -q {T}/ts.json " + D + "shapes_test.tsv", None),
    ("data-arff", "predict -q {T}/ts.json " + D + "shapes_test.arff", None),
    ("data-npy", "predict -q {T}/ts.json " + D + "nt_f8.npy", None),
    ("data-npz", "predict -q --no-sandbox {T}/ts.json " + D + "words.npz", None),
    ("data-gzip", "eval -q {T}/ts.json " + D + "shapes_test.ts.gz", None),
    ("predict-csv", "predict " + K + "keras1.h5 {T}/d.csv -o {O}.csv", None),
    ("save-recipe", "predict {T}/k.h5 {T}/d.csv --columns a,b --save-recipe", None),
    ("eval", "eval --json " + K + "keras1.h5 {T}/d.csv", None),
    ("analyze", "analyze " + K + "keras1.h5 {T}/d.csv -w 0 -o {O}.json", None),
    ("analyze-all", "analyze --all " + K + "keras1.h5 {T}/d.csv -o {O}.json", None),
    ("train", "train -q {T}/spec.json {T}/d.csv -o {O}.json", None),
    ("prune", "prune -q tests/prune/odd/copies.onnx tests/survey/windows.npz --ratio .5 --repair ls-sum -o {O}.onnx --threads 1", None),
    ("prune-curve", "prune -q samples/machine-model.json samples/machine.csv --rows 0:600 --calibrate 20 --curve 20:60:20 --curve-out {O}.csv --threads 1", None),
    ("diff", "diff -q tests/survey/net.onnx tests/diff/renumbered.onnx tests/survey/windows.npz --windows 5 -o {O}.json --json --threads 1", None),
    ("diff-weights", "diff -q tests/survey/net.onnx tests/diff/smaller.onnx -o {O}.csv", None),
    ("truth", "truth -q {T}/m.json {T}/d.csv --windows 3 --json -o {O}.json --threads 1", None),
    ("attack", "attack -q {T}/m.json {T}/d.csv --attack fgsm,local --iterations 2 --windows 3 --by .1 -o {O}.csv --threads 1", None),
    ("counterfactual", "counterfactual -q {T}/m.json {T}/d.csv -w 3 --to 2.5: -o {O}.csv --json", None),
    ("invert", "invert -q {T}/m.json {T}/d.csv --to 1 --iterations 3 -o {O}.csv --json", None),
    ("survey", "survey -q {T}/m.json {T}/d.csv --chunk 20 --shard 1/2 -o {O}.json --threads 1", None),
    ("survey-merge", "survey -q --merge {T}/1.json {T}/2.json -o {O}.json", None),
    ("scan", "scan -q {T}/m.json {T}/d.csv --error-above .1 --events {T}/events.csv -o {O}.csv --threads 1", None),
    ("report", "report -q {T}/m.json {T}/d.csv --quick -o {O}.html --threads 1", None),
    ("session", "session -q {T}/a.session.json -o {O}.json --json", None),
    ("session-merge", "session -q --merge {T}/a.session.json {T}/b.session.json -o {O}.json", None),
    ("convert-onnx", "convert " + K + "keras1.h5 -o {O}.onnx", None),
    ("convert-json", "convert " + K + "chain.h5 -o {O}.json", None),
    ("screen-layers", "--screen layers --keys j_j_enter {T}/m.json {T}/d.csv", None),
    ("screen-compare", "--screen layers --keys p_x_P_f_o_j_?_pgdn {T}/m.json {T}/d.csv", None),
    ("screen-clusters", "--screen clusters {T}/m.json {T}/d.csv --size 60x20", None),
    ("export", "--screen layers --keys e_{KEYS}_enter {T}/m.json {T}/d.csv", None),
    ("save-settings", "--screen layers --keys :_s_a_v_e_-_s_e_t_t_i_n_g_s_enter {T}/m.json {T}/d.csv", None),
    ("browse", "{T}/m.json {T}/d.csv", "j\rww1 q"),
    # a session that is there gets a mark and a note
    ("browse-session", "{T}/m.json {T}/d.csv --session {T}/s.json", ["2", "l", " ", ";new\r", "Q"]),
    # a server: the keys are the paths that it is asked for; then it is told to end
    ("serve", "serve -q {T}/m.json {T}/d.csv --port 0 --threads 1", ["/model", "/windows/3", "/svg/layers?window=1"]),
]


# In the CI run, which has no time for all of them, these are left out: it asks for fewer points of a use than LONG_MOST. --only takes them in.
LONG, LONG_MOST = {"truth", "attack", "counterfactual", "invert", "survey", "survey-merge", "report", "scan", "session", "session-merge", "serve", "browse-session"}, 100
# what a report of prune measures, and what it leaves out where a file cannot be looked at
TIMES = re.compile(rb"(one forward pass|bytes of the file)[^\n]*\n?")

HASH, UNKNOWN = re.compile(rb"[0-9a-f]{64}(?=</td>)"), re.compile(rb"not known: the file cannot be read again(?=</td>)")


class Use:
    def __init__(self, name, text, keys):
        self.name, self.text, self.keys = name, text, keys
        self.claim = {"export": (b"written: @", "x.csv"), "save-settings": (b" are kept for", "config/tsviz/config")}.get(name)


def scratch(a):
    t = tempfile.mkdtemp(prefix="tsviz-faults-")
    for f in os.listdir(a.base):
        shutil.copy(os.path.join(a.base, f), t)
    return t


def argv(a, use, t):
    words = use.text.replace("{T}", t).replace("{O}", t + "/out").split()
    for i, w in enumerate(words):
        if i and words[i - 1] == "--keys":
            words[i] = w.replace("_", " ").replace("{KEYS}", " ".join(t + "/x.csv"))
    return [a.program] + words


def on_terminal(cmd, env, keys):
    """The program on a terminal of its own: status, what it wrote, whether the terminal is as before."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(slave)
    def own():
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    p = subprocess.Popen(cmd, stdin=slave, stdout=slave, stderr=slave, env=env, preexec_fn=own, cwd=ROOT)
    seen, left, begin = b"", list(keys), time.time()
    end = begin + 40
    while p.poll() is None and time.time() < end:
        if select.select([master], [], [], 0.03)[0]:
            seen += os.read(master, 65536)
        # whoever sees nothing, since it could not be written, types all the same
        elif left and (b"\x1b[?1049h" in seen or time.time() > begin + 5):
            os.write(master, left.pop(0).encode())
    late = p.poll() is None
    if late:
        p.kill()
        p.wait()
    while select.select([master], [], [], 0)[0]:
        seen += os.read(master, 65536)
    same = termios.tcgetattr(slave) == before
    entered, gone = seen.rfind(b"\x1b[?1049h"), seen.rfind(b"\x1b[?1049l")
    os.close(master)
    os.close(slave)
    return ("late" if late else p.returncode), seen, same and (entered < 0 or gone > entered)


def on_port(cmd, env, paths, t):
    """A server that is asked for each path, and then told to end: status, what it answered, what it said."""
    answers, late = [], threading.Event()
    p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=ROOT, start_new_session=True)

    def end():
        late.set()
        os.killpg(p.pid, signal.SIGKILL)
    timer = threading.Timer(40, end)
    timer.start()
    said = p.stdout.readline()
    port = re.search(rb":(\d+)/", said)
    for path in paths if port else ():
        try:
            link = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=15)
            link.request("GET", path)
            answer = link.getresponse()
            answers.append((answer.status, answer.read().replace(t.encode(), b"@")))
        except TimeoutError:
            answers.append(("late", b""))
        except (OSError, http.client.HTTPException):
            answers.append((0, b""))
    # what strace follows is its child
    group = [int(n) for n in os.listdir("/proc") if n.isdigit() and of_group(n, p.pid)] if port else []
    for n in group:
        if n != p.pid or cmd[0] != "strace":
            try:
                os.kill(n, signal.SIGTERM)
            except ProcessLookupError:
                pass
    err = p.communicate()[1]
    timer.cancel()
    return "late" if late.is_set() else p.returncode, answers, err.replace(t.encode(), b"@")


def of_group(n, group):
    try:
        with open("/proc/%s/stat" % n) as f:
            return int(f.read().rsplit(")", 1)[1].split()[2]) == group
    except (OSError, IndexError):
        return False


def environment(t):
    return dict(PATH=os.environ["PATH"], LC_ALL="C.UTF-8", TZ="UTC", HOME=t, XDG_CONFIG_HOME=t + "/config", XDG_STATE_HOME="/dev/null/none", TERM="xterm-256color",
                SOURCE_DATE_EPOCH="1795788000")


def run(a, use, prefix, extra, t):
    env = dict(environment(t), **extra)
    cmd = prefix + argv(a, use, t)
    if use.name == "serve":
        return on_port(cmd, env, use.keys, t)
    if use.keys:
        return on_terminal(cmd, env, use.keys)
    try:
        p = subprocess.run(cmd, stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=40, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return "late", b"", b""
    return p.returncode, p.stdout.replace(t.encode(), b"@"), p.stderr.replace(t.encode(), b"@")


def files(t):
    found = {}
    for where, _, names in os.walk(t):
        for f in names:
            p = os.path.join(where, f)
            found[os.path.relpath(p, t)] = open(p, "rb").read().replace(t.encode(), b"@")
    return found


def judge(use, got, want, plain, before, after, there, other):
    """None, or what is wrong."""
    # a report says that a picture is missing, or that the hash of the model is not known, where the file cannot be read a second time
    for f, content in there.items():
        if f.endswith(".html") and b"the system gives no thread to work in" in content and content.rstrip().endswith(b"</html>"):
            there = dict(there, **{f: after[f]})
        elif f.endswith(".html") and UNKNOWN.search(content) and UNKNOWN.sub(b"", HASH.sub(b"", content)) == HASH.sub(b"", after.get(f, b"")):
            there = dict(there, **{f: after[f]})
    status, out, err = got
    if status == "late":
        return "does not end"
    if status not in (0, 1):
        return "ends with %s" % status
    if use.name == "serve":
        # an answer is the right one, or says that there is none; the server goes on, or ends with one line
        for path, (code, body), right, ascii_only in zip(use.keys, out, want[1], plain):
            if code == "late":
                return "%s is not answered" % path
            if code == 200 and body not in (right[1], ascii_only[1]):
                return "%s has another answer: %r" % (path, body[:100])
            if code not in (0, 200, 500, 503) or (code >= 500 and not body):
                return "%s is answered with %s" % (path, code)
        if status == 1 and (err.count(b"\n") != 1 or not err.startswith(b"tsviz: ")):
            return "status 1 and %r" % err[-300:]
    elif use.keys:
        if not err:
            return "the terminal is not restored"
        if status == 1 and b"tsviz: " not in out:
            return "says nothing"
    else:
        news = [l for l in err.split(b"\n") if l and l not in want[2].split(b"\n")]
        if status == 0 and use.claim:
            # the browser goes on; it may not say that it is done unless it is
            claim, f = use.claim
            if claim in out and f not in there:
                return "says '%s', and there is no %s" % (claim.decode(), f)
        elif status == 0 and out not in (want[1], plain) and TIMES.sub(b"", out) != TIMES.sub(b"", want[1]):
            return "status 0 and another output"
        if status == 1 and (len(news) != 1 or not news[0].startswith(b"tsviz: ")):
            return "status 1 and %d lines: %r" % (len(news), err[-300:])
    for f, content in there.items():
        if ".tsviz-" in f or use.name == "browse-session" and f.startswith("s.json"):
            continue
        # a model that is whole and cannot be renamed stays, and is told of
        if re.fullmatch(r"(.*/)?tsviz-[0-9a-f]{16}\.tmp", f) and os.path.basename(f).encode() in err and content in after.values():
            continue
        if content not in (before.get(f), after.get(f), other.get(f)):
            return "%s is neither old nor new" % f
    for f in before:
        if f not in there:
            return "%s is gone" % f
    if status == 0 and not use.keys and not use.text.startswith("--screen"):
        for f in after:
            # what is kept for the next time may be missing then
            if there.get(f) != after[f] and not f.startswith(".cache/"):
                return "status 0, but %s was not written" % f
    return None


def judge_session(a, got, t):
    """None, or what is wrong with the session of a browser, whose bytes hold times and are not the same twice: what was there before must
    be, and what is new, or else the screen or standard error says that it is not."""
    try:
        kept = json.loads(open(t + "/s.json", "rb").read())
    except ValueError:
        return "s.json is half written"
    p = subprocess.run([a.program, "session", "-q", t + "/s.json", "--json"], capture_output=True, env=environment(t), timeout=40)
    if p.returncode:
        return "the session cannot be read: %r" % p.stderr[-300:]
    kept = json.loads(p.stdout)["session"]
    texts, marks = [n["text"] for n in kept["notes"].values()], sum(len(f) for f in kept["marks"].values())
    if "old" not in texts or not marks:
        return "an old note or mark is gone"
    status, out, _ = got
    told = any(words in out for words in (b"tsviz: ", b"session is not kept", b"cannot be ", b"reads only"))
    if ("new" not in texts or marks < 2) and not told:
        return "status %s, the new note or mark is gone, and nothing is said" % status
    return None


def strata(n, most):
    """All of 1 .. n, or most of them: the first half as they come, then every k-th."""
    if n <= most:
        return n, 1
    return most // 2, -(-(n - most // 2) // (most - most // 2))


def points_oom(a, use, t):
    f = t + "/.count"
    got = run(a, use, [], dict(LD_PRELOAD=a.shim, FAIL_COUNT=f), t)
    n = int(open(f).read())
    os.remove(f)
    first, step = strata(n, a.most)
    return n, [([], dict(LD_PRELOAD=a.shim, **{how: str(k)}), "%s=%d" % (how, k)) for k in
               range(1, n + 1) if k <= first or k % step == 0 for how in ("FAIL_AT", "FAIL_FROM")]


TELL, HEAR = 200, 201


def restore(t, before):
    """The scratch folder as it was."""
    for where, folders, names in os.walk(t, topdown=False):
        for f in names:
            p = os.path.join(where, f)
            if os.path.relpath(p, t) not in before:
                os.remove(p)
        if where != t and not any(f.startswith(os.path.relpath(where, t) + "/") for f in before):
            os.rmdir(where)
    for f, content in before.items():
        p = os.path.join(t, f)
        if not os.path.exists(p) or open(p, "rb").read() != content:
            open(p, "wb").write(content)


def copies(a, use, n, verdict):
    """One run that makes a copy of itself at each point: {name: (what is wrong, a temporary file is there, an error was told)}."""
    t, side = scratch(a), tempfile.mkdtemp(prefix="tsviz-faults-")
    raw = {f: open(os.path.join(t, f), "rb").read() for f in os.listdir(t)}
    first, step = strata(n, a.most)
    env = dict(LD_PRELOAD=a.shim, FAIL_FORK=side + "/copy", FAIL_FIRST=str(first), FAIL_STEP=str(step))
    tell, hear, done = os.pipe(), os.pipe(), {}

    def own():
        os.dup2(tell[1], TELL)
        os.dup2(hear[0], HEAR)
    with open(side + "/out", "w+b") as out, open(side + "/err", "w+b") as err:
        p = subprocess.Popen(argv(a, use, t), stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=ROOT, preexec_fn=own, close_fds=False,
                             env=dict(environment(t), **env))
    os.close(tell[1])
    os.close(hear[0])
    with os.fdopen(tell[0]) as lines:
        for line in lines:
            mode, k, status = line.split()
            if mode not in "AF":
                continue
            text = [open(side + "/copy." + end, "rb").read().replace(t.encode(), b"@") for end in ("out", "err")]
            there = files(t)
            status = "late" if status == "-14" else int(status)
            done["%s=%s" % ("FAIL_AT" if mode == "A" else "FAIL_FROM", k)] = verdict((status, *text), there)
            restore(t, raw)
            os.write(hear[1], b"g")
    os.close(hear[1])
    p.wait()
    shutil.rmtree(t)
    shutil.rmtree(side)
    return done


# brk is left out: the kernel tells of its failure by another address, and the C library takes an injected error for one
ERRORS = dict(openat=("EMFILE", "EACCES"), read=("EIO", "EINTR"), write=("ENOSPC", "EINTR"), fsync=("EIO", "EINTR"), close=("EIO", "EINTR"),
              renameat=("EIO", "EACCES"), newfstatat=("EIO", "ENOMEM"), fcntl=("EINVAL", "EMFILE"), flock=("ENOLCK", "EINTR"),
              pipe2=("EMFILE", "ENFILE"), poll=("EINTR", "ENOMEM"), wait4=("EINTR", "ECHILD"), clone=("EAGAIN", "ENOMEM"),
              clone3=("EAGAIN", "ENOSYS"), mmap=("ENOMEM", "EAGAIN"), mprotect=("ENOMEM", "EACCES"),
              memfd_create=("EMFILE", "ENOSYS"), getrandom=("ENOSYS", "EINTR"), unlinkat=("EIO", "EACCES"), fchmod=("EPERM", "EIO"),
              lseek=("ESPIPE", "EIO"), getdents64=("EIO", "ENOENT"), access=("EACCES", "EIO"), ioctl=("ENOTTY", "EIO"), fstat=("EIO", "ENOMEM"),
              sched_getaffinity=("EINVAL", "EPERM"), readlink=("EACCES", "ENOENT"), pread64=("EIO", "EINTR"), futex=("EINTR", "EAGAIN"))


def points_calls(a, use, t):
    log = t + "/.log"
    run(a, use, ["strace", "-o", log], {}, t)
    seen, main, points, total = collections.Counter(), False, [], 0
    for line in open(log):
        m = re.match(r"(\w+)\((.*)", line)
        if not m:
            continue
        call = m.group(1)
        seen[call] += 1
        main = main or (call == "fcntl" and m.group(2).startswith("0, F_GETFD"))
        # a close that is injected does not close, as one of the system does even when it fails: the other end of a pipe waits
        if call == "close" and use.name == "serve":
            continue
        # a terminal that refuses its old settings cannot be restored
        if not main or call not in ERRORS or call == "futex" or (call == "ioctl" and "TCSETS" in line):
            continue
        for e in ERRORS[call]:
            total += 1
            points.append((["strace", "-o", "/dev/null", "-e", "inject=%s:error=%s:when=%d" % (call, e, seen[call])], {},
                           "%s #%d %s" % (call, seen[call], e)))
    os.remove(log)
    if len(points) > a.most:
        points = points[::-(-len(points) // a.most)]
    return total, points


def main():
    q = argparse.ArgumentParser()
    q.add_argument("what", choices=["oom", "calls"])
    q.add_argument("program")
    q.add_argument("shim")
    q.add_argument("--most", type=int, default=1000000)
    q.add_argument("--only")
    q.add_argument("--jobs", type=int, default=2)
    a = q.parse_args()
    a.program, a.shim = os.path.abspath(a.program), os.path.abspath(a.shim)
    base = a.base = tempfile.mkdtemp(prefix="tsviz-faults-base-")
    with open(base + "/d.csv", "w") as f:
        f.write("a,b\n" + "".join("%.2f,%.2f\n" % (50 + 40 * ((i * 7) % 11) / 11, i / 7) for i in range(40)))
    with open(base + "/spec.json", "w") as f:
        f.write(SPEC)
    for ext in ("csv", "json", "onnx", "html"):
        open(base + "/out." + ext, "w").write("old\n")
    shutil.copy(os.path.join(ROOT, K, "keras1.h5"), base + "/k.h5")
    for name in "ab":
        with open(os.path.join(ROOT, "tests/session/full.json")) as f, open(base + "/%s.session.json" % name, "w") as to:
            to.write(f.read().replace('"author":"ann"', '"author":"carl"') if name == "b" else f.read())
    subprocess.run([a.program, "train", "-q", base + "/spec.json", base + "/d.csv", "-o", base + "/m.json"], check=True)
    subprocess.run([a.program, "train", "-q", D + "shapes.json", D + "shapes_train.ts", "-o", base + "/ts.json"], check=True, cwd=ROOT)
    for i in "12":
        subprocess.run([a.program, "survey", "-q", base + "/m.json", base + "/d.csv", "--chunk", "20", "--shard", i + "/2", "-o", base + "/%s.json" % i], check=True)
    # filter 0 of the first layer is marked in it, and one note is there
    subprocess.run([a.program, base + "/m.json", base + "/d.csv", "-q", "--session", base + "/s.json", "--screen", "layers", "--keys", "space ; o l d enter"],
                   check=True, stdout=subprocess.DEVNULL, env=environment(base))
    calls = {"load-keras-h5-child", "load-onnx-child", "load-json", "data-npy", "predict-csv", "save-recipe", "analyze", "train", "convert-onnx",
             "prune", "diff", "export", "save-settings", "data-npz", "truth", "attack", "counterfactual", "invert", "survey", "survey-merge", "report", "scan",
             "session", "session-merge", "serve", "browse-session"}
    survived = tried = all_points = temps = uses = refused = 0
    print("%-22s %9s %7s %9s %7s" % ("use", "points", "tried", "survived", "copied"), flush=True)
    for use in (Use(*u) for u in USES):
        if use.name in LONG and a.most < LONG_MOST and not a.only:
            continue
        if (a.only and not re.search(a.only, use.name)) or (a.what == "calls" and use.name not in calls):
            continue
        t = scratch(a)
        before = files(t)
        want = run(a, use, [], {}, t)
        after = files(t)
        if use.name == "browse-session" and (bad := judge_session(a, (0, b"", b""), t)):
            print("%s fails without any fault: %s" % (use.name, bad), flush=True)
            tried += 1
            continue
        # where the locale cannot be had, the screen is drawn in ASCII
        plain, other = None, {}
        if use.name == "serve" or use.text.startswith("--screen"):
            c = scratch(a)
            plain = run(a, use, [], dict(LC_ALL="C"), c)[1]
            other = files(c)
            shutil.rmtree(c)
        if want[0] != 0 or (use.keys and use.name != "serve" and not want[2]):
            print("%s fails without any fault: %r" % (use.name, want), flush=True)
            tried += 1
            continue
        total, points = (points_oom if a.what == "oom" else points_calls)(a, use, t)
        shutil.rmtree(t)

        def verdict(got, there):
            return judge(use, got, want, plain, before, after, there, other), any(".tsviz-" in f for f in there), got[0] == 1

        def point(p):
            prefix, extra, name = p
            t = scratch(a)
            try:
                got = run(a, use, prefix, extra, t)
                bad, temp, said = verdict(got, files(t))
                return bad or (judge_session(a, got, t) if use.name == "browse-session" else None), temp, said
            finally:
                shutil.rmtree(t, ignore_errors=True)
        done = copies(a, use, total, verdict) if a.what == "oom" and not use.keys else {}
        copied = len(done)
        rest = [p for p in points if p[2] not in done]
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            done.update(zip([p[2] for p in rest], pool.map(point, rest)))
        wrong = [(name, bad) for name, (bad, _, _) in done.items() if bad]
        for name, bad in wrong[:5]:
            print("not ok: %s, %s: %s" % (use.name, name, bad), flush=True)
        good = len(done) - len(wrong)
        total *= 2 if a.what == "oom" else 1
        print("%-22s %9d %7d %9d %7d" % (use.name, total, len(done), good, copied), flush=True)
        temps += sum(temp for _, temp, _ in done.values())
        refused += sum(said for _, _, said in done.values())
        survived, tried, all_points, uses = survived + good, tried + len(done), all_points + total, uses + 1
    shutil.rmtree(base)
    print("%d uses, %d points, %d tried, %d survived (%d with an error told, %d left a temporary file for the next save to remove)" %
          (uses, all_points, tried, survived, refused, temps))
    print("%d passed, %d failed, 0 skipped" % (survived, tried - survived))
    sys.exit(survived != tried)


main()
