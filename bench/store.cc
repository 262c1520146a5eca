// How fast the embedded store acknowledges alerts: every append returns after
// its own fsynced commit.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/sqlite_store.h"

namespace selfheal {
namespace {

/// A store in a folder of its own, where TMPDIR says.
class BenchStore {
 public:
  BenchStore() : folder_(Folder()) {
    SqlStoreOptions options{.digester = Sha256Hex, .clock = &clock_};
    options.limits.wait = std::chrono::seconds(60);
    auto store = OpenSqliteStore(
        {.path = folder_ + "/selfheal.db", .store = std::move(options)});
    SELFHEAL_CHECK(store.ok());
    store_ = std::move(*store);
  }
  ~BenchStore() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SqlStore& operator*() { return *store_; }

 private:
  static std::string Folder() {
    std::string pattern =
        std::filesystem::temp_directory_path().string() + "/bench-XXXXXX";
    SELFHEAL_CHECK(mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }

  SystemClock clock_;
  std::string folder_;
  std::unique_ptr<SqlStore> store_;
};

std::unique_ptr<BenchStore> shared_store;
std::atomic<long long> next_alert = 0;

Alert NewAlert() {
  const std::string number = std::to_string(++next_alert);
  Alert alert;
  alert.labels = {{"alertname", "KubeMemoryLeak"},
                  {"namespace", "shop"},
                  {"pod", "cart-" + number},
                  {"severity", "warning"},
                  {"cluster", "one"},
                  {"container", "app"}};
  alert.annotations = {{"summary", "Memory of a pod rises."},
                       {"description", "Pod cart-" + number + " leaks."}};
  alert.fingerprint = Fingerprint(alert.labels);
  alert.starts_at = Time(std::chrono::seconds(1795608000));
  alert.generator_url = "http://prometheus:9090/graph?g0.expr=up";
  return alert;
}

AlertGroup NewGroup(long long size) {
  AlertGroup group;
  for (long long i = 0; i < size; ++i) group.alerts.push_back(NewAlert());
  group.received = group.alerts.size();
  return group;
}

/// state.range(0) alerts a payload; one caller a benchmark thread.
void BM_Append(benchmark::State& state) {
  if (state.thread_index() == 0) shared_store = std::make_unique<BenchStore>();
  const Time now = SystemClock().Now();
  for (auto _ : state) {
    const auto done = (**shared_store).Append(NewGroup(state.range(0)), now);
    if (!done.ok()) state.SkipWithError(done.error().message.c_str());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (state.thread_index() == 0) shared_store.reset();
}
BENCHMARK(BM_Append)
    ->Arg(1)
    ->Threads(1)
    ->Threads(16)
    ->Threads(64)
    ->UseRealTime();
BENCHMARK(BM_Append)->Arg(100)->Threads(16)->UseRealTime();
BENCHMARK(BM_Append)->Arg(5000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace selfheal

BENCHMARK_MAIN();
