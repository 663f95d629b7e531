/* Gemm (dense layers) and MatMul with ONNX's semantics on core/kernels/matmul.h. */
#include <string.h>
#include "core/kernels/matmul.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"
#include "core/kernels/tile.h"

/* One product Y(m,n) = A(m,k) B(k,n) for each of `batch` pairs of matrices. */
struct param {
	int64_t m, n, k, batch;
	int64_t ar, ac, br, bc; /* strides of rows and columns */
	int64_t *a0, *b0;       /* (batch) where each pair begins */
	real alpha, beta;       /* Gemm */
	int64_t cr, cc;         /* Gemm's C: strides, 0 where broadcast */
};

static size_t largest3(size_t a, size_t b, size_t c)
{
	return a > b ? a > c ? a : c : b > c ? b : c;
}

/* Scratch for the three products (forward, dA, dB), and one more result to be scaled by alpha. */
static int scratch(struct op_infer *q, const struct param *p, struct err *e)
{
	int64_t kn, mk, mn;
	if (!i64_mul(p->k, p->n, &kn) || !i64_mul(p->m, p->k, &mk) || !i64_mul(p->m, p->n, &mn) || kn > COUNT_MAX ||
	    mk > COUNT_MAX || mn > COUNT_MAX)
		return err_set(e, ERR_LIMIT, "matrices with more than %lld elements", (long long)COUNT_MAX);
	q->n->tmp_bytes = largest3(matmul_scratch(p->k, p->n), matmul_scratch(p->n, p->k), matmul_scratch(p->m, p->n)) +
	                  64 + largest3((size_t)mn, (size_t)mk, (size_t)kn) * sizeof(real);
	q->n->tmp_lanes = (size_t)mk * TILE_LANES * sizeof(real);
	return 0;
}

static int shapes_differ(const struct op_infer *q, struct err *e)
{
	char a[160], b[160];
	shape_format(&q->in[0]->shape, a, sizeof a);
	shape_format(&q->in[1]->shape, b, sizeof b);
	return err_set(e, ERR_FORMAT, "matrices %s and %s cannot be multiplied", a, b);
}

static int gemm_infer(struct op_infer *q, struct err *e)
{
	const struct shape *a = &q->in[0]->shape, *b = &q->in[1]->shape;
	int bad = need_real(q, 0, e);
	if (bad || (bad = need_real(q, 1, e)))
		return bad;
	if (a->rank != 2 || b->rank != 2)
		return shapes_differ(q, e);
	bool ta = attr_int(q->n, "transA", 0) != 0, tb = attr_int(q->n, "transB", 0) != 0;
	struct param *p = op_param(q, sizeof *p);
	*p = (struct param){ .m = a->dim[ta], .k = a->dim[!ta], .n = b->dim[!tb], .batch = 1 };
	if (p->k != b->dim[tb])
		return shapes_differ(q, e);
	p->ar = ta ? 1 : a->dim[1];
	p->ac = ta ? a->dim[1] : 1;
	p->br = tb ? 1 : b->dim[1];
	p->bc = tb ? b->dim[1] : 1;
	p->a0 = p->b0 = arena_alloc(&q->g->arena, 1, sizeof(int64_t));
	p->alpha = (real)attr_float(q->n, "alpha", 1);
	p->beta = (real)attr_float(q->n, "beta", 1);
	q->out[0].shape = (struct shape){ .rank = 2, .dim = { p->m, p->n } };
	if (q->n->n_in > 2 && q->in[2]) {
		const struct shape *c = &q->in[2]->shape;
		int64_t rows = c->rank == 2 ? c->dim[0] : 1, cols = c->rank >= 1 ? c->dim[c->rank - 1] : 1;
		if (q->in[2]->dtype != DT_REAL || c->rank > 2 || (rows != 1 && rows != p->m) ||
		    (cols != 1 && cols != p->n))
			return err_set(e, ERR_FORMAT, "C cannot be broadcast to the product");
		p->cr = rows == 1 ? 0 : cols;
		p->cc = cols == 1 ? 0 : 1;
	}
	return scratch(q, p, e);
}

/* Where the matrices of each batch begin: the leading axes broadcast. */
static int batches(struct op_infer *q, struct param *p, const struct shape *a, const struct shape *b, struct shape *out,
                   struct err *e)
{
	int na = a->rank - 2, nb = b->rank - 2, n = na > nb ? na : nb;
	p->batch = 1;
	out->rank = n;
	for (int i = 0; i < n; i++) {
		int64_t da = i < n - na ? 1 : a->dim[i - (n - na)], db = i < n - nb ? 1 : b->dim[i - (n - nb)];
		if (da != db && da != 1 && db != 1)
			return shapes_differ(q, e);
		out->dim[i] = da == 1 ? db : da;
		if (!i64_mul(p->batch, out->dim[i], &p->batch) || p->batch > COUNT_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld matrices", (long long)COUNT_MAX);
	}
	p->a0 = arena_alloc(&q->g->arena, (size_t)p->batch, sizeof *p->a0);
	p->b0 = arena_alloc(&q->g->arena, (size_t)p->batch, sizeof *p->b0);
	for (int64_t i = 0; i < p->batch; i++) {
		int64_t rest = i, sa = p->m * p->k, sb = p->k * p->n;
		for (int d = n - 1; d >= 0; d--) {
			int64_t at = rest % out->dim[d], da = d < n - na ? 1 : a->dim[d - (n - na)];
			int64_t db = d < n - nb ? 1 : b->dim[d - (n - nb)];
			rest /= out->dim[d];
			p->a0[i] += da == 1 ? 0 : at * sa;
			p->b0[i] += db == 1 ? 0 : at * sb;
			sa *= da;
			sb *= db;
		}
	}
	return 0;
}

static int matmul_infer(struct op_infer *q, struct err *e)
{
	struct shape a = q->in[0]->shape, b = q->in[1]->shape, *out = &q->out[0].shape;
	bool row = a.rank == 1, col = b.rank == 1;
	int bad = need_real(q, 0, e);
	if (bad || (bad = need_real(q, 1, e)))
		return bad;
	if (!a.rank || !b.rank)
		return shapes_differ(q, e);
	if (row)
		a = (struct shape){ 2, { 1, a.dim[0] } };
	if (col)
		b = (struct shape){ 2, { b.dim[0], 1 } };
	struct param *p = op_param(q, sizeof *p);
	*p = (struct param){ .m = a.dim[a.rank - 2], .k = a.dim[a.rank - 1], .n = b.dim[b.rank - 1], .alpha = 1 };
	if (p->k != b.dim[b.rank - 2])
		return shapes_differ(q, e);
	bad = batches(q, p, &a, &b, out, e);
	if (bad)
		return bad;
	/* a stack of matrices times one matrix is one tall matrix */
	if (b.rank == 2 && p->batch > 1) {
		p->m *= p->batch;
		p->batch = 1;
	}
	p->ar = p->k;
	p->ac = 1;
	p->br = p->n;
	p->bc = 1;
	if (!row)
		out->dim[out->rank++] = a.dim[a.rank - 2];
	if (!col)
		out->dim[out->rank++] = p->n;
	return scratch(q, p, e);
}

/* Y += A B. With lanes A and Y have them, and B is constant. */
static void product(const struct op_call *c, int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y)
{
	if (c->lanes > 1)
		matmul_add_lanes(m, n, k, a, b, y);
	else
		matmul_add(m, n, k, a, b, y, c->tmp);
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *bias = c->n->n_in > 2 ? c->x[2] : NULL;
	int64_t L = c->lanes;
	for (int64_t i = 0; i < p->batch; i++) {
		real *y = (real *)c->y[0] + i * p->m * p->n * L;
		memset(y, 0, (size_t)(p->m * p->n * L) * sizeof *y);
		product(c, p->m, p->n, p->k, (struct matrix){ (const real *)c->x[0] + p->a0[i] * L, p->ar, p->ac },
		        (struct matrix){ (const real *)c->x[1] + p->b0[i], p->br, p->bc }, y);
		for (int64_t r = 0; p->alpha != 1 && r < p->m * p->n * L; r++)
			y[r] *= p->alpha;
		for (int64_t r = 0; bias && r < p->m; r++)
			for (int64_t k = 0; k < p->n; k++) {
				real more = p->beta * bias[r * p->cr + k * p->cc];
				for (int64_t l = 0; l < L; l++)
					y[(r * p->n + k) * L + l] += more;
			}
	}
}

/* d (rows, cols) with strides += alpha * product, through a contiguous piece of scratch where the strides ask for it.
 */
static void add_product(const struct op_call *c, int64_t rows, int64_t cols, int64_t inner, struct matrix a,
                        struct matrix b, real *d, int64_t sr, int64_t sc)
{
	const struct param *p = c->n->param;
	int64_t L = c->lanes;
	if (sr == cols && sc == 1 && p->alpha == 1) {
		product(c, rows, cols, inner, a, b, d);
		return;
	}
	size_t packed = L > 1 ? 0 : (matmul_scratch(inner, cols) + 63) / 64 * 64;
	real *out = (real *)(void *)((char *)c->tmp + packed);
	memset(out, 0, (size_t)(rows * cols * L) * sizeof *out);
	product(c, rows, cols, inner, a, b, out);
	for (int64_t i = 0; i < rows; i++)
		for (int64_t j = 0; j < cols; j++)
			for (int64_t l = 0; l < L; l++)
				d[(i * sr + j * sc) * L + l] += p->alpha * out[(i * cols + j) * L + l];
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	for (int64_t i = 0; i < p->batch; i++) {
		const real *dy = c->dy[0] + i * p->m * p->n * c->lanes, *a = (const real *)c->x[0] + p->a0[i];
		const real *b = (const real *)c->x[1] + p->b0[i];
		if (c->dx[0])
			add_product(c, p->m, p->k, p->n, (struct matrix){ dy, p->n, 1 },
			            (struct matrix){ b, p->bc, p->br }, c->dx[0] + p->a0[i] * c->lanes, p->ar, p->ac);
		if (c->dx[1])
			add_product(c, p->k, p->n, p->m, (struct matrix){ a, p->ac, p->ar },
			            (struct matrix){ dy, p->n, 1 }, c->dx[1] + p->b0[i], p->br, p->bc);
		real *db = c->n->n_in > 2 ? c->dx[2] : NULL;
		for (int64_t r = 0; db && r < p->m; r++)
			for (int64_t k = 0; k < p->n; k++)
				db[r * p->cr + k * p->cc] += p->beta * dy[r * p->n + k];
	}
}

/* abs(a b) over the products of one point; a matrix that does not depend on the window takes no share. */
static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	int takers = (share_x[0] != NULL) + (share_x[1] != NULL);
	for (int64_t i = 0; i < p->batch * p->m * p->n && takers; i++) {
		int64_t at = i / (p->m * p->n), r = i / p->n % p->m, k = i % p->n;
		int64_t a0 = p->a0[at] + r * p->ar, b0 = p->b0[at] + k * p->bc;
		const real *a = (const real *)c->x[0] + a0, *b = (const real *)c->x[1] + b0;
		real total = 0;
		for (int64_t j = 0; share[i] > 0 && j < p->k; j++)
			total += real_abs(a[j * p->ac] * b[j * p->br]);
		for (int64_t j = 0; total > 0 && j < p->k; j++) {
			real s = share[i] * real_abs(a[j * p->ac] * b[j * p->br]) / (total * (real)takers);
			if (share_x[0])
				share_x[0][a0 + j * p->ac] += s;
			if (share_x[1])
				share_x[1][b0 + j * p->br] += s;
		}
	}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return snprintf(buf, size, "%lld", (long long)((const struct param *)n->param)->n);
}

static int64_t macs(const struct graph *g, const struct node *n)
{
	(void)g;
	const struct param *p = n->param;
	return p->batch * p->m * p->n * p->k;
}

/* The last axis holds the filters of the product. Only if both matrices depend on the window, and the columns of the
 * second one are steps, these are neither filters nor steps of the product: attention compares each step with each. */
static void axes(struct op_infer *q)
{
	const struct value *x = q->in[0]->depends ? q->in[0] : q->in[1];
	int rank = q->out[0].shape.rank, more = rank > x->shape.rank ? rank - x->shape.rank : 0;
	const struct value *b = q->in[1];
	bool steps = q->in[0]->depends && b->depends && b->shape.rank > 1 && b->axis[b->shape.rank - 1] == 'T';
	for (int i = 0; i < rank && i < RANK_MAX; i++)
		q->out[0].axis[i] = i == rank - 1                           ? steps ? '1' : 'C'
		                    : i < more || i - more >= x->shape.rank ? '1'
		                                                            : x->axis[i - more];
}

/* Rows of A are rows of the product, columns of B its columns. C is broadcast. */
static struct reach gemm_reach(const struct reach_query *q)
{
	if (q->in == 2)
		return reach_broadcast(q);
	int rows = attr_int(q->n, "transA", 0) != 0, columns = attr_int(q->n, "transB", 0) == 0;
	int kept = q->in == 0 ? q->in_axis == rows ? 0 : -1 : q->in_axis == columns ? 1 : -1;
	return reach_kept(q, kept);
}

static int gemm_filter_axis(const struct graph *g, const struct node *n)
{
	(void)g;
	return attr_int(n, "transB", 0) ? 0 : 1;
}

/* The last axis of A and the last but one of B are summed over; a vector has only that one. */
static struct reach matmul_reach(const struct reach_query *q)
{
	int rank = q->g->value[q->n->in[q->in]].shape.rank, other = q->g->value[q->n->in[!q->in]].shape.rank;
	int out = q->g->value[q->n->out[0]].shape.rank, summed = q->in == 0 || rank == 1 ? rank - 1 : rank - 2;
	/* counted from the end; the product lacks the axis that a vector lacks */
	int end = rank - q->in_axis - (other == 1 && q->in_axis < summed);
	if (q->in == 1 && other == 1 && q->in_axis > summed)
		end = 1;
	return reach_kept(q, q->in_axis == summed ? -1 : out - end);
}

static int matmul_filter_axis(const struct graph *g, const struct node *n)
{
	return g->value[n->in[1]].shape.rank == 2 ? 1 : -1;
}

const struct op op_gemm = { .name = "Gemm",
	                    .in_min = 2,
	                    .in_max = 3,
	                    .out_max = 1,
	                    .flags = OP_BILINEAR | OP_WEIGHTED_SUM,
	                    .infer = gemm_infer,
	                    .forward = forward,
	                    .backward = backward,
	                    .lanes = lanes_first,
	                    .trace = trace,
	                    .describe = describe,
	                    .macs = macs,
	                    .axes = axes,
	                    .reach = gemm_reach,
	                    .filter_axis = gemm_filter_axis };
const struct op op_matmul = { .name = "MatMul",
	                      .in_min = 2,
	                      .in_max = 2,
	                      .out_max = 1,
	                      .flags = OP_BILINEAR | OP_WEIGHTED_SUM,
	                      .infer = matmul_infer,
	                      .forward = forward,
	                      .backward = backward,
	                      .lanes = lanes_first,
	                      .trace = trace,
	                      .describe = describe,
	                      .macs = macs,
	                      .axes = axes,
	                      .reach = matmul_reach,
	                      .filter_axis = matmul_filter_axis };
