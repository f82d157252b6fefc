#ifndef SIMSCAN_CAGE_H
#define SIMSCAN_CAGE_H

#include <stdint.h>
#include <sys/types.h>

/* A child that may read one file and write its answer, and that can do nothing else. */

/* What the child has, and it alone. */
enum {
    cage_answer_fd = 0,  /* a pipe, to write */
    cage_message_fd = 1, /* the message, to read; or closed */
    cage_output_fd = 2,  /* a file, to write; or closed */
    cage_first_free_fd = 3
};

/* The child's exit statuses of its own; a crash is cage_crash_status + the signal. */
enum {
    cage_yes_status = 41, /* the narrow cage's answers */
    cage_no_status = 42,
    cage_no_memory_status = 51,
    cage_no_descriptor_status = 52, /* one of its descriptors cannot be used */
    cage_crash_status = 128
};

struct cage_limits {
    uint64_t memory_bytes;   /* address space */
    uint64_t cpu_seconds;    /* processor time */
    uint64_t file_bytes;     /* the longest file that it may write; 0: it may make none */
    uint32_t descriptors;    /* open at a time */
};

/* What stands around the child. */
struct cage_walls {
    int32_t landlock; /* its ABI; 0: there is none */
    int32_t seccomp;
    int32_t no_new_privs;
};

/* How it ended. */
struct cage_end {
    int exit_status;          /* -1: it was ended by a signal, or nobody knows */
    int signal;               /* 0: it was ended by none, or nobody knows */
    int64_t cpu_milliseconds; /* of user and system together */
};

/* fork(2), which Swift does not offer; the child ends with the parent. */
pid_t cage_fork(void);

/* In the child: gives it its descriptors and no other. message_fd and output_fd are -1 where there is none.
   Returns 0, or -1 and errno. */
int cage_take_descriptors(int message_fd, int answer_fd, int output_fd);

/* In the child: closes the cage. From here on no file can be opened, no socket and no process be made, and no
   signal sent. What the kernel does not have is left out. */
struct cage_walls cage_close(const struct cage_limits *limits);

/* As cage_fork(), but that it comes back when the child has ended, with nothing but its processor time to limit that; and
   where the parent is killed, the child ends by itself. -1 and ENOSYS in a process with threads. */
pid_t cage_fork_narrow(void);

/* Of such a child: its exit status; -1 where it was ended by a signal, or nobody knows. */
int cage_narrow_status(pid_t child);

/* In the child: closes every descriptor, and the narrowest cage there is, seccomp's strict mode: cage_exit() is all that
   is left, and whoever tries anything else is killed. Returns whether it stands. */
int cage_close_narrowly(uint64_t cpu_seconds);

/* In the child: exit(2). */
_Noreturn void cage_exit(int status);

/* Ends the child where it has not ended by itself, and waits for it. */
struct cage_end cage_end_child(pid_t child);

/* A program with a handler for crashes (SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS) sets this when it
   stands, and calls cage_crash() in it first, which never returns in a child. */
extern int cage_crashes_are_handled;
void cage_crash(int signal_number);

#endif
