#pragma once

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// GET /.
HttpResponse HandlePage(const Services& services, const HttpRequest& request);
/// GET /docs.
HttpResponse HandleDocs(const Services& services, const HttpRequest& request);
/// GET /api/v1/me.
HttpResponse HandleMe(const Services& services, const HttpRequest& request);
/// GET /api/openapi.json.
HttpResponse HandleOpenApi(const Services& services,
                           const HttpRequest& request);
/// GET /web/{name}.js, .css and .svg: what the two pages are made of.
HttpResponse HandleWebFile(const Services& services,
                           const HttpRequest& request);

}  // namespace selfheal
