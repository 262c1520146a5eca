#pragma once

#include <vector>

#include "core/change.h"
#include "core/result.h"

namespace selfheal {

/// Port: which spec changes an object saw. Thread-safe.
class ChangeJournal {
 public:
  virtual ~ChangeJournal() = default;
  /// Changes of `object` at or after `since`, newest first.
  virtual Result<std::vector<SpecChange>> Since(const ObjectRef& object,
                                                Time since) = 0;
};

}  // namespace selfheal
