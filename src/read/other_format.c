#include "src/read/other_format.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum kind {
	DATA,    /* data of another program: in the place of the model it is the data */
	NEITHER, /* packed, or no file of data at all */
};

/* What to run; %s is replaced by the file's name. */
#define IN_PYTHON "in Python: "
#define FRAME(read) IN_PYTHON "import pandas; pandas." read ".to_csv('x.csv', index=False)"
#define MNE(read) IN_PYTHON "import mne; mne.io." read ".to_data_frame().to_csv('x.csv', index=False)"
#define PICKLE                                                                                                      \
	"is a Python pickle, which can run programs and is not read", IN_PYTHON                                     \
	        "import pickle, numpy; numpy.save('x.npy', pickle.load(open('%s', 'rb'))), or .to_csv('x.csv') of " \
	        "a pandas table"
#define SPREADSHEET "open it and save it as CSV, or " FRAME("read_excel('%s')")
#define IMAGE "is an image", "tsviz reads numbers: series and windows"

struct other {
	const char *name;
	enum kind kind;
	size_t at; /* where the magic bytes are */
	const char *magic;
	size_t n;
	const char *what, *how;
	bool (*more)(const unsigned char *data, size_t n); /* a further condition, or NULL */
};

/* ---- conditions ---- */

static bool holds(const unsigned char *data, size_t n, const char *text)
{
	return memmem(data, n < 65536 ? n : 65536, text, strlen(text)) != NULL;
}

/* The names of members stand in the headers "PK\3\4", 30 bytes before each name. */
static bool any_member(const unsigned char *data, size_t n, bool (*is)(const char *name, size_t n))
{
	for (size_t at = 0; at + 30 < n;) {
		const unsigned char *p = memmem(data + at, n - at, "PK\3\4", 4);
		if (!p || (size_t)(data + n - p) < 30)
			return false;
		size_t length = p[26] | (size_t)p[27] << 8, left = (size_t)(data + n - p) - 30;
		if (is((const char *)p + 30, length < left ? length : left))
			return true;
		at = (size_t)(p - data) + 4;
	}
	return false;
}

static bool ends(const char *name, size_t n, const char *end)
{
	size_t k = strlen(end);
	return n >= k && !strncasecmp(name + n - k, end, k);
}

static bool name_is_array(const char *name, size_t n)
{
	return ends(name, n, ".npy");
}

static bool name_is_sheet(const char *name, size_t n)
{
	return n > 3 && (!memcmp(name, "xl/", 3) || ends(name, n, "[Content_Types].xml"));
}

static bool name_is_table(const char *name, size_t n)
{
	static const char *const kinds[] = { ".csv", ".tsv", ".txt", ".dat", ".ts",   ".arff", ".tsf", ".mat",
		                             ".edf", ".wav", ".hea", ".gz",  ".json", ".xlsx", ".npz", NULL };
	for (int i = 0; kinds[i]; i++)
		if (ends(name, n, kinds[i]))
			return true;
	return false;
}

static bool is_sheet(const unsigned char *data, size_t n)
{
	return any_member(data, n, name_is_sheet) && !any_member(data, n, name_is_array);
}

static bool is_ods(const unsigned char *data, size_t n)
{
	return holds(data, n, "mimetypeapplication/vnd.oasis.opendocument");
}

static bool is_archive(const unsigned char *data, size_t n)
{
	return any_member(data, n, name_is_table) && !any_member(data, n, name_is_array);
}

static bool is_digit_after(const unsigned char *data, size_t n)
{
	return n > 4 && data[4] >= '0' && data[4] <= '9';
}

/* Six digits, a letter for quality, a blank (FDSN miniSEED 2, section 1). */
static bool is_mseed(const unsigned char *data, size_t n)
{
	static const char qualities[] = { 'D', 'R', 'Q', 'M' };
	for (size_t i = 0; i < 6 && n >= 48; i++)
		if (data[i] < '0' || data[i] > '9')
			return false;
	return n >= 48 && memchr(qualities, data[6], sizeof qualities) && (data[7] == ' ' || !data[7]);
}

/* A length of 8 bytes, 4 bytes of a checksum, and a protocol buffer whose first field is a message. */
static bool is_tfrecord(const unsigned char *data, size_t n)
{
	uint64_t length = 0;
	for (int i = 7; i >= 0 && n >= 16; i--)
		length = length << 8 | data[i];
	return n >= 16 && length > 2 && length < (uint64_t)1 << 32 && data[12] == '\n' && length + 12 <= n + 4096;
}

/* Versions 104 to 115 of Stata, before files were marked up. */
static bool is_old_stata(const unsigned char *data, size_t n)
{
	return n > 109 && data[0] >= 104 && data[0] <= 115 && (data[1] == 1 || data[1] == 2) && data[2] == 1 &&
	       !data[3];
}

static bool is_web_page(const unsigned char *data, size_t n)
{
	static const char *const begins[] = { "<!doctype html", "<html", "<head", "<body", "<?xml", "<!--", NULL };
	size_t at = n >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
	while (at < n && at < 200 && strchr(" \t\r\n", data[at]) && data[at])
		at++;
	for (int i = 0; begins[i]; i++)
		if (n - at >= strlen(begins[i]) && !strncasecmp((const char *)data + at, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static bool is_xml(const unsigned char *data, size_t n)
{
	size_t first = n < 1000 ? n : 1000;
	bool mark = n >= 3 && !memcmp(data, "\xef\xbb\xbf", 3);
	if (n < 8 || memcmp(data + (mark ? 3 : 0), "<?xml", 5) != 0)
		return false;
	for (size_t i = 0; i + 5 < first; i++)
		if (!strncasecmp((const char *)data + i, "<html", 5) ||
		    !strncasecmp((const char *)data + i, "html ", 5))
			return false;
	return true;
}

static int32_t sac_word(const unsigned char *data, int k, bool big)
{
	const unsigned char *p = data + (ptrdiff_t)k * 4;
	uint32_t u = big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
	                 : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
	return (int32_t)u;
}

/* "SAC" has no magic number. Its header has version 6 at word 76, a number of values at word 79, a type of file at word
 * 85, and truth values from word 105 on; words that are not set are -12345 (SAC Data File Format). A number 6 at this
 * place alone is no sign: MATLAB's structs and arrays of whole numbers have it, too. */
static bool is_sac(const unsigned char *data, size_t n)
{
	enum { HEADER = 632, VERSION = 76, COUNT = 79, TYPE = 85, TRUTHS = 105, NOT_SET = -12345 };
	if (n < HEADER || !memchr(data, 0, HEADER))
		return false;
	bool big = data[VERSION * 4] == 0;
	int32_t type = sac_word(data, TYPE, big);
	if (sac_word(data, VERSION, big) != 6 || sac_word(data, COUNT, big) < 1 ||
	    (type != NOT_SET && (type < 1 || type > 200)))
		return false;
	for (int k = 0; k < 4; k++) {
		int32_t truth = sac_word(data, TRUTHS + k, big);
		if (truth != 0 && truth != 1 && truth != NOT_SET)
			return false;
	}
	return true;
}

/* ---- the formats ---- */

static const struct other others[] = {
	{ "git LFS pointers", NEITHER, 0, "version https://git-lfs", 23,
	  "is a pointer of git LFS and not the file itself", "in its repository run: git lfs pull", NULL },
	{ "XML", DATA, 0, "", 0, "is XML, of which each program has its own form",
	  "if it is a flat table, in Python: import pandas; pandas.read_xml('%s').to_csv('x.csv')", is_xml },
	{ "web pages", NEITHER, 0, "", 0, "is a web page (HTML or XML) and not the file itself",
	  "the download failed, or the address shows the file on a page; download the raw file", is_web_page },
	{ "HDF5 data", DATA, 0, "\x89HDF\r\n", 6,
	  "is an HDF5 file; if it is a model, it comes before the data; if it holds data, run this",
	  IN_PYTHON "import h5py, numpy; numpy.save('x.npy', h5py.File('%s')['NAME'][:])", NULL },
	{ "pickles", DATA, 0, "\x80\x02", 2, PICKLE, NULL },
	{ NULL, DATA, 0, "\x80\x03", 2, PICKLE, NULL },
	{ NULL, DATA, 0, "\x80\x04", 2, PICKLE, NULL },
	{ NULL, DATA, 0, "\x80\x05", 2, PICKLE, NULL },
	{ "Parquet", DATA, 0, "PAR1", 4, "is a Parquet file", FRAME("read_parquet('%s')"), NULL },
	{ "Feather", DATA, 0, "ARROW1", 6, "is an Arrow or Feather file", FRAME("read_feather('%s')"), NULL },
	{ NULL, DATA, 0, "FEA1", 4, "is a Feather file", FRAME("read_feather('%s')"), NULL },
	{ "ORC", DATA, 0, "ORC", 3, "is an ORC file", FRAME("read_orc('%s')"), NULL },
	{ "xlsx", DATA, 0, "PK\3\4", 4, "is an Excel file", SPREADSHEET, is_sheet },
	{ "ods", DATA, 0, "PK\3\4", 4, "is an OpenDocument file", SPREADSHEET, is_ods },
	{ "zip of tables", NEITHER, 0, "PK\3\4", 4, "is a zip archive",
	  "unpack it: unzip '%s'; and give the files in it", is_archive },
	{ "xls", DATA, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "is an old Excel (or other Office) file", SPREADSHEET,
	  NULL },
	{ "netCDF", DATA, 0, "CDF\1", 4, "is a netCDF file",
	  IN_PYTHON "import xarray; xarray.open_dataset('%s').to_dataframe().to_csv('x.csv')", NULL },
	{ NULL, DATA, 0, "CDF\2", 4, "is a netCDF file",
	  IN_PYTHON "import xarray; xarray.open_dataset('%s').to_dataframe().to_csv('x.csv')", NULL },
	{ NULL, DATA, 0, "CDF\5", 4, "is a netCDF file",
	  IN_PYTHON "import xarray; xarray.open_dataset('%s').to_dataframe().to_csv('x.csv')", NULL },
	{ "TDMS", DATA, 0, "TDSm", 4, "is a TDMS file of LabVIEW",
	  IN_PYTHON "import nptdms; nptdms.TdmsFile.read('%s').as_dataframe().to_csv('x.csv', index=False)", NULL },
	{ "FIF", DATA, 0, "\0\0\0\x64\0\0\0\x1f", 8, "is a FIF file (MEG, EEG)", MNE("read_raw_fif('%s')"), NULL },
	{ "GDF", DATA, 0, "GDF ", 4, "is a GDF file", MNE("read_raw_gdf('%s')"), is_digit_after },
	{ "BrainVision", DATA, 0, "Brain Vision Data Exchange", 26, "is a header of BrainVision",
	  MNE("read_raw_brainvision('%s')"), NULL },
	{ NULL, DATA, 0, "BrainVision Data Exchange", 25, "is a header of BrainVision",
	  MNE("read_raw_brainvision('%s')"), NULL },
	{ "MF4", DATA, 0, "MDF     ", 8, "is an MDF file",
	  IN_PYTHON "import asammdf; asammdf.MDF('%s').to_dataframe().to_csv('x.csv')", NULL },
	{ "SQLite", DATA, 0, "SQLite format 3", 16, "is an SQLite database",
	  "run: sqlite3 -header -csv '%s' 'SELECT * FROM TABLE' >x.csv", NULL },
	{ "rds", DATA, 0, "X\n\0\0\0", 5, "is an .rds file of R",
	  "in R: write.csv(readRDS('%s'), 'x.csv', row.names = FALSE)", NULL },
	{ "rda", DATA, 0, "RDX", 3, "is an .RData file of R",
	  "in R: load('%s'); write.csv(NAME, 'x.csv', row.names = FALSE)", NULL },
	{ NULL, DATA, 0, "RDA", 3, "is an .RData file of R",
	  "in R: load('%s'); write.csv(NAME, 'x.csv', row.names = FALSE)", NULL },
	{ "SPSS", DATA, 0, "$FL2", 4, "is an SPSS file", FRAME("read_spss('%s')"), NULL },
	{ NULL, DATA, 0, "$FL3", 4, "is an SPSS file", FRAME("read_spss('%s')"), NULL },
	{ "Stata", DATA, 0, "<stata_dta>", 11, "is a Stata file", FRAME("read_stata('%s')"), NULL },
	{ NULL, DATA, 0, "", 0, "is a Stata file", FRAME("read_stata('%s')"), is_old_stata },
	{ "SAS", DATA, 0, "HEADER RECORD*******", 20, "is a SAS transport file",
	  FRAME("read_sas('%s', format='xport')"), NULL },
	{ NULL, DATA, 12, "\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c", 16, "is a SAS file",
	  FRAME("read_sas('%s', format='sas7bdat')"), NULL },
	{ "miniSEED", DATA, 0, "", 0, "is a miniSEED file",
	  IN_PYTHON "import obspy; obspy.read('%s').write('x.wav', format='WAV')", is_mseed },
	{ "SAC", DATA, 0, "", 0, "is a SAC file",
	  IN_PYTHON "import obspy; obspy.read('%s').write('x.wav', format='WAV')", is_sac },
	{ "TFRecord", DATA, 0, "", 0, "is a TFRecord file",
	  IN_PYTHON
	  "read it with tf.data.TFRecordDataset('%s') and tf.io.parse_single_example, then numpy.savez('x.npz', "
	  "x=WINDOWS, y=LABELS)",
	  is_tfrecord },
	{ "PDF", NEITHER, 0, "%PDF-", 5, "is a PDF document", "tsviz reads numbers: save its table as CSV", NULL },
	{ "images", NEITHER, 0, "\x89PNG", 4, IMAGE, NULL },
	{ NULL, NEITHER, 0, "\xff\xd8\xff", 3, IMAGE, NULL },
	{ NULL, NEITHER, 0, "GIF8", 4, IMAGE, NULL },
	{ NULL, NEITHER, 0, "II*\0", 4, IMAGE, NULL },
	{ NULL, NEITHER, 0, "MM\0*", 4, IMAGE, NULL },
	{ NULL, NEITHER, 8, "WEBP", 4, IMAGE, NULL },
	{ "MP3, MP4", DATA, 0, "ID3", 3, "is an MP3 file", "run: ffmpeg -i '%s' x.wav", NULL },
	{ NULL, DATA, 4, "ftyp", 4, "is an MP4 file", "run: ffmpeg -i '%s' x.wav", NULL },
	{ "xz, gzip in gzip, bzip2, zstd, 7z, rar, tar", NEITHER, 0,
	  "\xfd"
	  "7zXZ",
	  5, "is packed with xz", "unpack it with unxz", NULL },
	{ NULL, NEITHER, 0, "\x1f\x8b", 2, "is packed with gzip", "unpack it with gunzip", NULL },
	{ NULL, NEITHER, 0, "BZh", 3, "is packed with bzip2", "unpack it with bunzip2", NULL },
	{ NULL, NEITHER, 0, "\x28\xb5\x2f\xfd", 4, "is packed with zstd", "unpack it with unzstd", NULL },
	{ NULL, NEITHER, 0, "7z\xbc\xaf\x27\x1c", 6, "is packed with 7-Zip", "unpack it with 7z x", NULL },
	{ NULL, NEITHER, 0, "Rar!", 4, "is packed with RAR", "unpack it with unrar x", NULL },
	{ NULL, NEITHER, 257, "ustar", 5, "is a tar archive", "unpack it: tar xf '%s'", NULL },
};

static bool matches(const struct other *o, const unsigned char *data, size_t n)
{
	return n >= o->at + o->n && !memcmp(data + o->at, o->magic, o->n) && (!o->more || o->more(data, n));
}

int other_format(const char *path, const unsigned char *data, size_t n, bool as_model, const char *before,
                 struct err *e)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct other *o = &others[i];
		if (!matches(o, data, n))
			continue;
		if (as_model && o->kind == DATA)
			return err_set(e, ERR_UNSUPPORTED,
			               "%s%s, data and no model; the model comes first: tsviz MODEL DATA", before,
			               o->what);
		const char *at = strstr(o->how, "%s");
		if (!at)
			return err_set(e, ERR_UNSUPPORTED, "%s%s; %s", before, o->what, o->how);
		return err_set(e, ERR_UNSUPPORTED, "%s%s; %.*s%.300s%s", before, o->what, (int)(at - o->how), o->how,
		               path ? path : "FILE", at + 2);
	}
	return 0;
}

void other_formats_print(FILE *f)
{
	const char *comma = "";
	fprintf(f, "data that are not read, but refused with what to run instead: ");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].name) {
			fprintf(f, "%s%s", comma, others[i].name);
			comma = ", ";
		}
	fputc('\n', f);
}
