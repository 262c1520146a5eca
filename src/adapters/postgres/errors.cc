#include "adapters/postgres/errors.h"

#include <string>

namespace selfheal::postgres {
namespace {

/// By the classes of the manual's appendix A.
Code CodeOf(std::string_view sqlstate) {
  if (sqlstate.empty()) return Code::kUnavailable;
  if (sqlstate == "23505") return Code::kAlreadyExists;
  // 55P03 lock_not_available, 25006 read_only_sql_transaction, 25P03 idle for
  // too long in a transaction.
  if (sqlstate == "55P03" || sqlstate == "25006" || sqlstate == "25P03") {
    return Code::kUnavailable;
  }
  // XX001 data_corrupted, XX002 index_corrupted.
  if (sqlstate == "XX001" || sqlstate == "XX002") return Code::kDataLoss;
  const std::string_view kind = sqlstate.substr(0, 2);
  // 08 connection, 28 authorization, 40 rollback, 53 resources (disk full, too
  // many connections), 57 intervention and time-outs, 58 system.
  for (const std::string_view gone : {"08", "28", "40", "53", "57", "58"}) {
    if (kind == gone) return Code::kUnavailable;
  }
  if (kind == "22") return Code::kInvalidArgument;
  return Code::kInternal;
}

}  // namespace

Error ErrorOf(std::string_view sqlstate, std::string_view message) {
  std::string text = "postgresql: ";
  text += message.substr(0, message.find('\n'));
  if (!sqlstate.empty()) text.append(" (").append(sqlstate).append(")");
  return {CodeOf(sqlstate), text};
}

}  // namespace selfheal::postgres
