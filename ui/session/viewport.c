#include "ui/session/viewport.h"

struct span viewport_span(const struct viewport *v, int64_t total, int64_t times)
{
	if (!v->n || total < 1 || times < 2)
		return (struct span){ 0, times };
	int64_t from = v->from * times / total, end = ((v->from + v->n) * times + total - 1) / total;
	from = from < times ? from : times - 1;
	end = end > times ? times : end;
	return (struct span){ from, end > from ? end - from : 1 };
}

int64_t viewport_step(int64_t total, int64_t times, int64_t t)
{
	return times < 1 ? 0 : (2 * t + 1) * total / (2 * times);
}

/* Puts the viewport at `from` with n steps, within the window. */
static bool place(struct viewport *v, int64_t total, int64_t from, int64_t n)
{
	struct viewport was = *v;
	if (n >= total)
		*v = (struct viewport){ 0 };
	else
		*v = (struct viewport){ from < 0 ? 0 : from + n > total ? total - n : from, n };
	return v->from != was.from || v->n != was.n;
}

bool viewport_zoom(struct viewport *v, int64_t total, int64_t at, int by)
{
	int64_t was = v->n ? v->n : total, n = by > 0 ? (was + 1) / 2 : was * 2;
	if (n < VIEWPORT_LEAST)
		n = VIEWPORT_LEAST < was ? VIEWPORT_LEAST : was;
	at = at < v->from ? v->from : at >= v->from + was ? v->from + was - 1 : at;
	return place(v, total, at - (at - v->from) * n / was, n);
}

bool viewport_move(struct viewport *v, int64_t total, int64_t steps)
{
	return v->n && place(v, total, v->from + steps, v->n);
}

void viewport_follow(struct viewport *v, int64_t total, int64_t at)
{
	if (v->n && (at < v->from || at >= v->from + v->n))
		place(v, total, at - v->n / 2, v->n);
}

struct series span_series(struct span p, struct series s)
{
	return (struct series){ s.v ? s.v + p.from * s.stride : s.v, p.n, s.stride };
}
