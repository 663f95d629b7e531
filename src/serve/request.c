#include "src/serve/request.h"

#include <string.h>
#include <strings.h>
#include "core/base/text.h"

/* ---- the target ---- */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes n bytes at s into *to, which is moved behind the NUL. plus: a plus is a blank, as forms write it. NULL: what
 * is there is no text, which e says. */
static const char *decode(char **to, const char *s, size_t n, bool plus, struct err *e)
{
	char *out = *to;
	size_t k = 0, used;
	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)s[i];
		if (c == '%') {
			int high = n - i > 2 ? digit(s[i + 1]) : -1, low = n - i > 2 ? digit(s[i + 2]) : -1;
			if (high < 0 || low < 0) {
				err_set(e, ERR_FORMAT, "a percent sign of the address is not followed by two digits");
				return NULL;
			}
			c = high * 16 + low;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f) {
			err_set(e, ERR_FORMAT, "the address holds a control character");
			return NULL;
		}
		out[k++] = (char)c;
	}
	out[k] = 0;
	*to = out + k + 1;
	for (size_t i = 0; i < k; i += used)
		if (text_decode(out + i, k - i, &used) < 0) {
			err_set(e, ERR_FORMAT, "the address is not UTF-8");
			return NULL;
		}
	return out;
}

static int take_segment(struct request *q, char **to, const char *s, size_t n, struct err *e)
{
	if (q->n_segment == REQUEST_SEGMENTS)
		return err_set(e, ERR_LIMIT, "the path has more than %d names", REQUEST_SEGMENTS);
	const char *name = decode(to, s, n, false, e);
	if (!name)
		return e->code;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return err_set(e, ERR_FORMAT, "the path holds an empty name, or one of dots");
	q->segment[q->n_segment++] = name;
	return 0;
}

static int take_parameter(struct request *q, char **to, const char *s, size_t n, struct err *e)
{
	const char *is = memchr(s, '=', n);
	size_t k = is ? (size_t)(is - s) : n;
	if (q->n_parameter == REQUEST_PARAMETERS)
		return err_set(e, ERR_LIMIT, "the query has more than %d parameters", REQUEST_PARAMETERS);
	const char *name = decode(to, s, k, true, e);
	const char *value = name ? decode(to, is ? is + 1 : s + n, is ? n - k - 1 : 0, true, e) : NULL;
	if (!value)
		return e->code;
	if (request_parameter(q, name))
		return err_set(e, ERR_VALUE, "the parameter '%s' is given twice", name);
	q->parameter[q->n_parameter++] = (struct parameter){ name, value };
	return 0;
}

int request_parse(struct request *q, const char *target, struct err *e)
{
	char *to = q->text;
	q->n_segment = q->n_parameter = 0;
	/* each text takes its bytes and the NUL, for which there was a slash or a sign; a parameter without `=` has an
	 * empty value, which takes one more */
	if (strlen(target) > REQUEST_BYTES - REQUEST_PARAMETERS - 2)
		return err_set(e, ERR_LIMIT, "the address is longer than %d bytes",
		               REQUEST_BYTES - REQUEST_PARAMETERS - 2);
	if (*target != '/')
		return err_set(e, ERR_FORMAT, "the address does not begin with a slash");
	const char *end = target + strcspn(target, "?#"), *s = target + 1;
	while (s < end) {
		size_t n = strcspn(s, "/?#");
		int bad = take_segment(q, &to, s, n, e);
		if (bad)
			return bad;
		s += n;
		if (s < end && s + 1 == end)
			return err_set(e, ERR_FORMAT, "the path ends with a slash");
		s += s < end;
	}
	if (*end == '#')
		return err_set(e, ERR_FORMAT, "the address has a fragment, which is for the client alone");
	for (s = end + (*end == '?'); *s;) {
		size_t n = strcspn(s, "&#");
		int bad = n ? take_parameter(q, &to, s, n, e) : 0;
		if (bad)
			return bad;
		if (s[n] == '#')
			return err_set(e, ERR_FORMAT, "the address has a fragment, which is for the client alone");
		s += n + (s[n] == '&');
	}
	return 0;
}

const char *request_parameter(const struct request *q, const char *name)
{
	for (int i = 0; i < q->n_parameter; i++)
		if (!strcmp(q->parameter[i].name, name))
			return q->parameter[i].value;
	return NULL;
}

/* ---- other lines ---- */

/* The bytes of a host's name without its port; 0: what stands behind the name is no port. */
static size_t host_bytes(const char *host)
{
	size_t n = *host == '[' ? strcspn(host, "]") : strcspn(host, ":");
	n += host[n] == ']';
	if (host[n] == ':') {
		size_t digits = strspn(host + n + 1, "0123456789");
		return digits <= 5 && !host[n + 1 + digits] ? n : 0;
	}
	return host[n] ? 0 : n;
}

bool request_host_is_local(const char *host)
{
	static const char *const local[] = { "localhost", "127.0.0.1", "[::1]" };
	size_t n = host ? host_bytes(host) : 0;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (n == strlen(local[i]) && !strncasecmp(host, local[i], n))
			return true;
	return false;
}

bool request_origin_is_own(const char *origin, const char *host)
{
	return !strncasecmp(origin, "http://", 7) && !strcasecmp(origin + 7, host);
}

bool request_has_tag(const char *list, const char *tag)
{
	size_t n = strlen(tag);
	for (const char *s = list; *s;) {
		s += strspn(s, " \t,");
		if (!strncmp(s, "W/", 2))
			s += 2;
		if (!strncmp(s, tag, n) && (!s[n] || strchr(" \t,", s[n])))
			return true;
		/* a tag may hold commas */
		if (*s == '"') {
			s += 1 + strcspn(s + 1, "\"");
			s += *s == '"';
		} else {
			s += strcspn(s, ",");
		}
	}
	return false;
}
