/* A load generator that shares no code, no library and no language with proto-client: epoll, blocking of nothing,
 * a latency a line in buckets of a microsecond. Prints one JSON object.
 *
 * independent PORT CLIENTS LINES_PER_WRITE SIZE SECONDS */
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
#include <time.h>
#include <unistd.h>

#define MOST_CLIENTS 1024
#define BUCKETS 10000000 /* microseconds: ten seconds */
#define EVENT_BYTES 256

struct client {
  int fd, welcomed;
  long long sequence, sent_at;
  char *expected; /* what this write is to be answered with */
  size_t want, have;
  char event[EVENT_BYTES]; /* a line of the greeting, as far as it has come */
  size_t event_length;
};

static struct client clients[MOST_CLIENTS];
static uint32_t *buckets;
static char *out, *in;
static int per_write, size;
static long long answered, wrong;

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
static void write_lines(struct client *c, int number) {
  char text[64], *at = out;
  for (int line = 0; line < per_write; line++, at += size + 1) {
    int length = snprintf(text, sizeof text, "c%d-%llx-", number, c->sequence++);
    if (length > size) length = size;
    memcpy(at, text, length);
    memset(at + length, 'x', size - length);
    at[size] = '\n';
  }
  c->want = (size_t)per_write * (size + 1);
  c->have = 0;
  for (size_t i = 0; i < c->want; i++) c->expected[i] = out[i] >= 'a' && out[i] <= 'z' ? out[i] - 32 : out[i];
  c->sent_at = now_nanos();
  for (size_t done = 0; done < c->want;) {
    ssize_t wrote = write(c->fd, out + done, c->want - done);
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
  if (length > c->want - c->have || memcmp(bytes, c->expected + c->have, length) != 0) wrong++;
  size_t before = c->have / (size + 1);
  c->have += length;
  size_t lines = c->have / (size + 1) - before;
  long long micros = (now - c->sent_at) / 1000;
  buckets[micros < BUCKETS ? micros : BUCKETS - 1] += lines;
  answered += lines;
}

static double percentile(double part) {
  long long rank = (long long)(part * answered), seen = 0;
  for (long micros = 0; micros < BUCKETS; micros++) {
    seen += buckets[micros];
    if (seen > rank) return micros / 1000.0;
  }
  return BUCKETS / 1000.0;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "independent PORT CLIENTS LINES_PER_WRITE SIZE SECONDS\n");
    return 64;
  }
  int port = atoi(argv[1]), count = atoi(argv[2]);
  per_write = atoi(argv[3]);
  size = atoi(argv[4]);
  double seconds = atof(argv[5]);
  if (count > MOST_CLIENTS || size < 1 || size > 60000) return 64;
  size_t batch = (size_t)per_write * (size + 1);
  buckets = calloc(BUCKETS, sizeof *buckets);
  out = malloc(batch);
  in = malloc(1 << 20);
  int poll = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    clients[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    clients[i].expected = malloc(batch);
    if (connect(clients[i].fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    setsockopt(clients[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event);
  }
  struct epoll_event events[MOST_CLIENTS];
  long long begin = 0, last = 0;
  for (int in_count = 0, owing = 0;;) {
    int ready = epoll_wait(poll, events, MOST_CLIENTS, 1000);
    if (ready < 0) die("wait");
    if (ready == 0) die("hear anything for a second");
    for (int e = 0; e < ready; e++) {
      int i = events[e].data.u32;
      struct client *c = &clients[i];
      ssize_t length = read(c->fd, in, 1 << 20);
      if (length <= 0) die("read");
      long long now = now_nanos();
      size_t at = 0;
      int was = c->welcomed;
      if (begin == 0) at = take_events(c, in, length);
      in_count += c->welcomed - was;
      if (at == (size_t)length || c->want == 0) continue;
      take_answers(c, in + at, length - at, now);
      last = now;
      if (c->have < c->want) continue;
      owing--;
      if ((now - begin) / 1e9 < seconds) {
        write_lines(c, i);
        owing++;
      }
    }
    if (begin == 0 && in_count == count) {
      /* Everybody is in: the last words of the greeting may still be under way. */
      for (int i = 0; i < count; i++) usleep(1000);
      for (int i = 0; i < count; i++) {
        ssize_t length = recv(clients[i].fd, in, 1 << 20, MSG_DONTWAIT);
        if (length > 0) take_events(&clients[i], in, length);
      }
      begin = now_nanos();
      for (int i = 0; i < count; i++, owing++) write_lines(&clients[i], i);
    }
    if (begin != 0 && owing == 0) break;
  }
  double took = (last - begin) / 1e9;
  printf("{\"lines\":%lld,\"wrong\":%lld,\"linesPerSecond\":%.0f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f}\n", answered,
         wrong, answered / took, percentile(0.5), percentile(0.9), percentile(0.99));
  return wrong == 0 ? 0 : 1;
}
