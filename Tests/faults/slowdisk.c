/* slowdisk - a disk that hangs, is slow, fails or is full, while a control file says so.
 *
 * Preloaded into the process under test:
 *   cc -O2 -shared -fPIC -o slowdisk.so slowdisk.c -ldl
 *   LD_PRELOAD=./slowdisk.so SLOWDISK_CONTROL=control SLOWDISK_PATH=anju.db SLOWDISK_COUNT=count anju run ...
 *
 * SLOWDISK_CONTROL  a file with one line: ACTION [ARGUMENT] [sync|write|all]; missing or empty means a sound disk.
 *     hang               calls wait until the line changes          (default: sync)
 *     delay MILLISECONDS calls take that much longer                (default: sync)
 *     fail ENOSPC|EIO|EROFS|EDQUOT  calls fail                      (default: write for ENOSPC, else all)
 * SLOWDISK_PATH     only files whose path contains this text; unset means every regular file.
 * SLOWDISK_COUNT    a file of two 64-bit counters in the machine's byte order: syncs and writes of such files.
 *
 * "sync" is fdatasync and fsync; "write" is write, pwrite and ftruncate. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum kind { SYNC = 1, WRITE = 2 };

struct order {
    char action[16];
    int argument;
    int kinds;
};

static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static int (*real_ftruncate)(int, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

static const char *control, *path_part;
static uint64_t *counters;

__attribute__((constructor)) static void start(void)
{
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    control = getenv("SLOWDISK_CONTROL");
    path_part = getenv("SLOWDISK_PATH");
    const char *count = getenv("SLOWDISK_COUNT");
    if (!count) return;
    int fd = open(count, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return;
    if (!real_ftruncate(fd, 2 * sizeof *counters)) {
        void *p = mmap(0, 2 * sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (p != MAP_FAILED) counters = p;
    }
    close(fd);
}

static int is_ours(int fd)
{
    char link[64], path[4096];
    struct stat status;
    if (fstat(fd, &status) || !S_ISREG(status.st_mode)) return 0;
    if (!path_part) return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return strstr(path, path_part) != 0;
}

static int code_of(const char *name)
{
    if (!strcmp(name, "ENOSPC")) return ENOSPC;
    if (!strcmp(name, "EROFS")) return EROFS;
    if (!strcmp(name, "EDQUOT")) return EDQUOT;
    return EIO;
}

static struct order read_order(void)
{
    struct order order = {"", 0, 0};
    char text[128], first[16] = "", second[16] = "";
    int fd = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return order;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return order;
    text[n] = 0;
    sscanf(text, "%15s %15s %15s", order.action, first, second);
    const char *scope = !strcmp(order.action, "hang") ? first : second;
    order.kinds = SYNC;
    if (!strcmp(order.action, "delay")) order.argument = atoi(first);
    if (!strcmp(order.action, "fail")) {
        order.argument = code_of(first);
        order.kinds = order.argument == ENOSPC ? WRITE : SYNC | WRITE;
    }
    if (!strcmp(scope, "sync")) order.kinds = SYNC;
    if (!strcmp(scope, "write")) order.kinds = WRITE;
    if (!strcmp(scope, "all")) order.kinds = SYNC | WRITE;
    return order;
}

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, 0);
}

/* Counts the call and does what the control file says; nonzero is the error with which the call fails. */
static int meet(int fd, enum kind kind)
{
    int saved = errno, result = 0;
    if (!real_write) start(); /* another library's constructor was first */
    if ((control || counters) && is_ours(fd)) {
        if (counters) __atomic_add_fetch(&counters[kind == WRITE], 1, __ATOMIC_RELAXED);
        struct order order = read_order();
        if (order.kinds & kind) {
            if (!strcmp(order.action, "delay")) pause_ms(order.argument);
            if (!strcmp(order.action, "fail")) result = order.argument;
            while (!strcmp(order.action, "hang") && order.kinds & kind) {
                pause_ms(5);
                order = read_order();
            }
        }
    }
    errno = result ? result : saved;
    return result;
}

int fdatasync(int fd) { return meet(fd, SYNC) ? -1 : real_fdatasync(fd); }
int fsync(int fd) { return meet(fd, SYNC) ? -1 : real_fsync(fd); }
int ftruncate(int fd, off_t size) { return meet(fd, WRITE) ? -1 : real_ftruncate(fd, size); }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
ssize_t write(int fd, const void *p, size_t n) { return meet(fd, WRITE) ? -1 : real_write(fd, p, n); }
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) { return meet(fd, WRITE) ? -1 : real_pwrite(fd, p, n, at); }
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) { return pwrite(fd, p, n, at); }
