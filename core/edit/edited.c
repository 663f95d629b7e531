#include "core/edit/edited.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/data/perturb.h"

static struct edited *make(int64_t window, int64_t T, int64_t C, int64_t own, int64_t length)
{
	struct edited *e = xcalloc(1, sizeof *e);
	e->holders = xcalloc(1, sizeof *e->holders);
	atomic_init(e->holders, 1);
	e->window = window;
	e->T = T;
	e->C = C;
	e->own = own;
	e->length = length;
	e->raw = xcalloc((size_t)(T * own) + 1, sizeof *e->raw);
	e->x = xcalloc((size_t)(T * C) + 1, sizeof *e->x);
	return e;
}

struct edited *edited_new(const struct dataset *d, int64_t i)
{
	int64_t own = perturb_derives(d) ? d->n_source : d->C;
	struct edited *e = make(i, d->T, d->C, own, dataset_length(d, i));
	float *row = xcalloc((size_t)d->T + 1, sizeof *row);
	for (int64_t c = 0; c < own; c++) {
		dataset_window_raw(d, i, c, row);
		for (int64_t t = 0; t < d->T; t++)
			e->raw[t * own + c] = row[t];
	}
	free(row);
	edited_derive(e, d);
	return e;
}

struct edited *edited_of(const struct dataset *d, int64_t i, const real *tc)
{
	struct edited *e = edited_new(d, i);
	bool finite = true;
	for (int64_t t = 0; t < e->length; t++)
		for (int64_t c = 0; c < e->own; c++) {
			real x = tc[t * e->C + c];
			/* what stays keeps the value of the file, which the way back may miss by a rounding */
			if (x != e->x[t * e->C + c])
				e->raw[t * e->own + c] = (float)dataset_unscale_channel(d, i, c, (double)x);
			finite &= isfinite(e->raw[t * e->own + c]) != 0;
		}
	edited_derive(e, d);
	if (finite)
		return e;
	edited_drop(e);
	return NULL;
}

struct edited *edited_copy(const struct edited *e)
{
	struct edited *to = make(e->window, e->T, e->C, e->own, e->length);
	memcpy(to->raw, e->raw, (size_t)(e->T * e->own) * sizeof *e->raw);
	memcpy(to->x, e->x, (size_t)(e->T * e->C) * sizeof *e->x);
	memcpy(to->note, e->note, sizeof e->note);
	return to;
}

void edited_derive(struct edited *e, const struct dataset *d)
{
	struct perturb p;
	perturb_init(&p, e->T, e->C, d, true, 1);
	for (int64_t t = 0; t < e->T; t++)
		for (int64_t c = 0; c < e->own; c++)
			e->x[t * e->C + c] =
			        t < e->length ? dataset_scale_channel(d, e->window, c, (double)e->raw[t * e->own + c])
			                      : 0;
	perturb_derive(&p, e->x);
}

const struct edited *edited_hold(const struct edited *e)
{
	if (e)
		atomic_fetch_add(e->holders, 1);
	return e;
}

void edited_drop(const struct edited *e)
{
	if (!e || atomic_fetch_sub(e->holders, 1) != 1)
		return;
	free(e->holders);
	free(e->raw);
	free(e->x);
	free((void *)e);
}

bool edited_equal(const struct edited *a, const struct edited *b)
{
	return a->window == b->window && a->T == b->T && a->own == b->own &&
	       !memcmp(a->raw, b->raw, (size_t)(a->T * a->own) * sizeof *a->raw);
}

bool edited_truth(const struct edited *e, const struct dataset *d, real *y)
{
	return dataset_truth_changed(d, e->window, e->x, y);
}
