/* help: what there is, or the options of one verb. */
#include "core/base/words.h"
#include "src/verbs/cmd.h"

int cmd_help(struct options *o, struct err *e)
{
	const struct verb *v = o->model ? verb_find(o->model) : NULL;
	struct output out;
	if (o->model && !v) {
		char near[NEAREST_SAY];
		struct nearest q = { .asked = o->model };
		for (v = verbs; v->name; v++)
			nearest_try(&q, v->name);
		err_set(e, ERR_VALUE, "'%s' is no verb%s", o->model,
		        q.best ? nearest_say(&q, near, sizeof near) : "; tsviz help lists them");
		return 2;
	}
	int bad = output_open(&out, o, e);
	if (!bad) {
		options_help(v, out.f);
		bad = output_close(&out, e);
	}
	return bad ? 1 : 0;
}
