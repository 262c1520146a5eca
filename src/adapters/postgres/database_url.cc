#include "adapters/postgres/database_url.h"

#include <algorithm>

#include "config/knob_render.h"

namespace selfheal {
namespace {

constexpr std::string_view kDefaults =
    "connect_timeout=5&keepalives_idle=10&keepalives_interval=5"
    "&keepalives_count=3&tcp_user_timeout=15000&client_encoding=UTF8"
    "&application_name=selfheal&target_session_attrs=read-write";

/// Of postgresql://[user[:password]@][hosts][/database][?query].
struct Parts {
  std::string_view hosts;
  std::string_view query;
};

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

/// Every '%' begins two digits; libpq would show the wrong ones.
bool IsPercentEncoded(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) <= ' ') return false;
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) {
      return false;
    }
  }
  return true;
}

/// Of hosts with ports, separated by commas; libpq would show what is none.
bool PortsAreNumbers(std::string_view hosts) {
  while (!hosts.empty()) {
    std::string_view host = hosts.substr(0, hosts.find(','));
    hosts.remove_prefix(std::min(hosts.size(), host.size() + 1));
    if (const auto end = host.find(']'); end != std::string_view::npos) {
      host.remove_prefix(end);
    }
    const auto colon = host.find(':');
    if (colon != std::string_view::npos &&
        host.find_first_not_of("0123456789", colon + 1) !=
            std::string_view::npos) {
      return false;
    }
  }
  return true;
}

Error Refused(const char* why) { return {Code::kInvalidArgument, why}; }

Result<Parts> Split(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return Refused("expected postgresql://user:password@host/database");
  }
  if (!IsPercentEncoded(url)) {
    return Refused("a space, or a % that begins no two hexadecimal digits");
  }
  std::string_view rest = url.substr(scheme + 3);
  Parts parts;
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    parts.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const auto at = rest.find_last_of('@');
  if (parts.query.find('@') != std::string_view::npos ||
      (at != std::string_view::npos &&
       (at >= authority.size() || at != authority.find('@')))) {
    return Refused(
        "'@', '/' and '?' in a user or password are written %40, %2F and %3F");
  }
  parts.hosts =
      at == std::string_view::npos ? authority : authority.substr(at + 1);
  if (!PortsAreNumbers(parts.hosts)) {
    return Refused("expected a number after the host's ':'");
  }
  return parts;
}

/// The value of `key` in `query`; "" where it is not there.
std::string_view ValueIn(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == key) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

bool IsLocal(std::string_view host) {
  const bool is_address =
      host.find_first_not_of("0123456789.:") == std::string_view::npos;
  return host.empty() || host.starts_with('/') || host.starts_with("%2F") ||
         host.starts_with("%2f") || (host.starts_with("127.") && is_address) ||
         host == "::1" || host.starts_with("[::1]") ||
         host.substr(0, host.find(':')) == "localhost";
}

bool AllLocal(std::string_view hosts) {
  while (!hosts.empty()) {
    const std::string_view host = hosts.substr(0, hosts.find(','));
    if (!IsLocal(host)) return false;
    hosts.remove_prefix(std::min(hosts.size(), host.size() + 1));
  }
  return true;
}

}  // namespace

bool IsPostgresUrl(std::string_view url) {
  return url.starts_with("postgresql:") || url.starts_with("postgres:");
}

Result<std::string> ConnectionUrl(std::string_view url) {
  const Result<Parts> parts = Split(url);
  if (!parts.ok()) {
    return Error{Code::kInvalidArgument,
                 "\"" + MaskUrlPassword(url) + "\": " + parts.error().message};
  }
  std::string out(url.substr(0, url.find('?')));
  out.append("?").append(kDefaults);
  const std::string_view named = ValueIn(parts->query, "host");
  if (!AllLocal(named.empty() ? parts->hosts : named) ||
      !AllLocal(ValueIn(parts->query, "hostaddr"))) {
    out += "&sslmode=verify-full";
  }
  // Of two that differ the last one counts.
  if (!parts->query.empty()) out.append("&").append(parts->query);
  return out;
}

}  // namespace selfheal
