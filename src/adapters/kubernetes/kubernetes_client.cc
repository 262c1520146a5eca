#include "adapters/kubernetes/kubernetes_client.h"

#include <string>

#include "adapters/kubernetes/object_mapper.h"
#include "adapters/kubernetes/status.h"
#include "adapters/kubernetes/wire_encoder.h"

namespace selfheal::kubernetes {
namespace {

/// The statuses that the API server gives before it writes anything.
bool IsRefusal(int status) {
  switch (status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
    case 429:
      return true;
    default:
      return false;
  }
}

std::string Describe429(const http::Response& response, const Status& status) {
  if (status.disruption_budget) {
    return "429 disruption budget: " + status.message;
  }
  const std::string after(response.Header("retry-after"));
  return "429 the API server is busy" + (after.empty() || after.size() > 10
                                             ? ""
                                             : ", retry after " + after + " s");
}

ApplyReply ClassifySuccess(const http::Response& response,
                           const Status& status) {
  ApplyReply reply{.http_status = response.status, .reason = ""};
  if (status.is_status) {
    const bool success = status.status == "Success";
    reply.result = success ? ApplyResult::kApplied : ApplyResult::kRefused;
    reply.reason = Describe(response, status);
    return reply;
  }
  const std::string kind = response.MediaType() == "application/json"
                               ? KindOfBody(response.body)
                               : "";
  reply.result = kind.empty() ? ApplyResult::kUnknown : ApplyResult::kApplied;
  reply.reason = std::to_string(response.status) + " " +
                 (kind.empty() ? "with a body that is no object" : kind);
  return reply;
}

}  // namespace

ApplyReply ClassifyMutation(const http::Outcome& outcome) {
  if (!outcome.ok()) {
    const http::Failure& failure = outcome.failure();
    return {.result = failure.delivery == http::Delivery::kNotSent
                          ? ApplyResult::kNotSent
                          : ApplyResult::kUnknown,
            .http_status = 0,
            .reason = failure.error.message};
  }
  const http::Response& response = outcome.response();
  const Status status = ParseStatus(response);
  if (response.status >= 200 && response.status < 300) {
    return ClassifySuccess(response, status);
  }
  ApplyReply reply{.http_status = response.status,
                   .reason = Describe(response, status)};
  if (response.status == 404 && status.reason == "NotFound") {
    reply.result = ApplyResult::kGone;
  } else if (response.status == 409 || response.status == 412) {
    reply.result = ApplyResult::kConflict;
  } else if (IsRefusal(response.status)) {
    reply.result = ApplyResult::kRefused;
  }
  if (response.status == 429) reply.reason = Describe429(response, status);
  return reply;
}

Result<WireRequest> KubernetesClient::Encode(const Mutation& mutation) {
  return EncodeMutation(mutation);
}

ApplyReply KubernetesClient::DryRun(const WireRequest& request) {
  auto dry = AsDryRun(request);
  if (!dry) {
    return {.result = ApplyResult::kNotSent,
            .http_status = 0,
            .reason = dry.error().message};
  }
  return ClassifyMutation(api_.Mutate(*dry));
}

ApplyReply KubernetesClient::Apply(const WireRequest& request) {
  return ClassifyMutation(api_.Mutate(request));
}

}  // namespace selfheal::kubernetes
