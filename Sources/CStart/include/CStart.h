#ifndef SIMSCAN_CSTART_H
#define SIMSCAN_CSTART_H

/* What must happen before Swift, GLib or any other library of ours runs, and when one of them crashes. */

/* The environment that the caller gave, which qmail-queue inherits: as it was, and without what loaders and
   libraries read where this program has more rights than its caller. */
char **start_caller_environment(void);

/* The arguments of main(). */
int start_argument_count(void);
const char *start_argument(int index);

/* From here on a crash writes one ERROR line to log_fd (none where it is negative), starts no program, and
   ends with one of these exit statuses: memory_status where memory is short. SIGPIPE and SIGXFSZ become errors of the call that meets them, unless the
   caller ignores them already; exec puts them back. */
void start_handle_signals(int log_fd, int fault_status, int memory_status);

/* The same line goes to another descriptor from here on, or to none. */
void start_log_crashes(int log_fd);

/* What was changed since the start goes back to the caller's, for qmail-queue: umask, the limit on core dumps, and
   signal dispositions. */
void start_restore_caller(void);

#endif
