#include <sstream>

#include "sim/kubesim/api.h"
#include "sim/kubesim/defaults.h"

namespace kubesim {
namespace {

std::string Trim(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Splits a label selector at its commas, but not inside `in (a,b)`.
std::vector<std::string> SplitSelector(const std::string& selector) {
  std::vector<std::string> terms;
  std::string term;
  int depth = 0;
  for (const char c : selector) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      terms.push_back(Trim(term));
      term.clear();
    } else {
      term += c;
    }
  }
  if (!Trim(term).empty()) terms.push_back(Trim(term));
  return terms;
}

bool InSet(const std::string& term, const Json& labels) {
  const std::size_t open = term.find('(');
  std::istringstream head(term.substr(0, open));
  std::string key;
  std::string op;
  head >> key >> op;
  bool listed = false;
  std::istringstream values(term.substr(open + 1, term.rfind(')') - open - 1));
  for (std::string value; std::getline(values, value, ',');) {
    listed = listed || labels.value(key, "\x01") == Trim(value);
  }
  return op == "in" ? listed : !listed;
}

bool TermMatches(const std::string& term, const Json& labels) {
  if (term.find('(') != std::string::npos) return InSet(term, labels);
  const std::size_t unequal = term.find("!=");
  if (unequal != std::string::npos) {
    return labels.value(Trim(term.substr(0, unequal)), "\x01") !=
           Trim(term.substr(unequal + 2));
  }
  const std::size_t equal = term.find('=');
  if (equal != std::string::npos) {
    std::string value = term.substr(equal + 1);
    if (!value.empty() && value[0] == '=') value.erase(0, 1);
    return labels.value(Trim(term.substr(0, equal)), "\x01") == Trim(value);
  }
  if (term[0] == '!') return !labels.contains(Trim(term.substr(1)));
  return labels.contains(term);
}

bool LabelsMatch(const std::string& selector, const Json& object) {
  const Json* labels = Member(object, {"metadata", "labels"});
  const Json none = Json::object();
  for (const std::string& term : SplitSelector(selector)) {
    if (!TermMatches(term, labels != nullptr ? *labels : none)) return false;
  }
  return true;
}

std::string FieldValue(const std::string& field, const Json& object) {
  if (field == "metadata.name") return Text(object, {"metadata", "name"});
  if (field == "metadata.namespace") {
    return Text(object, {"metadata", "namespace"});
  }
  if (field == "spec.nodeName") return Text(object, {"spec", "nodeName"});
  if (field == "status.phase") return Text(object, {"status", "phase"});
  throw ApiError(400, "BadRequest", "field label not supported: " + field);
}

bool FieldsMatch(const std::string& selector, const Json& object) {
  for (const std::string& term : SplitSelector(selector)) {
    const std::size_t unequal = term.find("!=");
    const std::size_t equal = term.find('=');
    if (unequal != std::string::npos) {
      if (FieldValue(term.substr(0, unequal), object) ==
          term.substr(unequal + 2)) {
        return false;
      }
      continue;
    }
    std::string value = term.substr(equal + 1);
    if (!value.empty() && value[0] == '=') value.erase(0, 1);
    if (FieldValue(term.substr(0, equal), object) != value) return false;
  }
  return true;
}

}  // namespace

ApiResponse Api::ListObjects(const ApiRequest& request,
                             const ResourcePath& path) const {
  if (!request.Query("watch").empty() && request.Query("watch") != "0" &&
      request.Query("watch") != "false") {
    throw ApiError(405, "MethodNotAllowed", "watch is not simulated");
  }
  const std::string labels = request.Query("labelSelector");
  const std::string fields = request.Query("fieldSelector");
  const std::string limit_text = request.Query("limit");
  const std::size_t limit = limit_text.empty() ? 0 : std::stoul(limit_text);
  const std::string after = request.Query("continue");
  Json items = Json::array();
  Json metadata = {{"resourceVersion", std::to_string(store_->revision())}};
  for (const auto& [key, object] : store_->All(*path.resource)) {
    if (!path.name_space.empty() && key.first != path.name_space) continue;
    const std::string position = key.first + "/" + key.second;
    if (!after.empty() && position <= after) continue;
    if (!LabelsMatch(labels, object) || !FieldsMatch(fields, object)) continue;
    if (limit > 0 && items.size() == limit) {
      const Json& last = items.back();
      metadata["continue"] = Text(last, {"metadata", "namespace"}) + "/" +
                             Text(last, {"metadata", "name"});
      break;
    }
    items.push_back(object);
  }
  for (Json& item : items) {
    item.erase("kind");  // The API server leaves these out of list items.
    item.erase("apiVersion");
  }
  return Answer(200, {{"kind", path.resource->kind + "List"},
                      {"apiVersion", path.resource->ApiVersion()},
                      {"metadata", metadata},
                      {"items", items}});
}

}  // namespace kubesim
