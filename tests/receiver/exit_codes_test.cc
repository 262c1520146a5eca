// docs/reference/commands.md says how each command ends; each of its cells is
// run here.
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include "support/paths.h"
#include "tests/receiver/program.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using Words = std::vector<std::string>;

/// A cell of the table: a command and how it ends.
using Cell = std::pair<std::string, int>;

/// The cells of the table that are not empty.
std::set<Cell> DocumentedCells() {
  std::ifstream in(SourceDir() + "/docs/reference/commands.md");
  std::set<Cell> cells;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("<!-- ")) inside = line == "<!-- exit codes -->";
    if (!inside || !line.starts_with("| `")) continue;
    std::istringstream row(line.substr(2));
    std::string command;
    std::getline(row, command, '|');
    command = command.substr(1, command.rfind('`') - 1);
    int code = 0;
    for (std::string cell; std::getline(row, cell, '|'); ++code) {
      if (cell != " - ") cells.emplace(command, code);
    }
  }
  return cells;
}

/// A Prometheus that knows no series.
class EmptyPrometheus {
 public:
  EmptyPrometheus() {
    const auto answer = [](const httplib::Request& request,
                           httplib::Response& response) {
      const bool range = request.path.ends_with("query_range");
      response.set_content(
          std::string(R"({"status":"success","data":{"resultType":")") +
              (range ? "matrix" : "vector") + R"(","result":[]}})",
          "application/json");
    };
    server_.Get(".*", answer);
    server_.Post(".*", answer);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~EmptyPrometheus() {
    server_.stop();
    thread_.join();
  }
  EmptyPrometheus(const EmptyPrometheus&) = delete;
  EmptyPrometheus& operator=(const EmptyPrometheus&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class ExitCodes : public ::testing::Test {
 protected:
  /// A store as `serve` leaves it.
  void SetUp() override {
    Program serve({"serve", "--insecure-dev"}, environment_);
    ASSERT_NE(serve.AwaitPort(), 0) << serve.Wait().err;
    serve.Signal(SIGTERM);
    EXPECT_EQ(serve.Wait().exit_code, 0);
    seen_.emplace("serve", 0);
  }

  std::string File(const std::string& name, const std::string& text) {
    return WriteFile(folder_, name, text);
  }

  /// The first word, or both of `audit`, name the command.
  void Expect(int code, const Words& words,
              const std::map<std::string, std::string>& more = {},
              const Streams& streams = {}) {
    auto environment = more;
    environment.insert(environment_.begin(), environment_.end());
    const Finished finished = RunSelfheal(words, environment, streams);
    EXPECT_EQ(finished.exit_code, code)
        << words[0] << ": " << finished.out << finished.err;
    if (code == 2) {
      EXPECT_NE(finished.err, "") << words[0];
    }
    seen_.emplace(words[0] == "audit" ? words[0] + " " + words[1] : words[0],
                  code);
  }

  void RunService() {
    Program taken({"serve", "--insecure-dev"}, environment_);
    const std::string port = std::to_string(taken.AwaitPort());
    Expect(1, {"serve", "--insecure-dev"},
           {{"DATABASE_URL", "sqlite://" + folder_ + "/other.db"},
            {"SELFHEAL_LISTEN", "127.0.0.1:" + port}});
    Expect(2, {"serve", "--insecure-dev"});
    taken.Signal(SIGTERM);
    EXPECT_EQ(taken.Wait().exit_code, 0);
    Expect(0, {"version"});
    Expect(2, {"version", "--bogus"});
  }

  void RunAuthoring() {
    Expect(0, {"check"});
    Expect(1, {"check", "--config", bad_config_});
    Expect(2, {"check", "--rules", "/nowhere"});
    Expect(0, {"test", SourceDir() + "/tests/scenarios/crash-loop.yml"});
    Expect(1, {"test", folder_ + "/absent.yml"});
    Expect(2, {"test"});
    Expect(0, {"rbac"});
    Expect(2, {"rbac", "--config", bad_config_});
  }

  void RunLooking() {
    Expect(0, {"explain", File("body.json", Payload(1))});
    Expect(1, {"explain", SourceDir() + "/docs/reference/payload.json"});
    Expect(2, {"explain", File("junk.json", "{")});
    const EmptyPrometheus prometheus;
    const Words past = {"backtest", "--from", "now-1d", "--to", "now"};
    Expect(0, past, {{"PROMETHEUS_URL", prometheus.url()}});
    Expect(1, past);
    Expect(2, past, {{"SELFHEAL_RULES", folder_ + "/none"}});
    Expect(2, {"backtest", "--from", "soon", "--to", "now"});
  }

  void RunFilters() {
    std::string rows = "m\n";
    for (int i = 0; i < 200; ++i) rows += std::to_string(i % 7) + "\n";
    const std::string csv = File("rows.csv", rows);
    Expect(0, {"score", "--train", csv, "--test", csv});
    Expect(1, {"score", "--train", csv, "--test", folder_ + "/absent.csv"});
    Expect(2, {"score"});
    Expect(0, {"forecast"});
    Expect(1, {"forecast"}, {}, {.in = File("junk.jsonl", "{\n")});
    Expect(2, {"forecast", "--step", "soon"});
  }

  void RunAudit() {
    const std::map<std::string, std::string> no_store = {
        {"DATABASE_URL", "sqlite:///nowhere/selfheal.db"}};
    for (const Words& part : {Words{"verify"}, Words{"export"}, Words{"replay"},
                              Words{"backup", folder_ + "/copy.db"}}) {
      Words words = {"audit"};
      words.insert(words.end(), part.begin(), part.end());
      Expect(0, words);
      Expect(1, words, no_store);
      words.insert(words.end(), {"--config", bad_config_});
      Expect(2, words);
    }
    Expect(1, {"audit", "verify", "--head", std::string(64, 'f')});
    Expect(2, {"audit", "replay", "01NOSUCHINCIDENT"});
  }

  const std::string folder_ = FreshFolder();
  const std::map<std::string, std::string> environment_ = {
      {"DATABASE_URL", "sqlite://" + folder_ + "/selfheal.db"},
      {"PROMETHEUS_URL", "http://127.0.0.1:1"},
      {"SELFHEAL_LISTEN", "127.0.0.1:0"},
      {"SELFHEAL_RULES", SourceDir() + "/rules"},
      {"SELFHEAL_RUNBOOKS", SourceDir() + "/runbooks"}};
  const std::string bad_config_ = WriteFile(folder_, "c.yaml", "bogus: 1\n");
  std::set<Cell> seen_;
};

TEST_F(ExitCodes, AreThoseOfTheTable) {
  RunService();
  RunAuthoring();
  RunLooking();
  RunFilters();
  RunAudit();
  EXPECT_EQ(seen_, DocumentedCells());
}

TEST_F(ExitCodes, AStdoutThatFailsIsNeverSuccess) {
  const std::string body = File("body.json", Payload(1));
  const std::string scenario = SourceDir() + "/tests/scenarios/crash-loop.yml";
  const std::string windows =
      File("windows.jsonl",
           R"({"history":[],"window":[1,2],"threshold":9,"direction":"above"})"
           "\n");
  const EmptyPrometheus prometheus;
  for (const Words& words :
       {Words{"--help"}, Words{"serve", "--help"}, Words{"check", "--json"},
        Words{"test", scenario}, Words{"explain", body},
        Words{"backtest", "--from", "now-1d", "--to", "now"},
        Words{"score", "--help"}, Words{"forecast"}, Words{"rbac"},
        Words{"audit", "verify"}, Words{"audit", "replay"},
        Words{"audit", "backup", folder_ + "/b.db"}, Words{"version"}}) {
    auto environment = environment_;
    environment["PROMETHEUS_URL"] = prometheus.url();
    const Finished finished =
        RunSelfheal(words, environment, {.in = windows, .out = "/dev/full"});
    EXPECT_EQ(finished.exit_code, 1) << words[0] << ": " << finished.err;
    EXPECT_NE(finished.err.find("selfheal: output: stdout: "),
              std::string::npos)
        << words[0] << ": " << finished.err;
  }
  // A command that says nothing has nothing to lose.
  EXPECT_EQ(RunSelfheal({"check"}, environment_,
                        {.in = "/dev/null", .out = "/dev/full"})
                .exit_code,
            0);
}

}  // namespace
}  // namespace selfheal::testing
