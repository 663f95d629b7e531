/* convert: a model, whatever it was read from, as tsviz JSON or as ONNX. */
#include <string.h>
#include "src/verbs/cmd.h"
#include "src/json/model_json.h"
#include "src/onnx/onnx_write.h"

static const struct target_format {
	const char *end, *name;
	int (*write)(const struct model *m, FILE *f, struct err *e);
} formats[] = {
	{ ".onnx", "ONNX", onnx_write },
	{ ".json", "tsviz JSON", model_json_write },
};

static const struct target_format *format_of(const char *path)
{
	size_t n = path ? strlen(path) : 0;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		size_t k = strlen(formats[i].end);
		if (n > k && !strcmp(path + n - k, formats[i].end))
			return &formats[i];
	}
	return NULL;
}

int cmd_convert(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	const struct target_format *to = format_of(o->out);
	if (!to) {
		err_set(e, ERR_VALUE, "convert needs -o OUT.onnx or -o OUT.json");
		return 2;
	}
	int bad = load(&l, o, 0, e);
	if (!bad)
		bad = output_open(&out, o, e);
	if (!bad) {
		/* recipe options and a recipe file beside the model go into what is written */
		struct recipe *own = l.model->recipe;
		if (l.recipe.given)
			l.model->recipe = &l.recipe;
		bad = to->write(l.model, out.f, e);
		l.model->recipe = own;
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
