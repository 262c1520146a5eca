#include "adapters/slack/question_value.h"

#include "adapters/crypto/digest.h"

namespace selfheal::slack {

std::string QuestionValue(const std::string& secret,
                          const std::string& incident_id,
                          const NoticeQuestion& question) {
  return HmacSha256Hex(secret, "selfheal question|" + incident_id + "|" +
                                   question.plan_hash + "|" +
                                   question.target_uid + "|" +
                                   std::to_string(question.generation) + "|" +
                                   FormatTimeNanos(question.asked_at));
}

std::string QuestionValue(const std::string& secret,
                          const std::string& incident_id,
                          const Approval& approval) {
  NoticeQuestion question;
  question.plan_hash = approval.plan_hash;
  question.target_uid = approval.target_uid;
  question.generation = approval.generation;
  question.asked_at = approval.asked_at;
  return QuestionValue(secret, incident_id, question);
}

}  // namespace selfheal::slack
