// Posts Alertmanager payloads to a webhook on this machine over a fixed number
// of kept connections, as fast as it answers or at a given rate; one line of
// JSON at the end. bench/webhook.sh compares programs with it.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  std::string path = "/api/v1/alerts";
  std::string token;
  std::string alertname = "BenchAlert";
  int connections = 16;
  int alerts = 1;
  double seconds = 5;
  double rate = 0;       ///< Requests a second; 0: as fast as it answers.
  int fingerprints = 0;  ///< They come round again; 0: each alert is new.
  int targets = 0;       ///< Deployments app-0 ...; 0: all are about one.
};

/// One kept connection with at most one request in flight.
struct Connection {
  int fd = -1;
  bool busy = false;
  std::string out;
  std::string in;
  Clock::time_point start;
};

struct Counts {
  long long good = 0;
  long long bad = 0;
  std::string refusal;  ///< The first status line that was not 200.
  std::vector<double> millis;
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Unless the options say otherwise every alert is one that nobody has seen, so
/// that nothing is answered from memory, and about the same workload.
class Requests {
 public:
  explicit Requests(const Options& options) : options_(options) {
    run_ = std::to_string(Clock::now().time_since_epoch().count());
  }

  std::string Next() {
    std::string body =
        R"({"version":"4","groupKey":"{}:{alertname=\"b\"}",)"
        R"("truncatedAlerts":0,"status":"firing","receiver":"bench",)"
        R"("groupLabels":{},"commonLabels":{},"commonAnnotations":{},)"
        R"("externalURL":"http://alertmanager:9093","alerts":[)";
    for (int i = 0; i < options_.alerts; ++i) {
      if (i > 0) body += ',';
      body += Alert();
    }
    body += "]}\n";
    return "POST " + options_.path + " HTTP/1.1\r\nHost: localhost\r\n" +
           "User-Agent: Alertmanager/0.25.0\r\nAuthorization: Bearer " +
           options_.token +
           "\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  std::string Alert() {
    const long long seq =
        options_.fingerprints > 0 ? seq_++ % options_.fingerprints : seq_++;
    const std::string deployment =
        options_.targets > 0 ? "app-" + std::to_string(seq % options_.targets)
                             : "cart";
    return R"({"status":"firing","labels":{"alertname":")" +
           options_.alertname + R"(","namespace":"shop","deployment":")" +
           deployment +
           R"(","container":"app",)"
           R"("severity":"warning","run":")" +
           run_ + R"(","seq":")" + std::to_string(seq) +
           R"("},"annotations":{"summary":"Pod is crash looping",)"
           R"("runbook_url":"https://runbooks.example/crash"},)"
           R"("startsAt":"2026-11-25T12:00:00.123Z",)"
           R"("endsAt":"0001-01-01T00:00:00Z",)"
           R"("generatorURL":"http://prometheus:9090/graph?g0.expr=up",)"
           R"("fingerprint":""})";
  }

  const Options& options_;
  std::string run_;
  long long seq_ = 0;
};

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    Die("connect");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/// False where the server has closed the connection meanwhile.
bool Send(Connection& connection) {
  connection.in.clear();
  std::size_t sent = 0;
  while (sent < connection.out.size()) {
    const ssize_t n = send(connection.fd, connection.out.data() + sent,
                           connection.out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

/// True once the whole answer is there.
bool Complete(const std::string& in) {
  const std::size_t end = in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::size_t field = in.find("Content-Length: ");
  const std::size_t length =
      field < end ? std::strtoul(in.c_str() + field + 16, nullptr, 10) : 0;
  return in.size() >= end + 4 + length;
}

/// Reads what is there; true where the answer is complete or the peer closed.
bool Receive(Connection& connection, bool& closed) {
  std::array<char, 16384> chunk;
  const ssize_t n = recv(connection.fd, chunk.data(), chunk.size(), 0);
  if (n <= 0) return closed = true;
  connection.in.append(chunk.data(), static_cast<std::size_t>(n));
  return Complete(connection.in);
}

/// When requests are due. One that had to wait for a connection counts from
/// when it was due, so that a slow answer is not kept out of the figures.
class Pace {
 public:
  explicit Pace(double rate)
      : period_(rate > 0 ? std::chrono::duration<double>(1 / rate)
                         : std::chrono::duration<double>(0)),
        due_(Clock::now()) {}

  /// The start of the next request; none where it is not due yet.
  std::optional<Clock::time_point> Next() {
    const auto now = Clock::now();
    if (period_.count() == 0) return now;
    if (due_ > now) return std::nullopt;
    const auto start = due_;
    due_ += std::chrono::duration_cast<Clock::duration>(period_);
    return start;
  }

 private:
  std::chrono::duration<double> period_;
  Clock::time_point due_;
};

class Poster {
 public:
  explicit Poster(const Options& options)
      : options_(options),
        requests_(options),
        pace_(options.rate),
        connections_(static_cast<std::size_t>(options.connections)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Open(i);
      idle_.push_back(i);
    }
  }

  Counts Run() {
    const auto until =
        Clock::now() + std::chrono::duration<double>(options_.seconds);
    std::array<epoll_event, 64> events;
    while (Clock::now() < until) {
      Feed();
      const int wait = options_.rate > 0 ? 1 : 100;
      const int n = epoll_wait(epoll_, events.data(), events.size(), wait);
      for (int e = 0; e < n; ++e) {
        Take(events[static_cast<std::size_t>(e)].data.u64);
      }
    }
    for (const Connection& connection : connections_) close(connection.fd);
    close(epoll_);
    return counts_;
  }

 private:
  void Open(std::size_t i) {
    connections_[i].fd = Connect(options_.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].fd, &event);
  }

  void Reopen(std::size_t i) {
    close(connections_[i].fd);
    Open(i);
  }

  void Feed() {
    while (!idle_.empty()) {
      const auto start = pace_.Next();
      if (!start) return;
      const std::size_t i = idle_.back();
      idle_.pop_back();
      connections_[i].start = *start;
      connections_[i].out = requests_.Next();
      Post(i);
    }
  }

  /// Once more where the server closed a connection that had been idle, as
  /// Alertmanager does.
  void Post(std::size_t i) {
    connections_[i].busy = true;
    while (!Send(connections_[i])) Reopen(i);
  }

  void Take(std::size_t i) {
    Connection& connection = connections_[i];
    bool closed = false;
    if (!Receive(connection, closed)) return;
    if (closed) Reopen(i);
    if (!connection.busy) return;
    if (closed && connection.in.empty()) return Post(i);
    const bool good = connection.in.rfind("HTTP/1.1 200", 0) == 0;
    ++(good ? counts_.good : counts_.bad);
    if (!good && counts_.refusal.empty()) {
      counts_.refusal = connection.in.substr(0, connection.in.find('\r'));
    }
    counts_.millis.push_back(std::chrono::duration<double, std::milli>(
                                 Clock::now() - connection.start)
                                 .count());
    connection.busy = false;
    idle_.push_back(i);
  }

  const Options& options_;
  Requests requests_;
  Pace pace_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  int epoll_;
  Counts counts_;
};

double Quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(
                           share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App program("Posts payloads to a webhook on this machine.");
  program.add_option("--port", options.port)->required();
  program.add_option("--path", options.path);
  program.add_option("--token", options.token);
  program.add_option("--alertname", options.alertname);
  program.add_option("--connections", options.connections);
  program.add_option("--alerts", options.alerts);
  program.add_option("--seconds", options.seconds);
  program.add_option("--rate", options.rate);
  program.add_option("--fingerprints", options.fingerprints);
  program.add_option("--targets", options.targets);
  CLI11_PARSE(program, argc, argv);
  const auto start = Clock::now();
  Counts counts = Poster(options).Run();
  const double took =
      std::chrono::duration<double>(Clock::now() - start).count();
  std::printf(
      "{\"requests_per_s\":%.1f,\"alerts_per_s\":%.1f,\"bad\":%lld,"
      "\"refusal\":\"%s\",\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
      static_cast<double>(counts.good) / took,
      static_cast<double>(counts.good * options.alerts) / took, counts.bad,
      counts.refusal.c_str(), Quantile(counts.millis, 0.5),
      Quantile(counts.millis, 0.99));
  return counts.good > 0 ? 0 : 1;
}
