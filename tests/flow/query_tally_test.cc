#include "flow/query_tally.h"

#include <gtest/gtest.h>

#include "fakes/fake_metric_source.h"
#include "sim/fakes/fake_clock.h"

namespace selfheal {
namespace {

using testing::FakeClock;
using testing::FakeMetricSource;

class QueryTallyTest : public ::testing::Test {
 protected:
  void Ask(int queries) {
    const std::vector<InstantQuery> list(static_cast<std::size_t>(queries));
    static_cast<void>(tally_.Query(list, seconds(1)));
  }
  void AskRange(int queries) {
    const std::vector<RangeQuery> list(static_cast<std::size_t>(queries));
    static_cast<void>(tally_.QueryRange(list, seconds(1)));
  }
  void Answer(Result<QueryAnswer> answer) {
    source_.instant = [answer](const InstantQuery&) { return answer; };
    source_.range = [answer](const RangeQuery&) { return answer; };
  }

  FakeClock clock_;
  FakeMetricSource source_;
  QueryTally tally_{source_, clock_};
};

TEST_F(QueryTallyTest, CountsErrorsAndWarningsAsFailed) {
  Ask(3);
  AskRange(2);
  EXPECT_EQ(tally_.Recent().all, 5);
  EXPECT_EQ(tally_.Recent().failed, 0);
  Answer(Error{Code::kUnavailable, "down"});
  Ask(4);
  Answer(QueryAnswer{.series = {}, .warnings = {"partial"}});
  AskRange(1);
  EXPECT_EQ(tally_.Recent().all, 10);
  EXPECT_EQ(tally_.Recent().failed, 5);
}

TEST_F(QueryTallyTest, AWrongQuerySaysNothingOfTheSource) {
  Answer(Error{Code::kInvalidArgument, "parse error"});
  Ask(9);
  EXPECT_EQ(tally_.Recent().all, 0);
}

TEST_F(QueryTallyTest, ForgetsAfterFiveMinutes) {
  Answer(Error{Code::kUnavailable, "down"});
  Ask(4);
  clock_.Advance(seconds(200));
  Ask(2);
  clock_.Advance(seconds(99));
  EXPECT_EQ(tally_.Recent().failed, 6);
  clock_.Advance(seconds(1));
  EXPECT_EQ(tally_.Recent().failed, 2);
  clock_.SetWall(clock_.Now() + std::chrono::hours(24));
  EXPECT_EQ(tally_.Recent().failed, 2) << "the wall clock has no say";
  clock_.Advance(seconds(300));
  EXPECT_EQ(tally_.Recent().all, 0);
}

}  // namespace
}  // namespace selfheal
