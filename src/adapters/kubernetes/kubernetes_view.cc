#include "adapters/kubernetes/kubernetes_view.h"

#include <iterator>
#include <utility>

#include "adapters/kubernetes/api_path.h"
#include "adapters/kubernetes/discovery.h"
#include "adapters/kubernetes/object_mapper.h"
#include "adapters/kubernetes/status.h"

namespace selfheal::kubernetes {
namespace {

constexpr int kPageSize = 500;
/// 500,000 objects; a server that pages on for ever must not hold us.
constexpr int kMaxPages = 1000;

}  // namespace

Result<ClusterObject> KubernetesView::Get(const ObjectRef& ref) {
  auto path = ObjectPath(ref);
  if (!path) return path.error();
  const http::Outcome outcome = api_.Get(*path);
  const std::string doing = "get " + ToString(ref);
  if (!outcome.ok() || outcome.response().status != 200) {
    return Problem(outcome, ref.kind).With(doing);
  }
  auto object = ParseObject(outcome.response().body, ref.kind);
  if (!object) return object.error().With(doing);
  if (object->ref != ref) {
    return Error{Code::kInternal, doing + ": the answer is another object"};
  }
  return object;
}

Error KubernetesView::Problem(const http::Outcome& outcome, ObjectKind kind) {
  const bool unknown = outcome.ok() && outcome.response().status == 404 &&
                       !ParseStatus(outcome.response()).is_status &&
                       IsUnknownKind(api_, ResourceOf(kind));
  if (!unknown) return ReadError(outcome);
  return {Code::kNotFound,
          "kubernetes: the cluster has no kind " + std::string(KindName(kind))};
}

Result<std::vector<ClusterObject>> KubernetesView::List(
    const ListQuery& query) {
  auto objects = ListOnce(query);
  // 410 in the middle: the pages' snapshot is gone, a new list starts over.
  if (!objects && objects.error().code == Code::kAborted) {
    objects = ListOnce(query);
  }
  if (!objects) {
    return objects.error().With("list " + std::string(KindName(query.kind)) +
                                (query.ns.empty() ? "" : " in " + query.ns));
  }
  return objects;
}

Result<std::vector<ClusterObject>> KubernetesView::ListOnce(
    const ListQuery& query) {
  std::vector<ClusterObject> objects;
  std::string token;
  for (int page = 0; page < kMaxPages; ++page) {
    auto path = ListPath(query, kPageSize, token);
    if (!path) return path.error();
    const http::Outcome outcome = api_.Get(*path);
    if (!outcome.ok() || outcome.response().status != 200) {
      return Problem(outcome, query.kind);
    }
    auto parsed = ParsePage(outcome.response().body, query.kind);
    if (!parsed) return parsed.error();
    for (const ClusterObject& object : parsed->items) {
      if (!query.ns.empty() && object.ref.ns != query.ns) {
        return Error{Code::kInternal, "an object of another namespace"};
      }
      if (!query.name.empty() && object.ref.name != query.name) {
        return Error{Code::kInternal, "an object of another name"};
      }
    }
    std::move(parsed->items.begin(), parsed->items.end(),
              std::back_inserter(objects));
    token = parsed->continue_token;
    if (token.empty()) return objects;
  }
  return Error{Code::kResourceExhausted, "more pages than can be"};
}

}  // namespace selfheal::kubernetes
