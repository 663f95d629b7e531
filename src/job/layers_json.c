#include "src/job/layers_json.h"

#include <stdlib.h>
#include "core/model/describe.h"

void facts_json(struct json *j, const struct model_facts *f)
{
	json_key(j, "facts"), json_array(j);
	for (int i = 0; i < f->n; i++) {
		json_object(j);
		json_key(j, "name"), json_string(j, f->v[i].name);
		json_key(j, "value"), json_string(j, f->v[i].value);
		json_end_object(j);
	}
	json_end_array(j);
}

void weights_json(struct json *j, const struct model *m, int layer)
{
	int n, *w = layer_weights(m, layer, &n);
	json_key(j, "weights"), json_array(j);
	for (int i = 0; i < n; i++) {
		const struct value *v = &m->graph->value[w[i]];
		struct tensor_figures q;
		tensor_figures(v->r, shape_count(&v->shape), &q);
		json_object(j);
		json_key(j, "name"), json_string(j, v->name);
		json_key(j, "shape"), json_array(j);
		for (int k = 0; k < v->shape.rank; k++)
			json_int(j, v->shape.dim[k]);
		json_end_array(j);
		json_key(j, "min"), json_number(j, q.min);
		json_key(j, "max"), json_number(j, q.max);
		json_key(j, "mean"), json_number(j, q.mean);
		json_key(j, "deviation"), json_number(j, q.sd);
		json_key(j, "zeros"), json_int(j, q.zeros);
		json_key(j, "not_finite"), json_int(j, q.nan + q.infinite);
		json_key(j, "histogram"), json_array(j);
		for (int k = 0; k < TENSOR_BINS; k++)
			json_int(j, q.bin[k]);
		json_end_array(j);
		json_end_object(j);
	}
	json_end_array(j);
	free(w);
}

void layers_json(struct json *j, const struct model *m)
{
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		json_newline(j);
		json_object(j);
		json_key(j, "name"), json_string(j, l->name);
		json_key(j, "type"), json_string(j, l->type);
		json_key(j, "detail"), json_string(j, l->detail);
		json_key(j, "activation"), json_string(j, l->activation);
		json_key(j, "shape"), json_array(j);
		json_int(j, l->filters);
		if (l->has_time)
			json_int(j, l->times);
		json_end_array(j);
		json_key(j, "parameters"), json_int(j, l->params);
		json_key(j, "multiply_adds"), json_int(j, l->macs);
		json_key(j, "receptive"), json_int(j, l->receptive);
		json_key(j, "analysed"), json_bool(j, l->kind == LAYER_ANALYSED);
		json_key(j, "reads"), json_array(j);
		for (int k = 0; k < l->n_in; k++)
			json_string(j, m->layer[l->in[k]].name);
		json_end_array(j);
		facts_json(j, &l->facts);
		weights_json(j, m, i);
		json_end_object(j);
	}
	json_end_array(j);
}
