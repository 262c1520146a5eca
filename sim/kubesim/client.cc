#include "sim/kubesim/client.h"

#include <httplib.h>

namespace kubesim {

std::string Answered::Reason() const { return kubesim::Text(body, {"reason"}); }

Client::Client(std::string url, std::string token)
    : url_(std::move(url)), token_(std::move(token)) {}

Answered Client::Get(const std::string& path) const {
  return Send("GET", path, "", "");
}

Answered Client::Post(const std::string& path, const Json& body) const {
  return Send("POST", path, body.dump(), "application/json");
}

Answered Client::Put(const std::string& path, const Json& body) const {
  return Send("PUT", path, body.dump(), "application/json");
}

Answered Client::Patch(const std::string& path, const Json& body,
                       const std::string& type) const {
  return Send("PATCH", path, body.dump(), type);
}

Answered Client::Delete(const std::string& path, const Json& options) const {
  return Send("DELETE", path, options.is_null() ? "" : options.dump(),
              "application/json");
}

Answered Client::Send(const std::string& method, const std::string& path,
                      const std::string& body, const std::string& type) const {
  httplib::Client client(url_);
  client.enable_server_certificate_verification(false);
  client.set_read_timeout(30);
  client.set_url_encode(false);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = {{"Authorization", "Bearer " + token_},
                     {"Accept", "application/json"},
                     {"User-Agent", "contract-test/1.0"}};
  if (!type.empty()) request.headers.emplace("Content-Type", type);
  request.body = body;
  const httplib::Result result = client.send(request);
  Answered answered;
  if (!result) return answered;
  answered.code = result->status;
  answered.text = result->body;
  answered.content_type = result->get_header_value("Content-Type");
  for (const auto& [name, value] : result->headers) {
    answered.headers[name] = value;
  }
  answered.body = Json::parse(result->body, nullptr, false);
  if (answered.body.is_discarded()) answered.body = nullptr;
  return answered;
}

}  // namespace kubesim
