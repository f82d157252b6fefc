/* What was promised, and whether it is kept. */
#define _GNU_SOURCE
#include "bench.h"

#include <stdio.h>
#include <string.h>

struct limit {
    char what[80];
    double bound, measured;
    int is_at_least, is_measured;
};

static struct limit limits[96];
static int limit_count;

static int is_met(const struct limit *limit)
{
    return limit->is_at_least ? limit->measured >= limit->bound : limit->measured <= limit->bound;
}

static struct limit *add(double bound, int is_at_least, const char *what, const char *of)
{
    struct limit *limit = &limits[limit_count];
    if (limit_count < (int)(sizeof limits / sizeof *limits) - 1)
        limit_count++;
    *limit = (struct limit){.bound = bound, .is_at_least = is_at_least};
    snprintf(limit->what, sizeof limit->what, "%s, %s", what, of);
    return limit;
}

static void set(struct limit *limit, double measured)
{
    limit->measured = measured;
    limit->is_measured = 1;
}

static void at_most(double bound, const char *what, const char *of, const struct row *row, double measured)
{
    struct limit *limit = add(bound, 0, what, of);
    if (row)
        set(limit, measured);
}

static const struct {
    const char *label;
    long bytes;
} sizes[] = {{"2 kB", 2000}, {"30 kB", 30000}, {"1 MB", 1000000}, {"10 MB", 10000000}, {"25 MB", 25000000}};
enum { size_count = sizeof sizes / sizeof *sizes };

/* A message that mail programs read in several ways is taken apart by a caged child, which may cost so much more. */
static const double cage_us = 100;

static void compare_row(const char *contender, const char *label, const struct row *row, double bound, double more_us)
{
    const char *more = more_us > 0 ? " (+0.1 ms)" : "";
    char what[64];
    snprintf(what, sizeof what, "wall against %s%s", contender, more);
    at_most(bound + (row ? more_us / row->wall_p50_us : 0), what, label, row, row ? row->wall_ratio : 0);
    snprintf(what, sizeof what, "CPU against %s%s", contender, more);
    at_most(bound + (row ? more_us / row->cpu_us : 0), what, label, row, row ? row->cpu_ratio : 0);
}

static void compare(const char *contender, double small, double large)
{
    for (int i = 0; i < size_count; i++)
        compare_row(contender, sizes[i].label, find_row("mail", sizes[i].bytes, 1, contender),
                    sizes[i].bytes > 1000000 ? large : small, 0);
    compare_row(contender, "30 kB, encoded name", find_labelled("mail", "30 kB, encoded name", contender), small, 0);
    compare_row(contender, "30 kB, caged", find_labelled("mail", "30 kB, caged", contender), small, cage_us);
}

static void compare_classic(const char *group, const char *label, long bytes, double bound)
{
    const struct row *row = find_row(group, bytes, 1, "classic");
    struct limit *wall = add(bound, 1, "times less wall than the classic", label);
    struct limit *cpu = add(bound, 1, "times less CPU than the classic", label);
    if (!row || row->wall_ratio <= 0 || row->cpu_ratio <= 0)
        return;
    set(wall, 1 / row->wall_ratio);
    set(cpu, 1 / row->cpu_ratio);
}

static void add_memory(const char *group, const char *contender, const char *of)
{
    const struct row *row = most_memory(group, contender);
    at_most(6144, "own memory, kB", of, row, row ? (double)row->anonymous_kb : 0);
}

/* CPU for each further byte, between 10 and 25 MB against between 1 and 10 MB. */
static void add_linear_size(void)
{
    const struct row *one = find_row("mail", 1000000, 1, "simscan"), *ten = find_row("mail", 10000000, 1, "simscan"),
                     *most = find_row("mail", 25000000, 1, "simscan");
    double slope = one && ten && most ? (most->cpu_us - ten->cpu_us) / 15 / ((ten->cpu_us - one->cpu_us) / 9) : 0;
    at_most(1.2, "CPU a further MB", "10 to 25 MB against 1 to 10", one && ten ? most : NULL, slope);
}

/* CPU for each further recipient, up to 100,000 against up to 10,000. */
static void add_lookup(void)
{
    const char *const large = "1,000,000 domains";
    const struct row *one = find_labelled("lookup", "1 recipients", large),
                     *some = find_labelled("lookup", "10000 recipients", large),
                     *most = find_labelled("lookup", "100000 recipients", large),
                     *few_domains = find_labelled("lookup", "1 recipients", "10 domains"),
                     *more_domains = find_labelled("lookup", "1 recipients", "1,000 domains");
    double slope = one && some && most ? (most->cpu_us - some->cpu_us) / 90000 / ((some->cpu_us - one->cpu_us) / 9999) : 0;
    at_most(1.2, "CPU a further recipient", "to 100,000 against to 10,000", one && some ? most : NULL, slope);
    at_most(1.1, "CPU, 1,000,000 domains", "against 10", few_domains, few_domains ? few_domains->cpu_ratio : 0);
    at_most(1.1, "CPU, 1,000,000 domains", "against 1,000", more_domains, more_domains ? more_domains->cpu_ratio : 0);
}

static void collect(void)
{
    compare("floor", 1.5, 1.25);
    compare("floor+gmime", 1.35, 1.15);
    for (int i = 0; i < size_count; i++)
        compare_classic("mail", sizes[i].label, sizes[i].bytes, 4);
    compare_classic("spamd", "10 MB that spamd sees", 10000000, 10);
    add_memory("mail", "simscan", "mail of every size");
    add_memory("spamd", "simscan", "10 MB that spamd sees");
    add_memory("mime", "attach = yes", "hostile shapes");
    add_memory("lookup", "1,000,000 domains", "100,000 recipients");
    for (int i = 0; i < 3; i++) {
        const struct row *row = find_row("load", sizes[i].bytes, 1, "simscan at 1");
        at_most(1.1, "CPU at 32 against 1", sizes[i].label, row, row ? row->cpu_ratio : 0);
    }
    add_linear_size();
    add_lookup();
    const struct row *calls = find_labelled("mail", "30 kB of text", "simscan");
    at_most(99, "system calls", "30 kB of text", calls, calls ? (double)calls->system_calls : 0);
    calls = find_row("mail", 30000, 1, "simscan");
    at_most(99, "system calls", "30 kB with an attachment", calls, calls ? (double)calls->system_calls : 0);
    calls = find_labelled("mail", "30 kB, encoded name", "simscan");
    at_most(99, "system calls", "30 kB, encoded name", calls, calls ? (double)calls->system_calls : 0);
    calls = find_labelled("mail", "30 kB, caged", "simscan");
    at_most(99, "system calls", "30 kB, caged, of both processes", calls, calls ? (double)calls->system_calls : 0);
    for (int i = 0; i < 2; i++) {
        const char *label = i ? "30 kB, 200 ms" : "30 kB, 50 ms";
        const struct row *row = find_labelled("slow", label, "floor");
        at_most(1, "ms more wall than the floor", label, row, row ? row->wall_more_us / 1e3 : 0);
    }
}

void print_limits(void)
{
    collect();
    int met = 0, measured = 0;
    printf("\nLimits\n%-60s %10s %10s\n", "", "limit", "measured");
    for (int i = 0; i < limit_count; i++) {
        const struct limit *limit = &limits[i];
        printf("%-60s %s %7.2f ", limit->what, limit->is_at_least ? ">=" : "<=", limit->bound);
        if (limit->is_measured)
            printf("%10.2f  %s\n", limit->measured, is_met(limit) ? "met" : "NOT met");
        else
            printf("%10s  not measured\n", "-");
        measured += limit->is_measured;
        met += limit->is_measured && is_met(limit);
    }
    printf("%d of %d limits measured, %d met\n", measured, limit_count, met);
    fflush(stdout);
}

void write_limits(FILE *file)
{
    fputs(",\n  \"limits\": [", file);
    for (int i = 0, written = 0; i < limit_count; i++) {
        const struct limit *limit = &limits[i];
        if (limit->is_measured)
            fprintf(file, "%s\n    {\"what\": \"%s\", \"limit\": \"%s %.3f\", \"measured\": %.3f, \"met\": %s}",
                    written++ ? "," : "", limit->what, limit->is_at_least ? ">=" : "<=", limit->bound, limit->measured,
                    is_met(limit) ? "true" : "false");
    }
    fputs("\n  ]", file);
}
