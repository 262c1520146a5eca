// The store contract over PostgreSQL: the same tests as over SQLite.
#include <map>

#include "adapters/crypto/digest.h"
#include "contract/store_world.h"
#include "tests/postgres/patient_store.h"
#include "tests/postgres/postgres_server.h"

namespace selfheal::testing {
namespace {

/// The schema that stands for a folder.
const std::string& SchemaOf(const std::string& folder) {
  static std::map<std::string, std::string> schemas;
  std::string& schema = schemas[folder];
  if (schema.empty()) schema = NewSchema();
  return schema;
}

std::unique_ptr<StoreHandle> OpenPostgres(const std::string& folder,
                                          const Clock& clock) {
  return std::make_unique<StoreHandle>(std::shared_ptr<SqlStore>(
      OpenPatiently({.url = SharedServer().Url(SchemaOf(folder)),
                     .store = PatientOptions(clock),
                     .durability = postgres::Durability::kWaived})));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract,
                         ::testing::Values(StoreKind{
                             "Postgres", OpenPostgres, true,
                             [] { return SharedServer().lacking(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace selfheal::testing
