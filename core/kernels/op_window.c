#include "core/kernels/op_window.h"

#include <string.h>
#include "core/kernels/op_util.h"

enum { WINDOW_MAX = 1 << 24 }; /* kernel, stride, dilation, pad: far beyond any network, safe to multiply */

static int list(const struct op_infer *q, const char *name, int want, int64_t fallback, int64_t low, int64_t *out,
                struct err *e)
{
	const struct attr *a = attr_find(q->n, name);
	if (a && (a->type != ATTR_INTS || a->n != want))
		return err_set(e, ERR_FORMAT, "%s must hold %d integers", name, want);
	for (int i = 0; i < want; i++) {
		out[i] = a ? a->ints[i] : fallback;
		if (out[i] < low || out[i] > WINDOW_MAX)
			return err_set(e, out[i] < low ? ERR_FORMAT : ERR_LIMIT, "%s %lld lies outside %lld to %d",
			               name, (long long)out[i], (long long)low, WINDOW_MAX);
	}
	return 0;
}

const int64_t *window_kernel(const struct op_infer *q, struct err *e)
{
	const struct attr *a = attr_find(q->n, "kernel_shape");
	if (!a || a->type != ATTR_INTS || a->n != q->in[0]->shape.rank - 2) {
		err_set(e, ERR_FORMAT, "kernel_shape is missing or does not fit an input of rank %d",
		        q->in[0]->shape.rank);
		return NULL;
	}
	return a->ints;
}

bool window_along(const struct node *n, int axis, struct window *w)
{
	const struct window *own = n->op->window ? n->op->window(n) : NULL;
	if (!own || axis < 2)
		return false;
	*w = *own;
	w->axis = axis;
	/* one step on one step: such windows are the same along every axis */
	bool trivial = own->k == 1 && own->ti == 1 && own->to == 1 && own->pad == 0;
	if (own->across)
		*w = own->across[axis];
	return axis == own->axis || own->across || trivial;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
	return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/* One axis: pads by auto_pad, then the number of windows. */
static int one_axis(const struct op_infer *q, struct window *w, int64_t *out, struct err *e)
{
	const char *mode = attr_string(q->n, "auto_pad", "NOTSET");
	int64_t reach = (w->k - 1) * w->dilation + 1;
	if (!strcmp(mode, "SAME_UPPER") || !strcmp(mode, "SAME_LOWER")) {
		*out = ceil_div(w->ti, w->stride);
		int64_t total = (*out - 1) * w->stride + reach - w->ti;
		total = total > 0 ? total : 0;
		w->pad = mode[5] == 'L' ? total - total / 2 : total / 2;
		w->pad_end = total - w->pad;
	} else if (!strcmp(mode, "VALID")) {
		w->pad = w->pad_end = 0;
	} else if (strcmp(mode, "NOTSET") != 0 && *mode) {
		return err_set(e, ERR_FORMAT, "auto_pad '%s' is unknown", mode);
	}
	int64_t room = w->ti + w->pad + w->pad_end - reach;
	if (room < 0)
		return err_set(e, ERR_FORMAT,
		               "a kernel that reaches over %lld steps does not fit an input of %lld with padding %lld",
		               (long long)reach, (long long)w->ti, (long long)(w->pad + w->pad_end));
	*out = room / w->stride + 1;
	/* ceil_mode: one window more where steps are left, unless it would lie in the padding alone */
	if (attr_int(q->n, "ceil_mode", 0) && room % w->stride && *out * w->stride < w->ti + w->pad)
		++*out;
	return 0;
}

struct lists {
	int64_t strides[RANK_MAX], dilations[RANK_MAX], pads[2 * RANK_MAX];
};

static int lists_read(const struct op_infer *q, struct lists *l, struct err *e)
{
	int n = q->in[0]->shape.rank - 2, bad;
	if (n < 1 || n > 3)
		return err_set(e, ERR_UNSUPPORTED, "an input of rank %d; tsviz reads rank 3 to 5 here",
		               q->in[0]->shape.rank);
	if ((bad = list(q, "strides", n, 1, 1, l->strides, e)) ||
	    (bad = list(q, "dilations", n, 1, 1, l->dilations, e)))
		return bad;
	return list(q, "pads", 2 * n, 0, 0, l->pads, e);
}

/* The axis (of the spatial ones) that is longer than 1 or has a kernel or padding; the last where none is, -1 where
 * several are. */
static int long_axis(const struct shape *s, const int64_t *kernel, const struct lists *l)
{
	int n = s->rank - 2, lead = -1;
	for (int i = 0; i < n; i++)
		if (s->dim[i + 2] != 1 || kernel[i] != 1 || l->pads[i] || l->pads[n + i]) {
			if (lead >= 0)
				return -1;
			lead = i;
		}
	return lead < 0 ? n - 1 : lead;
}

bool window_single(const struct op_infer *q, const int64_t *kernel, struct err *e)
{
	struct lists l;
	return lists_read(q, &l, e) || long_axis(&q->in[0]->shape, kernel, &l) >= 0;
}

int window_axis(const struct op_infer *q, int axis, int64_t kernel, struct window *w, struct err *e)
{
	const struct shape *s = &q->in[0]->shape;
	struct lists l;
	int i = axis - 2, bad = lists_read(q, &l, e);
	if (bad)
		return bad;
	if (kernel < 1 || kernel > WINDOW_MAX)
		return err_set(e, ERR_FORMAT, "kernel_shape %lld lies outside 1 to %d", (long long)kernel, WINDOW_MAX);
	if (s->dim[axis] < 1)
		return err_set(e, ERR_FORMAT, "an input without steps");
	*w = (struct window){ .k = kernel,
		              .stride = l.strides[i],
		              .dilation = l.dilations[i],
		              .pad = l.pads[i],
		              .pad_end = l.pads[s->rank - 2 + i],
		              .ti = s->dim[axis],
		              .axis = axis };
	return one_axis(q, w, &w->to, e);
}

int window_infer(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w, struct err *e)
{
	const struct shape *s = &q->in[0]->shape;
	struct lists l;
	int bad = lists_read(q, &l, e), lead = bad ? 0 : long_axis(s, kernel, &l);
	if (bad)
		return bad;
	if (lead < 0)
		return err_set(e, ERR_UNSUPPORTED, "a true %d-D %s; tsviz analyses networks with one time axis",
		               s->rank - 2, q->n->op->name);
	for (int i = 2; i < s->rank; i++)
		out->dim[i] = 1;
	bad = window_axis(q, lead + 2, kernel[lead], w, e);
	out->dim[lead + 2] = w->to;
	return bad;
}

void window_labels(struct op_infer *q)
{
	const struct value *x = q->in[0];
	struct value *y = &q->out[0];
	int time = -1;
	for (int i = 2; i < x->shape.rank; i++)
		if (x->axis[i] == 'T' && (time < 0 || x->shape.dim[time] == 1))
			time = i;
	for (int i = 2; i < y->shape.rank && i < RANK_MAX; i++)
		y->axis[i] = time < 0 || i == time ? 'T' : '1';
	y->axis[0] = 'N';
	y->axis[1] = 'C';
}

/* One axis of a transposed convolution: the output's length, then what auto_pad or a given length leaves for the pads.
 */
static int transposed_axis(const struct op_infer *q, struct window *w, int64_t extra, int64_t given, struct err *e)
{
	const char *mode = attr_string(q->n, "auto_pad", "NOTSET");
	bool upper = !strcmp(mode, "SAME_UPPER"), lower = !strcmp(mode, "SAME_LOWER");
	int64_t full = (w->ti - 1) * w->stride + extra + (w->k - 1) * w->dilation + 1;
	if (!upper && !lower && strcmp(mode, "VALID") != 0 && strcmp(mode, "NOTSET") != 0 && *mode)
		return err_set(e, ERR_FORMAT, "auto_pad '%s' is unknown", mode);
	if (given > 0 || upper || lower) {
		w->to = given > 0 ? given : w->ti * w->stride;
		int64_t total = full > w->to ? full - w->to : 0;
		w->pad = upper ? total / 2 : total - total / 2;
		w->pad_end = total - w->pad;
		return 0;
	}
	if (*mode == 'V')
		w->pad = w->pad_end = 0;
	w->to = full - w->pad - w->pad_end;
	if (w->to < 1)
		return err_set(e, ERR_FORMAT, "the padding %lld leaves no output", (long long)(w->pad + w->pad_end));
	return 0;
}

int window_transposed(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w,
                      struct err *e)
{
	const struct shape *s = &q->in[0]->shape;
	int n = s->rank - 2, bad, lead = -1;
	int64_t extra[RANK_MAX], given[2 * RANK_MAX];
	struct lists l;
	const struct attr *shape = attr_find(q->n, "output_shape");
	if ((bad = lists_read(q, &l, e)))
		return bad;
	/* output_shape may hold batch and channels too */
	int lengths = shape && shape->type == ATTR_INTS && shape->n == n + 2 ? n + 2 : n;
	if ((bad = list(q, "output_padding", n, 0, 0, extra, e)) ||
	    (bad = list(q, "output_shape", lengths, 0, 0, given, e)))
		return bad;
	const int64_t *length = given + lengths - n;
	for (int i = 0; i < n; i++)
		if (s->dim[i + 2] != 1 || kernel[i] != 1 || l.pads[i] || l.pads[n + i] || extra[i] || length[i] > 1) {
			if (lead >= 0)
				return err_set(e, ERR_UNSUPPORTED,
				               "a true %d-D %s; tsviz analyses networks with one time axis", n,
				               q->n->op->name);
			lead = i;
		}
	lead = lead < 0 ? n - 1 : lead;
	for (int i = 0; i < n; i++)
		out->dim[i + 2] = 1;
	if (kernel[lead] < 1 || kernel[lead] > WINDOW_MAX)
		return err_set(e, ERR_FORMAT, "kernel_shape %lld lies outside 1 to %d", (long long)kernel[lead],
		               WINDOW_MAX);
	if (s->dim[lead + 2] < 1)
		return err_set(e, ERR_FORMAT, "an input without steps");
	*w = (struct window){ .k = kernel[lead],
		              .stride = l.strides[lead],
		              .dilation = l.dilations[lead],
		              .pad = l.pads[lead],
		              .pad_end = l.pads[n + lead],
		              .ti = s->dim[lead + 2],
		              .axis = lead + 2 };
	bad = transposed_axis(q, w, extra[lead], length[lead], e);
	out->dim[lead + 2] = w->to;
	return bad;
}

int conv_operands(const struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *w = &q->in[1]->shape;
	int bad = need_real(q, 0, e);
	if (bad || (bad = need_real(q, 1, e)))
		return bad;
	if (w->rank != x->rank || x->rank < 3)
		return err_set(e, ERR_FORMAT, "a kernel of rank %d does not fit an input of rank %d", w->rank, x->rank);
	const struct attr *ks = attr_find(q->n, "kernel_shape");
	if (ks && (ks->type != ATTR_INTS || ks->n != w->rank - 2 ||
	           memcmp(ks->ints, w->dim + 2, sizeof *w->dim * (size_t)ks->n) != 0))
		return err_set(e, ERR_FORMAT, "kernel_shape is not the kernel's shape");
	return 0;
}

int conv_unfit(const struct op_infer *q, int64_t group, struct err *e)
{
	char w[160], x[160];
	shape_format(&q->in[1]->shape, w, sizeof w);
	shape_format(&q->in[0]->shape, x, sizeof x);
	return err_set(e, ERR_FORMAT, "kernel %s with group %lld does not fit an input %s", w, (long long)group, x);
}

int conv_bias(const struct op_infer *q, int64_t co, struct err *e)
{
	const struct value *b = q->n->n_in > 2 ? q->in[2] : NULL;
	if (b && (b->dtype != DT_REAL || b->shape.rank != 1 || b->shape.dim[0] != co))
		return err_set(e, ERR_FORMAT, "the bias must have %lld elements", (long long)co);
	return 0;
}

int window_describe(const struct window *w, char *buf, size_t size)
{
	int at = snprintf(buf, size, "k%lld", (long long)w->k);
	if (w->taps_across > 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, "x%lld", (long long)w->taps_across);
	if (w->stride != 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " s%lld", (long long)w->stride);
	if (w->dilation != 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " d%lld", (long long)w->dilation);
	int64_t reach = (w->k - 1) * w->dilation;
	if (w->pad + w->pad_end == 0 || (size_t)at >= size)
		return at;
	const char *kind = w->pad == reach && !w->pad_end && reach        ? "causal"
	                   : w->to == (w->ti + w->stride - 1) / w->stride ? "same"
	                                                                  : "padded";
	return at + snprintf(buf + at, size - (size_t)at, " %s", kind);
}
