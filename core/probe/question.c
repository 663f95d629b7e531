#include "core/probe/question.h"

#include <stddef.h>
#include <string.h>

const char *const baseline_names[] = { "zero", "mean", "window" };

enum { MAPS = STALE_TARGET_MAP | STALE_MAPS };

static bool baseline_is_window(const struct question *q)
{
	return q->baseline == BASELINE_WINDOW;
}

#define FIELD(name, stale, matters)                                                                   \
	{                                                                                             \
		offsetof(struct question, name), sizeof(((struct question *)0)->name), stale, matters \
	}
/* Every field but the set of filters. A field is compared byte by byte, so it is a number without padding. */
static const struct field {
	size_t offset, size;
	unsigned stale;                              /* what becomes stale when it changes */
	bool (*matters)(const struct question *now); /* NULL: always */
} fields[] = {
	FIELD(window, STALE_ALL, NULL),
	FIELD(edited, STALE_ALL, NULL), /* an edited window does not change: another one has another address */
	FIELD(task, STALE_ALL, NULL),
	FIELD(target.kind, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(target.k, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(target.t_from, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(target.t_to, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(target.c_from, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(target.c_to, STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP, NULL),
	FIELD(measure, STALE_IMPORTANCE, NULL),
	FIELD(method, MAPS, NULL),
	FIELD(baseline, STALE_BASELINE_MAPS, NULL),
	FIELD(baseline_window, STALE_BASELINE_MAPS, baseline_is_window),
	FIELD(series, STALE_BASELINE_MAPS, NULL),
	FIELD(seed, STALE_RANDOM_MAPS | STALE_CLUSTERS, NULL),
	FIELD(cluster_method, STALE_CLUSTERS, NULL),
	FIELD(clusters, STALE_CLUSTERS, NULL),
};
enum { FIELDS = sizeof fields / sizeof *fields };

void question_init(struct question *q, const struct model *m, enum task task)
{
	*q = (struct question){ .task = task == TASK_AUTO ? model_task(m, TASK_AUTO, m->recipe, false) : task };
	/* only model_set_task gives a flat output its steps */
	if (task_has_steps(q->task) && !m->out_steps)
		q->task = m->head == HEAD_LINEAR ? TASK_REGRESSION : TASK_CLASSIFICATION;
	q->target = target_default(q->task);
}

void question_copy(struct question *to, const struct question *from)
{
	struct filter_set off = to->off;
	const struct edited *was = to->edited;
	filter_set_copy(&off, &from->off);
	*to = *from;
	to->off = off;
	edited_hold(to->edited);
	edited_drop(was);
}

void question_release(struct question *q)
{
	filter_set_release(&q->off);
	edited_drop(q->edited);
	*q = (struct question){ 0 };
}

void question_edit(struct question *q, const struct edited *edited)
{
	const struct edited *was = q->edited;
	q->edited = edited_hold(edited);
	q->window = edited ? edited->window : q->window;
	edited_drop(was);
}

static bool same(const struct question *a, const struct question *b, const struct field *f)
{
	return !memcmp((const char *)a + f->offset, (const char *)b + f->offset, f->size);
}

bool question_equal(const struct question *a, const struct question *b)
{
	for (int i = 0; i < FIELDS; i++)
		if (!same(a, b, &fields[i]))
			return false;
	return filter_set_equal(&a->off, &b->off);
}

unsigned question_stale(const struct question *was, const struct question *now)
{
	unsigned stale = filter_set_equal(&was->off, &now->off) ? 0 : STALE_ALL;
	for (int i = 0; i < FIELDS; i++)
		if (!same(was, now, &fields[i]) && (!fields[i].matters || fields[i].matters(now)))
			stale |= fields[i].stale;
	return stale;
}
