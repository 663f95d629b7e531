/* What a result says, in words. */
#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "core/diff/diff.h"

/* Pairs of the same shape; *other: of other shapes; *alone: layers of one model only. */
static int alike(const struct diff_result *r, int *other, int *alone)
{
	int n = 0;
	*other = *alone = 0;
	for (int k = 0; k < r->n_pair; k++) {
		const struct diff_pair *p = &r->pair[k];
		if (p->within)
			continue;
		n += p->shaped;
		*alone += p->a < 0 || p->b < 0;
		*other += p->a >= 0 && p->b >= 0 && !p->shaped;
	}
	return n;
}

static void say_structure(const struct diff_result *r, char *buf, size_t size)
{
	int alone, other, lonely, n = alike(r, &other, &alone), changed = diff_weights_changed(r, &lonely);
	if (n + other == 1 && !alone)
		text_add(buf, size, "the only layer has %s shape", other ? "another" : "the same");
	else if (!alone && !other)
		text_add(buf, size, "all %d layers have the same shape", n);
	else if (!alone)
		text_add(buf, size, "%d of %d layers have another shape", other, n + other);
	else
		text_add(buf, size, "%d layer%s the same shape in both, %d ha%s another, %d %s in one model only", n,
		         n == 1 ? " has" : "s have", other, other == 1 ? "s" : "ve", alone, alone == 1 ? "is" : "are");
	if (!r->n_weight)
		return;
	if (!changed && !lonely)
		text_add(buf, size, " and all %d tensors of weights are equal", r->n_weight);
	else
		text_add(buf, size,
		         "; of %d tensors of weights %d are equal, %d differ and %d have no partner of the same shape",
		         r->n_weight, r->n_weight - changed - lonely, changed, lonely);
}

static void say_outputs(const struct diff_result *r, char *buf, size_t size)
{
	const struct diff_outputs *o = &r->outputs;
	if (!o->windows)
		text_add(buf, size, "no window has finite outputs in both models");
	else if (o->largest == 0)
		text_add(buf, size, "the outputs are the same in all %lld windows", (long long)o->windows);
	else
		text_add(buf, size, "the outputs differ by at most %.3g, on average by %.3g", o->largest, o->mean);
	if (o->not_finite_one)
		text_add(buf, size, "; in %lld windows only one model has finite outputs",
		         (long long)o->not_finite_one);
	if (o->units)
		text_add(buf, size, "; %lld of %lld classes flip, %lld from right to wrong", (long long)o->flips,
		         (long long)o->units, (long long)o->right_to_wrong);
	if (o->errors && isfinite(o->low) && (o->low > 0 || o->high < 0))
		text_add(buf, size, "; the error of the second is %s by %.3g (%.3g to %.3g)",
		         o->difference > 0 ? "larger" : "smaller", fabs(o->difference),
		         fmin(fabs(o->low), fabs(o->high)), fmax(fabs(o->low), fabs(o->high)));
	else if (o->errors && isfinite(o->low) && o->largest > 0)
		text_add(buf, size, "; their errors cannot be told apart");
}

static void say_layers(const struct diff_job *j, const struct diff_result *r, char *buf, size_t size)
{
	const struct diff_pair *p = r->first < 0 ? NULL : &r->pair[r->first];
	int moved = 0;
	for (int k = 0; k < r->n_pair; k++)
		moved += r->layer[k].renumbered;
	if (moved)
		text_add(buf, size, "; %d layer%s the same filters under other numbers", moved,
		         moved == 1 ? " has" : "s have");
	if (!p) {
		text_add(buf, size, "; no layer diverges");
		return;
	}
	const struct layer *l = p->a >= 0 ? &j->m[0]->layer[p->a] : &j->m[1]->layer[p->b];
	if (p->a < 0 || p->b < 0)
		text_add(buf, size, "; the first layer that differs is %.80s, which is in %s alone", l->name,
		         p->a < 0 ? "the second" : "the first");
	else if (!p->shaped)
		text_add(buf, size, "; the first layer that differs is %.80s, by its shape", l->name);
	else
		text_add(buf, size, "; the first layer that diverges is %.80s", l->name);
}

void diff_sentence(const struct diff_job *j, const struct diff_result *r, char *buf, size_t size)
{
	buf[0] = 0;
	if (!r->has_data) {
		say_structure(r, buf, size);
		return;
	}
	say_outputs(r, buf, size);
	say_layers(j, r, buf, size);
	if (r->maps.n)
		text_add(buf, size, "; saliency has a mean rank correlation of %.2f", r->maps.mean);
}
