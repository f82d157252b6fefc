#ifndef SIMSCAN_CPCRE2_SHIM_H
#define SIMSCAN_CPCRE2_SHIM_H

/* Bytes, not wide characters: the header asks for this ahead of it. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
