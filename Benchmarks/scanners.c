/* clamd and spamd that answer at once: every message is clean and scores 1.2.

   One process, one thread, one epoll: `scanners CLAMD-SOCKET SPAMD-SOCKET DELAY-MS CPU`. What is sent is read and
   thrown away, but for a message that spamd has to give back. DELAY-MS after the last byte of a request its answer
   goes out. A byte on descriptor 1 says that both sockets listen; the end of descriptor 0 ends the process. CPU is
   the one it stays on, -1 any. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { head_room = 4096 };

enum reading { command, chunk_header, chunk, descriptor, spamd_head, spamd_body, answering };

struct connection {
    int fd;
    enum reading reading;
    int is_session;
    /* Bytes of a command, of a chunk's length or of spamd's request head. */
    char head[head_room];
    size_t head_length;
    /* Bytes that are still to come of a chunk or of a message. */
    uint64_t missing;
    /* The message, where it has to go back. */
    char *kept;
    size_t kept_length, kept_room;
    int gives_header, gives_message;
    /* The answer, and when it is due. */
    char *answer;
    size_t answer_length, answered;
    struct timespec due;
    struct connection *next;
};

static int poller, timer, delay_ms;
static struct connection *waiting_first, **waiting_end = &waiting_first;
static char block[262144];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int fd, uint32_t events, void *owner, int operation)
{
    struct epoll_event event = {.events = events, .data.ptr = owner};
    if (epoll_ctl(poller, operation, fd, &event) != 0)
        die("epoll_ctl");
}

static void drop(struct connection *connection)
{
    close(connection->fd);
    free(connection->kept);
    free(connection->answer);
    free(connection);
}

/* Returns whether the connection is there to be read from again. */
static int send_answer(struct connection *connection)
{
    while (connection->answered < connection->answer_length) {
        ssize_t count = send(connection->fd, connection->answer + connection->answered,
                             connection->answer_length - connection->answered, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            watch(connection->fd, EPOLLOUT, connection, EPOLL_CTL_MOD);
            return 0;
        }
        if (count < 0)
            break;
        connection->answered += (size_t)count;
    }
    if (connection->is_session && connection->answered == connection->answer_length) {
        free(connection->answer);
        connection->answer = NULL;
        connection->answered = connection->answer_length = 0;
        connection->reading = command;
        return 1;
    }
    drop(connection);
    return 0;
}

static void arm(const struct timespec *due)
{
    struct itimerspec value = {.it_value = *due};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &value, NULL);
}

/* The answer is known; it goes out now, or after the delay, in the order in which requests ended. */
static int answer(struct connection *connection)
{
    if (!delay_ms)
        return send_answer(connection);
    watch(connection->fd, 0, connection, EPOLL_CTL_MOD);
    clock_gettime(CLOCK_MONOTONIC, &connection->due);
    connection->due.tv_nsec += delay_ms % 1000 * 1000000L;
    connection->due.tv_sec += delay_ms / 1000 + connection->due.tv_nsec / 1000000000;
    connection->due.tv_nsec %= 1000000000;
    connection->next = NULL;
    *waiting_end = connection;
    waiting_end = &connection->next;
    if (waiting_first == connection)
        arm(&connection->due);
    return 0;
}

static void answer_due(void)
{
    uint64_t ticks;
    (void)!read(timer, &ticks, sizeof ticks);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    while (waiting_first) {
        struct connection *first = waiting_first;
        if (first->due.tv_sec > now.tv_sec || (first->due.tv_sec == now.tv_sec && first->due.tv_nsec > now.tv_nsec)) {
            arm(&first->due);
            return;
        }
        waiting_first = first->next;
        if (!waiting_first)
            waiting_end = &waiting_first;
        send_answer(first);
    }
}

static void say(struct connection *connection, const char *text, size_t length)
{
    connection->answer = malloc(length);
    memcpy(connection->answer, text, length);
    connection->answer_length = length;
    connection->reading = answering;
}

/* clamd's commands: z…NUL or n…newline. */
static void take_command(struct connection *connection)
{
    char end = connection->head[0] == 'n' ? '\n' : 0;
    connection->head[connection->head_length - 1] = 0;
    const char *name = connection->head + 1;
    char text[head_room + 32];
    connection->head_length = 0;
    if (strcmp(name, "INSTREAM") == 0) {
        connection->reading = chunk_header;
        return;
    }
    if (strcmp(name, "FILDES") == 0) {
        connection->reading = descriptor;
        return;
    }
    if (strcmp(name, "IDSESSION") == 0) {
        connection->is_session = 1;
        return;
    }
    if (strcmp(name, "END") == 0) {
        connection->is_session = 0;
        say(connection, "", 0);
        return;
    }
    const char *path = strchr(name, '/');
    int length = path ? snprintf(text, sizeof text, "%s: OK%c", path, end)
                      : snprintf(text, sizeof text, "%s%c", strcmp(name, "PING") == 0 ? "PONG" : "ClamAV 1.4.6", end);
    say(connection, text, (size_t)length);
}

static void prepare_spamd_answer(struct connection *connection)
{
    static const char verdict[] = "X-Spam-Checker-Version: SpamAssassin 4.0.1\nX-Spam-Level: *\n"
                                  "X-Spam-Status: No, score=1.2 required=5.0 tests=NONE autolearn=no\n";
    size_t length = 0;
    if (connection->gives_message) {
        length = connection->kept_length;
    } else if (connection->gives_header) {
        const char *end = memmem(connection->kept, connection->kept_length, "\n\n", 2);
        length = end ? (size_t)(end - connection->kept) + 2 : connection->kept_length;
    }
    size_t added = length ? sizeof verdict - 1 : 0;
    char head[256];
    int head_length = snprintf(head, sizeof head, "SPAMD/1.1 0 EX_OK\r\n");
    if (length)
        head_length += snprintf(head + head_length, sizeof head - (size_t)head_length, "Content-length: %zu\r\n",
                                length + added);
    head_length += snprintf(head + head_length, sizeof head - (size_t)head_length, "Spam: False ; 1.2 / 5.0\r\n\r\n");
    connection->answer_length = (size_t)head_length + added + length;
    connection->answer = malloc(connection->answer_length);
    memcpy(connection->answer, head, (size_t)head_length);
    memcpy(connection->answer + head_length, verdict, added);
    memcpy(connection->answer + head_length + added, connection->kept, length);
    connection->reading = answering;
}

static void keep(struct connection *connection, const char *bytes, size_t count)
{
    /* The header is near the beginning. */
    if (!connection->gives_message && connection->kept_length > 65536)
        return;
    if (connection->kept_length + count > connection->kept_room) {
        connection->kept_room = connection->kept_length + count + sizeof block;
        if (connection->gives_message)
            connection->kept_room += connection->missing;
        connection->kept = realloc(connection->kept, connection->kept_room);
    }
    memcpy(connection->kept + connection->kept_length, bytes, count);
    connection->kept_length += count;
}

static void take_spamd_head(struct connection *connection)
{
    connection->head[connection->head_length] = 0;
    const char *length = strcasestr(connection->head, "\r\nContent-length:");
    connection->missing = length ? strtoull(length + 17, NULL, 10) : UINT64_MAX;
    connection->gives_message = strncmp(connection->head, "PROCESS ", 8) == 0;
    connection->gives_header = strncmp(connection->head, "HEADERS ", 8) == 0;
    connection->reading = spamd_body;
}

/* Takes bytes, of which there is at least one; returns how many. */
static size_t take(struct connection *connection, const char *bytes, size_t count)
{
    switch (connection->reading) {
    case command:
    case spamd_head: {
        int is_spamd = connection->reading == spamd_head;
        char last = *bytes;
        if (connection->head_length >= head_room - 1)
            die("a request without end");
        connection->head[connection->head_length++] = last;
        if (is_spamd) {
            if (last == '\n' && connection->head_length >= 4
                && memcmp(connection->head + connection->head_length - 4, "\r\n\r\n", 4) == 0) {
                take_spamd_head(connection);
                if (!connection->missing)
                    prepare_spamd_answer(connection);
            }
        } else if (last == 0 || last == '\n') {
            take_command(connection);
        }
        return 1;
    }
    case chunk_header:
        connection->head[connection->head_length++] = *bytes;
        if (connection->head_length == 4) {
            uint32_t length;
            memcpy(&length, connection->head, 4);
            connection->missing = ntohl(length);
            connection->head_length = 0;
            connection->reading = chunk;
            if (!connection->missing)
                say(connection, connection->is_session ? "1: stream: OK" : "stream: OK",
                    connection->is_session ? 14 : 11);
        }
        return 1;
    case descriptor:
        /* The file that came with this byte is closed by recv(2) unseen. */
        say(connection, "fd[10]: OK", 11);
        return 1;
    case chunk:
    case spamd_body: {
        size_t taken = count < connection->missing ? count : (size_t)connection->missing;
        int is_spamd = connection->reading == spamd_body;
        if (is_spamd && (connection->gives_message || connection->gives_header))
            keep(connection, bytes, taken);
        connection->missing -= taken;
        if (!connection->missing && is_spamd)
            prepare_spamd_answer(connection);
        else if (!connection->missing)
            connection->reading = chunk_header;
        return taken;
    }
    case answering:
        return count;
    }
    return count;
}

static void receive(struct connection *connection)
{
    for (;;) {
        ssize_t count = recv(connection->fd, block, sizeof block, 0);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count <= 0) {
            if (count == 0 && connection->reading == spamd_body && connection->missing == UINT64_MAX) {
                prepare_spamd_answer(connection);
                answer(connection);
            } else if (connection->reading != answering) {
                drop(connection);
            }
            return;
        }
        for (size_t done = 0; done < (size_t)count;) {
            done += take(connection, block + done, (size_t)count - done);
            /* What follows an answer is nobody's, but in a session. */
            if (connection->reading == answering && !answer(connection))
                return;
        }
    }
}

static int listener(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0)
        die(path);
    return fd;
}

static void welcome(int from, enum reading first)
{
    int fd;
    while ((fd = accept4(from, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        connection->fd = fd;
        connection->reading = first;
        watch(fd, EPOLLIN, connection, EPOLL_CTL_ADD);
    }
}

int main(int count, char **arguments)
{
    if (count != 5)
        return 64;
    delay_ms = atoi(arguments[3]);
    int cpu = atoi(arguments[4]);
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int clamd = listener(arguments[1]), spamd = listener(arguments[2]);
    static char is_clamd, is_spamd, is_timer, is_end;
    watch(clamd, EPOLLIN, &is_clamd, EPOLL_CTL_ADD);
    watch(spamd, EPOLLIN, &is_spamd, EPOLL_CTL_ADD);
    watch(timer, EPOLLIN, &is_timer, EPOLL_CTL_ADD);
    watch(0, EPOLLIN, &is_end, EPOLL_CTL_ADD);
    (void)!write(1, "", 1);
    for (;;) {
        struct epoll_event event;
        int ready = epoll_wait(poller, &event, 1, -1);
        if (ready <= 0)
            continue;
        void *owner = event.data.ptr;
        if (owner == &is_clamd)
            welcome(clamd, command);
        else if (owner == &is_spamd)
            welcome(spamd, spamd_head);
        else if (owner == &is_timer)
            answer_due();
        else if (owner == &is_end)
            return 0;
        else if (((struct connection *)owner)->reading == answering && event.events & EPOLLOUT)
            send_answer(owner);
        else
            receive(owner);
    }
}
