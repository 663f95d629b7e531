/* Which function runs a verb. */
#include "src/verbs/cmd.h"

int verb_run(struct options *o, struct err *e)
{
	static int (*const run[])(struct options * o, struct err * e) = {
#define VERB(id, name, args, least, most, help, example) [VERB_##id] = cmd_##name,
#include "src/cli/verbs.def"
#undef VERB
	};
	return o->dump ? cmd_dump(o, e) : run[o->verb - verbs](o, e);
}
