#pragma once

#include <string>

#include "core/incident.h"
#include "core/notice.h"

namespace selfheal::slack {

/// What the buttons of one question carry: 256 bits that nobody can guess who
/// does not hold `secret`, that say nothing, and that fit this question only:
/// incident, plan, target's uid and generation, and when it was asked. Made
/// again from what is stored, so it outlives a restart.
std::string QuestionValue(const std::string& secret,
                          const std::string& incident_id,
                          const NoticeQuestion& question);
std::string QuestionValue(const std::string& secret,
                          const std::string& incident_id,
                          const Approval& approval);

}  // namespace selfheal::slack
