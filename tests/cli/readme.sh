# What README, CONTRIBUTING, SECURITY and the READMEs of the rooms say is true: goals and options exist, commands run, figures are right.
# tests/cli/lint.sh looks for the files and links that they name.
. tests/cli/lib.sh
docs=$(ls ./*.md core/*/README.md ui/*/README.md src/*/README.md 2>/dev/null)

grep -ohE '`?make [a-z][a-z0-9-]*' $docs | sed 's/.*make //' | sort -u >"$T/goals"
sed -n 's/^\.PHONY: //p' Makefile tests/checks.mk | tr ' ' '\n' >"$T/phony"
is 'goals that are named exist' "$(grep -E '^(all|test|quick|demo|[a-z]+-[a-z0-9]+|install|clean|samples|bench|lint|fuzz|hostile|ci|deb|static|coverage|faults|valgrind|monkey)$' "$T/goals" | grep -vxF -f "$T/phony" | xargs)" ''
{ "$TSVIZ" --help; for verb in $("$TSVIZ" --help | sed -n 's/^  tsviz \([a-z]*\) .*/\1/p'); do "$TSVIZ" "$verb" --help; done; } 2>/dev/null |
	grep -oE -- '--[a-z][a-z-]+' | sort -u >"$T/options"
is 'options that are named exist' "$(grep -ohE -- '(^|[ `(])--[a-z][a-z-]+' README.md SECURITY.md | tr -d ' `(' | sort -u | grep -vxF -f "$T/options" | xargs)" ''

# the commands of the first steps, with the model that is bundled instead of a training
mkdir "$T/steps"
ln -s "$PWD/samples" "$T/steps/samples"
cp samples/machine-model.json "$T/steps/m.json"
sed -n '/^## First steps/,/^##* The samples/p' README.md | sed -n 's/^tsviz \([^#]*[^# ]\) *#.*/\1/p' | grep -v '^train' >"$T/commands"
[ "$(wc -l <"$T/commands")" -ge 6 ] && ok || no 'the first steps' "$(cat "$T/commands")"
while read -r command; do
	# shellcheck disable=SC2086
	(cd "$T/steps" && "$TSVIZ" $command) >"$T/out" 2>"$T/err" </dev/null && ok || no "tsviz $command" "$(cat "$T/err")"
done <"$T/commands"

# figures
says() { grep -qF -- "$2" README.md && ok || no "$1" "README does not say '$2'"; }
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
# the screen at the top: tsviz demo --screen layers --size 100x20
sed -n '1,/^tsviz loads/p' README.md | sed -n '/^```/,/^```/p' | grep -v '^```' >"$T/shown"
XDG_CONFIG_HOME="$T/none" "$TSVIZ" demo --screen layers --size 100x20 --glyphs braille >"$T/screen" 2>/dev/null
is 'the screen of README' "$(diff "$T/shown" "$T/screen" | head -n 6)" ''
done_testing
