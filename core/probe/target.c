#include "core/probe/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "sum", "class", "output", "loss" };

struct target target_default(enum task task)
{
	return (struct target){ task == TASK_CLASSIFICATION ? TARGET_CLASS : TARGET_SUM, 0 };
}

int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e)
{
	*t = target_default(task);
	if (!strncmp(s, "output:", 7)) {
		char *end;
		errno = 0;
		long long k = strtoll(s + 7, &end, 10);
		if (s[7] < '0' || s[7] > '9' || *end || errno)
			return err_set(e, ERR_VALUE, "target '%s': output: is followed by a number, as in output:0", s);
		if (k >= m->outputs)
			return err_set(e, ERR_VALUE, "target '%s': the model has %lld output%s, numbered from 0", s,
			               (long long)m->outputs, m->outputs == 1 ? "" : "s");
		*t = (struct target){ TARGET_OUTPUT, k };
		return 0;
	}
	for (int k = TARGET_SUM; k <= TARGET_LOSS; k++)
		if (k != TARGET_OUTPUT && !strcmp(s, kinds[k]))
			t->kind = (enum target_kind)k;
	if (strcmp(s, kinds[t->kind]) != 0)
		return err_set(e, ERR_VALUE, "target '%s' is unknown; one of sum, class, output:K, loss", s);
	if (t->kind == TARGET_CLASS && task != TASK_CLASSIFICATION)
		return err_set(e, ERR_VALUE,
		               "target 'class' needs a classifier; add --task classification or take sum or output:K");
	return 0;
}

void target_format(const struct target *t, char *buf, size_t size)
{
	if (t->kind == TARGET_OUTPUT)
		snprintf(buf, size, "%s:%lld", kinds[t->kind], (long long)t->k);
	else
		snprintf(buf, size, "%s", kinds[t->kind]);
}
