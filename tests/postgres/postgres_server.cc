#include "tests/postgres/postgres_server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <pqxx/pqxx>
#include <sstream>
#include <thread>
#include <vector>

#include "core/result.h"

namespace selfheal::testing {
namespace {

namespace fs = std::filesystem;

/// The newest that Debian's packages left, or "".
std::string FindBinaries() {
  std::string best;
  int version = 0;
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int found = std::atoi(entry.path().filename().c_str());
    const fs::path bin = entry.path() / "bin";
    if (found <= version || !fs::exists(bin / "initdb")) continue;
    version = found;
    best = bin;
  }
  return best;
}

/// Whom a server runs as; nobody special where we are not root.
const passwd* Owner() {
  if (geteuid() != 0) return nullptr;
  const passwd* const own = getpwnam("postgres");
  return own != nullptr ? own : getpwnam("nobody");
}

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  SELFHEAL_CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), size) ==
                 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  close(listener);
  return ntohs(address.sin_port);
}

/// In the child: become `owner`, end with the parent, write into `log`.
[[noreturn]] void Become(const passwd* owner, const std::string& log,
                         std::vector<char*> argv) {
  if (owner != nullptr) {
    if (setgroups(0, nullptr) != 0 || setgid(owner->pw_gid) != 0 ||
        setuid(owner->pw_uid) != 0) {
      _exit(126);
    }
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  setpgid(0, 0);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (chdir("/") != 0) _exit(126);
  execv(argv[0], argv.data());
  _exit(127);
}

pid_t Spawn(std::vector<std::string> command, const std::string& log) {
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const passwd* const owner = Owner();
  const pid_t pid = fork();
  if (pid == 0) Become(owner, log, std::move(argv));
  return pid;
}

/// The end of a log, on one line.
std::string TailOf(const std::string& log) {
  std::ifstream file(log);
  std::string line;
  std::string last;
  while (std::getline(file, line)) last = line;
  return last;
}

std::optional<std::string> FirstField(const std::string& url,
                                      const std::string& sql) {
  try {
    pqxx::connection connection(url);
    pqxx::nontransaction work(connection);
    const pqxx::result result = work.exec(sql);
    if (result.empty()) return "";
    return std::string(result[0][0].c_str());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

PostgresServer::PostgresServer(Syncing syncing)
    : syncing_(syncing), binaries_(FindBinaries()) {
  if (binaries_.empty()) {
    lacking_ = "PostgreSQL is not installed (Debian: postgresql)";
    return;
  }
  MakeData();
  if (lacking_.empty()) Start();
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) {
    Signal(SIGCONT);
    kill(pid_, SIGQUIT);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void PostgresServer::MakeData() {
  std::string pattern = ::testing::TempDir() + "/postgres-XXXXXX";
  SELFHEAL_CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  const std::string password = folder_ + "/password";
  std::ofstream(password) << "right password\n";
  if (const passwd* const owner = Owner()) {
    for (const std::string& path : {folder_, password}) {
      SELFHEAL_CHECK(chown(path.c_str(), owner->pw_uid, owner->pw_gid) == 0);
    }
  }
  const std::string log = folder_ + "/log";
  int status = 0;
  waitpid(Spawn({binaries_ + "/initdb", "-D", folder_ + "/data", "-U",
                 "selfheal", "-E", "UTF8", "--locale=C", "--no-sync",
                 "--no-instructions", "--auth-local=trust",
                 "--auth-host=scram-sha-256", "--pwfile=" + password},
                log),
          &status, 0);
  if (status != 0) lacking_ = "initdb failed: " + TailOf(log);
}

void PostgresServer::Start() {
  port_ = port_ == 0 ? FreePort() : port_;
  pid_ = Spawn({binaries_ + "/postgres", "-D", folder_ + "/data", "-k", folder_,
                "-p", std::to_string(port_), "-c", "listen_addresses=127.0.0.1",
                "-c", "max_connections=60", "-c", "shared_buffers=32MB", "-c",
                syncing_ == Syncing::kOff ? "fsync=off" : "fsync=on"},
               folder_ + "/log");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!FirstField(Url("public"), "SELECT 1")) {
    if (std::chrono::steady_clock::now() > end ||
        waitpid(pid_, nullptr, WNOHANG) == pid_) {
      lacking_ = "the server did not start: " + TailOf(folder_ + "/log");
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PostgresServer::Crash() {
  // Stopped, it starts none anew and none of them outlives it.
  kill(pid_, SIGSTOP);
  std::vector<int> ends;
  for (const pid_t child : Children()) {
    ends.push_back(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    kill(child, SIGKILL);
  }
  for (const int end : ends) {
    pollfd gone{end, POLLIN, 0};
    if (end >= 0) poll(&gone, 1, -1);
    close(end);
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::vector<pid_t> PostgresServer::Children() const {
  const std::string pid = std::to_string(pid_);
  std::ifstream file("/proc/" + pid + "/task/" + pid + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

void PostgresServer::Signal(int signal) const {
  kill(pid_, signal);
  // Each of its processes is of a session of its own.
  for (const pid_t child : Children()) kill(child, signal);
}

std::string PostgresServer::Url(const std::string& schema) const {
  return "postgresql://selfheal@/postgres?host=" + folder_ +
         "&port=" + std::to_string(port_) + "&options=-csearch_path%3D" +
         schema;
}

std::string PostgresServer::UrlOfOwner(const std::string& schema) const {
  const std::string owner = "owner_" + schema;
  SELFHEAL_CHECK(Exec(schema, "CREATE ROLE " + owner + " LOGIN; ALTER SCHEMA " +
                                  schema + " OWNER TO " + owner));
  std::string url = Url(schema);
  return url.replace(url.find("selfheal@"), 8, owner);
}

std::string PostgresServer::TcpUrl(const std::string& schema,
                                   const std::string& password,
                                   int port) const {
  return "postgresql://selfheal:" + password +
         "@127.0.0.1:" + std::to_string(port == 0 ? port_ : port) +
         "/postgres?options=-csearch_path%3D" + schema;
}

bool PostgresServer::Exec(const std::string& schema,
                          const std::string& sql) const {
  return FirstField(Url(schema),
                    "CREATE SCHEMA IF NOT EXISTS " + schema + "; " + sql)
      .has_value();
}

std::string PostgresServer::Ask(const std::string& schema,
                                const std::string& sql) const {
  return FirstField(Url(schema), sql).value_or("?");
}

PostgresServer& SharedServer() {
  static PostgresServer server(Syncing::kOff);
  return server;
}

PostgresServer& DurableServer() {
  static PostgresServer server(Syncing::kOn);
  return server;
}

std::string NewSchema(const PostgresServer& server) {
  static std::atomic<int> next = 0;
  const std::string schema = "t" + std::to_string(++next);
  server.Exec(schema, "SELECT 1");
  return schema;
}

}  // namespace selfheal::testing
