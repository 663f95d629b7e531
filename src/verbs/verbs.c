/* The table of verbs. */
#include "src/verbs/cmd.h"

const struct verb verbs[] = {
	{ "browse", "MODEL [DATA]", "open the browser (the default verb)", 1, 2, cmd_browse },
	{ "demo", "[ecg|machine]", "the browser on a bundled sample", 0, 1, cmd_demo },
	{ "info", "MODEL [DATA]",
	  "architecture: layers, shapes, parameters, receptive fields, operations; how data are read", 1, 2, cmd_info },
	{ "predict", "MODEL DATA", "every window's output as CSV", 2, 2, cmd_predict },
	{ "eval", "MODEL DATA", "errors over all windows, beside the last-value forecast or the majority class", 2, 2,
	  cmd_eval },
	{ "analyze", "MODEL DATA", "all about one window (-w N), or figures over all windows (--all), as JSON", 2, 2,
	  cmd_analyze },
	{ "train", "SPEC DATA -o MODEL", "train an architecture described in JSON", 2, 2, cmd_train },
	{ "convert", "MODEL -o OUT", "write the model as tsviz JSON (OUT.json) or as ONNX (OUT.onnx)", 1, 1,
	  cmd_convert },
	{ 0 },
};
