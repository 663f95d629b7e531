#include "core/diff/diff_match.h"

#include <math.h>
#include <stdlib.h>
#include "core/base/mem.h"

/* Rows and columns are counted from 1; column 0 stands for the row that looks for a partner. */
struct search {
	int n, m; /* n <= m */
	const double *gain;
	bool turned;   /* gain is (m,n) */
	double *u, *v; /* [n + 1], [m + 1] dual variables */
	int *row;      /* [m + 1] the row of a column; 0: it is free */
	int *from;     /* [m + 1] the column before it on the path */
	double *least; /* [m + 1] the shortest path to it so far */
	bool *done;    /* [m + 1] */
};

static double cost(const struct search *s, int i, int k)
{
	return -s->gain[s->turned ? (int64_t)(k - 1) * s->n + i - 1 : (int64_t)(i - 1) * s->m + k - 1];
}

/* Goes on from column k: shortens paths, and returns the free or taken column that is now nearest. */
static int nearest(struct search *s, int k)
{
	double step = INFINITY;
	int next = 0, i = s->row[k];
	for (int c = 1; c <= s->m; c++) {
		if (s->done[c])
			continue;
		double d = cost(s, i, c) - s->u[i] - s->v[c];
		if (d < s->least[c])
			s->least[c] = d, s->from[c] = k;
		if (s->least[c] < step)
			step = s->least[c], next = c;
	}
	for (int c = 0; c <= s->m; c++)
		if (s->done[c])
			s->u[s->row[c]] += step, s->v[c] -= step;
		else
			s->least[c] -= step;
	return next;
}

static void place_row(struct search *s, int i)
{
	int k = 0;
	s->row[0] = i;
	for (int c = 0; c <= s->m; c++)
		s->least[c] = INFINITY, s->done[c] = false;
	do {
		s->done[k] = true;
		k = nearest(s, k);
	} while (s->row[k]);
	for (int before; k; k = before) {
		before = s->from[k];
		s->row[k] = s->row[before];
	}
}

void diff_assign(int n, int m, const double *gain, int *to)
{
	struct search s = { .n = n < m ? n : m, .m = n < m ? m : n, .gain = gain, .turned = n > m };
	size_t w = (size_t)s.m + 1;
	s.u = xcalloc((size_t)s.n + 1, sizeof *s.u);
	s.v = xcalloc(w, sizeof *s.v);
	s.row = xcalloc(w, sizeof *s.row);
	s.from = xcalloc(w, sizeof *s.from);
	s.least = xcalloc(w, sizeof *s.least);
	s.done = xcalloc(w, sizeof *s.done);
	for (int i = 1; i <= s.n; i++)
		place_row(&s, i);
	for (int i = 0; i < n; i++)
		to[i] = -1;
	for (int k = 1; k <= s.m; k++)
		if (s.row[k])
			to[s.turned ? k - 1 : s.row[k] - 1] = s.turned ? s.row[k] - 1 : k - 1;
	free(s.u), free(s.v), free(s.row), free(s.from), free(s.least), free(s.done);
}
