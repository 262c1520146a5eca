#include "adapters/http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <strings.h>

#include <memory>

namespace selfheal::http {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string value(text);
  curl_free(text);
  return value;
}

Error Wrong(const char* why) {
  return Error{Code::kInvalidArgument, std::string("URL: ") + why};
}

}  // namespace

Result<BaseUrl> ParseBaseUrl(std::string_view text) {
  const UrlHandle url(curl_url());
  const std::string copy(text);
  if (!url || copy.find('\0') != std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(),
                   CURLU_DISALLOW_USER) != CURLUE_OK) {
    return Wrong("expected http://host or https://host, without user info");
  }
  BaseUrl base{.scheme = Part(url.get(), CURLUPART_SCHEME),
               .host = Part(url.get(), CURLUPART_HOST),
               .port = Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT),
               .prefix = Part(url.get(), CURLUPART_PATH)};
  if (base.scheme != "http" && base.scheme != "https") {
    return Wrong("scheme must be http or https");
  }
  if (base.host.empty()) return Wrong("no host");
  if (!Part(url.get(), CURLUPART_QUERY).empty() ||
      !Part(url.get(), CURLUPART_FRAGMENT).empty()) {
    return Wrong("query and fragment are not allowed");
  }
  while (!base.prefix.empty() && base.prefix.back() == '/') {
    base.prefix.pop_back();
  }
  return base;
}

bool NamesLoopback(const BaseUrl& url) {
  if (strcasecmp(url.host.c_str(), "localhost") == 0) return true;
  in_addr v4{};
  if (inet_pton(AF_INET, url.host.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127;
  }
  if (url.host.size() < 2 || url.host.front() != '[') return false;
  in6_addr v6{};
  const std::string inner = url.host.substr(1, url.host.size() - 2);
  return inet_pton(AF_INET6, inner.c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string PercentEncode(std::string_view text) {
  if (text.empty()) return "";  // A length of zero would mean strlen.
  char* encoded =
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  if (encoded == nullptr) return "";
  std::string result(encoded);
  curl_free(encoded);
  return result;
}

Result<std::string> BuildPath(std::span<const std::string> segments) {
  std::string path;
  for (const std::string& segment : segments) {
    if (segment.empty() || segment == "." || segment == "..") {
      return Error{Code::kInvalidArgument,
                   "path: empty, '.' and '..' segments are not allowed"};
    }
    path += '/';
    path += PercentEncode(segment);
  }
  return path;
}

std::string BuildQuery(
    std::span<const std::pair<std::string, std::string>> parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!query.empty()) query += '&';
    query += PercentEncode(name);
    query += '=';
    query += PercentEncode(value);
  }
  return query;
}

}  // namespace selfheal::http
