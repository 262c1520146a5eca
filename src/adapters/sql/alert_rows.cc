#include "adapters/sql/alert_rows.h"

#include <algorithm>
#include <limits>

#include "adapters/sql/incident_search.h"
#include "codec/alert_json.h"

namespace selfheal::sql {
namespace {

/// Of the alerts that are read at once: one may be as large as a body.
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

/// A firing post that comes this soon after the end was overtaken by it.
constexpr seconds kOvertaking{60};

/// What storing one alert came to.
struct Stored {
  bool fresh = false;
  bool waiting = false;
  std::string incident;
};

/// Whether correlate has to look at a new row.
bool Waits(const AlertRow& row, const std::string& incident) {
  return row.concerns || !incident.empty();
}

Result<void> Insert(Connection& db, const AlertRow& row, bool burning,
                    const std::string& incident, Time now) {
  const Result<long long> own = NewRow(db.Query(
      "INSERT INTO alerts(fingerprint, starts_at, status, burning, ends_at,"
      " alertname, received_at, incident, correlated)"
      " VALUES(?,?,?,?,?,?,?,?,?) RETURNING row",
      row.fingerprint, row.starts_at, row.status == AlertStatus::kResolved,
      burning, row.ends_at, row.alertname, now, incident,
      !Waits(row, incident)));
  if (!own.ok()) return own.error();
  const Result<long long> done = db.Run(
      "INSERT INTO alert_texts(row, labels, annotations, generator_url)"
      " VALUES(?,?,?,?)",
      *own, row.labels, row.annotations, row.generator_url);
  if (!done.ok()) return done.error();
  return {};
}

/// The incident of exactly this resolved row, where it is stored already.
Result<std::optional<std::string>> FindResolved(Connection& db,
                                                const AlertRow& row) {
  Statement query = db.Query(
      "SELECT incident FROM alerts"
      " WHERE fingerprint = ? AND starts_at = ? AND status = 1",
      row.fingerprint, row.starts_at);
  std::optional<std::string> incident;
  if (query.Next()) incident = query.Text(0);
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return incident;
}

/// What is stored about a firing alert already.
struct Known {
  /// The incident of its own row, or of the burning episode whose startsAt
  /// only moved earlier.
  std::optional<std::string> incident;
  /// Posts may overtake each other: its end may be here before it.
  bool ended = false;
  /// Its own row, where nothing says that it burns.
  std::optional<long long> over;
};

Result<Known> FindEpisode(Connection& db, const AlertRow& row) {
  Statement query = db.Query(
      "SELECT starts_at, status, burning, incident, row FROM alerts"
      " WHERE fingerprint = ? AND starts_at >= ? ORDER BY starts_at, status",
      row.fingerprint, row.starts_at);
  Known known;
  while (!known.incident && query.Next()) {
    const bool same = query.At(0) == row.starts_at;
    const bool resolved = query.Integer(1) != 0;
    if (same && resolved) known.ended = true;
    const bool burning = query.Integer(2) != 0;
    if (!resolved && (same || burning)) known.incident = query.Text(3);
    if (!resolved && same && !burning) known.over = query.Integer(4);
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return known;
}

/// True where an episode that is over fires again: nothing of it burns, and
/// its end came long enough ago not to have overtaken this post. Alertmanager
/// says resolved also where Prometheus only went silent.
Result<bool> FiresAgain(Connection& db, const AlertRow& row, Time now) {
  Statement query = db.Query(
      "SELECT max(burning) = 0 AND max(CASE status WHEN 1 THEN received_at END)"
      " <= ? FROM alerts WHERE fingerprint = ?",
      now - kOvertaking, row.fingerprint);
  const bool again = query.Next() && query.Integer(0) != 0;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return again;
}

/// Takes the end of an episode back: it burns, and is looked at anew.
Result<Stored> TakeUpAgain(Connection& db, long long own, const AlertRow& row,
                           Time now) {
  Result<long long> done = db.Run(
      "UPDATE alerts SET burning = 1, incident = '', correlated = ?,"
      " received_at = ? WHERE row = ?",
      !Waits(row, ""), now, own);
#define SELFHEAL_ITS_ENDS                                                 \
  " row IN (SELECT row FROM alerts WHERE fingerprint = ?1 AND status = 1" \
  " AND (starts_at = ?2 OR (starts_at < ?2 AND ends_at > ?2)))"
  if (done.ok()) {
    done = db.Run("DELETE FROM alert_texts WHERE" SELFHEAL_ITS_ENDS,
                  row.fingerprint, row.starts_at);
  }
  if (done.ok()) {
    done = db.Run("DELETE FROM alerts WHERE" SELFHEAL_ITS_ENDS, row.fingerprint,
                  row.starts_at);
  }
#undef SELFHEAL_ITS_ENDS
  if (!done.ok()) return done.error();
  return Stored{false, Waits(row, ""), ""};
}

Result<Stored> StoreFiring(Connection& db, const AlertRow& row, Time now) {
  Result<Known> known = FindEpisode(db, row);
  if (!known.ok()) return known.error();
  if (known->over) {
    const Result<bool> again = FiresAgain(db, row, now);
    if (!again.ok()) return again.error();
    if (*again) return TakeUpAgain(db, *known->over, row, now);
  }
  if (known->incident) return Stored{false, false, std::move(*known->incident)};
  const Result<void> done = Insert(db, row, !known->ended, "", now);
  if (!done.ok()) return done.error();
  return Stored{true, Waits(row, ""), ""};
}

/// Ends the burning episodes that `row` closes; returns their incident.
///
/// Those are the ones that began by its startsAt, and one that began between
/// its startsAt and endsAt (whose startsAt then moved earlier).
Result<std::string> EndEpisodes(Connection& db, const AlertRow& row) {
  const Time ends = row.ends_at.value_or(row.starts_at);
  std::string incident;
  {
    Statement query = db.Query(
        "SELECT incident FROM alerts WHERE fingerprint = ? AND status = 0"
        " AND (starts_at <= ? OR starts_at < ?) AND incident <> ''"
        " AND (burning = 1 OR starts_at = ?) ORDER BY starts_at DESC LIMIT 1",
        row.fingerprint, row.starts_at, ends, row.starts_at);
    if (query.Next()) incident = query.Text(0);
    if (Result<void> status = query.status(); !status.ok()) {
      return status.error();
    }
  }
  const Result<long long> done = db.Run(
      "UPDATE alerts SET burning = 0 WHERE fingerprint = ? AND status = 0"
      " AND burning = 1 AND (starts_at <= ? OR starts_at < ?)",
      row.fingerprint, row.starts_at, ends);
  if (!done.ok()) return done.error();
  return incident;
}

Result<Stored> StoreResolved(Connection& db, const AlertRow& row, Time now) {
  const auto known = FindResolved(db, row);
  if (!known.ok()) return known.error();
  if (*known) return Stored{false, false, **known};
  Result<std::string> incident = EndEpisodes(db, row);
  if (!incident.ok()) return incident.error();
  const Result<void> done = Insert(db, row, false, *incident, now);
  if (!done.ok()) return done.error();
  return Stored{true, Waits(row, *incident), std::move(*incident)};
}

/// Columns of kColumns, in their order.
Result<StoredAlert> Read(const Statement& query) {
  StoredAlert out;
  out.row = query.Integer(0);
  Result<Labels> labels = ParseLabels(query.Text(5));
  if (!labels.ok()) return labels.error();
  Result<Labels> annotations = ParseLabels(query.Text(6));
  if (!annotations.ok()) return annotations.error();
  out.alert.fingerprint = query.Text(1);
  out.alert.starts_at = query.At(2);
  out.alert.status =
      query.Integer(3) == 0 ? AlertStatus::kFiring : AlertStatus::kResolved;
  out.alert.ends_at = query.MaybeAt(4);
  out.alert.labels = std::move(*labels);
  out.alert.annotations = std::move(*annotations);
  out.alert.generator_url = query.Text(7);
  out.received_at = query.At(8);
  out.incident = query.Text(9);
  out.correlated = query.Integer(10) != 0;
  return out;
}

/// True where a resolved row of no incident waits to be looked at: seldom.
Result<bool> AnEndWaits(Connection& db) {
  Statement query = db.Query(
      "SELECT 1 FROM alerts WHERE status = 1 AND correlated = 0"
      " AND incident = '' LIMIT 1");
  const bool waits = query.Next();
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return waits;
}

/// Gives the incident of a firing row to the resolved rows that wait for its
/// episode.
Result<long long> LinkEnds(Connection& db, long long row,
                           const std::string& incident) {
  return db.Run(
      "UPDATE alerts SET incident = ?1 FROM (SELECT fingerprint AS f,"
      " starts_at AS s FROM alerts WHERE row = ?2 AND status = 0) AS e"
      " WHERE alerts.fingerprint = e.f AND alerts.status = 1"
      " AND alerts.incident = '' AND alerts.correlated = 0"
      " AND (alerts.starts_at = e.s"
      "  OR (alerts.starts_at < e.s AND alerts.ends_at > e.s))",
      incident, row);
}

/// Rows from `first` to `last`, both included.
struct RowRange {
  long long first = 0;
  long long last = 0;
};

/// `rows` as ranges: a flood is stored in a row, and one statement for all of
/// it costs a fraction of one for each.
std::vector<RowRange> RangesOf(std::vector<long long> rows) {
  std::sort(rows.begin(), rows.end());
  std::vector<RowRange> ranges;
  for (const long long row : rows) {
    if (ranges.empty() || row > ranges.back().last + 1) {
      ranges.push_back({row, row});
    }
    ranges.back().last = row;
  }
  return ranges;
}

Result<long long> LinkRange(Connection& db, const RowRange& range,
                            const std::string& incident) {
  Result<long long> done =
      incident.empty()
          ? db.Run("UPDATE alerts SET correlated = 1 WHERE row BETWEEN ? AND ?",
                   range.first, range.last)
          : db.Run(
                "UPDATE alerts SET correlated = 1, incident = ?"
                " WHERE row BETWEEN ? AND ?",
                incident, range.first, range.last);
  if (done.ok() && *done != range.last - range.first + 1) {
    return Error{Code::kNotFound, "no alert row among " +
                                      std::to_string(range.first) + " to " +
                                      std::to_string(range.last)};
  }
  if (!done.ok() || incident.empty()) return done;
  const auto named = PutAlertNames(db, incident, range.first, range.last);
  if (!named.ok()) return named.error();
  return db.Run(
      "INSERT INTO episodes(starts_at, incident)"
      " SELECT DISTINCT starts_at, ?1 FROM alerts"
      " WHERE row BETWEEN ?2 AND ?3 AND status = 0 ON CONFLICT DO NOTHING",
      incident, range.first, range.last);
}

#define SELFHEAL_ALERT_COLUMNS                                                \
  "SELECT row, fingerprint, starts_at, status, ends_at, labels, annotations," \
  " generator_url, received_at, incident, correlated"                         \
  " FROM alerts JOIN alert_texts USING(row) "

/// The first rows of a query.
struct Some {
  std::vector<StoredAlert> alerts;
  bool more = false;  ///< There are others.
};

/// Up to `limit` rows and kMostBytes of labels and annotations; one at least.
Result<Some> ReadSome(Statement query, std::size_t limit) {
  Some out;
  std::size_t bytes = 0;
  while (query.Next()) {
    if (out.alerts.size() == limit || bytes >= kMostBytes) {
      out.more = true;
      return out;
    }
    Result<StoredAlert> alert = Read(query);
    if (!alert.ok()) return alert.error();
    bytes += query.Bytes(5) + query.Bytes(6);
    out.alerts.push_back(std::move(*alert));
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

}  // namespace

AlertRow RowOf(const Alert& alert, bool concerns) {
  return {alert.fingerprint,
          alert.status,
          alert.starts_at,
          alert.ends_at,
          std::string(AlertName(alert)),
          LabelsJson(alert.labels),
          LabelsJson(alert.annotations),
          alert.generator_url,
          concerns};
}

Result<StoredGroup> AppendAlerts(Connection& db,
                                 const std::vector<AlertRow>& rows, Time now) {
  StoredGroup out;
  for (const AlertRow& row : rows) {
    Result<Stored> stored = row.status == AlertStatus::kFiring
                                ? StoreFiring(db, row, now)
                                : StoreResolved(db, row, now);
    if (!stored.ok()) return stored.error().With("store alerts");
    if (stored->fresh) ++out.fresh;
    if (stored->waiting) ++out.waiting;
    if (!stored->incident.empty() &&
        std::find(out.incidents.begin(), out.incidents.end(),
                  stored->incident) == out.incidents.end()) {
      out.incidents.push_back(std::move(stored->incident));
    }
  }
  return out;
}

Result<void> LinkAlerts(Connection& db, const std::vector<long long>& rows,
                        const std::string& incident) {
  const Result<bool> ends = AnEndWaits(db);
  if (!ends.ok()) return ends.error();
  for (const RowRange& range : RangesOf(rows)) {
    const Result<long long> done = LinkRange(db, range, incident);
    if (!done.ok()) return done.error().With("link alerts");
  }
  if (incident.empty() || !*ends) return {};
  for (const long long row : rows) {
    const Result<long long> done = LinkEnds(db, row, incident);
    if (!done.ok()) return done.error().With("link alerts");
  }
  return {};
}

Result<std::vector<StoredAlert>> UncorrelatedAlerts(Connection& db,
                                                    std::size_t limit) {
  Result<Some> found =
      ReadSome(db.Query(SELFHEAL_ALERT_COLUMNS
                        "WHERE correlated = 0 ORDER BY row LIMIT ?",
                        static_cast<long long>(limit)),
               limit);
  if (!found.ok()) return found.error();
  return std::move(found->alerts);
}

Result<AlertPage> ListAlerts(Connection& db, const AlertQuery& query) {
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 500);
  const Time since = query.since.value_or(Time::min());
  const long long below =
      query.cursor.value_or(std::numeric_limits<long long>::max());
  const auto wanted = static_cast<long long>(limit) + 1;
  Result<Some> found = ReadSome(
      query.fingerprint.empty()
          ? db.Query(SELFHEAL_ALERT_COLUMNS "WHERE row < ? AND received_at >= ?"
                                            " ORDER BY row DESC LIMIT ?",
                     below, since, wanted)
          : db.Query(SELFHEAL_ALERT_COLUMNS
                     "WHERE fingerprint = ? AND row < ?"
                     " AND received_at >= ? ORDER BY row DESC LIMIT ?",
                     query.fingerprint, below, since, wanted),
      limit);
  if (!found.ok()) return found.error();
  AlertPage page{std::move(found->alerts), std::nullopt};
  if (found->more) page.next = page.items.back().row;
  return page;
}

}  // namespace selfheal::sql
