#include "config/text_checks.h"

#include <algorithm>
#include <optional>

#include "config/scalar.h"
#include "core/object.h"

namespace selfheal {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool AllOf(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return IsAlphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool HasSpaceOrControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
  });
}

bool IsPort(std::string_view text) {
  const auto port = ParseInteger(text);
  return port && *port >= 0 && *port <= 65535;
}

bool IsV4(std::string_view text) {
  int parts = 0;
  while (parts < 4) {
    const auto end = std::min(text.find('.'), text.size());
    const auto part = ParseInteger(text.substr(0, end));
    if (!part || *part < 0 || *part > 255) return false;
    ++parts;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return parts == 4 && text.find('.') == std::string_view::npos;
}

/// Good enough to tell an address from a name; the socket layer parses it.
bool IsV6(std::string_view text) {
  return text.find(':') != std::string_view::npos && text.size() <= 45 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                  (c >= 'A' && c <= 'F') || c == ':' || c == '.';
         });
}

/// A label's value, or the part of its key after the slash.
bool IsLabelPart(std::string_view text) {
  return !text.empty() && text.size() <= 63 && IsAlphanumeric(text.front()) &&
         IsAlphanumeric(text.back()) && AllOf(text, "-_.");
}

}  // namespace

std::string CheckNotEmpty(std::string_view text) {
  return text.empty() ? "must not be empty" : "";
}

std::string CheckHttpUrl(std::string_view text) {
  if (text.empty()) return "";
  const std::string expected = "expected http://host[:port][/path] or https://";
  const auto scheme = text.find("://");
  const std::string_view name = text.substr(0, scheme);
  if (scheme == std::string_view::npos || (name != "http" && name != "https")) {
    return expected;
  }
  const std::string_view rest = text.substr(scheme + 3);
  const std::string_view host = rest.substr(0, rest.find('/'));
  const bool plain = rest.find_first_of("?#") == std::string_view::npos;
  if (host.empty() || host[0] == ':' || !plain || HasSpaceOrControl(text)) {
    return expected;
  }
  if (host.find('@') != std::string_view::npos) {
    return "a user or password in the URL is not allowed";
  }
  const auto colon = host.rfind(':');
  const bool v6_without_port = host.ends_with(']');
  if (colon != std::string_view::npos && !v6_without_port &&
      !IsPort(host.substr(colon + 1))) {
    return expected;
  }
  return "";
}

std::string CheckHostPort(std::string_view text) {
  if (text.empty()) return "";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 ||
      !IsPort(text.substr(colon + 1)) || HasSpaceOrControl(text)) {
    return "expected host:port";
  }
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed ? !IsV6(host.substr(1, host.size() - 2))
                : !AllOf(host, ".-_")) {
    return "expected host:port, an IPv6 address in brackets";
  }
  return "";
}

std::string CheckDatabaseUrl(std::string_view text) {
  if (text.starts_with("sqlite:///")) {
    const std::string_view path = text.substr(std::string("sqlite://").size());
    return path.find_first_not_of('/') == std::string_view::npos
               ? "expected sqlite:// and the absolute path of a file"
               : "";
  }
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
    return "";
  }
  return "expected sqlite:///path/of/file.db or "
         "postgresql://user:password@host/database";
}

std::string CheckNamespacePattern(std::string_view text) {
  return text == "*" ? "" : CheckNamespace(text);
}

std::string CheckNamespace(std::string_view text) {
  return IsDnsLabel(text) ? "" : "not the name of a namespace";
}

std::string CheckHeader(std::string_view text) {
  const auto colon = text.find(": ");
  const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
  });
  if (colon == std::string_view::npos || colon == 0 || !clean ||
      !AllOf(text.substr(0, colon), "-") || colon + 2 >= text.size()) {
    return "expected \"Name: value\"";
  }
  return "";
}

std::string CheckLabel(std::string_view text) {
  if (text.empty()) return "";
  const auto equal = text.find('=');
  std::string_view key = text.substr(0, equal);
  const auto slash = key.find('/');
  bool prefix_good = true;
  if (slash != std::string_view::npos) {
    prefix_good = IsDnsSubdomain(key.substr(0, slash));
    key.remove_prefix(slash + 1);
  }
  if (equal == std::string_view::npos || !prefix_good || !IsLabelPart(key) ||
      !IsLabelPart(text.substr(equal + 1))) {
    return "expected key=value of a Kubernetes label";
  }
  return "";
}

std::string CheckAddress(std::string_view text) {
  return IsV4(text) || IsV6(text) ? "" : "expected an IPv4 or IPv6 address";
}

std::string CheckTopic(std::string_view text) {
  const bool dots = text == "." || text == "..";
  return text.size() <= 249 && AllOf(text, "._-") && !dots
             ? ""
             : "not the name of a Kafka topic";
}

std::string CheckChannel(std::string_view text) {
  const auto good = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool id =
      text.size() <= 32 && std::all_of(text.begin(), text.end(), good);
  return id ? "" : "expected the id of a channel, such as C0123456789";
}

}  // namespace selfheal
