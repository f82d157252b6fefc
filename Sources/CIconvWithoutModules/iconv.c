#include "CIconvWithoutModules.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum charset { unknown, utf8, latin1 };

/* A descriptor is the address of one of these. */
static const enum charset from_utf8 = utf8, from_latin1 = latin1;

static enum charset charset_named(const char *name)
{
    size_t length = strcspn(name, "/");
    static const struct {
        const char *name;
        enum charset charset;
    } names[] = {
        {"UTF-8", utf8},      {"UTF8", utf8},        {"US-ASCII", utf8},      {"ASCII", utf8},
        {"iso-8859-1", latin1}, {"ISO8859-1", latin1}, {"latin1", latin1},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == length && strncasecmp(names[i].name, name, length) == 0)
            return names[i].charset;
    return unknown;
}

void *iconv_open(const char *to, const char *from)
{
    enum charset source = charset_named(from);
    if (charset_named(to) != utf8 || source == unknown) {
        errno = EINVAL;
        return (void *)-1;
    }
    return (void *)(source == utf8 ? &from_utf8 : &from_latin1);
}

/* The length of the character at the beginning, 0 where it is none, -1 where it is not complete. */
static int utf8_length(const unsigned char *text, size_t left)
{
    int length = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : text[0] < 0xF5 ? 4 : 0;
    for (int i = 1; i < length; i++) {
        if ((size_t)i >= left)
            return -1;
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    return length;
}

size_t iconv(void *descriptor, char **input, size_t *input_left, char **output, size_t *output_left)
{
    if (!input || !*input)
        return 0;
    int is_latin1 = *(const enum charset *)descriptor == latin1;
    while (*input_left > 0) {
        const unsigned char *text = (const unsigned char *)*input;
        int length = is_latin1 ? 1 : utf8_length(text, *input_left);
        if (length <= 0) {
            errno = length ? EINVAL : EILSEQ;
            return (size_t)-1;
        }
        size_t written = is_latin1 && text[0] >= 0x80 ? 2 : (size_t)length;
        if (*output_left < written) {
            errno = E2BIG;
            return (size_t)-1;
        }
        if (is_latin1 && written == 2) {
            (*output)[0] = (char)(0xC0 | text[0] >> 6);
            (*output)[1] = (char)(0x80 | (text[0] & 0x3F));
        } else {
            memcpy(*output, text, written);
        }
        *input += length;
        *input_left -= (size_t)length;
        *output += written;
        *output_left -= written;
    }
    return 0;
}

int iconv_close(void *descriptor)
{
    (void)descriptor;
    return 0;
}
