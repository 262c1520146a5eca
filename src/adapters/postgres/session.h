#pragma once

#include <map>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "adapters/postgres/deadlines.h"
#include "core/result.h"

namespace selfheal::postgres {

/// One session of the server through libpqxx: the only place that calls it,
/// catches what it throws, and knows what differs between its versions. Every
/// call has a deadline. Not thread-safe.
class Session {
 public:
  /// @param url  as ConnectionUrl gives it.
  /// @error kUnavailable  no server, no right, or not the primary.
  static Result<std::unique_ptr<Session>> Open(
      const std::string& url, std::shared_ptr<Deadlines> deadlines);

  /// Runs statements without parameters; the result of the last.
  Result<pqxx::result> Exec(const char* sql);
  /// Runs a string literal in SQLite's dialect, prepared at its first use; a
  /// null value is NULL.
  Result<pqxx::result> Run(const char* sql,
                           const std::vector<const char*>& values);

  /// The connection broke; it is of no more use.
  bool broken() const { return broken_; }

 private:
  Session(const std::string& url, std::shared_ptr<Deadlines> deadlines);
  /// The name of the prepared statement.
  const std::string& Prepared(const char* sql);
  template <typename Call>
  Result<pqxx::result> Guarded(Call call);
  /// Lets the server know, which then gives up the transaction.
  Error Broken(const Error& error);

  const std::shared_ptr<Deadlines> deadlines_;
  std::unique_ptr<pqxx::connection> connection_;
  /// The connection's socket by a number of our own: libpq closes its number
  /// where the connection breaks, and another one may get it at once.
  const OwnSocket socket_;
  /// Transactions are begun and ended by statements of our own.
  std::unique_ptr<pqxx::nontransaction> work_;
  std::map<const char*, std::string> prepared_;
  bool broken_ = false;
};

}  // namespace selfheal::postgres
