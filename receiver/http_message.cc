#include "receiver/http_message.h"

#include <array>
#include <nlohmann/json.hpp>

namespace selfheal {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 8> kMethods = {{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
    {Method::kTrace, "TRACE"},
}};

constexpr std::array<std::pair<int, std::string_view>, 19> kReasons = {{
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

}  // namespace

std::string_view MethodName(Method method) {
  for (const auto& [known, name] : kMethods) {
    if (known == method) return name;
  }
  return "GET";
}

std::optional<Method> ParseMethod(std::string_view name) {
  for (const auto& [method, known] : kMethods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

std::string_view ReasonPhrase(int status) {
  for (const auto& [known, reason] : kReasons) {
    if (known == status) return reason;
  }
  return "Unknown";
}

std::string SerializeResponse(const HttpResponse& response, bool close,
                              bool with_body) {
  std::string bytes = "HTTP/1.1 " + std::to_string(response.status) + " " +
                      std::string(ReasonPhrase(response.status)) + "\r\n";
  const auto field = [&bytes](std::string_view name, std::string_view value) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  };
  field("Content-Type", response.content_type);
  field("Content-Length", std::to_string(response.body.size()));
  for (const auto& [name, value] : response.headers) field(name, value);
  if (close) field("Connection", "close");
  bytes += "\r\n";
  if (with_body) bytes += response.body;
  return bytes;
}

HttpResponse Problem(int status, std::string_view detail) {
  nlohmann::ordered_json body = {{"type", "about:blank"},
                                 {"title", ReasonPhrase(status)},
                                 {"status", status},
                                 {"detail", detail}};
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = body.dump(-1, ' ', false,
                            nlohmann::ordered_json::error_handler_t::replace) +
                  "\n";
  return response;
}

}  // namespace selfheal
