#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace selfheal::testing {

/// What a server of a test does about crashes.
enum class Syncing {
  kOff,  ///< fsync=off: fast, for tests of contents.
  kOn,
};

/// A private PostgreSQL server from the distribution's package, with its data
/// in a folder of its own and a free port; it ends with the object, or with
/// this process. As root it runs as another user, since it refuses root.
class PostgresServer {
 public:
  explicit PostgresServer(Syncing syncing);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Why there is none: it is not installed, or did not start. "" = it runs.
  const std::string& lacking() const { return lacking_; }

  /// Of the user `selfheal` through the socket, without a password. `schema` is
  /// made where it is absent.
  std::string Url(const std::string& schema) const;
  /// The same of a user who owns the schema, made here, and has no other right.
  std::string UrlOfOwner(const std::string& schema) const;
  int port() const { return port_; }
  /// The same through TCP, with a password; `port` 0: its own.
  std::string TcpUrl(const std::string& schema, const std::string& password,
                     int port = 0) const;
  static const char* Password() { return "right%20password"; }

  /// Runs statements as the superuser, in `schema`; false where one fails.
  bool Exec(const std::string& schema, const std::string& sql) const;
  /// The first column of the first row, as text; "" where there is none.
  std::string Ask(const std::string& schema, const std::string& sql) const;

  /// SIGKILL to the whole server, and a start over the same data.
  void Crash();
  void Start();
  /// SIGSTOP and SIGCONT of the postmaster and of all of its processes.
  void Signal(int signal) const;

 private:
  void MakeData();
  std::vector<pid_t> Children() const;

  const Syncing syncing_;
  std::string binaries_;
  std::string folder_;
  int port_ = 0;
  pid_t pid_ = 0;
  std::string lacking_;
};

/// The servers that the tests of one program share, each started at its first
/// use; tests of faults crash the durable one and start it again.
PostgresServer& SharedServer();
PostgresServer& DurableServer();

/// A schema of `server` that no other test of the program has.
std::string NewSchema(const PostgresServer& server = SharedServer());

}  // namespace selfheal::testing
