#include "src/version.h"

#include <cjson/cJSON.h>
#include <csv.h>
#include <curses.h>
#include "core/tile.h"

void version_print(FILE *f)
{
	fprintf(f, "tsviz %s\n", TSVIZ_VERSION);
	fprintf(f, "ncurses %s, cJSON %s, libcsv %d.%d.%d", NCURSES_VERSION, cJSON_Version(), CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
	fprintf(f, "; libhdf5 is loaded when an HDF5 file is read\n");
	fprintf(f, "instruction sets:");
	for (const struct isa *i = isa_table; i->name; i++)
		if (i->usable())
			fprintf(f, " %s%s", i->name, i == isa_active() ? " (in use)" : "");
	fprintf(f, "; numbers are %s\n", sizeof(real) == sizeof(double) ? "double" : "float");
}
