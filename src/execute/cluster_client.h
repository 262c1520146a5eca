#pragma once

#include <string>

#include "core/mutation.h"
#include "core/result.h"

namespace selfheal {

/// What one mutating request came to.
enum class ApplyResult {
  kApplied,   ///< 2xx, and the body says success.
  kGone,      ///< 404: the object is not there (for a delete: done).
  kConflict,  ///< 409 or 412: a precondition failed; not applied.
  kRefused,   ///< 400, 401, 403, 422, 429 ...: not applied.
  kNotSent,   ///< Not one byte left; not applied.
  kUnknown,   ///< Everything else: timeout, reset, 5xx, nonsense.
};

struct ApplyReply {
  ApplyResult result = ApplyResult::kUnknown;
  int http_status = 0;  ///< 0 = no answer.
  std::string reason;   ///< Kubernetes' reason and message, capped.
};

/// Port: the only way to change the cluster. Thread-safe.
class ClusterClient {
 public:
  virtual ~ClusterClient() = default;
  /// The request of `mutation`; deterministic bytes, no I/O.
  /// @error kInvalidArgument  a name may not stand in a path.
  virtual Result<WireRequest> Encode(const Mutation& mutation) = 0;
  /// Asks the server to run admission and validation without persisting.
  virtual ApplyReply DryRun(const WireRequest& request) = 0;
  /// Sends exactly these bytes once, on a fresh connection. Never repeats.
  virtual ApplyReply Apply(const WireRequest& request) = 0;
};

}  // namespace selfheal
