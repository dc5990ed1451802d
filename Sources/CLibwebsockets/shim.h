// What Swift's importer cannot see in libwebsockets.h: macros that span expressions or lines.
#ifndef OCPPCTL_CLIBWEBSOCKETS_SHIM_H
#define OCPPCTL_CLIBWEBSOCKETS_SHIM_H

#include <libwebsockets.h>

enum { OCPP_LWS_PRE = LWS_PRE };

#endif
