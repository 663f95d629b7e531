/* Pages that explain: files of mdoc in src/cli/pages, which are parts of the program. A file begins behind the heading
 * NAME. A line `.\" table WORD` in it stands for a list that is drawn from a table of the program. */
#include <string.h>
#include "core/analysis/analysis.h"
#include "core/truth/truth.h"
#include "src/cli/manual_text.h"
#include "src/read/bundle.h"
#include "src/read/read_data.h"
#include "src/read/read_model.h"

/* ---- lists from tables ---- */

static void models(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (int i = 0; readers[i]; i++) {
		man_item(f, "No", readers[i]->name);
		man_line(f, readers[i]->extensions);
	}
	fputs(".El\n", f);
}

static void data(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (int i = 0; data_readers[i]; i++) {
		man_item(f, "No", data_readers[i]->name);
		man_sentence(f, data_readers[i]->extensions);
		man_example(f, data_readers[i]->example);
	}
	fputs(".El\n", f);
}

/* The options that a recipe may have: those of the command line that set a field of it. */
static void recipe(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (r->type != OPTION_RECIPE)
			continue;
		man_item(f, "Ic", r->name);
		man_sentence(f, r->help);
		man_choices(f, r);
	}
	fputs(".El\n", f);
}

static void measures(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (const struct importance_measure *q = importance_measures; q->name; q++) {
		man_item(f, "Cm", q->name);
		man_formula(f, q->label, q->formula, q->source);
	}
	fputs(".El\n", f);
}

static void methods(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (const struct saliency_method *q = saliency_methods; q->name; q++) {
		man_item(f, "Cm", q->name);
		man_formula(f, q->label, q->formula, q->source);
	}
	fputs(".El\n", f);
}

static void truth(FILE *f)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (int i = 0; i < TRUTH_MEASURES; i++) {
		man_item(f, "Cm", truth_measures[i].key);
		man_formula(f, truth_measures[i].label, truth_measures[i].formula, truth_measures[i].source);
		fputs(".Pp\n", f);
		man_sentence(f, truth_measures[i].use);
	}
	fputs(".El\n", f);
}

static const struct {
	const char *word;
	void (*print)(FILE *f);
} tables[] = { { "models", models },     { "data", data },       { "recipe", recipe },
	       { "measures", measures }, { "methods", methods }, { "truth", truth } };

/* ---- files ---- */

/* Prints the table that a line names; false: the line names none. */
static bool table(FILE *f, const char *line, size_t n)
{
	static const char mark[] = ".\\\" table ";
	size_t k = sizeof mark - 1;
	if (n < k || memcmp(line, mark, k) != 0)
		return false;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strlen(tables[i].word) == n - k && !memcmp(tables[i].word, line + k, n - k)) {
			tables[i].print(f);
			return true;
		}
	return false;
}

static void file_page(FILE *f, const unsigned char *begin)
{
	for (const char *s = (const char *)begin; *s;) {
		size_t n = strcspn(s, "\n");
		if (!table(f, s, n))
			fprintf(f, "%.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}

/* The pages: a word for C, name, section, description. Each is src/cli/pages/NAME.SECTION. */
#define FILES(X)                                                                                  \
	X(formats, "tsviz-formats", 5, "files that tsviz reads and writes")                       \
	X(session, "tsviz-session", 5, "what the browser keeps of a review")                      \
	X(methods, "tsviz-methods", 7, "importance measures and saliency methods of tsviz")       \
	X(browser, "tsviz-browser", 7, "the views of the browser and how one moves between them") \
	X(tutorial, "tsviz-tutorial", 7, "first steps, from a trained network to answers")        \
	X(serve, "tsviz-serve", 7, "answers about model and data over HTTP")                      \
	X(glossary, "tsviz-glossary", 7, "the words that tsviz uses")

#define PAGE(word, name, section, what)                         \
	BUNDLE(page_##word, "src/cli/pages/" name "." #section) \
	static void print_##word(FILE *f)                       \
	{                                                       \
		man_head(f, name, section, what);               \
		file_page(f, page_##word);                      \
	}
FILES(PAGE)

#define ROW(word, name, section, what) { name "." #section, print_##word },
const struct man_page man_files[] = { FILES(ROW){ 0 } };
