// What cert-manager does with its Certificates, as far as others see it.
#include "sim/kubesim/controllers.h"
#include "sim/kubesim/metrics.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr std::chrono::seconds kIssues{5};
constexpr std::chrono::hours kLifetime{90 * 24};
/// "true": the issuer never answers.
constexpr char kStuck[] = "sim.selfheal.dev/issuer-stuck";

void Issue(Json& object, TimePoint now) {
  Json& status = object["status"];
  Json kept = Json::array();
  for (const Json& condition : status.value("conditions", Json::array())) {
    if (condition.value("type", "") != "Issuing") kept.push_back(condition);
  }
  status["conditions"] = kept;
  SetCondition(status, "Ready", true, "Ready", "Certificate is up to date",
               now);
  status["notBefore"] = FormatTime(now);
  status["notAfter"] = FormatTime(now + kLifetime);
  status["revision"] = Number(status, {"revision"}) + 1;
}

}  // namespace

void ReconcileCertificates(Store& store) {
  ForEachCopy(store, Named("certificates"), [&](const Json& certificate) {
    const Json* issuing = ConditionOf(certificate, "Issuing");
    if (issuing == nullptr || issuing->value("status", "") != "True") return;
    const bool stuck =
        Text(certificate, {"metadata", "annotations", kStuck}) == "true";
    const TimePoint since = ParseTime(issuing->value("lastTransitionTime", ""));
    if (stuck || store.now() < since + kIssues) return;
    store.Edit(Named("certificates"),
               Text(certificate, {"metadata", "namespace"}),
               Text(certificate, {"metadata", "name"}), Part::kStatus,
               [&](Json& object) { Issue(object, store.now()); });
  });
}

void AddCertificateMetrics(const Store& store, const Exposition::Labels& extra,
                           Exposition& into) {
  for (const auto& [key, certificate] : store.All(Named("certificates"))) {
    Exposition::Labels labels = {{"namespace", key.first},
                                 {"name", key.second}};
    labels.insert(labels.end(), extra.begin(), extra.end());
    const std::string ends = Text(certificate, {"status", "notAfter"});
    into.Add("certmanager_certificate_expiration_timestamp_seconds", "gauge",
             labels, ends.empty() ? 0 : UnixSeconds(ParseTime(ends)));
    const Json* ready = ConditionOf(certificate, "Ready");
    const std::string have =
        ready == nullptr ? "Unknown" : ready->value("status", "Unknown");
    for (const char* status : {"True", "False", "Unknown"}) {
      Exposition::Labels one = labels;
      one.emplace_back("condition", status);
      into.Add("certmanager_certificate_ready_status", "gauge", one,
               have == status ? 1 : 0);
    }
  }
}

}  // namespace kubesim
