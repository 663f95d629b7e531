"""Load for tsviz serve, outside of the run: load.py TSVIZ [CLIENTS] [REQUESTS]
CLIENTS connections at a time (100) send REQUESTS requests (10000) in all, of which some are hostile, slow or torn. Every right request has to
be answered with the right bytes or with 503 and Retry-After; the memory of the server and its workers has to stay bounded. Prints figures."""
import collections
import http.client
import random
import resource
import socket
import subprocess
import sys
import threading
import time

tsviz, clients, requests = sys.argv[1], *[int(x) for x in (sys.argv[2:] + ["100", "10000"][len(sys.argv) - 2:])]
server = subprocess.Popen([tsviz, "serve", "samples/machine-model.json", "samples/machine.csv", "--rows", "8000:", "-q", "--port", "0"],
                          stdout=subprocess.PIPE)
port = int(server.stdout.readline().split(b":")[2].strip(b"/\n"))
said = collections.Counter()
right, lock = {}, threading.Lock()


def memory():
    with open("/proc/%d/status" % server.pid) as f:
        return max(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def one(link, r, headers):
    target = r.choice(["/model", "/windows/%d?no-saliency=true" % r.randrange(40), "/windows/%d?layers=conv2" % r.randrange(1969), "/clusters/conv1?window=%d" % r.randrange(9),
                       "/svg/layers?window=%d" % r.randrange(9), "/openapi.json", "/", "/windows?limit=3", "/nothing", "/windows/99999"])
    link.request("GET", target, headers=headers)
    answer = link.getresponse()
    body = answer.read()
    wanted = 404 if target in ("/nothing", "/windows/99999") else 200
    if answer.status == 503:
        assert answer.getheader("Retry-After") and b"waiting" in body, body
        return "503"
    assert answer.status == wanted, (target, answer.status, body[:200])
    with lock:
        assert right.setdefault(target, body) == body, target
    return "right"


def hostile(r):
    with socket.create_connection(("127.0.0.1", port), 30) as s:
        kind = r.choice(["torn", "noise", "slow", "gone"])
        if kind == "torn":
            s.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 5000\r\n\r\n1,2\n")
        elif kind == "noise":
            s.sendall(bytes(r.randrange(256) for _ in range(2000)))
        elif kind == "slow":
            for c in b"GET /model HT":
                s.sendall(bytes([c]))
                time.sleep(0.02)
        else:
            s.sendall(b"GET /windows/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % r.randrange(1969))
    return kind


def client(n):
    r = random.Random(n)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    for _ in range(requests // clients):
        try:
            what = hostile(r) if r.random() < 0.05 else one(link, r, {})
        except (http.client.HTTPException, OSError) as e:
            what = "again: " + type(e).__name__
            link.close()
        except AssertionError as e:
            what = "WRONG " + str(e)[:300]
        with lock:
            said[what] += 1


begun, first = time.time(), memory()
threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
for t in threads:
    t.start()
most = first
while any(t.is_alive() for t in threads):
    time.sleep(0.2)
    most = max(most, memory())
took = time.time() - begun
server.terminate()
status = server.wait(150)
worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(dict(said))
print("%d requests in %.0f s; memory of the server %d kB at first, %d kB at most; the largest process %d kB; exit status %d" %
      (sum(said.values()), took, first, most, worker, status))
sys.exit(status != 0 or any(k.startswith("WRONG") for k in said))
