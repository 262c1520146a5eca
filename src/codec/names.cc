#include "codec/names.h"

#include <array>

namespace selfheal {
namespace {

/// The one of `all` whose name is `name`.
template <typename Enum, std::size_t N, typename NameOf>
std::optional<Enum> Find(std::string_view name, const std::array<Enum, N>& all,
                         NameOf name_of) {
  for (const Enum value : all) {
    if (name_of(value) == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ActionKind> ParseActionKind(std::string_view name) {
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const auto kind = static_cast<ActionKind>(i);
    if (ActionName(kind) == name) return kind;
  }
  return std::nullopt;
}

std::optional<ActionResult> ParseActionResult(std::string_view name) {
  using enum ActionResult;
  return Find(name,
              std::array{kInFlight, kMitigated, kNotMitigated, kInconclusive,
                         kFailed, kCancelled},
              ActionResultName);
}

std::optional<Judgement> ParseJudgement(std::string_view name) {
  using enum Judgement;
  return Find(name, std::array{kConfirmed, kNotConfirmed, kInconclusive},
              JudgementName);
}

std::optional<FindingOutcome> ParseFinding(std::string_view name) {
  using enum FindingOutcome;
  return Find(name, std::array{kAllow, kNeedsApproval, kDeny}, FindingName);
}

std::optional<ExecutionOutcome> ParseOutcome(std::string_view name) {
  using enum ExecutionOutcome;
  return Find(name,
              std::array{kApplied, kAlreadyTrue, kRefused, kUnknown, kDryRun},
              OutcomeName);
}

std::optional<VerificationOutcome> ParseVerification(std::string_view name) {
  using enum VerificationOutcome;
  return Find(name, std::array{kMitigated, kNotMitigated, kInconclusive},
              VerificationName);
}

std::optional<ApprovalState> ParseApprovalState(std::string_view name) {
  using enum ApprovalState;
  return Find(name,
              std::array{kPending, kGranted, kDenied, kExpired, kConsumed},
              ApprovalStateName);
}

std::optional<Risk> ParseRisk(std::string_view name) {
  using enum Risk;
  return Find(name, std::array{kLow, kMedium, kHigh}, RiskName);
}

std::optional<Stage> ParseStage(std::string_view name) {
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    if (kStageNames[i] == name) return static_cast<Stage>(i);
  }
  return std::nullopt;
}

std::string_view DirectionName(BadDirection direction) {
  switch (direction) {
    case BadDirection::kRises:
      return "rises";
    case BadDirection::kFalls:
      return "falls";
    case BadDirection::kEither:
      return "either";
  }
  return "either";
}

std::optional<BadDirection> ParseDirection(std::string_view name) {
  using enum BadDirection;
  return Find(name, std::array{kRises, kFalls, kEither}, DirectionName);
}

std::string_view UndoName(UndoMode mode) {
  switch (mode) {
    case UndoMode::kNone:
      return "none";
    case UndoMode::kAutomatic:
      return "automatic";
  }
  return "none";
}

std::optional<UndoMode> ParseUndo(std::string_view name) {
  using enum UndoMode;
  return Find(name, std::array{kNone, kAutomatic}, UndoName);
}

}  // namespace selfheal
