/*
 * floor - the least a C program can do between "MQTT in" and "MQTT out" with libmosquitto.
 *
 *   --mode echo     subscribe, publish every (alarm) message on the output topic, nothing else
 *   --mode commit   own poll() loop: read a batch, INSERT it in SQLite (WAL) and COMMIT, and only
 *                   then write the PUBACKs (libmosquitto queues them because of
 *                   mosquitto_threaded_set) and publish the alarms
 *   --mode none     as commit, but without the database (cost of the loop itself)
 *   --mode log      as commit, but an append-only preallocated file + fdatasync instead of SQLite
 *
 * It is a measuring device, not a product: no reconnect, no validation.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ECHO, COMMIT, NONE, LOGFILE };
enum { DRAIN_ERRNO, DRAIN_COUNT, DRAIN_FIONREAD };
static struct {
	const char *host, *id, *sub, *out, *db, *sync, *schema;
	int port, mode, batch, nodelay, cork, v5, recvmax, sub_qos, out_qos, threaded, drain, checkpoint, kill_before_commit, clean, alarms_only, verbose, wait_us, prealloc, sendmax, bgckpt;
} o = { .host = "127.0.0.1", .id = "floor", .sub = "home/+/+", .out = "alarm", .db = "floor.db", .sync = "FULL", .port = 1883, .mode = ECHO,
        .batch = 1000, .nodelay = 1, .sub_qos = 1, .out_qos = 0, .threaded = 1, .drain = DRAIN_COUNT, .checkpoint = 1000, .clean = 1, .alarms_only = 0 };

struct msg { int home_off; char topic[96]; int plen; char *payload; };
static struct msg *batch;
static int nb;
static struct mosquitto *m;
static volatile sig_atomic_t stop;
static uint64_t n_msgs, n_batches, n_alarms, max_batch, n_callbacks;
static uint64_t commit_ns_sum, commit_ns_max;
static int connected, subscribed;

static uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec; }
static void on_sig(int s) { (void)s; stop = 1; }

static bool is_alarm(const char *p, int n)
{
	if (!o.alarms_only) return true;
	return memmem(p, (size_t)n, "\"smoke\":true", 12) || memmem(p, (size_t)n, "\"water_leak\":true", 17) ||
	       memmem(p, (size_t)n, "\"carbon_monoxide\":true", 22) || memmem(p, (size_t)n, "\"contact\":false", 15) || memmem(p, (size_t)n, "\"occupancy\":true", 16);
}

static void send_alarm(const char *topic, const char *p, int n)
{
	char t[160];
	const char *rest = strchr(topic, '/');
	snprintf(t, sizeof t, "%s%s", o.out, rest ? rest : "/x");
	mosquitto_publish(m, NULL, t, n, p, o.out_qos, false);
	n_alarms++;
}

static void on_message(struct mosquitto *mq, void *u, const struct mosquitto_message *g)
{
	(void)mq; (void)u;
	n_callbacks++; n_msgs++;
	if (o.mode == ECHO) { if (is_alarm(g->payload, g->payloadlen)) send_alarm(g->topic, g->payload, g->payloadlen); return; }
	struct msg *x = &batch[nb++];
	snprintf(x->topic, sizeof x->topic, "%s", g->topic);
	x->plen = g->payloadlen;
	x->payload = malloc((size_t)g->payloadlen + 1);
	memcpy(x->payload, g->payload, (size_t)g->payloadlen);
}
static void on_publish(struct mosquitto *mq, void *u, int mid) { (void)mq; (void)u; (void)mid; n_callbacks++; }
static void on_connect(struct mosquitto *mq, void *u, int rc) { (void)mq; (void)u; n_callbacks++; connected = rc == 0 ? 1 : -1; }
static void on_subscribe(struct mosquitto *mq, void *u, int mid, int n, const int *g) { (void)mq; (void)u; (void)mid; (void)n; n_callbacks++; subscribed = g[0] < 128 ? 1 : -1; }

static sqlite3 *db; static sqlite3_stmt *ins, *beg, *com;
static int logfd = -1; static off_t logpos;
#define LOGSIZE (256ll << 20)

static void sq(int rc, const char *what) { if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) { fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db)); exit(1); } }

/* --bg-checkpoint-ms: checkpoints on a second connection and thread, so that no commit pays for one */
static void *checkpointer(void *arg)
{
	(void)arg;
	sqlite3 *d; sqlite3_open(o.db, &d); sqlite3_busy_timeout(d, 1000);
	while (!stop) { usleep((useconds_t)o.bgckpt * 1000); sqlite3_wal_checkpoint_v2(d, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); }
	sqlite3_close(d);
	return NULL;
}

static void open_store(void)
{
	char s[256];
	if (o.mode == LOGFILE) {
		logfd = open(o.db, O_RDWR | O_CREAT, 0600);
		char *z = calloc(1, 1 << 20);
		for (off_t i = 0; i < LOGSIZE; i += 1 << 20) if (write(logfd, z, 1 << 20) < 0) exit(1);
		fsync(logfd); free(z);
		return;
	}
	if (o.mode != COMMIT) return;
	sq(sqlite3_open(o.db, &db), "open");
	sq(sqlite3_exec(db, "PRAGMA journal_mode=WAL", 0, 0, 0), "wal");
	snprintf(s, sizeof s, "PRAGMA synchronous=%s", o.sync); sq(sqlite3_exec(db, s, 0, 0, 0), "sync");
	snprintf(s, sizeof s, "PRAGMA wal_autocheckpoint=%d", o.checkpoint); sq(sqlite3_exec(db, s, 0, 0, 0), "ckpt");
	if (!o.bgckpt) sq(sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", 0, 0, 0), "lock");
	sq(sqlite3_exec(db, "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL)", 0, 0, 0), "schema");
	sq(sqlite3_prepare_v2(db, "INSERT INTO events(ts,topic,payload) VALUES(?,?,?)", -1, &ins, 0), "prep");
	sq(sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &beg, 0), "prep");
	sq(sqlite3_prepare_v2(db, "COMMIT", -1, &com, 0), "prep");
	if (o.bgckpt) { pthread_t t; sqlite3_wal_autocheckpoint(db, 0); sqlite3_busy_timeout(db, 1000); pthread_create(&t, NULL, checkpointer, NULL); }
}

static void store_batch(void)
{
	uint64_t t0 = now_ns();
	if (o.mode == COMMIT) {
		sq(sqlite3_step(beg), "begin"); sqlite3_reset(beg);
		for (int i = 0; i < nb; i++) {
			sqlite3_bind_int64(ins, 1, (sqlite3_int64)t0);
			sqlite3_bind_text(ins, 2, batch[i].topic, -1, SQLITE_STATIC);
			sqlite3_bind_blob(ins, 3, batch[i].payload, batch[i].plen, SQLITE_STATIC);
			sq(sqlite3_step(ins), "insert"); sqlite3_reset(ins);
		}
		sq(sqlite3_step(com), "commit"); sqlite3_reset(com);
	} else if (o.mode == LOGFILE) {
		static char *b; static size_t cap; size_t n = 0;
		for (int i = 0; i < nb; i++) {
			size_t need = n + (size_t)batch[i].plen + 128;
			if (need > cap) b = realloc(b, cap = need * 2);
			uint32_t len = (uint32_t)batch[i].plen; memcpy(b + n, &len, 4); n += 4;
			size_t tl = strlen(batch[i].topic) + 1; memcpy(b + n, batch[i].topic, tl); n += tl;
			memcpy(b + n, batch[i].payload, len); n += len;
		}
		if (logpos + (off_t)n > LOGSIZE) logpos = 0;
		if (pwrite(logfd, b, n, logpos) < 0) exit(1);
		logpos += (off_t)n;
		if (strcmp(o.sync, "NORMAL")) fdatasync(logfd);
	}
	uint64_t d = now_ns() - t0;
	commit_ns_sum += d; if (d > commit_ns_max) commit_ns_max = d;
}

static void cork(int on) { if (o.cork) setsockopt(mosquitto_socket(m), IPPROTO_TCP, TCP_CORK, &on, sizeof on); }

int main(int argc, char **argv)
{
	static const struct option lo[] = { {"mode",1,0,1},{"port",1,0,2},{"batch",1,0,3},{"sync",1,0,4},{"db",1,0,5},{"nodelay",1,0,6},{"cork",1,0,7},{"v5",1,0,8},{"recvmax",1,0,9},
		{"out-qos",1,0,10},{"sub-qos",1,0,11},{"threaded",1,0,12},{"drain",1,0,13},{"checkpoint",1,0,14},{"kill-before-commit",1,0,15},{"id",1,0,16},{"clean",1,0,17},{"alarms-only",1,0,18},
		{"sub",1,0,19},{"wait-us",1,0,20},{"sendmax",1,0,21},{"bg-checkpoint-ms",1,0,22},{"out",1,0,23},{0,0,0,0} };
	int k;
	while ((k = getopt_long(argc, argv, "", lo, 0)) != -1) switch (k) {
	case 1: o.mode = !strcmp(optarg, "echo") ? ECHO : !strcmp(optarg, "commit") ? COMMIT : !strcmp(optarg, "log") ? LOGFILE : NONE; break;
	case 2: o.port = atoi(optarg); break; case 3: o.batch = atoi(optarg); break; case 4: o.sync = optarg; break; case 5: o.db = optarg; break;
	case 6: o.nodelay = atoi(optarg); break; case 7: o.cork = atoi(optarg); break; case 8: o.v5 = atoi(optarg); break; case 9: o.recvmax = atoi(optarg); break;
	case 10: o.out_qos = atoi(optarg); break; case 11: o.sub_qos = atoi(optarg); break; case 12: o.threaded = atoi(optarg); break;
	case 13: o.drain = !strcmp(optarg, "errno") ? DRAIN_ERRNO : !strcmp(optarg, "fionread") ? DRAIN_FIONREAD : DRAIN_COUNT; break;
	case 14: o.checkpoint = atoi(optarg); break; case 15: o.kill_before_commit = atoi(optarg); break; case 16: o.id = optarg; break; case 17: o.clean = atoi(optarg); break;
	case 18: o.alarms_only = atoi(optarg); break; case 19: o.sub = optarg; break; case 20: o.wait_us = atoi(optarg); break; case 21: o.sendmax = atoi(optarg); break;
	case 22: o.bgckpt = atoi(optarg); break; case 23: o.out = optarg; break;
	default: return 1;
	}
	signal(SIGINT, on_sig); signal(SIGTERM, on_sig);
	batch = calloc((size_t)o.batch + 8, sizeof *batch);
	open_store();
	mosquitto_lib_init();
	m = mosquitto_new(o.id, o.clean, NULL);
	if (o.v5) mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	if (o.recvmax) mosquitto_int_option(m, MOSQ_OPT_RECEIVE_MAXIMUM, o.recvmax);
	if (o.sendmax) mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, o.sendmax);
	mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, o.nodelay);
	if (o.threaded) mosquitto_threaded_set(m, true);
	mosquitto_message_callback_set(m, on_message); mosquitto_publish_callback_set(m, on_publish);
	mosquitto_connect_callback_set(m, on_connect); mosquitto_subscribe_callback_set(m, on_subscribe);
	if (mosquitto_connect(m, o.host, o.port, 60)) { fprintf(stderr, "connect failed\n"); return 1; }

	uint64_t last_misc = 0;
	while (!stop) {
		int fd = mosquitto_socket(m);
		if (fd < 0) break;
		struct pollfd p = { .fd = fd, .events = (short)(POLLIN | (mosquitto_want_write(m) ? POLLOUT : 0)) };
		int r = poll(&p, 1, 1000);
		if (r < 0 && errno != EINTR) break;
		uint64_t now = now_ns();
		if (now - last_misc > 1000000000ull) { mosquitto_loop_misc(m); last_misc = now; }
		if (r > 0 && (p.revents & (POLLIN | POLLHUP | POLLERR))) {
			/* wait-us: optional gather delay before reading, to make the group larger */
			if (o.wait_us && nb == 0) usleep((useconds_t)o.wait_us);
			while (nb < o.batch) {
				uint64_t before = n_callbacks;
				errno = 0;
				int rc = mosquitto_loop_read(m, 1);
				if (rc) { fprintf(stderr, "read: %s\n", mosquitto_strerror(rc)); stop = 1; break; }
				if (o.drain == DRAIN_ERRNO) { if (errno == EAGAIN) break; }
				else if (o.drain == DRAIN_FIONREAD) { int av = 0; if (ioctl(mosquitto_socket(m), FIONREAD, &av) || !av) break; }
				else if (n_callbacks == before) break; /* nothing complete was read */
				if (o.mode == ECHO && n_callbacks % 64 == 0) break;
			}
		}
		if (connected == 1 && !subscribed) { subscribed = 2; mosquitto_subscribe(m, NULL, o.sub, o.sub_qos); }
		if (connected < 0) { fprintf(stderr, "refused\n"); return 1; }
		if (nb) {
			n_batches++;
			if ((uint64_t)nb > max_batch) max_batch = (uint64_t)nb;
			if (o.kill_before_commit && n_msgs >= (uint64_t)o.kill_before_commit) { fprintf(stderr, "killing myself with %d read and uncommitted\n", nb); kill(getpid(), SIGKILL); }
			store_batch();
			for (int i = 0; i < nb; i++) { if (is_alarm(batch[i].payload, batch[i].plen)) send_alarm(batch[i].topic, batch[i].payload, batch[i].plen); free(batch[i].payload); }
			nb = 0;
		}
		if (mosquitto_want_write(m)) { cork(1); int rc = mosquitto_loop_write(m, 1); cork(0); if (rc) { fprintf(stderr, "write: %s\n", mosquitto_strerror(rc)); break; } }
	}
	fprintf(stderr, "floor: %llu messages, %llu alarms, %llu batches (mean %.2f, max %llu), commit mean %.1f us max %.1f us\n", (unsigned long long)n_msgs, (unsigned long long)n_alarms,
		(unsigned long long)n_batches, n_batches ? (double)n_msgs / (double)n_batches : 0, (unsigned long long)max_batch,
		n_batches ? (double)commit_ns_sum / (double)n_batches / 1e3 : 0, (double)commit_ns_max / 1e3);
	mosquitto_disconnect(m);
	mosquitto_loop_write(m, 1);
	if (db) { sqlite3_finalize(ins); sqlite3_finalize(beg); sqlite3_finalize(com); sqlite3_close(db); }
	return 0;
}
