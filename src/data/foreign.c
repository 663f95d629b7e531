#include "src/data/foreign.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/base/text.h"
#include "src/text/csv.h"
#include "src/data/data_npy.h"
#include "src/read/sandbox.h"

/* ---- what the child found ---- */

/* Word 0 is "". A table of slots finds a word by its hash; a slot holds its index + 1. */
struct words {
	int32_t *at; /* [row] index of its word */
	const char **word;
	int64_t n, room;
	int32_t *slot;
	uint64_t n_slot; /* a power of 2 */
};

static int say_budget(struct err *e)
{
	return err_set(e, ERR_LIMIT, "its numbers need more memory than is allowed; see --max-mem");
}

/* Takes n * size bytes from the budget. */
static int take_budget(struct found *f, int64_t n, int64_t size, struct err *e)
{
	int64_t bytes;
	if (!i64_mul(n, size, &bytes) || bytes > f->budget)
		return say_budget(e);
	f->budget -= bytes;
	return 0;
}

int found_columns(struct found *f, int64_t n_row, int64_t n_col, struct err *e)
{
	if (n_col > CSV_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT, "%" PRId64 " columns; at most %d are read", n_col, CSV_COLUMNS_MAX);
	/* The number of its line takes 8 bytes a row in the parent. */
	if (take_budget(f, n_row, 8, e))
		return e->code;
	f->n_row = n_row;
	f->n_col = (int)n_col;
	f->name = arena_alloc(&f->arena, (size_t)n_col + 1, sizeof *f->name);
	f->number = arena_alloc(&f->arena, (size_t)n_col + 1, sizeof *f->number);
	f->words = arena_alloc(&f->arena, (size_t)n_col + 1, sizeof *f->words);
	return 0;
}

double *found_numbers(struct found *f, int col, struct err *e)
{
	if (f->number[col])
		return f->number[col];
	if (take_budget(f, f->n_row, sizeof(double), e))
		return NULL;
	double *x = arena_reserve(&f->arena, (size_t)f->n_row + 1, sizeof *x);
	for (int64_t i = 0; i < f->n_row; i++)
		x[i] = NAN;
	return f->number[col] = x;
}

static uint64_t hash(const char *s, size_t n)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 1099511628211u;
	return h ^ h >> 32;
}

static int32_t *find_slot(const struct words *w, const char *s, size_t n)
{
	uint64_t i = hash(s, n) & (w->n_slot - 1);
	for (; w->slot[i]; i = (i + 1) & (w->n_slot - 1)) {
		const char *t = w->word[w->slot[i] - 1];
		if (!strncmp(t, s, n) && !t[n])
			break;
	}
	return &w->slot[i];
}

static int add_word(struct found *f, struct words *w, const char *s, size_t n, struct err *e)
{
	/* the text, its pointer and its slots */
	if (w->n == INT32_MAX || take_budget(f, (int64_t)n + 64, 1, e))
		return w->n == INT32_MAX ? say_budget(e) : e->code;
	if (w->n == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->word = xrealloc(w->word, (size_t)w->room, sizeof *w->word);
	}
	if ((uint64_t)w->n * 2 >= w->n_slot) {
		w->n_slot = w->n_slot ? w->n_slot * 2 : 256;
		free(w->slot);
		w->slot = xcalloc(w->n_slot, sizeof *w->slot);
		for (int64_t i = 0; i < w->n; i++)
			*find_slot(w, w->word[i], strlen(w->word[i])) = (int32_t)i + 1;
	}
	char *copy = arena_alloc(&f->arena, n + 1, 1);
	memcpy(copy, s, n);
	*find_slot(w, copy, n) = (int32_t)w->n + 1;
	w->word[w->n++] = copy;
	return 0;
}

int found_text(struct found *f, int col, int64_t row, const char *s, size_t n, struct err *e)
{
	struct words *w = f->words[col];
	n = strnlen(s, n);
	if (!w) {
		/* 4 bytes here, a pointer in the parent */
		if (take_budget(f, f->n_row, sizeof *w->at + sizeof(char *), e))
			return e->code;
		w = f->words[col] = arena_alloc(&f->arena, 1, sizeof *w);
		w->at = arena_alloc(&f->arena, (size_t)f->n_row + 1, sizeof *w->at);
		if (add_word(f, w, "", 0, e))
			return e->code;
	}
	if (!*find_slot(w, s, n) && add_word(f, w, s, n, e))
		return e->code;
	w->at[row] = *find_slot(w, s, n) - 1;
	return 0;
}

void found_warn(struct found *f, const char *format, ...)
{
	char text[512];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	warnings_add(&f->arena, &f->warning, text);
}

void found_release(struct found *f)
{
	for (int c = 0; c < f->n_col; c++)
		if (f->words[c]) {
			free(f->words[c]->word);
			free(f->words[c]->slot);
		}
	free(f->x);
	free(f->y);
	arena_release(&f->arena);
	*f = (struct found){ 0 };
}

unsigned char *found_npy(unsigned char **out, size_t *n, const char *type, int size, bool fortran, int rank,
                         const int64_t *dim)
{
	static const unsigned char magic[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0 };
	char shape[200] = "", head[400];
	size_t at = 0, count = (size_t)size;
	for (int i = 0; i < rank; i++) {
		at += (size_t)snprintf(shape + at, sizeof shape - at, "%" PRId64 ",", dim[i]);
		count *= (size_t)dim[i];
	}
	int k = snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", type,
	                 fortran ? "True" : "False", shape);
	/* magic, version 1.0 and the header's length; a newline ends the header */
	int whole = (10 + k + 1 + 63) / 64 * 64;
	*n = (size_t)whole + count;
	unsigned char *p = *out = xmalloc(*n + 1);
	memset(p, ' ', (size_t)whole);
	memcpy(p, magic, sizeof magic);
	p[8] = (unsigned char)((whole - 10) & 255);
	p[9] = (unsigned char)((whole - 10) >> 8);
	memcpy(p + 10, head, (size_t)k);
	p[whole - 1] = '\n';
	return p + whole;
}

/* ---- between child and parent ---- */

struct answer_head {
	int64_t n_row, n_col, nx, ny, n_fact, n_channel;
	double rate;
};

enum { HAS_NUMBERS = 1, HAS_WORDS = 2, FACTS_MAX = 1000 };

static void send_text(void (*sink)(const void *p, size_t n), const char *s)
{
	int64_t n = s ? (int64_t)strlen(s) : -1;
	sink(&n, sizeof n);
	if (n > 0)
		sink(s, (size_t)n);
}

static void send_column(const struct found *f, int c, void (*sink)(const void *p, size_t n))
{
	const struct words *w = f->words[c];
	int64_t has = (f->number[c] ? HAS_NUMBERS : 0) | (w ? HAS_WORDS : 0);
	send_text(sink, f->name[c]);
	sink(&has, sizeof has);
	if (f->number[c])
		sink(f->number[c], (size_t)f->n_row * sizeof(double));
	if (!w)
		return;
	sink(&w->n, sizeof w->n);
	for (int64_t i = 0; i < w->n; i++)
		send_text(sink, w->word[i]);
	sink(w->at, (size_t)f->n_row * sizeof *w->at);
}

void found_send(const struct found *f, void (*sink)(const void *p, size_t n))
{
	struct answer_head h = { f->n_row, f->n_col, (int64_t)f->nx, (int64_t)f->ny, 0, f->n_channel, f->rate };
	for (const struct understood *u = f->understood; u; u = u->next)
		h.n_fact++;
	sink(&h, sizeof h);
	send_text(sink, f->x_name);
	send_text(sink, f->line_noun);
	send_text(sink, f->warning);
	for (const struct understood *u = f->understood; u; u = u->next) {
		send_text(sink, u->what);
		send_text(sink, u->text);
	}
	for (int c = 0; c < f->n_channel; c++)
		send_text(sink, f->channel[c]);
	for (int c = 0; c < f->n_col; c++)
		send_column(f, c, sink);
	if (f->nx)
		sink(f->x, f->nx);
	if (f->ny)
		sink(f->y, f->ny);
}

/* A position in the answer. After the first wrong size, every read gives zeros and bad is true. */
struct cursor {
	const unsigned char *p;
	size_t left;
	int64_t budget;
	bool bad;
};

/* The next n * size bytes, or NULL if there are fewer. */
static const unsigned char *next(struct cursor *c, int64_t n, size_t size)
{
	size_t bytes;
	if (c->bad || n < 0 || !size_mul((size_t)n, size, &bytes) || bytes > c->left) {
		c->bad = true;
		return NULL;
	}
	const unsigned char *p = c->p;
	c->p += bytes;
	c->left -= bytes;
	return p;
}

static int64_t next_count(struct cursor *c)
{
	int64_t v = 0;
	const unsigned char *p = next(c, 1, sizeof v);
	if (p)
		memcpy(&v, p, sizeof v);
	return v;
}

/* A copy that has passed the text gate, or NULL. */
static const char *next_text(struct cursor *c, struct arena *a)
{
	int64_t n = next_count(c);
	if (n == -1)
		return NULL;
	const unsigned char *p = next(c, n, 1);
	if (!p)
		return NULL;
	/* A byte may become U+FFFD, which takes three. */
	char *buf = xmalloc(3 * (size_t)n + 1);
	size_t k = text_clean(buf, 3 * (size_t)n + 1, (const char *)p, (size_t)n);
	char *copy = arena_dup(a, buf, k + 1, 1);
	free(buf);
	return copy;
}

/* The same for warnings, of which each line passes the gate. */
static const char *next_lines(struct cursor *c, struct arena *a)
{
	int64_t n = next_count(c);
	const char *p = n > 0 ? (const char *)next(c, n, 1) : NULL, *end = p ? p + n : NULL;
	char *all = NULL;
	if (n < -1)
		c->bad = true;
	while (p && p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		char *before = all, *clean = xmalloc(3 * (size_t)(end - p) + 1);
		stop = stop ? stop : end;
		text_clean(clean, 3 * (size_t)(end - p) + 1, p, (size_t)(stop - p));
		all = xasprintf("%s%s%s", before ? before : "", before ? "\n" : "", clean);
		free(before);
		free(clean);
		p = stop + 1;
	}
	const char *kept = all ? arena_strdup(a, all) : NULL;
	free(all);
	return kept;
}

static bool charge(struct cursor *c, int64_t n, int64_t size)
{
	int64_t bytes;
	c->bad = c->bad || n < 0 || !i64_mul(n, size, &bytes) || bytes > c->budget;
	if (!c->bad)
		c->budget -= bytes;
	return !c->bad;
}

static void receive_words(struct cursor *c, struct table *t, int col)
{
	int64_t n = next_count(c);
	/* a word takes 8 bytes or more */
	if (n < 1 || n > (int64_t)(c->left / 8) || !charge(c, t->n_row + n, sizeof(char *))) {
		c->bad = true;
		return;
	}
	const char **word = xcalloc((size_t)n, sizeof *word);
	for (int64_t i = 0; i < n; i++) {
		word[i] = next_text(c, &t->arena);
		c->bad = c->bad || !word[i] || !charge(c, (int64_t)strlen(word[i]) + 1, 1);
	}
	const unsigned char *at = next(c, t->n_row, sizeof(int32_t));
	if (at)
		t->text[col] = arena_alloc(&t->arena, (size_t)t->n_row + 1, sizeof **t->text);
	for (int64_t i = 0; i < t->n_row && at; i++) {
		int32_t k;
		memcpy(&k, at + (size_t)i * sizeof k, sizeof k);
		if (k < 0 || k >= n) {
			c->bad = true;
			break;
		}
		t->text[col][i] = word[k];
	}
	free(word);
}

static void receive_column(struct cursor *c, struct table *t, int col)
{
	char number[32];
	snprintf(number, sizeof number, "column %d", col + 1);
	const char *name = next_text(c, &t->arena);
	t->name[col] = name && *name ? name : arena_strdup(&t->arena, number);
	if (!col) /* a first column without a name, such as that of an array, is no index */
		t->has_header = name && *name;
	int64_t has = next_count(c);
	const unsigned char *p = has & HAS_NUMBERS ? next(c, t->n_row, sizeof(double)) : NULL;
	if (p && charge(c, t->n_row, sizeof(double)))
		t->number[col] = arena_dup(&t->arena, p, (size_t)t->n_row, sizeof(double));
	if (has & HAS_WORDS)
		receive_words(c, t, col);
}

static void receive_table(struct cursor *c, struct table *t, const struct answer_head *h)
{
	if (h->n_col < 1 || h->n_col > CSV_COLUMNS_MAX || h->n_row < 1 || !charge(c, h->n_row, 8)) {
		c->bad = true;
		return;
	}
	t->n_row = h->n_row;
	t->n_col = (int)h->n_col;
	t->rate = h->rate > 0 && isfinite(h->rate) ? h->rate : 0;
	t->name = arena_alloc(&t->arena, (size_t)t->n_col, sizeof *t->name);
	t->number = arena_alloc(&t->arena, (size_t)t->n_col, sizeof *t->number);
	t->text = arena_alloc(&t->arena, (size_t)t->n_col, sizeof *t->text);
	for (int i = 0; i < t->n_col && !c->bad; i++)
		receive_column(c, t, i);
	if (c->bad)
		return;
	t->room = c->budget;
}

static int receive_array(struct data *d, struct cursor *c, const struct answer_head *h, const char *file,
                         const char *name, const struct data_wanted *q, struct err *e)
{
	struct source s;
	const unsigned char *x = next(c, h->nx, 1), *y = next(c, h->ny, 1);
	if (c->bad)
		return ERR_FORMAT;
	source_memory(&s, file, x, (size_t)h->nx);
	if (!npy_probe(s.head, s.n_head))
		return ERR_FORMAT;
	int bad = npy_data(d, &s, q, h->ny > 0, c->budget, e);
	if (bad)
		return name ? err_at(e, "'%.60s'", name) : bad;
	/* a vector is a channel of this name */
	if (!d->ready && d->table.n_col == 1 && name)
		d->table.name[0] = arena_strdup(&d->table.arena, name);
	if (h->ny && npy_truth(&d->set, file, y, (size_t)h->ny, e))
		return err_at(e, "labels");
	return 0;
}

static const char **receive_channels(struct cursor *c, struct arena *a, int64_t n)
{
	if (n < 1 || n > CSV_COLUMNS_MAX || !charge(c, n, 64)) {
		c->bad = c->bad || n;
		return NULL;
	}
	const char **name = arena_alloc(a, (size_t)n, sizeof *name);
	for (int64_t i = 0; i < n; i++) {
		const char *text = next_text(c, a);
		name[i] = text ? text : "";
	}
	return c->bad ? NULL : name;
}

/* The file says that the second axis holds the channels, and what they are called. */
static void name_channels(struct window_set *s, const char *const *name, int64_t n)
{
	if (s->dim[1] != n)
		return;
	s->axes = "NCT";
	s->channel = arena_alloc(&s->arena, (size_t)n, sizeof *s->channel);
	for (int64_t i = 0; i < n; i++)
		s->channel[i] = arena_strdup(&s->arena, name[i]);
}

static int receive(struct data *d, struct cursor *c, const char *file, const struct data_wanted *q, struct err *e)
{
	struct answer_head h = { 0 };
	struct arena a = { 0 };
	struct understood *facts = NULL;
	int bad = err_set(e, ERR_FORMAT, "the reader failed");
	const unsigned char *p = next(c, 1, sizeof h);
	if (p)
		memcpy(&h, p, sizeof h);
	const char *name = next_text(c, &a), *noun = next_text(c, &a), *warning = next_lines(c, &a);
	c->bad = c->bad || h.n_fact > FACTS_MAX;
	for (int64_t i = 0; i < h.n_fact && !c->bad; i++) {
		const char *what = next_text(c, &a), *text = next_text(c, &a);
		if (!c->bad)
			understood_add(&a, &facts, what ? what : "", "%s", text ? text : "");
	}
	const char **channel = receive_channels(c, &a, h.nx > 0 ? h.n_channel : 0);
	if (!c->bad && h.nx > 0)
		bad = receive_array(d, c, &h, file, name, q, e);
	else if (!c->bad)
		receive_table(c, &d->table, &h);
	if (!c->bad && !h.nx)
		bad = 0;
	if (!bad && channel && d->ready && d->set.rank == 3)
		name_channels(&d->set, channel, h.n_channel);
	struct arena *own = d->ready ? &d->set.arena : &d->table.arena;
	if (!bad) {
		*(d->ready ? &d->set.warning : &d->table.warning) = warning ? arena_strdup(own, warning) : NULL;
		understood_copy(own, d->ready ? &d->set.understood : &d->table.understood, facts);
	}
	if (!bad && !h.nx) {
		d->table.file = text_clean_copy(own, file);
		d->table.line_noun = noun ? arena_strdup(own, noun) : "row";
	}
	arena_release(&a);
	return bad;
}

int found_receive(struct data *d, const char *file, const unsigned char *buf, size_t n, const struct data_wanted *q,
                  int64_t budget, struct err *e)
{
	struct cursor c = { buf, n, budget, false };
	return receive(d, &c, file, q, e);
}

/* ---- the two processes ---- */

struct child_task {
	const struct foreign *how;
	struct foreign_job *job;
	int64_t budget;
	int fd; /* the data file, or -1 */
	char path[32];
};

static int prepare(void *arg, struct err *e)
{
	const struct child_task *t = arg;
	return t->how->prepare ? t->how->prepare(e) : 0;
}

static int work_into(struct found *f, struct child_task *t, struct err *e)
{
	f->budget = t->budget;
	if (!t->job->path || !t->job->q->no_sandbox)
		t->job->path = t->path;
	int bad = t->how->work(f, t->job, e);
	if (!bad && !f->nx && f->n_row < 1)
		return err_set(e, ERR_FORMAT, "holds no numbers");
	return bad;
}

static int work(void *arg, unsigned char **buf, size_t *n, struct err *e)
{
	struct found f = { 0 };
	int bad = work_into(&f, arg, e);
	*buf = NULL;
	*n = 0;
	if (!bad)
		found_send(&f, sandbox_send);
	return bad;
}

/* For --no-sandbox: the answer in memory, so that it is checked by the same code. */
static struct {
	unsigned char *p;
	size_t n, room;
} kept;

static void keep(const void *p, size_t n)
{
	if (kept.room - kept.n < n) {
		kept.room = kept.n + n + kept.room / 2 + 4096;
		kept.p = xrealloc(kept.p, kept.room, 1);
	}
	memcpy(kept.p + kept.n, p, n);
	kept.n += n;
}

static int work_here(struct child_task *t, unsigned char **buf, size_t *n, struct err *e)
{
	struct found f = { 0 };
	kept.p = NULL;
	kept.n = kept.room = 0;
	int bad = prepare(t, e);
	bad = bad ? bad : work_into(&f, t, e);
	if (!bad)
		found_send(&f, keep);
	found_release(&f);
	*buf = kept.p;
	*n = kept.n;
	return bad;
}

static int run(struct child_task *t, unsigned char **buf, size_t *n, struct err *e)
{
	const struct data_wanted *q = t->job->q;
	bool here = q->no_sandbox;
	snprintf(t->path, sizeof t->path, "/proc/self/fd/%d", here ? t->fd : SANDBOX_INPUT);
	struct sandbox s = { .prepare = prepare,
		             .work = work,
		             .arg = t,
		             .input = t->fd,
		             .opens = t->how->by_path ? t->path : NULL,
		             .max_mem = 2 * t->budget + t->how->library + ((int64_t)64 << 20),
		             .max_time = q->max_time > 0 ? q->max_time : 3 + (double)t->job->n / 2e7 };
	return here ? work_here(t, buf, n, e) : sandbox_run(&s, buf, n, e);
}

/* Puts the bytes into a file without a name, which a library can open. */
static int file_of(const unsigned char *data, size_t n, struct err *e)
{
	int fd = memfd_create("data", MFD_CLOEXEC);
	for (size_t at = 0; fd >= 0 && at < n;) {
		ssize_t k = write(fd, data + at, n - at);
		if (k <= 0) {
			close(fd);
			fd = -1;
			break;
		}
		at += (size_t)k;
	}
	if (fd < 0)
		return err_set(e, ERR_IO, "the system gives no memory for a copy of the file");
	return lseek(fd, 0, SEEK_SET) == 0 ? fd : err_set(e, ERR_IO, "a copy of the file cannot be read");
}

int foreign_run(struct data *d, struct foreign_job *j, unsigned char *data, const struct foreign *how, int64_t budget,
                struct err *e)
{
	struct child_task t = { .how = how, .job = j, .fd = -1 };
	unsigned char *buf = NULL;
	size_t n = 0;
	int bad = 0;
	/* Memory also holds the file, and then the child's answer. */
	int64_t left = budget - (int64_t)j->n;
	t.budget = left < budget / 2 ? left : budget / 2;
	j->data = data;
	if (how->by_path) {
		bad = t.fd = file_of(data, j->n, e);
		bad = bad < 0 ? bad : 0;
		free(data);
		j->data = data = NULL;
	}
	if (!bad)
		bad = run(&t, &buf, &n, e);
	free(data);
	if (t.fd >= 0)
		close(t.fd);
	if (!bad)
		bad = found_receive(d, j->file, buf, n, j->q, budget - (int64_t)n, e);
	free(buf);
	return bad;
}

int foreign_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget,
                 const struct foreign *how, struct err *e)
{
	unsigned char *data;
	struct foreign_job j = { .file = s->file, .q = q, .path = s->packed ? NULL : s->path };
	int bad = source_rest(s, &data, &j.n, e);
	return bad ? bad : foreign_run(d, &j, data, how, budget, e);
}
