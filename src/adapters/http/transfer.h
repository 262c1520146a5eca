#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "adapters/http/client.h"

namespace selfheal::http {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistDeleter>;

/// What all requests of one client share.
struct Endpoint {
  BaseUrl base;
  TlsOptions tls;
  std::string user_agent;
  Duration connect_timeout;
  bool allow_loopback = false;
};

/// One request on one libcurl handle: options, callbacks, classification.
/// Not movable once prepared: libcurl holds its address.
class Transfer {
 public:
  Transfer(const Endpoint& endpoint, const Request& request, EasyHandle easy);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sets every option. An error means that nothing was or will be sent.
  std::optional<Failure> Prepare();

  /// The answer, or why there is none; takes the response out.
  Outcome Finish(CURLcode code);

  CURL* easy() const { return easy_.get(); }
  EasyHandle TakeHandle() { return std::move(easy_); }

 private:
  template <typename T>
  void Set(CURLoption option, T value);
  void SetSafety();
  void SetTls();
  void SetBlob(CURLoption option, const std::string& pem);
  bool SetRequest();
  bool AddHeader(const std::string& line);
  Failure Classify(CURLcode code) const;
  bool NothingSent() const;

  static std::size_t OnBody(char* bytes, std::size_t size, std::size_t count,
                            void* self);
  static std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count,
                              void* self);
  static curl_socket_t OnOpenSocket(void* self, curlsocktype purpose,
                                    curl_sockaddr* address);

  const Endpoint& endpoint_;
  const Request& request_;
  EasyHandle easy_;
  Slist headers_;
  Slist connect_to_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode option_error_ = CURLE_OK;
  Response response_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  bool address_refused_ = false;
};

}  // namespace selfheal::http
