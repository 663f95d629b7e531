/* --seeds: what other calibration windows give, as text, JSON and columns of the curve's CSV. */
#include <math.h>
#include <stddef.h>
#include "core/prune/prune_repeat.h"
#include "src/export/cells.h"
#include "src/json/tensor_json.h"
#include "src/prune/prune_report.h"

static const struct row {
	const char *key, *name;
	size_t at;
} rows[] = {
	{ "not_repaired", "removed, not repaired", offsetof(struct prune_point, cut) },
	{ "repaired", "repaired", offsetof(struct prune_point, fixed) },
	{ "tuned", "and tuned", offsetof(struct prune_point, tuned) },
	{ "random", "random choice, repaired", offsetof(struct prune_point, chance) },
};
enum { ROWS = sizeof rows / sizeof *rows };

static bool shown(const struct prune_report *r, int row)
{
	return rows[row].at != offsetof(struct prune_point, tuned) || (r->n && r->point[0].tuning.done);
}

static struct prune_spread spread(const struct prune_report *r, int i, int row, int set, bool changed)
{
	return prune_spread(r->draw + i, r->draws, r->n, rows[row].at, set, changed);
}

static void numbers(FILE *f, const struct prune_report *r, struct prune_spread s)
{
	const double v[3] = { s.median, s.low, s.high };
	for (int k = 0; k < 3; k++)
		if (isnan(v[k]))
			fprintf(f, "  %10s", "-");
		else
			fprintf(f, r->p->has_accuracy ? "  %10.4f" : "  %10.4g", v[k]);
}

static void heads(FILE *f, int width, const char *first)
{
	fprintf(f, "%-*s  %10s  %10s  %10s\n", width, first, "median", "lowest", "highest");
}

void prune_draws_text(FILE *f, const struct prune_report *r)
{
	if (!r->draws)
		return;
	fprintf(f, "\n%s of %d draws of calibration windows, seeds %llu to %llu\n", prune_measure(r), r->draws,
	        (unsigned long long)r->l->q.seed, (unsigned long long)r->l->q.seed + (unsigned)r->draws - 1);
	for (int set = 0; set < r->p->n_set; set++)
		for (int row = 0; row < ROWS && !r->curve; row++) {
			if (!row)
				heads(f, 28, r->p->set[set].name);
			if (!shown(r, row))
				continue;
			fprintf(f, "%-28s", rows[row].name);
			numbers(f, r, spread(r, 0, row, set, false));
			fputc('\n', f);
		}
	for (int row = 1; row < ROWS - 1 && r->curve; row++) {
		if (!shown(r, row))
			continue;
		heads(f, 12, rows[row].name);
		for (int i = 0; i < r->n; i++) {
			fprintf(f, "%10.4g %%", 100 * r->point[i].asked);
			numbers(f, r, spread(r, i, row, r->p->n_set - 1, false));
			fputc('\n', f);
		}
	}
}

static void spread_json(struct json *j, const char *prefix, struct prune_spread s, const char *why)
{
	const char *name[3] = { "median", "lowest", "highest" };
	const double v[3] = { s.median, s.low, s.high };
	char key[64];
	for (int k = 0; k < 3; k++) {
		snprintf(key, sizeof key, "%s%s", prefix, name[k]);
		json_put_figure(j, key, v[k], why);
	}
}

void prune_draws_json(struct json *j, const struct prune_report *r, int i)
{
	if (!r->draws)
		return;
	json_key(j, "draws"), json_object(j);
	json_key(j, "seeds"), json_int(j, r->draws);
	for (int row = 0; row < ROWS; row++) {
		if (!shown(r, row))
			continue;
		json_key(j, rows[row].key), json_array(j);
		for (int set = 0; set < r->p->n_set; set++) {
			json_object(j);
			json_key(j, "set"), json_string(j, r->p->set[set].name);
			spread_json(j, "", spread(r, i, row, set, false), prune_no_error(&r->p->set[set]));
			struct prune_spread changed = spread(r, i, row, set, true);
			spread_json(j, "changed_", changed, prune_no_change(changed.high));
			json_end_object(j);
		}
		json_end_array(j);
	}
	json_end_object(j);
}

void prune_draws_csv_head(FILE *f, const struct prune_report *r, const char *set)
{
	for (int row = 1; row < ROWS - 1 && r->draws; row++)
		if (shown(r, row))
			fprintf(f, ",%s_%s_median,%s_%s_lowest,%s_%s_highest", set, rows[row].key, set, rows[row].key,
			        set, rows[row].key);
}

void prune_draws_csv(FILE *f, const struct prune_report *r, int i, int set)
{
	for (int row = 1; row < ROWS - 1 && r->draws; row++) {
		if (!shown(r, row))
			continue;
		double same = r->p->set[set].before.error;
		struct prune_spread s =
		        i < 0 ? (struct prune_spread){ same, same, same } : spread(r, i, row, set, false);
		csv_number(f, s.median);
		csv_number(f, s.low);
		csv_number(f, s.high);
	}
}
