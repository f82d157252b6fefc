#ifndef SIMSCAN_CCARES_SHIM_H
#define SIMSCAN_CCARES_SHIM_H

#include <ares.h>

#endif
