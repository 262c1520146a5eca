// Posts Alertmanager payloads to a webhook on this machine as fast as it
// answers, over a fixed number of kept connections; one line of JSON at the
// end. bench/webhook.sh compares programs with it.
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
};

/// One kept connection with at most one request in flight.
struct Connection {
  int fd = -1;
  std::string out;
  std::size_t sent = 0;
  std::string in;
  Clock::time_point start;
};

struct Counts {
  long long good = 0;
  long long bad = 0;
  std::vector<double> millis;
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Every alert is one that nobody has seen, so that nothing is answered from
/// memory; all of them are about one workload.
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
    return R"({"status":"firing","labels":{"alertname":")" +
           options_.alertname +
           R"(","namespace":"shop","deployment":"cart","container":"app",)"
           R"("severity":"warning","run":")" +
           run_ + R"(","seq":")" + std::to_string(seq_++) +
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

void Send(Connection& connection, Requests& requests) {
  connection.out = requests.Next();
  connection.sent = 0;
  connection.in.clear();
  connection.start = Clock::now();
  while (connection.sent < connection.out.size()) {
    const ssize_t n =
        send(connection.fd, connection.out.data() + connection.sent,
             connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (n <= 0) Die("send");
    connection.sent += static_cast<std::size_t>(n);
  }
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

Counts Run(const Options& options) {
  Requests requests(options);
  std::vector<Connection> connections(
      static_cast<std::size_t>(options.connections));
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [&](std::size_t i) {
    connections[i].fd = Connect(options.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
    Send(connections[i], requests);
  };
  for (std::size_t i = 0; i < connections.size(); ++i) watch(i);
  Counts counts;
  const auto until =
      Clock::now() + std::chrono::duration<double>(options.seconds);
  std::array<epoll_event, 64> events;
  while (Clock::now() < until) {
    const int n = epoll_wait(epoll, events.data(), events.size(), 100);
    for (int e = 0; e < n; ++e) {
      const std::size_t i = events[static_cast<std::size_t>(e)].data.u64;
      Connection& connection = connections[i];
      bool closed = false;
      if (!Receive(connection, closed)) continue;
      const bool good = connection.in.rfind("HTTP/1.1 200", 0) == 0;
      ++(good ? counts.good : counts.bad);
      counts.millis.push_back(std::chrono::duration<double, std::milli>(
                                  Clock::now() - connection.start)
                                  .count());
      if (closed) {
        close(connection.fd);
        watch(i);
      } else {
        Send(connection, requests);
      }
    }
  }
  for (const Connection& connection : connections) close(connection.fd);
  close(epoll);
  return counts;
}

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
  CLI11_PARSE(program, argc, argv);
  const auto start = Clock::now();
  Counts counts = Run(options);
  const double took =
      std::chrono::duration<double>(Clock::now() - start).count();
  std::printf(
      "{\"requests_per_s\":%.1f,\"alerts_per_s\":%.1f,\"bad\":%lld,"
      "\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
      static_cast<double>(counts.good) / took,
      static_cast<double>(counts.good * options.alerts) / took, counts.bad,
      Quantile(counts.millis, 0.5), Quantile(counts.millis, 0.99));
  return counts.good > 0 ? 0 : 1;
}
