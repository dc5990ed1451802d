#ifndef OCPPCTL_CSQLITE_SHIM_H
#define OCPPCTL_CSQLITE_SHIM_H

#include <pthread.h>
#include <sqlite3.h>

// Declared by its header only under _GNU_SOURCE, which an importer cannot set.
extern int pthread_setname_np(pthread_t thread, const char *name);

#endif
