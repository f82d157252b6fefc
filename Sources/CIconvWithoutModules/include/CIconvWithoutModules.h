#ifndef SIMSCAN_CICONV_WITHOUT_MODULES_H
#define SIMSCAN_CICONV_WITHOUT_MODULES_H

#include <stddef.h>

/* iconv(3) that knows UTF-8, ASCII and ISO 8859-1 alone, and reads no file.

   GMime asks iconv for every charset that a mail names. glibc's loads a module from the host's disk for most
   of them, into a static program too, where it works with one version of glibc only; and what is loaded is a
   stranger's choice. These three functions take the place of glibc's in the whole program. The charsets that
   can hide an ASCII suffix are decoded in Swift. */
void *iconv_open(const char *to, const char *from);
size_t iconv(void *descriptor, char **input, size_t *input_left, char **output, size_t *output_left);
int iconv_close(void *descriptor);

#endif
