#include "adapters/http/transfer.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <utility>

#include "adapters/http/address_policy.h"

namespace selfheal::http {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;

long Millis(Duration duration) {
  const auto millis =
      std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<long>(std::max<long long>(millis, 1));  // 0 is "never".
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool IsTarget(std::string_view text) {
  return text.empty() ||
         ((text.front() == '/' || text.front() == '?') &&
          std::all_of(text.begin(), text.end(), [](unsigned char c) {
            return c > 0x20 && c < 0x7f && c != '#';
          }));
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() &&
         std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

Code CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Code::kDeadlineExceeded;
    case CURLE_FILESIZE_EXCEEDED:
      return Code::kResourceExhausted;
    case CURLE_URL_MALFORMAT:
      return Code::kInvalidArgument;
    case CURLE_UNSUPPORTED_PROTOCOL:  // Also an answer that is not HTTP.
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_WRITE_ERROR:
      return Code::kInternal;
    default:
      return Code::kUnavailable;
  }
}

}  // namespace

Transfer::Transfer(const Endpoint& endpoint, const Request& request,
                   EasyHandle easy)
    : endpoint_(endpoint), request_(request), easy_(std::move(easy)) {}

template <typename T>
void Transfer::Set(CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (code != CURLE_OK && option_error_ == CURLE_OK) option_error_ = code;
}

std::optional<Failure> Transfer::Prepare() {
  curl_easy_reset(easy_.get());
  option_error_ = CURLE_OK;
  SetSafety();
  SetTls();
  if (!SetRequest()) {
    return Failure{{Code::kInvalidArgument,
                    "request: control or non-ASCII character in its target "
                    "or a header"},
                   Delivery::kNotSent};
  }
  // A guard that cannot be set is a reason not to send, never to go without.
  if (option_error_ != CURLE_OK) {
    return Failure{{Code::kInternal, std::string("HTTP client: ") +
                                         curl_easy_strerror(option_error_)},
                   Delivery::kNotSent};
  }
  return std::nullopt;
}

void Transfer::SetSafety() {
  const char* scheme = endpoint_.base.scheme == "http" ? "http" : "https";
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_PROTOCOLS_STR, scheme);
  Set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "*");
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  Set(CURLOPT_CONNECTTIMEOUT_MS, Millis(endpoint_.connect_timeout));
  Set(CURLOPT_TIMEOUT_MS, Millis(request_.timeout));
  Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  Set(CURLOPT_LOW_SPEED_TIME, 30L);
  Set(CURLOPT_ACCEPT_ENCODING, static_cast<char*>(nullptr));
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_HTTP09_ALLOWED, 0L);
  Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_body));
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_ERRORBUFFER, error_.data());
  Set(CURLOPT_PRIVATE, static_cast<void*>(this));
  Set(CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  Set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  Set(CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  Set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  Set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::OnOpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  // A slow name server must not hold a caller beyond its deadline.
  Set(CURLOPT_QUICK_EXIT, 1L);
  if (request_.connection == Connection::kFresh) {
    Set(CURLOPT_FRESH_CONNECT, 1L);
    Set(CURLOPT_FORBID_REUSE, 1L);
  } else {
    Set(CURLOPT_TCP_KEEPALIVE, 1L);
    Set(CURLOPT_MAXAGE_CONN, 60L);
  }
}

void Transfer::SetBlob(CURLoption option, const std::string& pem) {
  curl_blob blob{.data = const_cast<char*>(pem.data()),  // NOLINT: copied.
                 .len = pem.size(),
                 .flags = CURL_BLOB_COPY};
  Set(option, &blob);
}

void Transfer::SetTls() {
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const TlsOptions& tls = endpoint_.tls;
  if (!tls.ca_pem.empty()) {
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    SetBlob(CURLOPT_CAINFO_BLOB, tls.ca_pem);
  } else if (!tls.ca_file.empty()) {
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    Set(CURLOPT_CAINFO, tls.ca_file.c_str());
  }
  if (!tls.cert_pem.empty()) {
    SetBlob(CURLOPT_SSLCERT_BLOB, tls.cert_pem);
  } else if (!tls.cert_file.empty()) {
    Set(CURLOPT_SSLCERT, tls.cert_file.c_str());
  }
  if (!tls.key_pem.empty()) {
    SetBlob(CURLOPT_SSLKEY_BLOB, tls.key_pem);
  } else if (!tls.key_file.empty()) {
    Set(CURLOPT_SSLKEY, tls.key_file.c_str());
  }
}

bool Transfer::AddHeader(const std::string& line) {
  if (HasControl(line)) return false;
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) return false;
  [[maybe_unused]] const curl_slist* same = headers_.release();
  headers_.reset(longer);
  return true;
}

bool Transfer::SetRequest() {
  const BaseUrl& base = endpoint_.base;
  if (!IsTarget(request_.target)) return false;
  std::string origin = base.Origin();
  if (!endpoint_.tls.server_name.empty()) {
    // The name to verify stands in the URL, the address to dial beside it.
    origin = base.scheme + "://" + endpoint_.tls.server_name + ":" + base.port;
    const std::string dial = "::" + base.host + ":" + base.port;
    connect_to_.reset(curl_slist_append(nullptr, dial.c_str()));
    Set(CURLOPT_CONNECT_TO, connect_to_.get());
  }
  Set(CURLOPT_URL, (origin + base.prefix + request_.target).c_str());
  Set(CURLOPT_USERAGENT, endpoint_.user_agent.c_str());
  if (request_.method == Method::kGet) {
    Set(CURLOPT_HTTPGET, 1L);
  } else {
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request_.body.size()));
    Set(CURLOPT_POSTFIELDS, request_.body.data());
    Set(CURLOPT_CUSTOMREQUEST,
        std::string(MethodName(request_.method)).c_str());
  }
  if (!AddHeader("Expect:")) return false;
  for (const std::string& line : request_.headers) {
    if (!AddHeader(line)) return false;
  }
  Set(CURLOPT_HTTPHEADER, headers_.get());
  return true;
}

std::size_t Transfer::OnBody(char* bytes, std::size_t size, std::size_t count,
                             void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  std::string& body = transfer.response_.body;
  if (body.size() + length > transfer.request_.max_body) {
    transfer.too_large_ = true;
    return 0;
  }
  body.append(bytes, length);
  return length;
}

std::size_t Transfer::OnHeader(char* bytes, std::size_t size, std::size_t count,
                               void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  transfer.header_bytes_ += length;
  if (transfer.header_bytes_ > kMaxHeaderBytes) {
    transfer.too_large_ = true;
    return 0;
  }
  const std::string_view line(bytes, length);
  auto& headers = transfer.response_.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // Behind a 1xx answer.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return length;
  std::string name(Trim(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  headers.emplace_back(std::move(name), Trim(line.substr(colon + 1)));
  return length;
}

curl_socket_t Transfer::OnOpenSocket(void* self, curlsocktype purpose,
                                     curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (purpose != CURLSOCKTYPE_IPCXN ||
      !AddressAllowed(address->addr, transfer.endpoint_.allow_loopback)) {
    transfer.address_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

bool Transfer::NothingSent() const {
  if (request_.connection != Connection::kFresh) return false;
  // On a connection of its own, bytes can leave only after this phase ended.
  curl_off_t ready = 0;
  const CURLINFO phase = endpoint_.base.scheme == "https"
                             ? CURLINFO_APPCONNECT_TIME_T
                             : CURLINFO_CONNECT_TIME_T;
  return curl_easy_getinfo(easy_.get(), phase, &ready) == CURLE_OK &&
         ready == 0;
}

Failure Transfer::Classify(CURLcode code) const {
  Failure failure;
  failure.delivery = NothingSent() ? Delivery::kNotSent : Delivery::kUnknown;
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
    failure.error = {Code::kResourceExhausted,
                     "answer is larger than " +
                         std::to_string(request_.max_body) + " bytes"};
    return failure;
  }
  if (address_refused_ && code == CURLE_COULDNT_CONNECT) {
    failure.error = {Code::kUnavailable,
                     "address of " + endpoint_.base.host + " is not allowed"};
    return failure;
  }
  failure.error.code = CodeOf(code);
  failure.error.message =
      error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  return failure;
}

Outcome Transfer::Finish(CURLcode code) {
  if (code != CURLE_OK) return Classify(code);
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

}  // namespace selfheal::http
