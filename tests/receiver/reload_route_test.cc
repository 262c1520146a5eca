#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "support/paths.h"
#include "tests/receiver/program.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

TEST(ReloadRoute, NamesWhatCannotBeRead) {
  const std::string folder = FreshFolder();
  WriteFile(folder, "token", TestServer::kWebhookToken);
  std::filesystem::create_directory(folder + "/rules");
  WriteFile(folder, "admin", "root-t0ken");
  WriteFile(folder, "config.yaml",
            "database: {url: 'sqlite://" + folder + "/store.db'}\n" +
                "rules_dir: " + folder + "/rules\nrunbooks_dir: " +
                SourceDir() + "/runbooks\nlisten: 127.0.0.1:0\n" +
                "auth: {webhook_token_file: " + folder +
                "/token, admin_token_file: " + folder + "/admin}\n");
  Program program({"serve", "--config", folder + "/config.yaml"});
  const int port = program.AwaitPort();
  ASSERT_NE(port, 0);
  const auto reload = [&] {
    RawClient client(port);
    client.Send(Request("POST", "/-/reload", "root-t0ken"));
    return client.ReadAnswer();
  };
  EXPECT_EQ(StatusOf(reload()), 200);
  const auto expect = [&](const std::string& finding) {
    const std::string answer = reload();
    EXPECT_EQ(StatusOf(answer), 422);
    EXPECT_NE(BodyOf(answer).find("\"findings\":[\"" + finding + "\"]"),
              std::string::npos)
        << answer;
  };
  const std::string rule = folder + "/rules/a.yaml";
  std::filesystem::create_symlink(folder + "/absent", rule);
  expect(rule + ":1:1: cannot be read: No such file or directory");
  std::filesystem::remove(rule);
  ASSERT_EQ(mkfifo(rule.c_str(), 0600), 0);
  expect(rule + ":1:1: cannot be read: not a regular file");
  std::filesystem::remove_all(folder + "/rules");
  expect("rules: " + folder + "/rules: No such file or directory");
}

}  // namespace
}  // namespace selfheal::testing
