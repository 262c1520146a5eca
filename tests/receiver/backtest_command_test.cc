#include <gtest/gtest.h>

#include <fstream>

#include "receiver/commands/backtest_report.h"
#include "receiver/commands/moment.h"
#include "receiver/commands/progress.h"
#include "receiver/program.h"
#include "support/paths.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

const Time kNow = *ParseTime("2026-11-30T12:00:00Z");

TEST(ParseMoment, TakesWhatPeopleWrite) {
  EXPECT_EQ(ParseMoment("now", kNow), kNow);
  EXPECT_EQ(ParseMoment("now-30d", kNow), *ParseTime("2026-10-31T12:00:00Z"));
  EXPECT_EQ(ParseMoment("2026-11-01", kNow),
            *ParseTime("2026-11-01T00:00:00Z"));
  EXPECT_EQ(ParseMoment("2026-11-01T10:00:00+02:00", kNow),
            *ParseTime("2026-11-01T08:00:00Z"));
  for (const char* text : {"", "yesterday", "now-", "now-30", "now+1d",
                           "2026-13-01", "1700000000"}) {
    EXPECT_FALSE(ParseMoment(text, kNow)) << text;
  }
}

TEST(ProgressLine, HasRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine("alerts judged", 120, 500, std::chrono::seconds(3)),
            "alerts judged: 120 of 500, 40 a second, 10s left");
  EXPECT_EQ(ProgressLine("alerts judged", 3, 9, std::chrono::seconds(2)),
            "alerts judged: 3 of 9, 1.5 a second, 4s left");
  EXPECT_EQ(ProgressLine("x", 0, 9, std::chrono::seconds(2)), "x: 0 of 9");
  EXPECT_EQ(ProgressLine("x", 9, 9, std::chrono::seconds(2)), "x: 9 of 9");
}

TEST(BacktestReportText, SaysWhatFollowsAStepThatDoesNotHelp) {
  auto rules = std::make_shared<RuleSet>();
  rules->rules.resize(1);
  Runbook& runbook = rules->runbooks["leak"];
  runbook.name = "leak";
  runbook.steps = {{.action = RollingRestart{}}, {.action = ScaleOut{}}};
  PastEpisode episode;
  episode.rule = &rules->rules.front();
  episode.end = PastEnd::kActs;
  episode.runbook = &runbook;
  episode.step = &runbook.steps[0];
  PastEpisode two = episode;
  two.then = {&runbook.steps[1]};
  const BacktestReport report{kNow, kNow, {episode, two}, {}, rules};
  const std::string text = BacktestText(report, Ink());
  EXPECT_NE(text.find("1 x rolling_restart of leak, else a person\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("1 x rolling_restart of leak, else scale_out, else a "
                      "person\n"),
            std::string::npos);
  EXPECT_NE(BacktestJson(report).find(R"("scale_out")"), std::string::npos);
}

TEST(BacktestReportText, IsSafeForATerminal) {
  auto rules = std::make_shared<RuleSet>();
  rules->rules.resize(1);
  rules->rules.front().name = "leak";
  PastEpisode episode;
  episode.alert.labels = {{"alertname", "A\x1b[31m"}};
  episode.alert.starts_at = kNow;
  PastEpisode matched = episode;
  matched.rule = &rules->rules.front();
  matched.end = PastEnd::kDismissed;
  matched.reason = "calm\x1b]0;owned\x07";
  const BacktestReport report{
      kNow - seconds(3600), kNow, {episode, matched}, {"storm"}, rules};
  const std::string text = BacktestText(report, Ink());
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_NE(text.find("1 dismissed as false alarms"), std::string::npos);
  EXPECT_NE(text.find("calm?]0;owned?"), std::string::npos);
  EXPECT_NE(text.find("1 x A?[31m"), std::string::npos);
  EXPECT_NE(BacktestJson(report).find(R"("end": "dismissed")"),
            std::string::npos);
}

class BacktestCommand : public ::testing::Test {
 protected:
  Finished Run(std::vector<std::string> more) {
    std::vector<std::string> words = {"backtest"};
    words.insert(words.end(), more.begin(), more.end());
    return RunSelfheal(words,
                       {{"PROMETHEUS_URL", "http://127.0.0.1:1"},
                        {"SELFHEAL_RULES", SourceDir() + "/rules"},
                        {"SELFHEAL_RUNBOOKS", SourceDir() + "/runbooks"}});
  }
};

TEST_F(BacktestCommand, WithoutPrometheusFails) {
  const Finished run = Run({"--from", "now-1d", "--to", "now"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err.substr(0, 25), "selfheal: backtest: ALERT") << run.err;
}

TEST_F(BacktestCommand, WrongWordsAreUsageErrors) {
  EXPECT_EQ(Run({"--from", "now-1d"}).exit_code, 2);
  EXPECT_EQ(Run({"--from", "soon", "--to", "now"}).exit_code, 2);
  EXPECT_EQ(Run({"--from", "now", "--to", "now-1d"}).exit_code, 2);
  const Finished none =
      Run({"--from", "now-1d", "--to", "now", "--config", "/nowhere.yaml"});
  EXPECT_EQ(none.exit_code, 2) << none.err;
}

TEST_F(BacktestCommand, ARuleThatIsWrongIsUsage) {
  const std::string folder = FreshFolder();
  std::ofstream(folder + "/bad.yaml") << "kind: Nothing\n";
  const Finished run =
      RunSelfheal({"backtest", "--from", "now-1d", "--to", "now"},
                  {{"SELFHEAL_RULES", folder},
                   {"SELFHEAL_RUNBOOKS", SourceDir() + "/runbooks"}});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("bad.yaml:1"), std::string::npos) << run.err;
}

TEST_F(BacktestCommand, HelpTeachesByExample) {
  const Finished run = Run({"--help"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_NE(run.out.find("selfheal backtest --from now-30d --to now"),
            std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
