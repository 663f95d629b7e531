#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "src/job/job.h"

/* Saving replaces a name, not what a link leads to. So it is the name `out` that may not be that of a file that is
 * read. */
static bool same_file(const char *out, const char *in)
{
	struct stat x, y[2];
	if (!out || !in || lstat(out, &x) || !(S_ISREG(x.st_mode) || S_ISLNK(x.st_mode)))
		return false;
	bool there[2] = { !stat(in, &y[0]), !lstat(in, &y[1]) };
	for (int i = 0; i < 2; i++)
		if (there[i] && x.st_dev == y[i].st_dev && x.st_ino == y[i].st_ino)
			return true;
	return false;
}

int output_check(const struct options *o, const char *path, struct err *e)
{
	bool same = same_file(path, o->model);
	for (int i = 0; i < o->n_data; i++)
		same |= same_file(path, o->data[i]);
	return same ? err_set(e, ERR_VALUE, "%s: this file is read; give the result another name", path) : 0;
}

int output_open(struct output *out, const struct options *o, struct err *e)
{
	memset(out, 0, sizeof *out);
	if (!o->out || !strcmp(o->out, "-")) {
		out->f = stdout;
		return 0;
	}
	int bad = output_check(o, o->out, e);
	bad = bad ? bad : save_begin(&out->save, o->out, e);
	out->to_file = !bad;
	out->f = bad ? NULL : out->save.f;
	return bad;
}

int output_close(struct output *out, struct err *e)
{
	if (out->to_file)
		return save_commit(&out->save, e);
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	/* If an earlier write failed, its reason is lost. One more byte fails for the same reason. */
	if (!errno && write(STDOUT_FILENO, "\n", 1) == 1)
		errno = EIO;
	return err_set(e, ERR_IO, "standard output: %s", strerror(errno));
}

void output_abort(struct output *out)
{
	if (out->to_file)
		save_abort(&out->save);
}

void windows_print(const struct dataset *d, FILE *f)
{
	fprintf(f, "%lld window%s", (long long)d->n, d->n == 1 ? "" : "s");
	if (d->n_target && d->n_target < d->n)
		fprintf(f, ", %lld with a true value", (long long)d->n_target);
	if (d->n_group)
		fprintf(f, ", in %d group%s", d->n_group, d->n_group == 1 ? "" : "s");
}
