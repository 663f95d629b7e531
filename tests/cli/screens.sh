# Screens as data: each line of tests/screens/cases is played without a terminal, and what it shows (text, styles, colours, cursor) must be
# what tests/screens/NAME.txt says. `sh tests/cli/screens.sh accept` (make screens-accept) writes them anew, for review as a diff.
# `sh tests/cli/screens.sh only PATTERN` (make quick) compares the screens whose names match.
. tests/cli/lib.sh
many_runs
S=tests/screens
bindings=$("$TSVIZ" --bindings)
data() { # model: its file and the options that go with it
	case $1 in
	net) echo "net.json load.csv --columns load,temp --predict load" ;;
	branch) echo "branch.json classes.csv --columns u,v --label state --classes busy,down,idle" ;;
	line) echo "line.json load.csv --columns load" ;;
	auto) echo "auto.json load.csv --columns load,temp" ;;
	seg) echo "seg.json classes.csv --columns u,v --label state --classes busy,down,idle" ;;
	bare) echo "net.json" ;;
	esac
}
play() { # model, view, size, options, keys
	# settings of the user would change the screens
	(cd $S && XDG_CONFIG_HOME="$T/none" LC_ALL=C.UTF-8 "$TSVIZ" $(data "$1") $4 --screen "$2" --size "$3" --styles --keys "$5" --glyphs "${glyphs:-braille}") 2>&1 </dev/null
}
# The first six lines that differ: `<` is what the file says, `>` what was shown.
differ() { # expected file, shown file
	awk -v file="$1" -v shown="$2" 'BEGIN {
		if ((getline want <file) < 0) { print file ": there is no such file"; exit }
		a = 1; b = getline got <shown
		for (n = 1; (a > 0 || b > 0) && found < 6; n++) {
			if (a <= 0 || b <= 0 || want != got) {
				found++
				if (a > 0) print n " < " want
				if (b > 0) print n " > " got
			}
			a = getline want <file; b = getline got <shown
		}
	}'
}
cut() { printf '%s' "$1" | awk -F ' *[|] *' -v n="$2" '{ print $n }'; }
grep -v '^#' $S/cases >"$T/cases"
if [ "$1" = only ]; then
	awk -F ' *[|] *' -v p="$2" '$1 ~ p' "$T/cases" >"$T/some" && mv "$T/some" "$T/cases"
	[ -s "$T/cases" ] || no "screen $2" "tests/screens/cases has none of this name"
fi
while IFS= read -r line; do
	name=$(cut "$line" 1) options=$(cut "$line" 5) keys=$(cut "$line" 6)
	case $options in *--glyphs*) glyphs=${options#*--glyphs } glyphs=${glyphs%% *} options=${options%%--glyphs*} ;; *) glyphs=braille ;; esac
	play "$(cut "$line" 2)" "$(cut "$line" 3)" "$(cut "$line" 4)" "$options" "$keys" >"$T/got"
	if [ "$1" = accept ]; then
		cmp -s "$T/got" $S/$name.txt || { cp "$T/got" $S/$name.txt && echo "accepted $name"; }
	elif cmp -s "$T/got" $S/$name.txt; then ok
	else no "screen $name" "$(differ $S/$name.txt "$T/got" 2>&1)"; fi
	echo "$name" >>"$T/names"
done <"$T/cases"
[ "$1" = only ] && { done_testing; exit; }
# what is not listed any more
for f in $S/*.txt; do
	name=$(basename "$f" .txt)
	grep -qx "$name" "$T/names" && continue
	if [ "$1" = accept ]; then rm "$f"; else no "screen $name" "no case has this name"; fi
done
views=$("$TSVIZ" --views | awk '{ print $1 }')
"$TSVIZ" --screen nothing $S/net.json >"$T/said" 2>&1
is "no such view" "$? $(sed 's/.*one of //; s/,//g' "$T/said")" "2 $(echo $views)"
# the table guards itself: every action has a case, whose keys hold one of its keys or its name; every view has one
echo "$bindings" | awk '/^[a-z]/ { print $1 }' | grep -v '^[A-Z]' >"$T/actions"
set -f # a key may be *
while read -r action; do
	case_keys=" $(awk -F ' *[|] *' -v n="action-$action" '$1 == n { print $6 }' "$T/cases") "
	found=
	for key in $(echo "$bindings" | awk -v a="$action" '$1 == a { print substr($0, 20, 18) }'); do
		case $case_keys in *" $key "* | *" $key:"*) found=1 ;; esac
	done
	spelt=$(echo "$action" | sed 's/./& /g')
	case $case_keys in *" : $spelt"*) found=1 ;; esac
	if [ "$found" ]; then ok; else no "action $action" "no case action-$action whose keys are its own"; fi
done <"$T/actions"
for view in $views; do
	n_views=$((n_views + 1))
	for size in 40x12 80x24 200x50; do
		grep -q "^view-$view-$size " "$T/cases" && ok || no "view $view" "no case at $size"
	done
done
[ "${n_views:-0}" -ge 10 ] && ok || no 'views' "--views names ${n_views:-0} of them"
[ "$1" = accept ] || done_testing
