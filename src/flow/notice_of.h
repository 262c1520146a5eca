#pragma once

#include <string>
#include <vector>

#include "core/incident.h"
#include "core/notice.h"

namespace selfheal {

/// What people are told about `incident` as it stands; `lines` are what is
/// new about it.
Notice NoticeOf(const Incident& incident, std::vector<std::string> lines);

/// How its question stands: "waits for approval; ends at ...".
std::string StandingOf(const Approval& approval);

/// The sentence that confirmed the incident, and the cause on which the step
/// is taken.
std::string EvidenceOf(const Incident& incident);

}  // namespace selfheal
