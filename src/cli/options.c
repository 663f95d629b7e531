#include "src/cli/options.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "core/kernels/tile.h"
#include "src/cli/completion.h"
#include "src/cli/manual.h"
#include "core/base/number.h"
#include "src/onnx/onnx.h"
#include "src/read/read_data.h"
#include "src/read/version.h"
#include "src/read/wrong_format.h"
#include "ui/browse/browse.h"

/* ---- choices ---- */

static void importances_print(FILE *f)
{
	for (int i = 0; importance_measures[i].name; i++)
		fprintf(f, "%s%s", i ? " " : "", importance_measures[i].name);
}

static void methods_print(FILE *f)
{
	for (int i = 0; saliency_methods[i].name; i++)
		fprintf(f, "%s%s", i ? " " : "", saliency_methods[i].name);
}

/* What values may be, of options that choose from a list. */
static const struct choices {
	const char *option, *words;
	void (*print)(FILE *f); /* from a table */
} choices[] = {
	{ "derive", "diff", NULL },
	{ "scale", "none standard minmax", NULL },
	{ "split", "train test all", NULL },
	{ "label-rule", "last majority any", NULL },
	{ "missing", "error drop interpolate", NULL },
	{ "layout", "NCT NTC NT NC1T NCT1 N1TC N1CT TNC", NULL },
	{ "target", "sum class loss output:", NULL },
	{ "importance", NULL, importances_print },
	{ "method", NULL, methods_print },
	{ "task", "regression classification", NULL },
	{ "cluster-method", "kmeans dtw", NULL },
	{ "dump", NULL, dump_stages_print },
	{ "screen", NULL, browse_views_print },
	{ "plain", NULL, browse_views_print },
	{ "glyphs", "braille block ascii", NULL },
	{ "colours", "auto 256 16 8 mono", NULL },
	{ "theme", "dark light", NULL },
	{ "manual", NULL, manual_names_print },
	{ "completion", NULL, completion_names_print },
};

static const struct choices *choices_of(const char *option)
{
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (!strcmp(choices[i].option, option))
			return &choices[i];
	return NULL;
}

bool option_has_choices(const struct option_row *r)
{
	return choices_of(r->name);
}

void option_choices_print(const struct option_row *r, FILE *f)
{
	const struct choices *c = choices_of(r->name);
	if (c && c->words)
		fputs(c->words, f);
	else if (c)
		c->print(f);
}

/* ---- setters ---- */

static int set_recipe(struct options *o, const char *name, const char *arg, struct err *e)
{
	return recipe_set(&o->recipe, name, arg, e);
}

static int whole(const char *name, const char *arg, int64_t least, int64_t most, int64_t *out, struct err *e)
{
	double v;
	if (number_parse(arg, strlen(arg), '.', &v) != NUMBER_OK || v != floor(v) || v < (double)least ||
	    v > (double)most)
		return err_set(e, ERR_VALUE, "--%s '%s': a whole number from %lld to %lld is expected", name, arg,
		               (long long)least, (long long)most);
	*out = (int64_t)v;
	return 0;
}

static int set_index(struct options *o, const char *name, const char *arg, struct err *e)
{
	return whole(name, arg, 0, (int64_t)1 << 40, &o->index, e);
}

static int set_seed(struct options *o, const char *name, const char *arg, struct err *e)
{
	int64_t v = 0;
	int bad = whole(name, arg, 0, (int64_t)1 << 53, &v, e);
	o->seed = (uint64_t)v;
	o->seed_given = true;
	return bad;
}

static int set_small(struct options *o, const char *name, const char *arg, struct err *e)
{
	int64_t v = 0;
	bool threads = !strcmp(name, "threads");
	int bad = whole(name, arg, 1, threads ? 64 : CLUSTER_FILTERS_MAX, &v, e);
	*(threads ? &o->threads : &o->clusters) = (int)v;
	return bad;
}

/* Options that are kept as text, and flags: by name. */
static int set_text(struct options *o, const char *name, const char *arg, struct err *e)
{
	const struct {
		const char *name, **text;
	} texts[] = {
		{ "recipe", &o->recipe_file },
		{ "target", &o->target },
		{ "importance", &o->importance },
		{ "method", &o->method },
		{ "baseline", &o->baseline },
		{ "off", &o->off },
		{ "compare", &o->compare },
		{ "npy", &o->npy },
		{ "layers", &o->layers },
		{ "y", &o->y },
		{ "out", &o->out },
		{ "screen", &o->screen },
		{ "plain", &o->plain },
		{ "size", &o->size },
		{ "keys", &o->keys },
		{ "dump", &o->dump },
		{ "head", &o->read.head },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!strcmp(texts[i].name, name)) {
			*texts[i].text = arg;
			return 0;
		}
	return err_set(e, ERR_VALUE, "--%s is not set anywhere", name);
}

static int set_flag(struct options *o, const char *name, const char *arg, struct err *e)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "save-recipe", &o->save_recipe },
		{ "all", &o->all },
		{ "nodes", &o->nodes },
		{ "no-saliency", &o->no_saliency },
		{ "json", &o->json },
		{ "quiet", &o->quiet },
		{ "mouse", &o->mouse },
		{ "styles", &o->styles },
		{ "no-sandbox", &o->read.no_sandbox },
		{ "no-external-data", &o->read.no_external_data },
	};
	(void)arg;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (!strcmp(flags[i].name, name)) {
			*flags[i].flag = true;
			return 0;
		}
	return err_set(e, ERR_VALUE, "--%s is not set anywhere", name);
}

static int set_one_of(struct options *o, const char *name, const char *arg, struct err *e)
{
	const struct {
		const char *name, **text;
	} rows[] = {
		{ "task", &o->task },     { "cluster-method", &o->cluster_method },
		{ "glyphs", &o->glyphs }, { "colours", &o->colours },
		{ "theme", &o->theme },
	};
	const char *words = choices_of(name)->words;
	size_t n = strlen(arg);
	for (const char *w = words; n && (w = strstr(w, arg)); w++) {
		if ((w > words && w[-1] != ' ') || (w[n] && w[n] != ' '))
			continue;
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (!strcmp(rows[i].name, name))
				*rows[i].text = arg;
		return 0;
	}
	return err_set(e, ERR_VALUE, "--%s '%s' is unknown; one of %s", name, arg, words);
}

static int set_isa(struct options *o, const char *name, const char *arg, struct err *e)
{
	o->isa = arg;
	if (isa_select(arg))
		return 0;
	return err_set(e, ERR_VALUE,
	               "--%s '%s': this processor has no such instruction set; --version lists those it has", name,
	               arg);
}

static int set_max_mem(struct options *o, const char *name, const char *arg, struct err *e)
{
	size_t n = strlen(arg);
	double unit = 1, v;
	if (n && (arg[n - 1] == 'K' || arg[n - 1] == 'k'))
		unit = 1 << 10, n--;
	else if (n && (arg[n - 1] == 'M' || arg[n - 1] == 'm'))
		unit = 1 << 20, n--;
	else if (n && (arg[n - 1] == 'G' || arg[n - 1] == 'g'))
		unit = 1 << 30, n--;
	if (number_parse(arg, n, '.', &v) != NUMBER_OK || !(v * unit >= 1 << 20) || v * unit > 1e15)
		return err_set(e, ERR_VALUE, "--%s '%s': bytes are expected, at least 1M, as in 256M or 2G", name, arg);
	o->read.max_mem = (int64_t)(v * unit);
	return 0;
}

static int set_max_time(struct options *o, const char *name, const char *arg, struct err *e)
{
	double v;
	if (number_parse(arg, strlen(arg), '.', &v) != NUMBER_OK || !(v >= 0.1 && v <= 86400))
		return err_set(e, ERR_VALUE, "--%s '%s': seconds are expected, from 0.1 to 86400", name, arg);
	o->read.max_time = v;
	return 0;
}

static void formats_print(FILE *f)
{
	for (int i = 0; readers[i]; i++)
		fprintf(f, "model  %-16s %s\n", readers[i]->name, readers[i]->extensions);
	for (int i = 0; data_readers[i]; i++)
		fprintf(f, "data   %-16s %s\n", data_readers[i]->name, data_readers[i]->extensions);
	fprintf(f, "data   %-16s %s\n", "gzip", ".gz of each of them");
	fprintf(f, "recipe %-16s %s\n", "JSON", ".recipe.json");
	fprintf(f, "write  %-16s %s\n", "ONNX, tsviz JSON", "convert MODEL -o OUT.onnx or OUT.json");
	wrong_formats_print(f);
}

static void op_print(FILE *f, const char *name, const char *remark)
{
	int from, to;
	fprintf(f, "%-26s", name);
	if (onnx_span(name, &from, &to))
		fprintf(f, "ONNX opset %d to %d", from, to);
	fprintf(f, "%s\n", remark);
}

static void ops_print(FILE *f)
{
	for (int i = 0; op_table[i]; i++)
		op_print(f, op_table[i]->name, op_table[i]->flags & OP_NODIFF ? ", not differentiable" : "");
	for (int i = 0; onnx_only_ops[i]; i++)
		op_print(f, onnx_only_ops[i], ", worked out while loading");
}

static void method_table_print(FILE *f)
{
	fprintf(f, "importance of a filter (--importance); y is the target\n");
	for (const struct importance_measure *q = importance_measures; q->name; q++)
		fprintf(f, "%s\n    %s\n    %s\n", q->name, q->formula, q->source);
	fprintf(f, "\nsaliency of the input (--method); f is the target or a filter's sum over time, x the window, x' "
	           "the baseline\n");
	for (const struct saliency_method *q = saliency_methods; q->name; q++)
		fprintf(f, "%s%s%s%s\n    %s\n    %s\n", q->name, q->is_signed ? "  (with signs)" : "",
		        q->baseline ? "  (--baseline)" : "", q->random ? "  (--seed)" : "", q->formula, q->source);
}

static int set_instead(struct options *o, const char *name, const char *arg, struct err *e)
{
	static const struct {
		const char *name;
		void (*print)(FILE *f);
	} rows[] = {
		{ "help", options_help }, { "version", version_print },      { "formats", formats_print },
		{ "ops", ops_print },     { "methods", method_table_print }, { "bindings", browse_bindings_print },
	};
	(void)arg, (void)e;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].name, name) && !o->instead)
			o->instead = rows[i].print;
	return 0;
}

static int set_manual(struct options *o, const char *name, const char *arg, struct err *e)
{
	(void)name;
	o->instead = manual_page(arg);
	return o->instead ? 0 : err_set(e, ERR_VALUE, "there is no manual page '%s'; --help lists them", arg);
}

static int set_completion(struct options *o, const char *name, const char *arg, struct err *e)
{
	(void)name;
	o->instead = completion_of(arg);
	return o->instead ? 0 : err_set(e, ERR_VALUE, "there is no completion for '%s'; --help lists the shells", arg);
}

const struct option_row option_rows[] = {
	{ "How data becomes windows", "columns", 0, "A,B", "channels: names or 1-based numbers (all numeric columns)",
	  set_recipe },
	{ NULL, "predict", 0, "A,B", "columns that are forecast (the first)", set_recipe },
	{ NULL, "derive", 0, "diff", "append each channel's first difference", set_recipe },
	{ NULL, "window", 0, "T", "steps of a window (the model's)", set_recipe },
	{ NULL, "step", 0, "S", "rows between two windows (1)", set_recipe },
	{ NULL, "horizon", 0, "H", "steps ahead that the target lies (1)", set_recipe },
	{ NULL, "scale", 0, "HOW", "none, standard or minmax (none)", set_recipe },
	{ NULL, "fit", 0, "A:B", "rows on which the scaling is fitted (all)", set_recipe },
	{ NULL, "rows", 0, "A:B", "rows that are cut into windows (all)", set_recipe },
	{ NULL, "split", 0, "PART", "train (the rows of --fit), test (the others) or all", set_recipe },
	{ NULL, "label", 0, "COL", "column with the class label", set_recipe },
	{ NULL, "label-rule", 0, "RULE", "a window's label: last, majority or any (last)", set_recipe },
	{ NULL, "classes", 0, "A,B,C", "labels in the order of the outputs (sorted)", set_recipe },
	{ NULL, "missing", 0, "HOW", "empty or non-numeric cells: error, drop or interpolate (error)", set_recipe },
	{ NULL, "layout", 0, "ORDER", "how a window goes into the model: NCT, NTC, NT, NC1T, NCT1, N1TC, N1CT, TNC",
	  set_recipe },
	{ NULL, "table", 0, "FORM", "a row of text is a time step (long) or a window (wide); by its cells",
	  set_recipe },
	{ NULL, "lengths", 0, "HOW",
	  "windows of other lengths than the model's: fit (cut, zeros behind), same (refuse)", set_recipe },
	{ NULL, "recipe", 0, "FILE", "these options from a file (MODEL.recipe.json is found by itself)", set_text },
	{ NULL, "save-recipe", 0, NULL, "write them to MODEL.recipe.json", set_flag },
	{ "Analysis", "index", 'w', "N", "the window (0)", set_index },
	{ NULL, "target", 0, "T", "what is differentiated: sum, class, output:K or loss", set_text },
	{ NULL, "importance", 0, "NAME", "importance measure", set_text },
	{ NULL, "method", 0, "NAME", "saliency method; --methods lists them", set_text },
	{ NULL, "baseline", 0, "WHAT", "what saliency compares with: zero, mean (of each channel) or window:N (zero)",
	  set_text },
	{ NULL, "off", 0, "LAYER:F[,..]", "analyze: switch these filters off", set_text },
	{ NULL, "compare", 0, "WHAT", "analyze: beside window N, or beside `intact` (nothing off): differences",
	  set_text },
	{ NULL, "npy", 0, "TENSOR",
	  "analyze: one array: a tensor, a layer, LAYER:grad, :saliency, :importance, input, output, saliency",
	  set_text },
	{ NULL, "layers", 0, "A,B", "analyze: only these layers", set_text },
	{ NULL, "nodes", 0, NULL, "analyze: one entry for every operator instead of the layers", set_flag },
	{ NULL, "no-saliency", 0, NULL, "analyze: leave the saliency maps out", set_flag },
	{ NULL, "all", 0, NULL, "analyze: figures over all windows", set_flag },
	{ NULL, "y", 0, "V[,V]", "true values (scaled) or class index by hand", set_text },
	{ NULL, "head", 0, "NAME", "which output of a model with several: name or number", set_text },
	{ NULL, "task", 0, "TASK", "regression or classification (by the model)", set_one_of },
	{ NULL, "seed", 0, "N", "for clusters and sampling (0)", set_seed },
	{ NULL, "cluster-method", 0, "NAME", "kmeans, or dtw as in the paper's own tool (kmeans)", set_one_of },
	{ NULL, "clusters", 0, "K", "number of clusters (a fifth of the filters; dtw: by silhouette)", set_small },
	{ "Output", "json", 0, NULL, "JSON also where text is the default", set_flag },
	{ NULL, "out", 'o', "FILE", "write there instead of standard output", set_text },
	{ NULL, "quiet", 'q', NULL, "no warnings", set_flag },
	{ NULL, "threads", 0, "N", "threads over windows (the processors)", set_small },
	{ NULL, "isa", 0, "NAME", "instruction set of the kernels (the best)", set_isa },
	{ NULL, "dump", 0, "STAGE", "for developers: what a stage holds", set_text },
	{ "Browser", "screen", 0, "VIEW", "print a screen instead of opening the browser", set_text },
	{ NULL, "plain", 0, "VIEW", "print a view as plain text", set_text },
	{ NULL, "keys", 0, "KEYS", "play these keys first (with --screen, --plain)", set_text },
	{ NULL, "size", 0, "WxH", "of the screen (80x24)", set_text },
	{ NULL, "styles", 0, NULL, "print the screen's styles below its text", set_flag },
	{ NULL, "glyphs", 0, "SET", "braille, block or ascii (by the locale)", set_one_of },
	{ NULL, "colours", 0, "N", "auto, 256, 16, 8 or mono", set_one_of },
	{ NULL, "theme", 0, "NAME", "dark or light", set_one_of },
	{ NULL, "mouse", 0, NULL, "wheel and click", set_flag },
	{ "Limits", "max-mem", 0, "SIZE", "memory for reading a file (half of what is free, at most 512M)",
	  set_max_mem },
	{ NULL, "max-time", 0, "S", "seconds for reading a file (3)", set_max_time },
	{ NULL, "no-external-data", 0, NULL, "refuse models whose weights lie in other files", set_flag },
	{ NULL, "no-sandbox", 0, NULL, "read in this process: for debugging only", set_flag },
	{ "Also", "formats", 0, NULL, "what can be read", set_instead },
	{ NULL, "ops", 0, NULL, "operators that can be run", set_instead },
	{ NULL, "methods", 0, NULL, "importance measures and saliency methods, with formulas and sources",
	  set_instead },
	{ NULL, "bindings", 0, NULL, "keys of the browser", set_instead },
	{ NULL, "manual", 0, "PAGE", "a manual page in mdoc: tsviz.1, tsviz-config.5 or tsviz-methods.7", set_manual },
	{ NULL, "completion", 0, "SHELL", "completions for bash, zsh or fish", set_completion },
	{ NULL, "help", 'h', NULL, "this text", set_instead },
	{ NULL, "version", 'V', NULL, "version and libraries", set_instead },
	{ 0 },
};

/* ---- parsing ---- */

static const struct option_row *by_name(const char *s, size_t n)
{
	for (const struct option_row *r = option_rows; r->name; r++)
		if (strlen(r->name) == n && !strncmp(r->name, s, n))
			return r;
	return NULL;
}

static const struct option_row *by_letter(char c)
{
	for (const struct option_row *r = option_rows; r->name; r++)
		if (c && r->letter == c)
			return r;
	return NULL;
}

/* One option at argv[*i]; *i moves to the last word that it used. */
static int one(struct options *o, int argc, char **argv, int *i, struct err *e)
{
	const char *word = argv[*i], *arg = NULL;
	const struct option_row *r;
	if (word[1] == '-') {
		size_t n = strcspn(word + 2, "=");
		r = by_name(word + 2, n);
		if (r && word[2 + n])
			arg = word + 3 + n;
	} else {
		r = by_letter(word[1]);
		if (r && word[2])
			arg = word + 2;
	}
	if (!r)
		return err_set(e, ERR_VALUE, "'%s' is no option; see tsviz --help", word);
	if (!r->arg && arg)
		return err_set(e, ERR_VALUE, "--%s takes no value", r->name);
	if (r->arg && !arg) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_VALUE, "--%s needs a value: %s", r->name, r->arg);
		arg = argv[++*i];
	}
	return r->set(o, r->name, arg, e);
}

void options_init(struct options *o)
{
	memset(o, 0, sizeof *o);
	recipe_init(&o->recipe);
	o->index = -1;
}

int options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	bool only_names = false;
	const char *pos[3];
	int n = 0;
	for (int i = 1; i < argc; i++) {
		if (!only_names && !strcmp(argv[i], "--")) {
			only_names = true;
			continue;
		}
		if (!only_names && argv[i][0] == '-' && argv[i][1]) {
			int bad = one(o, argc, argv, &i, e);
			if (bad)
				return bad;
			continue;
		}
		const struct verb *v = verbs;
		while (!o->verb && !n && v->name && strcmp(v->name, argv[i]) != 0)
			v++;
		if (!o->verb && !n && v->name) {
			o->verb = v;
			continue;
		}
		if (n == 2)
			return err_set(e, ERR_VALUE, "'%s' is one name too many; see tsviz --help", argv[i]);
		pos[n++] = argv[i];
	}
	if (o->instead)
		return 0;
	if (!o->verb)
		o->verb = &verbs[0];
	if (n < o->verb->pos_min || n > o->verb->pos_max)
		return err_set(e, ERR_VALUE, "usage: tsviz %s %s; see tsviz --help", o->verb->name, o->verb->args);
	o->model = n > 0 ? pos[0] : NULL;
	o->data = n > 1 ? pos[1] : NULL;
	if (o->model && o->data && !strcmp(o->model, "-") && !strcmp(o->data, "-"))
		return err_set(e, ERR_VALUE, "only one of model and data can be standard input");
	return 0;
}

void options_release(struct options *o)
{
	recipe_release(&o->recipe);
}

int options_threads(const struct options *o)
{
	cpu_set_t set;
	if (o->threads)
		return o->threads;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < 1 ? 1 : n > 64 ? 64 : n;
}

void options_help(FILE *f)
{
	fprintf(f, "tsviz: look inside 1-D convolutional networks for time series\n\n");
	for (const struct verb *v = verbs; v->name; v++)
		fprintf(f, "  tsviz %s%s%s %-*s %s\n", v == verbs ? "[" : "", v->name, v == verbs ? "]" : "",
		        (int)(23 - strlen(v->name) - (v == verbs ? 2 : 0)), v->args, v->help);
	for (const struct option_row *r = option_rows; r->name; r++) {
		char left[64];
		if (r->group)
			fprintf(f, "\n%s\n", r->group);
		snprintf(left, sizeof left, "%s%c%s--%s%s%s", r->letter ? "-" : "  ", r->letter ? r->letter : ' ',
		         r->letter ? ", " : " ", r->name, r->arg ? " " : "", r->arg ? r->arg : "");
		fprintf(f, "  %-26s %s\n", left, r->help);
	}
	fprintf(f, "\nExit status: 0 done, 1 could not (one line says why), 2 usage.\n");
}
