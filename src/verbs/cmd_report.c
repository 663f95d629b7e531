/* report: everything that is said of a model and its data, as one document. */
#include "src/report/report.h"
#include "src/verbs/cmd.h"

int cmd_report(struct options *o, struct err *e)
{
	if (o->quick && o->full)
		return err_set(e, ERR_VALUE, "--quick and --full are opposites; give one of them"), 2;
	return report_make(o, e) ? 1 : 0;
}
