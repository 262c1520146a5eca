#include "flow/query_tally.h"

namespace selfheal {
namespace {

constexpr std::chrono::minutes kSpan{5};
constexpr seconds kSlot{5};

bool SaysNothing(const Result<QueryAnswer>& answer) {
  return !answer.ok() && answer.error().code == Code::kInvalidArgument;
}

bool Failed(const Result<QueryAnswer>& answer) {
  return !answer.ok() || !answer->warnings.empty();
}

}  // namespace

std::vector<Result<QueryAnswer>> QueryTally::QueryRange(
    std::span<const RangeQuery> queries, Duration deadline) {
  auto answers = source_.QueryRange(queries, deadline);
  Count(answers);
  return answers;
}

std::vector<Result<QueryAnswer>> QueryTally::Query(
    std::span<const InstantQuery> queries, Duration deadline) {
  auto answers = source_.Query(queries, deadline);
  Count(answers);
  return answers;
}

void QueryTally::Count(const std::vector<Result<QueryAnswer>>& answers) {
  const SteadyTime now = clock_.SteadyNow();
  const MutexLock lock(mutex_);
  while (!slots_.empty() && slots_.front().began <= now - kSpan) {
    slots_.pop_front();
  }
  if (slots_.empty() || now - slots_.back().began >= kSlot) {
    slots_.push_back({now, {}});
  }
  guard::QueryShare& share = slots_.back().share;
  for (const Result<QueryAnswer>& answer : answers) {
    if (SaysNothing(answer)) continue;
    ++share.all;
    if (Failed(answer)) ++share.failed;
  }
}

guard::QueryShare QueryTally::Recent() const {
  const SteadyTime now = clock_.SteadyNow();
  const MutexLock lock(mutex_);
  guard::QueryShare sum;
  for (const Slot& slot : slots_) {
    if (slot.began <= now - kSpan) continue;
    sum.all += slot.share.all;
    sum.failed += slot.share.failed;
  }
  return sum;
}

}  // namespace selfheal
