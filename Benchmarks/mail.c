/* Messages and envelopes: plain text up to 4 kB, above that a text and an attached document. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *made(const char *path)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static const char header[] =
    "Return-Path: <alice@example.org>\n"
    "Received: (qmail 25399 invoked from network); 22 Nov 2026 09:36:05 -0000\n"
    "Received: from mail.example.org (192.0.2.25)\n"
    "  by mx.example.com with ESMTPS (TLS1.3 cipher TLS_AES_256_GCM_SHA384);\n"
    "  22 Nov 2026 09:36:05 -0000\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail;\n"
    "\th=from:to:subject:date:message-id:mime-version:content-type;\n"
    "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
    "\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\n"
    "Message-ID: <20261122093604.25398@mail.example.org>\n"
    "Date: Sun, 22 Nov 2026 09:36:04 +0000\n"
    "From: Alice Example <alice@example.org>\n"
    "To: Bob Example <bob@example.com>\n"
    "Subject: The figures of the third quarter\n"
    "MIME-Version: 1.0\n";

static const char line[] = "The figures are as we had expected them, and a little better than last year.\n";

/* A base64 line of bytes that look like those of a document. */
static void write_base64_line(FILE *file)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static unsigned long long state = 42;
    char text[77];
    for (int i = 0; i < 76; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        text[i] = digits[state >> 58];
    }
    text[76] = '\n';
    fwrite(text, 1, sizeof text, file);
}

void write_text_message(const char *path, size_t bytes)
{
    FILE *file = made(path);
    fputs(header, file);
    fputs("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n", file);
    while ((size_t)ftell(file) < bytes)
        fputs(line, file);
    fclose(file);
}

static void write_attachment(const char *path, size_t bytes, const char *name)
{
    FILE *file = made(path);
    fputs(header, file);
    fputs("Content-Type: multipart/mixed; boundary=\"=_next_part_25398\"\n\n"
          "--=_next_part_25398\nContent-Type: text/plain; charset=utf-8\n\n",
          file);
    for (int i = 0; i < 40; i++)
        fputs(line, file);
    fprintf(file,
            "\n--=_next_part_25398\nContent-Type: application/pdf; name=\"%s\"\n"
            "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"%s\"\n\n",
            name, name);
    for (size_t size = (size_t)ftell(file); size < bytes; size += 77)
        write_base64_line(file);
    fputs("\n--=_next_part_25398--\n", file);
    fclose(file);
}

void write_message(const char *path, size_t bytes)
{
    if (bytes <= 4096)
        write_text_message(path, bytes);
    else
        write_attachment(path, bytes, "figures.pdf");
}

void write_named_message(const char *path, size_t bytes, const char *name) { write_attachment(path, bytes, name); }

void write_envelope(const char *path, int recipients, int domains)
{
    FILE *file = made(path);
    fputs("Falice@example.org", file);
    fputc(0, file);
    for (int i = 0; i < recipients; i++) {
        if (domains)
            fprintf(file, "Tuser%d@d%lld.example", i, (long long)i * 7919 % domains);
        else
            fputs("Tbob@example.com", file);
        fputc(0, file);
    }
    fputc(0, file);
    fclose(file);
}
