# The command line: the options of each verb in its help, and what is refused with status 2.
. tests/cli/lib.sh
many_runs
K=tests/keras/keras1.h5
awk 'BEGIN { print "when,a,b"; for (i = 0; i < 40; i++) printf "%d,%.6f,%.6f\n", i, sin(i / 5), cos(i / 3) }' >"$T/d.csv"
D=$T/d.csv R="--columns a,b"

# option, value ('-': none), and a letter for each verb that takes it; tests/unit/test_options.c tries all pairs
TABLE=tests/cli/options.table
# the table here and that of the program have the same options
"$TSVIZ" --help | sed -n 's/^  ..[, ] --\([a-z-]*\).*/\1/p' | sort >"$T/has"
cut -d' ' -f1 $TABLE | sort >"$T/knows"
is 'the options of --help' "$(comm -3 "$T/has" "$T/knows")" ''

# The help of a verb names the options that the verb takes. What all verbs take stands in the help of all alone.
for verb in browse demo info predict eval analyze survey scan truth diff attack counterfactual invert prune session report serve train convert help; do
	case $verb in survey) letter=s ;; scan) letter=n ;; truth) letter=u ;; diff) letter=f ;; attack) letter=k ;; counterfactual) letter=w ;; invert) letter=v ;; prune) letter=r ;; session) letter=o ;; report) letter=g ;; serve) letter=l ;; train) letter=t ;; *) letter=${verb%"${verb#?}"} ;; esac
	"$TSVIZ" help $verb | sed -n 's/^  ..[, ] --\([a-z-]*\).*/\1/p' | sort >"$T/has"
	awk -v letter=$letter '$3 !~ /h/ && index($3, letter) { print $1 }
		letter == "u" && $1 == "methods" { print $1 }' $TABLE | sort >"$T/takes"
	is "options in the help of $verb" "$(comm -3 "$T/has" "$T/takes")" ''
done
# what goes together
misused 'keys without a screen' 'browse takes --keys only together with --screen or --plain' "$TSVIZ" $K "$D" $R --keys j
misused 'a screen to a file without one' 'browse takes --out only together with --screen or --plain or --dump' "$TSVIZ" $K "$D" $R -o x
for o in '-w 3' '--off a:1' '--compare 1' '--npy input' '--layers a' --nodes --no-saliency '--y 0' '--method occlusion'; do
	# shellcheck disable=SC2086
	misused "analyze --all $o" 'is for one window; leave out --all' "$TSVIZ" analyze $K "$D" $R --all $o
done

# values
misused 'two tasks' "--task 'regression classification' is unknown; one of regression, classification" "$TSVIZ" eval $K "$D" $R --task 'regression classification'
misused 'part of a task' "--task 'regress' is unknown" "$TSVIZ" eval $K "$D" $R --task regress
misused 'an unknown measure' "'grdient' is unknown.*; did you mean 'gradient'\?" "$TSVIZ" analyze $K "$D" $R --importance grdient
misused 'an unknown view' "did you mean 'layers'\?" "$TSVIZ" $K "$D" $R --screen lyers
misused 'an unknown stage' "did you mean 'graph'\?" "$TSVIZ" $K --dump grpah
misused 'an unknown output' "--target 'output:x' is unknown; one of sum, class, error, loss, output:NUMBER, output:T,C" "$TSVIZ" analyze $K "$D" $R --target output:x
misused 'an unknown option' "'--windw' is no option; did you mean '--window'\?" "$TSVIZ" eval $K "$D" --windw 3
misused 'an option like none' "'--quantum=3' is no option; see tsviz --help" "$TSVIZ" eval $K "$D" --quantum=3
misused 'an unknown verb' "'predct' is neither a verb nor a file; did you mean 'predict'\?" "$TSVIZ" predct $K "$D"
misused 'an unknown verb, alone' "'inof' is neither a verb nor a file; did you mean 'info'\?" "$TSVIZ" inof
misused 'a verb like none' "'dance' is neither a verb nor a file; see tsviz --help" "$TSVIZ" dance $K "$D"
misused 'help of no verb' "'evl' is no verb; did you mean 'eval'\?" "$TSVIZ" help evl
misused 'too many names' "unexpected argument 'extra'; usage: tsviz convert MODEL -o OUT" "$TSVIZ" convert $K extra -o "$T/x.onnx"
misused 'standard input twice' 'only one of model and data can be standard input, and only once' "$TSVIZ" predict $K "$D" - -
misused 'standard input as model and data' 'only one of model and data can be standard input' "$TSVIZ" predict - "$D" -
misused 'too few names' 'usage: tsviz predict MODEL DATA' "$TSVIZ" predict $K
misused 'no names at all' '^tsviz: usage: tsviz MODEL \[DATA ...\]; `tsviz demo` .*, `tsviz --help` ' "$TSVIZ"
misused 'an unknown letter' "^tsviz: '-v' is no option; see tsviz --help$" "$TSVIZ" -v
misused 'an unknown letter after others' "'-qv': -v is no option; see tsviz --help" "$TSVIZ" -qv
misused 'one row for a range' "--rows '8000': rows are A:B" "$TSVIZ" eval $K "$D" --rows 8000
misused 'a value that is missing' '--window needs a value: T' "$TSVIZ" predict $K "$D" --window
misused 'a value where none is' '--json takes no value' "$TSVIZ" info $K --json=yes

# as other programs do
same() { # NAME A B: two command lines print the same
	# shellcheck disable=SC2086
	"$TSVIZ" $2 >"$T/1" 2>&1 </dev/null
	# shellcheck disable=SC2086
	"$TSVIZ" $3 >"$T/2" 2>&1 </dev/null
	cmp -s "$T/1" "$T/2" && [ -s "$T/1" ] && ok || no "$1" "'$2' and '$3' differ: $(head -c 200 "$T/2")"
}
same 'help VERB' 'help eval' 'eval --help'
same 'letters in a bundle' '-q -h' '-qh'
same 'a value behind a bundle' "predict $K $D $R -q -w 3" "predict $K $D $R -qw3"
same 'a value behind =' "predict $K $D --columns=a,b" "predict $K $D --columns a,b"
same 'the last one counts' "predict $K $D $R -w 3" "predict $K $D --columns b,a -w 1 -w 3 --columns a,b"
same 'the last of two that print' '--version' '--formats --version'
same '--color' "$K $D $R --screen layers --styles --colours mono" "$K $D $R --screen layers --styles --color mono"
same 'JSON is the default' "analyze $K $D $R --no-saliency" "analyze $K $D $R --no-saliency --json"
cp $K "$T/-x" && (cd "$T" && "$TSVIZ" info -- -x >"$T/out" 2>&1) && ok || no 'names behind --' "$(cat "$T/out")"
for verb in browse demo info predict eval analyze train convert; do
	"$TSVIZ" $verb --help >"$T/help" 2>"$T/err"
	is "$verb --help" "$? $(grep -c '^Example: tsviz ' "$T/help") $(head -n 1 "$T/help" | grep -c '^usage: tsviz ')" '0 1 1'
done
done_testing
