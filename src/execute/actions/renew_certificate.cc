#include "execute/actions/actions.h"

namespace selfheal::actions {
namespace {

std::string Ends(const CertificateState& state) {
  return state.not_after ? FormatTime(*state.not_after) : "never issued";
}

/// "....000Z" -> "...Z", the form of Kubernetes' own times.
std::string WholeSeconds(Time time) {
  std::string text = FormatTime(std::chrono::floor<seconds>(time));
  text.erase(text.size() - 5, 4);
  return text;
}

}  // namespace

Result<PlannedChange> FreezeRenewCertificate(const ObjectRef& target,
                                             const StepContext& context) {
  auto certificate = context.view.Get(target);
  if (!certificate.ok()) {
    if (certificate.error().code == Code::kNotFound) {
      return certificate.error().With(
          "there is no such Certificate, or no cert-manager");
    }
    return certificate.error();
  }
  const auto* state = certificate->As<CertificateState>();
  if (state == nullptr) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) + " is no Certificate"};
  }
  if (state->issuing) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) + " is being issued since " +
                     state->issuing_since + ": its issuer has to be looked at"};
  }
  PlannedChange change;
  change.object = target;
  change.uid = certificate->uid;
  change.generation = certificate->generation;
  change.from = static_cast<int>(state->revision);
  change.from_value = Ends(*state);
  change.to_value = WholeSeconds(context.now);
  change.summary = "have " + state->issuer_kind + "/" + state->issuer_name +
                   " issue " + ToString(target) + " anew; it ends " +
                   change.from_value;
  change.blast_radius =
      "one certificate; the old one stays in its Secret until the new one is "
      "there";
  return change;
}

Result<Move> NextRenewCertificate(const RenewCertificate& action,
                                  const Incident& incident,
                                  const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto certificate = context.view.Get(change.object);
  if (!certificate.ok()) return certificate.error();
  const auto* state = certificate->As<CertificateState>();
  if (state == nullptr) return Move::Failed("it is no Certificate");
  const bool anew = state->revision > change.from;
  if (!IsApplied(incident, "apply")) {
    if (anew || state->issuing) {
      return Move::Failed("someone else has renewed it since it was planned");
    }
    return Move::Mutate(
        ActionKind::kRenewCertificate, "apply",
        RequestRenewal{.certificate = change.object,
                       .uid = change.uid,
                       .resource_version = certificate->resource_version,
                       .at = change.to_value,
                       .condition = state->issuing_at,
                       .revision = state->revision,
                       .action_id = incident.progress.action_id});
  }
  const bool later = Ends(*state) > change.from_value ||
                     change.from_value == Ends(CertificateState{});
  if (anew && state->ready && state->not_after && later) {
    return Move::Done("it is ready and ends " + Ends(*state));
  }
  if (context.now > incident.progress.started_at + action.timeout) {
    return Move::Failed("its issuer " + state->issuer_kind + "/" +
                        state->issuer_name + " did not answer in time");
  }
  return Move::Wait(context.now + context.poll, "it is being issued");
}

}  // namespace selfheal::actions
