/* A back end for mailfront(8) with the reject channel of qmail-smtpd: what the program that QMAILQUEUE names
 * writes on descriptor 4 becomes the SMTP reply. mailfront's own back end, qmail, has generic words alone.
 *
 *     mailfront smtp simscan cvm-validate qmail-validate add-received
 *
 * Build: cc -O2 -fPIC -shared -o backend-simscan.so backend-simscan.c   (packages: mailfront, libbg-dev)
 * Install: in /usr/lib/mailfront, or where MODULE_PATH says.
 *
 * QMAILQUEUE: the program (/var/qmail/bin/qmail-queue).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mailfront/mailfront.h>

/* qmail's reject channel: where the text is written, the status that announces it, how much is read. */
enum { REJECT_FD = 4, REJECT_STATUS = 82, REJECT_BYTES = 255 };

/* The envelope: F sender NUL, T recipient NUL ..., NUL. */
static char *envelope;
static size_t length, room;

static const response resp_lost = { 451, "4.3.0 The queue program was killed." };
static const response resp_channel = { 451, "4.3.0 The message cannot be handed over now." };

static int append(const char *bytes, size_t count)
{
    if (count > room - length) {
        size_t wanted = room * 2 + count + 1024;
        char *grown = realloc(envelope, wanted);
        if (!grown) return 0;
        envelope = grown;
        room = wanted;
    }
    memcpy(envelope + length, bytes, count);
    length += count;
    return 1;
}

static const response *append_record(char kind, const str *address)
{
    /* A NUL in an address would begin another record. */
    if (memchr(address->s, 0, address->len)) return &resp_internal;
    if (!append(&kind, 1) || !append(address->s, address->len) || !append("", 1)) return &resp_oom;
    return 0;
}

static const response *reset(void)
{
    length = 0;
    return 0;
}

static const response *sender(str *address, str *parameters)
{
    (void)parameters;
    length = 0;
    return append_record('F', address);
}

static const response *recipient(str *address, str *parameters)
{
    (void)parameters;
    return append_record('T', address);
}

static void move(int *fd, int to)
{
    /* Out of the way of the descriptors that the contract names. */
    int moved = fcntl(*fd, F_DUPFD, to);
    if (moved < 0) _exit(120);
    close(*fd);
    *fd = moved;
}

static void become_queue(int message, int envelope_pipe, int reject_pipe)
{
    const char *program = session_getenv("QMAILQUEUE");
    move(&message, 10);
    move(&envelope_pipe, 10);
    move(&reject_pipe, 10);
    if (dup2(message, 0) < 0 || dup2(envelope_pipe, 1) < 0 || dup2(reject_pipe, REJECT_FD) < 0) _exit(120);
    close(message);
    close(envelope_pipe);
    close(reject_pipe);
    if (!session_exportenv()) _exit(51);
    signal(SIGPIPE, SIG_DFL);
    if (!program) program = "/var/qmail/bin/qmail-queue";
    execl(program, program, (char *)0);
    _exit(120);
}

/* The whole envelope, and what comes back meanwhile: neither end waits for the other for ever. */
static size_t exchange(int envelope_pipe, int reject_pipe, char *text)
{
    size_t sent = 0, count = 0;
    struct pollfd ends[2] = { { reject_pipe, POLLIN, 0 }, { envelope_pipe, POLLOUT, 0 } };
    fcntl(envelope_pipe, F_SETFL, O_NONBLOCK);
    while (ends[0].fd >= 0) {
        if (poll(ends, 2, -1) < 0) {
            if (errno == EINTR) continue;
            break;
        }
        if (ends[1].fd >= 0 && ends[1].revents) {
            ssize_t n = write(envelope_pipe, envelope + sent, length - sent);
            if (n > 0) sent += (size_t)n;
            if (sent == length || (n < 0 && errno != EAGAIN && errno != EINTR)) {
                close(envelope_pipe);
                ends[1].fd = -1;
            }
        }
        if (ends[0].revents) {
            char rest[256];
            char *to = count < REJECT_BYTES ? text + count : rest;
            ssize_t n = read(reject_pipe, to, count < REJECT_BYTES ? REJECT_BYTES - count : sizeof rest);
            if (n > 0 && to != rest) count += (size_t)n;
            if (n == 0 || (n < 0 && errno != EINTR)) ends[0].fd = -1;
        }
    }
    if (ends[1].fd >= 0) close(envelope_pipe);
    return count;
}

static const response *custom_reply(char *text, size_t count)
{
    static char message[REJECT_BYTES + 1];
    static response reply;
    size_t i;
    for (i = 1; i < count; i++) message[i - 1] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
    message[count - 1] = 0;
    reply.number = text[0] == 'D' ? 554 : 451;
    reply.message = message;
    return &reply;
}

static const response *queue_reply(int status, char *text, size_t count, off_t size, pid_t child)
{
    static char message[128];
    static response reply;
    if (!WIFEXITED(status)) return &resp_lost;
    status = WEXITSTATUS(status);
    if (status == REJECT_STATUS && count > 1 && (text[0] == 'D' || text[0] == 'Z')) return custom_reply(text, count);
    if (status == 0) {
        reply.number = 250;
        snprintf(message, sizeof message, "2.6.0 ok, qp %ld, %lld bytes", (long)child, (long long)size);
    } else if (status >= 11 && status <= 40) {
        reply.number = 554;
        snprintf(message, sizeof message, "5.3.0 Message refused (status %d).", status);
    } else {
        reply.number = 451;
        snprintf(message, sizeof message, "4.3.0 The message cannot be taken now (status %d).", status);
    }
    reply.message = message;
    return &reply;
}

static const response *message_end(int fd)
{
    int to_queue[2], from_queue[2], status;
    char text[REJECT_BYTES];
    struct stat file;
    size_t count;
    pid_t child;

    if (lseek(fd, 0, SEEK_SET) != 0 || fstat(fd, &file) != 0) return &resp_internal;
    if (!append("", 1)) return &resp_oom;
    if (pipe(to_queue) != 0) return &resp_channel;
    if (pipe(from_queue) != 0) {
        close(to_queue[0]);
        close(to_queue[1]);
        return &resp_channel;
    }
    signal(SIGPIPE, SIG_IGN);
    child = fork();
    if (child == 0) {
        close(to_queue[1]);
        close(from_queue[0]);
        become_queue(fd, to_queue[0], from_queue[1]);
    }
    close(to_queue[0]);
    close(from_queue[1]);
    if (child < 0) {
        close(to_queue[1]);
        close(from_queue[0]);
        return &resp_channel;
    }
    count = exchange(to_queue[1], from_queue[0], text);
    close(from_queue[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return &resp_lost;
    length = 0;
    return queue_reply(status, text, count, file.st_size, child);
}

struct plugin backend = {
    .version = PLUGIN_VERSION,
    .flags = FLAG_NEED_FILE,
    .reset = reset,
    .sender = sender,
    .recipient = recipient,
    .message_end = message_end,
};
