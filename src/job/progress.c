#include "src/job/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/base/text.h"

double clock_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { NAME_COLUMNS = 60 };

void progress_init(struct progress *p, bool wanted)
{
	*p = (struct progress){ .on = wanted && isatty(STDERR_FILENO), .from = clock_seconds() };
	p->last = p->from + 0.8;
}

void progress_say(struct progress *p, int64_t i, int64_t n, const char *what)
{
	double now = p->on ? clock_seconds() : 0;
	if (!p->on || now - p->last < 0.2)
		return;
	p->last = now;
	p->written = true;
	char clean[1024], line[8 * NAME_COLUMNS];
	text_clean(clean, sizeof clean, what, strlen(what));
	text_shorten(line, sizeof line, clean, NAME_COLUMNS);
	fprintf(stderr, "\r%3d %% %s%*s", n ? (int)(100 * i / n) : 100, line, NAME_COLUMNS - text_width(line), "");
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->written)
		fprintf(stderr, "\r%66s\r", "");
	p->written = false;
}
