#pragma once

#include "core/notice.h"

namespace selfheal {

/// Port: tells people. Thread-safe; never blocks and never throws.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void Notify(const Notice& notice) = 0;
};

}  // namespace selfheal
