#pragma once

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// POST /slack/interactions.
HttpResponse HandleSlackInteraction(const Services& services,
                                    const HttpRequest& request);
/// POST /slack/events.
HttpResponse HandleSlackEvent(const Services& services,
                              const HttpRequest& request);

}  // namespace selfheal
