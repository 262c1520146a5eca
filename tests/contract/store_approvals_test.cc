#include "contract/store_world.h"

namespace selfheal::testing {
namespace {

/// The incident with a question of plan hash-1 asked now.
Incident Asking(Incident incident, Time now) {
  incident.phase = Phase::kAwaitingApproval;
  incident.approval = Approval{};
  incident.approval->plan_hash = "hash-1";
  incident.approval->target_uid = incident.target_uid;
  incident.approval->generation = 4;
  incident.approval->asked_at = now;
  incident.approval->expires_at = now + seconds(900);
  return incident;
}

ApprovalDecision Grant(const Incident& incident,
                       const std::string& by = "admin:alice") {
  return {incident.id, "hash-1", true, by, "looks right"};
}

/// Nothing was recorded, for want of a grant.
void ExpectNoGrant(StoreHandle& store, const Incident& incident,
                   const Result<Intent>& result) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message.rfind("approval:", 0), 0u)
      << result.error().message;
  EXPECT_TRUE(store.audit.Intents(incident.id)->empty());
}

TEST_P(StoreContract, GrantIsConsumedOnceWithTheIntent) {
  Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  PermitRequest request = Restart(incident, "a");
  request.needs_approval = true;
  ExpectNoGrant(store(), incident, Record(request, incident));

  const auto granted = store().approvals.Decide(Grant(incident), now());
  ASSERT_TRUE(granted.ok()) << granted.error().message;
  EXPECT_EQ(granted->approval->state, ApprovalState::kGranted);
  EXPECT_EQ(granted->approval->decided_by, "admin:alice");

  ASSERT_TRUE(Record(request, incident).ok());
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->state,
            ApprovalState::kConsumed);
  ASSERT_TRUE(End(incident, "a", ActionResult::kFailed).ok());
  PermitRequest second = Restart(incident, "b");
  second.needs_approval = true;
  const auto refused = Record(second, incident);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message.rfind("approval:", 0), 0u);
  EXPECT_EQ(store().history.Recent(now())->actions.size(), 1u);
}

TEST_P(StoreContract, GrantOfAnotherPlanOrTargetDoesNotCount) {
  const Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  ASSERT_TRUE(store().approvals.Decide(Grant(incident), now()).ok());
  PermitRequest other_plan = Restart(incident, "a");
  other_plan.needs_approval = true;
  other_plan.purpose.plan_hash = "hash-2";
  EXPECT_FALSE(Record(other_plan, incident).ok());
  PermitRequest other_uid = Restart(incident, "a");
  other_uid.needs_approval = true;
  other_uid.purpose.target_uid = "uid-successor";
  EXPECT_FALSE(Record(other_uid, incident).ok());
  PermitRequest late = Restart(incident, "a");
  late.needs_approval = true;
  clock_.Advance(seconds(901));
  EXPECT_FALSE(Record(late, incident).ok());
}

TEST_P(StoreContract, DecisionIsTakenOnce) {
  const Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  ApprovalDecision wrong = Grant(incident);
  wrong.plan_hash = "hash-2";
  EXPECT_EQ(store().approvals.Decide(wrong, now()).error().code,
            Code::kFailedPrecondition);
  ApprovalDecision deny = Grant(incident);
  deny.grant = false;
  ASSERT_TRUE(store().approvals.Decide(deny, now()).ok());
  EXPECT_EQ(store().approvals.Decide(Grant(incident), now()).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->state,
            ApprovalState::kDenied);
  const auto audit = store().audit.Find(incident.id);
  ASSERT_EQ(audit->size(), 1u);
  EXPECT_EQ(audit->at(0).outcome, "denied");
  ApprovalDecision nobody = Grant(incident);
  nobody.incident_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(store().approvals.Decide(nobody, now()).error().code,
            Code::kNotFound);
}

TEST_P(StoreContract, DecisionComesTooLate) {
  Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  EXPECT_EQ(store()
                .approvals.Decide(Grant(incident), now() + seconds(900))
                .error()
                .code,
            Code::kFailedPrecondition);
  incident.phase = Phase::kEscalated;
  incident.approval->state = ApprovalState::kExpired;
  ASSERT_TRUE(Save(incident).ok());
  EXPECT_EQ(store().approvals.Decide(Grant(incident), now()).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->state,
            ApprovalState::kExpired);
}

TEST_P(StoreContract, SaveDoesNotOverwriteADecision) {
  const Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  ASSERT_TRUE(store().approvals.Decide(Grant(incident), now()).ok());
  // The flow still holds the question as it asked it.
  ASSERT_TRUE(Save(incident).ok());
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->state,
            ApprovalState::kGranted);
}

TEST_P(StoreContract, NewQuestionTakesBackTheOneBefore) {
  Incident incident = Asking(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  clock_.Advance(seconds(1));
  incident.approval->plan_hash = "hash-2";
  incident.approval->asked_at = now();
  ASSERT_TRUE(Save(incident).ok());
  EXPECT_EQ(store().approvals.Decide(Grant(incident), now()).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->plan_hash, "hash-2");
}

/// A question that two different people have to grant.
Incident AskingTwo(Incident incident, Time now) {
  incident = Asking(std::move(incident), now);
  incident.approval->people = 2;
  return incident;
}

TEST_P(StoreContract, TwoDifferentPeopleGrantWhereTwoAreAsked) {
  const Incident incident = AskingTwo(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  PermitRequest request = Restart(incident, "a");
  request.needs_approval = true;

  const auto first = store().approvals.Decide(Grant(incident), now());
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->phase, Phase::kAwaitingApproval);
  EXPECT_EQ(first->approval->state, ApprovalState::kPending);
  EXPECT_EQ(LackingPeople(*first->approval, 2), 1);
  EXPECT_EQ(first->approval->grants.at(0).by, "admin:alice");
  EXPECT_EQ(first->approval->grants.at(0).at, now());
  ExpectNoGrant(store(), incident, Record(request, incident));

  clock_.Advance(seconds(5));
  const auto again = store().approvals.Decide(Grant(incident), now());
  ASSERT_FALSE(again.ok()) << "one person is not two";
  EXPECT_EQ(again.error().code, Code::kFailedPrecondition);
  EXPECT_NE(again.error().message.find("admin:alice has granted it already"),
            std::string::npos);
  ExpectNoGrant(store(), incident, Record(request, incident));

  if (GetParam().durable) Reopen();
  // The flow saves the question as it asked it: the grant stays.
  ASSERT_TRUE(Save(incident).ok());
  const auto second =
      store().approvals.Decide(Grant(incident, "admin:bob"), now());
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->approval->state, ApprovalState::kGranted);
  EXPECT_EQ(second->approval->decided_by, "admin:alice, admin:bob");
  EXPECT_EQ(second->approval->grants.size(), 2u);
  ASSERT_TRUE(Record(request, incident).ok());
  EXPECT_EQ(store().incidents.Load(incident.id)->approval->state,
            ApprovalState::kConsumed);
}

TEST_P(StoreContract, EachOfTwoPeopleStandsInTheAudit) {
  const Incident incident = AskingTwo(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  for (const char* by : {"admin:alice", "admin:alice", "admin:bob"}) {
    (void)store().approvals.Decide(Grant(incident, by), now());
  }
  const auto audit = store().audit.Find(incident.id);
  ASSERT_EQ(audit->size(), 2u) << "what was refused changes nothing";
  EXPECT_EQ(audit->at(0).outcome, "granted_in_part");
  EXPECT_EQ(std::get<std::string>(audit->at(0).data.at(0).second),
            "admin:alice");
  EXPECT_EQ(audit->at(1).outcome, "granted");
  EXPECT_EQ(std::get<std::string>(audit->at(1).data.at(0).second), "admin:bob");
}

TEST_P(StoreContract, AnyoneDeniesWhatTwoAreAsked) {
  for (const char* by : {"admin:alice", "admin:bob"}) {
    const Incident incident = AskingTwo(Stored(by), now());
    ASSERT_TRUE(Save(incident).ok());
    ASSERT_TRUE(store().approvals.Decide(Grant(incident), now()).ok());
    ApprovalDecision deny = Grant(incident, by);
    deny.grant = false;
    const auto denied = store().approvals.Decide(deny, now());
    ASSERT_TRUE(denied.ok()) << denied.error().message;
    EXPECT_EQ(denied->approval->state, ApprovalState::kDenied);
    EXPECT_EQ(denied->approval->decided_by, by);
    EXPECT_FALSE(
        store().approvals.Decide(Grant(incident, "admin:bob"), now()).ok());
  }
}

TEST_P(StoreContract, AGrantOfOneQuestionIsNoneOfTheNext) {
  Incident incident = AskingTwo(Stored("cart"), now());
  ASSERT_TRUE(Save(incident).ok());
  ASSERT_TRUE(store().approvals.Decide(Grant(incident), now()).ok());
  EXPECT_FALSE(
      store()
          .approvals.Decide(Grant(incident, "admin:bob"), now() + seconds(900))
          .ok())
      << "it ends as it was asked, whoever granted meanwhile";
  clock_.Advance(seconds(1));
  incident.approval->asked_at = now();
  incident.approval->expires_at = now() + seconds(900);
  ASSERT_TRUE(Save(incident).ok());
  const auto bob =
      store().approvals.Decide(Grant(incident, "admin:bob"), now());
  ASSERT_TRUE(bob.ok()) << bob.error().message;
  EXPECT_EQ(bob->approval->state, ApprovalState::kPending);
  EXPECT_EQ(LackingPeople(*bob->approval, 2), 1);
}

}  // namespace
}  // namespace selfheal::testing
