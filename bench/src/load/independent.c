/* A load generator that shares no code, no library and no language with proto-client: epoll, blocking of nothing,
 * a latency a line in buckets of a microsecond. Prints one JSON object.
 *
 * Without a rate, or with 0, a client writes, waits for its answers and writes again. With one, so many lines a second
 * in all are due one after the other, client after client, and a latency counts from when a line was due.
 *
 * independent PORT CLIENTS LINES_PER_WRITE SIZE SECONDS RATE */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MOST_CLIENTS 1024
#define BUCKETS 10000000 /* microseconds: ten seconds */
#define EVENT_BYTES 256
#define MOST_OWED 4096   /* lines of one client */

struct client {
  int fd, welcomed;
  long long sent, have; /* lines that were written; bytes of their answers that have come */
  char *expected;       /* the answers that are owed, and since when, each at its line modulo MOST_OWED */
  long long due[MOST_OWED];
  char event[EVENT_BYTES]; /* a line of the greeting, as far as it has come */
  size_t event_length;
};

static struct client clients[MOST_CLIENTS];
static uint32_t *buckets;
static char *out, *in;
static int per_write, size, width;
static long long answered, wrong, owing;

static long long now_nanos(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "Cannot %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Lines of a client: its number and a sequence in hexadecimal, filled up with x. */
static void write_lines(struct client *c, int number, int lines, long long due) {
  char text[64], *at = out;
  for (int line = 0; line < lines; line++, at += width, c->sent++) {
    int length = snprintf(text, sizeof text, "c%d-%llx-", number, c->sent);
    char *expected = c->expected + c->sent % MOST_OWED * width;
    if (length > size) length = size;
    memcpy(at, text, length);
    memset(at + length, 'x', size - length);
    at[size] = '\n';
    for (int i = 0; i < width; i++) expected[i] = at[i] >= 'a' && at[i] <= 'z' ? at[i] - 32 : at[i];
  }
  if (c->sent - c->have / width > MOST_OWED) die("keep what is owed");
  owing += lines;
  if (due == 0) due = now_nanos();
  for (int line = 1; line <= lines; line++) c->due[(c->sent - line) % MOST_OWED] = due;
  size_t want = (size_t)lines * width;
  for (size_t done = 0; done < want;) {
    ssize_t wrote = write(c->fd, out + done, want - done);
    if (wrote < 0) die("write");
    done += wrote;
  }
}

/* Takes the lines before the first answer: events. Gives how many bytes they were. */
static size_t take_events(struct client *c, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (c->event_length == 0 && bytes[i] != '*') return i;
    if (c->event_length < EVENT_BYTES - 1) c->event[c->event_length++] = bytes[i];
    if (bytes[i] != '\n') continue;
    if (strncmp(c->event, "* WELCOME", 9) == 0) c->welcomed = 1;
    c->event_length = 0;
  }
  return length;
}

static void take_answers(struct client *c, const char *bytes, size_t length, long long now) {
  while (length > 0) {
    long long line = c->have / width;
    if (line == c->sent) {
      wrong++;
      return;
    }
    size_t at = c->have % width, part = width - at < length ? width - at : length;
    if (memcmp(bytes, c->expected + line % MOST_OWED * width + at, part) != 0) wrong++;
    c->have += part;
    bytes += part;
    length -= part;
    if (at + part < (size_t)width) return;
    long long micros = (now - c->due[line % MOST_OWED]) / 1000;
    buckets[micros < BUCKETS ? micros : BUCKETS - 1]++;
    answered++;
    owing--;
  }
}

static double percentile(double part) {
  long long rank = (long long)(part * answered), seen = 0;
  for (long micros = 0; micros < BUCKETS; micros++) {
    seen += buckets[micros];
    if (seen > rank) return micros / 1000.0;
  }
  return BUCKETS / 1000.0;
}

/* Wakes up at a time, to the microsecond; 0: not at all. */
static void wake_at(int timer, long long nanos) {
  struct itimerspec at = {.it_value = {.tv_sec = nanos / 1000000000LL, .tv_nsec = nanos % 1000000000LL}};
  if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL) != 0) die("wait");
}

/* Writes what is due, to one client after the other; gives whether more will be. */
static int offer(int timer, int count, double rate, long long begin, long long end) {
  static long long writes;
  for (;; writes++) {
    long long due = begin + (long long)(writes * per_write * 1e9 / rate);
    int i = writes % count;
    if (due > now_nanos() || due >= end) {
      wake_at(timer, due < end ? due : 0);
      return due < end;
    }
    write_lines(&clients[i], i, per_write, due);
  }
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "independent PORT CLIENTS LINES_PER_WRITE SIZE SECONDS RATE\n");
    return 64;
  }
  int port = atoi(argv[1]), count = atoi(argv[2]);
  per_write = atoi(argv[3]);
  size = atoi(argv[4]);
  width = size + 1;
  double seconds = atof(argv[5]), rate = atof(argv[6]);
  if (count > MOST_CLIENTS || per_write > MOST_OWED || size < 1 || size > 60000) return 64;
  buckets = calloc(BUCKETS, sizeof *buckets);
  out = malloc((size_t)per_write * width);
  in = malloc(1 << 20);
  int poll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  struct epoll_event due = {.events = EPOLLIN, .data.u32 = MOST_CLIENTS};
  epoll_ctl(poll, EPOLL_CTL_ADD, timer, &due);
  for (int i = 0; i < count; i++) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    clients[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    clients[i].expected = malloc((size_t)MOST_OWED * width);
    if (connect(clients[i].fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    setsockopt(clients[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event);
  }
  struct epoll_event events[MOST_CLIENTS];
  long long begin = 0, last = 0;
  for (int in_count = 0;;) {
    int ready = epoll_wait(poll, events, MOST_CLIENTS, 1000);
    if (ready < 0) die("wait");
    if (ready == 0) die("hear anything for a second");
    for (int e = 0; e < ready; e++) {
      int i = events[e].data.u32;
      if (i == MOST_CLIENTS) continue;
      struct client *c = &clients[i];
      ssize_t length = read(c->fd, in, 1 << 20);
      if (length <= 0) die("read");
      long long now = now_nanos();
      size_t at = 0;
      int was = c->welcomed;
      if (begin == 0) at = take_events(c, in, length);
      in_count += c->welcomed - was;
      if (at == (size_t)length) continue;
      take_answers(c, in + at, length - at, now);
      last = now;
      if (rate == 0 && c->have == c->sent * width && (now - begin) / 1e9 < seconds) write_lines(c, i, per_write, 0);
    }
    if (begin == 0 && in_count == count) {
      /* Everybody is in: the last words of the greeting may still be under way. */
      for (int i = 0; i < count; i++) usleep(1000);
      for (int i = 0; i < count; i++) {
        ssize_t length = recv(clients[i].fd, in, 1 << 20, MSG_DONTWAIT);
        if (length > 0) take_events(&clients[i], in, length);
      }
      begin = now_nanos();
      for (int i = 0; i < count && rate == 0; i++) write_lines(&clients[i], i, per_write, 0);
    }
    if (begin == 0) continue;
    int more = rate > 0 && offer(timer, count, rate, begin, begin + (long long)(seconds * 1e9));
    if (owing == 0 && !more) break;
  }
  double took = (last - begin) / 1e9;
  printf("{\"lines\":%lld,\"wrong\":%lld,\"linesPerSecond\":%.0f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f}\n", answered,
         wrong, answered / took, percentile(0.5), percentile(0.9), percentile(0.99));
  return wrong == 0 ? 0 : 1;
}
