#pragma once

#include <memory>

#include "core/rule.h"

namespace selfheal {

/// Port: the rules and runbooks in force. Thread-safe.
class RunbookSource {
 public:
  virtual ~RunbookSource() = default;
  /// The last good set; never null.
  virtual std::shared_ptr<const RuleSet> Current() const = 0;
};

}  // namespace selfheal
