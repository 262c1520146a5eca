#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "receiver/api.h"
#include "receiver/http_message.h"

namespace selfheal {

/// Who may call a route.
enum class Who {
  kAnyone,
  kWebhook,  ///< The webhook token.
  kViewer,   ///< A viewer's or an admin's token.
  kAdmin,
  kPage,   ///< As kViewer; with `auth.public_pages` anyone.
  kSlack,  ///< Slack's signature, which the handler checks over the body.
};

/// On which listeners a route is served.
enum class Port {
  kMain,     ///< The main one only.
  kMetrics,  ///< Where `metrics.listen` is set, there instead.
  kBoth,
};

/// One row of the table: the router, the tests and the README read it.
struct Route {
  Method method;
  /// Exact segments; one in braces, as `{id}`, stands for any.
  std::string_view pattern;
  Who who;
  Port port;
  HttpResponse (*handle)(const Services&, const HttpRequest&);
  /// One sentence for people.
  std::string_view sentence;
};

/// Every route of the product.
std::span<const Route> Routes();

/// "anyone", "webhook token", ...
std::string_view WhoName(Who who);

/// The table as Markdown, as it stands in the README.
std::string RouteTable();

}  // namespace selfheal
