/* A chunk of a survey as a power cut may leave it on a disk that does not keep its promises: ended early, with its
 * length but without its last bytes, or without one of its blocks. It is refused, and never added to the others. What a
 * power cut may leave of a file that src/read/save.c wrote is enumerated in test_save_faults.c. */
#include "src/json/survey_json.h"
#include "core/base/mem.h"
#include "tests/unit/unit.h"

#ifdef TSVIZ_SAN
#define PROGRAM "build/san/tsviz"
#else
#define PROGRAM "build/release/tsviz"
#endif

enum { MOST = 1 << 22, BLOCK = 512 };

/* A chunk of a survey with two windows; the caller frees it. */
static char *chunk(size_t *n)
{
	char *text = xcalloc(MOST, 1);
	FILE *f = popen(PROGRAM
	                " survey tests/survey/net.onnx tests/survey/windows.npz -q --chunk 2 --shard 1/16 --threads 1",
	                "r");
	ck_assert_ptr_nonnull(f);
	*n = fread(text, 1, MOST - 1, f);
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_uint_gt(*n, 1000);
	return text;
}

static int read_chunk(const char *text, size_t n)
{
	struct survey_file s;
	struct err e = { 0 };
	int bad = survey_file_parse(&s, "chunk", text, n, &e);
	survey_file_release(&s);
	ck_assert(!bad == !*e.text);
	return bad;
}

START_TEST(a_chunk_that_is_not_whole_is_refused)
{
	size_t n;
	char *text = chunk(&n), *torn = xcalloc(n + 1, 1);
	ck_assert_int_eq(read_chunk(text, n), 0);
	/* the last byte ends the last line, and says nothing */
	size_t step = n / 150 + 1;
	for (size_t cut = 0; cut + 1 < n; cut += cut + 40 < n && cut > 40 ? step : 1) {
		memcpy(torn, text, cut);
		memset(torn + cut, 0, n + 1 - cut);
		ck_assert_msg(read_chunk(torn, cut), "cut at %zu of %zu", cut, n);
		ck_assert_msg(read_chunk(torn, n), "zeros from %zu of %zu", cut, n);
	}
	for (size_t at = 0; at + 1 < n; at += BLOCK * (1 + n / BLOCK / 150)) {
		size_t k = n - 1 - at < BLOCK ? n - 1 - at : BLOCK;
		memcpy(torn, text, n);
		memset(torn + at, 0, k);
		ck_assert_msg(read_chunk(torn, n), "no block at %zu of %zu", at, n);
	}
	free(torn);
	free(text);
}
END_TEST

UNIT_MAIN("torn chunks of surveys", a_chunk_that_is_not_whole_is_refused)
