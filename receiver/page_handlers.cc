#include "receiver/page_handlers.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "receiver/answers.h"
#include "receiver/web_files.h"

namespace selfheal {
namespace {

/// Nothing from elsewhere, nothing inline, no frame around it: what an alert
/// says can be shown and never run.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes =
    {{{".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"}}};

std::string_view TypeOf(std::string_view name) {
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

HttpResponse Serve(std::string_view name) {
  const auto files = WebFiles();
  const auto file =
      std::find_if(files.begin(), files.end(),
                   [&](const WebFile& one) { return one.name == name; });
  if (file == files.end()) return Problem(404, "there is nothing here");
  HttpResponse response;
  response.content_type = TypeOf(name);
  response.body = file->bytes;
  response.headers = {{"Content-Security-Policy", std::string(kPolicy)},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Frame-Options", "DENY"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      // Kept, but asked for each time: a release changes it.
                      {"Cache-Control", "private, no-cache"}};
  return response;
}

}  // namespace

HttpResponse HandlePage(const Services&, const HttpRequest&) {
  return Serve("index.html");
}

HttpResponse HandleDocs(const Services&, const HttpRequest&) {
  return Serve("docs.html");
}

HttpResponse HandleMe(const Services&, const HttpRequest& request) {
  const Identity& caller = request.admission.identity;
  const bool shown = caller.admin || caller.viewer;
  nlohmann::ordered_json body = {{"name", nullptr}, {"role", nullptr}};
  if (shown) body["name"] = caller.name;
  if (shown) body["role"] = caller.admin ? "admin" : "viewer";
  return JsonAnswer(body.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

HttpResponse HandleOpenApi(const Services&, const HttpRequest&) {
  return Serve("openapi.json");
}

HttpResponse HandleWebFile(const Services&, const HttpRequest& request) {
  const std::string_view path = request.head.path;
  return Serve(path.substr(path.rfind('/') + 1));
}

}  // namespace selfheal
