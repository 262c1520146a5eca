#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/alert.h"
#include "core/record.h"
#include "core/result.h"

namespace selfheal {

/// What a durable Append did.
struct StoredGroup {
  /// Alerts in the payload, also the rejected ones.
  std::size_t received = 0;
  /// Alerts whose (fingerprint, starts_at, status) was not stored before.
  std::size_t fresh = 0;
  /// The ones that correlate has to look at: of these, and of those that fire
  /// again after their end.
  std::size_t waiting = 0;
  /// Ids of the incidents that these alerts belong to by now; often none.
  std::vector<std::string> incidents{};
};

/// One stored alert episode.
struct StoredAlert {
  /// Rises with each insert; also the cursor of a listing.
  long long row = 0;
  Alert alert;
  /// The incident it belongs to; empty: none (yet).
  std::string incident;
  /// True once correlate has looked at it, whatever came of it.
  bool correlated = false;
  Time received_at;
};

/// Which stored alerts a listing shows; newest first.
struct AlertQuery {
  /// Empty: all.
  std::string fingerprint;
  /// Only alerts received at or after this time.
  std::optional<Time> since;
  /// 1..500; a page of large alerts is shorter.
  std::size_t limit = 50;
  /// Only rows below this one (AlertPage::next of the page before).
  std::optional<long long> cursor;
};

/// One page of a listing.
struct AlertPage {
  std::vector<StoredAlert> items;
  /// Cursor of the next page; none: this was the last.
  std::optional<long long> next;
};

/// The audit records of what `group` did not bring in: alerts that were
/// rejected by their index, and alerts that max_alerts cut off. None where it
/// came whole. Pure.
std::vector<AuditRecord> LeftOut(const AlertGroup& group, Time now);

/// Where acknowledged alerts live. Implementations are thread-safe.
///
/// Unique by (fingerprint, starts_at, status); a starts_at that moved earlier
/// while the stored episode of that fingerprint fires is the same episode. One
/// that is posted as firing a minute or more after its end burns again: its
/// end is taken back, and correlate looks at it anew.
class AlertStore {
 public:
  virtual ~AlertStore() = default;

  /// Stores every alert of `group`, and records in the audit what it left out
  /// (LeftOut); returns only after a durable COMMIT.
  ///
  /// @error kUnavailable  it could not be stored (within 1 s); answer 503.
  virtual Result<StoredGroup> Append(const AlertGroup& group, Time now) = 0;

  /// Stores several groups, each by itself as Append does, with one wait for
  /// all of them where the store can; the results stand in their order.
  virtual std::vector<Result<StoredGroup>> AppendAll(
      std::span<const AlertGroup* const> groups, Time now) {
    std::vector<Result<StoredGroup>> results;
    for (const AlertGroup* group : groups) {
      results.push_back(Append(*group, now));
    }
    return results;
  }

  /// The oldest stored alerts that correlate has not looked at yet; fewer than
  /// `limit` where they are large.
  virtual Result<std::vector<StoredAlert>> Uncorrelated(std::size_t limit) = 0;

  /// One page of stored alerts, newest first.
  virtual Result<AlertPage> List(const AlertQuery& query) = 0;
};

}  // namespace selfheal
