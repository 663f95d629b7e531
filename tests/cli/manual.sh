# The manual pages and completions that the program prints from its tables.
. tests/cli/lib.sh
pages=$("$TSVIZ" --manual)
verbs=$("$TSVIZ" --help | sed -n 's/^  tsviz \[*\([a-z]*\).*/\1/p')
is 'a page for each verb' "$(for v in $verbs; do echo "tsviz-$v.1"; done | grep -vxF "$pages" | xargs)" ''
for page in tsviz.1 tsviz-config.5 tsviz-formats.5 tsviz-session.5 tsviz-methods.7 tsviz-tutorial.7 tsviz-glossary.7; do
	echo "$pages" | grep -qx $page && ok || no "$page" 'is not in the list of pages'
done
mkdir "$T/man"
for page in $pages; do
	if "$TSVIZ" --manual $page >"$T/man/$page" 2>"$T/err" && [ -s "$T/man/$page" ]; then ok; else no "$page is printed" "$(cat "$T/err")"; fi
done
# what a user finds there after an installation, without the folder of the source
while read -r page what; do
	tr '\n' ' ' <"$T/man/$page" | grep -qF -- "$what" && ok || no "$page" "does not have: $what"
done <<'END'
tsviz-formats.5 .Sh DATA
tsviz-formats.5 .Sh RECIPE
tsviz-formats.5 .Sh SPECIFICATION OF A TRAINING
tsviz-formats.5 .Sh NOTATION OF KEYS
tsviz-formats.5 .Sh TABLES THAT ARE WRITTEN
tsviz-formats.5 .Sh JSON THAT IS WRITTEN
tsviz-methods.7 .Sh IMPORTANCE OF A FILTER
tsviz-methods.7 .Sh SALIENCY OF THE INPUT
tsviz-methods.7 Targets are taken before the softmax
tsviz-tutorial.7 .Sh FROM KERAS
tsviz-tutorial.7 .Sh FROM PYTORCH
tsviz-tutorial.7 .Sh WHAT TO CHECK WHEN EVAL IS WORSE THAN THE BASELINE
END
is 'tables that pages name exist' "$(grep -l '^\.\\" table' "$T"/man/*)" ''
# every option that `tsviz help VERB` lists is in the page of the verb
for v in $verbs; do "$TSVIZ" help $v >"$T/help.$v"; done
is 'options of the pages of verbs' "$(awk '
	FILENAME ~ /help[.][a-z]*$/ { verb = FILENAME; sub(/.*[.]/, "", verb) }
	FILENAME ~ /help[.][a-z]*$/ && match($0, /^  (-., |    )--[a-z-]*/) { name = $0; sub(/^[^-]*(-., )?--/, "", name); sub(/[^a-z-].*/, "", name); want[verb " " name] }
	FILENAME ~ /man[^.]*[.]1$/ && /^[.]It Fl / { verb = FILENAME; sub(/.*tsviz-/, "", verb); sub(/[.].*/, "", verb)
		name = $0; sub(/.*Fl \\-/, "", name); sub(/ .*/, "", name); have[verb " " name] }
	END { for (k in want) { n++; if (!(k in have)) print "no " k }; if (n < 300) print "only " n " options" }' "$T"/help.* "$T"/man/tsviz-*.1 | sort | head -n 5)" ''
if man --version 2>/dev/null | grep -q '^man '; then
	is 'man --warnings' "$(MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$T"/man/* 2>&1 >/dev/null | head -n 3)" ''
else
	skip 'man --warnings' 'man-db is not installed'
fi
if command -v mandoc >/dev/null; then
	# the pages name one another; they are not installed here
	is 'mandoc -Tlint' "$(mandoc -Tlint "$T"/man/* | grep -v 'referenced manual not found: Xr tsviz' | head -n 5)" ''
	is 'pages that pages name exist' "$(grep -ohE '^\.Xr tsviz[a-z-]* [0-9]' "$T"/man/* | sed 's/^.Xr \(.*\) /\1./' | sort -u | grep -vxF "$pages" | xargs)" ''
	mandoc -Tascii "$T/man/tsviz.1" | sed 's/.\x08//g' >"$T/text"
	# every option and every action of the tables is in the page
	missing=$({
		"$TSVIZ" --help | sed -n 's/^  .*\(--[a-z-]*\).*/\1/p'
		"$TSVIZ" --bindings | sed -n 's/^\([a-z][a-z0-9-]*\) .*/(\1)/p'
	} | awk 'NR == FNR { text = text $0 "\n"; next } { n++ } !index(text, $0) { printf " %s", $0 } END { if (n < 150) printf " only %d", n }' "$T/text" -)
	is 'options and actions of tsviz.1' "$missing" ''
else
	skip 'mandoc -Tlint' 'mandoc is not installed'
fi
"$TSVIZ" --manual nothing >"$T/out" 2>"$T/err"
is 'no such page' "$? $(wc -l <"$T/err")" '2 1'

for shell in bash zsh fish; do
	"$TSVIZ" --completion $shell >"$T/completion.$shell" || no "completion $shell" 'is not printed'
	if command -v $shell >/dev/null; then
		if $shell -n "$T/completion.$shell" 2>"$T/err"; then ok; else no "$shell -n" "$(head -c 300 "$T/err")"; fi
	else
		skip "completion $shell" "$shell is not installed"
	fi
done
complete_bash() { # WORD ... the last one is completed
	bash --norc -c '. "$0"; COMP_WORDS=(tsviz "$@"); COMP_CWORD=$#; _tsviz; echo "${COMPREPLY[*]}"' "$T/completion.bash" "$@"
}
if command -v bash >/dev/null; then
	is 'a verb' "$(complete_bash pred)" predict
	is 'an option' "$(complete_bash net.h5 --gly)" --glyphs
	is 'a value' "$(complete_bash net.h5 --theme l)" light
	is 'a value after =' "$(complete_bash net.h5 --theme = d)" dark
	is 'a name of a table' "$(complete_bash --importance tay)" taylor
	is 'a verb after options' "$(complete_bash -q --max-mem 1G pred)" predict
	is 'a verb after a value behind =' "$(complete_bash --theme = dark pred)" predict
	is 'no verb after a model' "$(complete_bash net.h5 pred)" ''
	is "an option of the verb" "$(complete_bash analyze --np)" --npy
	is "no option of another verb" "$(complete_bash info --np)" ''
	is "the verb's own options, all of them" "$(complete_bash convert --no)" '--no-external-data --no-sandbox'
	is 'the words of demo' "$(complete_bash demo mach)" machine
	is 'the verbs of help' "$(complete_bash help pred)" predict
	: >"$T/a name with blanks.h5"
	is 'a name with blanks is one' "$(complete_bash info "$T/a na" | wc -l) $(bash --norc -c '. "$0"; COMP_WORDS=(tsviz info "$1"); COMP_CWORD=2; _tsviz; echo ${#COMPREPLY[@]}' "$T/completion.bash" "$T/a na")" '1 1'
	is 'the file of session' "$(complete_bash session "$T/man/tsviz-inf")" "$T/man/tsviz-info.1"
fi
# Every shell completes each option at each verb that takes it, as `tsviz help VERB` lists them, and the words from which one is chosen.
for v in $verbs; do sed -n "s/^  \(-.,\|   \) --\([a-z-]*\).*/$v \2/p" "$T/help.$v"; done | sort -u >"$T/wanted"
[ "$(wc -l <"$T/wanted")" -gt 400 ] && ok || no 'options of all verbs' "$(wc -l <"$T/wanted")"
sed -n 's/^  \(-.,\|   \) --\([a-z-]*\) .*; one of \(.*\)/\2 \3/p' "$T"/help.* | sed 's/ ([^()]*)$//; s/, / /g; s/:NUMBER/:/g' | sort -u >"$T/choices"
lacks() { # shell: what of $T/wanted is not in $T/offered
	is "$1 completes every option of every verb" "$(sort -u "$T/offered" | comm -23 "$T/wanted" - | head -n 5)" ''
}
if command -v bash >/dev/null; then
	# shellcheck disable=SC2086
	bash --norc -c '. "$0"; for v; do COMP_WORDS=(tsviz $v --); COMP_CWORD=2; _tsviz; printf "$v %s\n" "${COMPREPLY[@]#--}"; done' \
		"$T/completion.bash" $verbs >"$T/offered"
	lacks bash
	is 'bash completes words' "$(bash --norc -c '. "$0"; while read -r o words; do
		COMP_WORDS=(tsviz analyze --$o ""); COMP_CWORD=3; _tsviz
		for w in $words; do case " ${COMPREPLY[*]} " in *" $w"*) ;; *) echo "$o $w" ;; esac; done; done <"$1"' \
		"$T/completion.bash" "$T/choices" | head -n 5)" ''
fi
awk '/^\t[a-z*]+\)$/ { verb = substr($1, 1, length($1) - 1); if (verb == "*") verb = "browse" }
	/^\t\t\t.*--[a-z]/ { name = $0; sub(/^[^[]*--/, "", name); sub(/[^a-z-].*/, "", name); print verb " " name }' "$T/completion.zsh" >"$T/offered"
lacks zsh
if command -v fish >/dev/null; then
	# shellcheck disable=SC2086
	HOME=$T XDG_CONFIG_HOME=$T XDG_DATA_HOME=$T fish --no-config -c 'source $argv[1]; for v in $argv[2..]; for c in (complete -C "tsviz $v --"); echo $v $c; end; end' \
		"$T/completion.fish" $verbs 2>"$T/err" | sed 's/^\([a-z]*\) --\([a-z-]*\).*/\1 \2/' >"$T/offered"
	lacks fish
fi
done_testing
