#pragma once

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// GET /api/v1/kill-switch.
HttpResponse HandleKillSwitch(const Services& services,
                              const HttpRequest& request);
/// POST /api/v1/kill-switch.
HttpResponse HandleSetKillSwitch(const Services& services,
                                 const HttpRequest& request);
/// GET /api/v1/breakers.
HttpResponse HandleBreakers(const Services& services,
                            const HttpRequest& request);
/// POST /api/v1/breakers/{scope}.
HttpResponse HandleSetBreaker(const Services& services,
                              const HttpRequest& request);
/// GET /api/v1/config.
HttpResponse HandleConfig(const Services& services, const HttpRequest& request);
/// GET /api/v1/rules.
HttpResponse HandleRules(const Services& services, const HttpRequest& request);
/// GET /api/v1/runbooks.
HttpResponse HandleRunbooks(const Services& services,
                            const HttpRequest& request);
/// POST /-/reload.
HttpResponse HandleReload(const Services& services, const HttpRequest& request);
/// GET /-/healthy.
HttpResponse HandleHealthy(const Services& services,
                           const HttpRequest& request);
/// GET /-/ready.
HttpResponse HandleReady(const Services& services, const HttpRequest& request);
/// GET /metrics.
HttpResponse HandleMetrics(const Services& services,
                           const HttpRequest& request);

}  // namespace selfheal
