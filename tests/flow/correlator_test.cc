#include "flow/correlator.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fakes/fake_cluster_view.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"

namespace selfheal::testing {
namespace {

class OneRule final : public RunbookSource {
 public:
  OneRule() {
    Rule rule;
    rule.name = "leak";
    rule.type = IncidentType::kMemoryLeak;
    rule.target = TargetMode::kWorkload;
    rule.alerts = {{Matcher{"alertname", MatchOp::kEqual, "Leak", {}}}};
    rules_->rules = {rule};
  }
  /// From now on its alerts match two rules.
  void AddSecond() {
    rules_->rules.push_back(rules_->rules.front());
    rules_->rules.back().name = "other";
  }
  void MeanCertificates() {
    rules_->rules.front().target = TargetMode::kCertificate;
  }
  std::shared_ptr<const RuleSet> Current() const override { return rules_; }

 private:
  const std::shared_ptr<RuleSet> rules_ = std::make_shared<RuleSet>();
};

/// Lets a test look around in the moment in which the cluster is asked.
class SpiedView final : public ClusterView {
 public:
  explicit SpiedView(ClusterView& view) : view_(view) {}
  Result<ClusterObject> Get(const ObjectRef& ref) override {
    if (on_read) on_read();
    return view_.Get(ref);
  }
  Result<std::vector<ClusterObject>> List(const ListQuery& query) override {
    return view_.List(query);
  }

  std::function<void()> on_read;

 private:
  ClusterView& view_;
};

class CorrelatorTest : public ::testing::Test {
 protected:
  CorrelatorTest()
      : store_(clock_),
        targets_(spied_),
        correlator_({.alerts = store_,
                     .incidents = store_,
                     .links = store_,
                     .runbooks = rules_,
                     .targets = targets_,
                     .notifier = notifier_,
                     .namespaces = namespaces_,
                     .observer = observer_,
                     .log = log_,
                     .clock = clock_,
                     .wake = [this](const Incident& incident, Duration within) {
                       woken_.emplace_back(incident.id, within);
                     }}) {
    for (const char* name : {"cart", "till"}) {
      ClusterObject object;
      object.ref = {ObjectKind::kDeployment, "shop", name};
      object.uid = std::string("uid-") + name;
      cluster_.Put(object);
    }
  }

  Alert Of(const std::string& workload, int number,
           const std::string& name = "Leak") {
    Alert alert;
    alert.labels = {{"alertname", name},
                    {"namespace", "shop"},
                    {"deployment", workload},
                    {"seq", std::to_string(number)}};
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = clock_.Now() - seconds(60);
    return alert;
  }
  Alert EndOf(Alert alert) {
    alert.status = AlertStatus::kResolved;
    alert.ends_at = clock_.Now();
    return alert;
  }
  void Post(std::vector<Alert> alerts) {
    AlertGroup group;
    group.received = alerts.size();
    group.alerts = std::move(alerts);
    AlertStore& store = store_;
    ASSERT_TRUE(store.Append(group, clock_.Now()).ok());
  }
  void Drain(bool waits = false) {
    Result<Correlator::Left> left = Correlator::Left::kPerhaps;
    while (left.ok() && *left == Correlator::Left::kPerhaps) {
      left = correlator_.Drain();
    }
    ASSERT_TRUE(left.ok()) << left.error().message;
    EXPECT_EQ(*left == Correlator::Left::kWaiting, waits);
  }
  /// Fingerprints of the alerts of each incident, by target.
  std::map<std::string, std::set<std::string>> ByTarget() {
    std::map<std::string, std::set<std::string>> out;
    IncidentStore& incidents = store_;
    const auto unfinished = incidents.Unfinished();
    for (const Incident& one : *unfinished) {
      auto& alerts = out[ToString(one.target)];
      for (const auto& alert : one.alerts) alerts.insert(alert.fingerprint);
    }
    return out;
  }

  FakeClock clock_;
  FakeStore store_;
  FakeClusterView cluster_;
  SpiedView spied_{cluster_};
  OneRule rules_;
  FakeNotifier notifier_;
  std::vector<std::string> namespaces_ = {"shop"};
  FakeObserver observer_;
  NoLog log_;
  TargetResolver targets_;
  std::vector<std::pair<std::string, Duration>> woken_;
  Correlator correlator_;
};

TEST_F(CorrelatorTest, AFloodCostsOneLookATargetAndFewWrites) {
  std::vector<Alert> alerts;
  for (int i = 0; i < 400; ++i) alerts.push_back(Of("cart", i));
  for (int i = 0; i < 50; ++i) alerts.push_back(Of("till", i));
  for (int i = 0; i < 40; ++i) alerts.push_back(Of("cart", i, "Unknown"));
  Post(alerts);
  const int calls = store_.calls();
  Drain();
  const auto found = ByTarget();
  EXPECT_EQ(found.at("Deployment/shop/cart").size(), 400u);
  EXPECT_EQ(found.at("Deployment/shop/till").size(), 50u);
  EXPECT_EQ(store_.state().incidents.size(), 2u);
  AlertStore& store = store_;
  EXPECT_TRUE(store.Uncorrelated(1000)->empty());
  EXPECT_EQ(cluster_.reads(), 2);
  EXPECT_LT(store_.calls() - calls, 20) << "not one for each alert";
}

TEST_F(CorrelatorTest, WhatNobodyHereRenewsIsToldInTheAlertsOwnWords) {
  rules_.MeanCertificates();
  Alert alert = Of("cart", 0);
  alert.labels.erase("pod");
  alert.labels["secret_namespace"] = "shop";
  alert.labels["secret_name"] = "edge-tls";
  alert.annotations["summary"] = "It ends in 6 days";
  Post({alert});
  Drain();
  ASSERT_EQ(notifier_.notices.size(), 1u);
  EXPECT_EQ(notifier_.notices[0].lines.at(0),
            "no target: it is no Certificate of cert-manager: a person renews "
            "it");
  EXPECT_EQ(notifier_.notices[0].lines.at(1), "It ends in 6 days");
  const Incident told = store_.state().incidents.begin()->second;
  EXPECT_EQ(ToString(told.target), "Certificate/shop/edge-tls");
  EXPECT_EQ(cluster_.reads(), 0);
}

TEST_F(CorrelatorTest, ACertificateThatAPersonRenewsIsToldWhereverItIs) {
  rules_.MeanCertificates();
  Alert alert = Of("cart", 0);
  alert.labels.erase("pod");
  alert.labels["secret_namespace"] = "payments";
  alert.labels["secret_name"] = "edge-tls";
  Post({alert});
  Drain();
  EXPECT_EQ(notifier_.notices.size(), 1u);
  EXPECT_EQ(cluster_.reads(), 0);
  // A Certificate of cert-manager there is its owners' matter.
  Alert held = Of("cart", 0);
  held.labels = {{"alertname", held.labels["alertname"]},
                 {"namespace", "payments"},
                 {"name", "edge"}};
  held.fingerprint = Fingerprint(held.labels);
  Post({held});
  Drain();
  EXPECT_EQ(store_.state().incidents.size(), 2u);
  EXPECT_EQ(notifier_.notices.size(), 1u);
}

TEST_F(CorrelatorTest, TheAuditSaysHowManyJoined) {
  Post({Of("cart", 0)});
  Drain();
  Post({Of("cart", 1), Of("cart", 2), Of("cart", 3)});
  Drain();
  const auto audit = store_.state().audit;
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_EQ(audit[0].outcome, "opened");
  EXPECT_EQ(audit[1].outcome, "merged");
  EXPECT_EQ(audit[1].incident_id, audit[0].incident_id);
  const std::string first = Of("cart", 1).fingerprint;
  const std::string others =
      Of("cart", 2).fingerprint + " " + Of("cart", 3).fingerprint;
  EXPECT_EQ(audit[1].data.at(0).second, FieldValue(first));
  EXPECT_EQ(audit[1].data.at(5).second, FieldValue(std::int64_t{3}));
  EXPECT_EQ(audit[1].data.at(6).second, FieldValue(others));
}

TEST_F(CorrelatorTest, AnEndPressesAndMoreOfTheSameDoesNot) {
  const Alert alert = Of("cart", 0);
  Post({alert});
  Drain();
  Post({Of("cart", 1)});
  Drain();
  clock_.Advance(seconds(5));
  Post({EndOf(alert)});
  Drain();
  ASSERT_EQ(woken_.size(), 3u);
  EXPECT_EQ(woken_[0].second, Duration::zero());
  EXPECT_EQ(woken_[1].second, seconds(1));
  EXPECT_EQ(woken_[2].second, Duration::zero());
  EXPECT_EQ(store_.state().audit.back().outcome, "resolved");
}

TEST_F(CorrelatorTest, WhatAnIncidentMissedByEndingOpensAnother) {
  Post({Of("cart", 0)});
  Drain();
  Incident ended = store_.state().incidents.begin()->second;
  ended.phase = Phase::kDismissed;
  IncidentStore& incidents = store_;
  ASSERT_TRUE(incidents
                  .Save({.incident = &ended,
                         .records = {},
                         .evidence = nullptr,
                         .alert_rows = {},
                         .outcomes = {},
                         .action_end = std::nullopt})
                  .ok());
  Post({Of("cart", 1), Of("cart", 2)});
  Drain();
  EXPECT_EQ(store_.state().incidents.size(), 2u);
  EXPECT_EQ(ByTarget().at("Deployment/shop/cart").size(), 2u);
}

TEST_F(CorrelatorTest, WaitsForAClusterThatDoesNotAnswerThenEscalates) {
  cluster_.FailAll(Error{Code::kUnavailable, "down"});
  Post({Of("cart", 0), Of("cart", 1)});
  Drain(true);
  EXPECT_EQ(cluster_.reads(), 1) << "both are about one target";
  EXPECT_TRUE(store_.state().incidents.empty());
  clock_.Advance(seconds(60));
  Drain();
  AlertStore& store = store_;
  EXPECT_TRUE(store.Uncorrelated(10)->empty());
  const FakeStoreState state = store_.state();
  ASSERT_EQ(state.incidents.size(), 1u);
  EXPECT_EQ(state.incidents.begin()->second.phase, Phase::kEscalated);
}

TEST_F(CorrelatorTest, ASilentClusterIsAskedOnceAPassAndHoldsUpNobodyElse) {
  const Alert open = Of("till", 0);
  Post({open});
  Drain();
  cluster_.FailAll(Error{Code::kDeadlineExceeded, "no answer"});
  std::vector<Alert> alerts;
  for (int i = 0; i < 20; ++i) alerts.push_back(Of("w" + std::to_string(i), i));
  alerts.push_back(Of("cart", 20, "Unknown"));
  alerts.push_back(EndOf(open));
  Post(alerts);
  const int reads = cluster_.reads();
  woken_.clear();
  AlertStore& store = store_;
  spied_.on_read = [&] {
    EXPECT_EQ(store.Uncorrelated(100)->size(), 20u)
        << "what needs no cluster is done before it is asked";
    EXPECT_EQ(woken_.size(), 1u) << "and the end presses at once";
  };
  Drain(true);
  EXPECT_EQ(cluster_.reads(), reads + 1);
  EXPECT_EQ(store.Uncorrelated(100)->size(), 20u);
  // Answered again, every one goes its way.
  spied_.on_read = {};
  cluster_.FailAll(std::nullopt);
  Drain();
  EXPECT_TRUE(store.Uncorrelated(100)->empty());
}

TEST_F(CorrelatorTest, WhatASilentClusterNeverAnsweredIsEscalatedInOnePass) {
  cluster_.FailAll(Error{Code::kDeadlineExceeded, "no answer"});
  Post({Of("a", 0), Of("b", 1), Of("c", 2)});
  clock_.Advance(seconds(60));
  Drain();
  EXPECT_EQ(cluster_.reads(), 1);
  EXPECT_EQ(store_.state().incidents.size(), 3u);
  AlertStore& store = store_;
  EXPECT_TRUE(store.Uncorrelated(100)->empty());
}

TEST_F(CorrelatorTest, AlertsOfATargetThatIsNotFoundAreOneIncidentAWhile) {
  Post({Of("gone", 0), Of("gone", 1)});
  Drain();
  clock_.Advance(seconds(60));
  Post({Of("gone", 2)});
  Drain();
  FakeStoreState state = store_.state();
  ASSERT_EQ(state.incidents.size(), 1u);
  const std::string id = state.incidents.begin()->first;
  EXPECT_EQ(state.incidents.at(id).phase, Phase::kEscalated);
  for (const auto& row : state.alerts) {
    EXPECT_EQ(row.stored.incident, id);
    EXPECT_TRUE(row.stored.correlated);
  }
  EXPECT_EQ(notifier_.notices.size(), 1u);
  EXPECT_EQ(notifier_.notices.at(0).severity, "critical");
  // An end finds its incident, whose end it can't be any more.
  Post({EndOf(Of("gone", 0))});
  Drain();
  EXPECT_EQ(store_.state().incidents.size(), 1u);
  // Another object is another incident, and so is the next half hour.
  Post({Of("gone-too", 3)});
  Drain();
  clock_.Advance(std::chrono::minutes(31));
  Post({Of("gone", 4)});
  Drain();
  EXPECT_EQ(store_.state().incidents.size(), 3u);
  EXPECT_EQ(notifier_.notices.size(), 3u);
}

TEST_F(CorrelatorTest, WhatMayNotBeLookedAtElsewhereIsNobodysMatter) {
  Alert elsewhere = Of("cart", 0);
  elsewhere.labels["namespace"] = "payments";
  elsewhere.fingerprint = Fingerprint(elsewhere.labels);
  Post({elsewhere});
  Drain();
  FakeStoreState state = store_.state();
  ASSERT_EQ(state.incidents.size(), 1u);
  const Incident& incident = state.incidents.begin()->second;
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_EQ(incident.reason,
            "namespace payments is not opted in (kubernetes.namespaces)");
  EXPECT_TRUE(notifier_.notices.empty());
}

TEST_F(CorrelatorTest, AnAlertOfTwoRulesIsOneIncidentAWhile) {
  rules_.AddSecond();
  Post({Of("cart", 0)});
  Drain();
  Post({Of("cart", 1)});
  Drain();
  const FakeStoreState state = store_.state();
  ASSERT_EQ(state.incidents.size(), 1u);
  const Incident& incident = state.incidents.begin()->second;
  EXPECT_EQ(incident.reason, "the alert matches rules leak and other");
  EXPECT_EQ(incident.rule, "");
  EXPECT_EQ(notifier_.notices.size(), 1u);
}

TEST_F(CorrelatorTest, AFaultOfTheStoreLosesNothing) {
  for (int nth = 1; nth <= 6; ++nth) {
    const std::string name = "f" + std::to_string(nth);
    Post({Of("cart", 10 * nth), Of("cart", 10 * nth + 1)});
    store_.FailCall(nth);
    // The call that fails may be one of a later pass.
    for (int pass = 0; pass < 3; ++pass) {
      static_cast<void>(correlator_.Drain());
    }
    Drain();
    const FakeStoreState state = store_.state();
    for (const auto& row : state.alerts) {
      EXPECT_TRUE(row.stored.correlated) << name;
    }
  }
  EXPECT_EQ(ByTarget().at("Deployment/shop/cart").size(), 12u);
}

}  // namespace
}  // namespace selfheal::testing
