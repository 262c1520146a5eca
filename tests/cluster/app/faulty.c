/* A small web service that can be made to fail, for tests on a real cluster.

   GET /            200, counted; takes a connection of its pool meanwhile
   GET /metrics     Prometheus text
   GET /leak?N      keeps N more MiB a minute from now on
   GET /spike?N     takes N MiB for half a second
   GET /burn?N      uses N thousandths of a core
   GET /slow?N      each GET / takes N milliseconds more from now on
   GET /hold?N      N connections of the pool (of 10) are in use for good
   GET /load?N      N times a second it does by itself what GET / does
   GET /crash-loop  exits now, and two seconds after each later start of this
                    container; a new pod has forgotten it
   Flags: --port N, --base N (MiB held from the start), --load N (as /load),
   --state FOLDER (an emptyDir: it outlives the container, not the pod). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static atomic_int leak_mib_per_min;
static atomic_int burn_millicores;
static atomic_long requests;
static atomic_long held_kib;
static atomic_int slow_ms;
static atomic_int load_per_second;

/* The pool of connections to a database that does not exist. */
enum { kPool = 10, kBuckets = 11 };
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pool_freed = PTHREAD_COND_INITIALIZER;
static int pool_active;
static int pool_pending;
static int pool_lost;

/* How long requests took, as a histogram of Prometheus. */
static const double kBounds[kBuckets] = {.005, .01, .025, .05, .1, .25,
                                         .5,   1,   2.5,  5,   10};
static long buckets[kBuckets];
static double seconds_sum;

static void Sleep(double seconds) {
  struct timespec wait;
  wait.tv_sec = (time_t)seconds;
  wait.tv_nsec = (long)((seconds - (double)wait.tv_sec) * 1e9);
  nanosleep(&wait, NULL);
}

static double Now(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Takes memory and touches every page of it, so that it counts as used. */
static void Hold(long kib) {
  char* memory = malloc((size_t)kib * 1024);
  if (memory == NULL) return;
  memset(memory, 0x5a, (size_t)kib * 1024);
  atomic_fetch_add(&held_kib, kib);
}

/* A write that nobody reads may be left out, unless it is volatile. */
static void Spike(long mib) {
  const size_t size = (size_t)mib << 20;
  volatile char* memory = malloc(size);
  if (memory == NULL) return;
  for (size_t i = 0; i < size; i += 4096) memory[i] = 1;
  Sleep(0.5);
  free((void*)memory);
}

static void* Leak(void* unused) {
  double owed_kib = 0;
  for (;;) {
    Sleep(0.25);
    owed_kib += atomic_load(&leak_mib_per_min) * 1024.0 / 60 * 0.25;
    if (owed_kib >= 64) {
      Hold((long)owed_kib);
      owed_kib -= (double)(long)owed_kib;
    }
  }
  return unused;
}

/* So much of each tenth of a second, in time on a core: what a busy machine or
   a limit holds back is owed until the tenth is over. */
static void* Burn(void* unused) {
  const double slice = 0.1;
  double end = Now(CLOCK_MONOTONIC);
  for (;;) {
    const double busy = slice * atomic_load(&burn_millicores) / 1000.0;
    const double enough = Now(CLOCK_THREAD_CPUTIME_ID) + busy;
    while (busy > 0 && Now(CLOCK_THREAD_CPUTIME_ID) < enough) {
    }
    end += slice;
    const double left = end - Now(CLOCK_MONOTONIC);
    if (left > 0) {
      Sleep(left);
    } else {
      end -= left;
    }
  }
  return unused;
}

static void TakeConnection(void) {
  pthread_mutex_lock(&pool_lock);
  ++pool_pending;
  while (pool_active + pool_lost >= kPool) {
    pthread_cond_wait(&pool_freed, &pool_lock);
  }
  --pool_pending;
  ++pool_active;
  pthread_mutex_unlock(&pool_lock);
}

static void GiveConnectionBack(double took) {
  pthread_mutex_lock(&pool_lock);
  --pool_active;
  for (int i = 0; i < kBuckets; ++i) buckets[i] += took <= kBounds[i];
  seconds_sum += took;
  pthread_cond_signal(&pool_freed);
  pthread_mutex_unlock(&pool_lock);
  atomic_fetch_add(&requests, 1);
}

static void Lose(int connections) {
  pthread_mutex_lock(&pool_lock);
  pool_lost = connections < kPool ? connections : kPool;
  pthread_cond_broadcast(&pool_freed);
  pthread_mutex_unlock(&pool_lock);
}

static void Work(void) {
  const double start = Now(CLOCK_MONOTONIC);
  TakeConnection();
  /* As uneven as requests are. */
  const double usual = 0.02 + 0.04 * (double)random() / (double)RAND_MAX;
  Sleep(usual + atomic_load(&slow_ms) / 1000.0);
  GiveConnectionBack(Now(CLOCK_MONOTONIC) - start);
}

static void* WorkOnce(void* unused) {
  Work();
  return unused;
}

/* As many callers, one thread each; no more than so many wait. */
static void* Load(void* unused) {
  enum { kMostWaiting = 50 };
  for (;;) {
    const int load = atomic_load(&load_per_second);
    Sleep(load > 0 ? 1.0 / load : 0.25);
    pthread_mutex_lock(&pool_lock);
    const int waiting = pool_pending;
    pthread_mutex_unlock(&pool_lock);
    if (load == 0 || waiting >= kMostWaiting) continue;
    pthread_t worker;
    if (pthread_create(&worker, NULL, WorkOnce, NULL) == 0) {
      pthread_detach(worker);
    }
  }
  return unused;
}

static void Metrics(char* body, size_t size) {
  pthread_mutex_lock(&pool_lock);
  const long count = atomic_load(&requests);
  int used = snprintf(
      body, size,
      "# TYPE http_requests_total counter\n"
      "http_requests_total{code=\"200\"} %ld\n"
      "# TYPE faulty_held_bytes gauge\n"
      "faulty_held_bytes %ld\n"
      "# TYPE hikaricp_connections_max gauge\n"
      "hikaricp_connections_max{pool=\"main\"} %d\n"
      "# TYPE hikaricp_connections_active gauge\n"
      "hikaricp_connections_active{pool=\"main\"} %d\n"
      "# TYPE hikaricp_connections_pending gauge\n"
      "hikaricp_connections_pending{pool=\"main\"} %d\n"
      "# TYPE http_request_duration_seconds histogram\n",
      count, atomic_load(&held_kib) * 1024, kPool, pool_active + pool_lost,
      pool_pending);
  for (int i = 0; i < kBuckets; ++i) {
    used += snprintf(body + used, size - (size_t)used,
                     "http_request_duration_seconds_bucket{le=\"%g\"} %ld\n",
                     kBounds[i], buckets[i]);
  }
  snprintf(body + used, size - (size_t)used,
           "http_request_duration_seconds_bucket{le=\"+Inf\"} %ld\n"
           "http_request_duration_seconds_sum %g\n"
           "http_request_duration_seconds_count %ld\n",
           count, seconds_sum, count);
  pthread_mutex_unlock(&pool_lock);
}

static void RememberCrash(const char* state) {
  char path[512];
  snprintf(path, sizeof path, "%s/crash-loop", state);
  const int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) close(file);
}

static int Remembers(const char* state) {
  char path[512];
  snprintf(path, sizeof path, "%s/crash-loop", state);
  return access(path, F_OK) == 0;
}

static void Answer(int client, const char* body) {
  char head[160];
  const int length =
      snprintf(head, sizeof head,
               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n\r\n",
               strlen(body));
  if (write(client, head, (size_t)length) < 0) return;
  if (write(client, body, strlen(body)) < 0) return;
}

static int Argument(const char* request) {
  const char* mark = strchr(request, '?');
  return mark == NULL ? 0 : atoi(mark + 1);
}

static const char* state = "/state";

static void Serve(int client) {
  char request[2048];
  const ssize_t got = read(client, request, sizeof request - 1);
  if (got <= 0) return;
  request[got] = '\0';
  char body[4096] = "ok\n";
  int crash = 0;
  if (strncmp(request, "GET /metrics", 12) == 0) {
    Metrics(body, sizeof body);
  } else if (strncmp(request, "GET /leak", 9) == 0) {
    atomic_store(&leak_mib_per_min, Argument(request));
  } else if (strncmp(request, "GET /spike", 10) == 0) {
    Spike(Argument(request));
  } else if (strncmp(request, "GET /burn", 9) == 0) {
    atomic_store(&burn_millicores, Argument(request));
  } else if (strncmp(request, "GET /slow", 9) == 0) {
    atomic_store(&slow_ms, Argument(request));
  } else if (strncmp(request, "GET /load", 9) == 0) {
    atomic_store(&load_per_second, Argument(request));
  } else if (strncmp(request, "GET /hold", 9) == 0) {
    Lose(Argument(request));
  } else if (strncmp(request, "GET /crash-loop", 15) == 0) {
    RememberCrash(state);
    crash = 1;
  } else {
    Work();
  }
  Answer(client, body);
  if (crash) {
    shutdown(client, SHUT_RDWR);
    _exit(1);
  }
}

/* A thread a connection: slow answers hold up neither others nor /metrics. */
static void* ServeOne(void* client) {
  Serve((int)(intptr_t)client);
  close((int)(intptr_t)client);
  return NULL;
}

static int Listen(int port) {
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons((unsigned short)port);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (struct sockaddr*)&address, sizeof address) != 0 ||
      listen(server, 64) != 0) {
    perror("faulty: listen");
    exit(2);
  }
  return server;
}

static void Stop(int signal_number) {
  (void)signal_number;
  _exit(0);
}

int main(int argc, char** argv) {
  int port = 8080;
  int base_mib = 24;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--port") == 0) port = atoi(argv[i + 1]);
    if (strcmp(argv[i], "--base") == 0) base_mib = atoi(argv[i + 1]);
    if (strcmp(argv[i], "--load") == 0) {
      atomic_store(&load_per_second, atoi(argv[i + 1]));
    }
    if (strcmp(argv[i], "--state") == 0) state = argv[i + 1];
  }
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, Stop);
  if (Remembers(state)) {
    Sleep(2);
    fprintf(stderr, "faulty: crashing as told\n");
    return 1;
  }
  Hold(base_mib * 1024L);
  pthread_t thread;
  pthread_create(&thread, NULL, Leak, NULL);
  pthread_create(&thread, NULL, Burn, NULL);
  pthread_create(&thread, NULL, Load, NULL);
  const int server = Listen(port);
  for (;;) {
    const int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    pthread_t worker;
    if (pthread_create(&worker, NULL, ServeOne, (void*)(intptr_t)client) != 0) {
      close(client);
      continue;
    }
    pthread_detach(worker);
  }
}
