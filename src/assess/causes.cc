#include "assess/causes.h"

#include <algorithm>
#include <utility>

#include "assess/cause_memory.h"
#include "assess/cause_revision.h"
#include "assess/cause_spread.h"

namespace selfheal {
namespace {

using assess::CauseView;

CauseView ViewOf(Cause cause, const EvidenceWindow& evidence) {
  switch (cause) {
    case Cause::kNewRevision:
      return assess::BeganWithRevision(evidence);
    case Cause::kLeak:
    case Cause::kLowLimit:
      return assess::MemoryView(evidence, cause);
    case Cause::kOnePod:
    case Cause::kSomePods:
    case Cause::kOneNode:
    case Cause::kAllPods:
    case Cause::kLoad:
      return assess::Spread(evidence, cause);
  }
  return {Judgement::kInconclusive, "nothing here tells it"};
}

void AddTo(std::vector<std::pair<std::string, std::string>>& sentences,
           const std::string& reason, Cause cause) {
  for (auto& [known, names] : sentences) {
    if (known != reason) continue;
    names += ", " + std::string(CauseName(cause));
    return;
  }
  sentences.emplace_back(reason, CauseName(cause));
}

bool IsOfPods(Cause cause) {
  switch (cause) {
    case Cause::kOnePod:
    case Cause::kSomePods:
    case Cause::kOneNode:
    case Cause::kAllPods:
    case Cause::kLoad:
      return true;
    case Cause::kNewRevision:
    case Cause::kLeak:
    case Cause::kLowLimit:
      return false;
  }
  return false;
}

}  // namespace

Causes FindCauses(const EvidenceWindow& evidence,
                  std::span<const Cause> asked) {
  Causes causes;
  // Causes of one reason share a sentence: reason -> their names.
  std::vector<std::pair<std::string, std::string>> denied;
  std::vector<std::pair<std::string, std::string>> untold;
  for (const Cause cause : asked) {
    CauseView view = ViewOf(cause, evidence);
    switch (view.holds) {
      case Judgement::kConfirmed:
        causes.holding.push_back(
            {cause, std::move(view.reason), std::move(view.names)});
        break;
      case Judgement::kNotConfirmed:
        AddTo(denied, view.reason, cause);
        break;
      case Judgement::kInconclusive:
        AddTo(untold, view.reason, cause);
        break;
    }
  }
  for (const auto& [reason, names] : denied) {
    causes.others.push_back("not " + names + ": " + reason);
  }
  for (const auto& [reason, names] : untold) {
    causes.others.push_back(names + " can't be told: " + reason);
  }
  return causes;
}

bool NeedsPods(std::span<const Cause> asked) {
  return std::any_of(asked.begin(), asked.end(), IsOfPods);
}

}  // namespace selfheal
