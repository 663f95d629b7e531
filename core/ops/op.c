#include "core/graph/op.h"

#include <string.h>
#include "core/ops/ops.h"

#define OPS_POINTER(id) &op_##id,
const struct op *const op_table[] = { OPS(OPS_POINTER) NULL };

const struct op *op_find(const char *name)
{
	for (int i = 0; op_table[i]; i++)
		if (!strcmp(op_table[i]->name, name))
			return op_table[i];
	return NULL;
}
