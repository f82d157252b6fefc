/* What a message costs: our filter beside the bounds and the classic's way, in one interleaved run.

   bench --programs DIR --simscan FILE --simscanmk FILE --scratch DIR [--hostile DIR] [--quick] [--only GROUP]...
         [--json FILE] [--plots DIR]

   Everything that is measured stays on the first processor and the scanners on the last one, so that what a scanner
   does is neither in the time nor in the caches of what is measured. With one processor they share it. */
#define _GNU_SOURCE
#include "bench.h"

#include <cdb.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { maximum_contenders = 4, maximum_rounds = 1000, maximum_samples = 2048, maximum_variables = 16 };

static const char *programs, *simscan, *simscanmk, *scratch, *hostile, *json, *plots;
static int is_quick;
static const char *only[8];
static int only_count;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static char *text(const char *format, ...)
{
    char *result;
    va_list values;
    va_start(values, format);
    if (vasprintf(&result, format, values) < 0)
        fail("memory");
    va_end(values);
    return result;
}

static char *in_scratch(const char *name) { return text("%s/%s", scratch, name); }

static int is_wanted(const char *group)
{
    for (int i = 0; i < only_count; i++)
        if (strcmp(only[i], group) == 0)
            return 1;
    return only_count == 0;
}

/* Preparation. */

static void make_directory(const char *path)
{
    if (mkdir(path, 0755) != 0 && access(path, W_OK) != 0)
        fail(path);
}

static void write_text(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0)
        fail(path);
}

static void run_or_fail(char *const arguments[])
{
    if (run_tool(arguments) != 0) {
        fprintf(stderr, "%s has failed\n", arguments[0]);
        exit(1);
    }
}

struct copy {
    const char *path;
    char *place;
};
static struct copy copies[8];
static int copy_count;

/* Written in large blocks, so that every program is in the page cache in the same way: one that was read back page
   by page is slower to start. */
static void write_copy(const struct copy *copy)
{
    char *from = text("if=%s", copy->path), *to = text("of=%s", copy->place);
    unlink(copy->place);
    char *arguments[] = {"dd", from, to, "bs=16M", "status=none", NULL};
    run_or_fail(arguments);
    if (chmod(copy->place, 0755) != 0)
        fail(copy->place);
    free(from);
    free(to);
}

static char *copied(const char *path, const char *name)
{
    struct copy *copy = &copies[copy_count++];
    *copy = (struct copy){path, in_scratch(name)};
    write_copy(copy);
    return copy->place;
}

/* Some kernels take pages out of the cache that were not used for some seconds, so the programs are written anew. */
static void freshen_programs(void)
{
    for (int i = 0; i < copy_count; i++)
        write_copy(&copies[i]);
}

static char *bounds_program(const char *name) { return copied(text("%s/%s", programs, name), name); }

/* A control directory, compiled; simcontrol may be there already. */
static char *control(const char *name, const char *settings)
{
    char *directory = text("%s/control-%s", scratch, name);
    make_directory(directory);
    write_text(text("%s/simscan.conf", directory),
               text("%s\nworkdir = %s/work\nqmail-queue = %s/null-queue\n", settings, scratch, scratch));
    write_text(text("%s/ssattach", directory), ".exe\n.scr\n.pif\n.bat\n.com\n.vbs\n.js\n");
    char *arguments[] = {(char *)simscanmk, "--controldir", directory, NULL};
    run_or_fail(arguments);
    return directory;
}

static char **environment(const char *control_directory, const char *scanners, const char *size_limit)
{
    char **variables = calloc(maximum_variables, sizeof *variables);
    int count = 0;
    variables[count++] = "PATH=/usr/bin:/bin";
    variables[count++] = "TCPREMOTEIP=192.0.2.25";
    variables[count++] = text("SIMSCAN_CONTROLDIR=%s", control_directory);
    variables[count++] = text("BENCH_WORKDIR=%s/work", scratch);
    variables[count++] = text("BENCH_QUEUE=%s/null-queue", scratch);
    variables[count++] = text("BENCH_SIZE_LIMIT=%s", size_limit);
    if (scanners) {
        variables[count++] = text("BENCH_CLAMD=%s/%s.clamd", scratch, scanners);
        variables[count++] = text("BENCH_SPAMD=%s/%s.spamd", scratch, scanners);
        variables[count++] = text("BENCH_CLAMD_CONF=%s/%s.clamd.conf", scratch, scanners);
    }
    return variables;
}

static char *scanner_settings(const char *scanners, const char *size_limit)
{
    return text("clamav = yes\nclamd = unix:%s/%s.clamd\nspam = yes\nspamd = unix:%s/%s.spamd\nsize-limit = %s\n"
                "attach = yes",
                scratch, scanners, scratch, scanners, size_limit);
}

static int last_cpu(void)
{
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    int last = -1;
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set))
            last = i;
    return last;
}

static void stay_on_first_cpu(void)
{
    cpu_set_t set, first;
    sched_getaffinity(0, sizeof set, &set);
    CPU_ZERO(&first);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set)) {
            CPU_SET(i, &first);
            break;
        }
    sched_setaffinity(0, sizeof first, &first);
}

static void start_scanners(const char *name, const char *delay, int cpu)
{
    char *arguments[] = {text("%s/scanners", scratch), text("%s/%s.clamd", scratch, name),
                         text("%s/%s.spamd", scratch, name), (char *)delay, text("%d", cpu), NULL};
    start_server(arguments);
    write_text(text("%s/%s.clamd.conf", scratch, name), text("LocalSocket %s/%s.clamd\n", scratch, name));
}

/* Measuring. */

struct measure {
    const char *group, *label;
    long bytes;
    int concurrency;
    const char *message, *envelope;
    /* The first one is what the others' ratios are of. */
    struct contender contenders[maximum_contenders];
    int count;
    double seconds;
    int least_rounds;
    int is_inspected;
};

static long file_bytes(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        fail(path);
    return (long)status.st_size;
}

/* Who runs first, second, …: each as often behind one as behind another, for a slow contender leaves colder caches to
   whoever follows it. The same orders in every run. */
static void shuffle(int *order, int count)
{
    static unsigned long long state = 1;
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = count - 1; i > 0; i--) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        int other = (int)((state >> 33) % (unsigned)(i + 1)), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void measure(const struct measure *what)
{
    static struct sample samples[maximum_contenders][maximum_samples];
    static double walls[maximum_contenders][maximum_rounds], cpus[maximum_contenders][maximum_rounds];
    static double values[maximum_samples];
    int batch = what->concurrency == 1 ? 1 : what->concurrency * (what->bytes < 5000000 ? 2 : 1);
    struct sample first[64];
    freshen_programs();
    for (int i = 0; i < what->count; i++)
        run_batch(&what->contenders[i], what->message, what->envelope, 1, 1, first);

    int rounds = 0;
    double end = now_us() + what->seconds * 1e6;
    while (rounds < maximum_rounds && (rounds + 1) * batch <= maximum_samples
           && (rounds < what->least_rounds || now_us() < end)) {
        int order[maximum_contenders];
        shuffle(order, what->count);
        for (int i = 0; i < what->count; i++) {
            int who = order[i];
            struct sample *place = samples[who] + rounds * batch;
            const struct contender *contender = &what->contenders[who];
            int concurrency = contender->concurrency ? contender->concurrency : what->concurrency;
            double wall = run_batch(contender, what->message, what->envelope, concurrency, batch, place);
            walls[who][rounds] = wall / batch;
            cpus[who][rounds] = 0;
            for (int j = 0; j < batch; j++)
                cpus[who][rounds] += place[j].cpu_us / batch;
        }
        rounds++;
    }

    for (int who = 0; who < what->count; who++) {
        struct row *row = add_row(what->group, what->label, what->contenders[who].name);
        row->bytes = what->bytes;
        row->concurrency = what->contenders[who].concurrency ? what->contenders[who].concurrency : what->concurrency;
        row->runs = rounds * batch;
        for (int i = 0; i < row->runs; i++) {
            values[i] = samples[who][i].wall_us;
            if (samples[who][i].max_rss_kb > row->max_rss_kb)
                row->max_rss_kb = samples[who][i].max_rss_kb;
        }
        row->wall_p50_us = quantile(values, row->runs, 0.5);
        row->wall_p95_us = quantile(values, row->runs, 0.95);
        for (int i = 0; i < row->runs; i++)
            values[i] = samples[who][i].cpu_us;
        row->cpu_us = median(values, row->runs);
#define PAIRS(field, expression)                                                                                       \
    for (int i = 0; i < rounds; i++)                                                                                   \
        values[i] = expression;                                                                                        \
    row->field = median(values, rounds)
        PAIRS(wall_ratio, walls[0][i] / walls[who][i]);
        PAIRS(cpu_ratio, cpus[who][i] > 0 ? cpus[0][i] / cpus[who][i] : 0);
        PAIRS(wall_more_us, walls[0][i] - walls[who][i]);
        PAIRS(cpu_more_us, cpus[0][i] - cpus[who][i]);
#undef PAIRS
        if (!what->is_inspected)
            continue;
        struct inspection seen = inspect(&what->contenders[who], what->message, what->envelope,
                                         text("%s/null-queue", scratch));
        row->resident_kb = seen.resident_kb;
        row->anonymous_kb = seen.anonymous_kb;
        row->system_calls = seen.system_calls;
    }
    fprintf(stderr, "  %s, %s at %d: %d rounds\n", what->group, what->label, what->concurrency, rounds);
}

/* The groups. */

static const struct {
    const char *label;
    long bytes;
} sizes[] = {{"2 kB", 2000}, {"30 kB", 30000}, {"1 MB", 1000000}, {"10 MB", 10000000}, {"25 MB", 25000000}};
enum { size_count = sizeof sizes / sizeof *sizes };

static char *message_of(int size) { return text("%s/message-%ld.eml", scratch, sizes[size].bytes); }

static char *our_filter, *floor_program, *floor_gmime, *classic;

static void set_contenders(struct measure *what, char **variables, int count)
{
    const struct contender all[] = {{"simscan", our_filter, variables, 0},
                                    {"floor", floor_program, variables, 0},
                                    {"floor+gmime", floor_gmime, variables, 0},
                                    {"classic", classic, variables, 0}};
    memcpy(what->contenders, all, sizeof all);
    what->count = count;
}

/* Sizes and concurrency, with the default limit on what spamd sees. */
static void measure_mail(const char *envelope)
{
    static const int concurrencies[] = {1, 2, 8, 32};
    char **variables = environment(control("mail", scanner_settings("instant", "250000")), "instant", "250000");
    for (int size = 0; size < size_count; size++)
        for (int i = 0; i < 4; i++) {
            int is_first = concurrencies[i] == 1;
            if (is_quick && !is_first && (size > 1 || concurrencies[i] != 32))
                continue;
            struct measure what = {.group = "mail", .label = sizes[size].label, .bytes = sizes[size].bytes,
                                   .concurrency = concurrencies[i], .message = message_of(size), .envelope = envelope,
                                   .seconds = is_quick ? 2 : is_first ? 12 : 4, .least_rounds = 3,
                                   .is_inspected = is_first};
            set_contenders(&what, variables, 4);
            measure(&what);
        }
    char *text_message = in_scratch("message-text.eml");
    write_text_message(text_message, 30000);
    char *encoded_message = in_scratch("message-encoded.eml"), *doubtful_message = in_scratch("message-doubtful.eml");
    write_named_message(encoded_message, 30000, "=?utf-8?Q?figures_M=C3=A4rz.pdf?=");
    /* Mail programs disagree about an encoded word beside other text. */
    write_named_message(doubtful_message, 30000, "=?utf-8?Q?figures_M=C3=A4rz?=.pdf");
    struct {
        const char *label, *message;
    } others[] = {{"30 kB of text", text_message}, {"30 kB, encoded name", encoded_message}, {"30 kB, caged", doubtful_message}};
    for (int i = 0; i < 3; i++) {
        struct measure what = {.group = "mail", .label = others[i].label, .bytes = 30001 + i, .concurrency = 1,
                               .message = others[i].message, .envelope = envelope, .seconds = is_quick ? 2 : 12,
                               .least_rounds = 3, .is_inspected = 1};
        set_contenders(&what, variables, 4);
        measure(&what);
    }
    print_group("mail", "Mail: attachment names, clamd, and spamd below 250,000 bytes");
}

/* What many at a time cost more than one after the other, in the same rounds. */
static void measure_load(const char *envelope)
{
    char **variables = environment(control("mail", scanner_settings("instant", "250000")), "instant", "250000");
    for (int size = 0; size < 3; size++) {
        struct measure what = {.group = "load", .label = sizes[size].label, .bytes = sizes[size].bytes,
                               .concurrency = 32, .message = message_of(size), .envelope = envelope,
                               .seconds = is_quick ? 3 : 10, .least_rounds = 5, .count = 2,
                               .contenders = {{"simscan at 32", our_filter, variables, 32},
                                              {"simscan at 1", our_filter, variables, 1}}};
        measure(&what);
    }
    print_group("load", "Thirty-two at a time, and one");
}

/* 10 MB that spamd sees too. The classic's clamdscan tells clamd where the message is instead of sending it, so ours
   does the like. */
static void measure_spamd(const char *envelope)
{
    char *settings = text("%s\nclamd-transfer = fildes", scanner_settings("instant", "100000000"));
    char **variables = environment(control("spamd", settings), "instant", "100000000");
    struct measure what = {.group = "spamd", .label = "10 MB", .bytes = 10000000, .concurrency = 1,
                           .message = message_of(3), .envelope = envelope, .seconds = is_quick ? 2 : 10,
                           .least_rounds = 5, .is_inspected = 1};
    set_contenders(&what, variables, 4);
    measure(&what);
    print_group("spamd", "A large message that spamd sees too");
}

/* Scanners that take their time: ours must not add to it. */
static void measure_slow(const char *envelope, int cpu)
{
    static const char *const delays[] = {"50", "200"};
    for (int i = 0; i < 2; i++) {
        start_scanners(delays[i], delays[i], cpu);
        char **variables =
            environment(control(delays[i], scanner_settings(delays[i], "250000")), delays[i], "250000");
        struct measure what = {.group = "slow", .label = text("30 kB, %s ms", delays[i]), .bytes = 30000,
                               .concurrency = 1, .message = message_of(1), .envelope = envelope,
                               .seconds = is_quick ? 2 : 15, .least_rounds = 4};
        set_contenders(&what, variables, 3);
        measure(&what);
    }
    print_group("slow", "Scanners that answer after 50 and 200 ms");
}

static void measure_pass(const char *label, const char *message, const char *envelope, char **with, char **without,
                         double seconds)
{
    struct measure what = {.group = "mime", .label = label, .bytes = file_bytes(message), .concurrency = 1,
                           .message = message, .envelope = envelope, .seconds = seconds, .least_rounds = 3, .count = 2,
                           .contenders = {{"attach = yes", our_filter, with, 0},
                                          {"attach = no", our_filter, without, 0}},
                           .is_inspected = 1};
    measure(&what);
}

/* The attachment check alone: the same message with and without it. */
static void measure_mime(const char *envelope)
{
    /* A hostile message must not be refused, or it would not be handed on as the other one is. */
    char **with = environment(control("attach", "clamav = no\nattach = yes\nmime-limits = pass"), NULL, "0");
    char **without = environment(control("no-attach", "clamav = no\nattach = no"), NULL, "0");
    for (int size = 0; size < size_count; size++)
        measure_pass(sizes[size].label, message_of(size), envelope, with, without, is_quick ? 1.5 : 5);
    DIR *names = hostile ? opendir(hostile) : NULL;
    struct dirent *entry;
    while (names && (entry = readdir(names))) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 4, ".eml") != 0)
            continue;
        measure_pass(text("%.*s", (int)length - 4, entry->d_name), text("%s/%s", hostile, entry->d_name), envelope,
                     with, without, 0.3);
    }
    if (names)
        closedir(names);
    print_group("mime", "The attachment check alone (+ is what it costs)");
}

/* Records for so many domains, as simscanmk would write them, but in a second. */
static void write_domains(const char *path, int count)
{
    static const char fallback[] = "clam=no,spam=no", record[] = "clam=no,spam=no,attach=.exe:.com";
    struct cdb_make made;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || cdb_make_start(&made, fd) != 0 || cdb_make_add(&made, "", 0, fallback, sizeof fallback - 1) != 0)
        fail(path);
    for (int domain = 0; domain < count; domain++) {
        char key[32];
        int length = snprintf(key, sizeof key, "d%d.example", domain);
        if (cdb_make_add(&made, key, (unsigned)length, record, sizeof record - 1) != 0)
            fail(path);
    }
    if (cdb_make_finish(&made) != 0 || close(fd) != 0)
        fail(path);
}

/* The policy of many domains and many recipients. Every recipient's domain has a record in every database that its
   message is measured with, so that what is found is compared with what is found. */
static void measure_lookup(void)
{
    enum { databases = 3 };
    static const int domains[databases] = {1000000, 1000, 10}, recipients[] = {1, 100, 10000, 100000};
    static const char *const names[databases] = {"1,000,000 domains", "1,000 domains", "10 domains"};
    struct contender contenders[databases];
    for (int i = 0; i < databases; i++) {
        char *name = text("domains-%d", domains[i]), *directory = text("%s/control-%s", scratch, name);
        make_directory(directory);
        write_text(text("%s/simcontrol", directory), ":clam=no,spam=no\n");
        control(name, "per-domain = yes\nattach = yes");
        write_domains(text("%s/simcontrol.cdb", directory), domains[i]);
        char **variables = environment(directory, NULL, "0");
        contenders[i] = (struct contender){names[i], our_filter, variables, 0};
    }
    for (int i = 0; i < 4; i++) {
        int spread = recipients[i] == 1 ? 10 : 1000;
        char *envelope = in_scratch("envelope-lookup");
        write_envelope(envelope, recipients[i], spread);
        struct measure what = {.group = "lookup", .label = text("%d recipients", recipients[i]), .bytes = 2000,
                               .concurrency = 1, .message = message_of(0), .envelope = envelope,
                               .seconds = is_quick ? 1 : 4, .least_rounds = 3, .is_inspected = 1};
        memcpy(what.contenders, contenders, sizeof contenders);
        what.count = recipients[i] == 1 ? databases : 2;
        measure(&what);
    }
    print_group("lookup", "Per-domain policy: all recipients' domains have records");
}

static void take_options(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        if (strcmp(name, "--quick") == 0) {
            is_quick = 1;
            continue;
        }
        const char **place = strcmp(name, "--programs") == 0    ? &programs
                             : strcmp(name, "--simscan") == 0   ? &simscan
                             : strcmp(name, "--simscanmk") == 0 ? &simscanmk
                             : strcmp(name, "--scratch") == 0   ? &scratch
                             : strcmp(name, "--hostile") == 0   ? &hostile
                             : strcmp(name, "--json") == 0      ? &json
                             : strcmp(name, "--plots") == 0     ? &plots
                             : strcmp(name, "--only") == 0 && only_count < 8 ? &only[only_count++]
                                                                             : NULL;
        if (!place || ++i == count) {
            fprintf(stderr, "bench: unknown or incomplete option %s\n", name);
            exit(64);
        }
        *place = arguments[i];
    }
    if (!programs || !simscan || !simscanmk || !scratch) {
        fputs("bench: --programs, --simscan, --simscanmk and --scratch are needed\n", stderr);
        exit(64);
    }
}

int main(int count, char **arguments)
{
    take_options(count, arguments);
    make_directory(scratch);
    make_directory(in_scratch("work"));
    our_filter = copied(simscan, "simscan");
    floor_program = bounds_program("floor");
    floor_gmime = bounds_program("floor-gmime");
    classic = bounds_program("classic");
    bounds_program("null-queue");
    bounds_program("scanners");
    char *envelope = in_scratch("envelope");
    write_envelope(envelope, 1, 0);
    for (int size = 0; size < size_count; size++)
        write_message(message_of(size), (size_t)sizes[size].bytes);

    int cpu = last_cpu();
    stay_on_first_cpu();
    start_scanners("instant", "0", cpu);
    if (is_wanted("mail"))
        measure_mail(envelope);
    if (is_wanted("load"))
        measure_load(envelope);
    if (is_wanted("spamd"))
        measure_spamd(envelope);
    if (is_wanted("slow"))
        measure_slow(envelope, cpu);
    if (is_wanted("mime"))
        measure_mime(envelope);
    if (is_wanted("lookup"))
        measure_lookup();
    print_limits();
    if (json)
        write_json(json, is_quick ? "quick" : "full");
    if (plots && is_wanted("mail")) {
        make_directory(plots);
        write_plots(plots);
    }
    return 0;
}
