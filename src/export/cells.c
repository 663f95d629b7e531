#include "src/export/cells.h"

#include <math.h>
#include <string.h>
#include "core/base/number.h"

void csv_cell(FILE *f, const char *s)
{
	if (!strpbrk(s, ",\"\n\r")) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++)
		fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', f);
}

void csv_number(FILE *f, double v)
{
	char text[NUMBER_TEXT];
	fputc(',', f);
	if (isfinite(v))
		fwrite(text, 1, number_write(text, v, 9), f);
	else
		fputs(isnan(v) ? "nan" : v < 0 ? "-inf" : "inf", f);
}
