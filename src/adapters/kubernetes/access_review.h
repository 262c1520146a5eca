#pragma once

#include "adapters/kubernetes/api_client.h"
#include "guard/surroundings.h"

namespace selfheal::kubernetes {

/// AccessView by SelfSubjectAccessReview, which every account may create.
class AccessReview final : public guard::AccessView {
 public:
  /// `api` must outlive this.
  explicit AccessReview(ApiClient& api) : api_(api) {}

  Result<bool> Has(const Right& right) override;

 private:
  ApiClient& api_;
};

}  // namespace selfheal::kubernetes
