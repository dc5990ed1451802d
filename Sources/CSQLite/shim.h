#ifndef OCPPCTL_CSQLITE_SHIM_H
#define OCPPCTL_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
