# Screens as data: each line of tests/screens/cases is played without a terminal, and what it shows (text, styles, colours, cursor) must be
# what tests/screens/NAME.txt says. `sh tests/cli/screens.sh accept` (make screens-accept) writes them anew, for review as a diff.
# `sh tests/cli/screens.sh only PATTERN` (make quick) compares the screens whose names match; `accept PATTERN` writes only those.
. tests/cli/lib.sh
many_runs
S=tests/screens
bindings=$("$TSVIZ" --bindings)
# Sets data: a model's file and the options that go with it.
data() {
	case $1 in
	net) data='net.json load.csv --columns load,temp --predict load' ;;
	branch) data='branch.json classes.csv --columns u,v --label state --classes busy,down,idle' ;;
	line) data='line.json load.csv --columns load' ;;
	auto) data='auto.json load.csv --columns load,temp' ;;
	seg) data='seg.json classes.csv --columns u,v --label state --classes busy,down,idle' ;;
	bare) data=net.json ;;
	esac
}
# The files are named relative to their folder. Settings of the user would change the screens.
cd $S || exit 2
export XDG_CONFIG_HOME="$T/none" TZ=UTC LOGNAME=ann SOURCE_DATE_EPOCH=1764511331 # author and time of notes
play() { # model, view, size, options, keys
	data "$1"
	"$TSVIZ" $data $4 --screen "$2" --size "$3" --styles --keys "$5" --glyphs "${glyphs:-braille}" 2>&1 </dev/null
}
# The first six lines that differ: `<` is what the file says, `>` what was shown.
differ() { # expected file, shown file
	awk -v file="$1" -v shown="$2" 'BEGIN {
		if ((getline want <file) < 0) { print "tests/screens/" file ": there is no such file"; exit }
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
grep -v '^#' cases | sed 's/ *[|] */|/g' >"$T/cases"
if [ "$2" ]; then
	awk -F '|' -v p="$2" '$1 ~ p' "$T/cases" >"$T/some" && mv "$T/some" "$T/cases"
	[ -s "$T/cases" ] || no "screen $2" "tests/screens/cases has none of this name"
fi
# A case starts as few processes as possible: there are hundreds.
while IFS='|' read -r name model view size options keys; do
	case $options in *--glyphs*) glyphs=${options#*--glyphs } glyphs=${glyphs%% *} options=${options%%--glyphs*} ;; *) glyphs=braille ;; esac
	play "$model" "$view" "$size" "$options" "$keys" >"$T/got"
	if [ "$1" = accept ]; then
		cmp -s "$T/got" "$name.txt" || { cp "$T/got" "$name.txt" && echo "accepted $name"; }
	elif cmp -s "$T/got" "$name.txt"; then ok
	else no "screen $name" "$(differ "$name.txt" "$T/got" 2>&1)"; fi
done <"$T/cases"
[ "$2" ] && { done_testing; exit; }
# what is not listed any more
ls | sed -n 's/\.txt$//p' | awk -F '|' 'NR == FNR { listed[$1] = 1; next } !($1 in listed)' "$T/cases" - >"$T/unlisted"
while read -r name; do
	if [ "$1" = accept ]; then rm "$name.txt"; else no "screen $name" "no case has this name"; fi
done <"$T/unlisted"
views=$("$TSVIZ" --views | awk '{ print $1 }')
"$TSVIZ" --screen nothing net.json >"$T/said" 2>&1
is "no such view" "$? $(sed 's/.*one of //; s/,//g' "$T/said")" "2 $(echo $views)"
# the table guards itself: every action has a case, whose keys hold one of its keys or its name; every view has one
echo "$bindings" | awk -F '|' '
	NR == FNR { if ($1 ~ /^action-/) keys[substr($1, 8)] = " " $6 " "; next }
	/^[a-z]/ {
		split($0, word, " ")
		action = word[1]
		n = split(substr($0, 20, 18), key, " ")
		spelt = action
		gsub(/./, "& ", spelt)
		found = index(keys[action], " : " spelt) > 0
		for (i = 1; i <= n; i++)
			found = found || index(keys[action], " " key[i] " ") || index(keys[action], " " key[i] ":")
		print action, found
	}' "$T/cases" - >"$T/actions"
while read -r action found; do
	[ "$found" = 1 ] && ok || no "action $action" "no case action-$action whose keys are its own"
done <"$T/actions"
for view in $views; do
	n_views=$((n_views + 1))
	for size in 40x12 80x24 200x50; do
		grep -q "^view-$view-$size|" "$T/cases" && ok || no "view $view" "no case at $size"
	done
done
[ "${n_views:-0}" -ge 10 ] && ok || no 'views' "--views names ${n_views:-0} of them"
[ "$1" = accept ] || done_testing
