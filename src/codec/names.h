#pragma once

#include <optional>
#include <string_view>

#include "core/action.h"
#include "core/assessment.h"
#include "core/budget.h"
#include "core/evidence.h"
#include "core/execution.h"
#include "core/incident.h"
#include "core/record.h"
#include "core/rule.h"
#include "core/verdict.h"

namespace selfheal {

/// Inverses of the names that core gives to its enums; none where the text is
/// not one of them.
std::optional<ActionKind> ParseActionKind(std::string_view name);
std::optional<ActionResult> ParseActionResult(std::string_view name);
std::optional<Judgement> ParseJudgement(std::string_view name);
std::optional<FindingOutcome> ParseFinding(std::string_view name);
std::optional<ExecutionOutcome> ParseOutcome(std::string_view name);
std::optional<VerificationOutcome> ParseVerification(std::string_view name);
std::optional<ApprovalState> ParseApprovalState(std::string_view name);
std::optional<Risk> ParseRisk(std::string_view name);
std::optional<Stage> ParseStage(std::string_view name);

/// "rises", "falls", "either".
std::string_view DirectionName(BadDirection direction);
std::optional<BadDirection> ParseDirection(std::string_view name);
/// "none", "automatic".
std::string_view UndoName(UndoMode mode);
std::optional<UndoMode> ParseUndo(std::string_view name);

}  // namespace selfheal
