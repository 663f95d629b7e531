/* What the report does not say, how far it may be trusted, and the commands that make it again. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/text.h"
#include "core/kernels/tile.h"
#include "src/kept/survey_names.h"
#include "src/read/version.h"
#include "src/report/report.h"
#include "src/report/words.h"

void section_limits(struct report *r, struct doc *d)
{
	if (r->not_given)
		report_short(r,
		             "What the model is for, and what may go wrong, is its author's to say: %d of these parts "
		             "are not given.",
		             r->not_given);
	doc_say(d, "What the numbers are not:");
	doc_item(d, "Saliency and importance say what the model's output depends on. They do not say what causes what "
	            "in the "
	            "world, nor whether the model is right.");
	doc_item(d, "All figures are of the data that this report names. They do not hold for data of another kind, "
	            "time or "
	            "place.");
	doc_item(d, "Pictures show one window. Another window may look otherwise.");
	doc_item(d,
	         "Nothing here shows that the model is safe, fair or fit for a use. That is for its author to argue.");
	if (r->n_limit)
		doc_say(d, "What was left out or bounded:");
	for (int i = 0; i < r->n_limit; i++)
		doc_item(d, "%s", r->limit[i]);
}

/* ---- commands ---- */

static void put(struct doc *d, struct words *w)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_stream(&text, &n);
	words_print(w, f);
	fclose(f);
	doc_code(d, text);
	free(text);
	words_release(w);
}

static void number(struct words *w, const char *name, uint64_t v)
{
	char text[32];
	snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	words_pair(w, name, text);
}

/* What is asked, as the command line said it. */
static void asked(struct words *w, const struct options *o)
{
	words_pair(w, "target", o->target);
	words_pair(w, "baseline", o->baseline);
	if (options_given(o, "seed"))
		number(w, "seed", o->q.seed);
}

enum asks {
	ASKS_TARGET = 1,   /* verbs that compute for a target */
	ASKS_MAPS = 2,     /* by one measure and one method */
	ASKS_BASELINE = 4, /* baseline, seed and points of the methods */
	ASKS_CLUSTERS = 8,
	ASKS_WINDOW = 15,
};

/* What is asked, by itself: a session may have asked it. */
static void question(struct words *w, const struct report *r, unsigned asks)
{
	const struct question *q = &r->b.l.q;
	struct target usual = target_default(q->task);
	char text[TARGET_TEXT];
	target_format(&q->target, r->b.l.model, text, sizeof text);
	if (asks & ASKS_TARGET && !target_equal(&q->target, &usual))
		words_pair(w, "target", text);
	if (asks & ASKS_MAPS && q->measure)
		words_pair(w, "importance", importance_measures[q->measure].name);
	if (asks & ASKS_MAPS && q->method)
		words_pair(w, "method", saliency_methods[q->method].name);
	if (asks & ASKS_CLUSTERS && q->cluster_method)
		words_pair(w, "cluster-method", cluster_method_names[q->cluster_method]);
	if (asks & ASKS_CLUSTERS && q->clusters)
		number(w, "clusters", (uint64_t)q->clusters);
	if (!(asks & ASKS_BASELINE))
		return;
	if (r->o->points || q->series)
		words_pair(w, "points", q->series ? "series" : "free");
	snprintf(text, sizeof text, "window:%lld", (long long)q->baseline_window);
	if (q->baseline != BASELINE_ZERO)
		words_pair(w, "baseline", q->baseline == BASELINE_WINDOW ? text : baseline_names[q->baseline]);
	if (q->seed)
		number(w, "seed", q->seed);
}

static void command(struct report *r, struct doc *d, const char *verb, bool window, unsigned asks, const char *last)
{
	struct words w;
	words_begin(&w, r->o, verb);
	if (window)
		number(&w, "index", (uint64_t)r->window);
	question(&w, r, asks);
	if (last && !strcmp(last, "--json"))
		words_add(&w, last);
	else
		words_pair(&w, "out", last);
	put(d, &w);
}

/* As many windows as the report has measured. */
static void truth_command(struct report *r, struct doc *d)
{
	struct words w;
	if (!r->truth_windows)
		return;
	words_begin(&w, r->o, "truth");
	question(&w, r, ASKS_TARGET | ASKS_BASELINE);
	number(&w, "windows", (uint64_t)r->truth_windows);
	put(d, &w);
}

static void the_report(struct report *r, struct doc *d)
{
	const struct options *o = r->o;
	struct words w;
	words_begin(&w, o, "report");
	if (o->index >= 0) /* else the same window is chosen again */
		number(&w, "index", (uint64_t)o->index);
	asked(&w, o);
	if (options_given(o, "importance"))
		words_pair(&w, "importance", importance_measures[r->b.l.q.measure].name);
	if (options_given(o, "method"))
		words_pair(&w, "method", saliency_methods[r->b.l.q.method].name);
	if (options_given(o, "cluster-method"))
		words_pair(&w, "cluster-method", cluster_method_names[r->b.l.q.cluster_method]);
	if (options_given(o, "clusters"))
		number(&w, "clusters", (uint64_t)r->b.l.q.clusters);
	words_pair(&w, "points", o->points);
	words_pair(&w, "survey", o->survey);
	words_pair(&w, "session", o->session);
	words_pair(&w, "meta", o->meta);
	if (r->effort != REPORT_USUAL)
		words_add(&w, r->effort == REPORT_FULL ? "--full" : "--quick");
	words_pair(&w, "out", o->out ? o->out : "-");
	put(d, &w);
}

void section_commands(struct report *r, struct doc *d)
{
	bool data = r->b.l.has_data;
	doc_say(d,
	        "Made by tsviz %s, with the instructions %s of the processor. Other instructions may change the last "
	        "digits.",
	        TSVIZ_VERSION, isa_active()->name);
	doc_say(d, "These commands, in the folder in which this report was made, give it again, and its numbers one by "
	           "one:");
	the_report(r, d);
	command(r, d, "info", false, 0, "--json");
	if (!data)
		return;
	if (r->b.l.data.n_target)
		command(r, d, "eval", false, 0, "--json");
	command(r, d, "analyze", true, ASKS_WINDOW, "window.json");
	int64_t all = r->b.l.data.n_target ? r->b.l.data.n_target : r->b.l.data.n;
	if (r->survey_windows == all)
		command(r, d, "survey", false, ASKS_TARGET, "survey.json");
	truth_command(r, d);
	command(r, d, "browse", true, ASKS_WINDOW, NULL);
	if (r->survey_windows && r->survey_windows < all)
		doc_say(d,
		        "The figures of the filters are of %lld windows, and tsviz survey takes all %lld: the report "
		        "alone gives these figures again.",
		        (long long)r->survey_windows, (long long)all);
}
