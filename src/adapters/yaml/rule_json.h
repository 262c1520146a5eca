#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/rule.h"

namespace selfheal::yaml {

/// Lower-hex SHA-256 of a text; handed in, since adapters/crypto has it.
using DigestFunction = std::function<std::string(std::string_view)>;

/// The canonical text of a rule or runbook: JSON with sorted keys and every
/// value that is in force, defaults included. Comments and spelling do not
/// change it; what it says does. The digest and the position are left out.
std::string CanonicalRule(const Rule& rule);
std::string CanonicalRunbook(const Runbook& runbook);

/// `{"digest":"...","items":[{"name":...,"digest":...,"source":"file:line:column",
/// ...}]}` for GET /api/v1/rules and /api/v1/runbooks.
std::string RulesJson(const RuleSet& set);
std::string RunbooksJson(const RuleSet& set);

}  // namespace selfheal::yaml
