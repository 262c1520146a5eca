#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres/session.h"
#include "adapters/sql/connection.h"

namespace selfheal::postgres {

/// One connection to the database. Not thread-safe.
class Connection final : public sql::Connection {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  /// @param url  as ConnectionUrl gives it.
  /// @error kUnavailable  no server, no right, or not the primary.
  static Result<std::unique_ptr<Connection>> Open(
      const std::string& url, Mode mode, std::shared_ptr<Deadlines> deadlines);

  Result<void> Exec(const char* sql) override;
  /// Takes the writers' turn: the head of the audit, locked until the end.
  Result<void> Begin() override;
  /// Leaves a key of its own in `commits`, by which CommittedSays finds out.
  Result<void> Commit() override;
  bool InTransaction() const override { return in_transaction_; }
  Result<void> BeginSnapshot() override;
  bool InDoubt() const override { return in_doubt_; }
  bool CommittedSays(sql::Connection& fresh) const override;

 private:
  explicit Connection(std::unique_ptr<Session> session);
  sql::Statement Open(const char* sql,
                      std::span<const sql::Value> values) override;
  Result<long long> Execute(const char* sql,
                            std::span<const sql::Value> values) override;
  Result<pqxx::result> Fetch(const char* sql,
                             std::span<const sql::Value> values);

  const std::unique_ptr<Session> session_;
  const std::string key_;    ///< Of this connection, in `commits`.
  long long committed_ = 0;  ///< Transactions, the one in doubt included.
  bool in_transaction_ = false;
  bool in_doubt_ = false;
};

}  // namespace selfheal::postgres
