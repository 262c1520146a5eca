#include "tests/receiver/program.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "receiver/listener.h"
#include "support/paths.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

class Selfheal : public ::testing::Test {
 protected:
  Selfheal() : folder_(FreshFolder()) {
    WriteFile(folder_, "token", "webhook-t0ken\n");
  }

  /// A good configuration, plus `more` lines.
  std::string Config(const std::string& more = "") {
    return WriteFile(
        folder_, "config.yaml",
        "database: {url: 'sqlite://" + folder_ + "/selfheal.db'}\n" +
            "prometheus: {url: 'http://127.0.0.1:1'}\n" +
            "rules_dir: " + SourceDir() + "/rules\n" +
            "runbooks_dir: " + SourceDir() + "/runbooks\n" +
            (more.find("listen:") == std::string::npos ? "listen: 127.0.0.1:0\n"
                                                       : "") +
            (more.find("auth:") == std::string::npos
                 ? "auth: {webhook_token_file: " + folder_ + "/token}\n"
                 : "") +
            more);
  }

  void ExpectUsage(const Finished& finished, const std::string& start) {
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_EQ(finished.err.rfind("selfheal: " + start, 0), 0u) << finished.err;
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1);
  }

  std::string folder_;
};

std::string Post(int port, int alerts) {
  RawClient client(port);
  client.Send(Request("POST", "/api/v1/alerts", TestServer::kWebhookToken,
                      Payload(alerts)));
  return client.ReadAnswer();
}

TEST_F(Selfheal, PrintsItsVersions) {
  const Finished finished = RunSelfheal({"version"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.out.rfind("selfheal ", 0), 0u);
  for (const char* library : {"cpp-httplib ", "yaml-cpp 0", "SQLite 3"}) {
    EXPECT_NE(finished.out.find(library), std::string::npos) << library;
  }
}

TEST_F(Selfheal, UsageErrorsExit2) {
  ExpectUsage(RunSelfheal({}), "usage: command line: ");
  ExpectUsage(RunSelfheal({"chek"}),
              "usage: command line: no command is called \"chek\", expected "
              "one of serve, check, test, explain, backtest, score, forecast, "
              "rbac, audit, version (see selfheal --help)");
  ExpectUsage(RunSelfheal({"serve", "--bogus"}), "usage: serve: ");
  ExpectUsage(RunSelfheal({"serve", "--role", "king"}), "usage: serve: ");
  const std::string parts =
      "expected one of verify, export, replay, backup, move ";
  ExpectUsage(RunSelfheal({"audit"}), "usage: audit: " + parts);
  for (const char* word : {"foo", "serve"}) {
    ExpectUsage(RunSelfheal({"audit", word}),
                "usage: audit: no command is called \"" + std::string(word) +
                    "\", " + parts + "(see selfheal audit --help)");
  }
  ExpectUsage(RunSelfheal({"audit", "verify", "--bogus"}),
              "usage: audit verify: ");
  EXPECT_EQ(RunSelfheal({"--help"}).exit_code, 0);
}

TEST_F(Selfheal, RefusesToStartWithoutAUsableToken) {
  const std::string key = "config: auth.webhook_token_file: ";
  ExpectUsage(RunSelfheal({"serve", "--config", Config("auth: {}\n")}), key);
  WriteFile(folder_, "blank", " \n");
  for (const std::string& path :
       {folder_ + "/absent", folder_, folder_ + "/blank"}) {
    ExpectUsage(
        RunSelfheal({"serve", "--config",
                     Config("auth: {webhook_token_file: " + path + "}\n")}),
        key + path);
  }
}

TEST_F(Selfheal, InsecureDevBelongsOnLoopback) {
  ExpectUsage(RunSelfheal({"serve", "--insecure-dev", "--config", Config()},
                          {{"SELFHEAL_LISTEN", "0.0.0.0:0"}}),
              "config: --insecure-dev: listen: 0.0.0.0:0: ");
  // Also where somebody wrote down what is the default otherwise.
  for (const char* address : {"[::]:0", "0.0.0.0:8000", "192.0.2.1:8000"}) {
    ExpectUsage(
        RunSelfheal({"serve", "--insecure-dev", "--config",
                     Config("listen: '" + std::string(address) + "'\n")}),
        "config: --insecure-dev: listen: " + std::string(address) + ": ");
  }
  ExpectUsage(RunSelfheal({"serve", "--insecure-dev", "--config",
                           Config("metrics: {listen: 0.0.0.0:0}\n")}),
              "config: --insecure-dev: metrics.listen: 0.0.0.0:0: ");
  Program program({"serve", "--insecure-dev", "--config", Config()});
  const int port = program.AwaitPort();
  ASSERT_NE(port, 0);
  RawClient client(port);
  client.Send(Request("GET", "/api/v1/config", ""));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST_F(Selfheal, WrongConfigurationExits2AndOpensNothing) {
  const Finished finished =
      RunSelfheal({"serve", "--config", Config("bogus: 1\n")});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_NE(finished.err.find("config.yaml:"), std::string::npos);
  EXPECT_EQ(RunSelfheal({"serve", "--config", folder_ + "/absent"}).exit_code,
            2);
  EXPECT_EQ(RunSelfheal({"serve", "--config",
                         Config("tls: {cert_file: " + folder_ +
                                "/token, key_file: " + folder_ + "/token}\n")})
                .exit_code,
            2);
  for (const char* line :
       {"listen: example.org:80\n", "rules_dir: /no/such/folder\n",
        "database: {url: 'postgresql://heal:s3kret@db/heal'}\n"}) {
    const Finished wrong = RunSelfheal({"serve", "--config", Config(line)});
    EXPECT_EQ(wrong.exit_code, 2) << line << wrong.err;
    EXPECT_EQ(wrong.err.find("s3kret"), std::string::npos);
  }
  EXPECT_NE(access((folder_ + "/selfheal.db").c_str(), F_OK), 0);
}

TEST_F(Selfheal, ATakenPortExits1) {
  const auto taken = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(taken.ok());
  const Finished finished = RunSelfheal(
      {"serve", "--config",
       Config("listen: 127.0.0.1:" + std::to_string(taken->port()) + "\n")});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.err.find("Address already in use"), std::string::npos);
}

TEST_F(Selfheal, KeepsWhatItAcknowledgedThroughKill9) {
  const std::string config = Config();
  {
    Program program({"serve", "--config", config});
    const int port = program.AwaitPort();
    ASSERT_NE(port, 0);
    EXPECT_EQ(BodyOf(Post(port, 3)),
              "{\"received\":3,\"new\":3,\"incidents\":[]}\n");
    program.Signal(SIGKILL);
    EXPECT_EQ(program.Wait().exit_code, -1);
  }
  Program again({"serve", "--config", config});
  const int port = again.AwaitPort();
  ASSERT_NE(port, 0);
  EXPECT_EQ(BodyOf(Post(port, 3)),
            "{\"received\":3,\"new\":0,\"incidents\":[]}\n");
  again.Signal(SIGTERM);
  EXPECT_EQ(again.Wait().exit_code, 0);
}

TEST_F(Selfheal, OneStoreBelongsToOneProcess) {
  const std::string config = Config();
  Program program({"serve", "--config", config});
  ASSERT_NE(program.AwaitPort(), 0);
  EXPECT_EQ(RunSelfheal({"serve", "--config", config}).exit_code, 2);
  // The audit may be read beside it.
  const Finished audit = RunSelfheal({"audit", "verify", "--config", config});
  EXPECT_EQ(audit.exit_code, 0) << audit.err;
  EXPECT_EQ(audit.out.rfind("intact: ", 0), 0u);
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(Selfheal, SignalsReloadAndSetTheKillSwitch) {
  WriteFile(folder_, "admin", "root-t0ken");
  const std::string config =
      Config("auth: {webhook_token_file: " + folder_ +
             "/token, admin_token_file: " + folder_ + "/admin}\n");
  const auto ask = [](int port, std::string_view method,
                      std::string_view body = "") {
    RawClient client(port);
    client.Send(Request(method, "/api/v1/kill-switch", "root-t0ken", body));
    return BodyOf(client.ReadAnswer());
  };
  const auto switch_is_on = [&](int port) {
    return ask(port, "GET").find("\"on\":true") != std::string::npos;
  };
  {
    Program program({"serve", "--config", config});
    const int port = program.AwaitPort();
    ASSERT_NE(port, 0);
    EXPECT_FALSE(switch_is_on(port));
    program.Signal(SIGHUP);
    program.Signal(SIGUSR1);
    std::string shown;
    for (int i = 0; i < 1000 && shown.find("\"store\"") == std::string::npos;
         ++i) {
      shown = ask(port, "GET");
    }
    EXPECT_NE(shown.find("\"on\":true"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("\"since\":null"), std::string::npos) << shown;
    program.Signal(SIGKILL);
    program.Wait();
  }
  {
    Program again({"serve", "--config", config});
    const int port = again.AwaitPort();
    EXPECT_TRUE(switch_is_on(port)) << "it outlives the process";
    again.Signal(SIGUSR1);
    // Both are cleared, the signal's flag too.
    std::string shown;
    for (int i = 0; i < 1000 && shown.find("\"process\"") == std::string::npos;
         ++i) {
      shown = ask(port, "GET");
    }
    // More than once: the signal may still be on its way into the store.
    for (int i = 0; i < 100 && switch_is_on(port); ++i) {
      ask(port, "POST", R"({"on":false,"reason":"over"})");
    }
    EXPECT_FALSE(switch_is_on(port));
    again.Signal(SIGTERM);
    EXPECT_EQ(again.Wait().exit_code, 0);
  }
  Program last({"serve", "--config", config});
  EXPECT_FALSE(switch_is_on(last.AwaitPort()));
  last.Signal(SIGTERM);
  EXPECT_EQ(last.Wait().exit_code, 0);
  const Finished exported =
      RunSelfheal({"audit", "export", "--config", config});
  EXPECT_NE(exported.out.find("\"reason\":\"SIGUSR1\""), std::string::npos)
      << exported.out;
}

TEST_F(Selfheal, ABreakerOutlivesTheProcessAndAPersonClosesIt) {
  WriteFile(folder_, "admin", "alice:alice-t0ken\n");
  const std::string config =
      Config("auth: {webhook_token_file: " + folder_ +
             "/token, admin_token_file: " + folder_ + "/admin}\n");
  const auto ask = [](int port, std::string_view method,
                      const std::string& path, std::string_view body = "") {
    RawClient client(port);
    client.Send(Request(method, path, "alice-t0ken", body));
    return client.ReadAnswer();
  };
  const std::string global = "/api/v1/breakers/global";
  {
    Program program({"serve", "--config", config});
    const int port = program.AwaitPort();
    EXPECT_EQ(StatusOf(ask(port, "POST", global,
                           R"({"open":true,"reason":"migration"})")),
              200);
    EXPECT_EQ(StatusOf(ask(port, "POST", "/api/v1/breakers/no-such",
                           R"({"open":false,"reason":"x"})")),
              404);
    program.Signal(SIGKILL);
    program.Wait();
  }
  Program program({"serve", "--config", config});
  const int port = program.AwaitPort();
  const std::string open =
      R"({"scope":"global","open":true,"reason":"migration")";
  EXPECT_NE(BodyOf(ask(port, "GET", "/api/v1/breakers")).find(open),
            std::string::npos);
  EXPECT_NE(BodyOf(ask(port, "GET", "/metrics"))
                .find("selfheal_breaker_open{scope=\"global\"} 1"),
            std::string::npos);
  const std::string closed = BodyOf(ask(
      port, "POST", global, R"({"open":false,"reason":"migration is done"})"));
  EXPECT_NE(closed.find(R"("open":false)"), std::string::npos) << closed;
  EXPECT_NE(BodyOf(ask(port, "GET", "/metrics"))
                .find("selfheal_breaker_open{scope=\"global\"} 0"),
            std::string::npos);
  const Finished audit = RunSelfheal({"audit", "export", "--config", config});
  EXPECT_NE(audit.out.find("closed by admin:alice: migration is done"),
            std::string::npos)
      << audit.out;
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(Selfheal, ChecksFiles) {
  const Finished clean = RunSelfheal({"check", "--config", Config()});
  EXPECT_EQ(clean.exit_code, 0);
  EXPECT_EQ(clean.out, "");
  const std::string from = " from " + SourceDir() + "/";
  EXPECT_NE(clean.err.find(" rules" + from + "rules, "), std::string::npos)
      << clean.err;
  EXPECT_NE(clean.err.find(" runbooks" + from + "runbooks: no findings\n"),
            std::string::npos)
      << clean.err;
  std::filesystem::create_directory(folder_ + "/none");
  const Finished none = RunSelfheal(
      {"check", "--config", Config(), "--rules", folder_ + "/none"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_NE(none.err.find("without a rule every alert is left alone"),
            std::string::npos)
      << none.err;
  const Finished bad = RunSelfheal({"check", "--config", Config("bogus: 1\n")});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_NE(bad.out.find("config.yaml:"), std::string::npos);
  EXPECT_EQ(
      RunSelfheal({"check", "--config", Config(), "--rules", "/nonexistent"})
          .exit_code,
      2);
}

TEST_F(Selfheal, ChecksTheFilesOfTokensAndPasswords) {
  const std::string config =
      Config("alertmanager: {bearer_token_file: " + folder_ +
             "}\nslack: {bot_token_file: /nonexistent/bot, channel: C1}\n");
  const std::vector<std::string> expected = {
      "alertmanager.bearer_token_file: " + folder_ +
          ": is a folder, expected a file with a token\n",
      "slack.bot_token_file: /nonexistent/bot: cannot be read\n"};
  const Finished checked = RunSelfheal({"check", "--config", config});
  EXPECT_EQ(checked.exit_code, 1);
  const Finished served = RunSelfheal({"serve", "--config", config});
  EXPECT_EQ(served.exit_code, 2);
  for (const std::string& line : expected) {
    EXPECT_NE(checked.out.find(line), std::string::npos) << checked.out;
    EXPECT_NE(served.err.find(line), std::string::npos) << served.err;
  }
  WriteFile(folder_, "token", " \n");
  EXPECT_NE(RunSelfheal({"check", "--config", Config()})
                .out.find("auth.webhook_token_file: "),
            std::string::npos);
}

TEST_F(Selfheal, ADatabaseThatIsNotThereIsNamedWithoutItsPassword) {
  const std::map<std::string, std::string> environment = {
      {"DATABASE_URL", "postgresql://heal:s3kret@127.0.0.1:1/heal"}};
  EXPECT_EQ(RunSelfheal({"check", "--config", Config()}, environment).exit_code,
            0);
  const Finished served = RunSelfheal(
      {"serve", "--insecure-dev", "--config", Config()}, environment);
  EXPECT_EQ(served.exit_code, 1);
  EXPECT_NE(served.err.find("postgresql://heal:***@127.0.0.1:1/heal: "),
            std::string::npos)
      << served.err;
  EXPECT_EQ(served.err.find("s3kret"), std::string::npos);
}

TEST_F(Selfheal, ExplainLooksAtTheHistoryOfTheRunningService) {
  const std::string config = Config();
  const std::string payload = WriteFile(folder_, "payload", Payload(1));
  const Finished before =
      RunSelfheal({"explain", "--config", config, "--json", payload});
  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_NE(before.out.find("are not looked at: " + folder_ + "/selfheal.db"),
            std::string::npos)
      << before.out;
  Program program({"serve", "--config", config});
  ASSERT_NE(program.AwaitPort(), 0);
  const Finished during = RunSelfheal({"explain", "--config", config, payload});
  EXPECT_EQ(during.exit_code, 0) << during.err;
  EXPECT_NE(during.err.find("are those of " + folder_ + "/selfheal.db"),
            std::string::npos)
      << during.err;
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(Selfheal, ExplainRefusesABadPayload) {
  const std::string config = Config();
  EXPECT_EQ(RunSelfheal({"explain", "--config", config, folder_ + "/absent"})
                .exit_code,
            2);
  const std::string junk = WriteFile(folder_, "junk", "{");
  const Finished finished =
      RunSelfheal({"explain", "--config", config, "--json", junk});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_NE(finished.err.find("body: is not JSON"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
