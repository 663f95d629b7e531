# Every option at every verb: the verb takes it, or refuses it with status 2 and names the verbs that take it.
. tests/cli/lib.sh
many_runs
K=tests/keras/keras1.h5
awk 'BEGIN { print "when,a,b"; for (i = 0; i < 40; i++) printf "%d,%.6f,%.6f\n", i, sin(i / 5), cos(i / 3) }' >"$T/d.csv"
D=$T/d.csv R="--columns a,b"

# option, value ('-': none), and the verbs that take it: browse, demo, info, predict, eval, analyze, survey, scan, truth, diff, attack, counterfactual, invert, prune, session, report, serve, train, convert, help
cat >"$T/table" <<'END'
columns 1 bdipeasnufkwvrgltc
predict 1 bdipeasnufkwvrgltc
derive none bdipeasnufkwvrgltc
window 4 bdipeasnufkwvrgltc
step 2 bdipeasnufkwvrgltc
horizon 1 bdipeasnufkwvrgltc
scale none bdipeasnufkwvrgltc
fit 0:9 bdipeasnufkwvrgltc
rows 0:99 bdipeasnufkwvrgltc
split all bdipeasnufkwvrgltc
label 1 bdipeasnufkwvrgltc
label-from folder bdipeasnufkwvrgltc
stack - bipeasnufkwvrglt
label-rule any bdipeasnufkwvrgltc
classes a,b bdipeasnufkwvrgltc
group when bdipeasnufkwvrgltc
scale-by group bdipeasnufkwvrgltc
rate 250 bdipeasnufkwvrgltc
gaps warn bdipeasnufkwvrgltc
missing drop bdipeasnufkwvrgltc
layout NCT bdipeasnufkwvrgltc
table long bdipeasnufkwvrgltc
lengths fit bdipeasnufkwvrgltc
skip 1 bdipeasnufkwvrgltc
comment // bdipeasnufkwvrgltc
missing-value -999 bdipeasnufkwvrgltc
decimal point bdipeasnufkwvrgltc
encoding UTF-8 bdipeasnufkwvrgltc
array x bdipeasnufkwvrgltc
label-array y bdipeasnufkwvrgltc
recipe nofile bipeasnufkwvrgltc
save-recipe - bipeasnukwvrgc
index 0 bdpawvg
target sum bdasnufrg
importance taylor bdag
method occlusion bdanfg
baseline mean bdanufg
off a:0 ar
compare 1 a
npy input a
layers a iar
nodes - a
no-saliency - an
all-maps - a
all - a
y 0 bdpeasnufkr
head 0 bipeasnufkwvrglc
weights w.h5 bipeasnukwvrglc
input x bipeasnufkwvrglc
set x=0 bipeasnufkwvrglc
task regression bdpeasnufkwvrgl
seed 1 bdanufkvrgt
cluster-method dtw bdag
clusters 2 bdag
chunk 2 s
maps all s
ablation 1 s
moments taps s
shard 1/2 s
of 2 s
merge - so
resume nofolder/x s
windows 5 ufk
replace mean u
points free bdanug
unit segment:2 u
fail-under integrated:0.1 u
mask nofile u
max-flips 1 fr
max-difference 1 f
min-saliency-rank 0.5 f
attack fgsm k
epsilon 0.1 k
epsilon-unit scaled k
iterations 3 kv
by 1 k
free - kv
no-clip - kv
to-class normal wv
to 1:2 wv
filter a:0 v
from zero v
near 1 v
variation 1 v
consistent 1 v
max-cycles 2 v
descent adam v
learning-rate 1 v
events nofolder/x.csv n
error-above 1 n
saliency-above 1 n
where error>1 n
survey nofile.json bdrg
ratio .5 r
remove 2 r
global - r
keep-min 2 r
rank l1 r
repair gram r
renorm - r
calibrate 50 r
tune 2 r
tune-on outputs r
tune-rate .001 r
seeds 2 r
curve 10:20:10 r
curve-out c.csv kr
segment 3 k
smoothing 2 k
max-loss 5% r
test-rows 0:9 r
meta nofile g
quick - g
full - g
json - ipeaufkwvro
schema-version 2 ipea
out nofolder/x bdipeasnufkwvrogtc
quiet - bdipeasnufkwvrogltc
threads 1 peasnufkrglt
isa baseline bdipeasnufkwvrgltc
dump graph bi
beside nofile b
session nofile bdg
fresh - bd
no-session - bd
screen network bd
plain network bd
keys j bd
size 80x24 bd
styles - bd
glyphs ascii bd
colours mono bd
theme dark bd
filter-columns layer,imp bd
follow - b
mouse - bd
max-mem 100M bdipeasnufkwvrgltc
max-time 3 bdipeasnufkwvrgltc
no-external-data - bipeasnufkwvrglc
no-sandbox - bdipeasnufkwvrgltc
formats - bdipeasnufkwvrogltch
ops - bdipeasnufkwvrogltch
methods - bdipeasnufkwvrogltch
bindings - bdipeasnufkwvrogltch
views - bdipeasnufkwvrogltch
manual tsviz.1 bdipeasnufkwvrogltch
schema attack bdipeasnufkwvrogltch
completion bash bdipeasnufkwvrogltch
help - bdipeasnufkwvrogltch
version - bdipeasnufkwvrogltch
port 8080 l
allow-origin http://localhost:3000 l
END
# the table here and that of the program have the same options
"$TSVIZ" --help | sed -n 's/^  ..[, ] --\([a-z-]*\).*/\1/p' | sort >"$T/has"
cut -d' ' -f1 "$T/table" | sort >"$T/knows"
is 'the options of --help' "$(comm -3 "$T/has" "$T/knows")" ''

names() { # letters: "browse, demo and info"
	for letter in b d i p e a s n u f k w v r o g l t c h; do
		case $1 in *$letter*) ;; *) continue ;; esac
		case $letter in
		b) echo browse ;; d) echo demo ;; i) echo info ;; p) echo predict ;; e) echo eval ;; a) echo analyze ;; s) echo survey ;; n) echo scan ;; u) echo truth ;; f) echo diff ;; k) echo attack ;; w) echo counterfactual ;; v) echo invert ;;
		r) echo prune ;; o) echo session ;; g) echo report ;; l) echo serve ;; t) echo train ;; c) echo convert ;; h) echo help ;;
		esac
	done | awk '{ v[NR] = $0 } END { for (i = 1; i <= NR; i++) printf "%s%s", v[i], i == NR ? "" : i == NR - 1 ? " and " : ", " }'
}
# The help of a verb names the options that the verb takes. What all verbs take stands in the help of all alone.
for verb in browse demo info predict eval analyze survey scan truth diff attack counterfactual invert prune session report serve train convert help; do
	case $verb in survey) letter=s ;; scan) letter=n ;; truth) letter=u ;; diff) letter=f ;; attack) letter=k ;; counterfactual) letter=w ;; invert) letter=v ;; prune) letter=r ;; session) letter=o ;; report) letter=g ;; serve) letter=l ;; train) letter=t ;; *) letter=${verb%"${verb#?}"} ;; esac
	"$TSVIZ" help $verb | sed -n 's/^  ..[, ] --\([a-z-]*\).*/\1/p' | sort >"$T/has"
	awk -v letter=$letter '$3 !~ /h/ && index($3, letter) { print $1 }
		letter == "u" && $1 == "methods" { print $1 }' "$T/table" | sort >"$T/takes"
	is "options in the help of $verb" "$(comm -3 "$T/has" "$T/takes")" ''
done
# In a sanitizer build a start takes so long that each option is tried with a fourteenth of the verbs, every time others.
every=1 pair=0
sanitized && every=14 && skip '13 of 14 pairs' 'they take too long in a sanitizer build; the release build tries all'
while read -r option value verbs; do
	[ "$value" = - ] && value=
	take='takes'
	[ ${#verbs} -gt 1 ] && take='take'
	named=$(names "$verbs")
	pair=$((pair + 1))
	for verb in b d i p e a s n u f k w v r o g l t c h; do
		pair=$((pair + 1))
		[ $((pair % every)) = 0 ] || continue
		more=
		case $verb in # no file is there: what is taken ends with 1, for demo with 2: no such sample
		b) set -- browse nofile nofile ;; d) set -- demo nosample ;; i) set -- info nofile ;; p) set -- predict nofile nofile ;;
		e) set -- eval nofile nofile ;; a) set -- analyze nofile nofile ;; s) set -- survey nofile nofile ;; n) set -- scan nofile nofile ;; u) set -- truth nofile nofile ;; f) set -- diff nofile nofile nofile ;; k) set -- attack nofile nofile ;; w) set -- counterfactual nofile nofile ;; v) set -- invert nofile nofile ;; r) set -- prune nofile nofile ;; o) set -- session nofile ;; l) set -- serve nofile nofile ;; g) set -- report nofile nofile -o nofolder/x.html ;; t) set -- train nofile nofile -o nofolder/x ;;
		c) set -- convert nofile -o nofolder/x.onnx ;; h) set -- help ;;
		esac
		case $verb:$option in [bd]:keys | [bd]:size | [bd]:styles | [bd]:out) more='--screen network' ;; c:out) value=nofolder/x.onnx ;; [kwv]:out) value=nofolder/x.csv ;; g:out) value=nofolder/x.html ;; u:methods) value=gradient ;;
		r:ratio | r:remove | r:curve) ;; r:off) more='--rank marks' ;; r:curve-out) more='--curve 10:20:10' ;; r:tune-on | r:tune-rate) more='--tune 1 --ratio .5' ;;
		o:merge) more='nofile -o nofolder/x' ;;
		r:out) value=nofolder/x.onnx more='--ratio .3' ;; r:*) more='--ratio .3' ;; esac
		case $verb:$option in [wv]:to-class | v:filter) ;; w:to) ;; v:to) value=1 ;; v:consistent) more='--to-class 1 --free' ;; [wv]:*) more='--to-class 1' ;; esac
		# shellcheck disable=SC2086
		"$TSVIZ" "$@" $more --"$option" $value >"$T/out" 2>"$T/err" </dev/null
		st=$?
		said=
		read -r said <"$T/err"
		case $verbs in
		*$verb*)
			case $st:$said in
			[01]:* | *"no sample is called 'nosample'"*) ok ;;
			*) no "$1 --$option" "exit $st: $said" ;;
			esac
			;;
		*) is "$1 --$option" "$st $said" "2 tsviz: $1 does not take --$option; $named $take it" ;;
		esac
	done
done <"$T/table"

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
