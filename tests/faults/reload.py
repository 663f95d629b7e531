"""The model changes on disk while the browser shows it: F5 reads it again; what cannot be read leaves what is shown, and a message.

    python3 tests/faults/reload.py PROGRAM"""
import fcntl, os, pty, re, select, shutil, struct, subprocess, sys, tempfile, termios, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
program = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp(prefix="tsviz-reload-")
model = folder + "/m.h5"
passed = failed = 0


def check(name, good, text=b""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("not ok: %s: %r" % (name, text[-400:]))


def read(master, quiet=0.7, most=20):
    seen, end = b"", time.time() + most
    while time.time() < end and select.select([master], [], [], quiet if seen else most)[0]:
        try:
            seen += os.read(master, 65536)
        except OSError:
            break
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]", b" ", seen)


shutil.copy(ROOT + "/tests/keras/keras1.h5", model)
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 160, 0, 0))
env = dict(PATH=os.environ["PATH"], LC_ALL="C.UTF-8", TERM="xterm-256color", HOME=folder)
p = subprocess.Popen([program, model], stdin=slave, stdout=slave, stderr=slave, env=env)
read(master)
whole = open(model, "rb").read()
# curses sends what changes of a line: words of the message
for name, content, word in (("cut off", whole[:4000], b"m.h5"), ("empty", b"", b"is empty"), ("text", b"hello\n", b"no HDF5 file"),
                            ("noise", whole[:2000] + os.urandom(3000) + whole[5000:], b"")):
    with open(model, "wb") as f:
        f.write(content)
    os.write(master, b"\x1b[15~")
    seen = read(master)
    check(name + ": still there", p.poll() is None, seen)
    check(name + ": said", word in seen, seen)
os.remove(model)
os.write(master, b"\x1b[15~")
seen = read(master)
check("gone: said", b"No such file" in seen and p.poll() is None, seen)
shutil.copy(ROOT + "/tests/keras/chain.h5", model)
os.write(master, b"\x1b[15~")
seen = read(master)
check("another model", p.poll() is None and len(seen) > 50, seen)
os.write(master, b"q")
end = time.time() + 20
while p.poll() is None and time.time() < end:
    if select.select([master], [], [], 0.1)[0]:
        os.read(master, 65536)
check("quits", p.poll() == 0)
if p.poll() is None:
    p.kill()
shutil.rmtree(folder)
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed > 0)
