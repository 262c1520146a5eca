#include "sim/pipeline/sim_cluster.h"

#include <algorithm>

#include "adapters/kubernetes/api_path.h"
#include "adapters/kubernetes/kubernetes_client.h"
#include "adapters/kubernetes/object_mapper.h"
#include "adapters/kubernetes/status.h"
#include "adapters/kubernetes/wire_encoder.h"

namespace selfheal::testing {
namespace {

kubesim::TimePoint ToSim(Time time) {
  return kubesim::TimePoint(
      std::chrono::duration_cast<kubesim::Duration>(time.time_since_epoch()));
}

/// "a%2Fb" -> "a/b"; queries here hold nothing else that is encoded.
std::string Decode(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

kubesim::ApiRequest ToApi(const WireRequest& request) {
  kubesim::ApiRequest api;
  api.method = request.method;
  api.content_type = request.content_type;
  api.body = request.body;
  const std::size_t mark = request.path.find('?');
  api.path = Decode(request.path.substr(0, mark));
  if (mark == std::string::npos) return api;
  std::string rest = request.path.substr(mark + 1);
  while (!rest.empty()) {
    const std::string pair = rest.substr(0, rest.find('&'));
    rest.erase(0, pair.size() + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) continue;
    api.query.emplace(Decode(pair.substr(0, equals)),
                      Decode(pair.substr(equals + 1)));
  }
  return api;
}

http::Response ToHttp(const kubesim::ApiResponse& response) {
  http::Response out;
  out.status = response.code;
  out.headers = {{"content-type", response.content_type}};
  out.body = response.body;
  return out;
}

}  // namespace

SimCluster::SimCluster(const Clock& clock, Gate& gate)
    : clock_(clock), gate_(gate), world_(1, 1, ToSim(clock.Now())) {}

void SimCluster::Follow() {
  // A change has settled after a few seconds; the rest of a long wait is one
  // step.
  constexpr std::chrono::seconds kSettles{20};
  const kubesim::TimePoint now = ToSim(clock_.Now());
  world_.AdvanceTo(std::min(now, world_.now() + kSettles));
  world_.JumpTo(now);
}

kubesim::ApiResponse SimCluster::Call(const WireRequest& request) {
  Follow();
  if (called_.emplace(request.method, request.path).second) {
    calls_.push_back(request);
  }
  if (request.method != "GET" && forbids && forbids(request)) {
    kubesim::ApiResponse refusal;
    refusal.code = 422;
    refusal.body = R"({"kind":"Status","message":"a policy denied it"})";
    return refusal;
  }
  return world_.api().Handle(ToApi(request));
}

Result<ClusterObject> SimCluster::Get(const ObjectRef& ref) {
  if (auto fault = gate_.Enter()) return *fault;
  auto path = kubernetes::ObjectPath(ref);
  if (!path.ok()) return path.error();
  const http::Response response = ToHttp(Call({"GET", *path, "", ""}));
  if (response.status != 200) return kubernetes::ReadError(response);
  auto object = kubernetes::ParseObject(response.body, ref.kind);
  if (object.ok()) object->created_at -= clock_behind;
  return object;
}

Result<std::vector<ClusterObject>> SimCluster::List(const ListQuery& query) {
  if (auto fault = gate_.Enter()) return *fault;
  if (on_list) on_list();
  if (unlisted) return *unlisted;
  auto path = kubernetes::ListPath(query, 500, "");
  if (!path.ok()) return path.error();
  const http::Response response = ToHttp(Call({"GET", *path, "", ""}));
  if (response.status != 200) return kubernetes::ReadError(response);
  auto page = kubernetes::ParsePage(response.body, query.kind);
  if (!page.ok()) return page.error();
  for (ClusterObject& item : page->items) item.created_at -= clock_behind;
  return std::move(page->items);
}

Result<WireRequest> SimCluster::Encode(const Mutation& mutation) {
  return kubernetes::EncodeMutation(mutation);
}

ApplyReply SimCluster::DryRun(const WireRequest& request) {
  if (gate_.Enter()) return {ApplyResult::kUnknown, 0, "no answer"};
  const auto dry = kubernetes::AsDryRun(request);
  if (!dry.ok()) return {ApplyResult::kRefused, 0, dry.error().message};
  return kubernetes::ClassifyMutation(ToHttp(Call(*dry)));
}

ApplyReply SimCluster::Apply(const WireRequest& request) {
  if (gate_.Enter()) {
    // A failed call of this port is a lost request: nobody knows.
    return {ApplyResult::kUnknown, 0, "no answer"};
  }
  Trouble trouble = Trouble::kNone;
  if (!troubles.empty()) {
    trouble = troubles.front();
    troubles.pop_front();
  }
  switch (trouble) {
    case Trouble::kDrop:
      return {ApplyResult::kUnknown, 0, "connection reset"};
    case Trouble::kConflict:
      return {ApplyResult::kConflict, 409, "409 Conflict"};
    case Trouble::kNotSent:
      return {ApplyResult::kNotSent, 0, "connection refused"};
    case Trouble::kRefuse:
      return {ApplyResult::kRefused, 403, "403 Forbidden"};
    case Trouble::kNone:
    case Trouble::kSwallow:
      break;
  }
  if (on_apply) on_apply(request);
  const http::Response response = ToHttp(Call(request));
  seen_.push_back({request, response.status});
  if (gate_.Lost() || trouble == Trouble::kSwallow) {
    return {ApplyResult::kUnknown, 0, "the answer was lost"};
  }
  return kubernetes::ClassifyMutation(response);
}

std::vector<WireRequest> SimCluster::accepted() const {
  std::vector<WireRequest> out;
  for (const Seen& seen : seen_) {
    if (seen.accepted()) out.push_back(seen.request);
  }
  return out;
}

}  // namespace selfheal::testing
