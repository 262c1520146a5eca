#include "adapters/postgres/connection.h"

#include <charconv>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>

#include "adapters/postgres/dialect.h"
#include "core/ids.h"

namespace selfheal::postgres {
namespace {

// Of pg_type.dat.
constexpr pqxx::oid kBool = 16;
constexpr pqxx::oid kBytea = 17;
constexpr pqxx::oid kBigint = 20;

/// The rows of a result, which is here as a whole.
class Fetched final : public sql::Rows {
 public:
  explicit Fetched(Result<pqxx::result> result) : result_(std::move(result)) {}

  bool Next() override {
    if (!result_.ok() || next_ >= result_->size()) return false;
    row_ = next_++;
    return true;
  }
  Result<void> status() const override {
    if (!result_.ok()) return result_.error();
    return {};
  }
  sql::ColumnType TypeOf(int column) const override {
    if (At(column).is_null()) return sql::ColumnType::kNull;
    switch (TypeId(column)) {
      case kBigint:
        return sql::ColumnType::kInteger;
      case kBytea:
        return sql::ColumnType::kOther;
      default:
        return sql::ColumnType::kText;
    }
  }
  long long Integer(int column) const override {
    const std::string_view text = View(column);
    if (TypeId(column) == kBool) return text == "t" ? 1 : 0;
    long long value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  std::string Text(int column) const override {
    const std::string_view text = View(column);
    return TypeId(column) == kBytea ? BytesOf(text) : std::string(text);
  }
  std::size_t Bytes(int column) const override { return View(column).size(); }

 private:
  using Column = pqxx::row::size_type;

  pqxx::field At(int column) const {
    return (*result_)[row_][static_cast<Column>(column)];
  }
  std::string_view View(int column) const {
    const pqxx::field field = At(column);
    return {field.c_str(), field.size()};
  }
  pqxx::oid TypeId(int column) const {
    return result_->column_type(static_cast<Column>(column));
  }

  const Result<pqxx::result> result_;
  pqxx::result::size_type next_ = 0;
  pqxx::result::size_type row_ = 0;
};

/// Values as libpq takes them: texts that end with NUL.
class Texts {
 public:
  /// @error kInvalidArgument  a text holds NUL, which PostgreSQL has not.
  static Result<Texts> Of(std::span<const sql::Value> values) {
    Texts texts;
    for (const sql::Value& value : values) {
      std::optional<std::string> text = std::visit(Writer{}, value.any());
      if (!text) {
        texts.pointers_.push_back(nullptr);
        continue;
      }
      if (text->find('\0') != std::string::npos) {
        return Error{Code::kInvalidArgument,
                     "a text with a NUL character can't be stored"};
      }
      texts.pointers_.push_back(
          texts.owned_.emplace_back(*std::move(text)).c_str());
    }
    return texts;
  }

  const std::vector<const char*>& pointers() const { return pointers_; }

 private:
  struct Writer {
    std::optional<std::string> operator()(std::nullptr_t) const { return {}; }
    std::optional<std::string> operator()(long long value) const {
      return std::to_string(value);
    }
    std::optional<std::string> operator()(std::string_view value) const {
      return std::string(value);
    }
    std::optional<std::string> operator()(sql::Blob value) const {
      return ByteaText(value.bytes);
    }
  };

  std::deque<std::string> owned_;  // Their addresses stay.
  std::vector<const char*> pointers_;
};

Result<void> Done(const Result<pqxx::result>& ran) {
  if (!ran.ok()) return ran.error();
  return {};
}

}  // namespace

Connection::Connection(std::unique_ptr<Session> session)
    : session_(std::move(session)), key_(NewUlid(SystemClock().Now())) {}

Result<std::unique_ptr<Connection>> Connection::Open(
    const std::string& url, Mode mode, std::shared_ptr<Deadlines> deadlines) {
  auto session = Session::Open(url, std::move(deadlines));
  if (!session.ok()) return session.error();
  // What is acknowledged is on a disk, and on that of a synchronous standby.
  // Who only reads holds nobody up, and may be a pager.
  const Result<pqxx::result> set = (*session)->Exec(
      mode == Mode::kReadOnly
          ? "SET default_transaction_read_only = on;"
            "SET idle_in_transaction_session_timeout = '10min'"
          : "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') <> 'remote_apply'");
  if (!set.ok()) return set.error();
  return std::unique_ptr<Connection>(new Connection(*std::move(session)));
}

Result<pqxx::result> Connection::Fetch(const char* sql,
                                       std::span<const sql::Value> values) {
  const Result<Texts> texts = Texts::Of(values);
  if (!texts.ok()) return texts.error();
  Result<pqxx::result> result = session_->Run(sql, texts->pointers());
  if (session_->broken()) in_transaction_ = false;
  return result;
}

sql::Statement Connection::Open(const char* sql,
                                std::span<const sql::Value> values) {
  return sql::Statement(std::make_unique<Fetched>(Fetch(sql, values)));
}

Result<long long> Connection::Execute(const char* sql,
                                      std::span<const sql::Value> values) {
  const Result<pqxx::result> result = Fetch(sql, values);
  if (!result.ok()) return result.error();
  return static_cast<long long>(result->affected_rows());
}

Result<void> Connection::Exec(const char* sql) {
  Result<void> done = Done(session_->Exec(sql));
  if (std::strncmp(sql, "ROLLBACK", 8) == 0 &&
      std::strncmp(sql, "ROLLBACK TO", 11) != 0) {
    in_transaction_ = false;
  }
  return done;
}

Result<void> Connection::Begin() {
  in_doubt_ = false;
  Result<void> begun = Done(session_->Exec(
      "BEGIN; SELECT one FROM audit_head WHERE one = 1 FOR UPDATE"));
  // Where the turn was not to be had, the transaction is there all the same.
  in_transaction_ = !session_->broken();
  if (!begun.ok() && in_transaction_) (void)Exec("ROLLBACK");
  return begun;
}

Result<void> Connection::Commit() {
  const Result<long long> kept =
      Run("INSERT INTO commits(writer, last) VALUES(?, ?)"
          " ON CONFLICT(writer) DO UPDATE SET last = excluded.last,"
          " at = excluded.at",
          key_, ++committed_);
  if (!kept.ok()) return kept.error();
  const Result<pqxx::result> done = session_->Exec("COMMIT");
  in_transaction_ = false;
  in_doubt_ = session_->broken();
  return Done(done);
}

Result<void> Connection::BeginSnapshot() {
  return Done(session_->Exec("BEGIN ISOLATION LEVEL REPEATABLE READ"));
}

bool Connection::CommittedSays(sql::Connection& fresh) const {
  sql::Statement query =
      fresh.Query("SELECT last FROM commits WHERE writer = ?", key_);
  return query.Next() && query.Integer(0) == committed_;
}

}  // namespace selfheal::postgres
