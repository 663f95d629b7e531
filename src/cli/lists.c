#include "src/cli/lists.h"

#include <cjson/cJSON.h>
#include "core/analysis/analysis.h"
#include "core/attack/attack.h"
#include "core/prune/prune_rank.h"
#include "core/prune/prune_repair.h"
#include "core/truth/truth.h"
#include "core/graph/op.h"
#include "core/kernels/tile.h"
#include "src/text/csv.h"
#include "src/keras/keras.h"
#include "src/onnx/onnx.h"
#include "src/read/library.h"
#include "src/read/other_format.h"
#include "src/read/read_data.h"
#include "src/read/read_model.h"
#include "src/read/version.h"
#include "src/read/wrong_format.h"
#include "ui/browse/browse.h"

void formats_print(FILE *f)
{
	for (int i = 0; readers[i]; i++)
		fprintf(f, "model  %-16s %s\n", readers[i]->name, readers[i]->extensions);
	for (int i = 0; data_readers[i]; i++)
		fprintf(f, "data   %-16s %s\n       %-16s %s\n", data_readers[i]->name, data_readers[i]->extensions, "",
		        data_readers[i]->example);
	fprintf(f, "data   %-16s %s\n", "gzip", ".gz of each of them");
	fprintf(f, "recipe %-16s %s\n", "JSON", ".recipe.json");
	fprintf(f, "write  %-16s %s\n", "ONNX, tsviz JSON", "convert MODEL -o OUT.onnx or OUT.json");
	keras_layers_print(f);
	wrong_formats_print(f);
	other_formats_print(f);
}

static void op_print(FILE *f, const char *name, const char *remark)
{
	int from, to;
	fprintf(f, "%-26s", name);
	if (onnx_span(name, &from, &to))
		fprintf(f, "ONNX opset %d to %d", from, to);
	fprintf(f, "%s\n", remark);
}

void ops_print(FILE *f)
{
	for (int i = 0; op_table[i]; i++)
		op_print(f, op_table[i]->name, op_table[i]->flags & OP_NODIFF ? ", not differentiable" : "");
	const char *name;
	for (int i = 0; (name = onnx_only_op(i)); i++)
		op_print(f, name, ", worked out while loading");
	const char *domain;
	for (int i = 0; (name = onnx_fused_op(i, &domain)); i++)
		fprintf(f, "%-26s%s, read as several others\n", name, *domain ? domain : "ONNX");
}

void methods_print(FILE *f)
{
	fprintf(f, "importance of a filter (--importance); y is the target\n");
	for (const struct importance_measure *q = importance_measures; q->name; q++)
		fprintf(f, "%s\n    %s\n    %s\n", q->name, q->formula, q->source);
	fprintf(f, "\nsaliency of the input (--method); f is the target or a filter's sum over time, x the window, x' "
	           "the baseline\n");
	for (const struct saliency_method *q = saliency_methods; q->name; q++)
		fprintf(f, "%s%s%s%s\n    %s\n    %s\n", q->name, q->is_signed ? "  (with signs)" : "",
		        q->baseline ? "  (--baseline)" : "", q->random ? "  (--seed)" : "", q->formula, q->source);
	fprintf(f, "\nwhat tsviz truth measures of a saliency map m; y is the target\n");
	for (int i = 0; i < TRUTH_MEASURES; i++)
		fprintf(f, "%s\n    %s\n    %s\n    %s\n", truth_measures[i].key, truth_measures[i].formula,
		        truth_measures[i].source, truth_measures[i].use);
	fprintf(f, "\nhow tsviz attack changes windows; L is the loss, x0 the window, e the epsilon of a channel\n");
	for (const struct attack_method_row *q = attack_methods; q->name; q++)
		fprintf(f, "%s\n    %s\n    %s\n", q->name, q->formula, q->source);
	fprintf(f, "\nwhich filters tsviz prune removes first (--rank); a: activation, y: the target\n");
	for (const struct prune_rank *q = prune_ranks; q->name; q++)
		fprintf(f, "%s\n    %s\n    %s\n", q->name, q->formula, q->source);
	fprintf(f,
	        "\nhow tsviz prune repairs the layers that read them (--repair); S: covariance, R: removed, K: kept\n");
	for (const struct prune_repair *q = prune_repairs; q->name; q++)
		fprintf(f, "%s\n    %s\n", q->name, q->formula);
}

void version_print(FILE *f)
{
	fprintf(f, "tsviz %s\n", TSVIZ_VERSION);
	fprintf(f, "%s, cJSON %s, libcsv %s", browse_curses_version(), cJSON_Version(), csv_library_version());
	fprintf(f, "; %s; libzip is " LIBRARY_COMES "\n", keras_h5_library());
	fprintf(f, "instruction sets:");
	for (const struct isa *i = isa_table; i->name; i++)
		if (i->usable())
			fprintf(f, " %s%s", i->name, i == isa_active() ? " (in use)" : "");
	fprintf(f, "; numbers are %s\n", sizeof(real) == sizeof(double) ? "double" : "float");
}
