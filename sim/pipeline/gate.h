#pragma once

#include <functional>
#include <optional>

#include "core/result.h"

namespace selfheal::testing {

/// Counts the calls through the ports of a pipeline and makes one go wrong.
class Gate {
 public:
  enum class Mode {
    kNone,
    kFail,       ///< The call fails without any effect.
    kDieBefore,  ///< The process ends just before the call has an effect.
    kDieAfter,   ///< It has its effect; the process never hears of it.
  };

  /// The `nth` call from now on (1 = the next) goes wrong.
  void Arm(Mode mode, int nth) {
    mode_ = mode;
    at_ = calls_ + nth;
  }
  int calls() const { return calls_; }
  bool dead() const { return dead_; }
  /// What a dead process may not do any more; called when it dies.
  std::function<void()> on_death;
  /// A new process takes over.
  void Revive() { dead_ = false; }

  /// Before a call: an error where it must not have any effect.
  std::optional<Error> Enter() {
    if (dead_) return Error{Code::kUnavailable, "the process is dead"};
    ++calls_;
    if (calls_ != at_) return std::nullopt;
    if (mode_ == Mode::kDieBefore) Die();
    if (mode_ == Mode::kFail || mode_ == Mode::kDieBefore) {
      return Error{Code::kUnavailable, "the test fails this call"};
    }
    return std::nullopt;
  }
  /// After a call: true where its answer is never heard.
  bool Lost() {
    if (calls_ != at_ || mode_ != Mode::kDieAfter || dead_) return false;
    Die();
    return true;
  }

 private:
  void Die() {
    dead_ = true;
    if (on_death) on_death();
  }

  Mode mode_ = Mode::kNone;
  int calls_ = 0;
  int at_ = 0;
  bool dead_ = false;
};

}  // namespace selfheal::testing
