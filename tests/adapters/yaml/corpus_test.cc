// The corpus and its mutations: the loader never crashes, never accepts a
// document in part, and points into the file that it speaks of.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "adapters/yaml/config_loader.h"
#include "adapters/yaml/files.h"
#include "adapters/yaml/knob_reader.h"
#include "adapters/yaml/rule_reader.h"
#include "adapters/yaml/runbook_reader.h"
#include "support/paths.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

struct Document {
  std::string name;
  std::string text;
};

std::vector<Document> Corpus() {
  std::vector<Document> documents;
  const std::string root = selfheal::testing::SourceDir();
  for (const std::string folder :
       {"/tests/adapters/yaml/corpus", "/rules", "/runbooks", "/config"}) {
    const auto paths = ListYamlFiles(root + folder);
    EXPECT_TRUE(paths.ok());
    if (!paths.ok()) continue;
    for (const std::string& path : *paths) {
      const auto text = ReadFile(path);
      EXPECT_TRUE(text.ok()) << path;
      if (!text.ok()) continue;
      documents.push_back(
          {std::filesystem::path(path).filename().string(), *text});
    }
  }
  return documents;
}

/// Reads `text` as all three kinds; the findings as a rule or a runbook.
std::vector<SourceFinding> ReadAll(const std::string& text, bool* accepted) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  const auto tree = ParseTree(text, sink);
  EXPECT_EQ(tree.has_value(), findings.empty());
  *accepted = false;
  if (!tree) return findings;
  Config config;
  std::vector<SourceFinding> ignored;
  FindingSink knobs_sink("f", &ignored);
  (void)ReadKnobs(*tree, Knobs(config), knobs_sink);
  std::vector<SourceFinding> as_rule;
  FindingSink rule_sink("f", &as_rule);
  const bool rule = ReadRule(*tree, Config(), rule_sink).has_value();
  EXPECT_EQ(rule, as_rule.empty());
  const bool runbook = ReadRunbook(*tree, Config(), sink).has_value();
  EXPECT_EQ(runbook, findings.empty());
  *accepted = rule || runbook;
  return text.find("kind: Rule\n") == std::string::npos ? findings : as_rule;
}

void ExpectPlaces(const std::string& text,
                  const std::vector<SourceFinding>& findings) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  for (const SourceFinding& finding : findings) {
    EXPECT_GE(finding.position.line, 1) << ToString(finding);
    EXPECT_LE(finding.position.line, lines) << ToString(finding);
    EXPECT_GE(finding.position.column, 1) << ToString(finding);
    EXPECT_FALSE(finding.message.empty());
  }
}

TEST(Corpus, GoodDocumentsLoadAndOthersDoNot) {
  int good = 0;
  int bad = 0;
  for (const Document& document : Corpus()) {
    if (document.name == "selfheal.yaml") continue;
    bool accepted = false;
    const auto findings = ReadAll(document.text, &accepted);
    const bool expected = !document.name.starts_with("bad-") &&
                          !document.name.starts_with("loader-");
    EXPECT_EQ(accepted, expected)
        << document.name << ": "
        << (findings.empty() ? "" : ToString(findings[0]));
    ExpectPlaces(document.text, findings);
    (expected ? good : bad)++;
  }
  EXPECT_GE(good, 10);
  EXPECT_GE(bad, 40);
}

TEST(Corpus, EveryPrefixIsJudged) {
  for (const Document& document : Corpus()) {
    const std::size_t step = document.text.size() / 60 + 1;
    for (std::size_t end = 0; end < document.text.size(); end += step) {
      bool accepted = false;
      const std::string text = document.text.substr(0, end);
      ExpectPlaces(text, ReadAll(text, &accepted));
    }
  }
}

/// Replaces, inserts, deletes or repeats a piece of `text`.
std::string Mutated(std::string text, std::mt19937& random) {
  static const std::vector<std::string> kPieces = {":",
                                                   ": ",
                                                   "- ",
                                                   "\n",
                                                   "\n  ",
                                                   " ",
                                                   "\"",
                                                   "'",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   ",",
                                                   "#",
                                                   "|",
                                                   ">",
                                                   "&a ",
                                                   "*a",
                                                   "!",
                                                   "%",
                                                   "\t",
                                                   "? ",
                                                   "---\n",
                                                   "~",
                                                   "\\",
                                                   "<<: ",
                                                   "\r\n",
                                                   "$",
                                                   "0",
                                                   "-1",
                                                   "1e99",
                                                   "99999999999999999999",
                                                   "\xC3",
                                                   "\xE2\x80\xA8",
                                                   "\xF0\x9F\x92\xA9",
                                                   std::string(1, '\0'),
                                                   "true",
                                                   "null",
                                                   "5m"};
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const std::size_t edits = 1 + below(4);
  for (std::size_t i = 0; i < edits; ++i) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(40)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
    }
  }
  return text;
}

TEST(Corpus, MutationsNeverCrashAndArePlaced) {
  std::mt19937 random(20250101);  // Reproducible: the same mutations each run.
  int accepted_count = 0;
  int refused_count = 0;
  for (const Document& document : Corpus()) {
    if (document.name == "selfheal.yaml") continue;
    for (int i = 0; i < 60; ++i) {
      const std::string text = Mutated(document.text, random);
      bool accepted = false;
      const auto findings = ReadAll(text, &accepted);
      ExpectPlaces(text, findings);
      (accepted ? accepted_count : refused_count)++;
    }
  }
  EXPECT_GT(accepted_count, 10);
  EXPECT_GT(refused_count, 1000);
}

}  // namespace
}  // namespace selfheal::yaml
