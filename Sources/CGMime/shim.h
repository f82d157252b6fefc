#ifndef SIMSCAN_CGMIME_SHIM_H
#define SIMSCAN_CGMIME_SHIM_H

#include <gmime/gmime.h>

#endif
