/* The rows of the results, as a table and as JSON. */
#define _GNU_SOURCE
#include "bench.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct row rows[512];
static int row_count;

struct row *add_row(const char *group, const char *label, const char *contender)
{
    if (row_count == sizeof rows / sizeof *rows) {
        fputs("too many rows\n", stderr);
        exit(1);
    }
    struct row *row = &rows[row_count++];
    snprintf(row->group, sizeof row->group, "%s", group);
    snprintf(row->label, sizeof row->label, "%s", label);
    snprintf(row->contender, sizeof row->contender, "%s", contender);
    return row;
}

const struct row *find_row(const char *group, long bytes, int concurrency, const char *contender)
{
    for (int i = 0; i < row_count; i++)
        if (strcmp(rows[i].group, group) == 0 && rows[i].bytes == bytes && rows[i].concurrency == concurrency
            && strcmp(rows[i].contender, contender) == 0)
            return &rows[i];
    return NULL;
}

const struct row *find_labelled(const char *group, const char *label, const char *contender)
{
    for (int i = 0; i < row_count; i++)
        if (strcmp(rows[i].group, group) == 0 && strcmp(rows[i].label, label) == 0
            && strcmp(rows[i].contender, contender) == 0)
            return &rows[i];
    return NULL;
}

const struct row *most_memory(const char *group, const char *contender)
{
    const struct row *most = NULL;
    for (int i = 0; i < row_count; i++)
        if (strcmp(rows[i].group, group) == 0 && strcmp(rows[i].contender, contender) == 0 && rows[i].anonymous_kb
            && (!most || rows[i].anonymous_kb > most->anonymous_kb))
            most = &rows[i];
    return most;
}

static int is_less(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double quantile(double *values, int count, double share)
{
    if (!count)
        return 0;
    qsort(values, (size_t)count, sizeof *values, is_less);
    double place = share * (count - 1);
    int below = (int)place;
    if (below + 1 >= count)
        return values[count - 1];
    return values[below] + (place - below) * (values[below + 1] - values[below]);
}

double median(double *values, int count) { return quantile(values, count, 0.5); }

void print_group(const char *group, const char *title)
{
    printf("\n%s\n%-22s %4s %-16s %5s %9s %9s %9s %9s %9s %9s %9s %7s %7s %6s\n", title, "message", "at", "who", "runs",
           "p50 ms", "p95 ms", "CPU ms", "ours/wall", "ours/CPU", "+wall ms", "+CPU ms", "own kB", "res kB", "calls");
    for (int i = 0; i < row_count; i++) {
        const struct row *row = &rows[i];
        if (strcmp(row->group, group) != 0)
            continue;
        printf("%-22s %4d %-16s %5d %9.3f %9.3f %9.3f %9.2f %9.2f %9.3f %9.3f", row->label, row->concurrency,
               row->contender, row->runs, row->wall_p50_us / 1e3, row->wall_p95_us / 1e3, row->cpu_us / 1e3,
               row->wall_ratio, row->cpu_ratio, row->wall_more_us / 1e3, row->cpu_more_us / 1e3);
        if (row->system_calls)
            printf(" %7ld %7ld %6ld", row->anonymous_kb, row->resident_kb, row->system_calls);
        putchar('\n');
    }
    fflush(stdout);
}

void write_json(const char *path, const char *mode)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        exit(1);
    }
    struct utsname system;
    uname(&system);
    int major = 0, minor = 0;
    sscanf(system.release, "%d.%d", &major, &minor);
    fprintf(file, "{\n  \"machine\": {\"cores\": %ld, \"architecture\": \"%s\", \"kernel\": \"%s %d.%d\", \"libc\": \"glibc %s\"},\n",
            sysconf(_SC_NPROCESSORS_ONLN), system.machine, system.sysname, major, minor, gnu_get_libc_version());
    fprintf(file, "  \"mode\": \"%s\",\n  \"rows\": [", mode);
    for (int i = 0; i < row_count; i++) {
        const struct row *row = &rows[i];
        fprintf(file,
                "%s\n    {\"group\": \"%s\", \"message\": \"%s\", \"bytes\": %ld, \"concurrency\": %d, "
                "\"contender\": \"%s\", \"runs\": %d, \"wall_p50_us\": %.0f, \"wall_p95_us\": %.0f, \"cpu_us\": %.0f, "
                "\"ours_to_this_wall\": %.3f, \"ours_to_this_cpu\": %.3f, \"ours_less_this_wall_us\": %.0f, "
                "\"ours_less_this_cpu_us\": %.0f, \"ru_maxrss_kb\": %ld, \"resident_kb\": %ld, \"anonymous_kb\": %ld, "
                "\"system_calls\": %ld}",
                i ? "," : "", row->group, row->label, row->bytes, row->concurrency, row->contender, row->runs,
                row->wall_p50_us, row->wall_p95_us, row->cpu_us, row->wall_ratio, row->cpu_ratio, row->wall_more_us,
                row->cpu_more_us, row->max_rss_kb, row->resident_kb, row->anonymous_kb, row->system_calls);
    }
    fputs("\n  ]", file);
    write_limits(file);
    fputs("\n}\n", file);
    fclose(file);
}
