#pragma once

#include <string>

#include "adapters/slack/approval_desk.h"
#include "core/chat_request.h"
#include "core/clock.h"
#include "core/log.h"

namespace selfheal::slack {

/// What Slack posts to us: believed by its signature over the raw bytes alone.
/// Answers after the answer in it is durable. Thread-safe.
class Door {
 public:
  /// @param secret_file  read anew each time; "" = nothing is believed.
  /// @param wall         Slack's window is of the wall clock.
  Door(ApprovalDesk& desk, std::string secret_file, const Clock& wall,
       Logger& log)
      : desk_(desk),
        secret_file_(std::move(secret_file)),
        wall_(wall),
        log_(log) {}

  ChatAnswer Answer(const ChatRequest& request);

 private:
  ApprovalDesk& desk_;
  const std::string secret_file_;
  const Clock& wall_;
  Logger& log_;
};

}  // namespace selfheal::slack
