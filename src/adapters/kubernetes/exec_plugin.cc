#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "adapters/kubernetes/access.h"
#include "codec/field_reader.h"

extern char** environ;

namespace selfheal::kubernetes {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxOutput = std::size_t{1} << 20;

Error Failed(const ExecSpec& spec, const std::string& what) {
  return Error{Code::kUnauthenticated,
               "exec plugin " + spec.command + ": " + what};
}

/// The environment of the child: ours, the spec's, and the exec info.
std::vector<std::string> Environment(const ExecSpec& spec) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : spec.env) variables[name] = value;
  const nlohmann::json info = {{"kind", "ExecCredential"},
                               {"apiVersion", spec.api_version},
                               {"spec", {{"interactive", false}}}};
  variables["KUBERNETES_EXEC_INFO"] = info.dump();
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables)
    lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// A child in a process group of its own, its stdout in a pipe.
struct Child {
  pid_t pid = -1;
  int out = -1;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (out >= 0) close(out);
    if (pid > 0) {
      kill(-pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }

  /// Waits until `deadline`; true where it ended with status 0.
  bool EndedWell(steady_clock::time_point deadline) {
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
      if (steady_clock::now() >= deadline) return false;
      poll(nullptr, 0, 5);
    }
    pid = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
};

bool Start(const ExecSpec& spec, Child& child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  child.out = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Our threads block signals for one waiting thread; a child must not.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // Nor should it inherit that we ignore SIGPIPE.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = {spec.command};
  arguments.insert(arguments.end(), spec.args.begin(), spec.args.end());
  std::vector<std::string> environment = Environment(spec);
  const int code =
      posix_spawnp(&child.pid, spec.command.c_str(), &actions, &attributes,
                   Pointers(arguments).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (code != 0) child.pid = -1;
  return code == 0;
}

/// All of the child's stdout; false at the deadline or beyond the cap.
bool ReadAll(int fd, steady_clock::time_point deadline, std::string& output) {
  char chunk[8192];
  while (output.size() <= kMaxOutput) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (waiting.revents == 0) continue;
    const ssize_t got = read(fd, chunk, sizeof chunk);
    if (got == 0) return true;
    if (got < 0) return false;
    output.append(chunk, static_cast<std::size_t>(got));
  }
  return false;
}

Result<ExecCredential> ParseCredential(const ExecSpec& spec,
                                       const std::string& output) {
  const auto document = nlohmann::json::parse(output, nullptr, false);
  if (!document.is_object()) return Failed(spec, "its output is not JSON");
  std::optional<Error> error;
  const FieldReader root(document, error);
  const FieldReader status = root.Object("status");
  ExecCredential credential{
      .token = status.String("token"),
      .cert_pem = status.String("clientCertificateData"),
      .key_pem = status.String("clientKeyData"),
      .expires_at = status.Timestamp("expirationTimestamp")};
  if (root.String("kind") != "ExecCredential" ||
      root.String("apiVersion") != spec.api_version) {
    return Failed(spec,
                  "its output is no ExecCredential of " + spec.api_version);
  }
  if (error) return Failed(spec, error->message);
  if (credential.cert_pem.empty() != credential.key_pem.empty()) {
    return Failed(spec, "certificate and key must come together");
  }
  if (credential.token.empty() && credential.cert_pem.empty()) {
    return Failed(spec, "neither token nor certificate in its output");
  }
  return credential;
}

}  // namespace

Result<ExecCredential> RunExecPlugin(const ExecSpec& spec, Duration timeout) {
  const auto deadline = steady_clock::now() + timeout;
  Child child;
  if (!Start(spec, child)) return Failed(spec, "cannot be started");
  std::string output;
  if (!ReadAll(child.out, deadline, output)) {
    return Failed(spec, "no complete output in time");
  }
  if (!child.EndedWell(deadline)) return Failed(spec, "it failed");
  return ParseCredential(spec, output);
}

}  // namespace selfheal::kubernetes
