#include "adapters/kubernetes/access_review.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/kubernetes/status.h"
#include "codec/field_reader.h"

namespace selfheal::kubernetes {
namespace {

constexpr const char* kPath =
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

std::string Body(const Right& right) {
  const nlohmann::json review = {{"apiVersion", "authorization.k8s.io/v1"},
                                 {"kind", "SelfSubjectAccessReview"},
                                 {"spec",
                                  {{"resourceAttributes",
                                    {{"namespace", right.ns},
                                     {"verb", right.verb},
                                     {"group", right.group},
                                     {"resource", right.resource},
                                     {"subresource", right.subresource},
                                     {"name", right.name}}}}}};
  return review.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<bool> AccessReview::Has(const Right& right) {
  const http::Outcome outcome = api_.Ask(kPath, Body(right));
  if (!outcome.ok() ||
      (outcome.response().status != 201 && outcome.response().status != 200)) {
    return ReadError(outcome).With("access review");
  }
  const auto document =
      nlohmann::json::parse(outcome.response().body, nullptr, false);
  if (!document.is_object()) {
    return Error{Code::kInternal, "access review: the answer is not JSON"};
  }
  std::optional<Error> error;
  const FieldReader status = FieldReader(document, error).Object("status");
  if (!status.Has("allowed")) status.Fail("allowed", "missing");
  const bool allowed = status.Bool("allowed") && !status.Bool("denied");
  if (error) return error->With("access review");
  return allowed;
}

}  // namespace selfheal::kubernetes
