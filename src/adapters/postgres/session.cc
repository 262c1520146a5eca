#include "adapters/postgres/session.h"

#include <utility>

#include "adapters/postgres/dialect.h"
#include "adapters/postgres/errors.h"

namespace selfheal::postgres {
namespace {

/// The server gives up before this (statement_timeout in kSettings).
constexpr std::chrono::seconds kDeadline{8};

constexpr const char* kSettings =
    "SET statement_timeout = '5s'; SET lock_timeout = '2s';"
    "SET idle_in_transaction_session_timeout = '5s';"
    "SET default_transaction_isolation = 'read committed';"
    "SET standard_conforming_strings = on; SET bytea_output = 'hex'";

#if PQXX_VERSION_MAJOR < 7

std::unique_ptr<pqxx::connection> Connect(const std::string& url) {
  auto connection = std::make_unique<pqxx::connection>(url);
// A session that comes back by itself would have lost its settings and its
// transaction. Later versions never do that.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  return connection;
}

pqxx::result RunPrepared(pqxx::nontransaction& work, const std::string& name,
                         const std::vector<const char*>& values) {
  return work.exec_prepared(
      name, pqxx::prepare::make_dynamic_params(values.begin(), values.end()));
}

#else

std::unique_ptr<pqxx::connection> Connect(const std::string& url) {
  return std::make_unique<pqxx::connection>(url);
}

pqxx::result RunPrepared(pqxx::nontransaction& work, const std::string& name,
                         const std::vector<const char*>& values) {
  pqxx::params params;
  for (const char* const value : values) {
    if (value == nullptr) {
      params.append();
    } else {
      params.append(std::string(value));
    }
  }
  return work.exec(pqxx::prepped{name}, params);
}

#endif

}  // namespace

Session::Session(const std::string& url, std::shared_ptr<Deadlines> deadlines)
    : deadlines_(std::move(deadlines)),
      connection_(Connect(url)),
      socket_(connection_->sock()),
      work_(std::make_unique<pqxx::nontransaction>(*connection_)) {}

template <typename Call>
Result<pqxx::result> Session::Guarded(Call call) {
  if (broken_) return ErrorOf("", "the connection is lost");
  const Deadlines::Guard guard(*deadlines_, socket_,
                               std::chrono::steady_clock::now() + kDeadline);
  try {
    return call();
  } catch (const pqxx::sql_error& e) {
    // Some losses of the connection come as an error without a SQLSTATE; a
    // class 57 or 08 ends the session.
    const Error error = ErrorOf(e.sqlstate(), e.what());
    const bool lost = e.sqlstate().empty() || e.sqlstate().starts_with("57P") ||
                      e.sqlstate().starts_with("08") || e.sqlstate() == "25P03";
    return lost ? Broken(error) : error;
  } catch (const pqxx::failure& e) {
    return Broken(ErrorOf("", e.what()));
  } catch (const std::exception& e) {
    return Broken({Code::kInternal, std::string("libpqxx: ") + e.what()});
  }
}

Error Session::Broken(const Error& error) {
  broken_ = true;
  socket_.ShutDown();
  return error;
}

Result<std::unique_ptr<Session>> Session::Open(
    const std::string& url, std::shared_ptr<Deadlines> deadlines) {
  std::unique_ptr<Session> session;
  try {
    session.reset(new Session(url, std::move(deadlines)));
  } catch (const std::exception& e) {
    return ErrorOf("", e.what());
  }
  if (auto set = session->Exec(kSettings); !set.ok()) return set.error();
  return session;
}

Result<pqxx::result> Session::Exec(const char* sql) {
  return Guarded([&] { return work_->exec(sql); });
}

const std::string& Session::Prepared(const char* sql) {
  const auto known = prepared_.find(sql);
  if (known != prepared_.end()) return known->second;
  const std::string name = "s" + std::to_string(prepared_.size());
  connection_->prepare(name, WithNumberedParameters(sql));
  return prepared_.emplace(sql, name).first->second;
}

Result<pqxx::result> Session::Run(const char* sql,
                                  const std::vector<const char*>& values) {
  return Guarded([&] { return RunPrepared(*work_, Prepared(sql), values); });
}

}  // namespace selfheal::postgres
