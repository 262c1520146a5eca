#pragma once

#include <string>
#include <vector>

#include "adapters/slack/answer.h"
#include "adapters/slack/web_api.h"
#include "adapters/slack/workspace.h"
#include "core/clock.h"
#include "record/chat_store.h"

namespace selfheal::slack {

/// What people replied in one thread, or why Slack does not say.
using Replies = std::variant<std::vector<Heard>, ApiError>;

/// Asks Slack for the replies in `thread` since `since`: events that came
/// while nobody was there to hear them do not come again. Each is read as the
/// event of it would have been, and has the key of it.
Replies ReadReplies(WebApi& api, const Identity& we, const ChatThread& thread,
                    Time since);

}  // namespace selfheal::slack
