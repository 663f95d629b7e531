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
	'src/main\.c|src/verbs/load\.c|src/verbs/cmd_browse\.c|src/verbs/cmd_train\.c' 'strings reach stderr through struct err, which passes the text gate'
forbid 'the screen is written by the canvas' '\<(printf|puts|putchar) *\(' "$none" 'ui/ draws on a canvas; verbs write to an output'
forbid 'curses draws only what the canvas holds' '\<(mv)?w?(addstr|addnstr|printw|addwstr|addch)\>' 'ui/terminal/terminal\.c' 'control characters end in the canvas'
forbid 'no unbounded string functions' '\<(strcat|sprintf|vsprintf|gets|stpcpy|scanf|alloca) *\(|\<strcpy *\([^,]+, [^"]' \
	'src/read/read_model\.c' 'sizes are checked'
forbid 'numbers do not depend on the locale' '\<(atof|strtod|strtof|strtold) *\(' \
	'core/base/number\.c|core/model/recipe\.c' 'core/base/number.h reads numbers'
forbid 'only the character set follows the locale' 'setlocale *\( *LC_(ALL|NUMERIC)' "$none" 'LC_CTYPE only'
forbid 'nothing is run' '\<(system|popen|execlp|execvp|execl|wordexp) *\(' "$none" 'no file and no key starts a program'
forbid 'files are opened with care' '\<fopen *\(' 'src/read/read_model\.c|src/read/sandbox\.c|src/verbs/load\.c|ui/terminal/terminal\.c' 'read_file and save_begin open files'
forbid 'untrusted files are never mapped' '\<mmap *\(' 'src/read/read_model\.c' 'the child maps its own parcel only'
forbid 'unchecked allocation' '[^x_a-z](malloc|calloc|realloc|strdup|strndup|asprintf) *\(' 'core/base/mem\.c' 'core/base/mem.h: memory that is short is said'
forbid 'the core knows no files' '\<(open|fopen|read|getenv|printf) *\(' 'ui/.*|src/.*|core/base/mem\.c' 'core/ opens no file and reads no environment'
forbid 'temporary files lie beside their target' '"/tmp|tmpfile|mktemp' "$none" 'never in /tmp'
done_testing
