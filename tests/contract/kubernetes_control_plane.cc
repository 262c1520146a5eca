#include "tests/contract/kubernetes_control_plane.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/kubesim/client.h"

namespace selfheal::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kStartDeadline{90};

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

std::string Environment(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

std::string AssetsFolder() {
  const std::string home = Environment("HOME", "/root");
  const std::string cache = Environment("XDG_CACHE_HOME", home + "/.cache");
  return Environment(
      "KUBEBUILDER_ASSETS",
      Environment("SELFHEAL_CACHE", cache + "/selfheal") + "/kubernetes");
}

std::string FindProgram(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/usr/sbin/"}) {
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  const std::string asset = AssetsFolder() + "/" + name;
  return access(asset.c_str(), X_OK) == 0 ? asset : std::string{};
}

}  // namespace

KubernetesControlPlane::~KubernetesControlPlane() {
  for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
    kill(*child, SIGKILL);
    waitpid(*child, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::string KubernetesControlPlane::url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}

void KubernetesControlPlane::Launch(const std::string& program,
                                    std::vector<std::string> arguments) {
  const std::string log = folder_ + "/" + arguments.front() + ".log";
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    if (chdir(folder_.c_str()) != 0) _exit(126);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  children_.push_back(child);
}

std::string KubernetesControlPlane::WriteKeys() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  if (key == nullptr) return "cannot make a key";
  const std::string path = folder_ + "/service-account.key";
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file != nullptr) {
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  EVP_PKEY_free(key);
  std::ofstream(folder_ + "/tokens.csv")
      << token() << ",admin,admin,\"system:masters\"\n";
  return {};
}

std::string KubernetesControlPlane::Start(bool* missing) {
  const std::string etcd = FindProgram("etcd");
  const std::string server = AssetsFolder() + "/controlplane";
  *missing = true;
  if (etcd.empty()) return "etcd is not installed (Debian: etcd-server)";
  if (access(server.c_str(), X_OK) != 0) {
    return "no kube-apiserver: " + server +
           " is absent (KUBEBUILDER_ASSETS names its folder)";
  }
  *missing = false;
  std::string pattern = fs::temp_directory_path() / "kube-contract-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) return "no temporary folder";
  folder_ = pattern;
  const std::string problem = WriteKeys();
  if (!problem.empty()) return problem;
  const std::string client = "http://127.0.0.1:" + std::to_string(FreePort());
  const std::string peer = "http://127.0.0.1:" + std::to_string(FreePort());
  port_ = FreePort();
  Launch(etcd,
         {"etcd", "--data-dir", folder_ + "/etcd", "--unsafe-no-fsync",
          "--listen-client-urls", client, "--advertise-client-urls", client,
          "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
          "--initial-cluster", "default=" + peer});
  const std::string key = folder_ + "/service-account.key";
  Launch(server, {"kube-apiserver",
                  "--etcd-servers",
                  client,
                  "--cert-dir",
                  folder_ + "/certs",
                  "--bind-address",
                  "127.0.0.1",
                  "--secure-port",
                  std::to_string(port_),
                  "--service-account-issuer",
                  "https://kubernetes.default.svc",
                  "--service-account-key-file",
                  key,
                  "--service-account-signing-key-file",
                  key,
                  "--authorization-mode",
                  "RBAC",
                  "--token-auth-file",
                  folder_ + "/tokens.csv",
                  "--service-cluster-ip-range",
                  "10.0.0.0/24",
                  "--allow-privileged=true",
                  "--disable-admission-plugins",
                  "ServiceAccount",
                  "--endpoint-reconciler-type",
                  "none"});
  return WaitUntilReady() ? "" : "kube-apiserver did not become ready";
}

bool KubernetesControlPlane::WaitUntilReady() {
  const kubesim::Client client(url(), token());
  const steady_clock::time_point deadline =
      steady_clock::now() + kStartDeadline;
  while (steady_clock::now() < deadline) {
    if (client.Get("/readyz").code == 200) return true;
    for (auto child = children_.begin(); child != children_.end(); ++child) {
      if (waitpid(*child, nullptr, WNOHANG) == 0) continue;
      children_.erase(child);  // It is gone: its number is no longer ours.
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return false;
}

}  // namespace selfheal::testing
