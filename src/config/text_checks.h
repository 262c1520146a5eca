#pragma once

#include <string>
#include <string_view>

namespace selfheal {

/// What is wrong with one text value; empty = nothing. Each takes the empty
/// text for "not set", except where it says otherwise.
using TextCheck = std::string (*)(std::string_view);

std::string CheckNotEmpty(std::string_view text);  ///< Refuses the empty text.
/// `http://` or `https://` with a host; no user, query, fragment or space.
std::string CheckHttpUrl(std::string_view text);
/// `host:port`, `[v6]:port`; port 0 asks the system for a free one.
std::string CheckHostPort(std::string_view text);
/// `sqlite://` with an absolute path. Refuses the empty.
std::string CheckDatabaseUrl(std::string_view text);
/// A namespace, or `*`. Refuses the empty text.
std::string CheckNamespacePattern(std::string_view text);
std::string CheckNamespace(std::string_view text);
/// `Name: value` of an HTTP header.
std::string CheckHeader(std::string_view text);
/// `key=value` of a Kubernetes label.
std::string CheckLabel(std::string_view text);
/// An IPv4 or IPv6 address.
std::string CheckAddress(std::string_view text);
/// Letters, digits, ".", "_" and "-", at most 249: a Kafka topic.
std::string CheckTopic(std::string_view text);
/// The id of a channel of Slack: a capital letter, then capitals and digits.
std::string CheckChannel(std::string_view text);

}  // namespace selfheal
