// Tells the thread sanitizer what Swift's Mutex does where two threads want it at once.
//
// The quick path of Mutex is inlined into our code, and seen. The slow one is a futex in libswiftSynchronization, which is
// not instrumented: without this, whatever a contended Mutex guards looks like a race. Preloaded; of no effect in a program
// without the sanitizer. No race is suppressed: these are the edges that the locks make.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define NAME(text) __asm__("$s15Synchronization12_MutexHandleV" text)

typedef SWIFT void (*Lock)(uint32_t, SELF void *);
typedef SWIFT bool (*TryLock)(SELF void *);
typedef SWIFT void (*Unlock)(SELF void *);

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) NAME("9_lockSlowyys6UInt32VF");
SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
    ((Lock)next("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool tryLockSlow(SELF void *mutex) NAME("12_tryLockSlowSbyF");
SWIFT bool tryLockSlow(SELF void *mutex) {
    bool locked = ((TryLock)next("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"))(mutex);
    if (locked && __tsan_acquire) __tsan_acquire(mutex);
    return locked;
}

SWIFT void unlockSlow(SELF void *mutex) NAME("11_unlockSlowyyF");
SWIFT void unlockSlow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((Unlock)next("$s15Synchronization12_MutexHandleV11_unlockSlowyyF"))(mutex);
}
