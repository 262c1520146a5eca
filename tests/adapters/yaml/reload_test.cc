#include <gtest/gtest.h>

#include <thread>

#include "adapters/yaml/check.h"
#include "adapters/yaml/reloadable_runbooks.h"
#include "support/paths.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kRule =
    "apiVersion: selfheal.dev/v1\nkind: Rule\nmetadata: {name: leak}\n"
    "spec:\n  type: memory_leak\n  alerts: ['alertname=\"A\"']\n"
    "  target: workload\n  evidence: {memory: {query: 'max(m{$target})'}}\n"
    "  runbook: restart\n";
constexpr std::string_view kRunbook =
    "apiVersion: selfheal.dev/v1\nkind: Runbook\nmetadata: {name: restart}\n"
    "spec:\n  risk: medium\n  steps:\n    - action: rolling_restart\n"
    "      verify: {}\n";

/// A folder with one good rule and its runbook.
void Fill(const testing::TempFolder& folder) {
  folder.Write("rules/a.yaml", kRule);
  folder.Write("runbooks/a.yaml", kRunbook);
}

std::unique_ptr<ReloadableRunbooks> Load(const Config& config) {
  std::vector<SourceFinding> findings;
  auto source =
      ReloadableRunbooks::Create(config, testing::FakeDigest, &findings);
  EXPECT_TRUE(source.ok());
  return source.ok() ? std::move(*source) : nullptr;
}

TEST(Reload, DefaultsComeFromTheConfiguration) {
  const testing::TempFolder folder;
  Fill(folder);
  Config config = folder.FolderConfig();
  config.judge.anomaly_threshold = 0.9;
  config.judge.prediction_window = seconds(1200);
  config.judge.window = 30;
  config.judge.min_baseline = 77;
  config.verify.within = seconds(400);
  config.verify.settle = seconds(20);
  const auto source = Load(config);
  const auto set = source->Current();
  ASSERT_EQ(set->rules.size(), 1U);
  EXPECT_EQ(set->rules[0].confirm.anomaly_threshold, 0.9);
  EXPECT_EQ(set->rules[0].confirm.horizon, seconds(1200));
  EXPECT_EQ(set->rules[0].confirm.min_baseline, 77);
  EXPECT_EQ(set->rules[0].window, 30);
  EXPECT_EQ(set->rules[0].baseline, config.judge.baseline);
  const RunbookStep& step = set->runbooks.at("restart").steps[0];
  EXPECT_EQ(step.verify_within, seconds(400));
  EXPECT_EQ(step.settle, seconds(20));
  EXPECT_EQ(step.undo, UndoMode::kNone);
}

TEST(Reload, ARuleAsksForMoreThanTheConfigurationNeverForLess) {
  const testing::TempFolder folder;
  Fill(folder);
  folder.Write("rules/a.yaml",
               std::string(kRule) + "  confirm: {anomaly: 0.6}\n");
  EXPECT_EQ(Load(folder.FolderConfig())
                ->Current()
                ->rules[0]
                .confirm.anomaly_threshold,
            0.7);
  folder.Write("rules/a.yaml",
               std::string(kRule) + "  confirm: {anomaly: 0.8}\n");
  EXPECT_EQ(Load(folder.FolderConfig())
                ->Current()
                ->rules[0]
                .confirm.anomaly_threshold,
            0.8);
}

TEST(Reload, ABadSetLeavesTheLastGoodOne) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const auto first = source->Current();
  folder.Write("runbooks/a.yaml",
               std::string(kRunbook) + "      undo: maybe\n");
  std::vector<SourceFinding> findings;
  const auto bad = source->Reload(&findings);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, Code::kInvalidArgument);
  EXPECT_EQ(testing::Texts(findings, folder.Path("")),
            Lines{"runbooks/a.yaml:9:13: expected one of none, automatic; "
                  "found \"maybe\""});
  EXPECT_EQ(source->Current(), first);
}

TEST(Reload, AnEmptyFolderLeavesTheLastGoodOne) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const auto first = source->Current();
  std::filesystem::remove(folder.Path("rules/a.yaml"));
  std::vector<SourceFinding> findings;
  const auto empty = source->Reload(&findings);
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code, Code::kInvalidArgument);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(source->Current(), first);
}

TEST(Reload, AVanishedFolderLeavesTheLastGoodOne) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const auto first = source->Current();
  std::filesystem::remove_all(folder.Path("rules"));
  std::vector<SourceFinding> findings;
  const auto gone = source->Reload(&findings);
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, Code::kNotFound);
  EXPECT_EQ(source->Current(), first);
}

TEST(Reload, AGoodSetIsSwappedAndOldReadersKeepTheirs) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const auto first = source->Current();
  folder.Write("runbooks/a.yaml",
               std::string(kRunbook) + "      undo: automatic\n");
  std::vector<SourceFinding> findings;
  ASSERT_TRUE(source->Reload(&findings).ok());
  const auto second = source->Current();
  EXPECT_EQ(first->runbooks.at("restart").steps[0].undo, UndoMode::kNone);
  EXPECT_EQ(second->runbooks.at("restart").steps[0].undo, UndoMode::kAutomatic);
  EXPECT_NE(first->digest, second->digest);
}

TEST(Reload, TheDigestIsThatOfTheMeaning) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const std::string digest = source->Current()->digest;
  folder.Write("rules/a.yaml",
               "# a comment\n" + std::string(kRule) + "  target: workload\n");
  std::vector<SourceFinding> findings;
  EXPECT_FALSE(source->Reload(&findings).ok());
  folder.Write("rules/a.yaml", "# a comment\n" + std::string(kRule) +
                                   "  window: 60   # the default\n");
  ASSERT_TRUE(source->Reload(&findings).ok());
  EXPECT_EQ(source->Current()->digest, digest);
  folder.Write("rules/a.yaml", std::string(kRule) + "  window: 61\n");
  ASSERT_TRUE(source->Reload(&findings).ok());
  EXPECT_NE(source->Current()->digest, digest);
}

TEST(Reload, ReadersSeeOneWholeSetWhileItChanges) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto set = source->Current();
      ASSERT_EQ(set->rules.size(), 1U);
      ASSERT_EQ(set->runbooks.count(set->rules[0].runbook), 1U);
    }
  });
  for (int i = 0; i < 50; ++i) {
    const std::string name = "restart-" + std::to_string(i);
    std::string rule(kRule);
    std::string runbook(kRunbook);
    rule.replace(rule.find("runbook: restart") + 9, 7, name);
    runbook.replace(runbook.find("name: restart") + 6, 7, name);
    folder.Write("rules/a.yaml", rule);
    folder.Write("runbooks/a.yaml", runbook);
    std::vector<SourceFinding> findings;
    ASSERT_TRUE(source->Reload(&findings).ok());
    EXPECT_EQ(source->Current()->rules[0].runbook, name);
  }
}

TEST(CheckAll, TheShippedFilesAreClean) {
  const std::string root = selfheal::testing::SourceDir();
  std::vector<SourceFinding> findings;
  EXPECT_TRUE(CheckAll({.config_file = root + "/config/selfheal.yaml",
                        .rules_dir = root + "/rules",
                        .runbooks_dir = root + "/runbooks",
                        .environment = {}},
                       &findings)
                  .ok());
  EXPECT_TRUE(findings.empty());
}

TEST(CheckAll, FindingsOfConfigurationAndRulesComeTogether) {
  const testing::TempFolder folder;
  Fill(folder);
  folder.Write("c.yaml", "dry_run: maybe\n");
  folder.Write("rules/a.yaml", std::string(kRule) + "  windw: 60\n");
  std::vector<SourceFinding> findings;
  const auto result = CheckAll({.config_file = folder.Path("c.yaml"),
                                .rules_dir = folder.Path("rules"),
                                .runbooks_dir = folder.Path("runbooks"),
                                .environment = {}},
                               &findings);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kInvalidArgument);
  EXPECT_EQ(testing::Texts(findings, folder.Path("")),
            (Lines{"c.yaml:1:10: expected true or false, found \"maybe\"",
                   "rules/a.yaml:10:3: unknown key \"windw\", did you mean "
                   "\"window\"?"}));
}

TEST(CheckAll, AWrongConfigurationStillNamesItsFolders) {
  const testing::TempFolder folder;
  Fill(folder);
  folder.Write("rules/a.yaml", std::string(kRule) + "  windw: 60\n");
  const auto check = [&](const std::string& rules) {
    folder.Write("c.yaml", "rules_dir: " + folder.Path(rules) +
                               "\nrunbooks_dir: " + folder.Path("runbooks") +
                               "\nbogus: 1\n");
    std::vector<SourceFinding> findings;
    const auto result = CheckAll({.config_file = folder.Path("c.yaml"),
                                  .rules_dir = std::nullopt,
                                  .runbooks_dir = std::nullopt,
                                  .environment = {}},
                                 &findings);
    EXPECT_EQ(result.error().code, Code::kInvalidArgument)
        << result.error().message;
    return testing::Texts(findings, folder.Path(""));
  };
  const std::string bogus = "c.yaml:3:1: unknown key \"bogus\"";
  EXPECT_EQ(check("rules"),
            (Lines{bogus,
                   "rules/a.yaml:10:3: unknown key \"windw\", did you "
                   "mean \"window\"?"}));
  EXPECT_EQ(check("absent"), (Lines{bogus}));
}

TEST(Reload, ADanglingLinkLeavesTheLastGoodOneAndHidesNothing) {
  const testing::TempFolder folder;
  Fill(folder);
  const auto source = Load(folder.FolderConfig());
  const auto first = source->Current();
  folder.Write("rules/a.yaml", std::string(kRule) + "  windw: 60\n");
  folder.Write("runbooks/b.yaml", "kind: [\n");
  for (const char* link : {"rules/0.yaml", "runbooks/0.yaml"}) {
    std::filesystem::create_symlink("gone.yaml", folder.Path(link));
  }
  std::vector<SourceFinding> findings;
  const auto result = source->Reload(&findings);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kNotFound);
  EXPECT_EQ(source->Current(), first);
  const Lines lines = testing::Texts(findings, folder.Path(""));
  ASSERT_EQ(lines.size(), 4U);
  const std::string unread = ":1:1: cannot be read: No such file or directory";
  EXPECT_EQ(lines[0], "rules/0.yaml" + unread);
  EXPECT_EQ(lines[1],
            "rules/a.yaml:10:3: unknown key \"windw\", did you mean "
            "\"window\"?");
  EXPECT_EQ(lines[2], "runbooks/0.yaml" + unread);
  EXPECT_TRUE(lines[3].starts_with("runbooks/b.yaml:")) << lines[3];
}

TEST(CheckAll, AFileThatCannotBeReadIsToldApart) {
  const testing::TempFolder folder;
  std::vector<SourceFinding> findings;
  const auto result = CheckAll({.config_file = folder.Path("none.yaml"),
                                .rules_dir = std::nullopt,
                                .runbooks_dir = std::nullopt,
                                .environment = {}},
                               &findings);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kNotFound);
}

TEST(CheckAll, AMissingFolderDoesNotHideWhatIsWrongInTheOther) {
  const testing::TempFolder folder;
  folder.Write("runbooks/b.yaml", "kind: [\n");
  std::vector<SourceFinding> findings;
  const auto result = CheckAll({.config_file = std::nullopt,
                                .rules_dir = folder.Path("none"),
                                .runbooks_dir = folder.Path("runbooks"),
                                .environment = {}},
                               &findings);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kNotFound);
  EXPECT_TRUE(result.error().message.starts_with("rules: "))
      << result.error().message;
  const Lines lines = testing::Texts(findings, folder.Path(""));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("runbooks/b.yaml:")) << lines[0];
}

}  // namespace
}  // namespace selfheal::yaml
