#pragma once

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// GET /api/v1/incidents.
HttpResponse HandleListIncidents(const Services& services,
                                 const HttpRequest& request);
/// GET /api/v1/incidents/{id}.
HttpResponse HandleIncident(const Services& services,
                            const HttpRequest& request);
/// GET /api/v1/incidents/{id}/timeline.
HttpResponse HandleTimeline(const Services& services,
                            const HttpRequest& request);
/// GET /api/v1/incidents/{id}/evidence.
HttpResponse HandleEvidence(const Services& services,
                            const HttpRequest& request);
/// POST /api/v1/incidents/{id}/approve.
HttpResponse HandleApprove(const Services& services,
                           const HttpRequest& request);
/// POST /api/v1/incidents/{id}/deny.
HttpResponse HandleDeny(const Services& services, const HttpRequest& request);

}  // namespace selfheal
