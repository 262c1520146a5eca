#include "adapters/kubernetes/access.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "adapters/http/base64.h"

namespace selfheal::kubernetes {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    std::string name = ::testing::TempDir() + "accessXXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~AccessTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  std::string Script(const std::string& name, const std::string& text) {
    const std::string path = Write(name, "#!/bin/sh\n" + text);
    chmod(path.c_str(), 0700);
    return path;
  }

  std::string folder_;
};

std::string Config(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: dev\n"
         "contexts:\n- name: dev\n  context: {cluster: c, user: u, "
         "namespace: shop}\n"
         "clusters:\n- name: c\n  cluster: " +
         cluster + "\nusers:\n- name: u\n  user: " + user + "\n";
}

constexpr const char* kServer = "{server: 'https://10.0.0.1:6443'}";

TEST_F(AccessTest, ReadsATokenAndACaFileBesideIt) {
  const auto access = LoadKubeconfig(Write(
      "config", Config("{server: 'https://k:6443', certificate-authority: "
                       "pki/ca.crt, tls-server-name: kubernetes}",
                       "{token: abc}")));
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->server, "https://k:6443");
  EXPECT_EQ(access->ns, "shop");
  EXPECT_EQ(access->token, "abc");
  EXPECT_EQ(access->tls.ca_file, folder_ + "/pki/ca.crt");
  EXPECT_EQ(access->tls.server_name, "kubernetes");
}

TEST_F(AccessTest, InlineDataWinsOverPaths) {
  const std::string data = http::Base64Encode("-----BEGIN X-----");
  const auto access = LoadKubeconfig(Write(
      "config", Config("{server: 'https://k', certificate-authority: a, "
                       "certificate-authority-data: " +
                           data + "}",
                       "{client-certificate: b, client-certificate-data: " +
                           data + ", client-key: /abs/key, tokenFile: t}")));
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->tls.ca_pem, "-----BEGIN X-----");
  EXPECT_EQ(access->tls.ca_file, "");
  EXPECT_EQ(access->tls.cert_pem, "-----BEGIN X-----");
  EXPECT_EQ(access->tls.key_file, "/abs/key");
  EXPECT_EQ(access->token_file, folder_ + "/t");
}

TEST_F(AccessTest, ReadsJsonAsWell) {
  const auto access = LoadKubeconfig(Write("config", R"({
    "current-context":"a","contexts":[{"name":"a","context":{"cluster":"b",
    "user":"c"}}],"clusters":[{"name":"b","cluster":{"server":"https://x"}}],
    "users":[{"name":"c","user":{"username":"n","password":"p"}}]})"));
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->username, "n");
  EXPECT_EQ(access->password, "p");
}

TEST_F(AccessTest, TheFirstFileThatNamesAThingWins) {
  const std::string first =
      Write("first",
            "current-context: dev\nusers:\n- name: u\n  user: "
            "{token: first}\n");
  const std::string second =
      Write("second", Config(kServer, "{token: second}"));
  const auto access =
      LoadKubeconfig(folder_ + "/missing:" + first + ":" + second);
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->token, "first");
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
}

TEST_F(AccessTest, RefusesWhatItCannotOrMustNotUse) {
  const std::vector<std::string> bad = {
      "",
      "[]",
      "a: [",
      "just text",
      Config(kServer, "{token: t}").replace(0, 1, "current-context: x\nA"),
      Config("{}", "{token: t}"),
      Config("{server: 'https://k', insecure-skip-tls-verify: true}",
             "{token: s3cret}"),
      Config("{server: 'https://k', proxy-url: 'http://p'}", "{token: t}"),
      Config("{server: 'https://k', certificate-authority-data: '!!'}",
             "{token: t}"),
      Config(kServer, "{auth-provider: {name: gcp}}"),
      Config(kServer, "{token: t, as: admin}"),
      Config(kServer, "{exec: {command: x}}"),
  };
  for (const std::string& text : bad) {
    const auto access = LoadKubeconfig(Write("config", text));
    ASSERT_FALSE(access.ok()) << text;
    EXPECT_EQ(access.error().code, Code::kInvalidArgument);
    EXPECT_EQ(access.error().message.find("s3cret"), std::string::npos);
  }
  EXPECT_FALSE(LoadKubeconfig(folder_ + "/none").ok());
  EXPECT_FALSE(LoadKubeconfig(folder_).ok());
}

TEST_F(AccessTest, FindsTheServiceAccountOfAPod) {
  Write("token", "tok\n");
  Write("ca.crt", "ca");
  Write("namespace", "shop");
  unsetenv("KUBERNETES_SERVICE_HOST");
  EXPECT_FALSE(InClusterAccess(folder_).ok());
  setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
  setenv("KUBERNETES_SERVICE_PORT", "443", 1);
  const auto access = InClusterAccess(folder_);
  std::filesystem::remove(folder_ + "/token");
  const auto without_token = InClusterAccess(folder_);
  unsetenv("KUBERNETES_SERVICE_HOST");
  unsetenv("KUBERNETES_SERVICE_PORT");
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->server, "https://[fd00::1]:443");
  EXPECT_EQ(access->token_file, folder_ + "/token");
  EXPECT_EQ(access->ns, "shop");
  EXPECT_FALSE(without_token.ok());
}

ExecSpec Spec(const std::string& command) {
  return {.api_version = "client.authentication.k8s.io/v1",
          .command = command,
          .args = {},
          .env = {}};
}

TEST_F(AccessTest, RunsAnExecPlugin) {
  ExecSpec spec = Spec(Script("plugin", R"(
test "$1" = "a b" || exit 1
test "$WHO" = "me" || exit 1
echo "$KUBERNETES_EXEC_INFO" | grep -q '"interactive":false' || exit 1
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",
 "status":{"token":"tok","expirationTimestamp":"2030-01-01T00:00:00Z"}}'
)"));
  spec.args = {"a b"};
  spec.env = {{"WHO", "me"}};
  const auto credential = RunExecPlugin(spec, seconds(10));
  ASSERT_TRUE(credential.ok()) << credential.error().message;
  EXPECT_EQ(credential->token, "tok");
  EXPECT_EQ(FormatTime(*credential->expires_at), "2030-01-01T00:00:00.000Z");
}

TEST_F(AccessTest, RefusesAnExecPluginThatMisbehaves) {
  const auto envelope = [](const std::string& version,
                           const std::string& status) {
    return "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + version +
           "\",\"status\":" + status + "}'";
  };
  const std::string v1 = "client.authentication.k8s.io/v1";
  for (const std::string& script :
       {std::string("exit 0"), std::string("echo s3cret"),
        envelope(v1, "{\"token\":\"t\"}") + "; exit 3", envelope(v1, "{}"),
        envelope("client.authentication.k8s.io/v1beta1", "{\"token\":\"t\"}"),
        envelope(v1, "{\"token\":5}"),
        envelope(v1, "{\"clientCertificateData\":\"c\"}"),
        std::string("head -c 3000000 /dev/zero")}) {
    const auto credential =
        RunExecPlugin(Spec(Script("plugin", script)), seconds(10));
    ASSERT_FALSE(credential.ok()) << script;
    EXPECT_EQ(credential.error().code, Code::kUnauthenticated);
    EXPECT_EQ(credential.error().message.find("s3cret"), std::string::npos);
  }
  EXPECT_FALSE(RunExecPlugin(Spec(folder_ + "/none"), seconds(1)).ok());
}

TEST_F(AccessTest, KillsAnExecPluginThatHangs) {
  const auto start = std::chrono::steady_clock::now();
  for (const char* script : {"sleep 60", "exec 1>&-; sleep 60"}) {
    EXPECT_FALSE(
        RunExecPlugin(Spec(Script("plugin", script)), milliseconds(200)).ok());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
}

}  // namespace
}  // namespace selfheal::kubernetes
