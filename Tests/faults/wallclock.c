/* wallclock - a wall clock that is set while the process runs; its monotonic clock goes on.
 *
 * Preloaded into the process under test:
 *   cc -O2 -shared -fPIC -o wallclock.so wallclock.c -ldl
 *   LD_PRELOAD=./wallclock.so WALLCLOCK_CONTROL=control anju run ...
 *
 * WALLCLOCK_CONTROL  a file with one line: seconds to add to the wall clock; missing or empty means none.
 *
 * Waits for a condition or a semaphore until a moment of the wall clock follow it too, as the kernel's do when a clock
 * is set: set back, they last longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
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

static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* The clock of a condition stands in its second flag bit (glibc 2.25 and newer). */
static int is_monotonic(pthread_cond_t *condition) { return (condition->__data.__wrefs & 2) != 0; }

static long long nanoseconds(struct timespec t) { return (long long)t.tv_sec * 1000000000 + t.tv_nsec; }

/* Up to 20 ms of what is left until a moment of the shown clock, as a moment of the real one; 0 when it has passed. */
static int slice(const struct timespec *until, struct timespec *limit)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long left = nanoseconds(*until) - nanoseconds(now);
    if (left <= 0) return 0;
    if (left > 20000000) left = 20000000;
    real_clock_gettime(CLOCK_REALTIME, &now);
    long long at = nanoseconds(now) + left;
    limit->tv_sec = at / 1000000000;
    limit->tv_nsec = at % 1000000000;
    return 1;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
    if (!real_timedwait) {
        /* The plain lookup may find the oldest version, which is another condition. */
        real_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
        if (!real_timedwait) real_timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    if (is_monotonic(condition)) return real_timedwait(condition, mutex, until);
    struct timespec limit;
    while (slice(until, &limit)) {
        int result = real_timedwait(condition, mutex, &limit);
        if (result != ETIMEDOUT) return result;
    }
    return ETIMEDOUT;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    static int (*real_sem_timedwait)(sem_t *, const struct timespec *);
    if (!real_sem_timedwait) real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec limit;
    while (slice(until, &limit))
        if (!real_sem_timedwait(semaphore, &limit)) return 0;
        else if (errno != ETIMEDOUT) return -1;
    if (!sem_trywait(semaphore)) return 0;
    errno = ETIMEDOUT;
    return -1;
}
