#include <array>
#include <string>

#include "adapters/alertmanager/alert_parser.h"
#include "adapters/kubernetes/kubernetes_client.h"
#include "adapters/kubernetes/object_mapper.h"
#include "adapters/prometheus/answer_parser.h"
#include "adapters/slack/answer.h"
#include "adapters/slack/plain_text.h"
#include "core/result.h"
#include "tests/fuzz/fuzz_targets.h"

namespace selfheal::testing {
namespace {

constexpr std::size_t kMaxSamples = 1000;

void CheckObject(const ClusterObject& object, ObjectKind kind) {
  SELFHEAL_CHECK(object.ref.kind == kind);
  SELFHEAL_CHECK(!object.ref.name.empty());
  SELFHEAL_CHECK(!object.uid.empty() && !object.resource_version.empty());
}

ApplyResult Classify(int status, std::string_view body) {
  http::Response response;
  response.status = status;
  response.headers = {{"content-type", "application/json"}};
  response.body = std::string(body);
  return kubernetes::ClassifyMutation(std::move(response)).result;
}

/// True where `text` is UTF-8 as far as its bytes' structure goes.
bool IsUtf8(std::string_view text) {
  std::size_t pending = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0) == 0x80;
    if (continues != (pending > 0)) return false;
    if (continues) {
      --pending;
    } else if (byte >= 0xF0) {
      pending = 3;
    } else if (byte >= 0xE0) {
      pending = 2;
    } else if (byte >= 0xC0) {
      pending = 1;
    }
  }
  return pending == 0;
}

}  // namespace

void FuzzMetricAnswer(std::string_view bytes) {
  SELFHEAL_CHECK(prometheus::ErrorSentence(bytes).size() <= 500);
  const auto answer =
      prometheus::ParseAnswer(bytes, prometheus::Asked::kInstant, kMaxSamples);
  if (!answer.ok()) return;
  std::size_t samples = 0;
  for (const Series& series : answer->series) {
    SELFHEAL_CHECK(!series.samples.empty());
    samples += series.samples.size();
    for (std::size_t i = 1; i < series.samples.size(); ++i) {
      SELFHEAL_CHECK(series.samples[i - 1].at < series.samples[i].at);
    }
  }
  SELFHEAL_CHECK(samples <= kMaxSamples);
}

void FuzzClusterAnswer(std::string_view bytes) {
  constexpr std::array kKinds = {
      ObjectKind::kPod,       ObjectKind::kDeployment,
      ObjectKind::kDaemonSet, ObjectKind::kHorizontalPodAutoscaler,
      ObjectKind::kNode,      ObjectKind::kPodDisruptionBudget};
  for (const ObjectKind kind : kKinds) {
    const auto object = kubernetes::ParseObject(bytes, kind);
    if (object.ok()) CheckObject(*object, kind);
    const auto page = kubernetes::ParsePage(bytes, kind);
    if (!page.ok()) continue;
    for (const ClusterObject& item : page->items) CheckObject(item, kind);
  }
  // What an answer says can make a refusal or a doubt of a success, but never
  // a success of anything else.
  const ApplyResult success = Classify(200, bytes);
  SELFHEAL_CHECK(success == ApplyResult::kApplied ||
                 success == ApplyResult::kRefused ||
                 success == ApplyResult::kUnknown);
  SELFHEAL_CHECK(Classify(500, bytes) == ApplyResult::kUnknown);
  SELFHEAL_CHECK(Classify(504, bytes) == ApplyResult::kUnknown);
  SELFHEAL_CHECK(Classify(409, bytes) == ApplyResult::kConflict);
  SELFHEAL_CHECK(Classify(403, bytes) == ApplyResult::kRefused);
  SELFHEAL_CHECK(Classify(404, bytes) == ApplyResult::kGone ||
                 Classify(404, bytes) == ApplyResult::kRefused);
}

void FuzzAlertList(std::string_view bytes) {
  const auto list = alertmanager::ParseAlerts(bytes);
  if (!list.ok()) return;
  for (const Alert& alert : list->alerts) {
    SELFHEAL_CHECK(!alert.labels.empty());
    SELFHEAL_CHECK(alert.fingerprint == Fingerprint(alert.labels));
    SELFHEAL_CHECK(alert.status == AlertStatus::kFiring && !alert.ends_at);
  }
}

void FuzzChatText(std::string_view bytes) {
  constexpr std::size_t kMax = 50;
  const std::string text = slack::PlainText(bytes, kMax);
  SELFHEAL_CHECK(text.size() <= kMax * 5);  // "&amp;" is the longest.
  SELFHEAL_CHECK(text.find_first_of("<>\r\t") == std::string::npos);
  SELFHEAL_CHECK(IsUtf8(text));
  for (std::size_t at = text.find('&'); at != std::string::npos;
       at = text.find('&', at + 1)) {
    const std::string_view rest = std::string_view(text).substr(at);
    SELFHEAL_CHECK(rest.starts_with("&amp;") || rest.starts_with("&lt;") ||
                   rest.starts_with("&gt;"));
  }
}

namespace {

void CheckHeard(const Result<slack::Heard>& heard) {
  if (!heard.ok() || !heard->answer) return;
  const slack::Answer& answer = *heard->answer;
  SELFHEAL_CHECK(!heard->keys.empty());
  SELFHEAL_CHECK(!answer.user.empty() && !answer.team.empty() &&
                 !answer.thread.empty() && !answer.ts.empty());
  const auto again = slack::ReadAnswer(slack::WriteAnswer(answer));
  SELFHEAL_CHECK(again.ok() && again->approve == answer.approve &&
                 again->button == answer.button);
}

}  // namespace

void FuzzChatAnswer(std::string_view bytes) {
  const auto form = slack::FormPayload(bytes);
  const auto payload =
      slack::ParsePayload(form.ok() ? std::string_view(*form) : bytes);
  if (!payload.ok()) return;
  CheckHeard(slack::ReadInteraction(*payload));
  CheckHeard(slack::ReadEvent(*payload));
}

}  // namespace selfheal::testing
