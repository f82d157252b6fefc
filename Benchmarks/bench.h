#ifndef SIMSCAN_BENCH_H
#define SIMSCAN_BENCH_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* process.c: running programs, and what they cost. */

/* A program under test, with its arguments and environment. */
struct contender {
    const char *name;
    const char *path;
    char **environment;
    /* So many at a time; 0: as many as the others. */
    int concurrency;
};

/* One run. CPU is user and system time of the process and of all that it waited for. */
struct sample {
    double wall_us, cpu_us;
    long max_rss_kb;
};

/* What a watched run has shown, up to the start of the queue. */
struct inspection {
    long system_calls;
    /* The largest sum over the processes alive: all resident pages; anonymous pages alone. */
    long resident_kb, anonymous_kb;
};

double now_us(void);

/* Runs it `count` times, `concurrency` at a time, with these files on descriptors 0 and 1. Returns the wall time of
   all, in microseconds. A run that does not exit 0 ends the benchmark. */
double run_batch(const struct contender *contender, const char *message, const char *envelope, int concurrency,
                 int count, struct sample *samples);

/* Runs it once, traced. */
struct inspection inspect(const struct contender *contender, const char *message, const char *envelope,
                          const char *queue);

/* The exit status of a program run to its end; its output goes to descriptor 2. */
int run_tool(char *const arguments[]);

/* Starts a program that lives until the descriptor that is returned is closed; returns when it has said a byte. */
int start_server(char *const arguments[]);

/* mail.c: messages and envelopes. */

void write_message(const char *path, size_t bytes);
/* With an attachment whose name has to be decoded, so that the filter's caged child takes the message apart. */
void write_named_message(const char *path, size_t bytes, const char *name);
/* One plain text, whatever its size. */
void write_text_message(const char *path, size_t bytes);
void write_envelope(const char *path, int recipients, int domains);

/* report.c: rows, the table, JSON. */

struct row {
    char group[24], label[40], contender[24];
    long bytes;
    int concurrency, runs;
    double wall_p50_us, wall_p95_us, cpu_us;
    /* The filter's share of this row's wall time and CPU: medians of pairs of the same round. 0: none. */
    double wall_ratio, cpu_ratio;
    /* The filter's time less this row's, in the same way. */
    double wall_more_us, cpu_more_us;
    long max_rss_kb, resident_kb, anonymous_kb, system_calls;
};

struct row *add_row(const char *group, const char *label, const char *contender);
const struct row *find_row(const char *group, long bytes, int concurrency, const char *contender);
/* The same by the row's label. */
const struct row *find_labelled(const char *group, const char *label, const char *contender);
/* The largest own memory in a group. */
const struct row *most_memory(const char *group, const char *contender);
void print_group(const char *group, const char *title);
void write_json(const char *path, const char *mode);
double median(double *values, int count);
double quantile(double *values, int count, double share);

/* limits.c: what was promised, and whether it is kept. */

void print_limits(void);
/* As members of a JSON object, with a comma ahead; nothing before print_limits(). */
void write_limits(FILE *file);

/* plots.c */

void write_plots(const char *directory);

#endif
