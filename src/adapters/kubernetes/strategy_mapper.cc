#include "adapters/kubernetes/strategy_mapper.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace selfheal::kubernetes {
namespace {

/// "2" or "25%" of `whole`; nothing where it is neither.
std::optional<long long> ShareOf(std::string_view text, int whole,
                                 bool round_up) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  int number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    return std::nullopt;
  }
  if (!percent) return number;
  return (1LL * whole * number + (round_up ? 99 : 0)) / 100;
}

long long Read(const FieldReader& rolling, const char* key,
               const char* fallback, int whole, bool round_up) {
  std::string text = rolling.IntOrString(key);
  if (text.empty()) text = fallback;
  const auto share = ShareOf(text, whole, round_up);
  if (!share) rolling.Fail(key, "expected a number or a percentage");
  return share.value_or(0);
}

/// Where the strategy keeps its shares, and its name.
FieldReader RollingIn(const FieldReader& strategy, ObjectKind kind,
                      std::string& name) {
  if (kind != ObjectKind::kRollout) {
    name = strategy.String("type");
    return strategy.Object("rollingUpdate");
  }
  const bool blue_green = strategy.Has("blueGreen");
  if (blue_green || strategy.Has("canary")) {
    name = blue_green ? "BlueGreen" : "Canary";
  }
  return strategy.Object(blue_green ? "blueGreen" : "canary");
}

}  // namespace

/// Source: ResolveFenceposts of the Deployment controller, which Argo Rollouts
/// goes by too, and UnavailableCount and SurgeCount of the DaemonSet's. A
/// StatefulSet never surges.
void MapStrategy(const FieldReader& spec, ObjectKind kind,
                 WorkloadState& state) {
  const bool sets = KeptIn(kind) == ObjectKind::kReplicaSet;
  const FieldReader strategy =
      spec.Object(sets ? "strategy" : "updateStrategy");
  const FieldReader rolling = RollingIn(strategy, kind, state.update_strategy);
  state.partition = rolling.Int("partition");
  const long long away = Read(rolling, "maxUnavailable", sets ? "25%" : "1",
                              state.replicas, !sets);
  const long long surge =
      Read(rolling, "maxSurge", sets ? "25%" : "0", state.replicas, true);
  const long long least = surge > 0 ? 0 : 1;
  state.max_unavailable = static_cast<int>(
      std::clamp<long long>(away, least, std::max(1, state.replicas)));
}

}  // namespace selfheal::kubernetes
