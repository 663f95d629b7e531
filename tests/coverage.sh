#!/bin/sh
# How much of the readers, of saving, of the text gate, of the recipe and of the statistics the tests reach. Run by `make coverage`.
# It prints a line for each file. It fails when a group has less than 92 % of its lines or 80 % of its branches.
cd "$(dirname "$0")/.." || exit 2
sh tests/deps.sh coverage || exit 1
make --no-print-directory -j"$(nproc)" VARIANT=coverage unit >build/coverage.log 2>&1 || { tail -n 20 build/coverage.log; exit 1; }
find build/coverage -name '*.gcda' -delete
# Some tests fail in this variant and in no other. test_sandbox fails because the child is not locked down. Tests that run as another
# user or limit the size of files fail because gcov cannot write its own files then.
sh tests/run.sh coverage >build/coverage-tests.log 2>&1
tail -n 1 build/coverage-tests.log
status=0
group() { # name, regular expression of its files
	gcovr --root . --object-directory build/coverage --filter "^($2)\$" --exclude-throw-branches --exclude-unreachable-branches \
		--exclude-function-lines --json-summary-pretty --output build/coverage.json build/coverage 2>/dev/null
	python3 - "$1" <<'END' || status=1
import json, sys
r = json.load(open("build/coverage.json"))
for f in r["files"]:
    print("  %-26s lines %5.1f %%  branches %5.1f %%" % (f["filename"], f["line_percent"], f["branch_percent"]))
l, b = 100 * r["line_covered"] / r["line_total"], 100 * r["branch_covered"] / r["branch_total"]
print("%s: lines %.1f %% of %d, branches %.1f %% of %d" % (sys.argv[1], l, r["line_total"], b, r["branch_total"]))
sys.exit(l < 92 or b < 80)
END
}
group readers 'src/(keras/keras_[a-z0-9_]+|onnx/onnx_(graph|group|meta|name|old|op|pb|read|scope|tensor|wire)|json/(model_json_read|json_read)|data/(csv|data_[a-z]+|window_build)|read/(npy|zip_read|source|read_model|read_data|wrong_format))\.c|core/(base/number|model/serial)\.c'
group save 'src/(read/save|verbs/output)\.c'
group 'text gate' 'core/base/(text|err)\.c'
group recipe 'core/model/recipe\.c|src/json/recipe_json\.c'
group statistics 'core/(data/metrics|analysis/(survey|compare|rank|top_windows|twins)|probe/(cluster|cluster_dtw)|band/band)\.c'
exit $status
