#pragma once

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// POST /api/v1/alerts: parse, store, commit, answer; nothing else.
HttpResponse HandleWebhook(const Services& services,
                           const HttpRequest& request);

/// GET /api/v1/alerts.
HttpResponse HandleListAlerts(const Services& services,
                              const HttpRequest& request);

}  // namespace selfheal
