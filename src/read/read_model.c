#include "src/read/read_model.h"
#include "src/read/read_data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/model/serial.h"
#include "src/read/sandbox.h"
#include "src/read/other_format.h"
#include "src/read/weights_file.h"
#include "src/read/wrong_format.h"

#define MEM_DEFAULT ((int64_t)512 << 20)
#define MEM_LEAST ((int64_t)64 << 20)
#define TIME_DEFAULT 3.0

const struct reader *const readers[] = { &reader_keras, &reader_keras_v3, &reader_keras_json,
	                                 &reader_onnx,  &reader_json,     NULL };

/* ---- files ---- */

static int too_large(int64_t cap, struct err *e)
{
	return err_set(e, ERR_LIMIT, "larger than %lld MB; see --max-mem", (long long)(cap >> 20));
}

/* Reads to the end of the file. If the size is known, reads that many bytes: the file may grow while it is read. */
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
		return err_set(
		        e, ERR_IO,
		        "is not a regular file; copy it into one, or pipe it to standard input and give - as the name");
	return st->st_size > cap ? too_large(cap, e) : 0;
}

int read_open(const char *path, int64_t cap, int64_t *size, struct err *e)
{
	struct stat st;
	*size = -1;
	if (!strcmp(path, "-"))
		return 0;
	/* O_NONBLOCK: opening a pipe that has no writer would wait for ever. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "cannot be opened: %s", strerror(errno));
	int bad = fstat(fd, &st) < 0 ? err_set(e, ERR_IO, "cannot be read: %s", strerror(errno))
	                             : check_kind(&st, cap, e);
	*size = st.st_size;
	if (bad)
		close(fd);
	return bad ? bad : fd;
}

static void close_file(int fd)
{
	if (fd > 0)
		close(fd);
}

int read_file(const char *path, int64_t cap, unsigned char **data, size_t *n, struct err *e)
{
	int64_t size;
	*data = NULL;
	*n = 0;
	int fd = read_open(path, cap, &size, e);
	int bad = fd < 0 ? fd : read_all(fd, cap, size, data, n, e);
	close_file(fd);
	/* The message must not name --max-mem: no option changes this limit. */
	return bad == ERR_LIMIT ? err_set(e, ERR_LIMIT, "larger than %lld MB, the most for a file of this kind",
	                                  (long long)(cap >> 20))
	                        : bad;
}

int read_file_start(const char *path, int64_t most, unsigned char **data, size_t *n, struct err *e)
{
	int64_t size;
	*data = NULL;
	*n = 0;
	int fd = read_open(path, INT64_MAX, &size, e);
	if (fd == 0)
		return err_set(e, ERR_IO, "standard input cannot be read twice; name a file");
	int bad = fd < 0 ? fd : read_all(fd, most, size < most ? size : most, data, n, e);
	close_file(fd);
	return bad;
}

/* ---- a file in memory, which a child can read without another copy ---- */

/* A copy of a file, followed by a NUL and by what parcel_write() appends; or a file that is bundled with the program.
 */
struct memory_file {
	int fd; /* 0: none, or bundled */
	const unsigned char *data;
	size_t n;
};

static bool put(int fd, const void *p, size_t n)
{
	const char *s = p;
	while (n) {
		ssize_t k = write(fd, s, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

static int not_written(struct err *e)
{
	return err_set(e, ERR_IO, "its copy in memory cannot be written: %s%s", strerror(errno),
	               errno == EFBIG ? "; raise ulimit -f" : "");
}

enum { CANNOT_WRITE = -2 };

/* Copies up to `most` bytes: with sendfile() if the kernel can, else through a buffer. Clears *kernel if sendfile()
 * does not work. Returns the number of bytes, 0 at the end, -1 if reading fails, or CANNOT_WRITE. */
static ssize_t move_some(int from, int to, size_t most, bool *kernel)
{
	char buf[4096]; /* small, because the stack may be small */
	ssize_t k = *kernel ? sendfile(to, from, NULL, most) : -1;
	if (k >= 0 || (*kernel && errno == EINTR))
		return k;
	*kernel = false;
	k = read(from, buf, most < sizeof buf ? most : sizeof buf);
	return k > 0 && !put(to, buf, (size_t)k) ? CANNOT_WRITE : k;
}

static int copy_file(int from, int to, int64_t cap, int64_t size, size_t *n, struct err *e)
{
	bool kernel = size >= 0;
	*n = 0;
	while (size < 0 || (int64_t)*n < size) {
		ssize_t k = move_some(from, to, size < 0 ? 1 << 16 : (size_t)size - *n, &kernel);
		if (k == CANNOT_WRITE)
			return not_written(e);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_set(e, ERR_IO, "cannot be read: %s", strerror(errno));
		if (!k)
			break;
		*n += (size_t)k;
		if ((int64_t)*n > cap)
			return too_large(cap, e);
	}
	return size >= 0 && (int64_t)*n < size ? err_set(e, ERR_IO, "became shorter while it was read; try again") : 0;
}

static size_t aligned(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

static void memory_file_release(struct memory_file *f)
{
	if (f->data && f->fd > 0)
		munmap((void *)(uintptr_t)f->data, f->n + 1);
	close_file(f->fd);
	*f = (struct memory_file){ 0 };
}

static int memory_file_read(struct memory_file *f, const char *path, const struct read_options *o, int64_t cap,
                            struct err *e)
{
	int64_t size;
	const struct bundled *own = bundled_find(o, path);
	if (own) {
		*f = (struct memory_file){ .data = own->data, .n = (size_t)(own->end - own->data) };
		return 0;
	}
	int from = wrong_folder(path, e);
	from = from < 0 ? from : read_open(path, cap, &size, e);
	if (from < 0)
		return from;
	*f = (struct memory_file){ .fd = memfd_create("tsviz", MFD_CLOEXEC) };
	int bad = f->fd < 0 ? err_set(e, ERR_IO, "cannot make a file in memory: %s", strerror(errno))
	                    : copy_file(from, f->fd, cap, size, &f->n, e);
	close_file(from);
	if (!bad && ftruncate(f->fd, (off_t)aligned(f->n + 1)) < 0)
		bad = not_written(e);
	void *p = bad ? MAP_FAILED : mmap(NULL, f->n + 1, PROT_READ, MAP_SHARED, f->fd, 0);
	if (p != MAP_FAILED)
		f->data = p;
	else if (!bad)
		bad = err_set(e, ERR_IO, "a file in memory cannot be mapped: %s", strerror(errno));
	if (bad)
		memory_file_release(f);
	return bad;
}

/* ---- models ---- */

int64_t read_memory_limit(const struct read_options *o)
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

const struct bundled *bundled_find(const struct read_options *o, const char *name)
{
	for (const struct bundled *b = o->bundled; b && b->name; b++)
		if (!strcmp(b->name, name))
			return b;
	return NULL;
}

struct job {
	const struct reader *reader;
	const char *file;
	int memory; /* descriptor of the file in memory that holds data */
	const unsigned char *data;
	size_t n;
	const struct read_options *o;
	struct read_side side;
};

static int job_prepare(void *arg, struct err *e)
{
	const struct job *j = arg;
	return j->reader->prepare ? j->reader->prepare(e) : 0;
}

/* ---- files beside the model ---- */

enum { SIDE_MAX = 64 };
static const char side_magic[6] = "FILES";

const struct side_file *read_side_find(const struct read_side *s, const char *name)
{
	for (int i = 0; i < s->n; i++)
		if (!strcmp(s->file[i].name, name))
			return &s->file[i];
	return NULL;
}

int read_side_want(struct read_side *s, const char *name, struct err *e)
{
	if (read_side_find(s, name))
		return 0;
	if (s->opened)
		return err_set(e, ERR_FORMAT, "it needs file '%s', which the first pass over the model did not name",
		               name);
	if (s->n == SIDE_MAX)
		return err_set(e, ERR_LIMIT, "its data are in more than %d files", SIDE_MAX);
	s->file = xrealloc(s->file, (size_t)s->n + 1, sizeof *s->file);
	s->file[s->n++] = (struct side_file){ .name = xstrdup(name) };
	return 0;
}

void read_side_release(struct read_side *s)
{
	for (int i = 0; i < s->n; i++) {
		free(s->file[i].name);
		free(s->file[i].data);
	}
	free(s->file);
}

/* Opens one file beside the model. The name comes from the model file and is not trusted: it must name a plain file
 * in the model's folder, and the file must have one link. */
static int side_open_one(int dir, struct side_file *f, int64_t cap, struct err *e)
{
	struct stat st;
	if (!*f->name || strchr(f->name, '/') || !strcmp(f->name, ".") || !strcmp(f->name, ".."))
		return err_set(e, ERR_FORMAT,
		               "its data are said to be in '%s', which is not the name of a file in its folder",
		               f->name);
	int fd = openat(dir, f->name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ELOOP
		               ? err_set(e, ERR_IO,
		                         "its data are in '%s', which is a link; replace the link by the file itself",
		                         f->name)
		               : err_set(e, ERR_IO, "its data are in '%s', which cannot be opened: %s", f->name,
		                         strerror(errno));
	int bad = fstat(fd, &st) < 0 ? err_set(e, ERR_IO, "cannot be read: %s", strerror(errno))
	                             : check_kind(&st, cap, e);
	if (!bad && st.st_nlink != 1)
		bad = err_set(e, ERR_IO, "has several hard links; replace it by a copy of its own");
	if (!bad)
		bad = read_all(fd, cap, st.st_size, &f->data, &f->n, e);
	close(fd);
	return bad ? err_at(e, "file '%s' beside it", f->name) : 0;
}

int read_side_open(struct read_side *s, const char *path, int64_t max_mem, struct err *e)
{
	if (!strcmp(path, "-"))
		return err_set(e, ERR_IO, "its data are in other files; give the file's name instead of -");
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), bad = 0;
	free(folder);
	if (dir < 0)
		return err_set(e, ERR_IO, "its folder cannot be opened: %s", strerror(errno));
	int64_t left = max_mem;
	for (int i = 0; i < s->n && !bad; i++) {
		bad = side_open_one(dir, &s->file[i], left, e);
		left -= (int64_t)s->file[i].n;
	}
	close(dir);
	s->opened = true;
	return bad;
}

/* The child cannot open files. It answers with the names that it needs, and the parent calls it again with the
 * files. */
static int side_write(const struct read_side *s, unsigned char **buf, size_t *n)
{
	*n = sizeof side_magic;
	for (int i = 0; i < s->n; i++)
		*n += strlen(s->file[i].name) + 1;
	*buf = xmalloc(*n);
	memcpy(*buf, side_magic, sizeof side_magic);
	char *p = (char *)*buf + sizeof side_magic;
	for (int i = 0; i < s->n; i++)
		p = stpcpy(p, s->file[i].name) + 1;
	return 0;
}

static int side_read(struct read_side *s, const unsigned char *buf, size_t n, struct err *e)
{
	int bad = 0;
	for (size_t at = sizeof side_magic; at < n && !bad;) {
		const char *name = (const char *)buf + at;
		size_t len = strnlen(name, n - at);
		if (len == n - at)
			return err_set(e, ERR_FORMAT, "the reader failed");
		bad = read_side_want(s, name, e);
		at += len + 1;
	}
	return bad;
}

/* ---- the call ---- */

static void send_piece(void *arg, const void *p, size_t n)
{
	(void)arg;
	sandbox_send(p, n);
}

static int job_work(void *arg, unsigned char **buf, size_t *n, struct err *e)
{
	struct job *j = arg;
	struct model *m = j->reader->read(j->file, j->data, j->n, &j->side, j->o, e);
	/* The child ends after this; nothing has to be freed. */
	if (!m && j->side.n && !j->side.opened)
		return side_write(&j->side, buf, n);
	return m ? serial_send(m, send_piece, NULL, e) : e->code;
}

/* ---- the child is this program, started again; a file in memory holds what it needs ---- */

/* The last bytes of the file in memory. They say where the parts before them begin and end. */
struct parcel {
	int32_t reader, no_external_data, opened, n_side;
	int64_t max_mem, window;
	double max_time;
	/* Lengths of the parts that precede this struct, each aligned to 64 bytes: the model file (its NUL not
	 * counted), the file name, layout, head and input (each with its NUL; 0 means NULL). Then follow for each side
	 * file two lengths, its name and its bytes, and the settings of inputs. */
	int64_t data, file, layout, head, input, n_setting;
};

static int64_t text_size(const char *s)
{
	return s ? (int64_t)strlen(s) + 1 : 0;
}

static bool put_part(int fd, const void *p, size_t n)
{
	static const char zero[64];
	return put(fd, p, n) && put(fd, zero, aligned(n) - n);
}

/* A setting is written as its struct, whose pointers mean nothing, its name, and its numbers. */
static bool put_setting(int fd, const struct input_setting *s)
{
	int64_t name = text_size(s->name);
	size_t n = s->array ? (size_t)shape_count(&s->shape) * sizeof *s->data : 0;
	return put_part(fd, &name, sizeof name) && put_part(fd, s, sizeof *s) && put_part(fd, s->name, (size_t)name) &&
	       put_part(fd, s->data, n);
}

static int parcel_write(const struct job *j, int64_t max_mem, struct err *e)
{
	struct parcel q = { .no_external_data = j->side.refused,
		            .opened = j->side.opened,
		            .n_side = j->side.opened ? j->side.n : 0,
		            .max_mem = max_mem,
		            .window = j->o->window,
		            .max_time = j->o->max_time > 0 ? j->o->max_time : TIME_DEFAULT,
		            .file = text_size(j->file),
		            .layout = text_size(j->o->layout),
		            .head = text_size(j->o->head),
		            .input = text_size(j->o->input),
		            .n_setting = j->o->n_setting,
		            .data = (int64_t)j->n };
	off_t end = (off_t)aligned(j->n + 1);
	while (readers[q.reader] != j->reader)
		q.reader++;
	int fd = j->memory;
	/* If the child was started before, the new parcel overwrites the old one. */
	bool good = ftruncate(fd, end) == 0 && lseek(fd, end, SEEK_SET) == end &&
	            put_part(fd, j->file, (size_t)q.file) && put_part(fd, j->o->layout, (size_t)q.layout) &&
	            put_part(fd, j->o->head, (size_t)q.head) && put_part(fd, j->o->input, (size_t)q.input);
	for (int i = 0; i < q.n_side && good; i++) {
		const struct side_file *f = &j->side.file[i];
		int64_t size[2] = { text_size(f->name), (int64_t)f->n };
		good = put_part(fd, size, sizeof size) && put_part(fd, f->name, (size_t)size[0]) &&
		       put_part(fd, f->data, f->n);
	}
	for (int i = 0; i < q.n_setting && good; i++)
		good = put_setting(fd, &j->o->setting[i]);
	return good && put(fd, &q, sizeof q) ? 0 : not_written(e);
}

static const unsigned char *take(const unsigned char **at, int64_t n)
{
	const unsigned char *p = n ? *at : NULL;
	*at += aligned((size_t)n);
	return p;
}

static void take_setting(const unsigned char **at, struct input_setting *s)
{
	int64_t name;
	memcpy(&name, take(at, sizeof name), sizeof name);
	memcpy(s, take(at, sizeof *s), sizeof *s);
	s->name = (char *)(uintptr_t)take(at, name);
	size_t n = s->array ? (size_t)shape_count(&s->shape) * sizeof *s->data : 0;
	s->data = (double *)(uintptr_t)take(at, (int64_t)n);
}

_Noreturn void read_model_child(void)
{
	static struct job j;
	static struct read_options o;
	struct stat st;
	if (fstat(SANDBOX_INPUT, &st) < 0 || st.st_size < (off_t)sizeof(struct parcel))
		_exit(2);
	/* This program wrote the file, so it may be mapped. MAP_PRIVATE: a faulty reader cannot write to the
	 * parent's copy. */
	const unsigned char *at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, SANDBOX_INPUT, 0);
	if (at == MAP_FAILED)
		_exit(2);
	const struct parcel *q = (const void *)(at + st.st_size - sizeof *q);
	o = (struct read_options){ .no_external_data = q->no_external_data,
		                   .max_mem = q->max_mem,
		                   .max_time = q->max_time,
		                   .window = q->window };
	j = (struct job){ .reader = readers[q->reader],
		          .o = &o,
		          .side = { .refused = q->no_external_data, .opened = q->opened } };
	j.n = (size_t)q->data;
	j.data = take(&at, q->data + 1);
	j.file = (const char *)take(&at, q->file);
	o.layout = (const char *)take(&at, q->layout);
	o.head = (const char *)take(&at, q->head);
	o.input = (const char *)take(&at, q->input);
	j.side.file = xcalloc((size_t)q->n_side, sizeof *j.side.file);
	for (j.side.n = 0; j.side.n < q->n_side; j.side.n++) {
		int64_t size[2];
		memcpy(size, take(&at, sizeof size), sizeof size);
		j.side.file[j.side.n].name = xstrdup((const char *)take(&at, size[0]));
		j.side.file[j.side.n].n = (size_t)size[1];
		j.side.file[j.side.n].data = (unsigned char *)(uintptr_t)take(&at, size[1]);
	}
	o.setting = xcalloc((size_t)q->n_setting, sizeof *o.setting);
	for (o.n_setting = 0; o.n_setting < q->n_setting; o.n_setting++)
		take_setting(&at, &o.setting[o.n_setting]);
	struct sandbox s = {
		.prepare = job_prepare, .work = job_work, .arg = &j, .max_mem = q->max_mem, .max_time = q->max_time
	};
	sandbox_child(&s);
}

static struct model *read_in_child(struct job *j, int64_t max_mem, struct err *e)
{
	struct sandbox s = { .prepare = job_prepare,
		             .work = job_work,
		             .arg = j,
		             .max_mem = max_mem,
		             .max_time = j->o->max_time > 0 ? j->o->max_time : TIME_DEFAULT };
	unsigned char *buf;
	size_t n;
	/* Without /proc the program cannot start itself again, and the child is a copy of this process. */
	if (access("/proc/self/exe", X_OK) == 0) {
		if (parcel_write(j, max_mem, e) < 0)
			return NULL;
		s.again = READ_MODEL_CHILD;
		s.input = j->memory;
		/* The parcel holds these bytes now. */
		for (int i = 0; i < j->side.n; i++) {
			free(j->side.file[i].data);
			j->side.file[i].data = NULL;
		}
	}
	if (sandbox_run(&s, &buf, &n, e) < 0)
		return NULL;
	if (n < sizeof side_magic || memcmp(buf, side_magic, sizeof side_magic) != 0)
		return serial_take(buf, n, e);
	int bad = j->side.opened ? err_set(e, ERR_FORMAT, "the reader failed") : side_read(&j->side, buf, n, e);
	free(buf);
	return bad || read_side_open(&j->side, j->file, max_mem, e) ? NULL : read_in_child(j, max_mem, e);
}

static struct model *read_here(struct job *j, int64_t max_mem, struct err *e)
{
	if (job_prepare(j, e) < 0)
		return NULL;
	struct model *m = j->reader->read(j->file, j->data, j->n, &j->side, j->o, e);
	if (m || !j->side.n || j->side.opened)
		return m;
	return read_side_open(&j->side, j->file, max_mem, e)
	               ? NULL
	               : j->reader->read(j->file, j->data, j->n, &j->side, j->o, e);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && !strcmp(s + n - k, end);
}

static void say_unknown(const char *path, const unsigned char *data, size_t n, struct err *e)
{
	const char *format = data_format(data, n);
	if (!n)
		err_set(e, ERR_FORMAT, "is empty");
	else if (other_format(path, data, n, true, "", e))
		return;
	else if (ends_with(path, ".h5") || ends_with(path, ".hdf5"))
		err_set(e, ERR_FORMAT,
		        "is not an HDF5 file, although its name ends so; save the model again with model.save()");
	else if (ends_with(path, ".keras"))
		err_set(e, ERR_FORMAT,
		        "is not a .keras archive, although its name ends so; save the model again with model.save()");
	else if (ends_with(path, ".onnx"))
		err_set(e, ERR_FORMAT, "is not an ONNX file, although its name ends so; export the model again");
	else if (format)
		err_set(e, ERR_FORMAT, "is data (%s); the model comes first: tsviz MODEL DATA", format);
	else
		err_set(e, ERR_FORMAT, "is not a model that tsviz knows; see --formats");
}

/* Reads the file with the weights of the model at `path` into j->side. *found, malloc'd: the file that was found
 * without the user naming it, or NULL. */
static int add_weights(struct job *j, const char *path, int64_t max_mem, char **found, struct err *e)
{
	const char *given = j->o->weights;
	*found = given ? NULL : !strcmp(path, "-") ? xstrdup("-") : weights_beside(path, e);
	if (!given && !*found)
		return e->code;
	const char *from = given ? given : *found, *slash = strrchr(from, '/');
	if (!strcmp(from, "-"))
		return err_set(e, ERR_VALUE,
		               "holds the architecture only; give the file with its weights with --weights");
	struct side_file f = { .name = xstrdup(slash ? slash + 1 : from) };
	j->side.file = xcalloc(1, sizeof f);
	int64_t size;
	int fd = read_open(from, max_mem, &size, e), bad = fd < 0 ? fd : read_all(fd, max_mem, size, &f.data, &f.n, e);
	close_file(fd);
	j->side.file[0] = f;
	j->side.n = 1;
	j->side.opened = true;
	if (!bad && !f.n)
		bad = err_set(e, ERR_FORMAT, "is empty");
	if (!bad)
		bad = wrong_format(from, f.data, f.n, e);
	if (!bad && !reader_keras.probe(f.data, f.n))
		bad = other_format(from, f.data, f.n, false, "", e)
		              ? e->code
		              : err_set(e, ERR_FORMAT, "is not an HDF5 file, so it holds no weights of Keras");
	return bad ? err_at(e, "the weights '%.300s'", from) : 0;
}

struct model *read_model(const char *path, const struct read_options *o, struct err *e)
{
	int64_t max_mem = read_memory_limit(o);
	struct job j = { .file = path, .o = o, .side = { .refused = o->no_external_data } };
	struct memory_file f;
	if (memory_file_read(&f, path, o, max_mem, e) < 0)
		return NULL;
	j.memory = f.fd;
	j.data = f.data;
	j.n = f.n;
	int wrong = wrong_format(path, j.data, j.n, e);
	for (int i = 0; readers[i] && !j.reader && !wrong; i++)
		if (readers[i]->probe(j.data, j.n))
			j.reader = readers[i];
	struct model *m = NULL;
	char *found = NULL;
	if (!wrong && j.reader && !j.reader->many_inputs && (o->input || o->n_setting)) {
		wrong = err_set(e, ERR_VALUE, "--%s: a model of this format has one input", o->input ? "input" : "set");
	}
	if (!wrong && !j.reader)
		say_unknown(path, j.data, j.n, e);
	else if (!wrong && o->weights && !j.reader->wants_weights)
		err_set(e, ERR_VALUE,
		        "holds its weights itself; --weights belongs to an architecture, the file of "
		        "model.to_json()");
	else if (!wrong && (!j.reader->wants_weights || !add_weights(&j, path, max_mem, &found, e)))
		m = j.reader->foreign && !o->no_sandbox && f.fd ? read_in_child(&j, max_mem, e)
		                                                : read_here(&j, max_mem, e);
	if (m && found) {
		char text[512];
		const char *slash = strrchr(found, '/');
		snprintf(text, sizeof text,
		         "%s%sthe weights are those of '%.300s' beside it; --weights names another file",
		         m->warning ? m->warning : "", m->warning ? "; " : "", slash ? slash + 1 : found);
		m->warning = model_text(m, text);
	}
	free(found);
	read_side_release(&j.side);
	memory_file_release(&f);
	return m;
}
