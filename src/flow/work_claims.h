#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace selfheal {

/// Port: which of the processes that share the store works on what. A key is
/// the text of a target, or names a duty that one process has at a time. What
/// is claimed is lent for some seconds and prolonged by itself; a process that
/// stopped (was killed, paused, cut off) loses it. Thread-safe.
class WorkClaims {
 public:
  virtual ~WorkClaims() = default;
  /// True where `key` is this process's from now on; it never waits for one
  /// that is another's.
  ///
  /// @error kUnavailable  the store can't be asked.
  virtual Result<bool> Claim(const std::string& key) = 0;
  /// True while `key` is ours without doubt; asks nobody.
  virtual bool Holds(const std::string& key) const = 0;
  virtual void Release(const std::string& key) = 0;

  /// Tells whichever process has `key` in hand to look at it again.
  virtual void Nudge(const std::string& key) = 0;
  /// The keys of ours that others nudged since the last call.
  virtual std::vector<std::string> Nudged() = 0;
};

}  // namespace selfheal
