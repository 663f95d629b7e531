#include "src/read_model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/serial.h"
#include "src/sandbox.h"

#define MEM_DEFAULT ((int64_t)512 << 20)
#define MEM_LEAST ((int64_t)64 << 20)
#define TIME_DEFAULT 3.0

const struct reader *const readers[] = { &reader_keras, &reader_json, NULL };

/* ---- files ---- */

static int too_large(int64_t cap, struct err *e)
{
	return err_set(e, ERR_LIMIT, "larger than %lld MB; see --max-mem", (long long)(cap >> 20));
}

/* To the end, or to `most` bytes: of a file that grows meanwhile, what was there when it was opened. */
static int read_all(int fd, int64_t cap, int64_t size, unsigned char **data, size_t *n, struct err *e)
{
	size_t room = size >= 0 ? (size_t)size + 1 : 1 << 16, at = 0;
	unsigned char *p = xmalloc(room);
	while (size < 0 || at < (size_t)size) {
		if (at + 1 >= room) {
			room *= 2;
			p = xrealloc(p, room, 1);
		}
		ssize_t k = read(fd, p + at, room - 1 - at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			free(p);
			return err_set(e, ERR_IO, "cannot be read: %s", strerror(errno));
		}
		if (!k)
			break;
		at += (size_t)k;
		if ((int64_t)at > cap) {
			free(p);
			return too_large(cap, e);
		}
	}
	if (size >= 0 && at < (size_t)size) {
		free(p);
		return err_set(e, ERR_IO, "became shorter while it was read; try again");
	}
	p[at] = '\0';
	*data = p;
	*n = at;
	return 0;
}

static int check_kind(const struct stat *st, int64_t cap, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return err_set(e, ERR_IO, "is a folder; name a file in it");
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_IO, "is not a regular file; copy it into one, or pipe it in and say -");
	return st->st_size > cap ? too_large(cap, e) : 0;
}

int read_file(const char *path, int64_t cap, unsigned char **data, size_t *n, struct err *e)
{
	*data = NULL;
	*n = 0;
	if (!strcmp(path, "-"))
		return read_all(0, cap, -1, data, n, e);
	/* O_NONBLOCK: opening a pipe without a writer must not hang */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "cannot be opened: %s", strerror(errno));
	struct stat st;
	int bad = fstat(fd, &st) < 0 ? err_set(e, ERR_IO, "cannot be read: %s", strerror(errno)) : check_kind(&st, cap, e);
	if (!bad)
		bad = read_all(fd, cap, st.st_size, data, n, e);
	close(fd);
	return bad;
}

/* ---- models ---- */

static int64_t memory_limit(const struct read_options *o)
{
	if (o->max_mem > 0)
		return o->max_mem > MEM_LEAST ? o->max_mem : MEM_LEAST;
	long long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "MemAvailable: %lld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	int64_t half = kb > 0 ? (int64_t)kb * 512 : MEM_DEFAULT;
	return half > MEM_DEFAULT ? MEM_DEFAULT : half < MEM_LEAST ? MEM_LEAST : half;
}

struct job {
	const struct reader *reader;
	const char *file;
	const unsigned char *data;
	size_t n;
	const struct read_options *o;
};

static int job_prepare(void *arg, struct err *e)
{
	const struct job *j = arg;
	return j->reader->prepare ? j->reader->prepare(e) : 0;
}

static int job_work(void *arg, unsigned char **buf, size_t *n, struct err *e)
{
	const struct job *j = arg;
	struct model *m = j->reader->read(j->file, j->data, j->n, -1, j->o, e);
	/* the child ends after this: nothing is freed */
	return m ? serial_write(m, buf, n, e) : e->code;
}

static struct model *read_in_child(struct job *j, int64_t max_mem, struct err *e)
{
	struct sandbox s = { job_prepare, job_work, j, max_mem, j->o->max_time > 0 ? j->o->max_time : TIME_DEFAULT };
	unsigned char *buf;
	size_t n;
	if (sandbox_run(&s, &buf, &n, e) < 0)
		return NULL;
	struct model *m = serial_read(buf, n, e);
	free(buf);
	return m;
}

static struct model *read_here(struct job *j, struct err *e)
{
	return job_prepare(j, e) < 0 ? NULL : j->reader->read(j->file, j->data, j->n, -1, j->o, e);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && !strcmp(s + n - k, end);
}

static void say_unknown(const char *path, size_t n, struct err *e)
{
	if (!n)
		err_set(e, ERR_FORMAT, "is empty");
	else if (ends_with(path, ".h5") || ends_with(path, ".hdf5"))
		err_set(e, ERR_FORMAT, "is no HDF5 file in spite of its name; save the model again with model.save()");
	else if (ends_with(path, ".keras"))
		err_set(e, ERR_UNSUPPORTED, "the .keras format is not read; save the model as .h5");
	else
		err_set(e, ERR_FORMAT, "is not a model that tsviz knows; see --formats");
}

struct model *read_model(const char *path, const struct read_options *o, struct err *e)
{
	int64_t max_mem = memory_limit(o);
	struct job j = { .file = path, .o = o };
	unsigned char *data;
	if (read_file(path, max_mem, &data, &j.n, e) < 0)
		return NULL;
	j.data = data;
	for (int i = 0; readers[i] && !j.reader; i++)
		if (readers[i]->probe(j.data, j.n))
			j.reader = readers[i];
	struct model *m = NULL;
	if (!j.reader)
		say_unknown(path, j.n, e);
	else
		m = j.reader->foreign && !o->no_sandbox ? read_in_child(&j, max_mem, e) : read_here(&j, e);
	free(data);
	return m;
}
