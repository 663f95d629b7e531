/* convert: a model, whatever it was read from, as tsviz JSON or as ONNX. */
#include "src/job/model_write.h"
#include "src/verbs/cmd.h"

int cmd_convert(struct options *o, struct err *e)
{
	struct loaded l;
	if (!model_write_known(o->out)) {
		err_set(e, ERR_VALUE, "convert needs -o OUT.onnx or -o OUT.json");
		return 2;
	}
	int bad = load(&l, o, 0, e);
	if (!bad) {
		/* recipe options and a recipe file beside the model go into what is written */
		struct recipe *own = l.model->recipe;
		if (l.recipe.given)
			l.model->recipe = &l.recipe;
		bad = model_write(l.model, o, e);
		l.model->recipe = own;
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
