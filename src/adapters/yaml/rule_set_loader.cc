#include "adapters/yaml/rule_set_loader.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/yaml/evidence_needs.h"
#include "adapters/yaml/files.h"
#include "adapters/yaml/matchers.h"
#include "adapters/yaml/rule_reader.h"
#include "adapters/yaml/runbook_reader.h"
#include "config/scalar.h"
#include "core/duration.h"

namespace selfheal::yaml {
namespace {

using Findings = std::vector<SourceFinding>;

/// Reads each file of the folder by `read(root, config, sink)`. A file that
/// cannot be read is a finding like any other. The first file or folder that
/// cannot be read stands in `unreadable`.
template <typename T, typename Reader>
std::vector<T> ReadFolder(std::string_view what, const std::string& folder,
                          const Config& config, Reader read, Findings* findings,
                          std::optional<Error>& unreadable) {
  std::vector<T> loaded;
  const auto paths = ListYamlFiles(ResolveFolder(folder));
  if (!paths && !unreadable) unreadable = paths.error().With(what);
  if (!paths) return loaded;
  for (const std::string& path : *paths) {
    FindingSink sink(path, findings);
    const auto text = ReadFile(path);
    if (!text) {
      sink.Add({}, "cannot be read: " + text.error().message);
      if (!unreadable) {
        unreadable = Error{text.error().code, ToString(findings->back())};
      }
      continue;
    }
    const auto root = ParseTree(*text, sink);
    if (!root) continue;
    auto one = read(*root, config, sink);
    if (one) loaded.push_back(std::move(*one));
  }
  return loaded;
}

void CheckRuleNames(const std::vector<LoadedRule>& rules, Findings* findings) {
  std::map<std::string, SourcePosition> seen;
  for (const LoadedRule& loaded : rules) {
    const Rule& rule = loaded.rule;
    const auto [first, fresh] = seen.emplace(rule.name, rule.position);
    if (fresh) continue;
    findings->push_back({rule.position, "a rule called \"" + rule.name +
                                            "\" stands at " +
                                            ToString(first->second)});
  }
}

void CheckMatchers(const std::vector<LoadedRule>& rules, Findings* findings) {
  std::map<std::string, SourcePosition> seen;
  for (const LoadedRule& loaded : rules) {
    for (std::size_t i = 0; i < loaded.rule.alerts.size(); ++i) {
      const std::string text = CanonicalMatchers(loaded.rule.alerts[i]);
      const auto [first, fresh] = seen.emplace(text, loaded.alerts_at[i]);
      if (fresh) continue;
      findings->push_back(
          {loaded.alerts_at[i], "the same matchers stand at " +
                                    ToString(first->second) +
                                    "; an alert must have one rule"});
    }
  }
}

std::map<std::string, const LoadedRunbook*> IndexRunbooks(
    const std::vector<LoadedRunbook>& runbooks, Findings* findings) {
  std::map<std::string, const LoadedRunbook*> index;
  for (const LoadedRunbook& loaded : runbooks) {
    const Runbook& runbook = loaded.runbook;
    const auto [first, fresh] = index.emplace(runbook.name, &loaded);
    if (fresh) continue;
    findings->push_back(
        {runbook.position, "a runbook called \"" + runbook.name +
                               "\" stands at " +
                               ToString(first->second->runbook.position)});
  }
  return index;
}

void CheckActions(const LoadedRule& loaded, const LoadedRunbook& runbook,
                  Findings* findings) {
  for (std::size_t i = 0; i < runbook.runbook.steps.size(); ++i) {
    const RunbookStep& step = runbook.runbook.steps[i];
    const ActionKind kind = KindOf(step.action);
    if (CanTake(loaded.rule.target, kind) ||
        NamesItsObject(loaded.rule.target, step)) {
      continue;
    }
    findings->push_back({loaded.runbook_at,
                         "action " + std::string(ActionName(kind)) + " (" +
                             ToString(runbook.steps_at[i]) +
                             ") cannot be taken on target " +
                             std::string(TargetModeName(loaded.rule.target))});
  }
}

void CheckCauses(const LoadedRule& loaded, const LoadedRunbook& runbook,
                 Findings* findings) {
  for (std::size_t i = 0; i < runbook.runbook.steps.size(); ++i) {
    for (const Cause cause : runbook.runbook.steps[i].when) {
      const std::string problem = CauseProblem(loaded.rule, cause);
      if (problem.empty()) continue;
      findings->push_back(
          {loaded.runbook_at, "cause " + std::string(CauseName(cause)) + " (" +
                                  ToString(runbook.steps_at[i]) +
                                  ") cannot be told by this rule: " + problem});
    }
  }
}

void CheckWaysBack(const LoadedRule& loaded, const LoadedRunbook& runbook,
                   Findings* findings) {
  for (std::size_t i = 0; i < runbook.runbook.steps.size(); ++i) {
    const auto* out = std::get_if<ScaleOut>(&runbook.runbook.steps[i].action);
    if (out == nullptr || out->back_after == seconds(0)) continue;
    const std::string problem = CalmProblem(loaded.rule, out->back_after);
    if (problem.empty()) continue;
    findings->push_back(
        {loaded.runbook_at, "back_after " + FormatDuration(out->back_after) +
                                " (" + ToString(runbook.steps_at[i]) +
                                ") cannot be told by this rule: " + problem});
  }
}

void CheckRunbooks(const std::vector<LoadedRule>& rules,
                   const std::map<std::string, const LoadedRunbook*>& index,
                   Findings* findings) {
  std::vector<std::string> names;
  for (const auto& [name, runbook] : index) names.push_back(name);
  for (const LoadedRule& loaded : rules) {
    const auto found = index.find(loaded.rule.runbook);
    if (found != index.end()) {
      CheckActions(loaded, *found->second, findings);
      CheckCauses(loaded, *found->second, findings);
      CheckWaysBack(loaded, *found->second, findings);
      continue;
    }
    const std::string_view closest = ClosestName(loaded.rule.runbook, names);
    findings->push_back(
        {loaded.runbook_at,
         "no runbook is called \"" + loaded.rule.runbook + "\"" +
             (closest.empty()
                  ? ""
                  : ", did you mean \"" + std::string(closest) + "\"?")});
  }
}

std::shared_ptr<const RuleSet> MakeSet(std::vector<LoadedRule> rules,
                                       std::vector<LoadedRunbook> runbooks,
                                       const DigestFunction& digest) {
  auto set = std::make_shared<RuleSet>();
  std::string all;
  for (LoadedRule& loaded : rules) {
    loaded.rule.digest = digest(CanonicalRule(loaded.rule));
    all += loaded.rule.digest + "\n";
    set->rules.push_back(std::move(loaded.rule));
  }
  for (LoadedRunbook& loaded : runbooks) {
    Runbook& runbook = loaded.runbook;
    runbook.digest = digest(CanonicalRunbook(runbook));
    all += runbook.digest + "\n";
    set->runbooks.emplace(runbook.name, std::move(runbook));
  }
  set->digest = digest(all);
  return set;
}

}  // namespace

Result<std::shared_ptr<const RuleSet>> LoadRuleSet(const Config& config,
                                                   const DigestFunction& digest,
                                                   Findings* findings) {
  const std::size_t before = findings->size();
  std::optional<Error> unreadable;
  auto rules = ReadFolder<LoadedRule>("rules", config.rules_dir, config,
                                      ReadRule, findings, unreadable);
  auto runbooks =
      ReadFolder<LoadedRunbook>("runbooks", config.runbooks_dir, config,
                                ReadRunbook, findings, unreadable);
  CheckRuleNames(rules, findings);
  CheckMatchers(rules, findings);
  const auto index = IndexRunbooks(runbooks, findings);
  // A runbook that could not be read would look missing.
  if (!unreadable && findings->size() == before) {
    CheckRunbooks(rules, index, findings);
  }
  if (unreadable) return *unreadable;
  if (findings->size() != before) {
    return Error{Code::kInvalidArgument,
                 std::to_string(findings->size() - before) +
                     " findings, first: " + ToString((*findings)[before])};
  }
  return MakeSet(std::move(rules), std::move(runbooks), digest);
}

}  // namespace selfheal::yaml
