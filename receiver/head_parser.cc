#include "receiver/head_parser.h"

#include <algorithm>
#include <array>
#include <limits>

namespace selfheal {
namespace {

using State = HeadParser::State;

/// Fields that handlers or a library may want; nothing else leaves the gate.
constexpr std::array<std::string_view, 2> kForwarded = {"accept",
                                                        "if-none-match"};

/// Fields whose meaning the product does not offer; a silent "no" could be
/// read differently by a proxy, so they end the connection.
struct Unsupported {
  std::string_view name;
  int status;
  std::string_view detail;
};
constexpr std::array<Unsupported, 5> kUnsupported = {{
    {"content-encoding", 501, "Content-Encoding is not supported"},
    {"expect", 417, "Expect is not supported"},
    {"range", 400, "Range is not supported"},
    {"upgrade", 501, "Upgrade is not supported"},
    {"trailer", 501, "Trailer is not supported"},
}};

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

/// True for a control character that may not stand anywhere in a head.
bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view TrimSpace(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

/// True where the comma-separated list `value` holds `token`.
bool ListHolds(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    if (Lower(TrimSpace(value.substr(0, comma))) == token) return true;
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
  return false;
}

bool IsTargetChar(char c) {
  return IsAlnum(c) || std::string_view("-._~!$&'()*+,;=:@/?%").find(c) !=
                           std::string_view::npos;
}

bool IsVersionShape(std::string_view text) {
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && text[6] == '.' &&
         text[5] >= '0' && text[5] <= '9' && text[7] >= '0' && text[7] <= '9';
}

}  // namespace

bool IsTokenChar(char c) {
  return IsAlnum(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

State HeadParser::Refuse(int status, std::string_view detail) {
  refusal_ = Problem(status, detail);
  refusal_.close = true;
  return State::kRefused;
}

State HeadParser::Feed(std::string_view& bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool complete = end != std::string_view::npos;
    const std::string_view part =
        bytes.substr(0, complete ? end + 1 : bytes.size());
    total_ += part.size();
    if (!has_request_line_ &&
        line_.size() + part.size() > limits_.target_bytes + 64) {
      return Refuse(414, "the request line is too long");
    }
    if (total_ > limits_.head_bytes) {
      return Refuse(431, "the header fields are too long");
    }
    if (std::any_of(part.begin(), part.end(), IsForbidden)) {
      return Refuse(400, "a control character in the head");
    }
    line_ += part;
    bytes.remove_prefix(part.size());
    if (!complete) return State::kMore;
    const State state = TakeLine();
    line_.clear();
    if (state != State::kMore) return state;
  }
  return State::kMore;
}

State HeadParser::TakeLine() {
  std::string_view line = line_;
  if (line.size() < 2 || line[line.size() - 2] != '\r') {
    return Refuse(400, "a line does not end with CR LF");
  }
  line.remove_suffix(2);
  if (line.find('\r') != std::string_view::npos) {
    return Refuse(400, "a bare CR in the head");
  }
  if (!has_request_line_) return TakeRequestLine(line);
  return line.empty() ? FinishHead() : TakeField(line);
}

State HeadParser::TakeRequestLine(std::string_view line) {
  has_request_line_ = true;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 ||
      line.find('\t') != std::string_view::npos) {
    return Refuse(400, "the request line is malformed");
  }
  const std::string_view name = line.substr(0, first);
  if (!std::all_of(name.begin(), name.end(), IsTokenChar)) {
    return Refuse(400, "the method is malformed");
  }
  if (first == last) return Refuse(505, "HTTP/0.9 is not supported");
  const std::string_view version = line.substr(last + 1);
  if (!IsVersionShape(version)) {
    return Refuse(400, "the protocol version is malformed");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refuse(505, "the version must be 1.0 or 1.1");
  }
  head_.http11 = version == "HTTP/1.1";
  head_.close = !head_.http11;
  const auto method = ParseMethod(name);
  if (!method) return Refuse(501, "the method is not supported");
  head_.method = *method;
  return TakeTarget(line.substr(first + 1, last - first - 1));
}

State HeadParser::TakeTarget(std::string_view target) {
  if (target.size() > limits_.target_bytes) {
    return Refuse(414, "the request target is too long");
  }
  if (target.empty() || target.front() != '/') {
    return Refuse(400, "the request target must start with '/'");
  }
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (!IsTargetChar(target[i])) {
      return Refuse(400, "a character in the request target must be escaped");
    }
    if (target[i] == '%' && (i + 2 >= target.size() || !IsHex(target[i + 1]) ||
                             !IsHex(target[i + 2]))) {
      return Refuse(400, "an escape in the request target is malformed");
    }
  }
  const std::size_t mark = target.find('?');
  head_.path = target.substr(0, mark);
  if (mark != std::string_view::npos) head_.query = target.substr(mark + 1);
  return State::kMore;
}

State HeadParser::TakeField(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Refuse(400, "a folded header field");
  }
  if (++fields_ > limits_.header_fields) {
    return Refuse(431, "too many header fields");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Refuse(400, "a header field is malformed");
  }
  const std::string_view name = line.substr(0, colon);
  // '_' is a token character, but gateways that speak CGI turn '-' into it.
  if (!std::all_of(name.begin(), name.end(), IsTokenChar) ||
      name.find('_') != std::string_view::npos) {
    return Refuse(400, "the name of a header field is malformed");
  }
  return Store(Lower(name), TrimSpace(line.substr(colon + 1)));
}

State HeadParser::Store(const std::string& name, std::string_view value) {
  for (const Unsupported& field : kUnsupported) {
    if (field.name == name) return Refuse(field.status, field.detail);
  }
  if (name == "content-length") return StoreLength(value);
  if (name == "transfer-encoding") return StoreCoding(value);
  if (name == "host") return StoreOnce(head_.host, has_host_, value);
  if (name == "origin") return StoreOnce(head_.origin, has_origin_, value);
  if (name == "authorization") {
    return StoreOnce(head_.authorization, has_authorization_, value);
  }
  if (name == "x-slack-request-timestamp") {
    return StoreOnce(head_.slack_timestamp, has_slack_timestamp_, value);
  }
  if (name == "x-slack-signature") {
    return StoreOnce(head_.slack_signature, has_slack_signature_, value);
  }
  if (name == "connection" && ListHolds(value, "close")) head_.close = true;
  if (std::find(kForwarded.begin(), kForwarded.end(), name) !=
      kForwarded.end()) {
    head_.forwarded.emplace_back(name, value);
  }
  return State::kMore;
}

State HeadParser::StoreOnce(std::string& place, bool& seen,
                            std::string_view value) {
  if (seen) return Refuse(400, "a header field stands twice");
  seen = true;
  place = value;
  return State::kMore;
}

State HeadParser::StoreLength(std::string_view value) {
  if (head_.content_length || head_.chunked) {
    return Refuse(400, "the length of the body stands twice");
  }
  if (value.empty()) return Refuse(400, "Content-Length is malformed");
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t length = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return Refuse(400, "Content-Length is malformed");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    // Too many digits mean "longer than any limit", not another number.
    length = length > (kMax - digit) / 10 ? kMax : length * 10 + digit;
  }
  head_.content_length = length;
  return State::kMore;
}

State HeadParser::StoreCoding(std::string_view value) {
  if (head_.content_length || head_.chunked) {
    return Refuse(400, "the length of the body stands twice");
  }
  if (Lower(value) != "chunked") {
    return Refuse(501, "the only transfer coding is chunked");
  }
  head_.chunked = true;
  return State::kMore;
}

State HeadParser::FinishHead() {
  if (head_.http11 && !has_host_) return Refuse(400, "Host is missing");
  const auto host_char = [](char c) {
    return IsAlnum(c) ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  };
  if (!std::all_of(head_.host.begin(), head_.host.end(), host_char)) {
    return Refuse(400, "Host is malformed");
  }
  if (head_.chunked && !head_.http11) {
    return Refuse(400, "HTTP/1.0 has no transfer coding");
  }
  const bool takes_body =
      head_.method == Method::kPost || head_.method == Method::kPut ||
      head_.method == Method::kPatch || head_.method == Method::kDelete;
  if (!takes_body && head_.HasBody()) {
    return Refuse(400, "this method takes no body");
  }
  return State::kDone;
}

}  // namespace selfheal
