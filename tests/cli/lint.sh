# Rules of the source that a compiler does not know.
. tests/cli/lib.sh
# NAME, extended pattern, files that may, why
forbid() {
	# comments may speak of it
	found=$(grep -rnE --include='*.[ch]' "$2" core ui src | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' | grep -vE "^($3):")
	if [ -n "$found" ]; then no "$1" "$(echo "$found" | head -n 5) ($4)"; else ok; fi
}
none='-'
forbid 'messages leave by one door' '\<(perror|vfprintf|psignal) *\(|fputs *\([^;]*stderr|fprintf *\( *stderr' \
	'src/cli/say\.c|src/verbs/cmd_train\.c|src/job/progress\.c' 'strings reach stderr through struct err, which passes the text gate'
forbid 'the screen is written by the canvas' '\<(printf|puts|putchar) *\(' "$none" 'ui/ draws on a canvas; verbs write to an output'
forbid 'curses draws only what the canvas holds' '\<(mv)?w?(addstr|addnstr|printw|addwstr|addch)\>' 'ui/terminal/terminal\.c' 'control characters end in the canvas'
forbid 'no unbounded string functions' '\<(strcat|sprintf|vsprintf|gets|stpcpy|scanf|alloca) *\(|\<strcpy *\([^,]+, [^"]' \
	'src/read/read_model\.c' 'sizes are checked'
forbid 'numbers do not depend on the locale' '\<(atof|strtod|strtof|strtold) *\(' \
	'core/base/number\.c|core/model/recipe\.c' 'core/base/number.h reads numbers'
forbid 'only the character set follows the locale' 'setlocale *\( *LC_(ALL|NUMERIC)' "$none" 'LC_CTYPE only'
forbid 'nothing is run' '\<(system|popen|execlp|execvp|execl|wordexp) *\(' "$none" 'no file and no key starts a program'
forbid 'files are opened with care' '\<fopen *\(' 'src/read/read_model\.c|src/read/sandbox\.c|src/job/load\.c|ui/terminal/terminal\.c' 'read_file and save_begin open files'
forbid 'untrusted files are never mapped' '\<mmap *\(' 'src/(read/read_model|serve/worker)\.c' 'the child maps its own parcel only, a worker what it says of its answer'
forbid 'unchecked allocation' '[^x_a-z](malloc|calloc|realloc|strdup|strndup|asprintf) *\(' 'core/base/mem\.c' 'core/base/mem.h: memory that is short is said'
forbid 'the core knows no files' '\<(open|fopen|read|getenv|printf) *\(' 'ui/.*|src/.*|core/base/mem\.c' 'core/ opens no file and reads no environment'
forbid 'temporary files lie beside their target' '"/tmp|tmpfile|mktemp' "$none" 'never in /tmp'

# ---- form ----
# none NAME FOUND: the case passes when nothing was found
none() { if [ -n "$2" ]; then no "$1" "$(echo "$2" | head -n 8)"; else ok; fi; }
sources=$(find core ui src tests -name '*.[ch]' ! -name '*_numbers.h')
texts="$sources $(find core ui src tests -name '*.sh' -o -name '*.py' -o -name 'README.md') $(ls README.md CONTRIBUTING.md SECURITY.md Makefile 2>/dev/null)"
# a tab counts as 8 columns, a character of several bytes as one
# shellcheck disable=SC2086
none 'lines have at most 120 columns' "$(LC_ALL=C awk '
	{ n = 0; line = $0; gsub(/[\200-\277]/, "", line)
	  for (k = index(line, "\t"); k; k = index(line, "\t")) { n += k - 1; n += 8 - n % 8; line = substr(line, k + 1) }
	  if (n + length(line) > 120) print FILENAME ":" FNR ": " n + length(line) " columns" }' $sources)"
# Comments and documents name files by their path from the root. A part in capitals, as in tests/screens/NAME.txt, stands for any name.
# shellcheck disable=SC2086
none 'files that are named exist' "$(grep -noE '(^|[^A-Za-z0-9_./$-])(core|ui|src|tests)/[A-Za-z0-9_/-]+\.(c|h|def|sh|py|md|mk|proto|txt|json|csv)\>' $texts |
	sed -E 's/^([^:]*:[0-9]+:)[^a-z]/\1/' | sort -u | while IFS=: read -r where line name; do
		case $name in *[A-Z][A-Z]*.[a-z]* | src/datamark-*) continue ;; esac # the latter is in another repository
		[ -e "$name" ] || echo "$where:$line: $name"
	done)"
none 'links of documents lead to files' "$(for f in README.md CONTRIBUTING.md SECURITY.md samples/README.md tests/bench/README.md; do
	[ -f "$f" ] && grep -oE '\]\([A-Za-z][A-Za-z0-9_./-]*\)' "$f" | tr -d '()]' | sort -u | while read -r name; do
		[ -e "$(dirname "$f")/$name" ] || echo "$f: $name"
	done
done)"
none 'a room has at most 30 files' "$(find core ui src -name '*.[ch]' | sed 's|/[^/]*$||' | sort | uniq -c | awk '$1 > 30 { print $2 ": " $1 }')"
none 'every room has a README' "$(find core ui src -mindepth 1 -type d | while read -r room; do [ -f "$room/README.md" ] || echo "$room"; done)"
# The linker takes the first of two functions of one name, and says nothing.
none 'public names are given once' "$(nm -g --defined-only "$(dirname "$TSVIZ")/libtsviz.a" 2>/dev/null | awk '$2 ~ /[TDBR]/ { print $3 }' | sort | uniq -d)"
done_testing
