"""follow.py TSVIZ FOLDER: a browser with --follow in a terminal of its own, whose data file grows and whose model is replaced.

Prints "ok" or what was not seen."""
import os
import sys

from followed import Browser

tsviz, folder = sys.argv[1:]
model, data = folder + "/net.json", folder + "/load.csv"
browser = Browser(tsviz, folder, data, 100)


def until(*words):
    browser.until("the screen", words, all)


def screen_has(word):
    """The terminal is sent differences only, so the whole screen is asked for."""
    browser.keys(b"\x0c")
    until(word)


def grow(rows):
    """A row more is a window more. The last row is written in two parts."""
    with open(data) as f:
        last = f.readlines()[-1].split(",", 1)[1]
    with open(data, "a") as f:
        for i in range(rows):
            f.write("2026-03-02 0%d:0%d" % (i, i))
            f.flush()
            f.write("," + last)


until("0/36")
grow(2)
until("the data have changed: 2 windows more")
screen_has("0/38")  # the cursor stays
browser.keys(b"#38\r")
screen_has("38/38")
grow(1)
until("the data have changed: 1 window more")
screen_has("39/39")  # it stood at the end, and goes along
with open(model) as f:
    text = f.read()
with open(model + ".new", "w") as f:
    f.write(text + " ")
os.replace(model + ".new", model)
until("the model has changed and is loaded again")
with open(model, "w") as f:
    f.write(text[:300])  # a training that is not done yet
until("line 1")
with open(model, "w") as f:
    f.write(text)
until("the model has changed and is loaded again")
browser.quit()
print("ok")
