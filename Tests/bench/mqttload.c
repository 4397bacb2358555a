/*
 * mqttload - MQTT load generator and end-to-end latency meter.
 *
 * What it does
 *   N simulated Zigbee2MQTT-like devices (homes x devices) publish JSON over M TCP
 *   connections to a broker; a further connection subscribes to an output topic filter.
 *   Every payload carries a "mark" (run id, sequence number, scheduled and actual send
 *   time, CLOCK_MONOTONIC ns).  The system under test has to copy that mark, anywhere,
 *   into what it publishes on the output topic; the difference is the latency.
 *
 *   open loop   --rate R   message i is due at t0 + i/R whatever the system does.  Latency
 *                          is counted from the due time, so a stall of the system (or of
 *                          this program) is charged to every message it delayed: there is
 *                          no coordinated omission.  "send" latency (from the real write)
 *                          is printed next to it; when the two differ, the generator or a
 *                          full window was late and says so.
 *   closed loop --rate 0   as fast as a window allows: --window-on ack = at most W unacked
 *                          publishes per connection (broker capacity), --window-on out =
 *                          at most W expected outputs missing (capacity of the whole chain,
 *                          with no queue building up in the broker).
 *   --serve PORT           no broker: this program is the (minimal) broker, the system under
 *                          test connects to it and subscribes.  Measures the daemon alone,
 *                          and sees its PUBACKs: the "ack" line is then the time from our
 *                          PUBLISH to the daemon's PUBACK, i.e. its durability promise.
 *
 * Needs nothing but libc.  MQTT 3.1.1 (in --serve mode also accepts MQTT 5 clients).
 * Build: cc -O2 -Wall -Wextra -o mqttload mqttload.c
 * Linux only (epoll_pwait2, /proc).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------------ options */

enum { WIN_ACK, WIN_OUT };
enum { MARK_LAST, MARK_FIRST, MARK_ALL };

static struct {
	const char *host;
	int port;
	int conns;
	int homes, devices;
	double rate;
	double duration, warmup, drain;
	int qos, out_qos;
	double alarm_fraction;
	int alarm_type;          /* index in dtypes, or -1 = any */
	bool expect_all;         /* every message is expected on the output (echo), not only alarms */
	const char *topic_format, *out_topic;
	const char *user, *pass, *client_prefix;
	int inflight;
	int window_on;
	int mark;
	bool poisson, json, quiet, no_out, reset;
	int pad;
	uint64_t seed, count;
	int serve, serve_subs;
	const char *series, *samples;
	const char *label;
	double max_lat_warn;
} o = {
	.host = "127.0.0.1", .port = 1883, .conns = 4, .homes = 100, .devices = 5,
	.rate = 1000, .duration = 10, .warmup = 1, .drain = 5, .qos = 1, .out_qos = 1,
	.alarm_fraction = 1.0, .alarm_type = -1, .topic_format = "home/%h/%d", .out_topic = "alarm/#",
	.client_prefix = "mqttload", .inflight = 0, .window_on = WIN_ACK, .seed = 1, .serve_subs = 1,
	.label = "",
};

/* ------------------------------------------------------------------ helpers */

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("mqttload: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static void *xalloc(size_t n)
{
	void *p = calloc(1, n);
	if (!p) die("out of memory (%zu bytes)", n);
	return p;
}

static uint64_t rng_state;
static uint64_t rng(void) /* splitmix64 */
{
	uint64_t z = (rng_state += 0x9e3779b97f4a7c15ull);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* Log-linear histogram, 128 steps per power of two: relative error < 0.8 %. */
#define HB 7
#define HN ((64 - HB + 1) << HB)
typedef struct { uint64_t n, min, max, sum; uint64_t b[HN]; } hist;

static void hist_add(hist *h, uint64_t v)
{
	unsigned i;
	if (v < (1u << HB)) i = (unsigned)v;
	else { int e = 63 - __builtin_clzll(v) - HB; i = ((unsigned)e << HB) + (unsigned)(v >> e); }
	if (!h->n || v < h->min) h->min = v;
	h->b[i]++; h->n++; h->sum += v;
	if (v > h->max) h->max = v;
}

static uint64_t hist_q(const hist *h, double q)
{
	if (!h->n) return 0;
	uint64_t want = (uint64_t)(q * (double)h->n + 0.999999), acc = 0;
	if (want < 1) want = 1;
	if (want >= h->n) return h->max;
	for (unsigned i = 0; i < HN; i++) {
		acc += h->b[i];
		if (acc >= want) {
			if (i < (1u << HB)) return i;
			int e = (int)(i >> HB) - 1;
			uint64_t hi = ((((uint64_t)(i & ((1u << HB) - 1)) | (1u << HB)) + 1) << e) - 1;
			return hi < h->max ? hi : h->max;
		}
	}
	return h->max;
}

/* ------------------------------------------------------------------ watched processes and noise */

struct watch { char name[32]; int pid; double cpu0, cpu1; long rss_kb, hwm_kb; uint64_t csw0, csw1; bool gone; };
static struct watch watches[16];
static int nwatch;

static double proc_cpu(int pid)
{
	char path[64], buf[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f) return -1;
	size_t n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	buf[n] = 0;
	char *p = strrchr(buf, ')');
	unsigned long ut, st; long cut, cst;
	if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &ut, &st, &cut, &cst) != 4) return -1;
	return (double)(ut + st) / (double)sysconf(_SC_CLK_TCK);
}

static void proc_mem(struct watch *w)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/status", w->pid);
	FILE *f = fopen(path, "r");
	if (!f) { w->gone = true; return; }
	while (fgets(line, sizeof line, f)) {
		sscanf(line, "VmRSS: %ld", &w->rss_kb);
		sscanf(line, "VmHWM: %ld", &w->hwm_kb);
	}
	fclose(f);
}

static double self_cpu(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6 + (double)r.ru_stime.tv_sec + r.ru_stime.tv_usec / 1e6;
}

struct sys { double busy, steal, total; };
static struct sys sys_cpu(void)
{
	struct sys s = {0};
	unsigned long long v[8] = {0};
	FILE *f = fopen("/proc/stat", "r");
	if (!f) return s;
	if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", v, v+1, v+2, v+3, v+4, v+5, v+6, v+7) == 8) {
		double hz = (double)sysconf(_SC_CLK_TCK);
		for (int i = 0; i < 8; i++) s.total += (double)v[i] / hz;
		s.steal = (double)v[7] / hz;
		s.busy = s.total - (double)(v[3] + v[4]) / hz - s.steal;
	}
	fclose(f);
	return s;
}

/* ------------------------------------------------------------------ buffers and connections */

typedef struct { uint8_t *p; size_t off, len, cap; } buf; /* valid bytes: [off, len) */

static uint8_t *buf_room(buf *b, size_t n)
{
	if (b->off == b->len) b->off = b->len = 0;
	if (b->cap - b->len < n) {
		if (b->off && b->cap - (b->len - b->off) >= n) {
			memmove(b->p, b->p + b->off, b->len - b->off);
			b->len -= b->off; b->off = 0;
		} else {
			size_t c = b->cap ? b->cap : 4096;
			while (c - b->len < n) c *= 2;
			b->p = realloc(b->p, c);
			if (!b->p) die("out of memory");
			b->cap = c;
		}
	}
	return b->p + b->len;
}

enum { R_PUB, R_SUB, R_SERVED, R_LISTEN };

typedef struct conn {
	int fd, role, idx;
	bool up, dirty, want_out, subscribed, v5;
	buf in, out;
	uint16_t mid;
	int inflight, limit;
	uint32_t ring_mask;
	uint64_t *ring;            /* due time per unacked mid, 0 = free */
	uint8_t *ring_rec;         /* record its ack latency? */
	uint64_t last_io;
} conn;

static int ep;
static conn **pubs, *subc;     /* publisher connections; output subscriber */
static int npubs;
static conn *served[1024];
static int nserved, nserved_subs;
static conn *dirty_list[2048];
static int ndirty;
static volatile sig_atomic_t stop_flag;
static uint64_t n_disconnects, n_stalls;

static void mark_dirty(conn *c)
{
	if (!c->dirty && c->up) {
		if (ndirty == (int)(sizeof dirty_list / sizeof *dirty_list)) die("too many connections");
		c->dirty = true; dirty_list[ndirty++] = c;
	}
}

static void ep_mod(conn *c, bool want_out)
{
	if (c->want_out == want_out) return;
	struct epoll_event ev = { .events = EPOLLIN | (want_out ? EPOLLOUT : 0u), .data.ptr = c };
	epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
	c->want_out = want_out;
}

static void conn_down(conn *c, const char *why)
{
	if (!c->up) return;
	c->up = false;
	n_disconnects++;
	if (!o.quiet) fprintf(stderr, "mqttload: connection %d (role %d) lost: %s\n", c->idx, c->role, why);
	epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
	c->fd = -1;
	if (c->role == R_SERVED && c->subscribed) { c->subscribed = false; nserved_subs--; }
}

static void flush_conn(conn *c)
{
	while (c->up && c->out.off < c->out.len) {
		ssize_t n = send(c->fd, c->out.p + c->out.off, c->out.len - c->out.off, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) c->out.off += (size_t)n;
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) { ep_mod(c, true); return; }
		else if (n < 0 && errno == EINTR) continue;
		else { conn_down(c, strerror(errno)); return; }
	}
	if (c->up) ep_mod(c, false);
}

static void flush_all(void)
{
	for (int i = 0; i < ndirty; i++) {
		dirty_list[i]->dirty = false;
		flush_conn(dirty_list[i]);
	}
	ndirty = 0;
}

static void put_hdr(conn *c, uint8_t first, size_t remaining, uint8_t **body)
{
	uint8_t *p = buf_room(&c->out, remaining + 5), *s = p;
	*p++ = first;
	size_t r = remaining;
	do { uint8_t d = r & 127; r >>= 7; *p++ = (uint8_t)(d | (r ? 128 : 0)); } while (r);
	*body = p;
	c->out.len += (size_t)(p - s) + remaining;
	mark_dirty(c);
}

static uint8_t *put_str(uint8_t *p, const char *s)
{
	size_t n = strlen(s);
	*p++ = (uint8_t)(n >> 8); *p++ = (uint8_t)n;
	memcpy(p, s, n);
	return p + n;
}

/* ------------------------------------------------------------------ devices, topics, payloads */

static const struct { const char *name, *key; const char *on, *off; } dtypes[] = {
	{ "smoke",  "smoke",           "true",  "false" },
	{ "leak",   "water_leak",      "true",  "false" },
	{ "co",     "carbon_monoxide", "true",  "false" },
	{ "door",   "contact",         "false", "true"  }, /* Zigbee2MQTT: contact false = open */
	{ "motion", "occupancy",       "true",  "false" },
};
#define NTYPES 5
#define MARK_LEN 57          /* ML1-rrrrrrrr-ssssssssss-dddddddddddddddd-tttttttttttttttt */
#define SEEN_LEN 24          /* 2026-01-31T12:34:56.789Z: a device's clock that went back would be clock trouble */
#define VARIANTS 16

static char **topics;        /* [homes*devices], 2 length bytes + text */
static uint16_t *topic_len;
static uint8_t *dev_on;      /* last published state of each device */
static char *tmpl[NTYPES][2][VARIANTS];
static int tmpl_len[NTYPES][2][VARIANTS], tmpl_mark[NTYPES][2][VARIANTS], tmpl_seen[NTYPES][2][VARIANTS];
static uint32_t run_id;
static int ndev;

static void build_devices(void)
{
	ndev = o.homes * o.devices;
	topics = xalloc(sizeof *topics * (size_t)ndev);
	topic_len = xalloc(sizeof *topic_len * (size_t)ndev);
	dev_on = xalloc((size_t)ndev);
	for (int h = 0; h < o.homes; h++)
		for (int d = 0; d < o.devices; d++) {
			char t[512]; size_t n = 0;
			for (const char *f = o.topic_format; *f && n < sizeof t - 64; f++) {
				if (f[0] == '%' && f[1] == 'h') { n += (size_t)sprintf(t + n, "h%05d", h); f++; }
				else if (f[0] == '%' && f[1] == 'd') { n += (size_t)sprintf(t + n, "%s%d", dtypes[d % NTYPES].name, d / NTYPES); f++; }
				else t[n++] = *f;
			}
			int i = h * o.devices + d;
			topics[i] = xalloc(n + 2);
			topics[i][0] = (char)(n >> 8); topics[i][1] = (char)n;
			memcpy(topics[i] + 2, t, n);
			topic_len[i] = (uint16_t)(n + 2);
		}
	char *padding = xalloc((size_t)o.pad + 32);
	if (o.pad > 0) { strcpy(padding, ",\"note\":\""); memset(padding + 9, 'x', (size_t)o.pad); strcpy(padding + 9 + o.pad, "\""); }
	for (int t = 0; t < NTYPES; t++) for (int a = 0; a < 2; a++) for (int v = 0; v < VARIANTS; v++) {
		char *s;
		int n = asprintf(&s,
			"{\"battery\":%d,\"battery_low\":false,\"linkquality\":%d,\"%s\":%s,\"tamper\":false,"
			"\"temperature\":%d.%d,\"voltage\":%d,\"last_seen\":\"%*s\"%s,\"mark\":\"%*s\"}",
			60 + (int)(rng() % 40), 30 + (int)(rng() % 200), dtypes[t].key, a ? dtypes[t].on : dtypes[t].off,
			21, (int)(rng() % 10), 2800 + (int)(rng() % 300), SEEN_LEN, "", padding, MARK_LEN, "");
		if (n < 0) die("out of memory");
		tmpl[t][a][v] = s; tmpl_len[t][a][v] = n;
		tmpl_mark[t][a][v] = (int)(strstr(s, "\"mark\":\"") - s) + 8;
		tmpl_seen[t][a][v] = (int)(strstr(s, "\"last_seen\":\"") - s) + 13;
	}
	free(padding);
}

static void hex(char *p, uint64_t v, int digits)
{
	static const char d[] = "0123456789abcdef";
	for (int i = digits - 1; i >= 0; i--, v >>= 4) p[i] = d[v & 15];
}

static bool unhex(const char *p, int digits, uint64_t *v)
{
	uint64_t r = 0;
	for (int i = 0; i < digits; i++) {
		char c = p[i];
		r <<= 4;
		if (c >= '0' && c <= '9') r |= (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f') r |= (uint64_t)(c - 'a' + 10);
		else return false;
	}
	*v = r;
	return true;
}

static void put_mark(char *p, uint64_t seq, uint64_t due, uint64_t sent)
{
	memcpy(p, "ML1-", 4);
	hex(p + 4, run_id, 8); p[12] = '-';
	hex(p + 13, seq, 10); p[23] = '-';
	hex(p + 24, due, 16); p[40] = '-';
	hex(p + 41, sent, 16);
}

/* The wall clock's time at a moment of the monotonic clock, as Zigbee2MQTT writes it. */
static void put_seen(char *p, uint64_t now)
{
	static uint64_t offset, second = UINT64_MAX;
	static char text[SEEN_LEN + 8];
	if (!offset) {
		struct timespec t;
		clock_gettime(CLOCK_REALTIME, &t);
		offset = (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec - now_ns();
	}
	uint64_t ms = (now + offset) / 1000000ull;
	if (ms / 1000 != second) {
		time_t s = (time_t)(second = ms / 1000);
		struct tm c;
		gmtime_r(&s, &c);
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &c);
	}
	memcpy(p, text, 20);
	p[20] = (char)('0' + ms / 100 % 10); p[21] = (char)('0' + ms / 10 % 10); p[22] = (char)('0' + ms % 10);
	p[23] = 'Z';
}

/* ------------------------------------------------------------------ accounting */

static hist h_out, h_out_send, h_ack;
static uint64_t seq_next, n_alarms, n_acked, n_out, n_dup, n_foreign, n_unmarked, n_extra, n_recorded_expected;
static uint64_t t_start, t_record, t_end, t_last_out, t_last_sent;
static uint8_t *seen;         /* per sequence: bit0 = output seen, bit1 = output expected, bit2 = recorded */
static uint64_t seen_cap;
static uint64_t sec_sent[7200], sec_out[7200], sec_max[7200];

static void seen_reserve(uint64_t seq)
{
	if (seq < seen_cap) return;
	uint64_t c = seen_cap ? seen_cap * 2 : 1 << 20;
	while (c <= seq) c *= 2;
	seen = realloc(seen, c);
	if (!seen) die("out of memory");
	memset(seen + seen_cap, 0, c - seen_cap);
	seen_cap = c;
}

/* --samples: every recorded latency, so that the quantiles of several runs can be taken together */
static uint64_t *sample;
static size_t n_samples, sample_cap;
static void keep_sample(uint64_t v)
{
	if (!o.samples) return;
	if (n_samples == sample_cap) {
		sample_cap = sample_cap ? sample_cap * 2 : 1 << 16;
		sample = realloc(sample, sample_cap * sizeof *sample);
		if (!sample) die("out of memory");
	}
	sample[n_samples++] = v;
}

static void one_mark(const char *p, uint64_t now)
{
	uint64_t rid, seq, due, sent;
	if (!unhex(p + 4, 8, &rid) || !unhex(p + 13, 10, &seq) || !unhex(p + 24, 16, &due) || !unhex(p + 41, 16, &sent)) { n_unmarked++; return; }
	if (rid != run_id || seq >= seq_next) { n_foreign++; return; }
	if (seen[seq] & 1) { n_dup++; return; }
	if (!(seen[seq] & 2)) { n_extra++; return; } /* shown as well, for example the message that ended an alarm */
	seen[seq] |= 1;
	n_out++;
	t_last_out = now;
	uint64_t s = (now - t_start) / 1000000000ull;
	if (s < 7200) { sec_out[s]++; if (now - due > sec_max[s]) sec_max[s] = now - due; }
	if (due >= t_record) { hist_add(&h_out, now - due); hist_add(&h_out_send, now - sent); keep_sample(now - due); }
}

static void on_output(const char *pl, size_t n, uint64_t now)
{
	const char *end = pl + n, *hit = NULL, *p = pl;
	while (p < end && (p = memmem(p, (size_t)(end - p), "ML1-", 4)) && end - p >= MARK_LEN) {
		hit = p;
		if (o.mark == MARK_ALL) one_mark(p, now);
		if (o.mark == MARK_FIRST) break;
		p += MARK_LEN;
	}
	if (!hit) n_unmarked++;
	else if (o.mark != MARK_ALL) one_mark(hit, now);
}

/* ------------------------------------------------------------------ publishing */

static conn *conn_for(int home)
{
	if (o.serve) {
		if (!nserved_subs) return NULL;
		int k = home % nserved_subs;
		for (int i = 0; i < nserved; i++)
			if (served[i]->up && served[i]->subscribed && k-- == 0) return served[i];
		return NULL;
	}
	return pubs[home % npubs];
}

static bool can_send(conn *c)
{
	if (!c || !c->up) return false;
	if (c->out.len - c->out.off > (8u << 20)) return false;
	if (o.qos == 0) return true;
	uint16_t m = (uint16_t)(c->mid == 65535 ? 1 : c->mid + 1);
	return c->inflight < c->limit && c->ring[m & c->ring_mask] == 0;
}

/* Which device sends message seq, and is it an alarm?  Alarms are spread evenly; the
 * device chosen for an alarm is one whose last state was "off", so that systems which
 * trigger on a change see a change.  Other messages walk through all devices in turn
 * and switch them back off. */
static struct { int dev; bool alarm; } next_msg;
static bool have_next;
static uint64_t walk;

static void choose_next(void)
{
	if (have_next) return;
	double f = o.alarm_fraction;
	bool alarm = (uint64_t)((double)(seq_next + 1) * f) > (uint64_t)((double)seq_next * f);
	if (o.reset && walk < (uint64_t)ndev) alarm = false; /* first switch every device off */
	int d = -1;
	if (alarm && f < 1.0) {
		for (int tries = 0; tries < 64; tries++) {
			int home = (int)(rng() % (uint64_t)o.homes), k = (int)(rng() % (uint64_t)o.devices);
			if (o.alarm_type >= 0) k = o.alarm_type + NTYPES * (k / NTYPES);
			if (k >= o.devices) k = o.alarm_type;
			d = home * o.devices + k;
			if (!dev_on[d]) break;
			d = -1;
		}
		if (d < 0) alarm = false; /* (nearly) all are on already: send an ordinary message instead */
	}
	if (!alarm || f >= 1.0) {
		/* stride through homes so that neighbouring messages use different connections */
		uint64_t w = walk++;
		d = (int)((w % (uint64_t)o.homes) * (uint64_t)o.devices + (w / (uint64_t)o.homes) % (uint64_t)o.devices);
	}
	next_msg.dev = d; next_msg.alarm = alarm;
	have_next = true;
}

/* Publish the chosen message; false when its connection cannot take it now. */
static bool publish_next(uint64_t due, uint64_t now)
{
	choose_next();
	int d = next_msg.dev;
	conn *c = conn_for(d / o.devices);
	if (!can_send(c)) return false;
	bool alarm = next_msg.alarm;
	have_next = false;
	dev_on[d] = alarm;
	int t = d % o.devices % NTYPES, v = (int)(seq_next % VARIANTS);
	int pl = tmpl_len[t][alarm][v], tl = topic_len[d];
	bool v5 = c->v5;
	size_t rem = (size_t)tl + (o.qos ? 2 : 0) + (v5 ? 1 : 0) + (size_t)pl;
	uint8_t *p;
	put_hdr(c, (uint8_t)(0x30 | (o.qos << 1)), rem, &p);
	memcpy(p, topics[d], (size_t)tl); p += tl;
	bool rec = due >= t_record;
	if (o.qos) {
		c->mid = (uint16_t)(c->mid == 65535 ? 1 : c->mid + 1);
		*p++ = (uint8_t)(c->mid >> 8); *p++ = (uint8_t)c->mid;
		c->ring[c->mid & c->ring_mask] = due;
		c->ring_rec[c->mid & c->ring_mask] = rec;
		c->inflight++;
	}
	if (v5) *p++ = 0;
	memcpy(p, tmpl[t][alarm][v], (size_t)pl);
	put_seen((char *)p + tmpl_seen[t][alarm][v], now);
	put_mark((char *)p + tmpl_mark[t][alarm][v], seq_next, due, now);
	seen_reserve(seq_next);
	bool expected = alarm || o.expect_all;
	seen[seq_next] = (uint8_t)((expected ? 2 : 0) | (rec ? 4 : 0));
	if (expected) { n_alarms++; if (rec) n_recorded_expected++; }
	uint64_t s = (now - t_start) / 1000000000ull;
	if (s < 7200) sec_sent[s]++;
	seq_next++;
	t_last_sent = now;
	c->last_io = now;
	if (c->out.len - c->out.off > 65536) flush_conn(c);
	return true;
}

/* ------------------------------------------------------------------ protocol, receiving side */

static uint32_t get_varint(const uint8_t **p, const uint8_t *e)
{
	uint32_t v = 0; int sh = 0;
	while (*p < e) { uint8_t b = *(*p)++; v |= (uint32_t)(b & 127) << sh; if (!(b & 128)) break; sh += 7; if (sh > 21) break; }
	return v;
}

static void setup_ring(conn *c, int limit)
{
	if (limit < 1) limit = 1;
	if (limit > 32768) limit = 32768;
	uint32_t n = 16;
	while (n < (uint32_t)limit * 2) n *= 2;
	c->limit = limit; c->ring_mask = n - 1;
	c->ring = xalloc(n * sizeof *c->ring);
	c->ring_rec = xalloc(n);
}

static void on_packet(conn *c, uint8_t first, const uint8_t *b, size_t n, uint64_t now)
{
	const uint8_t *e = b + n;
	uint8_t *q;
	switch (first >> 4) {
	case 3: { /* PUBLISH */
		if (n < 2) { conn_down(c, "short PUBLISH"); return; }
		size_t tl = (size_t)b[0] << 8 | b[1];
		int qos = first >> 1 & 3;
		if (n < 2 + tl + (qos ? 2u : 0u)) { conn_down(c, "short PUBLISH"); return; }
		const uint8_t *p = b + 2 + tl;
		uint16_t mid = 0;
		if (qos) { mid = (uint16_t)(p[0] << 8 | p[1]); p += 2; }
		if (c->v5) { uint32_t pn = get_varint(&p, e); if ((size_t)(e - p) < pn) { conn_down(c, "bad properties"); return; } p += pn; }
		on_output((const char *)p, (size_t)(e - p), now);
		if (qos) { put_hdr(c, qos == 1 ? 0x40 : 0x50, 2, &q); q[0] = (uint8_t)(mid >> 8); q[1] = (uint8_t)mid; }
		break;
	}
	case 4: { /* PUBACK */
		if (n < 2 || !c->ring) return;
		uint16_t mid = (uint16_t)(b[0] << 8 | b[1]);
		uint64_t *slot = &c->ring[mid & c->ring_mask];
		if (*slot) {
			if (c->ring_rec[mid & c->ring_mask]) hist_add(&h_ack, now - *slot);
			*slot = 0; c->inflight--; n_acked++;
		}
		break;
	}
	case 6: /* PUBREL -> PUBCOMP (outputs sent with QoS 2) */
		if (n < 2) return;
		put_hdr(c, 0x70, 2, &q); q[0] = b[0]; q[1] = b[1];
		break;
	case 1: { /* CONNECT, we are the broker */
		if (n < 10) { conn_down(c, "short CONNECT"); return; }
		const uint8_t *p = b + 2 + (b[0] << 8 | b[1]);
		c->v5 = p < e && *p == 5;
		int limit = o.inflight;
		p += 4;
		if (c->v5 && p < e) {
			uint32_t pn = get_varint(&p, e);
			const uint8_t *pe = p + pn <= e ? p + pn : e;
			while (p < pe) { /* only Receive Maximum matters here */
				uint8_t id = *p++;
				if (id == 0x21 && p + 2 <= pe) { int rm = p[0] << 8 | p[1]; if (rm < limit) limit = rm; p += 2; }
				else if (id == 0x11 || id == 0x27) p += 4;
				else if (id == 0x22) p += 2;
				else if (id == 0x17 || id == 0x19) p += 1;
				else break;
			}
		}
		setup_ring(c, limit);
		put_hdr(c, 0x20, c->v5 ? 3 : 2, &q); q[0] = 0; q[1] = 0; if (c->v5) q[2] = 0;
		break;
	}
	case 8: { /* SUBSCRIBE, we are the broker: grant everything */
		if (n < 2) return;
		const uint8_t *p = b + 2;
		if (c->v5) { uint32_t pn = get_varint(&p, e); p += pn; }
		uint8_t codes[64]; int k = 0;
		while (p + 3 <= e && k < 64) { p += 2 + (p[0] << 8 | p[1]); if (p >= e) break; codes[k++] = (uint8_t)(*p++ & 3); }
		put_hdr(c, 0x90, (size_t)(2 + (c->v5 ? 1 : 0) + k), &q);
		*q++ = b[0]; *q++ = b[1]; if (c->v5) *q++ = 0;
		memcpy(q, codes, (size_t)k);
		if (!c->subscribed) { c->subscribed = true; nserved_subs++; }
		break;
	}
	case 10: put_hdr(c, 0xb0, 2, &q); q[0] = b[0]; q[1] = b[1]; break;
	case 12: put_hdr(c, 0xd0, 0, &q); break;
	case 14: conn_down(c, "client said DISCONNECT"); break;
	case 2: if (n < 2 || b[1]) die("broker refused the connection (code %d)", n > 1 ? b[1] : -1); c->subscribed = true; break;
	case 9: if (n < 3 || b[n - 1] >= 0x80) die("broker refused the subscription"); c->subscribed = true; break;
	default: break; /* PINGRESP, UNSUBACK */
	}
}

static void readable(conn *c)
{
	for (int rounds = 0; rounds < 4 && c->up; rounds++) {
		uint8_t *p = buf_room(&c->in, 65536);
		size_t room = c->in.cap - c->in.len;
		ssize_t r = recv(c->fd, p, room, MSG_DONTWAIT);
		if (r == 0) { conn_down(c, "closed by peer"); return; }
		if (r < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) conn_down(c, strerror(errno));
			return;
		}
		c->in.len += (size_t)r;
		uint64_t now = now_ns();
		while (c->up) {
			size_t have = c->in.len - c->in.off;
			const uint8_t *s = c->in.p + c->in.off;
			if (have < 2) break;
			size_t rem = 0, i = 1; int sh = 0; bool done = false;
			while (i < have && i < 5) { rem |= (size_t)(s[i] & 127) << sh; sh += 7; if (!(s[i++] & 128)) { done = true; break; } }
			if (!done) { if (i >= 5) conn_down(c, "malformed length"); break; }
			if (have < i + rem) break;
			c->in.off += i + rem; /* before the handler: it may not touch c->in */
			on_packet(c, s[0], s + i, rem, now);
		}
		if ((size_t)r < room) return;
	}
}

/* ------------------------------------------------------------------ connecting */

static void tune(int fd)
{
	int one = 1, sz = 4 << 20;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &sz, sizeof sz);
}

static void pump(conn *c, bool *flag, const char *what) /* run one connection until *flag, 10 s at most */
{
	uint64_t lim = now_ns() + 10000000000ull;
	flush_all();
	while (!*flag) {
		if (!c->up) die("connection lost while waiting for %s", what);
		if (now_ns() > lim) die("no %s within 10 s", what);
		usleep(200);
		readable(c);
		flush_all();
	}
}

static conn *client(int role, int idx)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	char port[16], id[64];
	snprintf(port, sizeof port, "%d", o.port);
	if (getaddrinfo(o.host, port, &hints, &ai)) die("cannot resolve %s", o.host);
	conn *c = xalloc(sizeof *c);
	c->role = role; c->idx = idx;
	c->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, ai->ai_addr, ai->ai_addrlen)) die("cannot connect to %s:%d: %s", o.host, o.port, strerror(errno));
	freeaddrinfo(ai);
	tune(c->fd);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->up = true;
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev)) die("epoll: %s", strerror(errno));
	setup_ring(c, o.inflight);
	snprintf(id, sizeof id, "%s-%08x-%c%d", o.client_prefix, run_id, role == R_SUB ? 's' : 'p', idx);
	uint8_t flags = 2;
	size_t rem = 10 + 2 + strlen(id);
	if (o.user) { flags |= 0x80; rem += 2 + strlen(o.user); }
	if (o.pass) { flags |= 0x40; rem += 2 + strlen(o.pass); }
	uint8_t *p;
	put_hdr(c, 0x10, rem, &p);
	p = put_str(p, "MQTT"); *p++ = 4; *p++ = flags; *p++ = 0; *p++ = 60;
	p = put_str(p, id);
	if (o.user) p = put_str(p, o.user);
	if (o.pass) p = put_str(p, o.pass);
	c->subscribed = false;
	pump(c, &c->subscribed, "CONNACK");
	c->last_io = now_ns();
	return c;
}

static void subscribe(conn *c, const char *filter, int qos)
{
	uint8_t *p;
	put_hdr(c, 0x82, 2 + 2 + strlen(filter) + 1, &p);
	*p++ = 0; *p++ = 1;
	p = put_str(p, filter);
	*p = (uint8_t)qos;
	c->subscribed = false;
	pump(c, &c->subscribed, "SUBACK");
}

static conn *listener(int port)
{
	conn *c = xalloc(sizeof *c);
	c->role = R_LISTEN;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;
	setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(c->fd, (void *)&a, sizeof a) || listen(c->fd, 128)) die("cannot listen on 127.0.0.1:%d: %s", port, strerror(errno));
	c->up = true;
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
	return c;
}

static void accept_one(conn *l)
{
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) return;
	if (nserved == (int)(sizeof served / sizeof *served)) { close(fd); return; }
	tune(fd);
	conn *c = xalloc(sizeof *c);
	c->role = R_SERVED; c->fd = fd; c->up = true; c->idx = nserved;
	served[nserved++] = c;
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static void poll_once(int64_t timeout_ns)
{
	struct epoll_event ev[256];
	struct timespec ts = { .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000 };
	int n = epoll_pwait2(ep, ev, 256, timeout_ns < 0 ? NULL : &ts, NULL);
	for (int i = 0; i < n; i++) {
		conn *c = ev[i].data.ptr;
		if (!c->up) continue;
		if (c->role == R_LISTEN) { accept_one(c); continue; }
		if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
		if (c->up && (ev[i].events & EPOLLOUT)) flush_conn(c);
	}
}

static void keepalive(uint64_t now)
{
	static uint64_t last;
	if (now - last < 5000000000ull) return;
	last = now;
	uint8_t *q;
	for (int i = 0; i < npubs; i++) if (pubs[i]->up && now - pubs[i]->last_io > 20000000000ull) { put_hdr(pubs[i], 0xc0, 0, &q); pubs[i]->last_io = now; }
	if (subc && subc->up) put_hdr(subc, 0xc0, 0, &q);
}

/* ------------------------------------------------------------------ report */

static const char *fmt_ns(uint64_t v, char *b)
{
	if (v < 10000000ull) sprintf(b, "%.0fus", (double)v / 1e3);
	else if (v < 10000000000ull) sprintf(b, "%.1fms", (double)v / 1e6);
	else sprintf(b, "%.2fs", (double)v / 1e9);
	return b;
}

static void line(const char *name, const hist *h)
{
	char b[7][32];
	printf("  %-22s n=%-9" PRIu64 " min=%-8s p50=%-9s p90=%-9s p99=%-9s p99.9=%-9s max=%-9s mean=%s\n", name, h->n,
	       fmt_ns(h->min, b[6]), fmt_ns(hist_q(h, .5), b[0]), fmt_ns(hist_q(h, .9), b[1]), fmt_ns(hist_q(h, .99), b[2]),
	       fmt_ns(hist_q(h, .999), b[3]), fmt_ns(h->max, b[4]), fmt_ns(h->n ? h->sum / h->n : 0, b[5]));
}

static void jhist(const char *name, const hist *h)
{
	printf(",\"%s\":{\"n\":%" PRIu64 ",\"min_us\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}", name, h->n, (double)h->min / 1e3,
	       (double)hist_q(h, .5) / 1e3, (double)hist_q(h, .9) / 1e3, (double)hist_q(h, .99) / 1e3, (double)hist_q(h, .999) / 1e3, (double)h->max / 1e3);
}

static void usage(void)
{
	puts(
"usage: mqttload [options]\n"
"  target      --host H (127.0.0.1) --port P (1883) --user U --pass P --client-prefix S\n"
"              --serve PORT      be the broker ourselves; the system under test connects to us\n"
"              --serve-subs N    wait for N subscriptions before starting (1)\n"
"  devices     --homes N (100) --devices N per home (5; smoke,leak,co,door,motion in turn)\n"
"              --connections M (4) --topic-format F (home/%h/%d) --pad BYTES --seed N\n"
"  load        --rate R msg/s, 0 = closed loop (1000)   --poisson exponential gaps\n"
"              --duration S (10, warm-up included) --warmup S not recorded (1) --count N stop after N\n"
"              --qos 0|1 (1) --inflight W per connection (open 16384, closed 64)\n"
"              --window-on ack|out closed loop: W counts unacked publishes, or missing outputs (ack)\n"
"  outputs     --out-topic FILTER (alarm/#) --out-qos N (1) --no-out do not subscribe\n"
"              --alarm-fraction F of messages that are alarms (1.0) --alarm-type smoke|leak|co|door|motion\n"
"              --reset  no alarm before every device was switched off once (state left by an earlier run)\n"
"              --expect all|alarm which messages must come back (alarm) --mark last|first|all\n"
"              --drain S wait for late outputs (5)\n"
"  report      --watch NAME=PID CPU and memory of a process (repeatable) --json --label S\n"
"              --series FILE per-second CSV --quiet\n"
"              --samples FILE every recorded latency from the due time, one a line, in ns\n"
"exit status: 0 all expected outputs came, 3 some were missing, 1 failure");
}

static void on_sig(int s) { (void)s; stop_flag = 1; }

int main(int argc, char **argv)
{
	enum { O_HOST = 256, O_PORT, O_USER, O_PASS, O_PREFIX, O_SERVE, O_SSUBS, O_HOMES, O_DEVS, O_CONNS, O_TFMT, O_PAD, O_SEED,
	       O_RATE, O_POISSON, O_DUR, O_WARM, O_COUNT, O_QOS, O_INFL, O_WON, O_OUT, O_OQOS, O_NOOUT, O_AF, O_AT, O_EXP, O_MARK,
	       O_DRAIN, O_WATCH, O_JSON, O_LABEL, O_SERIES, O_QUIET, O_RESET, O_SAMPLES, O_HELP };
	static const struct option lo[] = {
		{"host",1,0,O_HOST},{"port",1,0,O_PORT},{"user",1,0,O_USER},{"pass",1,0,O_PASS},{"client-prefix",1,0,O_PREFIX},
		{"serve",1,0,O_SERVE},{"serve-subs",1,0,O_SSUBS},{"homes",1,0,O_HOMES},{"devices",1,0,O_DEVS},{"connections",1,0,O_CONNS},
		{"topic-format",1,0,O_TFMT},{"pad",1,0,O_PAD},{"seed",1,0,O_SEED},{"rate",1,0,O_RATE},{"poisson",0,0,O_POISSON},
		{"duration",1,0,O_DUR},{"warmup",1,0,O_WARM},{"count",1,0,O_COUNT},{"qos",1,0,O_QOS},{"inflight",1,0,O_INFL},
		{"window-on",1,0,O_WON},{"out-topic",1,0,O_OUT},{"out-qos",1,0,O_OQOS},{"no-out",0,0,O_NOOUT},{"alarm-fraction",1,0,O_AF},
		{"alarm-type",1,0,O_AT},{"expect",1,0,O_EXP},{"mark",1,0,O_MARK},{"drain",1,0,O_DRAIN},{"watch",1,0,O_WATCH},
		{"json",0,0,O_JSON},{"label",1,0,O_LABEL},{"series",1,0,O_SERIES},{"quiet",0,0,O_QUIET},{"reset",0,0,O_RESET},{"samples",1,0,O_SAMPLES},{"help",0,0,O_HELP},{0,0,0,0}};
	int k;
	while ((k = getopt_long(argc, argv, "", lo, NULL)) != -1) switch (k) {
	case O_HOST: o.host = optarg; break;
	case O_PORT: o.port = atoi(optarg); break;
	case O_USER: o.user = optarg; break;
	case O_PASS: o.pass = optarg; break;
	case O_PREFIX: o.client_prefix = optarg; break;
	case O_SERVE: o.serve = atoi(optarg); break;
	case O_SSUBS: o.serve_subs = atoi(optarg); break;
	case O_HOMES: o.homes = atoi(optarg); break;
	case O_DEVS: o.devices = atoi(optarg); break;
	case O_CONNS: o.conns = atoi(optarg); break;
	case O_TFMT: o.topic_format = optarg; break;
	case O_PAD: o.pad = atoi(optarg); break;
	case O_SEED: o.seed = strtoull(optarg, NULL, 0); break;
	case O_RATE: o.rate = atof(optarg); break;
	case O_POISSON: o.poisson = true; break;
	case O_DUR: o.duration = atof(optarg); break;
	case O_WARM: o.warmup = atof(optarg); break;
	case O_COUNT: o.count = strtoull(optarg, NULL, 0); break;
	case O_QOS: o.qos = atoi(optarg); break;
	case O_INFL: o.inflight = atoi(optarg); break;
	case O_WON: o.window_on = !strcmp(optarg, "out") ? WIN_OUT : WIN_ACK; break;
	case O_OUT: o.out_topic = optarg; break;
	case O_OQOS: o.out_qos = atoi(optarg); break;
	case O_NOOUT: o.no_out = true; break;
	case O_AF: o.alarm_fraction = atof(optarg); break;
	case O_AT: { int t; for (t = 0; t < NTYPES && strcmp(dtypes[t].name, optarg); t++); if (t == NTYPES) die("unknown --alarm-type"); o.alarm_type = t; break; }
	case O_EXP: o.expect_all = !strcmp(optarg, "all"); break;
	case O_MARK: o.mark = !strcmp(optarg, "first") ? MARK_FIRST : !strcmp(optarg, "all") ? MARK_ALL : MARK_LAST; break;
	case O_DRAIN: o.drain = atof(optarg); break;
	case O_WATCH: {
		char *eq = strchr(optarg, '=');
		if (!eq || nwatch == 16) die("--watch NAME=PID");
		struct watch *w = &watches[nwatch++];
		snprintf(w->name, sizeof w->name, "%.*s", (int)(eq - optarg), optarg);
		w->pid = atoi(eq + 1);
		break; }
	case O_JSON: o.json = true; break;
	case O_LABEL: o.label = optarg; break;
	case O_SERIES: o.series = optarg; break;
	case O_SAMPLES: o.samples = optarg; break;
	case O_QUIET: o.quiet = true; break;
	case O_RESET: o.reset = true; break;
	case O_HELP: usage(); return 0;
	default: usage(); return 1;
	}
	if (optind < argc) die("unexpected argument %s", argv[optind]);
	if (o.homes < 1 || o.devices < 1 || o.conns < 1 || o.conns > 1500 || o.qos < 0 || o.qos > 1 || o.rate < 0 || o.duration <= 0) die("bad option value (see --help)");
	if (o.alarm_type >= o.devices) die("--alarm-type needs more --devices per home");
	if (o.alarm_fraction < 0 || o.alarm_fraction > 1) die("--alarm-fraction is between 0 and 1");
	if (!o.inflight) o.inflight = o.rate > 0 ? 16384 : 64;
	if (o.rate == 0 && o.window_on == WIN_OUT && !o.expect_all && o.alarm_fraction == 0) die("--window-on out needs outputs");
	if (o.rate == 0 && o.qos == 0 && o.window_on == WIN_ACK && !o.quiet) fprintf(stderr, "mqttload: QoS 0 closed loop: limited by TCP only; brokers drop\n");

	signal(SIGPIPE, SIG_IGN); signal(SIGINT, on_sig); signal(SIGTERM, on_sig);
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	struct rlimit rl; if (!getrlimit(RLIMIT_NOFILE, &rl)) { rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
	struct timespec rt; clock_gettime(CLOCK_REALTIME, &rt);
	run_id = (uint32_t)(rt.tv_nsec ^ rt.tv_sec ^ ((uint32_t)getpid() << 16));
	rng_state = o.seed;
	build_devices();
	seen_reserve(0);
	ep = epoll_create1(EPOLL_CLOEXEC);

	/* connect; in serve mode wait for the system under test */
	if (o.serve) {
		listener(o.serve);
		if (!o.quiet) fprintf(stderr, "mqttload: serving on 127.0.0.1:%d, waiting for %d subscription(s)\n", o.serve, o.serve_subs);
		while (nserved_subs < o.serve_subs && !stop_flag) { poll_once(100000000); flush_all(); }
		uint64_t t = now_ns() + 300000000ull;
		while (now_ns() < t) { poll_once(10000000); flush_all(); }
	} else {
		if (!o.no_out) { subc = client(R_SUB, 0); subscribe(subc, o.out_topic, o.out_qos); }
		pubs = xalloc(sizeof *pubs * (size_t)o.conns);
		for (int i = 0; i < o.conns; i++) { pubs[i] = client(R_PUB, i); npubs = i + 1; }
		if (o.rate == 0 && o.window_on == WIN_OUT) for (int i = 0; i < npubs; i++) { free(pubs[i]->ring); free(pubs[i]->ring_rec); setup_ring(pubs[i], 16384); }
	}
	if (o.no_out) o.expect_all = false;

	for (int i = 0; i < nwatch; i++) { watches[i].cpu0 = proc_cpu(watches[i].pid); if (watches[i].cpu0 < 0) die("no process %d", watches[i].pid); }
	double self0 = self_cpu(); struct sys sys0 = sys_cpu();
	t_start = now_ns() + 20000000ull;
	t_record = t_start + (uint64_t)(o.warmup * 1e9);
	t_end = t_start + (uint64_t)(o.duration * 1e9);
	double gap = o.rate > 0 ? 1e9 / o.rate : 0, due_f = 0;
	uint64_t late_max = 0;

	/* ---- run */
	int rr_fail = 0;
	while (!stop_flag) {
		uint64_t now = now_ns();
		if (now >= t_end || (o.count && seq_next >= o.count)) break;
		int64_t wait = 100000000;
		if (o.rate > 0) {
			int burst = 0;
			for (;;) {
				uint64_t due = t_start + (uint64_t)due_f;
				if (due > now) { wait = (int64_t)(due - now); break; }
				if (due >= t_end || (o.count && seq_next >= o.count)) { wait = 0; break; }
				if (!publish_next(due, now)) { n_stalls++; wait = 1000000; break; }
				if (now - due > late_max) late_max = now - due;
				if (o.poisson) { double u = ((double)(rng() >> 11) + 1) / 9007199254740993.0; due_f += -gap * __builtin_log(u); }
				else due_f += gap;
				if (++burst == 512) { wait = 0; break; } /* let acks and outputs in */
			}
		} else if (now >= t_start) {
			int burst = 0; rr_fail = 0;
			wait = 100000000;
			while (burst < 512) {
				if (o.count && seq_next >= o.count) break;
				if (o.window_on == WIN_OUT && n_alarms - n_out >= (uint64_t)o.inflight) break;
				/* a full connection: skip its turn, so that one slow connection does not stop the rest */
				if (!publish_next(now, now)) { if (++rr_fail > o.conns * 2) break; have_next = false; continue; }
				rr_fail = 0; burst++;
			}
			if (burst == 512) wait = 0;
		} else wait = (int64_t)(t_start - now);
		flush_all();
		poll_once(wait);
		flush_all();
		keepalive(now);
	}
	uint64_t t_sent_end = now_ns();
	/* ---- drain */
	uint64_t lim = t_sent_end + (uint64_t)(o.drain * 1e9);
	for (;;) {
		flush_all();
		uint64_t now = now_ns();
		bool acks_done = o.qos == 0 || n_acked >= seq_next;
		bool outs_done = (o.no_out && !o.serve) || n_out >= n_alarms;
		if ((acks_done && outs_done) || now >= lim) break;
		poll_once(5000000);
	}
	uint64_t t_done = now_ns();

	/* ---- report */
	double self1 = self_cpu(); struct sys sys1 = sys_cpu();
	double watched = 0, wall = (double)(t_done - t_start) / 1e9;
	for (int i = 0; i < nwatch; i++) { double v = proc_cpu(watches[i].pid); watches[i].cpu1 = v < 0 ? watches[i].cpu0 : v; watched += watches[i].cpu1 - watches[i].cpu0; proc_mem(&watches[i]); }
	double other = (sys1.busy - sys0.busy) - watched - (self1 - self0);
	if (other < 0) other = 0;
	uint64_t missing = n_alarms > n_out ? n_alarms - n_out : 0;
	double send_s = (double)(t_last_sent > t_start ? t_last_sent - t_start : 1) / 1e9;
	double out_s = (double)(t_last_out > t_start ? t_last_out - t_start : 1) / 1e9;
	double drain_s = (double)(t_done - t_sent_end) / 1e9;
	if (o.no_out && !o.serve) missing = 0;

	if (o.json) {
		printf("{\"label\":\"%s\",\"rate\":%g,\"qos\":%d,\"homes\":%d,\"devices\":%d,\"connections\":%d,\"alarm_fraction\":%g,\"sent\":%" PRIu64
		       ",\"acked\":%" PRIu64 ",\"expected\":%" PRIu64 ",\"out\":%" PRIu64 ",\"missing\":%" PRIu64 ",\"dup\":%" PRIu64 ",\"extra\":%" PRIu64 ",\"sent_per_s\":%.1f,\"out_per_s\":%.1f,\"drain_s\":%.3f"
		       ",\"late_max_us\":%.1f,\"stalls\":%" PRIu64 ",\"disconnects\":%" PRIu64 ",\"gen_cpu_s\":%.3f,\"other_cpu_pct\":%.1f,\"steal_pct\":%.1f",
		       o.label, o.rate, o.qos, o.homes, o.devices, o.serve ? nserved_subs : o.conns, o.alarm_fraction, seq_next, n_acked, n_alarms, n_out, missing, n_dup, n_extra,
		       (double)seq_next / send_s, (double)n_out / out_s, drain_s, (double)late_max / 1e3, n_stalls, n_disconnects,
		       self1 - self0, 100 * other / wall, 100 * (sys1.steal - sys0.steal) / wall);
		jhist("lat", &h_out); jhist("lat_send", &h_out_send); jhist("ack", &h_ack);
		printf(",\"watch\":{");
		for (int i = 0; i < nwatch; i++)
			printf("%s\"%s\":{\"cpu_s\":%.3f,\"cpu_s_per_100k\":%.3f,\"rss_mb\":%.1f,\"peak_mb\":%.1f}", i ? "," : "", watches[i].name, watches[i].cpu1 - watches[i].cpu0,
			       (watches[i].cpu1 - watches[i].cpu0) / (double)(seq_next ? seq_next : 1) * 1e5, (double)watches[i].rss_kb / 1024, (double)watches[i].hwm_kb / 1024);
		printf("}}\n");
	} else {
		printf("%s%s%s QoS %d, %d homes x %d devices, %d connection(s), %s", o.label, *o.label ? ": " : "", o.serve ? "direct (we are the broker)," : "via broker,", o.qos, o.homes, o.devices, o.serve ? nserved_subs : o.conns, o.rate > 0 ? "open loop" : "closed loop");
		if (o.rate > 0) printf(" %g/s", o.rate); else printf(" window %d on %s", o.inflight, o.window_on == WIN_OUT ? "outputs" : "acks");
		printf(", alarms %g %%\n", 100 * o.alarm_fraction);
		printf("  sent %" PRIu64 " (%.0f/s)  acked %" PRIu64 "  outputs %" PRIu64 " of %" PRIu64 " expected (%.0f/s)  missing %" PRIu64 "  duplicates %" PRIu64 "  drained in %.2fs\n",
		       seq_next, (double)seq_next / send_s, n_acked, n_out, n_alarms, (double)n_out / out_s, missing, n_dup, drain_s);
		if (h_out.n) { line("output, from due time", &h_out); line("output, from send", &h_out_send); }
		if (h_ack.n) line(o.serve ? "PUBACK of the system" : "PUBACK of the broker", &h_ack);
		for (int i = 0; i < nwatch; i++)
			printf("  process %-12s cpu %.2fs = %.3f s/100k messages (%.0f %% of a core)  rss %.1f MB  peak %.1f MB%s\n", watches[i].name, watches[i].cpu1 - watches[i].cpu0,
			       (watches[i].cpu1 - watches[i].cpu0) / (double)(seq_next ? seq_next : 1) * 1e5, 100 * (watches[i].cpu1 - watches[i].cpu0) / wall, (double)watches[i].rss_kb / 1024, (double)watches[i].hwm_kb / 1024, watches[i].gone ? "  (gone)" : "");
		char b[32];
		printf("  generator cpu %.2fs, latest send %s behind schedule, %" PRIu64 " stalls, %" PRIu64 " disconnects; noise: other processes %.0f %% of a core, steal %.1f %%\n",
		       self1 - self0, fmt_ns(late_max, b), n_stalls, n_disconnects, 100 * other / wall, 100 * (sys1.steal - sys0.steal) / wall);
		if (n_unmarked || n_foreign) printf("  note: %" PRIu64 " outputs without a mark, %" PRIu64 " of another run\n", n_unmarked, n_foreign);
	}
	if (o.series) {
		FILE *f = fopen(o.series, "w");
		if (!f) die("cannot write %s", o.series);
		fprintf(f, "second,sent,outputs,max_latency_us\n");
		for (int i = 0; i < 7200 && i <= (int)wall; i++) fprintf(f, "%d,%" PRIu64 ",%" PRIu64 ",%.1f\n", i, sec_sent[i], sec_out[i], (double)sec_max[i] / 1e3);
		fclose(f);
	}
	if (o.samples) {
		FILE *f = fopen(o.samples, "w");
		if (!f) die("cannot write %s", o.samples);
		for (size_t i = 0; i < n_samples; i++) fprintf(f, "%" PRIu64 "\n", sample[i]);
		fclose(f);
	}
	fflush(stdout);
	uint8_t *q;
	for (int i = 0; i < npubs; i++) if (pubs[i]->up) { put_hdr(pubs[i], 0xe0, 0, &q); }
	if (subc && subc->up) put_hdr(subc, 0xe0, 0, &q);
	flush_all();
	return missing ? 3 : 0;
}
