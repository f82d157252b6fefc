/* The bound: what the filter does, in plain C, with nothing in between.

   Takes the message from descriptor 0 into a file without a name, reads the envelope from descriptor 1, asks
   clamd (INSTREAM) and spamd (HEADERS) in one poll loop, moves the message by sendfile(2), writes one log line
   and becomes the queue. It knows one policy, checks little and forgives nothing: a bound, not a filter.

   Built a second time with WITH_GMIME it also parses the message and looks at the attachment names.

   Environment: BENCH_WORKDIR, BENCH_QUEUE, BENCH_CLAMD and BENCH_SPAMD (unix sockets; unset: not asked),
   BENCH_SIZE_LIMIT (from so many bytes on spamd is not asked). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_GMIME
#include <gmime/gmime.h>

/* GMime's stream for GIO, which nobody uses here, and which would need libmount. */
GType g_mime_stream_gio_get_type(void) { return 0; }
#endif

/* Room ahead of the message, so that spamd's header may be longer than the sender's. */
enum { room_bytes = 3072, block_bytes = 65536, envelope_bytes = 65536 };

static char block[room_bytes + block_bytes];
static char envelope[envelope_bytes];
static char answer[block_bytes];

static int spool;
static off_t message_size;
/* Of the first block: all that is searched for the subject and for the end of the header. */
static size_t first_bytes;

static void fail(int status) { _exit(status); }

static void take_message(const char *workdir)
{
    static char later[block_bytes];
    spool = open(workdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640);
    if (spool < 0)
        fail(61);
    memset(block, '-', room_bytes);
    /* The first block stays where it is. */
    ssize_t count = read(0, block + room_bytes, block_bytes);
    if (count < 0)
        fail(54);
    if (pwrite(spool, block, room_bytes + (size_t)count, 0) != room_bytes + count)
        fail(53);
    first_bytes = (size_t)count;
    message_size = count;
    while (count > 0) {
        count = read(0, later, block_bytes);
        if (count < 0)
            fail(54);
        if (pwrite(spool, later, (size_t)count, room_bytes + message_size) != count)
            fail(53);
        message_size += count;
    }
}

static size_t take_envelope(void)
{
    size_t length = 0;
    for (;;) {
        ssize_t count = read(1, envelope + length, sizeof envelope - length);
        if (count <= 0)
            fail(54);
        length += (size_t)count;
        if (length >= 2 && !envelope[length - 1] && !envelope[length - 2])
            return length;
    }
}

/* A request: bytes, then the message, then bytes, then the end where the other side wants it. */
struct request {
    int fd;
    char head[128];
    size_t head_length, tail_length;
    const char *tail;
    int closes;
    off_t sent;
    int is_sent;
};

static int connected(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(71);
    return fd;
}

static void go_on(struct request *request)
{
    off_t head_end = (off_t)request->head_length, message_end = head_end + message_size;
    off_t end = message_end + (off_t)request->tail_length;
    while (request->sent < end) {
        ssize_t count;
        if (request->sent < head_end) {
            count = send(request->fd, request->head + request->sent, (size_t)(head_end - request->sent),
                         MSG_NOSIGNAL | MSG_MORE);
        } else if (request->sent < message_end) {
            off_t position = room_bytes + request->sent - head_end;
            count = sendfile(request->fd, spool, &position, (size_t)(message_end - request->sent));
        } else {
            count = send(request->fd, request->tail + (request->sent - message_end), (size_t)(end - request->sent),
                         MSG_NOSIGNAL);
        }
        if (count < 0) {
            if (errno == EAGAIN)
                return;
            fail(71);
        }
        request->sent += count;
    }
    if (request->closes)
        shutdown(request->fd, SHUT_WR);
    request->is_sent = 1;
}

static char clamd_answer[256];
static size_t clamd_length, spamd_length;

/* Both scanners at the same time, until both have closed. */
static void ask(const char *clamd, const char *spamd)
{
    struct request requests[2];
    struct pollfd polled[2];
    int count = 0;
    struct request *asked_clamd = NULL;
    if (clamd) {
        struct request *request = asked_clamd = &requests[count++];
        *request = (struct request){.fd = connected(clamd), .tail = "\0\0\0", .tail_length = 4};
        memcpy(request->head, "zINSTREAM", 10);
        uint32_t length = htonl((uint32_t)message_size);
        memcpy(request->head + 10, &length, 4);
        request->head_length = 14;
    }
    if (spamd) {
        struct request *request = &requests[count++];
        *request = (struct request){.fd = connected(spamd), .closes = 1};
        request->head_length = (size_t)snprintf(
            request->head, sizeof request->head, "HEADERS SPAMC/1.5\r\nContent-length: %lld\r\n\r\n",
            (long long)message_size);
    }
    for (int i = 0; i < count; i++) {
        go_on(&requests[i]);
        polled[i] = (struct pollfd){.fd = requests[i].fd};
    }
    int open_count = count;
    while (open_count) {
        for (int i = 0; i < count; i++)
            polled[i].events = requests[i].is_sent ? POLLIN : POLLIN | POLLOUT;
        if (poll(polled, (nfds_t)count, 300000) <= 0)
            fail(71);
        for (int i = 0; i < count; i++) {
            if (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) {
                int is_clamd = &requests[i] == asked_clamd;
                char *place = is_clamd ? clamd_answer : answer;
                size_t *length = is_clamd ? &clamd_length : &spamd_length;
                size_t room = (is_clamd ? sizeof clamd_answer : sizeof answer) - 1 - *length;
                ssize_t received = recv(polled[i].fd, place + *length, room, 0);
                if (received < 0 && errno != EAGAIN)
                    fail(71);
                if (received > 0)
                    *length += (size_t)received;
                if (received == 0) {
                    close(polled[i].fd);
                    polled[i].fd = -1;
                    open_count--;
                }
            } else if (polled[i].revents & POLLOUT) {
                go_on(&requests[i]);
            }
        }
    }
}

/* Where the body begins, as far as the first block shows. */
static size_t header_bytes(void)
{
    const char *message = block + room_bytes;
    const char *end = memmem(message, first_bytes, "\n\n", 2);
    return end ? (size_t)(end - message) + 2 : first_bytes;
}

static double score, threshold;

/* spamd's header takes the place of the sender's. Returns where the message begins now. */
static off_t take_spamd_header(void)
{
    answer[spamd_length] = 0;
    const char *spam = strstr(answer, "Spam: ");
    const char *header = strstr(answer, "\r\n\r\n");
    if (!spam || !header || sscanf(spam, "Spam: %*s ; %lf / %lf", &score, &threshold) != 2)
        fail(71);
    if (strncmp(spam + 6, "True", 4) == 0)
        fail(31);
    header += 4;
    size_t length = spamd_length - (size_t)(header - answer);
    off_t start = room_bytes + (off_t)header_bytes() - (off_t)length;
    if (start < 0 || pwrite(spool, header, length, start) != (ssize_t)length)
        fail(53);
    return start;
}

static void write_log_line(const struct timespec *begun, int has_score)
{
    char line[4096];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
    const char *subject = "-";
    int subject_length = 1;
    const char *end = block + room_bytes + header_bytes();
    for (const char *at = block + room_bytes; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            break;
        if (newline - at > 9 && strncasecmp(at, "Subject: ", 9) == 0) {
            subject = at + 9;
            subject_length = (int)(newline - subject);
        }
        at = newline + 1;
    }
    const char *address = getenv("TCPREMOTEIP");
    const char *sender = envelope + 1;
    const char *recipient = sender + strlen(sender) + 2;
    char state[64] = "CLEAN";
    if (has_score)
        snprintf(state, sizeof state, "CLEAN (%.2f/%.2f/%.2f)", score, threshold, threshold);
    int length = snprintf(line, sizeof line, "simscan:[%d]:%s:%.4fs:%.*s:%s:%s:%s\n", (int)getppid(), state, seconds,
                          subject_length, subject, address ? address : "-", sender, recipient);
    if (length > 0)
        (void)!write(2, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

#ifdef WITH_GMIME
static const char *const blocked[] = {".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"};

static void check_name(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
        size_t suffix = strlen(blocked[i]);
        if (length >= suffix && strcasecmp(name + length - suffix, blocked[i]) == 0)
            fail(31);
    }
}

static void check_names(void)
{
    g_mime_init();
    GMimeStream *stream = g_mime_stream_fs_new_with_bounds(dup(spool), room_bytes, room_bytes + message_size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (!message)
        fail(71);
    GMimePartIter *parts = g_mime_part_iter_new(GMIME_OBJECT(message));
    do {
        GMimeObject *part = g_mime_part_iter_get_current(parts);
        const char *name = part && GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
        if (name)
            check_name(name);
    } while (g_mime_part_iter_next(parts));
}
#endif

static void become_queue(char *queue, off_t start, size_t envelope_length)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0
        || write(ends[1], envelope, envelope_length) != (ssize_t)envelope_length
        || lseek(spool, start, SEEK_SET) != start || dup2(spool, 0) < 0 || dup2(ends[0], 1) < 0)
        fail(53);
    char *arguments[] = {queue, NULL};
    execv(queue, arguments);
    fail(120);
}

int main(void)
{
    struct timespec begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    signal(SIGPIPE, SIG_IGN);
    const char *workdir = getenv("BENCH_WORKDIR"), *limit = getenv("BENCH_SIZE_LIMIT");
    const char *spamd = getenv("BENCH_SPAMD");
    char *queue = getenv("BENCH_QUEUE");
    if (!workdir || !queue)
        fail(55);
    take_message(workdir);
    size_t envelope_length = take_envelope();
#ifdef WITH_GMIME
    check_names();
#endif
    if (limit && message_size >= atoll(limit))
        spamd = NULL;
    ask(getenv("BENCH_CLAMD"), spamd);
    if (getenv("BENCH_CLAMD") && (clamd_length != 11 || memcmp(clamd_answer, "stream: OK", 11) != 0))
        fail(71);
    off_t start = spamd ? take_spamd_header() : room_bytes;
    write_log_line(&begun, spamd != NULL);
    signal(SIGPIPE, SIG_DFL);
    become_queue(queue, start, envelope_length);
}
