# The manual pages and completions that the program prints from its tables.
. tests/cli/lib.sh
pages='tsviz.1 tsviz-config.5 tsviz-methods.7'
for page in $pages; do
	if "$TSVIZ" --manual $page >"$T/$page" 2>"$T/err" && [ -s "$T/$page" ]; then ok; else no "$page is printed" "$(cat "$T/err")"; fi
done
if command -v mandoc >/dev/null; then
	for page in $pages; do
		# the pages name one another; they are not installed here
		is "mandoc -Tlint $page" "$(mandoc -Tlint "$T/$page" | grep -v 'referenced manual not found: Xr tsviz')" ''
	done
	mandoc -Tascii "$T/tsviz.1" | sed 's/.\x08//g' >"$T/text"
	# every option and every action of the tables is in the page
	missing=
	for o in $("$TSVIZ" --help | sed -n 's/^  .*\(--[a-z-]*\).*/\1/p' | sort -u); do
		grep -q -- "$o" "$T/text" || missing="$missing $o"
	done
	for a in $("$TSVIZ" --bindings | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p'); do
		grep -q "($a)" "$T/text" || missing="$missing $a"
	done
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
fi
done_testing
