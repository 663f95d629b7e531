/* ONNX files that mean harm, as bytes: every prefix and every flipped bit of small valid ones, nesting, floods, and
 * data in other files. Each ends in one sentence, or in a model. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "src/onnx/onnx.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static struct err e;

/* No limit of time that the load of the machine could decide: which files are too slow is not the question here. */
enum { PATIENT = 3600 };

/* ---- damage ---- */

/* Returns whether there is a model. */
static bool try_bytes(const unsigned char *data, size_t n)
{
	struct read_side side = { .refused = true };
	struct read_options o = { .window = 16 };
	e = (struct err){ 0 };
	struct model *m = onnx_probe(data, n) ? reader_onnx.read("f.onnx", data, n, &side, &o, &e) : NULL;
	ck_assert_msg(m || !onnx_probe(data, n) || (e.code < 0 && *e.text && !strchr(e.text, '\n')), "no sentence");
	model_free(m);
	return m != NULL;
}

static const char *const nets[] = { "tests/onnx/series_16.onnx", "tests/onnx/gru_11.onnx",
	                            "tests/onnx/squeeze_excite_13.onnx" };

static unsigned char *read_net(int i, size_t *n)
{
	unsigned char *data;
	ck_assert(read_file(nets[i], 1 << 20, &data, n, &e) == 0);
	return data;
}

START_TEST(every_prefix)
{
	size_t n;
	unsigned char *data = read_net(_i, &n);
	for (size_t k = 0; k < n; k++) {
		/* of its own size, so that reading beyond it is seen */
		unsigned char *part = xmalloc(k + 1);
		memcpy(part, data, k);
		try_bytes(part, k);
		free(part);
	}
	free(data);
}
END_TEST

/* Some flipped bits ask for padding of gigabytes, which is made in half a minute. So a process with little memory tries
 * the bytes, as the reading child does, and where it runs out the next one goes on behind that byte. */
enum { LITTLE_MB = 64, OUT_OF_MEMORY = 77 };

#ifdef TSVIZ_SAN
/* The sanitizer reserves more address space than a limit would allow, and has one of its own. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "max_allocation_size_mb=64:allocator_may_return_null=1";
}
#endif

static void out_of_memory(void)
{
	_exit(OUT_OF_MEMORY);
}

static void little_memory(void)
{
	mem_on_oom = out_of_memory;
#ifndef TSVIZ_SAN
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	ck_assert(f && fscanf(f, "%lld", &pages) == 1 && fclose(f) == 0);
	rlim_t all = (rlim_t)(pages * sysconf(_SC_PAGESIZE)) + ((rlim_t)LITTLE_MB << 20);
	ck_assert(setrlimit(RLIMIT_AS, &(struct rlimit){ all, all }) == 0);
#endif
}

static const unsigned char flips[] = { 0x01, 0xff };

static _Noreturn void flip_from(volatile size_t *next, unsigned char *data, size_t n)
{
	little_memory();
	for (; *next < n * sizeof flips; ++*next) {
		size_t k = *next / sizeof flips, i = *next % sizeof flips;
		data[k] ^= flips[i];
		try_bytes(data, n);
		data[k] ^= flips[i];
	}
	free(data);
	exit(0);
}

START_TEST(every_byte_flipped)
{
	size_t n;
	unsigned char *data = read_net(_i, &n);
	ck_assert(try_bytes(data, n));
	volatile size_t *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(next != MAP_FAILED);
	for (*next = 0; *next < n * sizeof flips;) {
		fflush(NULL);
		pid_t child = fork();
		if (child == 0)
			flip_from(next, data, n);
		int status = -1;
		ck_assert(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
		ck_assert_msg(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == OUT_OF_MEMORY, "byte %zu: status %d",
		              *next / sizeof flips, WEXITSTATUS(status));
		if (WEXITSTATUS(status) == OUT_OF_MEMORY)
			++*next;
	}
	munmap((void *)next, sizeof *next);
	free(data);
}
END_TEST

/* ---- a writer of protobuf ---- */

struct bytes {
	unsigned char *p;
	size_t n, cap;
};

static void put(struct bytes *b, const void *p, size_t n)
{
	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2;
		b->p = xrealloc(b->p, b->cap, 1);
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void put_varint(struct bytes *b, uint64_t v)
{
	do {
		unsigned char c = (unsigned char)((v & 127) | (v > 127 ? 128 : 0));
		put(b, &c, 1);
		v >>= 7;
	} while (v);
}

static void put_part(struct bytes *b, unsigned field, const void *p, size_t n)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, n);
	put(b, p, n);
}

static void put_text(struct bytes *b, unsigned field, const char *s)
{
	put_part(b, field, s, strlen(s));
}

/* `|` stands for a NUL byte. */
static void put_text_with_nul(struct bytes *b, unsigned field, const char *s)
{
	char *copy = xstrdup(s);
	for (char *p = copy; (p = strchr(p, '|'));)
		*p = '\0';
	put_part(b, field, copy, strlen(s));
	free(copy);
}

/* A model around a graph's bytes. */
static struct bytes model_of(struct bytes *graph)
{
	static const unsigned char front[] = { 0x08, 7, 0x42, 4, 0x0a, 0, 0x10, 13 };
	struct bytes m = { 0 };
	put(&m, front, sizeof front);
	put_part(&m, 7, graph->p, graph->n);
	free(graph->p);
	return m;
}

static char *save(const struct bytes *b)
{
	static char path[64];
	snprintf(path, sizeof path, "build/hostile.%d.onnx", (int)getpid());
	FILE *f = fopen(path, "we");
	ck_assert(f && fwrite(b->p, 1, b->n, f) == b->n && fclose(f) == 0);
	return path;
}

/* Through the child, with the usual limit of memory. */
static void refuse(struct bytes m, const char *part)
{
	struct read_options o = { .max_time = PATIENT };
	char *path = save(&m);
	free(m.p);
	e = (struct err){ 0 };
	struct model *got = read_model(path, &o, &e);
	unlink(path);
	ck_assert_msg(!got, "was read");
	ck_assert_msg(strstr(e.text, part) != NULL, "%s", e.text);
}

START_TEST(nesting)
{
	static const int depths[] = { 20, 1000, 5000, 100000 };
	struct bytes g = { 0 };
	/* each around the last: graph{node{attribute{g}}}, built from the inside in one buffer that grows at its front
	 */
	size_t room = (size_t)depths[_i] * 40 + 16, at = room;
	unsigned char *buf = xcalloc(room, 1);
	for (int i = 0; i < depths[_i]; i++) {
		static const unsigned fields[] = { 6, 5, 1 };
		for (int k = 0; k < 3; k++) {
			struct bytes head = { 0 };
			put_varint(&head, fields[k] << 3 | 2);
			put_varint(&head, room - at);
			at -= head.n;
			memcpy(buf + at, head.p, head.n);
			free(head.p);
		}
	}
	put(&g, buf + at, room - at);
	free(buf);
	refuse(model_of(&g), "nested more than");
}
END_TEST

START_TEST(floods)
{
	/* field of the graph, of the node within it (0: none), text expected */
	static const struct {
		unsigned field, inner;
		const char *part;
	} f[] = {
		{ 1, 0, "" }, { 5, 0, "" }, { 11, 0, "" }, { 1, 5, "" }, { 1, 1, "" }, { 99, 0, "" },
	};
	struct bytes g = { 0 }, n = { 0 };
	for (int i = 0; i < 2000000; i++)
		put_part(f[_i].inner ? &n : &g, f[_i].inner ? f[_i].inner : f[_i].field, "", 0);
	if (f[_i].inner)
		put_part(&g, f[_i].field, n.p, n.n);
	free(n.p);
	struct rlimit before;
	getrlimit(RLIMIT_AS, &before);
	refuse(model_of(&g), f[_i].part);
	ck_assert_msg(*e.text && !strstr(e.text, "signal"), "%s", e.text);
}
END_TEST

/* A chain as long as is allowed needs no recursion. */
START_TEST(long_chain)
{
	struct bytes g = { 0 };
	char name[24] = "x";
	for (int i = 0; i < 20000; i++) {
		struct bytes n = { 0 };
		put_text(&n, 1, name);
		snprintf(name, sizeof name, "t%d", i);
		put_text(&n, 2, name);
		put_text(&n, 4, "Relu");
		put_part(&g, 1, n.p, n.n);
		free(n.p);
	}
	/* input x: float (1,1,4); output: the last */
	static const unsigned char in[] = { 0x0a, 1,    'x',  0x12, 0x10, 0x0a, 0x0e, 0x08, 1,    0x12, 0x0a,
		                            0x0a, 0x02, 0x08, 1,    0x0a, 0x02, 0x08, 1,    0x0a, 0x00 };
	struct bytes v = { 0 }, out = { 0 };
	put(&v, in, sizeof in);
	put_part(&g, 11, v.p, v.n);
	put_text(&out, 1, name);
	put_part(&g, 12, out.p, out.n);
	free(v.p);
	free(out.p);
	struct bytes m = model_of(&g);
	struct read_options o = { .window = 4, .max_time = PATIENT };
	char *path = save(&m);
	free(m.p);
	e = (struct err){ 0 };
	struct model *got = read_model(path, &o, &e);
	unlink(path);
	ck_assert_msg(got != NULL, "%s", e.text);
	ck_assert_int_eq(got->graph->n_node, 20000);
	model_free(got);
}
END_TEST

/* y = OP(x), x (1,1,4), with an attribute of text; `|` stands for a NUL byte in each. */
static struct bytes one_node(const char *in, const char *op, const char *out, const char *key, const char *value)
{
	static const unsigned char x[] = { 0x0a, 1,    'x', 0x12, 0x12, 0x0a, 0x10, 0x08, 1,    0x12, 0x0c, 0x0a,
		                           0x02, 0x08, 1,   0x0a, 0x02, 0x08, 1,    0x0a, 0x02, 0x08, 4 };
	struct bytes g = { 0 }, n = { 0 }, a = { 0 }, y = { 0 };
	put_text_with_nul(&n, 1, in);
	put_text_with_nul(&n, 2, out);
	put_text_with_nul(&n, 4, op);
	put_text_with_nul(&a, 1, key);
	put_text_with_nul(&a, 4, value);
	put(&a, (unsigned char[]){ 0xa0, 1, 3 }, 3);
	put_part(&n, 5, a.p, a.n);
	put_part(&g, 1, n.p, n.n);
	put_part(&g, 11, x, sizeof x);
	put_text(&y, 1, "y");
	put_part(&g, 12, y.p, y.n);
	free(n.p), free(a.p), free(y.p);
	return model_of(&g);
}

/* A text that was cut at a NUL byte would be another tensor's name, operator or mode. */
START_TEST(texts_with_nul_bytes)
{
	static const char *const nul = "a text with a NUL byte";
	for (int bad = 0; bad < 2; bad++) {
		struct bytes net = one_node("x", "Einsum", "y", "equation", bad ? "abc->abc|" : "abc->abc");
		struct read_options o = { .window = 4, .max_time = PATIENT };
		char *path = save(&net);
		free(net.p);
		e = (struct err){ 0 };
		struct model *m = read_model(path, &o, &e);
		unlink(path);
		ck_assert_msg(m != NULL, "%s", e.text);
		ck_assert_int_eq(m->n_unsupported, bad);
		ck_assert(!bad || strstr(m->unsupported, "equation"));
		model_free(m);
	}
	refuse(one_node("x|1", "Einsum", "y", "equation", "abc->abc"), nul);
	refuse(one_node("x", "Einsum|x", "y", "equation", "abc->abc"), nul);
	refuse(one_node("x", "Einsum", "y|y", "equation", "abc->abc"), nul);
	refuse(one_node("x", "Einsum", "y", "equation|", "tanh"), nul);
}
END_TEST

/* ---- a large file ---- */

/* y = x w, x (1,1,1024), w (1024,8192) of zeros: a hole in the file. */
static int64_t write_large(const char *path)
{
	static const unsigned char front[] = { 0x08, 7, 0x42, 4, 0x0a, 0, 0x10, 13, 0x3a },
	                           head[] = { 0x08, 0x80, 8, 0x08, 0x80, 64, 0x10, 1, 0x42, 1, 'w', 0x4a },
	                           in[] = { 0x0a, 1,    'x', 0x12, 0x13, 0x0a, 0x11, 0x08, 1,    0x12, 0x0d, 0x0a,
		                            0x02, 0x08, 1,   0x0a, 0x02, 0x08, 1,    0x0a, 0x03, 0x08, 0x80, 8 };
	const size_t size = (size_t)1024 * 8192 * 4;
	struct bytes n = { 0 }, t = { 0 }, g = { 0 }, m = { 0 }, tail = { 0 };
	put_text(&n, 1, "x");
	put_text(&n, 1, "w");
	put_text(&n, 2, "y");
	put_text(&n, 4, "MatMul");
	put_part(&g, 1, n.p, n.n);
	put(&t, head, sizeof head);
	put_varint(&t, size);
	put(&g, (unsigned char[]){ 0x2a }, 1);
	put_varint(&g, t.n + size);
	put(&g, t.p, t.n);
	put_part(&tail, 11, in, sizeof in);
	put_part(&tail, 12, (unsigned char[]){ 0x0a, 1, 'y' }, 3);
	put(&m, front, sizeof front);
	put_varint(&m, g.n + size + tail.n);
	put(&m, g.p, g.n);
	FILE *f = fopen(path, "we");
	ck_assert(f && fwrite(m.p, 1, m.n, f) == m.n && fseek(f, (long)size, SEEK_CUR) == 0);
	ck_assert(fwrite(tail.p, 1, tail.n, f) == tail.n && fclose(f) == 0);
	free(n.p), free(t.p), free(g.p), free(m.p), free(tail.p);
	return (int64_t)size;
}

static int64_t largest(int who)
{
	struct rusage r;
	ck_assert(getrusage(who, &r) == 0);
	return (int64_t)r.ru_maxrss << 10;
}

/* The child has the file, the numbers and the graph; the parent what came and the graph, when the child is gone: never
 * four times the file in all. */
START_TEST(memory_of_a_large_file)
{
#ifdef TSVIZ_SAN
	unit_skip("the sanitizer's own memory is larger");
#endif
	char path[64];
	const int64_t spare = (int64_t)12 << 20, before = largest(RUSAGE_SELF);
	struct read_options o = { .max_time = PATIENT };
	snprintf(path, sizeof path, "build/large.%d.onnx", (int)getpid());
	int64_t size = write_large(path);
	struct model *m = read_model(path, &o, &e);
	unlink(path);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(m->params, size / 4);
	model_free(m);
	ck_assert_int_lt(largest(RUSAGE_CHILDREN), 3 * size + spare);
	ck_assert_int_lt(largest(RUSAGE_SELF) - before, 2 * size + spare);
}
END_TEST

/* ---- data in other files ---- */

static char folder[64];

static void at(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *p, size_t n)
{
	char path[160];
	at(path, sizeof path, name);
	FILE *f = fopen(path, "we");
	ck_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

static void entry(struct bytes *t, const char *key, const char *value)
{
	struct bytes n = { 0 };
	if (!value)
		return;
	put_text(&n, 1, key);
	put_text_with_nul(&n, 2, value);
	put_part(t, 13, n.p, n.n);
	free(n.p);
}

/* y = x + w, w (4) in another file. */
static struct model *external(const char *location, const char *offset, const char *length, bool refused)
{
	static const unsigned char in[] = { 0x0a, 1,    'x', 0x12, 0x12, 0x0a, 0x10, 0x08, 1,    0x12, 0x0c, 0x0a,
		                            0x02, 0x08, 1,   0x0a, 0x02, 0x08, 1,    0x0a, 0x02, 0x08, 4 };
	static const unsigned char head[] = { 0x08, 4, 0x10, 1, 0x42, 1, 'w', 0x70, 1 };
	struct bytes g = { 0 }, n = { 0 }, t = { 0 }, out = { 0 };
	put_text(&n, 1, "x");
	put_text(&n, 1, "w");
	put_text(&n, 2, "y");
	put_text(&n, 4, "Add");
	put_part(&g, 1, n.p, n.n);
	put(&t, head, sizeof head);
	entry(&t, "location", location);
	entry(&t, "offset", offset);
	entry(&t, "length", length);
	put_part(&g, 5, t.p, t.n);
	put_part(&g, 11, in, sizeof in);
	put_text(&out, 1, "y");
	put_part(&g, 12, out.p, out.n);
	struct bytes m = model_of(&g);
	write_file("m.onnx", m.p, m.n);
	free(n.p), free(t.p), free(out.p), free(m.p);
	char path[160];
	at(path, sizeof path, "m.onnx");
	struct read_options o = { .no_external_data = refused, .max_time = PATIENT };
	e = (struct err){ 0 };
	return read_model(path, &o, &e);
}

static void external_refused(const char *location, const char *offset, const char *length, const char *part)
{
	struct model *m = external(location, offset, length, false);
	ck_assert_msg(!m, "was read");
	ck_assert_msg(strstr(e.text, part) != NULL, "%s", e.text);
	/* nothing of what lies outside may come out */
	ck_assert(!strstr(e.text, "CANARY") && !strstr(e.text, "root:"));
}

START_TEST(external_data)
{
	const float w[] = { 7, 1, 2, 3, 4 };
	char path[160], other[160];
	snprintf(folder, sizeof folder, "build/external.%d", (int)getpid());
	mkdir(folder, 0700);
	write_file("w.bin", w, sizeof w);
	struct model *m = external("w.bin", "4", "16", false);
	ck_assert_msg(m != NULL, "%s", e.text);
	const real expect[] = { 1, 2, 3, 4 };
	ck_assert_mem_eq(m->graph->value[graph_find(m->graph, "w")].r, expect, sizeof expect);
	model_free(m);
	m = external("./w.bin", "4", NULL, false);
	ck_assert_msg(m != NULL, "%s", e.text);
	model_free(m);
	ck_assert(!external("w.bin", "4", "16", true) && strstr(e.text, "--no-external-data"));
	external_refused("w.bin", "4", "12", "holds 12 bytes instead of 16");
	external_refused("w.bin", "8", "16", "do not lie within file");
	external_refused("w.bin", "99999999999999999999", "16", "do not lie within file");
	external_refused("w.bin", "-4", "16", "do not lie within file");
	external_refused("w.bin", "18446744073709551612", "16", "do not lie within file");
	external_refused("w.bin|", "4", "16", "a text with a NUL byte in an entry");
	external_refused("w.bin|/../other", "4", "16", "a text with a NUL byte in an entry");
	external_refused("w.bin", "4|9", "16", "a text with a NUL byte in an entry");
	external_refused("missing.bin", NULL, NULL, "cannot be opened");
	external_refused("../w.bin", NULL, NULL, "only files in the model's own folder");
	external_refused("/etc/passwd", NULL, NULL, "only files in the model's own folder");
	external_refused(NULL, NULL, NULL, "only files in the model's own folder");
	at(path, sizeof path, "link.bin");
	ck_assert(symlink("/etc/passwd", path) == 0);
	external_refused("link.bin", "0", "16", "which is a link");
	unlink(path);
	at(other, sizeof other, "w.bin");
	ck_assert(link(other, path) == 0);
	external_refused("link.bin", "4", "16", "has several hard links");
	unlink(path);
	ck_assert(mkfifo(path, 0600) == 0);
	external_refused("link.bin", "0", "16", "not a regular file");
	unlink(path);
	ck_assert(mkdir(path, 0700) == 0);
	external_refused("link.bin", "0", "16", "is a folder");
	rmdir(path);
	unlink(other);
	at(path, sizeof path, "m.onnx");
	unlink(path);
	rmdir(folder);
}
END_TEST

static void add_tests(TCase *c)
{
	tcase_add_loop_test(c, every_prefix, 0, 3);
	tcase_add_loop_test(c, every_byte_flipped, 0, 3);
	tcase_add_loop_test(c, nesting, 0, 4);
	tcase_add_loop_test(c, floods, 0, 6);
	tcase_add_test(c, long_chain);
	tcase_add_test(c, texts_with_nul_bytes);
	tcase_add_test(c, memory_of_a_large_file);
	tcase_add_test(c, external_data);
}
UNIT_MAIN_WITH("onnx_hostile", add_tests)
