/* wallclock - a wall clock that is set while the process runs; its monotonic clock goes on.
 *
 * Preloaded into the process under test:
 *   cc -O2 -shared -fPIC -o wallclock.so wallclock.c -ldl
 *   LD_PRELOAD=./wallclock.so WALLCLOCK_CONTROL=control anju run ...
 *
 * WALLCLOCK_CONTROL  a file with one line: seconds to add to the wall clock; missing or empty means none. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int (*real_clock_gettime)(clockid_t, struct timespec *);

static long offset(void)
{
    const char *control = getenv("WALLCLOCK_CONTROL");
    char text[32];
    int fd = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_clock_gettime(clock, t);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) t->tv_sec += offset();
    return result;
}

int gettimeofday(struct timeval *t, void *zone)
{
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *t)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t) *t = now.tv_sec;
    return now.tv_sec;
}
