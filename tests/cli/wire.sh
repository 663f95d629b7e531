# Bytes on the wire, key by key, at 80x24 with the paper's model: within the budgets of tests/bench/wire.py. Only bytes are judged, but a
# busy machine may answer a key after the next one was sent: what is over is measured twice more. In a sanitizer build, where answers are
# late, the same keys are sent but not judged.
. tests/cli/lib.sh
S=../shared
if ! command -v python3 >/dev/null; then skip wire "no python3"
elif [ ! -r $S/models/internet_traffic.h5 ]; then skip wire "no $S/models/internet_traffic.h5"
else
	judged=--check
	sanitized && judged= && skip budgets 'a program with sanitizers answers late'
	measure() {
		python3 tests/bench/wire.py $judged "$TSVIZ" $S/models/internet_traffic.h5 $S/data/internet_traffic.csv --columns 2 \
			--derive diff --scale standard --fit 0:14000 --rows 14000:18000 >"$T/out" 2>&1
	}
	if measure || measure || measure; then ok; else no "bytes a key" "$(cat "$T/out")"; fi
	is "kinds of keys" "$(grep -c '^tsviz .* keys ' "$T/out")" 29
fi
done_testing
