/* How the verbs write outputs with a time axis: their names, and their order, which is that of the model's own
 * framework. */
#include <stdlib.h>
#include "src/job/job.h"

bool output_has_axes(const struct model *m)
{
	return m->out_steps > 0 && !m->out_flat;
}

const char *output_name_of(const struct model *m, const char *what, int64_t k, char *buf, size_t size)
{
	int64_t inner = m->out_steps_first ? m->out_channels : m->out_steps;
	if (output_has_axes(m))
		snprintf(buf, size, "%s[%lld,%lld]", what, (long long)(k / inner), (long long)(k % inner));
	else
		snprintf(buf, size, "%s%lld", what, (long long)k);
	return buf;
}

void output_axes_json(struct json *j, const struct model *m)
{
	int64_t a = m->out_steps_first ? m->out_steps : m->out_channels;
	json_object(j);
	json_key(j, "order"), json_string(j, m->out_steps_first ? "t,c" : "c,t");
	json_key(j, "shape"), json_array(j);
	json_int(j, a), json_int(j, m->outputs / a);
	json_end_array(j);
	json_end_object(j);
}

void outputs_json(struct json *j, const struct model *m, const real *graph, int64_t windows)
{
	real *own = xcalloc((size_t)(m->outputs * windows), sizeof *own);
	for (int64_t i = 0; i < windows && graph; i++)
		model_outputs_unpack(m, graph + i * m->outputs, own + i * m->outputs);
	json_reals(j, graph ? own : NULL, m->outputs * windows);
	free(own);
}
