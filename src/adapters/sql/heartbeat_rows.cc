#include "adapters/sql/heartbeat_rows.h"

namespace selfheal::sql {

Result<std::optional<Heartbeat>> ReadHeartbeat(Connection& db) {
  Statement query = db.Query("SELECT at, steady, boot_id FROM heartbeat");
  std::optional<Heartbeat> out;
  if (query.Next()) {
    out = Heartbeat{query.At(0), SteadyTime(Duration(query.Integer(1))),
                    query.Text(2)};
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<void> WriteHeartbeat(Connection& db, const Heartbeat& beat) {
  const long long steady = beat.steady.time_since_epoch().count();
  const Result<long long> done = db.Run(
      "INSERT INTO heartbeat(one, at, steady, boot_id) VALUES(1,?,?,?)"
      " ON CONFLICT(one) DO UPDATE SET at = excluded.at,"
      " steady = excluded.steady, boot_id = excluded.boot_id",
      beat.at, steady, beat.boot_id);
  if (!done.ok()) return done.error();
  return {};
}

}  // namespace selfheal::sql
