#include "app/audit_replay.h"

#include <map>

#include "adapters/crypto/digest.h"
#include "adapters/sql/audited_decisions.h"
#include "app/database.h"
#include "flow/replay.h"
#include "verify/compared.h"

namespace selfheal {
namespace {

ReplayedDecision Took(const AuditRecord& record, const Replay& replay) {
  switch (replay.outcome) {
    case ReplayOutcome::kIdentical:
      return {record, ReplayState::kIdentical, replay.detail};
    case ReplayOutcome::kDifferent:
      return {record, ReplayState::kDifferent, replay.detail};
    case ReplayOutcome::kOtherJudge:
      return {record, ReplayState::kOtherJudge, replay.detail};
  }
  return {record, ReplayState::kDifferent, replay.detail};
}

ReplayedDecision Decide(const AuditedDecision& decision) {
  const AuditRecord& record = decision.record;
  if (record.stage == Stage::kGuard) return Took(record, ReplayVerdict(record));
  if (record.stage == Stage::kVerify) {
    if (!StateOf(record.data)) {
      return {record, ReplayState::kNotKept,
              "what it compared was not kept (an older release)"};
    }
    return Took(record, ReplayVerification(record));
  }
  if (decision.kept.ok()) {
    return Took(record, ReplayAssessment(record, *decision.kept));
  }
  const Error& error = decision.kept.error();
  const bool lost = error.code == Code::kDataLoss;
  return {record, lost ? ReplayState::kDifferent : ReplayState::kNotKept,
          lost ? "its windows were altered: " + error.message : error.message};
}

/// Tells what retention dropped, the oldest of an incident, from what somebody
/// took away.
class Missing {
 public:
  void Note(const AuditedDecision& decision, std::size_t index) {
    if (decision.record.stage != Stage::kAssess) return;
    Of& of = incidents_[decision.record.incident_id];
    if (!decision.kept.ok()) {
      if (decision.kept.error().code == Code::kNotFound) {
        of.missing.push_back(index);
      }
    } else if (!of.kept) {
      of.kept = true;
      of.missing.clear();
    }
  }

  void Tell(std::vector<ReplayedDecision>& all) const {
    for (const auto& [incident, of] : incidents_) {
      for (const std::size_t index : of.missing) {
        all[index].state = ReplayState::kDifferent;
        all[index].detail = "its windows were taken away";
      }
    }
  }

 private:
  struct Of {
    bool kept = false;                 ///< Windows of it were seen.
    std::vector<std::size_t> missing;  ///< Since then, or of all so far.
  };
  std::map<std::string, Of> incidents_;
};

}  // namespace

std::string_view ReplayStateName(ReplayState state) {
  switch (state) {
    case ReplayState::kIdentical:
      return "identical";
    case ReplayState::kDifferent:
      return "different";
    case ReplayState::kOtherJudge:
      return "not replayable";
    case ReplayState::kNotKept:
      return "not kept";
  }
  return "different";
}

Result<std::vector<ReplayedDecision>> ReplayAuditOf(
    const Config& config, const std::string& incident) {
  auto db = OpenAuditOf(config);
  if (!db.ok()) return db.error();
  std::vector<ReplayedDecision> all;
  Missing missing;
  const auto done = VisitDecisions(**db, incident, Sha256Hex,
                                   [&](const AuditedDecision& decision) {
                                     missing.Note(decision, all.size());
                                     all.push_back(Decide(decision));
                                   });
  if (!done.ok()) return done.error();
  missing.Tell(all);
  return all;
}

}  // namespace selfheal
