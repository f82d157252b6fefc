#ifndef TRACER_H
#define TRACER_H

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>

/* One run of a program under ptrace(2), and of the processes that it forks, up to the program that it becomes by
   execve(2). One system call of it can be made to fail. */

/* The arguments of one system call, as the kernel got them, and what it returned. */
struct tracer_call {
    /* 0: the program; 1: its first child. */
    int process;
    long number;
    /* The first call of this number in this process has 1. */
    int occurrence;
    unsigned long arguments[6];
    long result;
};

enum tracer_action {
    tracer_nothing,
    /* The call is not made, and returns an error. */
    tracer_error,
    /* The call gets a part of the bytes that it asked for. */
    tracer_short,
    /* SIGKILL instead of the call. */
    tracer_kill_before,
    /* SIGKILL before the call returns. */
    tracer_kill_after,
};

struct tracer_fault {
    enum tracer_action action;
    int process;
    long number;
    int occurrence;
    /* errno(3), for tracer_error. */
    int error;
    /* Whether every later call of this number, in any process, fails as well. */
    int lasting;
};

struct tracer_limits {
    /* RLIMIT_AS in bytes, RLIMIT_NPROC, RLIMIT_NOFILE; 0 is as we have it. The next program gets ours back. */
    unsigned long address_space, processes, files;
    /* The user that runs it; 0 is ours. */
    unsigned int user;
    /* A file system of its own over this directory, as mount(2) takes tmpfs' options; NULL is none. */
    const char *mount_point, *mount_options;
    int mount_read_only;
};

struct tracer_run {
    const char *program;
    char *const *environment;
    /* What descriptors 0 to 7 are; -1 is closed. */
    int descriptors[8];
    /* Whether system calls are watched; else the run is untouched. */
    int traced;
    struct tracer_fault fault;
    struct tracer_limits limits;
    int milliseconds;
    struct tracer_call *calls;
    size_t room;

    /* Results: how many calls there were, of which `room` are kept. */
    size_t count;
    /* As wait(2) tells of it. */
    int status;
    /* How often the fault was made. */
    int injected;
    /* Whether it came to execve(2), and whether that was the next program. */
    int executed;
    int timed_out;
    /* The most memory that one of the processes had, in KiB, without the next program; only where traced. */
    long peak_kib;
    struct rusage usage;
    double seconds;
};

/* Runs it to its end. Returns 0, or errno(3) where it could not be started. */
int tracer_run(struct tracer_run *run);

/* Whether system calls can be made to fail on this machine. */
int tracer_can_inject(void);

enum tracer_kind {
    /* Cannot fail, or does not return. */
    tracer_never,
    /* Memory and nothing else. */
    tracer_memory,
    /* Names, descriptors, states: errors, and no bytes. */
    tracer_state,
    /* Waiting. */
    tracer_wait,
    /* Bytes from a file or a pipe. */
    tracer_read,
    /* Bytes to a file or a pipe. */
    tracer_write,
    /* Bytes from or to a socket. */
    tracer_socket,
};

/* What a system call does, from its number. */
enum tracer_kind tracer_kind_of(long number);
const char *tracer_name_of(long number);

/* A pipe of a megabyte, the most that every user may have. Returns whether it is. */
int tracer_enlarge_pipe(int fd);

/* The standard output is written line by line, whatever it is. */
void tracer_print_lines(void);

#endif
