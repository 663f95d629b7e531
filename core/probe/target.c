#include "core/probe/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "sum", "class", "output", "loss", "error", "output" };

bool target_has_class(enum task task)
{
	return task == TASK_CLASSIFICATION || task == TASK_SEGMENTATION;
}

struct target target_default(enum task task)
{
	enum target_kind kind = target_has_class(task)        ? TARGET_CLASS
	                        : task == TASK_RECONSTRUCTION ? TARGET_ERROR
	                                                      : TARGET_SUM;
	return (struct target){ .kind = kind };
}

bool target_is_loss(const struct target *t)
{
	return t->kind == TARGET_LOSS || t->kind == TARGET_ERROR;
}

bool target_equal(const struct target *a, const struct target *b)
{
	return a->kind == b->kind && a->k == b->k && a->t_from == b->t_from && a->t_to == b->t_to &&
	       a->c_from == b->c_from && a->c_to == b->c_to;
}

/* Reads a whole number at *s and moves *s behind it. */
static bool take_number(const char **s, int64_t *v)
{
	char *end;
	if (**s < '0' || **s > '9')
		return false;
	errno = 0;
	*v = strtoll(*s, &end, 10);
	*s = end;
	return !errno;
}

/* Reads "3", "10-20" or "*" at *s as [from,to). n: the length of the axis. */
static bool take_range(const char **s, int64_t n, int64_t *from, int64_t *to)
{
	if (**s == '*') {
		++*s;
		*from = 0;
		*to = n;
		return true;
	}
	int64_t last;
	if (!take_number(s, from))
		return false;
	last = *from;
	if (**s == '-') {
		++*s;
		if (!take_number(s, &last))
			return false;
	}
	*to = last < INT64_MAX ? last + 1 : last;
	return *from <= last;
}

static int parse_steps(struct target *t, const char *s, const struct model *m, struct err *e)
{
	const char *at = s + 7;
	struct target q = { .kind = TARGET_STEPS };
	if (!m->out_steps)
		return err_set(e, ERR_VALUE,
		               "target '%s': the model's output has no time axis; output:K is one of its %lld outputs",
		               s, (long long)m->outputs);
	bool good = take_range(&at, m->out_steps, &q.t_from, &q.t_to) && *at++ == ',' &&
	            take_range(&at, m->out_channels, &q.c_from, &q.c_to) && !*at;
	if (!good)
		return err_set(e, ERR_VALUE,
		               "target '%s': output: is followed by a step and a channel, as in output:3,0, "
		               "output:10-20,0 or output:*,0",
		               s);
	if (q.t_to > m->out_steps || q.c_to > m->out_channels)
		return err_set(e, ERR_VALUE,
		               "target '%s': the output has %lld steps and %lld channel%s, numbered from 0", s,
		               (long long)m->out_steps, (long long)m->out_channels, m->out_channels == 1 ? "" : "s");
	*t = q;
	return 0;
}

static int parse_output(struct target *t, const char *s, const struct model *m, struct err *e)
{
	const char *at = s + 7;
	int64_t k;
	if (strpbrk(at, ",-*"))
		return parse_steps(t, s, m, e);
	if (!take_number(&at, &k) || *at)
		return err_set(e, ERR_VALUE, "target '%s': output: is followed by a number, as in output:0", s);
	if (k >= m->outputs)
		return err_set(e, ERR_VALUE, "target '%s': the model has %lld output%s, numbered from 0", s,
		               (long long)m->outputs, m->outputs == 1 ? "" : "s");
	*t = (struct target){ .kind = TARGET_OUTPUT, .k = k };
	return 0;
}

int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e)
{
	static const enum target_kind plain[] = { TARGET_SUM, TARGET_CLASS, TARGET_LOSS, TARGET_ERROR };
	*t = target_default(task);
	if (!strncmp(s, "output:", 7))
		return parse_output(t, s, m, e);
	size_t i = 0, n = sizeof plain / sizeof *plain;
	while (i < n && strcmp(s, kinds[plain[i]]) != 0)
		i++;
	if (i == n)
		return err_set(e, ERR_VALUE, "target '%s' is unknown; one of sum, class, output:K, %sloss, error", s,
		               m->out_steps ? "output:T,C, " : "");
	if (plain[i] == TARGET_CLASS && !target_has_class(task))
		return err_set(e, ERR_VALUE,
		               "target 'class' needs a classifier; add --task classification or take sum or output:K");
	t->kind = plain[i];
	return 0;
}

static size_t range_format(char *buf, size_t size, int64_t from, int64_t to, int64_t all)
{
	int n;
	if (from == 0 && to == all)
		n = snprintf(buf, size, "*");
	else if (to - from == 1)
		n = snprintf(buf, size, "%lld", (long long)from);
	else
		n = snprintf(buf, size, "%lld-%lld", (long long)from, (long long)to - 1);
	return (size_t)n < size ? (size_t)n : size;
}

void target_format(const struct target *t, const struct model *m, char *buf, size_t size)
{
	if (t->kind == TARGET_OUTPUT) {
		snprintf(buf, size, "%s:%lld", kinds[t->kind], (long long)t->k);
	} else if (t->kind == TARGET_STEPS) {
		size_t n = (size_t)snprintf(buf, size, "output:");
		n += range_format(buf + n, size - n, t->t_from, t->t_to, m && m->out_steps > 1 ? m->out_steps : -1);
		n += (size_t)snprintf(buf + n, size - n, ",");
		if (n < size)
			range_format(buf + n, size - n, t->c_from, t->c_to,
			             m && m->out_channels > 1 ? m->out_channels : -1);
	} else {
		snprintf(buf, size, "%s", kinds[t->kind]);
	}
}
