#include "src/read/version.h"

#include <cjson/cJSON.h>
#include "core/kernels/tile.h"
#include "src/data/csv.h"
#include "src/keras/keras.h"
#include "src/read/library.h"
#include "ui/browse/browse.h"

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
