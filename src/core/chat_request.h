#pragma once

#include <string>

namespace selfheal {

/// What a chat posts to us, as it came.
struct ChatRequest {
  enum class Kind { kInteraction, kEvent } kind = Kind::kEvent;
  std::string timestamp;
  std::string signature;
  std::string body;
};

struct ChatAnswer {
  int status = 200;
  std::string text = {};  ///< Plain text; may be empty.
};

}  // namespace selfheal
