#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace selfheal {

/// The message of a chat in which an incident is talked about.
struct ChatThread {
  std::string incident_id;
  std::string channel;
  std::string ts;  ///< As the chat names the message; never a number.
};

/// What a person said or clicked, kept until it was worked on.
struct ChatInput {
  long long row = 0;  ///< Given by the store.
  /// Each names it alone; what comes again under one of them is dropped.
  std::vector<std::string> keys = {};
  std::string body;  ///< As the adapter writes and reads it.
  Time received_at;
};

/// Port: what a chat and we remember of each other. Thread-safe; writes return
/// after a durable COMMIT. @error kUnavailable  the store.
class ChatStore {
 public:
  virtual ~ChatStore() = default;
  /// Takes the place of the incident's thread before.
  virtual Result<void> SaveThread(const ChatThread& thread) = 0;
  virtual Result<void> ForgetThread(const std::string& incident_id) = 0;
  virtual Result<std::optional<ChatThread>> ThreadOf(
      const std::string& incident_id) = 0;
  virtual Result<std::optional<ChatThread>> ThreadAt(const std::string& channel,
                                                     const std::string& ts) = 0;
  /// False where one of its keys was known already.
  virtual Result<bool> TakeInput(const ChatInput& input) = 0;
  /// What was not worked on yet, oldest first.
  virtual Result<std::vector<ChatInput>> WaitingInputs() = 0;
  virtual Result<void> FinishInput(long long row) = 0;
};

}  // namespace selfheal
