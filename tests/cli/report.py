"""Looks at the reports that tests/cli/report.sh has made. Prints one line for each thing that is wrong, then the number of those that are right.
usage: report.py FOLDER"""
import base64, html.parser, json, math, os, re, sys, xml.dom.minidom

T = sys.argv[1]
good = 0
VOID = {"meta", "img", "br", "link", "hr", "input", "source"}


def check(what, is_so, why=""):
    global good
    if is_so:
        good += 1
    else:
        print("wrong: %s: %s" % (what, str(why)[:200]))


class Page(html.parser.HTMLParser):
    """Elements in balance; tables by caption; images; links."""

    def __init__(self):
        super().__init__()
        self.open, self.bad, self.section = [], [], None
        self.sections, self.tables, self.images, self.text = [], [], [], ""
        self.row = self.cell = self.caption = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base"):
            self.bad.append("element " + tag)
        for k, v in attrs:
            if k.startswith("on"):
                self.bad.append("handler " + k)
            if k in ("src", "href") and not v.startswith("#") and not v.startswith("data:image/svg+xml;base64,"):
                self.bad.append("outside: " + v)
        if tag == "img":
            self.images.append((a.get("alt"), base64.b64decode(a["src"].split(",", 1)[1], validate=True)))
        if tag == "h2":
            self.section = a["id"]
            self.sections.append(self.section)
        if tag == "table":
            self.tables.append({"section": self.section, "caption": "", "rows": []})
        if tag == "tr":
            self.row = []
        if tag in ("td", "th", "caption"):
            self.cell = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("</%s> where it does not belong" % tag)
        if tag == "caption":
            self.tables[-1]["caption"] = self.cell
        if tag in ("td", "th"):
            self.row.append(self.cell)
        if tag == "tr":
            self.tables[-1]["rows"].append(self.row)
        if tag in ("td", "th", "caption"):
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data
        if "style" not in self.open:
            self.text += data

    def table(self, section, caption):
        for t in self.tables:
            if t["section"] == section and t["caption"].startswith(caption):
                return {r[0]: dict(zip(t["rows"][0], r)) for r in t["rows"][1:]}
        return {}


def load(name):
    with open(os.path.join(T, name)) as f:
        return json.load(f)


def page(name):
    raw = open(os.path.join(T, name), "rb").read()
    p = Page()
    p.feed(raw.decode("utf-8"))
    p.close()
    check(name + " is balanced", not p.bad and not p.open, (p.bad, p.open))
    check(name + " has no control bytes", not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw))
    for alt, svg in p.images:
        try:
            root = xml.dom.minidom.parseString(svg).documentElement
            fine = root.tagName == "svg" and alt and not root.getElementsByTagName("script")
            outside = [e for e in root.getElementsByTagName("*") if e.hasAttribute("href") or e.hasAttribute("xlink:href")]
            check(name + ": picture", fine and not outside, alt)
        except Exception as e:
            check(name + ": picture", False, e)
    return p


def close(text, v):
    """A number with six significant digits."""
    try:
        return math.isclose(float(text.split()[0]), v, rel_tol=6e-6, abs_tol=1e-12)
    except (ValueError, IndexError):
        return False


def same(what, table, row, column, v, form=None):
    cell = table.get(row, {}).get(column)
    fine = cell is not None and (cell == form % v if form else close(cell, v))
    check(what, fine, "%s / %s: %s, and not %s" % (row, column, cell, v))


# ---- the classifier: each section beside the verb ----
p = page("machine.html")
check("sections", p.sections == ["short", "author", "model", "data", "performance", "look", "set", "truth", "limits", "commands"], p.sections)
check("pictures of four levels", len(p.images) == 4, len(p.images))
check("limits name what was left out", "What was tried: left out" in p.text and "Notes: left out" in p.text)
check("the author's parts are not given", p.text.count("not given") >= 11)

info = load("info.json")
t = p.table("model", "Layers")
for l in info["layers"]:
    same("layer", t, l["name"], "parameters", l["parameters"], "%d")
    same("layer", t, l["name"], "filters", l["shape"][0], "%d")
    check("layer", t[l["name"]]["receptive field"] in (str(l["receptive"]), "-"), l["name"])
check("parameters", p.table("model", "")["parameters"]["value"] == str(info["parameters"]))
d = info["data"]
check("windows", p.table("data", "")["windows"]["value"] == str(d["windows"]))
t = p.table("data", "Windows of each class")
for name, n in zip(d["classes"], d["class_windows"]):
    same("class balance", t, name, "windows", n, "%d")

errors = load("eval.json")["errors"]
t = p.table("performance", "")
same("accuracy", t, "model", "accuracy", errors["accuracy"])
same("majority", t, "always '%s'" % errors["majority"], "accuracy", errors["majority_accuracy"])
t = p.table("performance", "Each class")
c = p.table("performance", "Confusion matrix")
for i, name in enumerate(errors["classes"]):
    for key, column in (("precision", "precision"), ("recall", "recall"), ("f1", "F1")):
        same("classes", t, name, column, errors[key][i])
    for k, other in enumerate(errors["classes"]):
        same("confusion", c, name, other, errors["confusion"][i][k], "%d")

# the worst windows, counted again from what the verb predict says: a wrong class, then the largest loss
windows = json.load(open(os.path.join(T, "predict.json")))["windows"]
rows = [r for x in p.tables if x["section"] == "performance" and x["caption"].startswith("The worst") for r in x["rows"][1:]]
wrong = {w["window"]: (w["true"], w["class"]) for w in windows if w.get("true") not in (None, w["class"])}
worst = [(int(r[0].split()[0]), float(r[3]), (r[1], r[2])) for r in rows]
first = [w for w in worst if w[0] in wrong]
check("worst windows: wrong classes first", len(worst) == 10 and len(first) == min(10, len(wrong)) and worst[: len(first)] == first, worst)
check("worst windows: what is true and predicted", all(wrong[w[0]] == w[2] for w in first), worst)
for part in (first, worst[len(first):]):
    check("worst windows: the largest loss first", [w[1] for w in part] == sorted((w[1] for w in part), reverse=True), worst)

survey = load("survey.json")
t = p.table("set", "Filters of each layer")
mean = {}
for l in survey["layers"]:
    same("dead filters", t, l["name"], "dead", l["dead_filters"], "%d")
    for f in l["per_filter"]:
        mean[(l["name"], "#%d" % f["index"])] = f
rows = [r for x in p.tables if x["section"] == "set" and x["caption"].startswith("The most important") for r in x["rows"][1:]]
check("important filters", len(rows) == 12, len(rows))
for r in rows:
    f = mean[(r[0], r[1])]
    check("importance", close(r[2], f["importance_spreads"]["gradient"]["scaled_spread"]["mean"]), (r, f["importance_spreads"]["gradient"]["scaled_spread"]["mean"]))
    check("activation", close(r[4], f["activation_spread"]["mean"]) and close(r[5], f["activation_spread"]["max"]), r)
least = min(float(r[2]) for r in rows)
shown = {(r[0], r[1]) for r in rows}
# filters are counted once, in the layers that make them: the convolutions, as the network's own list has them
conv = {l["name"]: l["shape"][0] for l in info["layers"] if l["type"].startswith("Conv")}
check("important filters are of convolutions", all(r[0] in conv for r in rows), rows)
check("no filter is more important", all((f["importance_spreads"]["gradient"]["scaled_spread"]["mean"] or 0) <= least * (1 + 1e-5) for k, f in mean.items() if k not in shown and k[0] in conv))
n = sum(conv.values())
check("all filters", ("none of %d is dead" % n in p.text or " of %d are dead" % n in p.text) and "%d in all" % n in p.text, n)

truth = load("truth.json")
t = p.table("truth", "Faithfulness")
labels = {m: r for m, r in zip([m["method"] for m in truth["methods"]], truth["methods"])}
srg = sorted(float(r["mean"]) for r in t.values() if r["mean"] != "-")
want = sorted(round(m["srg"], 3) for m in truth["methods"] if m.get("srg") is not None)
check("SRG of all methods", len(srg) == len(want) and srg == want, (srg, want))
check("the sentence of truth", truth["sentence"] in p.text, truth["sentence"])

# SRG by class: the windows of a class weigh by how far their outputs change, which no method has a say in. So the SRG of each method is between
# those of the classes, at the same place for every method; a mean by numbers of windows is at another one.
places = []
for k in range(len(truth["methods"][0]["results"])):
    by = [(m["results"][k]["srg_by_class"]["values"], m["results"][k]["srg"]) for m in truth["methods"]]
    places.append([(srg - c[1]) / (c[0] - c[1]) for c, srg in by if None not in c and abs(c[0] - c[1]) > 1e-3])
check("the classes weigh alike for all methods", all(len(q) > 4 and max(q) - min(q) < 1e-3 and 0 < min(q) < 1 for q in places), places)

# where it looks: the line in short has the smallest and the largest share that the table has, and the verdict on the window is the browser's
t = p.table("look", "Shares over")
line = re.search(r"[Ww]here it looks: (.*?) of the saliency, as the methods say on average over (\d+) windows; (.*?)\.", p.text)
check("where it looks", line and int(line.group(2)) == 20, line)
said = re.findall(r"(\S+) (\d+) to (\d+) %", line.group(1))
check("where it looks: the channels", sorted(c for c, _, _ in said) == sorted(d["channels"])[:3], said)
spread = 0
for name, low, high in said:
    v = [float(r[name].split()[0]) for r in t.values() if r[name] != "-"]
    spread = max(spread, max(v) - min(v))
    check("where it looks: shares", abs(min(v) - int(low)) < 0.6 and abs(max(v) - int(high)) < 0.6, (name, v, low, high))
most = int(re.search(r"at most (\d+) %", line.group(3)).group(1))
bad = re.search(r"in (\d+) of the 20 windows, each by itself, they disagree", line.group(3))
check("single windows are farther apart than their mean", most >= int(spread) and (bad is not None) == (most > 30), (most, spread, line.group(3)))
t = p.table("look", "Shares in window")
v = [[float(r[c].split()[0]) for r in t.values() if r[c] != "-" and any(x not in ("-", "0.0 %") for x in list(r.values())[1:])] for c in d["channels"]]
apart = max(max(x) - min(x) for x in v)
check("the verdict on the window", ("In this window the methods disagree" in p.text) == (apart > 30) and "In this window the methods" in p.text, (apart, v))
seen = open(os.path.join(T, "findings.txt")).read()
check("the verdict of the browser", ("methods disagree about the channels" in " ".join(seen.split())) == (apart > 30), (apart, seen[:900]))

# shares of the shown window, added up from the map of analyze
window = int(re.search(r"The pictures are of window (\d+)", p.text).group(1))
a = load("window.json")
check("the window", a["window"]["index"] == window, (a["window"], window))
m = a["saliency"]["raw"]
C = len(d["channels"])
sums = [sum(abs(v) for v in m[k::C]) for k in range(C)]
t = p.table("look", "Shares in window")
for k, name in enumerate(d["channels"]):
    same("shares", t, "gradient", name, 100 * sums[k] / sum(sums), "%.1f %%")

check("clusters say how clear they are", "do the same" not in p.text and p.text.count("he silhouette is") == 2, p.text.count("he silhouette is"))

# ---- hostile names, notes and texts of the author ----
p = page("hostile.html")
check("hostile: the note is text", "<img src=x onerror=alert(1)>" in p.text)
check("hostile: channel", "<script>alert(1)</script>" in p.text)
check("hostile: the author is text", "<b>for pumps</b> & more" in p.text and "</style><script>" in p.text)
check("hostile: one cluster of all filters is not called alike", p.text.count("One cluster holds all") == 2 and "do the same" not in p.text and "correlation of two" in p.text)
check("hostile: escape bytes", "\x1b" not in p.text and "\ufffd" in p.text)
check("hostile: sections", {"tried", "notes"} <= set(p.sections), p.sections)
check("hostile: commands are quoted", "it'\\''s a; file.csv'" in p.text, p.text[-900:])
check("hostile: date", "Date: 2026-11-27" in p.text)
check("hostile: variants", "pinned" in p.text and "with these off" in p.text)
check("hostile: given parts are not missing", "8 parts are not given" in p.text, re.findall(r"\d+ parts are not given", p.text))

# ---- edited windows beside predictions for a file that was edited by hand; hostile names of classes ----
p = page("edits.html")


def predicted(name, window):
    w = load(name)["windows"][window]
    return "'%s' %.3f" % (w["class"], max(w["output"]))


before, after = predicted("before.json", 60), predicted("after.json", 0)
t = p.table("tried", "Edited windows")
check("edited: one row", list(t) == ["60 (rows 8010 to 8041)"], list(t))
row = [*t.values(), {}][0]
check("edited: what was changed", re.fullmatch(r"pressure: 1 value in step 0, by up to \+\S+; torque: 3 values in steps 3 to 5, by up to \+\S+", row.get("what was changed", "")), row)
check("edited: how", row.get("how") == "<b>by a", row)
check("edited: before and after", (row.get("as in the file"), row.get("edited")) == (before, after) and before != after, (row, before, after))
check("edited: those without a place", "2 edited windows of the session have no place in these data" in p.text)
row = [*p.table("tried", "Variants").values(), {}][0]
names = ['<u onclick=x>a&|"\\`', "*b*</td>"]
off = load("off.json")["output"]
off = "'%s' %.3f" % (names[off.index(max(off))], max(off))
check("edited: with filters off", (row.get("window", "")[-8:], row.get("intact says"), row.get("with these off")) == (", edited", after, off), (row, after, off))
check("smaller network", "`:prune 50%`" in p.text)
check("hostile classes", list(p.table("performance", "Each class")) == names and list(p.table("performance", "Confusion")) == names, list(p.table("performance", "Each class")))

# the model has --fit 0:8000, and the windows are of the rows 7950:8150: those behind are the windows of 8000:8150, of which eval.json is
e = load("eval.json")["errors"]
check("rows of --fit", "--fit 0:8000: the scaling is fitted to these rows, which may be those of the training. 50 of the 169 windows here have rows of them" in p.text)
alone = re.search(r"The (\d+) windows that lie wholly behind them, alone: accuracy ([0-9.]+) % of 119 windows, (\d+) wrong; majority class ([0-9.]+) %\.", p.text)
wrong = sum(map(sum, e["confusion"])) - sum(row[k] for k, row in enumerate(e["confusion"]))
wanted = (str(e["windows"]), "%.1f" % (100 * e["accuracy"]), str(wrong), "%.1f" % (100 * e["majority_accuracy"]))
check("windows behind --fit", alone and alone.groups() == wanted, (alone and alone.groups(), wanted))
check("nothing of --fit behind it", "--fit 0:8000: the" not in page("machine.html").text)

# ---- Markdown, with pictures beside it ----
text = open(os.path.join(T, "hostile.md"), encoding="utf-8").read()
check("markdown: no element", not re.search(r"(?<!\\)<", text.replace("    tsviz", "")), re.findall(r".{20}(?<!\\)<.{20}", text)[:1])
names = re.findall(r"^!\[.*\]\((.*)\)$", text, re.M)
check("markdown: pictures", len(names) >= 5 and all(os.path.exists(os.path.join(T, n)) for n in names), names)
for n in names:
    xml.dom.minidom.parse(os.path.join(T, n))
print("%d right" % good)
