"""follow_errors.py TSVIZ FOLDER: what a browser with --follow says when its data file is cut short, replaced by another one, taken away,
ends in half a line, or has a row that cannot be read. Prints "ok" or what was not seen."""
import os
import sys
import time

from followed import Browser

tsviz, folder = sys.argv[1:]
data = folder + "/grow.csv"
with open(folder + "/load.csv") as f:
    HEAD, *ROWS = f.readlines()


def write(text):
    with open(data, "w") as f:
        f.write(text)


def append(text):
    with open(data, "a") as f:
        f.write(text)


def rotate(rows):
    """As logrotate does: the old file has another name, and a new one begins."""
    os.replace(data, data + ".1")
    write(HEAD + "".join(rows))


write(HEAD + "".join(ROWS))
browser = Browser(tsviz, folder, data, 120)


def case(what, change, *words):
    browser.keys(b"\x1b")  # takes the message before away: the terminal is sent differences only
    time.sleep(0.2)
    change()
    browser.until(what, words, any)


browser.until("start", ["0/36"], any)
for what, change, *words in (
        ("half a line", lambda: append(ROWS[-1] + ROWS[-1][:-3]), "1 window more"),
        ("the other half", lambda: append(ROWS[-1][-3:]), "1 window more"),
        ("a bad value", lambda: append(ROWS[-1].replace(",", ",x", 1)), "not a number", "is no number"),
        ("mended", lambda: write(HEAD + "".join(ROWS)), "windows fewer", "fewer"),
        ("cut short", lambda: write(HEAD + "".join(ROWS[:-4])), "fewer"),
        ("cut to nothing", lambda: write(""), "empty"),
        ("grown again", lambda: write(HEAD + "".join(ROWS)), "more"),
        ("rotated", lambda: rotate(ROWS[:-10]), "fewer"),
        ("gone", lambda: os.remove(data), "No such file"),
        ("back again", lambda: write(HEAD + "".join(ROWS + ROWS[-1:])), "more")):
    case(what, change, *words)
browser.quit()
print("ok")
