#include "tests/postgres/patient_store.h"

#include <gtest/gtest.h>

#include <chrono>

namespace selfheal::testing {

std::unique_ptr<SqlStore> OpenPatiently(const PostgresOptions& options) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  auto store = OpenPostgresStore(options);
  while (!store.ok() && store.error().code == Code::kUnavailable &&
         std::chrono::steady_clock::now() < end) {
    store = OpenPostgresStore(options);
  }
  EXPECT_TRUE(store.ok()) << store.error().message;
  SELFHEAL_CHECK(store.ok());
  return *std::move(store);
}

}  // namespace selfheal::testing
