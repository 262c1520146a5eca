#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

using std::chrono::minutes;

Pattern Rising(std::string match, double base, double noise, double slope) {
  Pattern pattern;
  pattern.match = std::move(match);
  pattern.base = base;
  pattern.noise = noise;
  pattern.slope_per_minute = slope;
  pattern.since = minutes(40);
  return pattern;
}

Pattern Jump(std::string match, double base, double noise, double value) {
  Pattern pattern;
  pattern.match = std::move(match);
  pattern.base = base;
  pattern.noise = noise;
  pattern.value = value;
  pattern.since = minutes(15);
  return pattern;
}

}  // namespace

void AddWorkload(Pipeline& pipeline, const std::string& name) {
  using kubesim::Json;
  kubesim::World& world = pipeline.cluster.world();
  world.Apply({{"apiVersion", "v1"},
               {"kind", "Namespace"},
               {"metadata", {{"name", "shop"}}}});
  const Json container = {
      {"name", "app"},
      {"image", "app:1"},
      {"resources", {{"limits", {{"memory", "256Mi"}, {"cpu", "500m"}}}}}};
  const Json pod = {{"metadata", {{"labels", {{"app", name}}}}},
                    {"spec", {{"containers", Json::array({container})}}}};
  world.Apply({{"apiVersion", "apps/v1"},
               {"kind", "Deployment"},
               {"metadata", {{"name", name}, {"namespace", "shop"}}},
               {"spec",
                {{"replicas", 3},
                 {"selector", {{"matchLabels", {{"app", name}}}}},
                 {"template", pod}}}});
  pipeline.Advance(minutes(1));
}

Config QuickConfig() {
  Config config = Pipeline::DefaultConfig();
  config.judge.baseline = std::chrono::hours(6);
  config.judge.trees = 10;
  return config;
}

void Begin(Pipeline& pipeline, Story story) {
  AddWorkload(pipeline, story == Story::kCpu ? "checkout" : "cart");
  switch (story) {
    case Story::kLeak:
      pipeline.metrics.patterns = {
          Rising("resource=\"memory\"", 40, 1, 1.2),
          Rising("container_memory_working_set_bytes", 1e8, 2e6, 3e6)};
      pipeline.PostFiring("KubeMemoryLeak", pipeline.PodsOf("cart").front());
      return;
    case Story::kCrash:
      pipeline.metrics.patterns = {
          Jump("waiting_reason", 0, 0, 1),
          Jump("kube_pod_container_status_restarts_total", 0, 0, 4)};
      pipeline.cluster.world().kubelet().Inject(
          "shop/Deployment/cart", {{"behaviour", "crash-loop"}}, false, 1);
      pipeline.Advance(minutes(3));
      pipeline.PostFiring("KubePodCrashLooping",
                          pipeline.PodsOf("cart").front());
      return;
    case Story::kCpu:
      pipeline.metrics.patterns = {
          Jump("container_cpu_cfs_throttled_periods_total", 3, 1, 70),
          Jump("container_cpu_usage_seconds_total", 40, 2, 97)};
      pipeline.PostFiring("CPUThrottlingHigh",
                          pipeline.PodsOf("checkout").front());
      return;
  }
}

int MutationsOf(Story story) { return story == Story::kLeak ? 2 : 1; }

}  // namespace selfheal::testing
