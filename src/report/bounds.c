#include "src/report/bounds.h"

int64_t bounds_windows(struct report *r, const char *what, int64_t usual, double cost)
{
	int64_t all = r->b.l.data.n, n = usual < all ? usual : all;
	double most = BOUNDS_WORK / (cost > 1 ? cost : 1);
	if (r->effort != REPORT_FULL && (double)n > most) {
		n = most < 1 ? 1 : (int64_t)most;
		report_limit(r, "%s: of %lld windows only, because the network is large; --full takes %lld.", what,
		             (long long)n, (long long)(usual < all ? usual : all));
	}
	return n > 1 ? n : 1;
}

int64_t bounds_window(int64_t i, int64_t some, int64_t n)
{
	return some < n ? i * n / some : i;
}
