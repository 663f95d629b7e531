# What the settings of the browser mean: two values of a setting must differ in numbers or in what is drawn, not only in the label, and
# a number that `analyze` says as well must be the same there.
. tests/cli/lib.sh
many_runs
# The files are named relative to their folder. Settings of the user would change the screens.
cd tests/screens || exit 2
export XDG_CONFIG_HOME="$T/none" LC_ALL=C.UTF-8
NET="net.json load.csv --columns load,temp --predict load"
nl='
'
# The program starts hundreds of times here, so what takes an answer apart is the shell itself, wherever it can be.
run() { "$TSVIZ" "$@" </dev/null 2>&1; }
last_line() { # OPTION ..: the last line of the screen as it is
	text=$(run "$@"; echo .)
	text=${text%"$nl".}
	printf '%s\n' "${text##*"$nl"}"
}
answer() { # OPTION ..: what `analyze` says of the network, as a file; it is asked once for the same options
	answer="$T/answer $NET $*"
	[ -e "$answer" ] || run analyze $NET "$@" >"$answer"
	cat "$answer"
}
begins() { # NAME TEXT OPTION ..: the first line of the screen has the text
	name=$1 want=$2
	shift 2
	text=$(run "$@")
	case ${text%%"$nl"*} in *"$want"*) ok ;; *) no "$name" "${text%%"$nl"*}" ;; esac
}
plain() { # VIEW KEYS [OPTION ..]: a view as text, all its numbers
	view=$1 keys=$2
	shift 2
	run $NET --plain "$view" --keys "$keys" "$@"
}
unlike() { # NAME A B: two outputs that must not be alike, and neither empty
	if [ -z "$2" ] || [ -z "$3" ]; then no "$1" "there is no output"
	elif [ "$2" = "$3" ]; then no "$1" "alike: $(echo "$2" | head -n 3)"
	else ok; fi
}
share() { # LAYER FILTER STEP, of a view layers on standard input: the share of the highlighted point; empty: it is not highlighted
	awk -v layer="$1" -v id="$2" -v step="$3" '
		/^[^ ]/ { here = $0 ~ "^" layer "(:|$)" }
		here && (id == "" || $1 == id) { for (i = 1; i <= NF; i++) if (split($i, p, ":") == 2 && p[1] == step && p[2] != "") print p[2] }'
}
layers_traced() { awk '/^[^ ]/ { name = $1 == "input" ? "input" : $1 } / traced / { print name }' | sort -u | tr -d ':' | tr '\n' ' '; }

# ---- highlighting: off, what produced a point, what a point feeds ----
off=$(plain layers "% 0 enter")
back=$(plain layers "% 0 enter r")
forward=$(plain layers "% 0 enter r r")
is "highlighting off marks nothing" "$(echo "$off" | layers_traced)" ""
is "highlighting back marks the layer and the input" "$(echo "$back" | layers_traced)" "conv1 input "
is "highlighting forward marks the layer and the later ones" "$(echo "$forward" | layers_traced)" "conv1 conv2 dense pool1 "
is "three times is off again" "$(plain layers "% 0 enter r r r")" "$off"
# a share is the same from its two ends: what pool1 #2 at step 2 feeds, and what produced conv2 #3 at step 1
fed=$(plain filter "% 0 enter tab home right right r r 2" | share conv2 "#3" 1)
[ "$fed" ] && ok || no "pool1 #2 feeds conv2 #3" "no share"
is "a share is the same from its two ends" "$fed" "$(plain filter "% 0 enter tab tab home right r 2" | share pool1 "#2" 2)"
drawn() { run $NET --screen layers --size 80x24 --glyphs ascii --keys "$1" | sed '1,2d; $d'; }
unlike "forward is drawn unlike back" "$(drawn "r")" "$(drawn "r r")"

# ---- switching filters: their order stays, `s` sorts anew, and then all is as `analyze --off` says ----
order() { awk -v layer="$1" '/^[^ ]/ { here = $1 == layer ":" } here && $1 ~ /^#/ { printf "%s ", $1 }'; }
importance() { # LAYER, of a text on standard input: importance of its filters, by number
	awk -v layer="$1" '/^[^ ]/ { here = $1 == layer ":" } here && $1 ~ /^#/ { print substr($1, 2), $3 }' | sort -n | awk '{ printf "%s ", $2 }'
}
analyzed() { # LAYER [OPTION ..]: the same by `analyze`
	layer=$1
	shift
	answer --no-saliency "$@" | awk -v layer="$layer" '
		/"name":/ { here = index($0, "\"name\":\"" layer "\"") }
		here && /^"importance"/ { sub(/.*"scaled":\[/, ""); sub(/\].*/, ""); n = split($0, v, ","); for (i = 1; i <= n; i++) printf "%.4f ", v[i] }'
}
is "importance as analyze says" "$(echo "$off" | importance conv1)" "$(analyzed conv1)"
twice=$(plain layers "% 0 enter x j x")
is "the order stays when filters are switched" "$(echo "$twice" | order conv1)" "$(echo "$off" | order conv1)"
is "the cursor goes on to the next filter" "$(echo "$twice" | grep -c 'switched off')" 2
is "one is off after x, j, j, x, k, x" "$(plain layers "% 0 enter x j j x k k x" | awk '/switched off/ { print $1 }')" "#3"
is "the order stays in level 3" "$(plain grid "x l x" | order conv1)" "$(plain grid "" | order conv1)"
is "the order stays in level 4" "$(plain clusters "x l x" --clusters 3 | order conv1)" "$(plain clusters "" --clusters 3 | order conv1)"
sorted=$(plain layers "% 0 enter x j x s")
unlike "s sorts anew" "$(echo "$sorted" | order conv1)" "$(echo "$off" | order conv1)"
for layer in conv1 pool1 conv2; do
	is "sorted anew: importance in $layer as analyze --off says" "$(echo "$sorted" | importance $layer)" "$(analyzed $layer --off conv1:2,conv1:5)"
done
is "another window sorts anew" "$(plain layers "% 0 enter x j x ]" | importance conv1)" "$(analyzed conv1 --off conv1:2,conv1:5 -w 1)"
is "the first s keeps the key" "$(run $NET --screen layers --size 160x24 --keys "x s" | sed -n 2p | grep -c 'sort importance')" 1

# ---- a filter expression: the list is what matches, and the cursor is in it ----
cursor() { run $NET --screen "$1" --size 80x24 --styles --keys "$2" | awk '/^cursor/ { split($2, p, ","); y = p[2] } { line[NR] = $0 } END { print line[y + 1] }' | grep -o '#[0-9]*' | head -n 1; }
is "the list holds what matches" "$(plain layers "& i m p < 0 . 7 enter" | order conv1)" "#4 #0 "
is "the cursor goes to the first match" "$(cursor layers "& i m p < 0 . 7 enter")" "#4"
is "no match is said" "$(run $NET --screen layers --keys "& s i l e n t enter" | grep -c 'conv1.* 0/6')/$(run $NET --screen layers --keys "& s i l e n t enter" | grep -c 'no filter matches')" "1/1"
is "nothing is switched where nothing matches" "$(run $NET --screen grid --keys "& s i l e n t enter x" | tail -n 1 | grep -c 'no filter of conv1 matches')" 1
is "an empty expression shows all" "$(plain layers "% 0 enter & s i l e n t enter & enter")" "$off"
is "what is marked" "$(plain grid "space space & m a r k e d enter" | order conv1)" "#2 #5 "

# ---- the list of windows begins with the worst, as the numbers of `predict` say; the cursor follows the window ----
is "the list begins with the worst" "$(plain windows "" | awk 'NR > 1 && $5 != "nan" { print $5 }')" "$(plain windows "" | awk 'NR > 1 && $5 != "nan" { print $5 }' | sort -rg)"
is "the cursor is at the window that was typed" "$(run $NET --screen windows --size 72x12 --styles --keys "# 3 0 enter" | grep -c '^▸ *30 ')" 1

# ---- the command line: what vim calls q, w, e, set and a number; ' goes back ----
typed() { # TEXT: the keys that type it
	rest=$1 keys_typed=
	while [ "$rest" ]; do
		first=${rest%"${rest#?}"} rest=${rest#?}
		[ "$first" = ' ' ] && first=space
		keys_typed="$keys_typed$first "
	done
	printf '%s' "$keys_typed"
}
said() { # COMMAND [KEYS BEFORE [VIEW]]: the last line of the screen after it
	text=$(last_line $NET --screen "${3:-grid}" --size 160x24 --keys "$2 : $(typed "$1") enter")
	text=${text#"${text%%[! ]*}"}
	printf '%s\n' "${text%"${text##*[! ]}"}"
}
ends() { run $NET --screen grid --styles --keys "$1" | grep -c '^quits'; } # KEYS: does the program end?
is ":N goes to the window" "$(plain layers ": 1 2 enter")" "$(plain layers "# 1 2 enter")"
unlike ":N is another window" "$(plain layers ": 1 2 enter")" "$(plain layers "")"
is ":N beyond the last window is said" "$(said 99999)" "there are windows 0 to 36"
is ":q quits" "$(ends ": q enter")" 1
is ":q keeps marks, :q! does not" "$(ends "space : q enter")$(ends "space : q ! enter")" 01
is ":w says what :export says" "$(said "w $T/none/x.txt")" "$(said "export $T/none/x.txt")"
said "w $T/w.txt" "" layers >"$T/said"
run $NET --screen layers --size 160x24 --keys "e $(typed "$T/e.txt") enter" >"$T/said"
if [ -s "$T/w.txt" ] && cmp -s "$T/w.txt" "$T/e.txt"; then ok; else no ":w FILE writes what e writes" "$(head -n 3 "$T/w.txt" "$T/e.txt" 2>&1)"; fi
is "a command that is not there: the nearest" "$(said metod)" "there is no command 'metod'; did you mean 'method'?"
is "an option that is not there: the nearest" "$(said "set thme light")" "there is no option 'thme'; did you mean 'theme'?"
is ":set alone lists the options" "$(run $NET --screen grid --keys ": s e t enter" | sed '1,2d')" "$(run $NET --screen options | sed '1,2d')"
# every option that :set lists: what it says of the value is what was set
for option in "target output:0" "measure gated" "method integrated" "baseline mean" "cluster-count 4" "percentile 35" "sort index" "reverse on" "units raw" \
	"cluster-colours on" "glyphs ascii" "theme light" "keybar functions"; do
	name=${option% *} value=${option#* }
	set_so=$(said "set $name?" ": $(typed "set $option") enter")
	case $set_so in "$name: $value"*) ok ;; *) no ":set $option" "$set_so" ;; esac
	is ":set $name=$value" "$(said "set $name?" ": $(typed "set $name=$value") enter")" "$set_so"
	unlike ":set $option changes it" "$(said "set $name?")" "$set_so"
done
is ":set noreverse" "$(said "set reverse?" "I : $(typed "set noreverse") enter")" "reverse: off"
is "a value that is not there" "$(said "set cluster-colours maybe")" "'maybe' is neither on nor off"
# :mark-below marks what the percentile hides, and D switches it off
below=$(plain grid ": $(typed "mark-below") enter & m a r k e d enter % 0 enter" | order conv1)
is ":mark-below marks what the percentile hides" "$(echo "$below" | tr ' ' '\n' | sort | tr -d '\n')" \
	"$(plain grid "% 0 enter" | order conv1 | tr ' ' '\n' | grep -v '^$' | tail -n +2 | sort | tr -d '\n')"
is "D switches them off" "$(plain layers ": $(typed "mark-below") enter D % 0 enter" | grep -c 'switched off')" 5
is ":mark-below all marks every layer" "$(said "mark-below all" "" layers)" "14 filters below percentile 80 marked; D switches the marked off"
# :counterfactual says what the verb says, and the window is then the changed one, of which the model says it
wished=$(run $NET --screen network --size 160x24 --keys ": $(typed "counterfactual :0.5") enter")
is ":counterfactual says what the verb says" "$(echo "$wished" | tail -n 1 | sed 's/^ *//; s/ *$//')" "$(run counterfactual -q $NET --to :0.5 | head -n 1)"
is "and the model says it of the changed window" "$(echo "$wished" | awk 'NR == 1 { for (i = 1; i < NF; i++) if ($i == "ŷ") print $3, $(i + 1) <= 0.5 }')" '0*/36 1'
is "the list of windows has it beside its original" "$(plain windows ": $(typed "counterfactual :0.5") enter w : $(typed "sort index") enter" | awk '$1 == "0" { before = 1; next } $1 == "0*" { print before, $4 <= 0.5, /steps? changed: it would be/ } { before = 0 }')" '1 1 1'
is "u takes it back" "$(plain layers ": $(typed "counterfactual :0.5") enter u")" "$(plain layers "")"
B="branch.json classes.csv --columns u,v --label state --classes busy,down,idle"
is "a class that is not there" "$(run $B --screen network --size 160x24 --keys ": $(typed "counterfactual nothing") enter" | tail -n 1 | grep -c "there is no class 'nothing': 0 busy, 1 down, 2 idle")" 1
is "numbers for a forecast: a range that the output has already" "$(said "counterfactual 0.5:0.9" | cut -c 1-56)" "counterfactual: window 0: the model says already between"
is "a range that is none" "$(said "counterfactual 2:1" | grep -c 'are A:B')" 1
# :e reads another model; what cannot be read changes nothing
is ":e opens a model with the same data" "$(run $NET --plain network --keys ": $(typed "e seg.json") enter" | head -n 3)" \
	"$(run seg.json load.csv --columns load,temp --plain network 2>/dev/null | head -n 3)"
is ":e says that the data do not fit" "$(said "e line.json" | cut -c 1-61)" "opened without data; load.csv: the model reads 1 channel, the"
is ":e says which edited windows have no place" \
	"$(run $NET --screen layers --keys ": $(typed "counterfactual :0.5") enter : $(typed "e seg.json") enter" | tail -n 1 | grep -o '1 edited window is without a place')" \
	'1 edited window is without a place'
is "and :e of the first model has them again" "$(plain layers "% 0 enter : $(typed "e line.json") enter : $(typed "e net.json") enter 2" | tail -n +3)" "$(plain layers "% 0 enter" | tail -n +3)"
head -c 300 net.json >"$T/half.json"
for file in none.h5 load.csv "$T/half.json" / -; do
	is ":e $file changes nothing" "$(plain layers "% 0 enter space x : $(typed "e $file") enter")" "$(plain layers "% 0 enter space x")"
	unlike ":e $file is said" "$(said "e $file")" "$(run $NET --screen grid --size 160x24 | tail -n 1 | sed 's/^ *//; s/ *$//')"
done
# from every view to a model without data, without layers, and back
for view in $("$TSVIZ" --views | awk '{ print $1 }'); do
	[ $view = compare ] && keys="p x P" || keys=
	[ $view = compare ] && from=layers || from=$view
	begins "$view: :e to a model that the data do not fit" 'line.json  no data' \
		$NET --screen $from --size 100x24 --keys "$keys r space : $(typed "e line.json") enter backspace ' 2 esc"
	begins "$view: and back" 'net.json  window 0/36' \
		$NET --screen $from --size 100x24 --keys "$keys r space : $(typed "e line.json") enter : $(typed "e net.json") enter ' w 2"
done
mkdir "$T/files" && : >"$T/files/net one.h5" && mkdir "$T/files/nets" && printf x >"$T/files/$(printf 'net\033]x')"
is "Tab completes files" "$(cd "$T/files" && "$TSVIZ" "$OLDPWD/net.json" --screen network --size 80x24 --keys ": e space n tab" | tail -n 1 | sed 's/ *$//')" " :e net one.h5  net one.h5  nets/"
# '
is "' goes back to view and layer, and forth again" "$(run $NET --screen layers --keys "enter G ' '")" "$(run $NET --screen layers --keys "enter G")"
is "' goes back to the view" "$(run $NET --screen layers --keys "j enter j '")" "$(run $NET --screen layers --keys "j")"
is "' after several windows is where they began" "$(plain layers "] ] ] '")" "$(plain layers "")"
is "' after a layer" "$(run $NET --screen grid --keys "l tab tab '" | tail -n +3)" "$(run $NET --screen grid --keys "l" | tail -n +3)"
is "steps are no jumps" "$(run $NET --screen layers --keys "enter backspace j j '")" "$(run $NET --screen layers --keys "enter")"
is "' comes back to where Backspace goes" "$(run $NET --screen layers --keys "w enter ' backspace" | head -n 1)" "$(run $NET --screen layers --keys "" | head -n 1)"
is "Esc goes back where nothing is to be cancelled" "$(run $NET --screen layers --keys "j enter esc")" "$(run $NET --screen layers --keys "j enter backspace")"
is "Esc first ends what can be cancelled" "$(run $NET --screen layers --keys "j enter r esc" | head -n 1)" "$(run $NET --screen layers --keys "j enter" | head -n 1)"

# ---- hints: a line in each view, the first time that it is seen ----
on=": $(typed "hints on") enter"
last() { last_line $NET --screen "$1" --size "${3:-80x24}" --keys "$2"; }
is "a hint in the next view" "$(last grid "$on 2" | grep -c 'enter opens the filter; x switches it off')" 1
is "once" "$(last grid "$on 2 3 2")" "$(last grid "2")"
is "the next key ends it" "$(last grid "$on 2 j")" "$(last grid "2 j")"
is "what does not fit is left out" "$(last grid "$on 2" 40x12)" " enter opens the filter"
is "off ends them" "$(last grid "$on : $(typed "set hints off") enter 2")" "$(last grid 2)"
is "none unless asked" "$(last grid 2 | grep -c 'opens the filter')" 0
for pair in "2 layers" "3 grid" "4 clusters" "6 table" "7 methods" "w windows" "f findings" "o options"; do
	from=network
	unlike "a hint in ${pair#* }" "$(last $from "$on ${pair% *}")" "$(last $from "${pair% *}")"
done

# ---- the terminal's cursor stands on what is selected, in every view: a screen reader follows it ----
at() { # VIEW KEYS: the text under the cursor and to its right
	run $NET --screen "$1" --size 80x24 --glyphs ascii --styles --keys "$2" | awk '/^cursor/ { split($2, p, ","); print substr(line[p[2] + 1], p[1] + 1) } { line[NR] = $0 }'
}
notes="; a enter tab ; b enter : $(typed notes) enter"
for view in $("$TSVIZ" --views | awk '{ print $1 }'); do
	keys= move=down
	case $view in layer) from=layer move=up ;; compare) keys="p x P" from=layers ;; pair) keys="V space space P" from="clusters --clusters 3" move=right ;; layers) from=layers keys="% 0 enter" ;; filter) from=filter move=left ;; network) from=$view move=right ;; notes) keys=$notes from=layers ;; *) from=$view ;; esac
	# pages without a selection; a sentence that changes; one line as long as nothing is kept
	case $view in help | pair | spectrum | edit | session) continue ;; esac
	first=$(run $NET --screen $from --size 80x24 --styles --keys "$keys" | grep '^cursor')
	second=$(run $NET --screen $from --size 80x24 --styles --keys "$keys $move" | grep '^cursor')
	unlike "$view: the cursor goes along" "$first" "$second"
done
unlike "edit: the sentence under the cursor is that of the step" "$(at edit "")" "$(at edit "right")"
unlike "spectrum: the sentence under the cursor is that of the band" "$(at spectrum m)" "$(at spectrum "m right")"
is "the cursor is on the filter" "$(at layers "% 0 enter j" | grep -o '^#[0-9]*')" "$(plain layers "% 0 enter" | order conv1 | awk '{ print $2 }')"
is "the cursor is on the window" "$(at windows "j" | awk '{ print $1 }')" "$(plain windows "" | awk 'NR == 3 { print $1 }')"

# ---- --plain of every view says all that there is, whatever the screen ----
undated() { sed 's/^[0-9-]\{10\} [0-9][0-9]:[0-9][0-9]/DATE/'; } # a note says when it was written, and a minute may pass between two runs
for view in $("$TSVIZ" --views | awk '{ print $1 }'); do
	keys=
	[ $view = compare ] && keys="p x P"
	[ $view = spectrum ] && keys=m # the first method has none
	from=$view
	[ $view = compare ] && from=layers
	[ $view = notes ] && from=layers keys=$notes
	least=2
	[ $view = session ] && least=1 # nothing is kept here
	[ $view = pair ] && from="clusters --clusters 3" && keys="V space space P"
	text=$(run $NET --plain $from --keys "$keys" | undated)
	case $least$text in 1?* | 2*"$nl"*) ok ;; *) no "--plain $view" "$text" ;; esac
	is "--plain $view does not depend on the screen" "$(run $NET --plain $from --size 40x12 --keys "$keys" | undated)" "$text"
	case $text in *…*) no "--plain $view has nothing that is cut" "$text" ;; *) ok ;; esac
done
for view in layers grid clusters table; do
	is "--plain $view has all filters" "$(plain $view "% 0 enter" | grep -o '#[0-9][0-9]*' | sort -u | tr '\n' ' ')" "#0 #1 #2 #3 #4 #5 "
done
is "--plain windows has all windows" "$(plain windows "" | tail -n +2 | wc -l)" 37

# ---- wide names do not push the rest off ----
long=$(printf 'n%.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0)
views='network layers grid clusters filter table methods windows findings'
mkdir "$T/screens"
for name in "${long}conv_layer" "畳み込み層第一番目の特徴抽出器その一番大きいもの"; do
	sed "s/\"conv1\"/\"$name\"/g" net.json >"$T/wide.json"
	for size in 40x12 80x24 120x40; do
		for view in $views; do
			run "$T/wide.json" load.csv --columns load,temp --predict load --screen $view --size $size >"$T/screens/$view"
		done
		is "$size: no line is wider than the screen" "$(cd "$T/screens" && wc -L $views | awk -v w=${size%x*} '$2 == "total" { next } { n++ } $1 > w; END { print n }')" 9
		is "$size: window and prediction are there" "$(cd "$T/screens" && grep -L '0/36' $views; grep -L '0\.78' $views)" ''
	done
	is "levels shows the importance beside a long name" "$(run "$T/wide.json" load.csv --columns load,temp --predict load --screen layers --size 80x24 | grep -c '#2.*1\.00')" 1
done
# 40x12 says which of the channels it shows; the levels have names from 100 columns on
is "40x12 says which channel" "$(run $NET --screen layers --size 40x12 | grep -c '1/2')$(run $NET --screen layers --size 40x12 --keys i | grep -c '2/2')" 11
for w in 99 100; do
	is "$w columns: the levels' names" "$(run $NET --screen grid --size ${w}x24 | head -n 1 | grep -c '1 Network 2 Layers 3 Grid  4 Clusters')" $((w == 100))
done

# ---- undo and redo: after every choice undo brings the numbers from before, and redo those from after ----
# The program writes layers, options and table, and shows the network at the end; the last line of a screen says what was undone.
written=
for view in 2:layers o:options 6:table; do written="$written ${view%:*} : $(typed "w $T/state.${view#*:}.txt") enter"; done
state() { # KEYS: a sum over all that these choices change
	rm -f "$T"/state.*.txt
	{
		run $NET --screen layers --size 80x30 --method integrated --keys "$1$written 1" | sed '$d'
		cat "$T/state.layers.txt" "$T/state.options.txt" "$T/state.table.txt" || echo "nothing is written: $1"
	} | cksum
}
base="% 0 enter I I"
before=$(state "$base")
for choice in "target: t" "measure: M" "method: m" "baseline: B" "clusters: C" "window: ] ]" "window-number: # 7 enter" "percentile: = = =" \
	"pin: p" "switch: x" "mark: space" "sort: s" "table: 6 s 2" "reverse: I" "expression: & i m p > 0 . 9 enter"; do
	keys=${choice#*: } name=${choice%%: *}
	after=$(state "$base $keys")
	unlike "$name changes something" "$before" "$after"
	is "$name: undone" "$(state "$base $keys u")" "$before"
	is "$name: done again" "$(state "$base $keys u ctrl-r")" "$after"
done
is "a pin comes back with its numbers" "$(run $NET --screen layers --size 80x24 --keys "p ] ] p u P")" "$(run $NET --screen layers --size 80x24 --keys "p ] ] P")"

# ---- what is asked: the numbers of the browser are those of `analyze` with the same settings ----
for asked in "]:-w 1" "] ] ]:-w 3" "M:--importance gated" "M M:--importance taylor" "x s:--off conv1:2"; do
	is "importance after ${asked%%:*}" "$(plain layers "% 0 enter ${asked%%:*}" | importance conv1)" "$(analyzed conv1 ${asked#*:})"
	unlike "${asked%%:*} changes the importance" "$(analyzed conv1)" "$(analyzed conv1 ${asked#*:})"
done

# ---- what is drawn: two values of a setting draw something else below the line of settings ----
picture() { # VIEW KEYS [OPTION ..]
	view=$1 keys=$2
	shift 2
	run $NET --screen "$view" --size 80x24 --keys "$keys" "$@" | sed '2d; $d'
}
unlike "saliency methods" "$(picture layers "")" "$(picture layers m)"
unlike "baselines" "$(picture layers "" --method integrated)" "$(picture layers B --method integrated)"
unlike "cluster methods" "$(plain clusters "" --clusters 3 | grep -o 'cluster [A-Z]')" "$(plain clusters "C" | grep -o 'cluster [A-Z]')"
is "the number of clusters" "$(plain clusters "K 4 enter" | grep -o '[0-9]* clusters')" "4 clusters"
unlike "cluster colours" "$(picture grid "")" "$(picture grid c)"
is "a folded cluster hides its filters" "$(picture clusters v --clusters 3 | grep -c 'A#2')$(picture clusters "" --clusters 3 | grep -c 'A#2')" 01
unlike "units" "$(picture filter "" --scale standard)" "$(picture filter X --scale standard)"
unlike "channel" "$(run $NET --screen layers --size 40x12 --keys "" | sed -n 3,4p)" "$(run $NET --screen layers --size 40x12 --keys i | sed -n 3,4p)"
unlike "larger plots" "$(picture grid "")" "$(picture grid z)"
unlike "smaller plots" "$(picture grid "")" "$(picture grid Z)"
unlike "glyphs" "$(picture layers "" --glyphs braille)" "$(picture layers "~" --glyphs braille)"
unlike "theme" "$(run $NET --screen layers --styles --keys "" | grep ^looks)" "$(run $NET --screen layers --styles --keys T | grep ^looks)"
unlike "key bar" "$(run $NET --screen layers --keys "" | tail -n 1)" "$(run $NET --screen layers --keys b | tail -n 1)"
unlike "sort keys" "$(echo "$off" | order conv1)" "$(plain layers "% 0 enter s" | order conv1)"
is "reversed" "$(plain layers "% 0 enter I" | order conv1)" "$(echo "$off" | order conv1 | tr ' ' '\n' | grep . | tac | tr '\n' ' ')"
is "a higher percentile shows fewer" "$(plain layers "% 5 0 enter" | grep -c '#')$(plain layers "% 0 enter" | grep -c '#')" "$(plain layers "% 5 0 enter" | grep -c '#')17"
is "compared with the pin: the difference of the two predictions" "$(run $NET --plain layers --keys "p ] P" | sed -n 's/^\(pinned \)*window \([01]\).*: /\2 /p' | tr '\n' ' ')" "0 0.7865 1 0.5327 "

# ---- compare: in each of its forms the numbers of both sides are those of two runs of `analyze` ----
raw() { # LAYER [OPTION ..]: raw importance by `analyze`
	layer=$1
	shift
	answer --no-saliency "$@" | awk -v layer="$layer" '
		/"name":/ { here = index($0, "\"name\":\"" layer "\"") }
		here && /^"importance"/ { sub(/.*"raw":\[/, ""); sub(/\].*/, ""); gsub(/,/, " "); print }'
}
# NAME KEYS OPTIONS-THEN OPTIONS-NOW: each filter that is listed, and no filter that differs is left out. The importance
# now is on the scale of then, or by another measure on its own.
both_sides() {
	compared=$(plain layers "$2")
	for layer in conv1 conv2; do
		# shellcheck disable=SC2086
		want=$(case $4 in *--importance*) analyzed $layer $3; echo; analyzed $layer $4 ;; *) raw $layer $3; raw $layer $4 ;; esac | awk -v layer=$layer '
			{ for (i = 1; i <= NF; i++) v[NR, i] = $i; n = NF }
			NR == 1 { lo = hi = $1; for (i = 1; i <= n; i++) { lo = $i < lo ? $i : lo; hi = $i > hi ? $i : hi } }
			{ for (i = 1; i <= n; i++) { x = ($i - lo) / (hi - lo); v[NR, i] = sprintf("%.4f", x < 0 ? 0 : x > 9 ? 9 : x) } }
			END { for (i = 1; i <= n; i++) { d = v[2, i] - v[1, i]; if (d > 0.0006 || d < -0.0006) print layer, "#" i - 1, v[2, i], v[1, i] } }')
		is "$1: importance of $layer" "$(echo "$compared" | sed -n "s/^\($layer #[0-9]*\) importance \(.*\), was /\1 \2 /p" | sort)" "$(echo "$want" | sort)"
	done
	unlike "$1: something differs" "$(echo "$compared" | grep -c "importance .* was")" 0
	# shellcheck disable=SC2086
	shares=$(for side in "$3" "$4"; do answer $side | sed -n 's/^"saliency":.*"channels":\[\([0-9.e-]*\),.*/\1/p'; done | awk '{ printf "%.1f ", 100 * $1 }')
	is "$1: the share of the channel" "$(echo "$compared" | sed -n 's/^saliency load \(.*\) %, was \([0-9.]*\) %.*/\2 \1 /p')" "$shares"
	# shellcheck disable=SC2086
	outputs=$(for side in "$3" "$4"; do answer $side --no-saliency | sed -n 's/^"output":\[\([^],]*\).*/\1/p'; done | awk '{ v[NR] = $1 } END { d = v[2] - v[1]; print (v[1] == v[2]) ? "same" : sprintf("%.4f %.4f %.4f", v[1], v[2], d) }')
	is "$1: the two predictions" "$(echo "$compared" | awk '/^= ŷ/ { print "same" } /^ŷ: / { gsub(/[,:]/, ""); printf "%.4f %.4f %.4f\n", $4, $2, $6 }')" "$outputs"
}
both_sides "compare two windows" "p ] P" "-w 0" "-w 1"
both_sides "compare with the intact network" "tab x P" "" "--off conv2:3"
both_sides "compare another measure and method" "p M m P" "" "--importance gated --method gradient-input"
is "compare: the errors are those of the forecast" "$(plain layers "p ] P" | sed -n 's/^error: \(.*\), was \(.*\), .*/\2 \1/p')" \
	"$(for w in 0 1; do answer -w $w --no-saliency | awk -F'[][,]' '/^"output":/ { o = $2 } /^"y":/ { y = $2 } END { d = o - y; printf "%.4g ", d < 0 ? -d : d }'; done | sed 's/ $//')"
is "the pin's layers come also when the user goes on at once" "$(run $NET --plain network --keys "p ] P")" "$(run $NET --plain layers --keys "p ] P")"
is "without a pin and with all filters on there is nothing to compare" "$(run $NET --screen layers --keys P | tail -n 1 | grep -c 'nothing is pinned')" 1
is "all is equal, and one line says so" "$(run $NET --screen layers --size 80x24 --keys "p P" | grep -c '^ = all is equal')" 1
for glyphs in braille block ascii; do
	is "two windows in one plot: the marks of both, $glyphs" "$(run $NET --screen layers --size 80x24 --glyphs $glyphs --keys "p ] P" | sed -n '8,20p' | grep -c '[o○].*[*●]\|[*●].*[o○]' | awk '{ print ($1 >= 2) }')" 1
done
unlike "compare is zoomed in time as all plots are" "$(picture layers "p ] P" | sed -n 7,18p)" "$(picture layers "p ] P <" | sed -n 7,18p)"

# ---- two clusters beside each other: their numbers follow from those that `analyze` gives of each filter ----
pair=$(run $NET --plain clusters --clusters 3 --keys "space left left P")
is "two folded clusters are marked, and P compares them" "$(run $NET --plain clusters --clusters 3 --keys "V space space P" | sed -n 1p)" "conv1: clusters A and C"
is "a marked filter and the cursor do the same" "$(echo "$pair" | sed -n 1p)" "conv1: clusters A and B"
is "a folded cluster is marked as a whole" "$(run $NET --screen clusters --size 80x24 --clusters 3 --keys "V space" | grep -c '^[^ ]\*[AB] ')" 1
is "its filters are marked" "$(run $NET --plain clusters --clusters 3 --keys "V space & m a r k e d enter" | grep -c '^  #')" \
	"$(run $NET --plain clusters --clusters 3 --keys "" | awk '/^cluster A/ { print $3 }')"
is "its marks go again" "$(run $NET --plain clusters --clusters 3 --keys "V space G space & m a r k e d enter" | grep -c '^  #')" 0
is "nothing chosen: what to do is said" "$(run $NET --screen clusters --clusters 3 --keys P | tail -n 1 | grep -c 'mark two clusters')" 1
if command -v python3 >/dev/null; then
	answer --layers conv1 --clusters 3 >"$T/clusters.json"
	is "two clusters: every number" "$(echo "$pair" | sed -n '2,9p')" "$(python3 - "$T/clusters.json" <<'P'
import json, math, sys
d = json.load(open(sys.argv[1]))['layers'][0]
F, T = d['shape']
act = [d['act'][f * T:(f + 1) * T] for f in range(F)]
label, imp, share = d['cluster'], d['importance']['sum']['scaled'], d['saliency']['channels']
unit = [[(v - min(a)) / (max(a) - min(a)) for v in a] for a in act]
def fact(name, form, value):
    print(name + ': ' + ', '.join(form % value(f) for f in sides))
sides = [[f for f in range(F) if label[f] == k] for k in (0, 1)]
mean = lambda v: sum(v) / len(v)
proto = [[mean([unit[f][t] for f in s]) for t in range(T)] for s in sides]
fact('filters', '%d', len)
fact('mean importance', '%.3f', lambda s: mean([imp[f] for f in s]))
fact('mean activation', '%.4g', lambda s: mean([mean(act[f]) for f in s]))
print('prototype peaks at: ' + ', '.join('%d' % p.index(max(p)) for p in proto))
for ch, name in enumerate(('load', 'temp')):
    fact('sal ' + name, '%.1f %%', lambda s: 100 * mean([share[2 * f + ch] for f in s]))
fact('silent here', '%d', lambda s: sum(max(act[f]) == min(act[f]) for f in s))
fact('switched off', '%d', lambda s: 0)
P
)"
	is "two clusters: their saliency is the mean of their filters'" "$(echo "$pair" | sed -n 's/^saliency A load: //p')" "$(python3 - "$T/clusters.json" <<'P'
import json, sys
d = json.load(open(sys.argv[1]))['layers'][0]
F, T, C = d['saliency']['shape']
raw = d['saliency']['raw']
members = [f for f in range(F) if d['cluster'][f] == 0]
print(' '.join('%.4g' % (sum(abs(raw[(f * T + t) * C]) for f in members) / len(members)) for t in range(T)))
P
)"
else
	skip 'two clusters' 'python3 is not installed'
fi

# ---- the filter table: its numbers are those of `analyze`, by whatever it is sorted ----
cells() { # LAYER COLUMN, of a table on standard input: the column's cells of that layer, by number of the filter
	awk -v layer="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } $1 == layer { print substr($2, 2), $at }' |
		sort -n | awk '{ printf "%s ", $2 }'
}
looks() { # LAYER CHANNEL [OPTION ..]: of each filter the share of the channel in its saliency, by `analyze`
	layer=$1 channel=$2
	shift 2
	answer --layers "$layer" "$@" | awk -v c="$channel" '
		/^"layers"/ { here = 1 }
		here && /^"channels"/ { sub(/^"channels":\[/, ""); sub(/\].*/, ""); n = split($0, v, ","); for (i = 1 + c; i <= n; i += 2) printf "%.4f ", v[i] }'
}
table=$(plain table "")
is "as many rows as filters, and with those of the pool" "$(echo "$table" | tail -n +2 | wc -l) $(plain table v | tail -n +2 | wc -l)" "11 17"
is "the table's importance is the levels'" "$(echo "$table" | cells conv1 importance | tr ' ' '\n' | awk 'NF { printf "%.4f ", $1 }')" "$(analyzed conv1)"
for layer in conv1 conv2; do
	is "what the filters of $layer look at is as analyze says" "$(echo "$table" | cells $layer look:temp)" "$(looks $layer 1)"
	is "the same by another method" "$(plain table "" --method integrated | cells $layer look:load)" "$(looks $layer 0 --method integrated)"
done
is "a filter that looks at nothing looks at no channel little" "$(run $NET --screen table --size 100x24 --keys "j x & $(typed "temp<.1") enter" | grep -o '#[0-9]*x')" ""
is "filters that look at temp more than 45 %" "$(plain table "& l o o k : t e m p > . 4 5 enter" | cells conv1 look:temp)" \
	"$(echo "$table" | cells conv1 look:temp | tr ' ' '\n' | awk '$1 > .45 { printf "%s ", $1 }')"
is "the channel by its number" "$(plain table "& l o o k : 2 > . 4 5 enter")" "$(plain table "& l o o k : t e m p > . 4 5 enter")"
is "the layers of that name" "$(plain table "v & l a y e r ~ p o o l enter" | awk 'NR > 1 { print $1 }' | sort -u)" pool1
is "of one layer" "$(plain table "a" | tail -n +2 | wc -l)" 6
is "sorted by a column" "$(plain table ": s o r t space m a x enter" | awk 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "max") at = i } NR > 1 { print $at }')" \
	"$(echo "$table" | awk 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "max") at = i } NR > 1 { print $at }' | sort -rg)"
is "reversed is the other way round" "$(plain table ": s o r t space m a x enter I" | awk 'NR > 1 { print $8 }')" \
	"$(plain table ": s o r t space m a x enter" | awk 'NR > 1 { print $8 }' | tac)"
is "ablation as analyze says" "$(plain table "" --filter-columns layer,index,ablation | cells conv1 '|ablation|' | tr ' ' '\n' | awk 'NF { printf "%.4g ", $1 }')" \
	"$(answer --importance ablation --no-saliency | awk '/"name":/ { here = index($0, "\"name\":\"conv1\"") }
		here && /^"importance"/ { sub(/.*"raw":\[/, ""); sub(/\].*/, ""); n = split($0, v, ","); for (i = 1; i <= n; i++) printf "%.4g ", v[i] }')"
run survey $NET >"$T/survey.json"
is "the figures of a file are those that the browser makes" "$(plain table "*" --survey "$T/survey.json")" "$(plain table "*")"
is "a switched-off filter keeps its row" "$(plain table "j x" | awk 'NR > 1 { print $1, $2 }')" "$(echo "$table" | awk 'NR > 1 { print $1, $2 }')"

# ---- outputs with a time axis: each task is drawn in its own way, and each target has its own numbers, those of `analyze` ----
NET="auto.json load.csv --columns load,temp"
alone() { picture layers "" --target sum "$@" | sed 1d; }
unlike "reconstruction and sequence" "$(alone)" "$(alone --task sequence)"
unlike "reconstruction and forecast" "$(alone)" "$(alone --task forecast --predict load,temp)"
unlike "sequence and forecast" "$(alone --task sequence)" "$(alone --task forecast --predict load,temp)"
asked() { # TARGET KEYS: the numbers of the browser are those of analyze; a line of them is kept
	now=$(plain layers "% 0 enter $2" | importance in)
	is "importance for $1" "$now" "$(analyzed in --target "$1")"
	echo "$now" >>"$T/asked"
}
asked error ""
asked 'output:*,0' "t"
asked 'output:*,1' "t t"
asked sum "t t t"
asked output:2-5,1 ": t a r g e t space o u t p u t : 2 - 5 , 1 enter"
is "five targets, five answers" "$(sort -u "$T/asked" | wc -l)" 5

# ---- the methods beside each other: their shares are those of `analyze`, and the verdict is that of the shares ----
plain methods "" >"$T/methods"
for m in gradient gradient-input integrated smoothgrad occlusion guided deeplift; do
	want=$(answer --method $m | sed -n 's/.*"layer":null,"channels":\[\([^]]*\)\].*/\1/p' | awk -F, '{ printf "load %.4f, temp %.4f", $1, $2 }')
	is "shares by $m" "$(sed -n "s/^$m: \([^(]*[0-9]\).*/\1/p" "$T/methods")" "$want"
done
verdict() { # of the lines of a text: who gives channel "load" most and least, grad-cam aside
	awk '/^[a-z-]+: load/ && !/alike/ { v = $3 + 0; if (!n++ || v > high) high = v; if (n == 1 || v < low) low = v }
		END { printf "%d to %d", 100 * low + 0.5, 100 * high + 0.5 }'
}
is "the methods agree" "$(tail -n 1 "$T/methods")" "9 methods agree: load $(verdict <"$T/methods") %"

# ---- the heat-map: rows scaled by their own largest value, or by that of the layer; sorted by the step of the peak ----
plain heat "" >"$T/heat"
is "each row of the heat-map reaches 1" "$(awk '/^#/ { most = 0; for (i = 2; i <= NF; i++) if ($i > most) most = $i; print most + 0 }' "$T/heat" | sort -u)" 1
unlike "scaled per filter and per layer" "$(cat "$T/heat")" "$(plain heat "a")"
is "scaled per layer one row reaches 1" "$(plain heat "a" | grep -c '^#.* 1\.000')" 1
first_peaks=$(plain heat "s s s s s" | awk '/^#/ { most = -1; for (i = 2; i <= NF; i++) if ($i > most) { most = $i; at = i - 2 } printf "%d ", at }')
is "sorted by peak" "$first_peaks" "$(echo $first_peaks | tr ' ' '\n' | sort -n | tr '\n' ' ')"
unlike "the order by peak is another" "$(plain heat "" | sed -n 's/^\(#[0-9]*\).*/\1/p')" "$(plain heat "s s s s s" | sed -n 's/^\(#[0-9]*\).*/\1/p')"

done_testing
