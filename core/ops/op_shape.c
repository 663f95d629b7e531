/* Concat Flatten Reshape Transpose Pad Slice Split Identity Dropout: shapes and where the values come from;
 * core/kernels/op_move.c moves them. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_move.h"
#include "core/kernels/op_util.h"

/* One view that copies input 0 to output 0 in order. */
static void copy_all(struct op_infer *q)
{
	struct shape flat = { 1, { shape_count(&q->in[0]->shape) } };
	move_view(move_new(q, 1), 0, 0, 0, &flat);
	q->out[0].dtype = q->in[0]->dtype;
}

/* ---- labels of reshaped axes ----
 * Blocks of axes whose sizes multiply to the same number belong together; of merged axes the filter axis wins unless
 * the block is time or batch alone; of a split axis the first part keeps the first label, the others take the last. A
 * batch of one window beside other axes names none of them: attention makes (1, T, C) to (T, heads, C / heads). */
static bool block_is(const char *labels, int n, const char *allowed)
{
	for (int i = 0; i < n; i++)
		if (!strchr(allowed, labels[i]))
			return false;
	return true;
}

/* The labels of axes [i0,i1) without axes of size 1; at least one, which is batch if that is among them. */
static int block_labels(const struct value *x, int i0, int i1, char *out)
{
	int n = 0;
	for (int i = i0; i < i1; i++)
		if (x->shape.dim[i] != 1)
			out[n++] = x->axis[i];
	for (int i = i0; !n && i < i1; i++)
		if (x->axis[i] == 'N')
			out[n++] = 'N';
	for (int i = i0; !n && i < i1; i++)
		out[n++] = x->axis[i], i = i1 - 1;
	if (!n)
		out[n++] = '1';
	return n;
}

static char merged(const char *l, int n)
{
	char one[2] = { l[0], '\0' };
	return block_is(l, n, one) ? l[0] : block_is(l, n, "N1") ? 'N' : block_is(l, n, "T1") ? 'T' : 'C';
}

static void axes_reshape(struct op_infer *q)
{
	const struct value *x = q->in[0];
	struct value *y = &q->out[0];
	int i = 0, j = 0, n = x->shape.rank, m = y->shape.rank, at = 0;
	while (i < n || j < m) {
		int i0 = i, j0 = j;
		int64_t a = i < n ? x->shape.dim[i] : 1, b = j < m ? y->shape.dim[j] : 1;
		i = i < n ? i + 1 : n;
		j = j < m ? j + 1 : m;
		while (a != b && (a < b ? i < n : j < m)) {
			if (a < b)
				a *= x->shape.dim[i++];
			else
				b *= y->shape.dim[j++];
		}
		char l[RANK_MAX];
		int labels = block_labels(x, i0, i, l);
		if (j - j0 == 1)
			y->axis[at++] = merged(l, labels);
		bool first = true;
		for (int k = j0; j - j0 > 1 && k < j; k++) {
			bool none = y->shape.dim[k] == 1 && !(labels == 1 && l[0] == 'N');
			y->axis[at++] = none ? '1' : l[first ? 0 : labels - 1];
			first = first && none;
		}
	}
	if (m == 2 && y->axis[0] == 'N' && (memchr(x->axis, 'C', (size_t)n) || n > 2))
		y->axis[1] = 'C';
}

/* ---- Flatten, Reshape, Identity, Dropout ---- */

static int flatten_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t axis = attr_int(q->n, "axis", 1), a = 1, b = 1;
	if (axis < -x->rank || axis > x->rank)
		return err_set(e, ERR_FORMAT, "axis %lld lies outside a tensor of rank %d", (long long)axis, x->rank);
	axis += axis < 0 ? x->rank : 0;
	for (int i = 0; i < x->rank; i++)
		*(i < axis ? &a : &b) *= x->dim[i];
	q->out[0].shape = (struct shape){ 2, { a, b } };
	copy_all(q);
	return 0;
}
const struct op op_flatten = { .name = "Flatten",
	                       .in_min = 1,
	                       .in_max = 1,
	                       .out_max = 1,
	                       .infer = flatten_infer,
	                       .axes = axes_reshape,
	                       MOVE_ROW_WITH(OP_COPIES) };

static int reshape_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t rank, known = 1, count = shape_count(x);
	const int64_t *s = const_ints(q, 1, &rank, "shape", e);
	int infer = -1;
	if (!s)
		return e ? e->code : ERR_UNSUPPORTED;
	if (rank > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "a shape of rank %lld; tsviz reads rank 0 to %d", (long long)rank,
		               RANK_MAX);
	struct shape *y = &q->out[0].shape;
	y->rank = (int)rank;
	for (int i = 0; i < rank; i++) {
		y->dim[i] = s[i];
		if (s[i] == 0 && !attr_int(q->n, "allowzero", 0)) {
			if (i >= x->rank)
				return err_set(e, ERR_FORMAT, "shape copies axis %d of a tensor of rank %d", i,
				               x->rank);
			y->dim[i] = x->dim[i];
		}
		if (s[i] == -1 && infer < 0)
			infer = i;
		else if (y->dim[i] < 0 || !i64_mul(known, y->dim[i], &known) || known > COUNT_MAX)
			return err_set(e, ERR_FORMAT, "shape holds %lld", (long long)s[i]);
	}
	if (infer >= 0)
		y->dim[infer] = known ? count / known : 0;
	int bad = shape_fits(y, e);
	if (bad)
		return bad;
	if (shape_count(y) != count) {
		char a[160], b[160];
		shape_format(x, a, sizeof a);
		shape_format(y, b, sizeof b);
		return err_set(e, ERR_FORMAT, "%s cannot be reshaped to %s", a, b);
	}
	copy_all(q);
	return 0;
}
const struct op op_reshape = { .name = "Reshape",
	                       .in_min = 2,
	                       .in_max = 2,
	                       .out_max = 1,
	                       .infer = reshape_infer,
	                       .axes = axes_reshape,
	                       MOVE_ROW_WITH(OP_COPIES) };

static int identity_infer(struct op_infer *q, struct err *e)
{
	if (q->n->n_out > 1)
		return err_set(e, ERR_UNSUPPORTED, "the mask of Dropout is not supported");
	out_like(q, 0, 0);
	copy_all(q);
	return 0;
}
static void axes_first(struct op_infer *q)
{
	axes_copy(q, 0);
}
const struct op op_identity = { .name = "Identity",
	                        .in_min = 1,
	                        .in_max = 1,
	                        .out_max = 1,
	                        .infer = identity_infer,
	                        .axes = axes_first,
	                        MOVE_ROW_WITH(OP_COPIES | OP_IDENTITY) };

/* ---- Transpose ---- */

static int transpose_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	const struct attr *a = attr_find(q->n, "perm");
	int64_t stride[RANK_MAX];
	bool seen[RANK_MAX] = { false };
	if (a && (a->type != ATTR_INTS || a->n != x->rank))
		return err_set(e, ERR_FORMAT, "perm must hold %d axes", x->rank);
	int64_t *perm = arena_alloc(&q->g->arena, (size_t)x->rank, sizeof *perm);
	shape_strides(x, stride);
	struct shape *y = &q->out[0].shape;
	y->rank = x->rank;
	for (int i = 0; i < x->rank; i++) {
		perm[i] = a ? a->ints[i] : x->rank - 1 - i;
		if (perm[i] < 0 || perm[i] >= x->rank || seen[perm[i]])
			return err_set(e, ERR_FORMAT, "perm is no permutation of %d axes", x->rank);
		seen[perm[i]] = true;
		y->dim[i] = x->dim[perm[i]];
	}
	struct view *v = move_view(move_new(q, 1), 0, 0, 0, y);
	for (int i = 0; i < x->rank; i++) {
		v->from[i] = stride[perm[i]];
		q->out[0].axis[i] = q->in[0]->axis[perm[i]];
	}
	q->out[0].dtype = q->in[0]->dtype;
	return 0;
}
static void axes_done(struct op_infer *q)
{
	(void)q; /* infer has set them */
}
const struct op op_transpose = { .name = "Transpose",
	                         .in_min = 1,
	                         .in_max = 1,
	                         .out_max = 1,
	                         .infer = transpose_infer,
	                         .axes = axes_done,
	                         MOVE_ROW };

/* ---- Concat, Split ---- */

static int concat_infer(struct op_infer *q, struct err *e)
{
	struct shape *y = &q->out[0].shape;
	const struct attr *a = attr_find(q->n, "axis");
	*y = q->in[0]->shape;
	int axis = axis_check(a ? a->i : INT64_MIN, y->rank, "axis", e);
	if (axis < 0)
		return axis;
	struct move *m = move_new(q, q->n->n_in);
	int64_t stride[RANK_MAX], at = 0;
	for (int k = 1; k < q->n->n_in; k++)
		if (!q->in[k])
			return err_set(e, ERR_FORMAT, "input %d is missing", k);
		else if (!i64_add(y->dim[axis], q->in[k]->shape.rank > axis ? q->in[k]->shape.dim[axis] : 0,
		                  &y->dim[axis]))
			return err_set(e, ERR_LIMIT, "the result is too long");
	int bad = shape_fits(y, e);
	if (bad)
		return bad;
	shape_strides(y, stride);
	q->out[0].dtype = q->in[0]->dtype;
	for (int k = 0; k < q->n->n_in; k++) {
		const struct shape *s = &q->in[k]->shape;
		bool fits = s->rank == y->rank && q->in[k]->dtype == q->in[0]->dtype;
		for (int i = 0; fits && i < s->rank; i++)
			fits = i == axis || s->dim[i] == y->dim[i];
		if (!fits) {
			char b[160], c[160];
			shape_format(&q->in[0]->shape, b, sizeof b);
			shape_format(s, c, sizeof c);
			return err_set(e, ERR_FORMAT, "%s and %s cannot be joined along axis %d", b, c, axis);
		}
		struct view *v = move_view(m, k, k, 0, s);
		memcpy(v->to, stride, sizeof stride);
		v->y0 = at * stride[axis];
		at += s->dim[axis];
	}
	return 0;
}
/* The steps of the network's input; 0: it has no axis of time. */
static int64_t input_steps(const struct graph *g)
{
	const struct value *v = g->n_input ? &g->value[g->input[0]] : NULL;
	const char *t = v ? memchr(v->axis, 'T', (size_t)v->shape.rank) : NULL;
	return t ? v->shape.dim[t - v->axis] : 0;
}

/* As many single slices as the input has steps, joined along an axis of their own, are time: a loop that is written out
 * gives its steps so. */
static void concat_axes(struct op_infer *q)
{
	int rank = q->out[0].shape.rank, from = -1;
	/* the labels of the largest input */
	for (int k = 0; k < q->n->n_in; k++)
		if (q->in[k]->depends && (from < 0 || shape_count(&q->in[k]->shape) > shape_count(&q->in[from]->shape)))
			from = k;
	if (from < 0)
		return;
	axes_copy(q, from);
	char *label = q->out[0].axis;
	int axis = axis_check(attr_int(q->n, "axis", 0), rank, "axis", NULL);
	bool single = q->n->n_in > 1 && q->n->n_in == input_steps(q->g);
	for (int k = 0; single && k < q->n->n_in; k++)
		single = q->in[k]->shape.dim[axis] == 1;
	if (single && label[axis] == '1' && !memchr(label, 'T', (size_t)rank))
		label[axis] = 'T';
}

/* no OP_LAYOUT: where branches meet is a node of its own */
const struct op op_concat = { .name = "Concat",
	                      .in_min = 1,
	                      .in_max = ANY_NUMBER,
	                      .out_max = 1,
	                      .flags = OP_MOVES | OP_LINEAR | OP_JOINS,
	                      .infer = concat_infer,
	                      .axes = concat_axes,
	                      .forward = move_forward,
	                      .backward = move_backward,
	                      .lanes = move_lanes,
	                      .trace = move_trace,
	                      .reach = move_reach };

/* Sizes from input 1, else num_outputs or the number of outputs, the last one smaller. */
static int split_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int axis = axis_check(attr_int(q->n, "axis", 0), x->rank, "axis", e);
	if (axis < 0)
		return axis;
	int64_t n = q->n->n_out, at = 0, stride[RANK_MAX], len = x->dim[axis], chunk = n ? (len + n - 1) / n : 0;
	const int64_t *sizes = NULL;
	if (q->n->n_in > 1 && q->in[1]) {
		sizes = const_ints(q, 1, &n, "split", e);
		if (!sizes)
			return e ? e->code : ERR_UNSUPPORTED;
		if (n != q->n->n_out)
			return err_set(e, ERR_FORMAT, "split holds %lld sizes for %d outputs", (long long)n,
			               q->n->n_out);
	}
	struct move *m = move_new(q, q->n->n_out);
	shape_strides(x, stride);
	for (int k = 0; k < q->n->n_out; k++) {
		int64_t size = sizes ? sizes[k] : len - at < chunk ? len - at : chunk;
		if (size < 0 || size > len - at)
			return err_set(e, ERR_FORMAT, "the pieces do not add up to %lld", (long long)len);
		q->out[k].shape = *x;
		q->out[k].shape.dim[axis] = size;
		q->out[k].dtype = q->in[0]->dtype;
		struct view *v = move_view(m, k, 0, k, &q->out[k].shape);
		memcpy(v->from, stride, sizeof stride);
		v->x0 = at * stride[axis];
		at += size;
	}
	if (at != len)
		return err_set(e, ERR_FORMAT, "the pieces do not add up to %lld", (long long)len);
	return 0;
}
const struct op op_split = { .name = "Split",
	                     .in_min = 1,
	                     .in_max = 2,
	                     .out_max = ANY_NUMBER,
	                     .infer = split_infer,
	                     MOVE_ROW_WITH(OP_ANY_OUTPUT) };

/* ---- Slice ---- */

/* One axis as Python slices it. */
static int slice_axis(int64_t len, int64_t start, int64_t end, int64_t step, int64_t *first, int64_t *count,
                      struct err *e)
{
	if (step == 0 || step == INT64_MIN)
		return err_set(e, ERR_FORMAT, "a step of %lld", (long long)step);
	int64_t low = step > 0 ? 0 : -1, high = step > 0 ? len : len - 1;
	start = start < -len ? low : start < 0 ? start + len : start > high ? high : start;
	end = end < -len ? low : end < 0 ? end + len : end > high ? high : end;
	*first = start;
	*count = step > 0 ? (end > start ? (end - start - 1) / step + 1 : 0)
	                  : (start > end ? (start - end - 1) / -step + 1 : 0);
	return 0;
}

static int slice_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t n, n_end, n_axes = 0, n_steps = 0, stride[RANK_MAX];
	const int64_t *starts = const_ints(q, 1, &n, "starts", e),
	              *ends = starts ? const_ints(q, 2, &n_end, "ends", e) : NULL;
	const int64_t *axes = NULL, *steps = NULL;
	if (!ends)
		return e ? e->code : ERR_UNSUPPORTED;
	if (q->n->n_in > 3 && q->in[3] && !(axes = const_ints(q, 3, &n_axes, "axes", e)))
		return e ? e->code : ERR_UNSUPPORTED;
	if (q->n->n_in > 4 && q->in[4] && !(steps = const_ints(q, 4, &n_steps, "steps", e)))
		return e ? e->code : ERR_UNSUPPORTED;
	if (n != n_end || (axes && n_axes != n) || (steps && n_steps != n) || n > x->rank)
		return err_set(e, ERR_FORMAT, "starts, ends, axes and steps do not have the same length");
	struct shape *y = &q->out[0].shape;
	*y = *x;
	shape_strides(x, stride);
	int64_t x0 = 0;
	bool named[RANK_MAX] = { false };
	for (int64_t i = 0; i < n; i++) {
		int a = axis_once(axes ? axes[i] : i, x->rank, named, e);
		int64_t step = steps ? steps[i] : 1, first = 0, count = 0;
		if (a < 0)
			return a;
		int bad = slice_axis(x->dim[a], starts[i], ends[i], step, &first, &count, e);
		if (bad)
			return bad;
		y->dim[a] = count;
		if (count > 0)
			x0 += first * stride[a];
		/* a step longer than the axis reads one element: its stride is never used */
		stride[a] = count > 1 ? stride[a] * step : stride[a];
	}
	struct view *v = move_view(move_new(q, 1), 0, 0, 0, y);
	memcpy(v->from, stride, sizeof stride);
	v->x0 = x0;
	q->out[0].dtype = q->in[0]->dtype;
	return 0;
}
const struct op op_slice = {
	.name = "Slice", .in_min = 3, .in_max = 5, .out_max = 1, .infer = slice_infer, .axes = axes_first, MOVE_ROW
};

/* ---- Pad ---- */

/* Begin and end of every axis from input 1 (and axes, input 3); may be negative (cut). */
static int pad_amounts(struct op_infer *q, int64_t *begin, int64_t *end, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t n, n_axes = x->rank;
	const int64_t *pads = const_ints(q, 1, &n, "pads", e), *axes = NULL;
	if (!pads)
		return e ? e->code : ERR_UNSUPPORTED;
	if (q->n->n_in > 3 && q->in[3] && !(axes = const_ints(q, 3, &n_axes, "axes", e)))
		return e ? e->code : ERR_UNSUPPORTED;
	if (n != 2 * n_axes)
		return err_set(e, ERR_FORMAT, "pads holds %lld numbers for %lld axes", (long long)n, (long long)n_axes);
	for (int64_t i = 0; i < n_axes; i++) {
		int a = axis_check(axes ? axes[i] : i, x->rank, "axis", e);
		if (a < 0)
			return a;
		begin[a] = pads[i];
		end[a] = pads[n_axes + i];
		int64_t d;
		if (!i64_add(x->dim[a], begin[a], &d) || !i64_add(d, end[a], &d) || d < 0 || begin[a] < -x->dim[a] ||
		    end[a] < -x->dim[a])
			return err_set(e, ERR_FORMAT, "pads %lld and %lld do not fit an axis of %lld",
			               (long long)begin[a], (long long)end[a], (long long)x->dim[a]);
		q->out[0].shape.dim[a] = d;
	}
	return 0;
}

/* Where element i of a padded axis comes from. */
static int64_t pad_source(const char *mode, int64_t i, int64_t len)
{
	if (len < 1)
		return -1;
	if (mode[0] == 'e')
		return i < 0 ? 0 : i >= len ? len - 1 : i;
	if (mode[0] == 'w')
		return (i % len + len) % len;
	int64_t period = len > 1 ? 2 * (len - 1) : 1;
	i = (i % period + period) % period;
	return i < len ? i : period - i;
}

/* edge, reflect, wrap: a table of indices, axis by axis. */
static int pad_index(struct op_infer *q, const int64_t *begin, const char *mode)
{
	const struct shape *x = &q->in[0]->shape, *y = &q->out[0].shape;
	int64_t xs[RANK_MAX], ys[RANK_MAX], count = shape_count(y);
	struct move *m = move_new(q, 0);
	m->index = arena_alloc(&q->g->arena, (size_t)count, sizeof *m->index);
	shape_strides(x, xs);
	shape_strides(y, ys);
	for (int64_t i = 0; i < count; i++)
		for (int a = 0; a < y->rank && m->index[i] >= 0; a++) {
			int64_t from = pad_source(mode, i / ys[a] % y->dim[a] - begin[a], x->dim[a]);
			m->index[i] = from < 0 ? -1 : m->index[i] + from * xs[a];
			m->fill |= from < 0; /* nothing, repeated, is zero */
		}
	return 0;
}

static int pad_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	const char *mode = attr_string(q->n, "mode", "constant");
	int64_t begin[RANK_MAX] = { 0 }, end[RANK_MAX] = { 0 }, xs[RANK_MAX], ys[RANK_MAX];
	struct shape *y = &q->out[0].shape;
	*y = *x;
	q->out[0].dtype = q->in[0]->dtype;
	int bad = pad_amounts(q, begin, end, e);
	bad = bad ? bad : shape_fits(y, e);
	if (bad)
		return bad;
	if (!strcmp(mode, "edge") || !strcmp(mode, "reflect") || !strcmp(mode, "wrap"))
		return pad_index(q, begin, mode);
	if (strcmp(mode, "constant") != 0)
		return err_set(e, ERR_UNSUPPORTED, "mode '%s'", mode);
	if (q->n->n_in > 2 && q->in[2] && (q->in[2]->dtype != q->in[0]->dtype || shape_count(&q->in[2]->shape) != 1))
		return err_set(e, ERR_FORMAT, "constant_value must be one number of the input's type");
	struct move *m = move_new(q, 1);
	m->fill = true;
	m->fill_in = 2;
	/* the part of the input that is kept */
	struct view *v = move_view(m, 0, 0, 0, x);
	shape_strides(x, xs);
	shape_strides(y, ys);
	for (int a = 0; a < x->rank; a++) {
		int64_t cut_front = begin[a] < 0 ? -begin[a] : 0, cut_back = end[a] < 0 ? -end[a] : 0;
		v->dim[a] = x->dim[a] - cut_front - cut_back > 0 ? x->dim[a] - cut_front - cut_back : 0;
		v->x0 += cut_front * xs[a];
		v->y0 += (begin[a] > 0 ? begin[a] : 0) * ys[a];
		v->to[a] = ys[a];
	}
	q->n->tmp_bytes = (size_t)shape_count(x) * sizeof(real);
	return 0;
}
const struct op op_pad = {
	.name = "Pad", .in_min = 2, .in_max = 4, .out_max = 1, .infer = pad_infer, .axes = axes_first, MOVE_ROW
};
