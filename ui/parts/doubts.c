#include "ui/parts/doubts.h"

#include <string.h>
#include "core/analysis/doubts.h"
#include "ui/parts/methods.h"
#include "ui/state/format.h"

static const double SUM_GOOD = 0.01; /* the measure `residual` of core/truth: above it the sum is not the change */

/* The method that promises to add up and is farthest from it; -1: none is too far. A method that draws random numbers
 * adds up on average only, which its own note says. */
static int worst_sum(const struct ui *u)
{
	int worst = -1;
	for (int i = 0; i < u->scene.n_method; i++) {
		double off = u->scene.method[i].note.residual;
		if (methods_there(u, i) && !saliency_methods[i].random && off > SUM_GOOD &&
		    (worst < 0 || off > u->scene.method[worst].note.residual))
			worst = i;
	}
	return worst;
}

static void say_sum(const struct ui *u, char *buf, size_t size)
{
	int i = worst_sum(u);
	if (i >= 0)
		snprintf(buf, size,
		         "The map of %s should add up to the change of the output from its baseline, and is off by "
		         "%.2g %%. Its numbers are no shares of the output.",
		         saliency_methods[i].label, 100 * u->scene.method[i].note.residual);
}

static void say_saturated(const struct ui *u, const struct doubts *d, char *buf, size_t size)
{
	char target[TARGET_TEXT];
	target_format(&u->s.q.target, u->s.m, target, sizeof target);
	if (doubts_saturated(d))
		snprintf(buf, size,
		         "The output is saturated: its class has probability %.4f, and the target (%s) hardly changes "
		         "with the input. Maps by gradients show little but rounding here; the target class explains "
		         "the class before the last function.",
		         d->certainty, target);
}

static void say_tie(const struct doubts *d, char *buf, size_t size)
{
	int64_t n = d->kinks.maxpool_nonzero_ties;
	if (doubts_tie(d))
		snprintf(buf, size,
		         "In %lld place%s of a max-pooling the two largest values are equal. The gradient goes to the "
		         "first of them and could as well go to the other, so a map may be shifted there.",
		         (long long)n, n == 1 ? "" : "s");
}

static void say_kink(const struct doubts *d, char *buf, size_t size)
{
	bool relu = d->kinks.relu_min_abs < DOUBT_NEAR;
	if (doubts_kink(d))
		snprintf(buf, size,
		         "%s by only %.1e. Rounding decides on which side it is, so another program may have other "
		         "gradients there.",
		         relu ? "The input of a relu differs from 0" : "The two largest values of a max-pooling differ",
		         relu ? d->kinks.relu_min_abs : d->kinks.maxpool_min_gap);
}

const char *doubt_sentence(const struct ui *u, enum ui_doubt which, char *buf, size_t size)
{
	const struct answer *r = u->scene.doubts;
	*buf = '\0';
	if (which == UI_DOUBT_SUM)
		say_sum(u, buf, size);
	else if (r && which == UI_DOUBT_SATURATED)
		say_saturated(u, &r->doubts, buf, size);
	else if (r && which == UI_DOUBT_TIE)
		say_tie(&r->doubts, buf, size);
	else if (r && which == UI_DOUBT_KINK)
		say_kink(&r->doubts, buf, size);
	return buf;
}

const char *doubts_sign(const struct ui *u, char *buf, size_t size)
{
	static const char *const words[UI_DOUBTS] = { "sum", "saturated", "tie", "kink" };
	char sentence[400];
	size_t n = 0;
	*buf = '\0';
	for (int k = 0; k < UI_DOUBTS; k++)
		if (*doubt_sentence(u, (enum ui_doubt)k, sentence, sizeof sentence) && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "", words[k]);
	return buf;
}
