#ifndef OCPPCTL_CSQLITE_SHIM_H
#define OCPPCTL_CSQLITE_SHIM_H

#include <pthread.h>
#include <sqlite3.h>

// Declared by its header only under _GNU_SOURCE, which an importer cannot set.
extern int pthread_setname_np(pthread_t thread, const char *name);

// Variadic, which an importer cannot call. Without it SQLite locks a mutex twice for each piece of memory, to count it.
static inline int sqlite3_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

#endif
