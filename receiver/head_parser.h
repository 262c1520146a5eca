#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "receiver/http_limits.h"
#include "receiver/http_message.h"

namespace selfheal {

/// Reads the head of one request, line by line as the bytes arrive.
///
/// Strict where RFC 9112 lets a server choose, since a proxy in front may have
/// chosen differently: CRLF only, no folding, no control characters, token
/// names without '_', one Host, one Content-Length or exactly `chunked`.
/// Not thread-safe.
class HeadParser {
 public:
  enum class State { kMore, kDone, kRefused };

  explicit HeadParser(const HttpLimits& limits) : limits_(limits) {}

  /// Takes bytes from the front of `bytes` until the head ends or is refused.
  State Feed(std::string_view& bytes);

  /// True once a byte was fed.
  bool started() const { return total_ > 0; }

  /// Precondition: Feed returned kDone.
  RequestHead& head() { return head_; }

  /// Precondition: Feed returned kRefused.
  const HttpResponse& refusal() const { return refusal_; }

 private:
  State Refuse(int status, std::string_view detail);
  State TakeLine();
  State TakeRequestLine(std::string_view line);
  State TakeTarget(std::string_view target);
  State TakeField(std::string_view line);
  State Store(const std::string& name, std::string_view value);
  State StoreLength(std::string_view value);
  State StoreCoding(std::string_view value);
  State StoreOnce(std::string& place, bool& seen, std::string_view value);
  State FinishHead();

  const HttpLimits& limits_;
  std::string line_;
  std::size_t total_ = 0;
  std::size_t fields_ = 0;
  bool has_request_line_ = false;
  bool has_host_ = false;
  bool has_authorization_ = false;
  bool has_slack_timestamp_ = false;
  bool has_slack_signature_ = false;
  bool has_origin_ = false;
  RequestHead head_;
  HttpResponse refusal_;
};

/// True for a `tchar` of RFC 9110.
bool IsTokenChar(char c);

}  // namespace selfheal
