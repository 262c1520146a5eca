#include "architecture/coverage.h"

#include <algorithm>
#include <regex>

namespace selfheal::architecture {
namespace {

// The value of metadata.name, in block or flow form.
std::string NameOf(const SourceFile& file) {
  static const std::regex kFlow(
      R"(metadata:\s*\{[^}]*name:\s*['"]?([a-z0-9.-]+))");
  static const std::regex kBlock(
      R"(metadata:\s*\n(?:\s+.*\n)*?\s+name:\s*['"]?([a-z0-9.-]+))");
  std::smatch match;
  const std::string text = file.Text();
  if (std::regex_search(text, match, kFlow) ||
      std::regex_search(text, match, kBlock)) {
    return match[1];
  }
  return "";
}

bool Names(const SourceFile& scenario, const std::string& name) {
  const std::regex word("(^|[^a-z0-9-])" + name + "($|[^a-z0-9-])");
  return std::any_of(
      scenario.lines.begin(), scenario.lines.end(),
      [&](const std::string& line) { return std::regex_search(line, word); });
}

}  // namespace

std::vector<std::string> InNoTarget(const std::vector<SourceFile>& tests,
                                    const std::string& compile_commands) {
  std::vector<std::string> findings;
  for (const SourceFile& test : tests) {
    if (!test.path.ends_with("_test.cc")) continue;
    if (compile_commands.find("/" + test.path + "\"") == std::string::npos) {
      findings.push_back(test.path + ": is in no target");
    }
  }
  return findings;
}

std::vector<std::string> WithoutScenario(
    const std::vector<SourceFile>& definitions,
    const std::vector<SourceFile>& scenarios) {
  std::vector<std::string> findings;
  for (const SourceFile& definition : definitions) {
    const std::string name = NameOf(definition);
    if (name.empty()) {
      findings.push_back(definition.path + ": has no metadata.name");
      continue;
    }
    const bool named = std::any_of(
        scenarios.begin(), scenarios.end(),
        [&](const SourceFile& scenario) { return Names(scenario, name); });
    if (!named) {
      findings.push_back(definition.path + ": no scenario names " + name);
    }
  }
  return findings;
}

std::vector<std::string> Unfinished(const std::vector<SourceFile>& files) {
  // Written in pieces, so that this file does not find itself.
  static const std::vector<std::regex> kPatterns = {
      std::regex(std::string(R"(\b(TO)") + "DO|FIX" + "ME|XX" + "X|HA" +
                 R"(CK)\b)"),
      std::regex(std::string("[Nn]ot (yet )?impl") + "emented"),
      std::regex(std::string("(^|[^A-Za-z0-9_.])/(wo") + "rk|fa" + "rm)/")};
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::regex& pattern : kPatterns) {
        std::smatch match;
        if (!std::regex_search(file.lines[i], match, pattern)) continue;
        findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " +
                           match.str());
      }
    }
  }
  return findings;
}

}  // namespace selfheal::architecture
