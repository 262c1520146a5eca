#pragma once

#include <span>
#include <vector>

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// POST /api/v1/alerts: parse, store, commit, answer; nothing else.
HttpResponse HandleWebhook(const Services& services,
                           const HttpRequest& request);

/// Several of them with one wait for the store; answers in their order.
std::vector<HttpResponse> HandleWebhooks(
    const Services& services, std::span<const HttpRequest* const> requests);

/// GET /api/v1/alerts.
HttpResponse HandleListAlerts(const Services& services,
                              const HttpRequest& request);

}  // namespace selfheal
