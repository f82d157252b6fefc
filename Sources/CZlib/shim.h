#ifndef SIMSCAN_CZLIB_SHIM_H
#define SIMSCAN_CZLIB_SHIM_H

#include <zlib.h>

#endif
