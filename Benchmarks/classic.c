/* The classic's way: one child program for each step, one after the other.

   The message and the envelope into files, ripmime to unpack it, clamdscan on the directory, spamc for the score
   and the rewritten message, and then qmail-queue with the message and the envelope through pipes.

   Environment: BENCH_WORKDIR, BENCH_QUEUE, BENCH_CLAMD_CONF (clamdscan's configuration; unset: not run), BENCH_SPAMD
   (a unix socket; unset: not run), BENCH_SIZE_LIMIT (from so many bytes on spamc is not run). */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char directory[512], message_path[600], envelope_path[600], spamc_path[600];
static struct timespec begun;

static void clean_up(void)
{
    DIR *names = directory[0] ? opendir(directory) : NULL;
    if (!names)
        return;
    struct dirent *entry;
    while ((entry = readdir(names)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(names), entry->d_name, 0);
    closedir(names);
    rmdir(directory);
}

static void end(int status)
{
    clean_up();
    _exit(status);
}

static int made(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0)
        end(61);
    return fd;
}

/* To the end of the input; returns the number of bytes. */
static off_t copy(int from, int to)
{
    static char block[65536];
    off_t size = 0;
    for (;;) {
        ssize_t count = read(from, block, sizeof block);
        if (count < 0)
            end(54);
        if (count == 0)
            return size;
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(to, block + done, (size_t)(count - done));
            if (written < 0)
                end(53);
            done += written;
        }
        size += count;
    }
}

/* Starts a program with these descriptors as its 0 and 1. */
static pid_t start(char *const arguments[], int in, int out)
{
    pid_t child = fork();
    if (child < 0)
        end(71);
    if (child == 0) {
        if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
            _exit(120);
        execvp(arguments[0], arguments);
        _exit(120);
    }
    return child;
}

static int status_of(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        end(71);
    return WEXITSTATUS(status);
}

static void unpack(int null)
{
    char *arguments[] = {"ripmime", "--disable-qmail-bounce", "-i", message_path, "-d", directory, NULL};
    if (status_of(start(arguments, null, null)) != 0)
        end(71);
}

static void check_names(void)
{
    static const char *const blocked[] = {".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"};
    DIR *names = opendir(directory);
    if (!names)
        end(61);
    struct dirent *entry;
    while ((entry = readdir(names))) {
        size_t length = strlen(entry->d_name);
        for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
            size_t suffix = strlen(blocked[i]);
            if (length >= suffix && strcasecmp(entry->d_name + length - suffix, blocked[i]) == 0)
                end(31);
        }
    }
    closedir(names);
}

static void ask_clamdscan(char *configuration, int null)
{
    char option[700];
    snprintf(option, sizeof option, "--config-file=%s", configuration);
    char *arguments[] = {"clamdscan", option, "--stdout", directory, NULL};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        end(71);
    pid_t child = start(arguments, null, ends[1]);
    close(ends[1]);
    char report[4096];
    while (read(ends[0], report, sizeof report) > 0)
        ;
    close(ends[0]);
    if (status_of(child) != 0)
        end(71);
}

static void ask_spamc(char *socket, int message)
{
    char *arguments[] = {"spamc", "-U", socket, "-s", "250000000", NULL};
    int output = made(spamc_path);
    lseek(message, 0, SEEK_SET);
    if (status_of(start(arguments, message, output)) != 0)
        end(71);
    char header[8192];
    ssize_t count = pread(output, header, sizeof header - 1, 0);
    if (count < 0)
        end(54);
    header[count] = 0;
    if (strstr(header, "X-Spam-Flag: YES"))
        end(31);
    close(output);
}

static void write_log_line(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - begun.tv_sec) + (double)(now.tv_nsec - begun.tv_nsec) / 1e9;
    char line[256];
    int length = snprintf(line, sizeof line, "simscan:[%d]:CLEAN:%.4fs:-:-:-:-\n", (int)getppid(), seconds);
    (void)!write(2, line, (size_t)length);
}

static int hand_over(char *queue, const char *message_file)
{
    int message[2], envelope[2];
    if (pipe2(message, O_CLOEXEC) != 0 || pipe2(envelope, O_CLOEXEC) != 0)
        end(71);
    char *arguments[] = {queue, NULL};
    pid_t child = start(arguments, message[0], envelope[0]);
    close(message[0]);
    close(envelope[0]);
    int from = open(message_file, O_RDONLY | O_CLOEXEC);
    copy(from, message[1]);
    close(message[1]);
    from = open(envelope_path, O_RDONLY | O_CLOEXEC);
    copy(from, envelope[1]);
    close(envelope[1]);
    return status_of(child);
}

int main(void)
{
    clock_gettime(CLOCK_MONOTONIC, &begun);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char *workdir = getenv("BENCH_WORKDIR"), *queue = getenv("BENCH_QUEUE"), *limit = getenv("BENCH_SIZE_LIMIT");
    char *clamd = getenv("BENCH_CLAMD_CONF"), *spamd = getenv("BENCH_SPAMD");
    if (!workdir || !queue)
        _exit(55);
    snprintf(directory, sizeof directory, "%s/%ld.%ld.%d", workdir, (long)now.tv_sec, now.tv_nsec / 1000, (int)getpid());
    if (mkdir(directory, 0750) != 0)
        _exit(61);
    snprintf(message_path, sizeof message_path, "%s/msg", directory);
    snprintf(envelope_path, sizeof envelope_path, "%s/addr", directory);
    snprintf(spamc_path, sizeof spamc_path, "%s/spamc.msg", directory);
    int message = made(message_path), addresses = made(envelope_path);
    off_t size = copy(0, message);
    copy(1, addresses);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    unpack(null);
    check_names();
    if (clamd)
        ask_clamdscan(clamd, null);
    int has_score = spamd && !(limit && size >= atoll(limit));
    if (has_score)
        ask_spamc(spamd, message);
    write_log_line();
    end(hand_over(queue, has_score ? spamc_path : message_path));
}
