#include "src/session/session_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/read/read_model.h"
#include "src/read/save.h"

char *session_journal_path(const char *path)
{
	return xasprintf("%s.journal", path);
}

void session_hash(const char *text, size_t n, char hash[SHA256_TEXT])
{
	struct sha256 s;
	sha256_init(&s);
	sha256_add(&s, text, n);
	sha256_end(&s, hash);
}

static int read_base(struct session_file *s, const char *path, struct err *e)
{
	unsigned char *text = NULL;
	size_t n = 0;
	if (access(path, F_OK) && errno == ENOENT) {
		s->tree = json_parse("{}", 2, e);
		return 0;
	}
	int bad = read_file(path, REVIEW_BYTES_MAX, &text, &n, e);
	if (bad)
		return bad;
	session_hash((const char *)text, n, s->base);
	s->tree = json_parse((const char *)text, n, e);
	free(text);
	s->there = true;
	if (s->tree && !cJSON_IsObject(s->tree))
		return err_set(e, ERR_FORMAT, "%s: this is no session of tsviz", path);
	return s->tree ? 0 : err_at(e, "%s", path);
}

/* The journal that a descriptor leads to, which somebody may be writing. */
static int read_held(struct session_file *s, int fd)
{
	ssize_t got = 1;
	s->journal = xmalloc(JOURNAL_MOST);
	while (got > 0 && s->n_journal < JOURNAL_MOST) {
		got = pread(fd, s->journal + s->n_journal, JOURNAL_MOST - s->n_journal, (off_t)s->n_journal);
		if (got > 0)
			s->n_journal += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	return got < 0 ? ERR_IO : 0;
}

static int read_journal(struct session_file *s, const char *path, int fd, struct err *e)
{
	char *name = session_journal_path(path);
	unsigned char *text = NULL;
	int bad = 0;
	if (fd >= 0) {
		bad = read_held(s, fd);
		if (bad)
			err_set(e, ERR_IO, "%s: %s", name, strerror(errno));
	} else if (!access(name, F_OK)) {
		bad = read_file(name, JOURNAL_MOST, &text, &s->n_journal, e);
		s->journal = (char *)text;
	}
	free(name);
	return bad;
}

static void say_dropped(struct session_file *s)
{
	const struct journal_fate *f = &s->fate;
	if (f->is == JOURNAL_FOREIGN)
		snprintf(s->said, sizeof s->said,
		         "its journal belongs to another version of the file and was left out");
	else if (f->dropped)
		snprintf(s->said, sizeof s->said,
		         "the end of its journal, %zu byte%s after %d record%s, is damaged and was left out",
		         f->dropped, f->dropped == 1 ? "" : "s", f->records, f->records == 1 ? "" : "s");
}

int session_read(struct session_file *s, struct review *r, const char *path, int journal, struct err *e)
{
	memset(s, 0, sizeof *s);
	review_init(r);
	int bad = read_base(s, path, e);
	bad = bad ? bad : read_journal(s, path, journal, e);
	if (bad)
		return bad;
	journal_replay(s->journal, s->n_journal, s->base, s->tree, &s->fate);
	s->there = s->there || s->fate.records > 0;
	say_dropped(s);
	if (!s->there)
		return 0;
	bad = review_read(r, s->tree, e);
	return bad ? err_at(e, "%s", path) : 0;
}

void session_file_release(struct session_file *s)
{
	cJSON_Delete(s->tree);
	free(s->journal);
	memset(s, 0, sizeof *s);
}

int session_write(const char *path, const char *text, size_t n, bool shared, struct err *e)
{
	struct save save;
	int bad = (shared ? save_begin : save_begin_private)(&save, path, e);
	if (bad)
		return bad;
	fwrite(text, 1, n, save.f);
	return save_commit(&save, e);
}
