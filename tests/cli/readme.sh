# What README, CONTRIBUTING, SECURITY and the READMEs of the rooms say is true: goals and options exist, commands run, figures are right.
# tests/cli/lint.sh looks for the files and links that they name.
. tests/cli/lib.sh
docs=$(ls ./*.md core/*/README.md ui/*/README.md src/*/README.md samples/README.md tests/*/README.md 2>/dev/null)

grep -ohE '`?make [a-z][a-z0-9-]*' $docs | sed 's/.*make //' | sort -u >"$T/goals"
sed -n 's/^\.PHONY: //p' Makefile tests/checks.mk | tr ' ' '\n' >"$T/phony"
is 'goals that are named exist' "$(grep -E '^(all|test|quick|demo|[a-z]+-[a-z0-9]+|install|clean|samples|bench|lint|fuzz|hostile|ci|deb|static|coverage|faults|valgrind|monkey)$' "$T/goals" | grep -vxF -f "$T/phony" | xargs)" ''
{ "$TSVIZ" --help; for verb in $("$TSVIZ" --help | sed -n 's/^  tsviz \([a-z]*\) .*/\1/p'); do "$TSVIZ" "$verb" --help; done; } 2>/dev/null |
	grep -oE -- '--[a-z][a-z-]+' | sort -u >"$T/options"
is 'options that are named exist' "$(grep -ohE -- '(^|[ `(])--[a-z][a-z-]+' README.md samples/README.md SECURITY.md | tr -d ' `(' | sort -u | grep -vxF -f "$T/options" | xargs)" ''

# SECURITY.md: each of the promises P1 to P12 has a test, and every test that it names exists
sed -n 's/^| \(P[0-9]*\) |.*| \([^|]*\) |$/\1 \2/p' SECURITY.md >"$T/promises"
is 'promises' "$(awk 'NF > 1 { print $1 }' "$T/promises" | head -n 12 | xargs)" "P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12"
is 'tests that promises name exist' "$(grep -oE '(tests/[a-z]+/)?[a-z_]+\.(c|sh|py)|`make [a-z-]+`' "$T/promises" | sort -u | while read -r name; do
	case $name in
	'`make '*) grep -qx "$(echo "$name" | sed 's/^.make //; s/`//')" "$T/phony" || echo "$name" ;;
	tests/*) [ -f "$name" ] || echo "$name" ;;
	*) [ -f "tests/unit/$name" ] || echo "$name" ;;
	esac
done | xargs)" ''
is 'threats that promises name are listed' "$(grep -oE '\bT[0-9]+' "$T/promises" | sort -u | while read -r t; do grep -q "^| $t |" SECURITY.md || echo "$t"; done | xargs)" ''

# the commands of the first steps
mkdir "$T/steps"
ln -s "$PWD/samples" "$T/steps/samples"
sed -n '/^## First steps/,/^With a model/p' README.md | sed -n 's/^tsviz \([^#]*[^# ]\) *#.*/\1/p' >"$T/commands"
is 'the first steps' "$(wc -l <"$T/commands")" 5
while read -r command; do
	# shellcheck disable=SC2086
	(cd "$T/steps" && "$TSVIZ" $command) >"$T/out" 2>"$T/err" </dev/null && ok || no "tsviz $command" "$(cat "$T/err")"
done <"$T/commands"
# NEWS begins with the version of the program, and with the date of the manual
is 'NEWS begins with this version' "$(sed -n '3s/ .*//p' NEWS)" "$("$TSVIZ" --version | sed -n '1s/tsviz //p')"
is 'and its date' "$(LC_ALL=C date -u -d "$("$TSVIZ" --manual tsviz.1 | sed -n 's/^\.Dd //p')" +%F)" "$(sed -n '3s/.*(\(.*\))$/\1/p' NEWS)"
# pages of the manual that are named exist
"$TSVIZ" --manual >"$T/pages"
is 'pages that are named exist' "$(grep -ohE '`man (7 )?tsviz[a-z-]*' README.md | sed 's/.*man \(7 \)*//' | while read -r page; do grep -q "^$page\.[1-9]$" "$T/pages" || echo "$page"; done)" ''

# the worked case: each command after "$ " is run in a folder of its own, and prints what stands below it; "..." are any lines
mkdir "$T/case"
cp samples/machine.keras samples/machine.csv "$T/case/"
sed -n '/^## From a Keras file/,/^## The paper/p' samples/README.md >"$T/case.md"
awk -v dir="$T/case" '
	/^```/ { inside = !inside; command = 0 }
	inside && /^[$] / { n++; command = 1; print substr($0, 3) >(dir "/" n ".command"); printf "" >(dir "/" n ".shown"); next }
	inside && command && !/^```/ { print >(dir "/" n ".shown") }' "$T/case.md"
n=0
while [ -f "$T/case/$((n + 1)).command" ]; do
	n=$((n + 1))
	command=$(cat "$T/case/$n.command")
	# shellcheck disable=SC2086
	(cd "$T/case" && eval "\"\$TSVIZ\" ${command#tsviz }") >"$T/out" 2>"$T/err" </dev/null || no "$command" "$(tail -n 1 "$T/err")"
	is "$command" "$(awk 'NR == FNR { want[++n] = $0; sub(/ +$/, "", want[n]); next }
		{ line = $0; sub(/ +$/, "", line) }
		want[k + 1] == "..." { any = 1; k++ }
		k < n && line == want[k + 1] { any = 0; k++; next }
		!any { print "line " FNR " is: " line; bad = 1; exit }
		END { if (!bad && k < n && !(k + 1 == n && want[n] == "...")) print "not printed: " want[k + 1] }' "$T/case/$n.shown" "$T/out")" ''
done
[ $n -ge 8 ] && ok || no 'the worked case' "has $n commands"

# figures
says() { grep -qF -- "$2" samples/README.md && ok || no "$1" "samples/README.md does not say '$2'"; }
mse() { awk -v row="$1" 'index($0, row) == 1 && / scaled / { print $(NF - 2) }' "$T/eval"; }
"$TSVIZ" eval samples/ecg-model.json samples/ecg.csv --rows 8000: >"$T/eval" 2>/dev/null
says 'the error of ecg' "$(mse model | awk '{ printf "MSE %.5f (scaled)", $1 }')"
says 'its baseline' "$(mse 'last value' | awk '{ printf "last value: MSE %.5f", $1 }')"
"$TSVIZ" eval samples/machine-model.json samples/machine.csv --rows 8000: >"$T/eval" 2>/dev/null
says 'the accuracy of machine' "$(awk '/^accuracy/ { printf "accuracy %.3f | always `normal`: %.3f", $2, $NF }' "$T/eval")"
S=../shared
if [ -r $S/models/internet_traffic.h5 ]; then
	"$TSVIZ" eval $S/models/internet_traffic.h5 $S/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000 \
		>"$T/eval" 2>/dev/null
	for row in model 'last value'; do
		awk -v row="$row" 'index($0, row) == 1 && / scaled / { mse = $(NF - 2); mae = $NF } index($0, row) == 1 && / raw / { a = $(NF - 3); b = $(NF - 1) }
			END { printf "| %.9f | %.7f | %s %% | %s %% |", mse, mae, a, b }' "$T/eval" >"$T/row"
		says "the paper's model: $row" "$(cat "$T/row")"
	done
else
	skip "the paper's model" 'there is no ../shared'
fi
# the pictures: `make pictures` draws them again
mkdir "$T/pictures"
sh tests/bench/pictures.sh "$T/pictures" 2>"$T/err" || no 'pictures' "$(cat "$T/err")"
for picture in $(grep -oE 'tests/bench/[a-z]*-[a-z]*\.svg' README.md); do
	cmp -s "$picture" "$T/pictures/${picture##*/}" && ok || no "$picture" 'is not what the program draws; see `make pictures`'
done
done_testing
