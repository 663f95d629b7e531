"""tsviz serve from outside: every route of /openapi.json, compared with the bytes of the verbs; hostile requests; the end.
serve.py TSVIZ: prints a line for each case that fails, and `ok` if none does."""
import atexit
import http.client
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, "tests")
import schema

tsviz = sys.argv[1]
M, D = "samples/machine-model.json", "samples/machine.csv"
MODEL = [M, D, "--rows", "8000:8400", "-q"]
failed = 0


def check(name, got, wanted):
    global failed
    if got != wanted:
        failed += 1
        got, wanted = str(got), str(wanted)
        print("not ok: %s: got %s, wanted %s" % (name, got[:300], wanted[:300]))


def verb(*args):
    return subprocess.run([tsviz, *args], stdout=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL).stdout


server = subprocess.Popen([tsviz, "serve", *MODEL, "--port", "0", "--threads", "2"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
atexit.register(server.kill)
line = server.stdout.readline().decode()
if not line:
    print("skip")
    sys.exit(server.wait() * 0)
port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", line).group(1))
link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)


def ask(target, method="GET", body=None, **headers):
    link.request(method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})
    r = link.getresponse()
    return r.status, r.headers, r.read()


def get(target):
    status, headers, body = ask(target)
    check("GET " + target, (status, headers["Content-Type"]), (200, "application/json"))
    return body


def problem(name, wanted, detail, answer):
    """The answer is a problem of this status, whose sentence has the words of detail."""
    status, headers, body = answer
    check(name, (status, headers["Content-Type"]), (wanted, "application/problem+json"))
    try:
        p = json.loads(body)
        check(name, (p.get("status"), p.get("type"), sorted(p)), (wanted, "about:blank", ["detail", "status", "title", "type"]))
        check(name + ": " + p.get("detail", ""), detail in p.get("detail", ""), True)
    except ValueError:
        check(name, body, "JSON")


def raw(data, end=True):
    """Bytes as they are; the answer's first line."""
    with socket.create_connection(("127.0.0.1", port), 120) as s:
        s.sendall(data)
        if end:
            s.shutdown(socket.SHUT_WR)
        got = b""
        while b"\r\n" not in got:
            more = s.recv(4096)
            if not more:
                break
            got += more
    return got.split(b"\r\n")[0].decode("latin1")


# ---- the same bytes as the verbs ----
PATHS = {
    "/model": ("/model", ["info", "--json"]),
    "/eval": ("/eval", ["eval", "--json"]),
    "/survey": ("/survey?target=sum&maps=20", ["survey", "--target", "sum", "--maps", "20"]),
    "/windows/{window}": ("/windows/87?method=integrated&layers=conv2", ["analyze", "--json", "-w", "87", "--method", "integrated", "--layers", "conv2"]),
    "/svg/{view}": ("/svg/layers?window=87&size=100x30&theme=light", None),
    "/layers": ("/layers", None),
    "/windows": ("/windows?sort=error&limit=5", None),
    "/windows/{window}/layers/{layer}/filters/{filter}/saliency": ("/windows/87/layers/conv2/filters/3/saliency", None),
    "/clusters/{layer}": ("/clusters/conv2?window=87", None),
    "/trace": ("/trace?window=87&layer=conv2&filter=3&step=9", None),
    "/": ("/", None),
    "/openapi.json": ("/openapi.json", None),
    "/predict": (None, None),
}
api = json.loads(get("/openapi.json"))
check("OpenAPI", api["openapi"], "3.1.0")
check("every route has a case", sorted(api["paths"]), sorted(PATHS))


def valid(v, place, needed, known):
    """An object of OpenAPI 3.1.0 has the members that it needs, and none that the specification does not know."""
    check(place + " is an object", isinstance(v, dict), True)
    check(place + " lacks", [k for k in needed if k not in v], [])
    check(place + " has more than it may", [k for k in v if k not in needed + known], [])


def valid_schema(v, place):
    valid(v, place, [], ["type", "enum", "default", "minimum", "maximum", "description", "properties"])
    kinds = {"string": str, "integer": int, "boolean": bool, "object": dict}
    check(place + ": type", v.get("type", "string") in kinds, True)
    values = v.get("enum", []) + [v[k] for k in ("default", "minimum", "maximum") if k in v]
    check(place + ": values", [x for x in values if type(x) is not kinds[v.get("type", "string")]], [])
    check(place + ": enum", len(set(v.get("enum", ["one"]))) == len(v.get("enum", ["one"])) > 0, True)
    check(place + ": default", "enum" not in v or v.get("default", v["enum"][0]) in v["enum"], True)
    check(place + ": bounds", v.get("minimum", 0) <= v.get("default", v.get("minimum", 0)) <= v.get("maximum", 1 << 62) if v.get("type") == "integer" else True, True)
    for name, one in v.get("properties", {}).items():
        valid_schema(one, place + "." + name)


def valid_content(v, place):
    check(place + ": media types", [k for k in v if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?", k)], [])
    for kind, one in v.items():
        valid(one, place + " " + kind, [], ["schema"])
        valid_schema(one["schema"], place + " " + kind)


def valid_answer(v, place):
    if "$ref" in v:
        at = api
        for step in v["$ref"].split("/")[1:]:
            at = at.get(step, {})
        check(place + ": the reference leads somewhere", ([*v], v["$ref"][:2], bool(at)), (["$ref"], "#/", True))
        return
    valid(v, place, ["description"], ["content"])
    valid_content(v.get("content", {}), place)


# https://spec.openapis.org/oas/v3.1.0
valid(api, "OpenAPI", ["openapi", "info", "paths"], ["components"])
valid(api["info"], "info", ["title", "version"], ["description"])
valid(api["components"], "components", [], ["responses"])
for name, one in api["components"]["responses"].items():
    valid_answer(one, name)
check("operations have names of their own", len({o["operationId"] for i in api["paths"].values() for o in i.values()}), len(api["paths"]))
for path, item in api["paths"].items():
    valid(item, path, [], ["get", "post"])
    for method, o in item.items():
        valid(o, path, ["operationId", "responses"], ["summary", "parameters", "requestBody"])
        for p in o["parameters"]:
            valid(p, path + " " + p["name"], ["name", "in", "schema"], ["required", "description"])
            valid_schema(p["schema"], path + " " + p["name"])
            check(path + " " + p["name"] + ": where it stands", (p["in"] in ("path", "query"), p["required"] or p["in"] == "query"), (True, True))
        check(path + ": the parameters of the path", [p["name"] for p in o["parameters"] if p["in"] == "path"], re.findall(r"{(\w+)}", path))
        if "requestBody" in o:
            valid(o["requestBody"], path + " body", ["content"], ["required"])
            valid_content(o["requestBody"]["content"], path + " body")
        check(path + ": answers", [k for k in o["responses"] if not re.fullmatch("[1-5][0-9][0-9]|default", k)] + (["none"] if "200" not in o["responses"] else []), [])
        for status, one in o["responses"].items():
            valid_answer(one, path + " " + status)
QUERY = {
    "/layers": "", "/windows": "sort reverse from limit", "/windows/{window}": "target importance method baseline seed cluster-method clusters layers nodes no-saliency off points",
    "/windows/{window}/layers/{layer}/filters/{filter}/saliency": "target method baseline seed points", "/clusters/{layer}": "window cluster-method clusters seed",
    "/trace": "window layer filter step direction", "/survey": "target maps ablation moments"}
for path, names in QUERY.items():
    check("parameters of " + path, [p["name"] for p in api["paths"][path]["get"]["parameters"] if p["in"] == "query"], names.split())
answers = {}
for path, item in api["paths"].items():
    (method, about), = item.items()
    target, words = PATHS[path]
    names = [p["name"] for p in about["parameters"]]
    check("parameters of " + path, [n for n in names if names.count(n) > 1] + [p for p in about["parameters"] if not p["description"]], [])
    if not target:
        continue
    status, headers, answers[path] = ask(target)
    check(target, (status, headers["Content-Type"]), (200, [*about["responses"]["200"]["content"]][0]))
    if words:
        check(target + " is the verb's", answers[path] == verb(*words, *MODEL), True)
    tag = headers["ETag"]
    check(target + " again", ask(target, If_None_Match='"x", W/' + tag)[::2], (304, b""))
    head = ask(target, "HEAD")
    check("HEAD " + target, (head[0], head[2], head[1]["Content-Length"], head[1]["ETag"]), (200, b"", str(len(answers[path])), tag))
    problem("POST " + target, 405, "GET, HEAD", ask(target, "POST", b"{}", Content_Type="application/json"))
    problem("a parameter that is not there: " + path, 400, "no parameter 'frob'", ask(target + ("&" if "?" in target else "?") + "frob=1"))
    for p in about["parameters"]:
        if p["in"] == "query" and "enum" in p["schema"]:
            other = re.sub("([?&])%s=[^&]*&?" % p["name"], r"\1", target)
            problem("%s of %s" % (p["name"], path), 400, "'frob' is unknown; one of ", ask(other + ("&" if "?" in other else "?") + p["name"] + "=frob"))
# ---- what is no verb's ----
link.close()  # the server closes a connection on which nothing comes, and the verbs take their time
seen, kinds = set(), {"/layers": "layers", "/clusters/{layer}": "clusters", "/trace": "trace", "/survey": "survey",
                      "/windows/{window}/layers/{layer}/filters/{filter}/saliency": "saliency"}
for path, kind in kinds.items():
    rule = json.loads(verb("--schema", kind))
    check(path + " is as its schema says", list(schema.check(rule, json.loads(answers[path]), kind, seen))[:3], [])
    check(path + ": keys that are always there", [k for k in rule["properties"] if k not in json.loads(answers[path]) and k in rule["required"]], [])
    check(path + " has another model", list(schema.check(rule, {**json.loads(answers[path]), "model": 1}, kind, set())) != [], True)
text = verb("analyze", "-w", "87", "--layers", "conv2", "--schema-version", "2", *MODEL)
(layer,) = json.loads(text)["layers"]
one = answers["/windows/{window}/layers/{layer}/filters/{filter}/saliency"]
part = json.loads(one)["saliency"]
n = part["raw"]["shape"][0] * part["raw"]["shape"][1]
check("a filter's map", [part[k]["values"] for k in ("raw", "scaled")], [layer["saliency"][k]["values"][3 * n:4 * n] for k in ("raw", "scaled")])
numbers = re.search(rb'"raw":{[^}]*"values":\[([^]]*)', one).group(1)
check("a filter's map has the same bytes", numbers in text, True)
check("whose map it is", (part["target"], part["spectrum"]), ("conv2:3", None))
c = json.loads(answers["/clusters/{layer}"])
check("clusters", (c["cluster"], c["clusters"]), (layer["cluster"], layer["clusters"]))
check("layers", json.loads(answers["/layers"])["layers"], json.loads(verb("info", "--schema-version", "2", *MODEL))["layers"])
rows = verb("predict", "--json", *MODEL).splitlines()
worst = answers["/windows"].splitlines()
check("rows of windows", [w for w in worst[2:] if w.rstrip(b",]}") not in [x.rstrip(b",]}") for x in rows]], [])
wrong = [json.loads(w.rstrip(b",]}") + b"}") for w in worst[2:]]
check("the worst windows are wrong", [w["window"] for w in wrong if w["class"] == w["true"]], [])
check("their order", [w["window"] for w in wrong], [w["window"] for w in sorted(wrong, key=lambda w: w["output"][0 if w["true"] == "normal" else 1])])
listed = json.loads(get("/windows?from=398"))["windows"]
check("the end of the list", [w["window"] for w in listed], list(range(398, json.loads(answers["/model"])["data"]["windows"])))
t = json.loads(answers["/trace"])
share = [x for x in t["layers"] if x["name"] == "input"][0]
check("shares add up to one", abs(sum(share["shares"]["values"]) - 1) < 1e-4 or sum(share["shares"]["values"]) == 0, True)


def at(trace, name, filter_, step):
    s = {x["name"]: x for x in trace["layers"]}[name]["shares"]
    return s["values"][filter_ * s["shape"][1] + step]


later = json.loads(get("/trace?window=87&layer=conv1&filter=2&step=9&direction=forward"))
there = json.loads(get("/trace?window=87&layer=conv2&filter=3&step=%d" % 9))
check("forward is what backward finds", abs(at(later, "conv2", 3, 9) - at(there, "conv1", 2, 9)) < 1e-6, True)
picture = answers["/svg/{view}"]
words = verb("browse", *MODEL, "-w", "87", "--screen", "layers", "--size", "100x30", "--no-session").decode()
check("a picture has the words of the screen", [w for w in re.findall(r"[A-Za-z]{4,}", words) if w.encode() not in picture], [])
page = answers["/"].decode()
check("the page's links lead somewhere", [h for h in set(re.findall(r'(?:href|src)="([^"]*)"', page)) if ask(h.replace("&amp;", "&"))[0] != 200], [])
check("the page has no script", "<script" in page, False)

# ---- an own window ----
with open(D) as f:
    lines = f.read().splitlines()
cut = lines[:1] + lines[8101:8133]
known = [r for r in json.loads(verb("predict", "--json", *MODEL))["windows"] if r["row"] == 8100][0]["output"]
channels = json.loads(answers["/model"])["data"]["channels"]
columns = [lines[0].split(",").index(name) for name in channels]
table = [[float(line.split(",")[i]) for i in columns] for line in cut[1:]]


def near(name, answer):
    check(name, answer[0], 200)
    w = json.loads(answer[2]).get("windows", [{"output": [9]}])
    check(name + str(answer[2]), (len(w), max(abs(a - b) for a, b in zip(w[0]["output"], known)) < 1e-5), (1, True))


near("a window as CSV", ask("/predict", "POST", "\n".join(cut) + "\n", Content_Type="text/csv"))
near("a window as JSON", ask("/predict", "POST", json.dumps({"window": table}), Content_Type="application/json; charset=utf-8"))
npy = b"\x93NUMPY\x01\x00\x76\x00" + b"%-117s\n" % (b"{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (len(table), len(columns)))
npy += struct.pack("<%dd" % (len(table) * len(columns)), *sum(table, []))
near("a window as .npy", ask("/predict", "POST", npy, Content_Type="application/octet-stream"))
for name, body, kind, status, detail in [
    ("no window", "[]", "json", 400, "list of numbers"), ("no numbers", '[["a"]]', "json", 400, "list of 1 numbers"), ("torn JSON", "[[1,2", "json", 400, ""),
    ("deep JSON", "[" * 60000, "json", 400, ""), ("a wide and long table", "[[%s]%s]" % (",".join("1" * 200000), ",[]" * 100000), "json", 400, ""), ("another width", "[[1,2],[3]]", "json", 400, "step 1"), ("a huge number", "[[1e999]]", "json", 400, ""),
    ("a short window", "[[1,2,3]]", "json", 400, ""), ("torn .npy", npy[:200], "npy", 400, ""), ("huge .npy", npy[:10] + b"%-117s\n" % b"{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 3), }", "npy", 422, ""),
    ("no .npy", b"\0" * 999, "npy", 400, ""), ("an empty body", b"", "json", 400, ""), ("a foreign format", b"\x89HDF\r\n\x1a\n" + b"\0" * 99, "npy", 400, "")]:
    answer = ask("/predict", "POST", body, Content_Type="application/json" if kind == "json" else "application/octet-stream")
    check(name, answer[0] in (status, 422), True)
    problem(name, answer[0], detail, answer)
problem("a body of another type", 415, "text/csv", ask("/predict", "POST", b"x", Content_Type="text/plain"))
link.close()

# ---- what is refused ----
for target, status, detail in [
    ("/nothing", 404, "/openapi.json"), ("/windows/99999", 404, "numbered from 0"), ("/windows/x", 404, "whole number"), ("/windows/-1", 404, "whole number"),
    ("/windows/0?window=1", 400, "no parameter"), ("/clusters/conv9", 404, "did you mean"), ("/windows/0/layers/conv2/filters/99/saliency", 404, "there are"),
    ("/svg/frob", 404, "is unknown"), ("/svg/layers?size=9999x9", 400, "at most"), ("/svg/layers?filter=1", 400, "without its layer"), ("/trace", 400, "needs the parameter 'layer'"), ("/trace?layer=conv2&step=999", 400, "there are"),
    ("/windows/0?nodes=perhaps", 400, "takes no value"), ("/windows?limit=0", 400, "from 1 to 1000"), ("/windows?limit=5&limit=6", 400, "twice"),
    ("/../etc/passwd", 400, "dots"), ("/%2e%2e/x", 400, "dots"), ("/windows/%00", 400, "control"), ("/windows/%0a", 400, "control"), ("/windows/%zz", 400, "percent"), ("/windows/%f", 400, "percent"),
    ("/windows/%ff", 400, "UTF-8"), ("//model", 400, "empty name"), ("/model/", 400, "slash"), ("/windows/0?off=" + "a" * 5000, 414, "longer"), ("/a/b/c/d/e/f/g/h/i/j/k/l/m", 414, "names"),
    ("/windows/0?method=auto&target=--help", 400, "is unknown"), ("/windows/0?off=-o", 400, "")]:
    problem(target[:60], status, detail, ask(target))
problem("a foreign Host", 421, "evil.example", ask("/model", Host="evil.example"))
problem("a foreign Host with a port", 421, "", ask("/model", Host="localhost.evil.example:80"))
problem("a foreign Origin", 403, "--allow-origin", ask("/model", Origin="http://evil.example"))
for host in ("localhost:9999", "LOCALHOST", "[::1]:8080", "127.0.0.1"):
    check("Host " + host, ask("/model", Host=host)[0], 200)
check("its own Origin", ask("/model", Host="localhost:7", Origin="http://localhost:7")[0], 200)
check("no CORS", ask("/model")[1]["Access-Control-Allow-Origin"], None)
answer = ask("/predict", "OPTIONS")
check("OPTIONS", (answer[0], answer[1]["Allow"]), (204, "POST, OPTIONS"))
link.close()
for name, data, wanted in [
    ("no request", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", ""), ("no Host", b"GET /model HTTP/1.1\r\n\r\n", "HTTP/1.1 400"), ("a torn request", b"GET /mod", ""),
    ("torn headers", b"GET /model HTTP/1.1\r\nHost: local", ""), ("a torn body", b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 99\r\n\r\n1,2", ""),
    ("a huge header", b"GET /model HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100000 + b"\r\n\r\n", "HTTP/1.1 431"), ("many headers", b"GET /model HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 20000 + b"\r\n", "HTTP/1.1 431"),
    ("a large body", b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 2000000\r\n\r\n", "HTTP/1.1 413"),
    ("a negative length", b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 4"),
    ("chunks", b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n1,2\r\n0\r\n\r\n", "HTTP/1.1 411"),
    ("a GET with content", b"GET /model HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 413"),
    ("HTTP/1.0", b"GET /openapi.json HTTP/1.0\r\n\r\n", "HTTP/1."), ("another method", b"FROB /model HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 405")]:
    try:
        got = raw(data, end=name.startswith("a torn") or name.startswith("torn") or name == "no request")
    except OSError:
        got = ""
    if wanted or got:
        check(name, got.startswith(wanted or "HTTP/1.1 4"), True)
check("and it still answers", ask("/model")[2], answers["/model"])

# ---- the end: what is being answered is finished, what is new is refused ----
busy = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
busy.request("GET", "/survey?target=sum&maps=300&ablation=200")
time.sleep(0.3)
server.send_signal(signal.SIGTERM)
answer = busy.getresponse()
check("a running answer is finished", (answer.status, len(answer.read()) > 1000), (200, True))
check("it ends by itself", server.wait(60), 0)
try:
    socket.create_connection(("127.0.0.1", port), 5).close()
    check("the port is free", False, True)
except OSError:
    pass

# ---- another origin that is allowed ----
server = subprocess.Popen([tsviz, "serve", *MODEL, "--port", "0", "--allow-origin", "http://ok.example"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
atexit.register(server.kill)
link = http.client.HTTPConnection("127.0.0.1", int(server.stdout.readline().split(b":")[2].strip(b"/\n")), timeout=120)
answer = ask("/model", Origin="http://ok.example")
check("an allowed origin", (answer[0], answer[1]["Access-Control-Allow-Origin"], answer[1]["Vary"]), (200, "http://ok.example", "Origin"))
answer = ask("/predict", "OPTIONS", Origin="http://ok.example", Access_Control_Request_Method="POST")
check("it is told what it may send", (answer[0], answer[1]["Access-Control-Allow-Methods"]), (204, "POST, OPTIONS"))
problem("another one", 403, "evil", ask("/model", Origin="http://evil.example"))
link.close()
server.send_signal(signal.SIGINT)
check("^C ends it", server.wait(60), 0)
print("ok" if not failed else "%d failed" % failed)
