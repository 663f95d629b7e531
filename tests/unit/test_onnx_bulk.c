/* Large tensors of an ONNX file: their numbers arrive whole wherever they lie in the file, and whatever stands around
 * them. */
#include "src/onnx/onnx.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static struct err e;

enum { STEPS = 16, WIDE = 2048, N = STEPS * WIDE, SMALL = 100, WHOLE = 10000, ROOM = 1 << 20 };

struct bytes {
	unsigned char *p;
	size_t n;
};

static void put_varint(struct bytes *b, uint64_t v)
{
	for (; v > 127; v >>= 7)
		b->p[b->n++] = (unsigned char)(v | 128);
	b->p[b->n++] = (unsigned char)v;
}

static int least; /* bytes of a tag and of a length, of which the last ones may be zero */

static void put_head(struct bytes *b, uint64_t v)
{
	int n = 1;
	for (; v > 127 || n < least; v >>= 7, n++)
		b->p[b->n++] = (unsigned char)(v | 128);
	b->p[b->n++] = (unsigned char)v;
}

static void put_number(struct bytes *b, unsigned field, uint64_t v)
{
	put_head(b, field << 3);
	put_varint(b, v);
}

static void put_bytes(struct bytes *b, unsigned field, const void *p, size_t n)
{
	put_head(b, field << 3 | 2);
	put_head(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void put_text(struct bytes *b, unsigned field, const char *s)
{
	put_bytes(b, field, s, strlen(s));
}

static void put_part(struct bytes *b, unsigned field, struct bytes *part)
{
	put_bytes(b, field, part->p, part->n);
	free(part->p);
}

static struct bytes fresh(void)
{
	return (struct bytes){ xcalloc(ROOM, 1), 0 };
}

static bool strangers; /* fields that no schema knows stand before and after the numbers */

static void put_strangers(struct bytes *b)
{
	put_number(b, 6, 77);
	put_head(b, 99 << 3 | 5);
	b->n += 4;
	put_head(b, 98 << 3 | 1);
	b->n += 8;
	put_text(b, 97, "nobody knows this");
}

static void put_raw(struct bytes *b, const void *raw, size_t n)
{
	if (strangers)
		put_strangers(b);
	put_bytes(b, 9, raw, n);
	if (strangers)
		put_strangers(b);
}

/* raw_first: the numbers come before the shape and the name. */
static struct bytes tensor(const char *name, int type, int64_t rows, int64_t cols, const void *raw, size_t n,
                           bool raw_first)
{
	struct bytes t = fresh();
	if (raw_first)
		put_raw(&t, raw, n);
	put_number(&t, 1, (uint64_t)rows);
	if (cols)
		put_number(&t, 1, (uint64_t)cols);
	put_number(&t, 2, (uint64_t)type);
	put_text(&t, 8, name);
	if (!raw_first)
		put_raw(&t, raw, n);
	return t;
}

static struct bytes value(const char *name, int64_t cols)
{
	struct bytes v = fresh(), type = fresh(), tensor_type = fresh(), shape = fresh();
	for (int k = 0; k < 2; k++) {
		struct bytes dim = fresh();
		put_number(&dim, 1, k ? (uint64_t)cols : 1);
		put_part(&shape, 1, &dim);
	}
	put_number(&tensor_type, 1, ONNX_FLOAT);
	put_part(&tensor_type, 2, &shape);
	put_part(&type, 1, &tensor_type);
	put_text(&v, 1, name);
	put_part(&v, 2, &type);
	return v;
}

/* as the file has them: bytes in little-endian order */
static unsigned char w[4 * N], few[4 * SMALL], d[8 * WHOLE], whole[8 * WHOLE];

static float weight(int i)
{
	return (float)(i % 1013) / 64 - 7;
}

static void keep_float(unsigned char *to, float v)
{
	uint32_t bits;
	memcpy(&bits, &v, 4);
	for (int k = 0; k < 4; k++)
		to[k] = (unsigned char)(bits >> 8 * k);
}

static void keep_whole(unsigned char *to, uint64_t bits)
{
	for (int k = 0; k < 8; k++)
		to[k] = (unsigned char)(bits >> 8 * k);
}

static void fill(void)
{
	for (int i = 0; i < N; i++)
		keep_float(w + 4 * i, weight(i));
	for (int i = 0; i < SMALL; i++)
		keep_float(few + 4 * i, (float)i / 8);
	for (int i = 0; i < WHOLE; i++) {
		double v = (double)i / 16;
		uint64_t bits;
		memcpy(&bits, &v, 8);
		keep_whole(d + 8 * i, bits);
		keep_whole(whole + 8 * i, (uint64_t)i * 1000003);
	}
}

/* y = x w; the tensors that nothing reads are there to be counted over. pad: bytes before all of them. */
static struct bytes file(int pad, bool raw_first)
{
	struct bytes m = fresh(), g = fresh(), node = fresh(), opset = fresh(), part;
	put_number(&m, 1, 8);
	put_text(&g, 2, "bulk");
	part = tensor("few", ONNX_FLOAT, SMALL, 0, few, sizeof few, raw_first);
	put_part(&g, 5, &part);
	part = tensor("d", ONNX_DOUBLE, WHOLE, 0, d, sizeof d, raw_first);
	put_part(&g, 5, &part);
	put_text(&g, 10, &"   "[3 - pad]);
	part = tensor("w", ONNX_FLOAT, STEPS, WIDE, w, sizeof w, raw_first);
	put_part(&g, 5, &part);
	put_text(&node, 1, "x");
	put_text(&node, 1, "w");
	put_text(&node, 2, "y");
	put_text(&node, 4, "MatMul");
	put_part(&g, 1, &node);
	part = tensor("whole", ONNX_INT64, WHOLE, 0, whole, sizeof whole, raw_first);
	put_part(&g, 5, &part);
	part = value("x", STEPS);
	put_part(&g, 11, &part);
	part = value("y", WIDE);
	put_part(&g, 12, &part);
	put_part(&m, 7, &g);
	put_number(&opset, 2, 17);
	put_part(&m, 8, &opset);
	return m;
}

static void same_numbers(const struct onnx_graph *g, int i, const char *name, const void *raw, size_t n)
{
	const struct onnx_tensor *t = &g->init[i];
	ck_assert_str_eq(t->name, name);
	ck_assert_uint_eq(t->n_raw, n);
	ck_assert(t->has_raw && memcmp(t->raw, raw, n) == 0);
}

static void all_are_whole(const struct bytes *b)
{
	struct onnx_file f;
	ck_assert_msg(onnx_parse(b->p, b->n, 1 << 24, &f, &e) == 0, "%s", e.text);
	ck_assert_int_eq(f.graph->n_init, 4);
	same_numbers(f.graph, 0, "few", few, sizeof few);
	same_numbers(f.graph, 1, "d", d, sizeof d);
	same_numbers(f.graph, 2, "w", w, sizeof w);
	same_numbers(f.graph, 3, "whole", whole, sizeof whole);
	ck_assert_str_eq(f.graph->node[0].op, "MatMul");
	ck_assert_str_eq(f.graph->name, "bulk");
	ck_assert_int_eq(f.opset, 17);
	onnx_release(&f);
}

START_TEST(every_tensor_is_whole)
{
	fill();
	struct bytes b = file(_i / 2, _i % 2);
	all_are_whole(&b);
	free(b.p);
}
END_TEST

/* Files that protobuf allows and no exporter writes. */
START_TEST(odd_files)
{
	fill();
	least = _i / 4 ? 5 : 1;
	strangers = _i / 2 % 2;
	struct bytes b = file(3, _i % 2);
	all_are_whole(&b);
	free(b.p);
}
END_TEST

/* protobuf-c reads no tag and no length of six bytes. */
START_TEST(lengths_have_an_end)
{
	struct onnx_file f;
	fill();
	least = 6;
	struct bytes b = file(0, _i);
	ck_assert_int_eq(onnx_parse(b.p, b.n, 1 << 24, &f, &e), ERR_FORMAT);
	ck_assert_msg(strstr(e.text, "byte 0: a tag without end") != NULL, "%s", e.text);
	onnx_release(&f);
	free(b.p);
}
END_TEST

/* Every byte around the large tensors is another one: the file is refused, or its tensors lie within it. */
START_TEST(damage_around_them)
{
	struct onnx_file f;
	fill();
	strangers = true;
	struct bytes b = file(0, true);
	for (size_t k = 0; k < b.n; k++) {
		/* the inside of the numbers is theirs */
		if (k + 64 < b.n && memcmp(b.p + k, w + 256, 64) == 0)
			k += sizeof w - 512;
		else if (k + 64 < b.n && (memcmp(b.p + k, d + 256, 64) == 0 || memcmp(b.p + k, whole + 256, 64) == 0))
			k += sizeof d - 512;
		unsigned char was = b.p[k];
		b.p[k] ^= (unsigned char)(1 << (k % 8));
		if (onnx_parse(b.p, b.n, 1 << 24, &f, &e) == 0)
			for (int i = 0; i < f.graph->n_init; i++) {
				volatile unsigned char sum = 0;
				for (size_t at = 0; at < f.graph->init[i].n_raw; at += 4093)
					sum ^= f.graph->init[i].raw[at];
			}
		onnx_release(&f);
		b.p[k] = was;
	}
	free(b.p);
}
END_TEST

START_TEST(model_has_them_when_the_file_is_gone)
{
	struct read_side side = { .refused = true };
	struct read_options o = { 0 };
	fill();
	struct bytes b = file(_i / 2, _i % 2);
	struct model *m = reader_onnx.read("bulk.onnx", b.p, b.n, &side, &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	memset(b.p, 0xff, b.n);
	free(b.p);
	int v = graph_find(m->graph, "w"), differ = 0;
	ck_assert_int_ge(v, 0);
	ck_assert_int_eq(shape_count(&m->graph->value[v].shape), N);
	for (int i = 0; i < N; i++)
		differ += m->graph->value[v].r[i] != (real)weight(i);
	ck_assert_int_eq(differ, 0);
	model_free(m);
}
END_TEST

START_TEST(budget_counts_them)
{
	struct onnx_file f;
	fill();
	struct bytes b = file(0, false);
	ck_assert_int_eq(onnx_parse(b.p, b.n, sizeof w, &f, &e), ERR_LIMIT);
	onnx_release(&f);
	free(b.p);
}
END_TEST

/* A damaged length near a large tensor, or an end within it, is one sentence. */
START_TEST(damage_is_refused)
{
	struct onnx_file f;
	fill();
	struct bytes b = file(0, _i);
	for (size_t k = 0; k < b.n; k = k < 700 || k + 200 >= b.n ? k + 1 : k + 10173 < b.n ? k + 9973 : b.n - 200) {
		unsigned char *part = xmalloc(k + 1);
		memcpy(part, b.p, k);
		if (onnx_parse(part, k, 1 << 24, &f, &e) == 0)
			ck_assert_msg(k == 0 || b.n - k < 32, "%zu bytes of %zu are accepted", k, b.n);
		onnx_release(&f);
		free(part);
	}
	free(b.p);
}
END_TEST

static void add_tests(TCase *c)
{
	tcase_add_loop_test(c, every_tensor_is_whole, 0, 8);
	tcase_add_loop_test(c, odd_files, 0, 8);
	tcase_add_loop_test(c, lengths_have_an_end, 0, 2);
	tcase_add_test(c, damage_around_them);
	tcase_add_loop_test(c, model_has_them_when_the_file_is_gone, 0, 8);
	tcase_add_test(c, budget_counts_them);
	tcase_add_loop_test(c, damage_is_refused, 0, 2);
}
UNIT_MAIN_WITH("onnx_bulk", add_tests)
