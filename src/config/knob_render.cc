#include "config/knob_render.h"

#include <algorithm>

#include "config/render.h"
#include "config/scalar.h"
#include "core/duration.h"

namespace selfheal {
namespace {

using Approvers = std::vector<Config::ApprovalsConfig::Approver>;

std::string ListJson(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += (text.empty() ? "" : ", ") + QuoteJson(item);
  }
  return "[" + text + "]";
}

std::string ApproversJson(const Approvers& approvers) {
  std::string text;
  for (const auto& approver : approvers) {
    const bool user = !approver.slack_user.empty();
    text += text.empty() ? "{" : ", {";
    text += user ? "\"slack_user\": " : "\"slack_group\": ";
    text += QuoteJson(user ? approver.slack_user : approver.slack_group);
    text += ", \"risk\": " + ListJson(approver.risk) + "}";
  }
  return "[" + text + "]";
}

std::string Masked(const std::string& text) {
  if (text.empty()) return text;
  const bool database =
      text.starts_with("sqlite:") || text.starts_with("postgresql:");
  return database ? MaskUrlPassword(text) : std::string(kMasked);
}

struct ValueVisitor {
  const Knob& knob;
  Secrets secrets;

  std::string operator()(const std::string* v) const {
    const bool mask = knob.secret && secrets == Secrets::kMasked;
    return QuoteJson(mask ? Masked(*v) : *v);
  }
  std::string operator()(const bool* v) const { return *v ? "true" : "false"; }
  std::string operator()(const int* v) const { return std::to_string(*v); }
  std::string operator()(const long long* v) const {
    return QuoteJson(FormatSize(*v));
  }
  std::string operator()(const double* v) const { return FormatNumber(*v); }
  std::string operator()(const seconds* v) const {
    return QuoteJson(FormatDuration(*v));
  }
  /// Of a header, the name may be seen.
  std::string operator()(const std::vector<std::string>* v) const {
    std::vector<std::string> items = *v;
    if (knob.secret && secrets == Secrets::kMasked) {
      for (std::string& item : items) {
        item = item.substr(0, item.find(':') + 1) + " " + std::string(kMasked);
      }
    }
    return ListJson(items);
  }
  std::string operator()(const Approvers* v) const { return ApproversJson(*v); }
};

/// True where YAML reads the bare text as this very text.
bool NeedsNoQuotes(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
  };
  const bool safe = std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == ':';
  });
  constexpr std::string_view kWords[] = {"true", "false", "null", "yes",
                                         "no",   "on",    "off"};
  return !text.empty() && letter(text[0]) && safe && text.back() != ':' &&
         std::find(std::begin(kWords), std::end(kWords), text) ==
             std::end(kWords);
}

constexpr std::string_view kPassword = "password=";

/// A ':' without an '@' should begin a port: what is none is masked.
void MaskNoPort(std::string& url, std::size_t begin) {
  const auto end = std::min(url.find_first_of("/?,", begin), url.size());
  const std::string_view port =
      std::string_view(url).substr(begin, end - begin);
  const bool digits =
      port.find_first_not_of("0123456789") == std::string_view::npos;
  // The address of IPv6 has its own.
  if (!digits && port.find(']') == std::string_view::npos) {
    url.replace(begin, end - begin, kMasked);
  }
}

}  // namespace

std::string KnobValueJson(const Knob& knob, Secrets secrets) {
  return std::visit(
      [&](const auto* field) { return ValueVisitor{knob, secrets}(field); },
      knob.field);
}

std::string KnobValueYaml(const Knob& knob, Secrets secrets) {
  const std::string json = KnobValueJson(knob, secrets);
  const bool quoted = json.size() > 2 && json[0] == '"';
  const std::string bare = quoted ? json.substr(1, json.size() - 2) : "";
  const bool unit = std::holds_alternative<seconds*>(knob.field) ||
                    std::holds_alternative<long long*>(knob.field);
  const bool address = knob.path == "listen";
  return quoted && (unit || address || NeedsNoQuotes(bare)) ? bare : json;
}

std::string KnobValueEnvironment(const Knob& knob) {
  if (const auto* const* text = std::get_if<std::string*>(&knob.field)) {
    return **text;
  }
  if (const auto* const* value = std::get_if<seconds*>(&knob.field)) {
    return std::to_string(**value / knob.env_unit);
  }
  if (const auto* const* list =
          std::get_if<std::vector<std::string>*>(&knob.field)) {
    std::string text;
    for (const std::string& item : **list) {
      text += (text.empty() ? "" : ",") + item;
    }
    return text;
  }
  return KnobValueJson(knob, Secrets::kMasked);
}

std::string KnobDoc(const Knob& knob) {
  const std::string doc(knob.doc);
  return knob.later ? doc + " For a later release: no effect yet." : doc;
}

std::string KnobRange(const Knob& knob) {
  if (knob.min == 0 && knob.max == 0) return "";
  const auto shown = [&](double value) {
    if (std::holds_alternative<seconds*>(knob.field)) {
      return FormatDuration(seconds(static_cast<long long>(value)));
    }
    if (std::holds_alternative<long long*>(knob.field)) {
      return FormatSize(static_cast<long long>(value));
    }
    return FormatNumber(value);
  };
  return shown(knob.min) + " to " + shown(knob.max);
}

std::string MaskUrlPassword(std::string_view url) {
  std::string text(url);
  const auto start = text.find("://");
  if (start == std::string::npos) return text;
  // In a database's URL '/' and '?' may be of the password, which is then
  // wrong, but no less secret; and so is what should be a port.
  const bool database = text.starts_with("postgres");
  const auto end = database ? text.size() : text.find('/', start + 3);
  const auto at = text.rfind('@', end);
  const auto colon = text.find(':', start + 3);
  if (at != std::string::npos && at > start && colon < at) {
    text.replace(colon + 1, at - colon - 1, kMasked);
  } else if (database && colon != std::string::npos) {
    MaskNoPort(text, colon + 1);
  }
  for (auto key = text.find(kPassword); key != std::string::npos;
       key = text.find(kPassword, key + 1)) {
    const auto value = key + kPassword.size();
    const auto stop = std::min(text.find('&', value), text.size());
    text.replace(value, stop - value, kMasked);
  }
  return text;
}

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto dot = path.find('.');
    parts.push_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace selfheal
