// What Swift's importer cannot see in libwebsockets.h: macros that span expressions or lines.
#ifndef OCPPCTL_CLIBWEBSOCKETS_SHIM_H
#define OCPPCTL_CLIBWEBSOCKETS_SHIM_H

#include <libwebsockets.h>

enum { OCPP_LWS_PRE = LWS_PRE };

// Of Linux, and outside of Swift's Glibc module. What both modules have belongs to either: import both.
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <pthread.h>

// Declared by their headers only under _GNU_SOURCE, which an importer cannot set.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
struct ocpp_ucred { int pid; unsigned int uid; unsigned int gid; };

#endif
