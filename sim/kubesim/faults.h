#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sim/kubesim/types.h"

namespace kubesim {

/// What goes wrong with a request.
enum class Failure {
  kNone,         // only the delays
  kErrorBefore,  // answers `code` without applying
  kErrorAfter,   // applies, then answers `code`
  kDrop,         // closes the connection without applying or answering
  kSwallow,      // applies, then closes without an answer
  kConflict,     // 409 without applying
  kGarbage,      // applies, then answers 200 with bytes that are no JSON
  kBusy,         // 429 in plain text with Retry-After, without applying
};

struct Fault {
  std::string method;    // empty = any
  std::string path_has;  // empty = any
  int count = 1;         // how many requests; -1 = all
  Failure failure = Failure::kNone;
  int code = 500;
  std::chrono::milliseconds delay_before{0};
  std::chrono::milliseconds delay_after{0};
};

/// From `{"method","path","count","do","code","delay_before_ms",
/// "delay_after_ms"}`; `do` is none, error_before, error_after, drop,
/// swallow, conflict, garbage or busy. Throws ApiError 400 for another.
Fault FaultFromJson(const Json& json);

/// The armed faults, in the order in which they were added.
class Faults {
 public:
  void Add(Fault fault) { faults_.push_back(std::move(fault)); }
  void Clear() { faults_.clear(); }

  /// Takes one use of the first fault that fits; a harmless one if none does.
  Fault Take(const std::string& method, const std::string& path);

 private:
  std::vector<Fault> faults_;
};

}  // namespace kubesim
