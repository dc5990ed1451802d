#ifndef OCPPCTL_CMOSQUITTO_SHIM_H
#define OCPPCTL_CMOSQUITTO_SHIM_H

#include <mosquitto.h>

#endif
