/* Preloaded into `serve` by the crash tests: makes a disk that forgets what was not synced, and that can fail.
 *
 * Counts the writes, truncations and syncs of the files that end in .db or .db-wal. All that was written since a file's
 * last sync is remembered with what stood there before, and taken back when the process is stopped:
 *
 *   CRASH_AT=N        at operation N, before it is done, the process is killed
 *   CRASH_NO_SYNC=1   a sync does nothing, as with `synchronous=OFF`
 *   FAIL_FROM=N FAIL_COUNT=K FAIL_ERRNO=E   operations N to N+K-1 fail with that error
 *   HOLD_FILE=FILE    a sync does not return while that file is there
 *   CRASH_COUNT=FILE  the number of operations is kept there, as text
 *   FREE_FILE=FILE    so many bytes are free on every file system, as is said there, as text
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MAX_FD = 65536, MAX_FILES = 64 };

/* A file, by a descriptor of its own that is never closed: closing one would let go of SQLite's locks. */
static struct { dev_t device; ino_t inode; int fd; } files[MAX_FILES];
static int file_count;

struct change {
    struct change *earlier;
    int file; /* index in `files` */
    off_t offset, old_size;
    size_t count;         /* bytes that stood there before */
    unsigned char bytes[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct change *newest;
static long operations;
static signed char watched[MAX_FD]; /* 0 not known, 1 yes, -1 no */

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_sync)(int), (*real_truncate)(int, off_t), (*real_close)(int);
static int (*real_statvfs)(const char *, struct statvfs *);

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void start(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_sync = dlsym(RTLD_NEXT, "fdatasync");
    real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_statvfs = dlsym(RTLD_NEXT, "statvfs");
}

static int is_watched(int fd) {
    if (fd < 0 || fd >= MAX_FD) return 0;
    if (!watched[fd]) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        size_t n = strlen(path);
        int ends_db = n > 3 && !strcmp(path + n - 3, ".db"), ends_wal = n > 7 && !strcmp(path + n - 7, ".db-wal");
        watched[fd] = ends_db || ends_wal ? 1 : -1;
    }
    return watched[fd] == 1;
}

static void take_back(void) {
    for (struct change *c = newest; c; c = c->earlier) {
        if (c->count) real_pwrite(files[c->file].fd, c->bytes, c->count, c->offset);
        real_truncate(files[c->file].fd, c->old_size);
    }
}

/* Counts an operation. Not 0 where it fails. */
static int operation(void) {
    operations++;
    const char *file = getenv("CRASH_COUNT");
    if (file) {
        char text[32];
        int n = snprintf(text, sizeof text, "%ld\n", operations), fd = open(file, O_WRONLY | O_CREAT, 0600);
        if (fd >= 0) {
            if (write(fd, text, n) != n) abort();
            real_close(fd);
        }
    }
    long crash = setting("CRASH_AT"), from = setting("FAIL_FROM");
    if (crash && operations == crash) {
        take_back();
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    if (from && operations >= from && operations < from + setting("FAIL_COUNT")) return (int)setting("FAIL_ERRNO");
    return 0;
}

static int file_of(int fd, const struct stat *state) {
    for (int i = 0; i < file_count; i++)
        if (files[i].device == state->st_dev && files[i].inode == state->st_ino) return i;
    if (file_count == MAX_FILES) abort();
    files[file_count].device = state->st_dev;
    files[file_count].inode = state->st_ino;
    files[file_count].fd = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    if (files[file_count].fd < 0) abort();
    return file_count++;
}

/* Remembers what a write or a truncation takes away. */
static void remember(int fd, off_t offset, size_t count) {
    struct stat state;
    if (fstat(fd, &state)) abort();
    if (offset + (off_t)count > state.st_size) count = offset < state.st_size ? (size_t)(state.st_size - offset) : 0;
    struct change *c = malloc(sizeof *c + count);
    if (!c) abort();
    *c = (struct change){newest, file_of(fd, &state), offset, state.st_size, count};
    if (count && pread(fd, c->bytes, count, offset) != (ssize_t)count) abort();
    newest = c;
}

/* What was written to the file is on the disk now. */
static void settle(int fd) {
    struct stat state;
    if (fstat(fd, &state)) abort();
    int file = file_of(fd, &state);
    for (struct change **at = &newest; *at;) {
        struct change *c = *at;
        if (c->file == file) {
            *at = c->earlier;
            free(c);
        } else {
            at = &c->earlier;
        }
    }
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
    if (!is_watched(fd)) return real_pwrite(fd, bytes, count, offset);
    pthread_mutex_lock(&lock);
    int failure = operation();
    ssize_t written = -1;
    if (!failure) {
        remember(fd, offset, count);
        written = real_pwrite(fd, bytes, count, offset);
        failure = errno;
    }
    pthread_mutex_unlock(&lock);
    errno = failure;
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

int ftruncate64(int fd, off_t size) {
    if (!is_watched(fd)) return real_truncate(fd, size);
    pthread_mutex_lock(&lock);
    int failure = operation(), result = -1;
    if (!failure) {
        struct stat state;
        if (fstat(fd, &state)) abort();
        remember(fd, size, state.st_size > size ? (size_t)(state.st_size - size) : 0);
        result = real_truncate(fd, size);
        failure = errno;
    }
    pthread_mutex_unlock(&lock);
    errno = failure;
    return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fdatasync(int fd) {
    if (!is_watched(fd)) return real_sync(fd);
    const char *hold = getenv("HOLD_FILE");
    while (hold && !access(hold, F_OK)) usleep(1000);
    pthread_mutex_lock(&lock);
    int failure = operation(), result = failure ? -1 : 0;
    if (!failure && !setting("CRASH_NO_SYNC")) {
        result = real_sync(fd);
        failure = errno;
        if (result == 0) settle(fd);
    }
    pthread_mutex_unlock(&lock);
    errno = failure;
    return result;
}

int statvfs(const char *path, struct statvfs *state) {
    int result = real_statvfs(path, state);
    const char *name = getenv("FREE_FILE");
    if (result || !name) return result;
    FILE *file = fopen(name, "r");
    long long bytes;
    if (!file || fscanf(file, "%lld", &bytes) != 1) abort();
    fclose(file);
    state->f_bavail = (fsblkcnt_t)(bytes / (long long)state->f_frsize);
    return 0;
}

int fsync(int fd) { return fdatasync(fd); }

int close(int fd) {
    if (fd >= 0 && fd < MAX_FD) watched[fd] = 0;
    return real_close(fd);
}
