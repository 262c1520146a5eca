// The stores that need no server.
#include "adapters/sqlite/sqlite_store.h"
#include "contract/store_world.h"
#include "sim/fakes/fake_store.h"

namespace selfheal::testing {
namespace {

std::unique_ptr<StoreHandle> OpenSqlite(const std::string& folder,
                                        const Clock& clock) {
  auto store = OpenSqliteStore(
      {.path = folder + "/selfheal.db", .store = PatientOptions(clock)});
  SELFHEAL_CHECK(store.ok());
  return std::make_unique<StoreHandle>(
      std::shared_ptr<SqlStore>(std::move(*store)));
}

std::unique_ptr<StoreHandle> OpenFake(const std::string&, const Clock& clock) {
  return std::make_unique<StoreHandle>(std::make_shared<FakeStore>(clock));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract,
                         ::testing::Values(StoreKind{"Sqlite", OpenSqlite,
                                                     true},
                                           StoreKind{"Fake", OpenFake, false}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace selfheal::testing
