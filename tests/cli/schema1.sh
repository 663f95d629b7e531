# JSON of schema 1 is what it was: programs read it. tests/schema1/record.sh says where the recorded texts come from.
. tests/cli/lib.sh
python=/usr/bin/python3
needs_python
grep -v '^#' tests/schema1/cases >"$T/cases"
while read -r name arguments; do
	# shellcheck disable=SC2086
	"$TSVIZ" $arguments -q --json >"$T/$name.json" 2>"$T/err" </dev/null && ok || no "$name" "$(head -n 1 "$T/err")"
	set -- "$@" "tests/schema1/$name.json" "$T/$name.json"
done <"$T/cases"
is 'schema 1 is as before' "$($python tests/schema1/same.py "$@" 2>&1)" ''
sed 's/"loss_influence"/"loss_influences"/' "$T/analyze-rows.json" >"$T/wrong.json"
is 'another key is seen' "$($python tests/schema1/same.py "$T/analyze-rows.json" "$T/wrong.json" | grep -c loss_influences)" 1
sed 's/"index":0/"index":1/' "$T/analyze-rows.json" >"$T/wrong.json"
is 'another number is seen' "$($python tests/schema1/same.py "$T/analyze-rows.json" "$T/wrong.json" | grep -c 'is not 0')" 1
done_testing
