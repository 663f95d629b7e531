#include "src/version.h"

#include <cjson/cJSON.h>
#include "core/tile.h"
#include "src/csv.h"
#include "ui/browse.h"

void version_print(FILE *f)
{
	fprintf(f, "tsviz %s\n", TSVIZ_VERSION);
	fprintf(f, "%s, cJSON %s, libcsv %s", browse_curses_version(), cJSON_Version(), csv_library_version());
#ifdef TSVIZ_STATIC
	fprintf(f, "; libhdf5 and libzip are built in\n");
#else
	fprintf(f, "; libhdf5 and libzip are loaded when a file of theirs is read\n");
#endif
	fprintf(f, "instruction sets:");
	for (const struct isa *i = isa_table; i->name; i++)
		if (i->usable())
			fprintf(f, " %s%s", i->name, i == isa_active() ? " (in use)" : "");
	fprintf(f, "; numbers are %s\n", sizeof(real) == sizeof(double) ? "double" : "float");
}
