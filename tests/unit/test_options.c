/* Every option at every verb: the verb takes it, or the command line is refused with a sentence that names the verbs
 * that take it. The table tests/cli/options.table is written by hand; tests/cli/options.sh compares it with what help
 * prints. */
#define UNIT_ONE_PROCESS
#include "src/cli/options.h"
#include "tests/unit/unit.h"

/* The letter of a verb in the table, and a command line of it that is complete but for options. */
static const struct {
	char letter;
	const char *line;
} lines[] = {
	{ 'b', "browse nofile nofile" },
	{ 'd', "demo ecg" },
	{ 'i', "info nofile" },
	{ 'p', "predict nofile nofile" },
	{ 'e', "eval nofile nofile" },
	{ 'a', "analyze nofile nofile" },
	{ 's', "survey nofile nofile" },
	{ 'n', "scan nofile nofile" },
	{ 'u', "truth nofile nofile" },
	{ 'f', "diff nofile nofile nofile" },
	{ 'k', "attack nofile nofile" },
	{ 'w', "counterfactual nofile nofile" },
	{ 'v', "invert nofile nofile" },
	{ 'r', "prune nofile nofile" },
	{ 'o', "session nofile" },
	{ 'g', "report nofile nofile -o x.html" },
	{ 'l', "serve nofile nofile" },
	{ 't', "train nofile nofile -o x" },
	{ 'c', "convert nofile -o x.onnx" },
	{ 'h', "help" },
};

/* What some options need beside them at some verbs, and values that differ there. The first row that fits counts. */
static const struct {
	const char *letters, *option; /* NULL: any */
	const char *more, *value;     /* "": nothing more; NULL: the value of the table */
} special[] = {
	{ "bd", "keys", "--screen network", NULL },
	{ "bd", "size", "--screen network", NULL },
	{ "bd", "styles", "--screen network", NULL },
	{ "bd", "out", "--screen network", NULL },
	{ "c", "out", "", "x.onnx" },
	{ "k", "out", "", "x.csv" },
	{ "g", "out", "", "x.html" },
	{ "u", "methods", "", "gradient" },
	{ "o", "merge", "nofile -o x", NULL },
	{ "r", "ratio", "", NULL },
	{ "r", "remove", "", NULL },
	{ "r", "curve", "", NULL },
	{ "r", "off", "--rank marks", NULL },
	{ "r", "curve-out", "--curve 10:20:10", NULL },
	{ "r", "tune-on", "--tune 1 --ratio .5", NULL },
	{ "r", "tune-rate", "--tune 1 --ratio .5", NULL },
	{ "r", "out", "--ratio .3", "x.onnx" },
	{ "r", NULL, "--ratio .3", NULL },
	{ "wv", "to-class", "", NULL },
	{ "w", "to", "", NULL },
	{ "v", "to", "", "1" },
	{ "v", "filter", "", NULL },
	{ "v", "consistent", "--to-class 1 --free", NULL },
	{ "wv", "out", "--to-class 1", "x.csv" },
	{ "wv", NULL, "--to-class 1", NULL },
};

enum { WORDS = 24, LINE = 400 };

static struct row {
	char option[40], value[40], verbs[40];
} rows[OPTIONS_MAX];
static int n_rows;

/* A table that is not there, or is damaged, has too few rows. */
static void read_table(void)
{
	FILE *f = fopen("tests/cli/options.table", "r");
	while (f && n_rows < OPTIONS_MAX &&
	       fscanf(f, "%39s %39s %39s", rows[n_rows].option, rows[n_rows].value, rows[n_rows].verbs) == 3)
		n_rows++;
	if (f)
		fclose(f);
}

/* Writes the whole command line to `line`, splits it at its blanks into words, and returns how many there are. */
static int command_line(char line[LINE], char *words[WORDS], int verb, const struct row *r)
{
	const char *more = "", *value = strcmp(r->value, "-") ? r->value : "";
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (strchr(special[i].letters, lines[verb].letter) &&
		    (!special[i].option || !strcmp(special[i].option, r->option))) {
			more = special[i].more;
			value = special[i].value ? special[i].value : value;
			break;
		}
	snprintf(line, LINE, "tsviz %s %s --%s %s", lines[verb].line, more, r->option, value);
	int n = 0;
	for (char *w = strtok(line, " "); w && n + 1 < WORDS; w = strtok(NULL, " "))
		words[n++] = w;
	words[n] = NULL;
	return n;
}

/* What is said where a verb does not take the option: the verbs that do, in the order of `lines`. */
static void refusal(char text[LINE], const char *verb, const struct row *r)
{
	char who[LINE] = "";
	size_t n = 0, left = strlen(r->verbs);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!strchr(r->verbs, lines[i].letter))
			continue;
		const char *behind = --left > 1 ? ", " : left == 1 ? " and " : "";
		n += (size_t)snprintf(who + n, sizeof who - n, "%.*s%s", (int)strcspn(lines[i].line, " "),
		                      lines[i].line, behind);
	}
	snprintf(text, LINE, "%s does not take --%s; %.300s take%s it", verb, r->option, who,
	         strlen(r->verbs) > 1 ? "" : "s");
}

static void try_pair(const struct row *r, int verb)
{
	char line[LINE], said[LINE], *words[WORDS];
	struct options o;
	struct err e = { 0 };
	int n = command_line(line, words, verb, r);
	options_init(&o);
	int bad = options_parse(&o, n, words, &e);
	if (strchr(r->verbs, lines[verb].letter)) {
		ck_assert_msg(!bad, "%s --%s is refused: %s", words[1], r->option, e.text);
	} else {
		refusal(said, words[1], r);
		ck_assert_msg(bad, "%s --%s is taken", words[1], r->option);
		ck_assert_str_eq(e.text, said);
	}
	options_release(&o);
}

START_TEST(a_verb_takes_an_option_or_names_those_that_do)
{
	for (size_t verb = 0; verb < sizeof lines / sizeof *lines; verb++)
		try_pair(&rows[_i], (int)verb);
}
END_TEST

START_TEST(every_verb_and_every_option_is_in_the_table)
{
	size_t n_verbs = 0;
	int n_options = 0;
	for (const struct verb *v = verbs; v->name; v++)
		n_verbs++;
	for (const struct option_row *r = option_rows; r->name; r++)
		n_options++;
	ck_assert_uint_eq(n_verbs, sizeof lines / sizeof *lines);
	ck_assert_int_eq(n_options, n_rows);
}
END_TEST

static void setup(TCase *c)
{
	read_table();
	tcase_add_test(c, every_verb_and_every_option_is_in_the_table);
	tcase_add_loop_test(c, a_verb_takes_an_option_or_names_those_that_do, 0, n_rows);
}

UNIT_MAIN_WITH("options", setup)
