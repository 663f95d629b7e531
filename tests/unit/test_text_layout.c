#include "core/base/number.h"
#include "src/text/text_decode.h"
#include "src/text/text_layout.h"
#include "tests/unit/unit.h"

/* ---- ways of writing numbers ---- */

static const struct {
	const char *text;
	int marks;
	double point, comma; /* the value with each decimal mark; NAN: no number */
} number[] = {
	{ "12", 0, 12, 12 },
	{ "\xe2\x88\x92"
	  "1.5",
	  NUMBER_DECIMAL_POINT, -1.5, NAN },
	{ "1,5", NUMBER_DECIMAL_COMMA, NAN, 1.5 },
	{ "1.234", NUMBER_EITHER_POINT, 1.234, 1234 },
	{ "1,234", NUMBER_EITHER_COMMA, 1234, 1.234 },
	{ "0,234", NUMBER_DECIMAL_COMMA, NAN, 0.234 },
	{ "1.234.567", NUMBER_GROUP_POINT, NAN, 1234567 },
	{ "1.234,50", NUMBER_GROUP_POINT | NUMBER_DECIMAL_COMMA, NAN, 1234.5 },
	{ "1,234.50", NUMBER_GROUP_COMMA | NUMBER_DECIMAL_POINT, 1234.5, NAN },
	{ "1 234,5", NUMBER_GROUP_OTHER | NUMBER_DECIMAL_COMMA, NAN, 1234.5 },
	{ "1\xc2\xa0"
	  "234",
	  NUMBER_GROUP_OTHER, 1234, 1234 },
	{ "1'234.5", NUMBER_GROUP_OTHER | NUMBER_DECIMAL_POINT, 1234.5, NAN },
	{ "1.5D+2", NUMBER_DECIMAL_POINT, 150, NAN },
	{ "12.5%", NUMBER_DECIMAL_POINT, 12.5, NAN },
	{ "-0x1.8p3", 0, -12, -12 },
	{ "0x18", -1, NAN, NAN },
	{ "12,34,567.5", -1, NAN, NAN },
	{ "01.02.2024", -1, NAN, NAN },
	{ "1.5 mV", -1, NAN, NAN },
	{ "1 23", -1, NAN, NAN },
	{ "%", -1, NAN, NAN },
	{ "", -1, NAN, NAN },
};

static void check(const char *text, char mark, double want)
{
	double v = NAN;
	enum number k = number_any(text, strlen(text), mark, &v);
	ck_assert_msg((k == NUMBER_OK) == !isnan(want) && (isnan(want) || v == want), "'%s' with '%c': %g", text, mark,
	              v);
}

START_TEST(numbers_as_people_write_them)
{
	ck_assert_int_eq(number_marks(number[_i].text, strlen(number[_i].text)), number[_i].marks);
	check(number[_i].text, '.', number[_i].point);
	check(number[_i].text, ',', number[_i].comma);
}
END_TEST

/* ---- cells ---- */

static const struct {
	const char *text;
	enum cell_kind kind;
} cells[] = {
	{ "2024-01-01 10:00", CELL_STAMP },
	{ "01.02.2024", CELL_STAMP },
	{ "Jan 05, 2024", CELL_STAMP },
	{ "1/2/2024 1:00 PM", CELL_STAMP },
	{ "20200101:0010", CELL_STAMP },
	{ "1.5", CELL_NUMBER },
	{ "NA", CELL_EMPTY },
	{ "#N/A", CELL_EMPTY },
	{ "20.000,2500.00", CELL_WORD },
	{ "a:20", CELL_WORD },
	{ "12:00:00 -> 20", CELL_WORD },
	{ "walk", CELL_WORD },
	{ "10 mV", CELL_WORD },
};

START_TEST(kinds_of_cells)
{
	ck_assert_msg(cell_kind(cells[_i].text, strlen(cells[_i].text)) == cells[_i].kind, "%s", cells[_i].text);
}
END_TEST

/* ---- tables ---- */

static const struct {
	const char *text;
	char delim;
	int n_col, n_header;
	int64_t line; /* of the first row */
	int64_t above, below;
	char point; /* of the last column */
	const char *doubt;
} layout[] = {
	{ "a,b\n1,2\n3,4\n", ',', 2, 1, 2, 0, 0, '.', "" },
	{ "a;b\n1,5;2,5\n3,5;4,5\n", ';', 2, 1, 2, 0, 0, ',', "" },
	{ "title\n\nx: 1\n# c\na\tb\n1\t2\n3\t4\n", '\t', 2, 1, 6, 3, 0, '.', "" },
	{ "a b\n 1  2 \n 3  4 \n", ' ', 2, 1, 2, 0, 0, '.', "" },
	{ "a,b\ns,mV\n1,2\n3,4\nmean,3\n", ',', 2, 1, 3, 0, 1, '.', "" },
	{ "x,y\na,b\n1,2\n3,4\n", ',', 2, 2, 3, 0, 0, '.', "" },
	{ "pv\n0,007\n0,014\n", 0, 1, 1, 2, 0, 0, ',', "" },
	{ "0,007\n0,014\n", 0, 1, 0, 1, 0, 0, ',', "--decimal point" },
	{ "1,25\n2,50\n", ',', 2, 0, 1, 0, 0, '.', "--decimal comma" },
	{ "0,1\n1,0\n0,1\n", ',', 2, 0, 1, 0, 0, '.', "" },
	{ "a b c\n1,2\n3,4\n", ',', 2, 0, 2, 1, 0, '.', "" },
	{ "a,b,c\n1;2\n3;4\n", ';', 2, 0, 2, 1, 0, ',', "" },
	{ "sep=;\nt;\n;b\n", ';', 2, 1, 2, 0, 0, '.', "" },
	/* preambles of oscilloscopes whose lines have as many cells as the table */
	{ "Model,DPO\nLabel,CH1\nSource,CH1\nTIME,CH1\ns,V\n0,1\n1,3\n2,1\n", ',', 2, 1, 6, 3, 0, '.', "" },
	{ "Record Length,10\nVertical Offset,0\nLabel,\nTIME,CH1\n0,1\n1,3\n2,1\n", ',', 2, 1, 5, 3, 0, '.', "" },
	{ "Vertical Offset,0\n,\nLabel,\nTIME,CH1\n0,1\n1,3\n2,1\n", ',', 2, 1, 5, 3, 0, '.', "" },
	{ "Model Number,SDS\nSource,CH1\nSecond,Value\n0,1\n1,3\n2,1\n", ',', 2, 1, 4, 2, 0, '.', "" },
	{ "Price,Close\nTicker,X\nDate,\n0,1\n1,3\n2,1\n", ',', 2, 3, 4, 0, 0, '.', "" },
	/* the last column has a name and is empty */
	{ "a,u\n1,\n2,\n3,\n", ',', 2, 1, 2, 0, 0, '.', "" },
	/* a column changes from numbers to words: nothing is lost */
	{ "id,a\n7,1\n7,2\n8,3\ns1,4\ns1,5\n", ',', 2, 1, 2, 0, 0, '.', "'s1,4'" },
	{ "7,1.5\n7,2.5\n8,3.5\ns1,4.5\ns1,5.5\n", ',', 2, 0, 1, 0, 0, '.', "the last rows begin with a word" },
	{ "id,a\n7,1\n7,2\n8,3\ns1,4\ns1,5\n9,6\n9,7\n", ',', 2, 1, 2, 0, 0, '.', "" },
	{ "s1,1.5,1.7\ns1,2.5,2.7\n7,3.5,3.7\n7,4.5,4.9\n8,5.5,5.9\n", ',', 3, 0, 1, 0, 0, '.', "" },
	{ "id;a\n7;1,5\n7;2,5\n8;3,5\ns1;4,5\n", ';', 2, 1, 2, 0, 0, ',', "the last row begins with a word" },
	{ "a,id\n1,7\n2,7\n3,8\n4,s1\n5,s1\n", ',', 2, 1, 2, 0, 0, '.', "" },
	/* it is no footer, either, if its cells fit and some are missing */
	{ "id,a\nx,1\nx,2\ny,3\ny,4\ny,NA\n", ',', 2, 1, 2, 0, 0, '.', "" },
	{ "id,a,b\nx,1,2\nx,2,3\ny,3,4\ny,4\n", ',', 3, 1, 2, 0, 0, '.', "" },
	/* footers */
	{ "id,a\n7,1\n7,2\n8,3\nMean:,2\nmax,3\n", ',', 2, 1, 2, 0, 2, '.', "" },
	{ "id,a\nx,1\ny,2\nz,3\nMean,2\n", ',', 2, 1, 2, 0, 0, '.', "that summaries begin with ('Mean,2')" },
	{ "id,a\n7,1\n7,2\n8,3\nend of file,\n", ',', 2, 1, 2, 0, 1, '.', "" },
	{ "id,a\n7,1\n7,2\n8,3\n,total\n", ',', 2, 1, 2, 0, 1, '.', "" },
	{ "id,a,b\nx,1,2\nx,2,3\ny,3,4\nMean,2\n", ',', 3, 1, 2, 0, 1, '.', "" },
	{ "id,a,b\n7,1,2\n7,2,3\n8,3,4\nwritten by x, 2024\n", ',', 3, 1, 2, 0, 1, '.', "" },
	{ "words,only\nno,number\n", ',', 2, 1, 2, 0, 0, '.', "" },
	/* whole numbers beyond 64 bits do not count up */
	{ "1e39,57\n1,2\n3,4\n", ',', 2, 0, 1, 0, 0, '.', "" },
};

START_TEST(the_table_is_found)
{
	struct text_layout l;
	struct layout_wanted w = { 0 };
	struct err e = { 0 };
	const char *text = layout[_i].text;
	ck_assert_msg(!text_layout_find(&l, text, strlen(text), &w, &e), "%s", e.text);
	ck_assert_int_eq(l.delim, layout[_i].delim);
	ck_assert_int_eq(l.n_col, layout[_i].n_col);
	ck_assert_int_eq(l.n_header, layout[_i].n_header);
	ck_assert_int_eq(l.line, layout[_i].line);
	ck_assert_int_eq(l.above, layout[_i].above);
	ck_assert_int_eq(l.below, layout[_i].below);
	ck_assert_int_eq(l.column[l.n_col - 1].point, layout[_i].point);
	ck_assert_msg(strstr(l.doubt, layout[_i].doubt) && !*l.doubt == !*layout[_i].doubt, "'%s'", l.doubt);
	text_layout_release(&l);
}
END_TEST

START_TEST(lines_and_cells_of_a_table)
{
	const char *text = "i,\"a, b\",c\n1,\"x, y\", 3 \n# note\n\n,,\ni,\"a, b\",c\n2,,4\n";
	struct text_layout l;
	struct layout_wanted w = { 0 };
	struct err e = { 0 };
	char all[200] = "";
	const char *s;
	size_t n;
	ck_assert(!text_layout_find(&l, text, strlen(text), &w, &e));
	struct text_line line = text_layout_first(&l);
	while (text_layout_next(&l, &line)) {
		struct text_cells c = text_layout_cells(&l, line.s, line.end);
		while (text_layout_cell(&c, &s, &n))
			snprintf(all + strlen(all), sizeof all - strlen(all), "[%.*s]", (int)n, s);
		snprintf(all + strlen(all), sizeof all - strlen(all), "%d ", (int)line.line);
	}
	ck_assert_str_eq(all, "[1][x, y][3]2 [2][][4]7 ");
	text_layout_release(&l);
}
END_TEST

/* ---- encodings ---- */

#define S(s) s, sizeof(s) - 1
static const struct {
	const char *bytes;
	size_t n;
	const char *text, *encoding;
} encoding[] = {
	{ S("\xef\xbb\xbf"
	    "a,1\n"),
	  "a,1\n", "UTF-8" },
	{ S("\xff\xfe"
	    "a\0,\0\xe9\0\x3d\xd8\x00\xde"),
	  "a,\u00e9\U0001F600", "UTF-16, little-endian" },
	{ S("\xfe\xff\0a\0,\0b"), "a,b", "UTF-16, big-endian" },
	{ S("a\0,\0b\0\n\0001\0,\0002\0\n\0"), "a,b\n1,2\n", "UTF-16, little-endian" },
	{ S("\x80 \xb0"
	    "C,1\n"),
	  "\u20ac \u00b0C,1\n", "Latin-1, because it is not UTF-8; --encoding NAME reads another one" },
	{ S("a,1\n\x1a\0\0\0"), "a,1\n", "UTF-8" },
};

/* Bytes in an encoding that is named, and what they are; NULL: `says` is a part of the error. */
static const struct {
	const char *bytes;
	size_t n;
	const char *name, *text, *says;
} named_encoding[] = {
	{ S("\xca\xfd\xd6\xb5,1\n"), "GBK", "\u6570\u503c,1\n", NULL },
	{ S("\x95\x5c\x8e\xa6,1\n"), "shift_jis", "\u8868\u793a,1\n", NULL },
	{ S("\xc2\xf0\n\x1a"), "CP1251", "\u0412\u0440\n", NULL },
	{ S("\xff\xfe"
	    "a\0"),
	  "UTF-16", "a", NULL },
	{ S("a,1\n\x95"), "SHIFT_JIS", "a,1\n", NULL },
	{ S("a\nb\xff\xff,1"), "GBK", NULL, "line 2: bytes that are no letters of --encoding GBK" },
	{ S("a"), "KLINGON", NULL, "--encoding KLINGON: no encoding of this name is known; iconv -l lists them" },
	{ S("a"), "ASCII//TRANSLIT", NULL, "no encoding of this name" },
};

START_TEST(encodings_by_name)
{
	struct decoded d;
	struct err e = { 0 };
	int bad = text_to_utf8(&d, (const unsigned char *)named_encoding[_i].bytes, named_encoding[_i].n,
	                       named_encoding[_i].name, &e);
	ck_assert_msg(!bad == !named_encoding[_i].says, "%d: %s", _i, e.text);
	if (bad) {
		ck_assert_msg(strstr(e.text, named_encoding[_i].says), "%s", e.text);
		return;
	}
	ck_assert_msg(d.n == strlen(named_encoding[_i].text) && !memcmp(d.text, named_encoding[_i].text, d.n),
	              "%d: '%.*s'", _i, (int)d.n, d.text);
	decoded_release(&d);
}
END_TEST

/* A text that is read as Latin-1 although its letters look like those of another encoding. */
START_TEST(letters_of_another_encoding_are_doubted)
{
	struct decoded d;
	struct err e = { 0 };
	ck_assert(!text_to_utf8(&d, (const unsigned char *)"\xca\xfd\xd6\xb5,1", 6, NULL, &e));
	ck_assert(d.warning && strstr(d.warning, "--encoding NAME says which: GBK, SHIFT_JIS, CP1251"));
	decoded_release(&d);
	ck_assert(!text_to_utf8(&d, (const unsigned char *)"M\xe4th\xf6jd,1", 9, NULL, &e));
	ck_assert_ptr_null(d.warning);
	decoded_release(&d);
}
END_TEST

START_TEST(encodings)
{
	struct decoded d;
	struct err e = { 0 };
	ck_assert_msg(!text_to_utf8(&d, (const unsigned char *)encoding[_i].bytes, encoding[_i].n, NULL, &e), "%s",
	              e.text);
	ck_assert_str_eq(d.encoding, encoding[_i].encoding);
	ck_assert_msg(d.n == strlen(encoding[_i].text) && !memcmp(d.text, encoding[_i].text, d.n), "'%.*s'", (int)d.n,
	              d.text);
	decoded_release(&d);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, numbers_as_people_write_them, 0, (int)(sizeof number / sizeof *number));
	tcase_add_loop_test(c, kinds_of_cells, 0, (int)(sizeof cells / sizeof *cells));
	tcase_add_loop_test(c, the_table_is_found, 0, (int)(sizeof layout / sizeof *layout));
	tcase_add_test(c, lines_and_cells_of_a_table);
	tcase_add_loop_test(c, encodings, 0, (int)(sizeof encoding / sizeof *encoding));
	tcase_add_loop_test(c, encodings_by_name, 0, (int)(sizeof named_encoding / sizeof *named_encoding));
	tcase_add_test(c, letters_of_another_encoding_are_doubted);
}

UNIT_MAIN_WITH("text_layout", setup)
