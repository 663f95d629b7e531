#include "core/analysis/filter_facts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define AT(field) .offset = offsetof(struct filter_facts, field)

/* In the order of the columns. */
const struct filter_fact filter_fact_table[] = {
	{ .name = "layer",
	  .title = "layer",
	  .help = "name of its layer: layer~conv, layer=conv1",
	  .kind = FACT_TEXT,
	  .source = FROM_LAYER,
	  AT(layer),
	  .width = 12,
	  .shown = true,
	  .rises = true },
	{ .name = "index",
	  .also = "number",
	  .title = "filter",
	  .help = "number of the filter, from 0",
	  .source = FROM_LAYER,
	  AT(index),
	  .whole = true,
	  .width = 7,
	  .shown = true,
	  .rises = true },
	{ .name = "activation",
	  .title = "activation",
	  .help = "the activation over the window, drawn",
	  .kind = FACT_CURVE,
	  .source = FROM_LAYER,
	  AT(none),
	  .width = 14,
	  .shown = true },
	{ .name = "imp",
	  .also = "importance",
	  .title = "importance",
	  .help = "importance, 0 to 1 within the layer",
	  .kind = FACT_DEGREE,
	  .source = FROM_LAYER,
	  AT(imp),
	  .width = 12,
	  .shown = true },
	{ .name = "ablation",
	  .title = "|ablation|",
	  .help = "size of the change of the target when x switches the filter off, no sign; one pass a filter",
	  .source = FROM_ABLATION,
	  AT(ablation),
	  .width = 10 },
	{ .name = "alive",
	  .title = "alive",
	  .help = "share of all windows in which it is not silent: alive<.05",
	  .kind = FACT_PART,
	  .source = FROM_SURVEY,
	  AT(alive),
	  .width = 6,
	  .shown = true,
	  .rises = true },
	{ .name = "unique",
	  .title = "unique",
	  .help = "part of its variance over all windows that its siblings cannot explain: unique<1%",
	  .kind = FACT_PART,
	  .source = FROM_SURVEY,
	  AT(unique),
	  .width = 7,
	  .shown = true,
	  .rises = true },
	{ .name = "dead",
	  .title = "dead",
	  .help = "the filter has one value at all steps of all windows",
	  .kind = FACT_FLAG,
	  .source = FROM_SURVEY,
	  AT(dead),
	  .width = 5 },
	{ .name = "look",
	  .title = "looks at",
	  .help = "share of a channel in its saliency: look:2>70%, look:load>0.7",
	  .kind = FACT_SHARE,
	  .source = FROM_MAPS,
	  AT(look),
	  .width = 6,
	  .shown = true },
	{ .name = "cluster",
	  .title = "cluster",
	  .help = "number of its cluster, from 0, or letter",
	  .kind = FACT_LETTER,
	  .source = FROM_CLUSTERS,
	  AT(cluster),
	  .width = 7,
	  .shown = true,
	  .rises = true },
	{ .name = "mean",
	  .title = "mean",
	  .help = "mean activation",
	  .source = FROM_LAYER,
	  AT(mean),
	  .width = 8,
	  .shown = true },
	{ .name = "max",
	  .title = "max",
	  .help = "largest activation",
	  .source = FROM_LAYER,
	  AT(max),
	  .width = 8,
	  .shown = true },
	{ .name = "min",
	  .title = "min",
	  .help = "smallest activation",
	  .source = FROM_LAYER,
	  AT(min),
	  .width = 8,
	  .rises = true },
	{ .name = "peak",
	  .title = "peak",
	  .help = "step of the largest activation",
	  .source = FROM_LAYER,
	  AT(peak),
	  .whole = true,
	  .width = 6,
	  .shown = true,
	  .rises = true },
	{ .name = "silent",
	  .title = "silent",
	  .help = "the filter has one value at all steps of this window",
	  .kind = FACT_FLAG,
	  .source = FROM_LAYER,
	  AT(silent),
	  .width = 6,
	  .shown = true },
	{ .name = "raw",
	  .title = "raw",
	  .help = "importance, as the measure gives it",
	  .source = FROM_LAYER,
	  AT(raw),
	  .width = 9 },
	{ .name = "rank",
	  .title = "rank",
	  .help = "place by importance, from 1",
	  .source = FROM_LAYER,
	  AT(rank),
	  .whole = true,
	  .width = 5,
	  .rises = true },
	{ .name = "change",
	  .title = "change",
	  .help = "importance against what is pinned",
	  .source = FROM_LAYER,
	  AT(change),
	  .width = 8 },
	{ .name = "off",
	  .title = "off",
	  .help = "switched off",
	  .kind = FACT_FLAG,
	  .source = FROM_LAYER,
	  AT(off),
	  .width = 4 },
	{ .name = "marked",
	  .title = "marked",
	  .help = "marked",
	  .kind = FACT_FLAG,
	  .source = FROM_LAYER,
	  AT(marked),
	  .width = 6 },
	{ 0 },
};

static bool is(const char *name, const char *word, size_t n)
{
	return name && strlen(name) == n && !memcmp(name, word, n);
}

int filter_fact_find(const char *name, size_t n)
{
	for (int i = 0; filter_fact_table[i].name; i++)
		if (is(filter_fact_table[i].name, name, n) || is(filter_fact_table[i].also, name, n))
			return i;
	return -1;
}

double filter_fact_number(const struct filter_facts *f, int i, int64_t channel)
{
	const struct filter_fact *q = &filter_fact_table[i];
	const char *at = (const char *)f + q->offset;
	switch (q->kind) {
	case FACT_NUMBER:
	case FACT_DEGREE:
	case FACT_PART:
	case FACT_LETTER:
		return *(const double *)(const void *)at;
	case FACT_FLAG:
		return *(const bool *)at;
	case FACT_SHARE: {
		const double *v = *(const double *const *)(const void *)at;
		return v ? v[channel] : (double)NAN;
	}
	default:
		return NAN;
	}
}

static bool has(const char *text, const char *word, size_t n)
{
	for (; strlen(text) >= n; text++)
		if (!strncasecmp(text, word, n))
			return true;
	return false;
}

/* The channel that holds differences is called by its sign, which few keyboards have. */
static bool means(const char *name, const char *word, size_t n)
{
	static const char sign[] = "Δ";
	bool difference = (n == 4 && !strncasecmp(word, "diff", n)) || (n == 5 && !strncasecmp(word, "delta", n));
	return has(name, word, n) || (difference && !strncmp(name, sign, sizeof sign - 1));
}

int64_t fact_channel_find(const struct fact_channels *c, const char *word, size_t n)
{
	int64_t number = 0, part = -1, parts = 0;
	for (size_t i = 0; i < n && number >= 0; i++)
		number = word[i] >= '0' && word[i] <= '9' && number < 1000000 ? number * 10 + word[i] - '0' : -1;
	for (int64_t k = 0; c->names && k < c->n; k++) {
		if (strlen(c->names[k]) == n && !strncasecmp(c->names[k], word, n))
			return k;
		if (means(c->names[k], word, n)) {
			part = k;
			parts++;
		}
	}
	if (n && number >= 1 && number <= c->n)
		return number - 1;
	return parts == 1 ? part : -1;
}
