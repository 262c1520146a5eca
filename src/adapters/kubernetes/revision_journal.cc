#include "adapters/kubernetes/revision_journal.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "adapters/kubernetes/api_path.h"
#include "adapters/kubernetes/object_mapper.h"
#include "adapters/kubernetes/status.h"
#include "adapters/kubernetes/template_diff.h"
#include "adapters/kubernetes/template_text.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

/// More revisions than any revisionHistoryLimit in use.
constexpr int kMaxRevisions = 500;
constexpr const char* kHistories[] = {
    "deployment.kubernetes.io/revision-history",
    "rollout.argoproj.io/revision-history"};

/// One kept revision of a workload's pod template.
struct Revision {
  long long number = 0;
  Time created_at;
  bool came_back = false;  ///< It was in use before and is again.
  json pod_template;
};

/// Who wrote the spec last, and when.
struct LastWrite {
  std::string by;
  std::optional<Time> at;
};

/// Parses an object; of a list, what nobody reads stays out.
json ParseDocument(const std::string& body, bool list) {
  if (!list) return json::parse(body, nullptr, false);
  const auto keep = [](int, json::parse_event_t event, json& parsed) {
    return event != json::parse_event_t::key || parsed != "managedFields";
  };
  return json::parse(body, keep, false);
}

Result<json> FetchJson(ApiClient& api, const std::string& target,
                       bool list = false) {
  const http::Outcome outcome = api.Get(target);
  if (!outcome.ok() || outcome.response().status != 200) {
    return ReadError(outcome);
  }
  json document = ParseDocument(outcome.response().body, list);
  if (!document.is_object()) {
    return Error{Code::kInternal, "the answer is not a JSON object"};
  }
  return document;
}

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

/// The newest entry of managedFields that owns a part of the spec.
LastWrite FindLastWrite(const json& workload) {
  LastWrite last;
  const json::json_pointer path("/metadata/managedFields");
  if (!workload.contains(path) || !workload[path].is_array()) return last;
  for (const json& entry : workload[path]) {
    if (!entry.is_object() || !entry.contains("fieldsV1") ||
        !entry["fieldsV1"].is_object() ||
        !entry["fieldsV1"].contains("f:spec")) {
      continue;
    }
    const auto at = ParseTime(Text(entry, "time"));
    if (at && (!last.at || *at >= *last.at)) {
      last = {Text(entry, "manager"), at};
    }
  }
  return last;
}

long long Number(std::string_view text) {
  long long value = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : 0;
}

json At(const json& object, const char* pointer) {
  const json::json_pointer path(pointer);
  return object.contains(path) ? object[path] : json();
}

/// The revision that one ReplicaSet or ControllerRevision keeps.
Result<std::optional<Revision>> ReadRevision(const json& item, ObjectKind kind,
                                             const std::string& owner_uid) {
  auto object = MapObject(item, kind);
  if (!object) return object.error();
  const OwnerRef* owner = object->Controller();
  if (owner == nullptr || owner->uid != owner_uid) {
    return std::optional<Revision>();
  }
  Revision revision{.number = 0,
                    .created_at = object->created_at,
                    .came_back = false,
                    .pod_template = json()};
  if (kind == ObjectKind::kReplicaSet) {
    revision.number = Number(RevisionIn(object->annotations));
    for (const char* history : kHistories) {
      revision.came_back |= !LabelOr(object->annotations, history).empty();
    }
    revision.pod_template = At(item, "/spec/template");
  } else {
    const json number = At(item, "/revision");
    revision.number = number.is_number_integer() ? number.get<long long>() : 0;
    revision.pod_template = At(item, "/data/spec/template");
  }
  return std::optional<Revision>(std::move(revision));
}

/// All revisions of one workload, newest first.
Result<std::vector<Revision>> ListRevisions(ApiClient& api,
                                            const ClusterObject& workload) {
  const ObjectKind kind = KeptIn(workload.ref.kind);
  const ListQuery query{.kind = kind,
                        .ns = workload.ref.ns,
                        .selector = workload.As<WorkloadState>()->selector,
                        .node = ""};
  auto path = ListPath(query, kMaxRevisions, "");
  if (!path) return path.error();
  auto list = FetchJson(api, *path, true);
  if (!list) return list.error();
  const json more = At(*list, "/metadata/continue");
  if (more.is_string() && !more.get_ref<const std::string&>().empty()) {
    return Error{Code::kResourceExhausted, "more revisions than can be"};
  }
  const json items = At(*list, "/items");
  std::vector<Revision> revisions;
  for (const json& item : items) {
    auto revision = ReadRevision(item, kind, workload.uid);
    if (!revision) return revision.error();
    if (*revision) revisions.push_back(**std::move(revision));
  }
  std::sort(revisions.begin(), revisions.end(),
            [](const Revision& a, const Revision& b) {
              return std::tie(a.number, a.created_at) >
                     std::tie(b.number, b.created_at);
            });
  return revisions;
}

std::vector<SpecChange> ToChanges(const ObjectRef& object,
                                  const std::vector<Revision>& revisions,
                                  const LastWrite& last, Time since) {
  std::vector<SpecChange> changes;
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    const Revision& revision = revisions[i];
    SpecChange change{.object = object,
                      .at = revision.created_at,
                      .by = "",
                      .fields = {"spec.template"},
                      .revision = revision.number};
    if (i == 0) {
      change.by = last.by;
      // Its object is as old as its first use; the write is the change.
      if (revision.came_back && last.at) change.at = *last.at;
    }
    if (i + 1 < revisions.size()) {
      change.fields =
          TemplateDiff(revisions[i + 1].pod_template, revision.pod_template);
    }
    if (change.at >= since) changes.push_back(std::move(change));
  }
  std::sort(changes.begin(), changes.end(),
            [](const SpecChange& a, const SpecChange& b) {
              return std::tie(a.at, a.revision) > std::tie(b.at, b.revision);
            });
  return changes;
}

}  // namespace

Result<std::vector<SpecChange>> RevisionJournal::Since(const ObjectRef& object,
                                                       Time since) {
  if (!IsWorkload(object.kind)) return std::vector<SpecChange>();
  const std::string doing = "changes of " + ToString(object);
  auto path = ObjectPath(object);
  if (!path) return path.error().With(doing);
  auto document = FetchJson(api_, *path);
  if (!document) return document.error().With(doing);
  auto workload = MapObject(*document, object.kind);
  if (!workload) return workload.error().With(doing);
  auto revisions = ListRevisions(api_, *workload);
  if (!revisions) return revisions.error().With(doing);
  return ToChanges(object, *revisions, FindLastWrite(*document), since);
}

}  // namespace selfheal::kubernetes
