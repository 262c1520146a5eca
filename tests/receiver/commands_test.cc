// What the subcommands have in common: help, JSON, colours, exit codes.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "receiver/commands/diff.h"
#include "receiver/program.h"
#include "support/paths.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

const std::string kRules = SourceDir() + "/rules";
const std::string kRunbooks = SourceDir() + "/runbooks";
constexpr char kEscape = '\x1b';

/// What a person sees on a terminal, with `variable` in the environment.
std::string OnTerminal(const std::vector<std::string>& arguments,
                       const char* variable) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    std::vector<std::string> words = {SelfhealBinary()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string set = variable;
    std::array<char*, 2> environment = {set.data(), nullptr};
    execve(argv[0], argv.data(), environment.data());
    _exit(127);
  }
  std::string seen;
  std::array<char, 4096> buffer;
  for (ssize_t n = 0; (n = read(terminal, buffer.data(), buffer.size())) > 0;) {
    seen.append(buffer.data(), static_cast<std::size_t>(n));
  }
  close(terminal);
  waitpid(child, nullptr, 0);
  return seen;
}

std::vector<std::string> TestOf(const std::string& scenario) {
  return {"test",    "--rules",
          kRules,    "--runbooks",
          kRunbooks, SourceDir() + "/tests/scenarios/" + scenario};
}

TEST(Colours, AreForATerminalThatWantsThem) {
  const auto words = TestOf("crash-loop.yml");
  EXPECT_NE(OnTerminal(words, "TERM=xterm").find(kEscape), std::string::npos);
  for (const char* variable : {"NO_COLOR=1", "TERM=dumb"}) {
    const std::string seen = OnTerminal(words, variable);
    EXPECT_NE(seen.find("ok    "), std::string::npos) << seen;
    EXPECT_EQ(seen.find(kEscape), std::string::npos) << variable;
  }
  EXPECT_NE(OnTerminal(words, "NO_COLOR=").find(kEscape), std::string::npos);
  EXPECT_EQ(RunSelfheal(words).out.find(kEscape), std::string::npos);
}

class Help : public ::testing::TestWithParam<const char*> {};

TEST_P(Help, TeachesByExamplesThatHold) {
  const std::string command = GetParam();
  const Finished help = RunSelfheal({command, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  const std::size_t at = help.out.find("\nExamples:\n");
  ASSERT_NE(at, std::string::npos) << help.out;
  EXPECT_NE(help.out.find("\nExit: 0", at), std::string::npos) << help.out;
  EXPECT_NE(help.out.find("  selfheal " + command, at), std::string::npos);
  // Each flag of an example is one of the command, or of a part of it.
  std::string known = help.out.substr(0, at);
  for (const char* part : {"verify", "export", "replay", "backup"}) {
    if (command == "audit") known += RunSelfheal({command, part, "-h"}).out;
  }
  std::istringstream words(help.out.substr(at));
  for (std::string word; words >> word;) {
    if (!word.starts_with("--") || word.size() == 2) continue;
    EXPECT_NE(known.find(word), std::string::npos) << word;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Help,
                         ::testing::Values("serve", "check", "test", "explain",
                                           "backtest", "score", "forecast",
                                           "rbac", "audit", "version"));

TEST(Json, OfCheckHasEachFinding) {
  const std::string folder = FreshFolder();
  std::ofstream(folder + "/bad.yaml") << "kind: Nothing\n";
  const Finished bad = RunSelfheal(
      {"check", "--json", "--rules", folder, "--runbooks", kRunbooks});
  EXPECT_EQ(bad.exit_code, 1);
  const json found = json::parse(bad.out)["findings"];
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0]["file"], folder + "/bad.yaml");
  EXPECT_EQ(found[0]["line"], 1);
  // One that cannot be read hides nothing.
  std::filesystem::create_symlink("gone", folder + "/a.yaml");
  const Finished dangling = RunSelfheal(
      {"check", "--json", "--rules", folder, "--runbooks", kRunbooks});
  EXPECT_EQ(dangling.exit_code, 2);
  const json both = json::parse(dangling.out)["findings"];
  EXPECT_EQ(both.size(), found.size() + 1);
  EXPECT_EQ(both[0]["file"], folder + "/a.yaml");
  const Finished good = RunSelfheal(
      {"check", "--json", "--rules", kRules, "--runbooks", kRunbooks});
  EXPECT_EQ(good.exit_code, 0) << good.out;
  EXPECT_EQ(json::parse(good.out)["findings"], json::array());
  EXPECT_EQ(RunSelfheal({"check", "--json", "--rules", "/nowhere"}).exit_code,
            2);
}

TEST(Json, OfRbacIsTheListOfTheSameRoles) {
  const std::map<std::string, std::string> shipped = {
      {"SELFHEAL_RULES", kRules}, {"SELFHEAL_RUNBOOKS", kRunbooks}};
  const Finished text = RunSelfheal({"rbac"}, shipped);
  const Finished run = RunSelfheal({"rbac", "--json"}, shipped);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const json list = json::parse(run.out);
  EXPECT_EQ(list["kind"], "List");
  ASSERT_EQ(list["items"].size(), 3u);
  for (const json& role : list["items"]) {
    EXPECT_EQ(role["kind"], "ClusterRole");
    EXPECT_FALSE(role["rules"].empty());
    EXPECT_NE(
        text.out.find("name: " + role["metadata"]["name"].get<std::string>()),
        std::string::npos);
  }
  EXPECT_EQ(RunSelfheal({"rbac", "--config", "/nowhere"}).exit_code, 2);
}

TEST(Json, OfAuditTellsTheSameAsTheText) {
  const std::string folder = FreshFolder();
  const std::map<std::string, std::string> store = {
      {"DATABASE_URL", "sqlite://" + folder + "/selfheal.db"}};
  // A store is made by serve; the port is taken by nobody and given back.
  Program serve({"serve", "--insecure-dev"},
                {{"DATABASE_URL", store.at("DATABASE_URL")},
                 {"SELFHEAL_LISTEN", "127.0.0.1:0"},
                 {"SELFHEAL_RULES", kRules},
                 {"SELFHEAL_RUNBOOKS", kRunbooks}});
  ASSERT_NE(serve.AwaitPort(), 0) << serve.Wait().err;
  const Finished run = RunSelfheal({"audit", "verify", "--json"}, store);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const json verified = json::parse(run.out);
  EXPECT_EQ(verified["intact"], true);
  EXPECT_EQ(verified["first_bad"], nullptr);
  const Finished wrong = RunSelfheal(
      {"audit", "verify", "--json", "--head", std::string(64, 'f')}, store);
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(json::parse(wrong.out)["intact"], false);
  for (const std::string& head : {std::string(), std::string(64, 'x')}) {
    EXPECT_EQ(RunSelfheal({"audit", "verify", "--head", head}, store).exit_code,
              2)
        << head;
  }
  const Finished replay = RunSelfheal({"audit", "replay", "--json"}, store);
  EXPECT_EQ(replay.exit_code, 0) << replay.err;
  EXPECT_EQ(json::parse(replay.out)["decisions"], json::array());
  const Finished backup =
      RunSelfheal({"audit", "backup", "--json", folder + "/copy.db"}, store);
  EXPECT_EQ(backup.exit_code, 0) << backup.err;
  EXPECT_EQ(json::parse(backup.out)["file"], folder + "/copy.db");
  EXPECT_EQ(RunSelfheal({"audit", "verify"},
                        {{"DATABASE_URL", "sqlite:///nowhere/a.db"}})
                .exit_code,
            1);
}

std::string Joined(const std::vector<std::string>& expected,
                   const std::vector<std::string>& found) {
  std::string text;
  for (const DiffLine& line : Diff(expected, found)) {
    text += line.mark + line.text;
  }
  return text;
}

TEST(Diff, IsTheShortestWay) {
  EXPECT_EQ(Joined({}, {}), "");
  EXPECT_EQ(Joined({"a"}, {"a"}), " a");
  EXPECT_EQ(Joined({"a"}, {"b"}), "-a+b");
  EXPECT_EQ(Joined({"a", "b", "c"}, {"b", "c", "d"}), "-a b c+d");
  EXPECT_EQ(Joined({}, {"a"}), "+a");
  EXPECT_EQ(Joined({"a", "x", "b"}, {"a", "y", "b"}), " a-x+y b");
}

}  // namespace
}  // namespace selfheal::testing
