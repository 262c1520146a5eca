#include "app/action_words.h"

#include "core/duration.h"

namespace selfheal {
namespace {

std::string Percent(int percent) { return std::to_string(percent) + " %"; }

constexpr char kServing[] =
    "too few other pods that serve, a PodDisruptionBudget, a rollout under way";

struct Words {
  ActionWords operator()(const RestartPod&) const {
    return {
        "deletes the one pod that is worst off, so that its owner makes a "
        "new one",
        kServing, ""};
  }
  ActionWords operator()(const RollingRestart& action) const {
    return {"replaces every pod, " + std::to_string(action.canary_pods) +
                " as a canary first, compared with its siblings for " +
                FormatDuration(action.canary_observe),
            std::string(kServing) +
                ", a paused workload, a strategy that does not roll",
            "the rollout is put back to the template before"};
  }
  ActionWords operator()(const ScaleOut& action) const {
    return {"adds up to " + Percent(action.percent) +
                " replicas, never beyond " +
                std::to_string(MostReplicas(action)) +
                (action.connections > 0
                     ? ", for which its " + std::to_string(action.connections) +
                           " connections suffice"
                     : "") +
                ": to the HPA's bounds where one stands" +
                (action.back_after > seconds(0)
                     ? "; taken back once it was calm for " +
                           FormatDuration(action.back_after)
                     : ""),
            "guards.scale, an HPA of KEDA or one that does not scale",
            "the replicas, or the HPA's bounds, before"};
  }
  ActionWords operator()(const ScaleIn&) const {
    return {
        "takes away the replicas that a scale-out added, once the load has "
        "been calm",
        "a change of the replicas by anybody else, a floor",
        "the replicas, or the HPA's bounds, before"};
  }
  ActionWords operator()(const Rollback& action) const {
    return {
        "puts the pod template of the last healthy revision in place, at "
        "most " +
            std::to_string(action.max_revisions) +
            " back; of a Rollout whose new revision is not promoted yet it "
            "aborts the update",
        "no healthy revision, an owner by GitOps, missing approval",
        "forward to the revision before"};
  }
  ActionWords operator()(const SetResources& action) const {
    return {
        "raises the memory limit of the container that was killed by at "
        "most " +
            Percent(action.percent),
        "a quota, a LimitRange, the largest node, missing approval",
        "the resources before"};
  }
  ActionWords operator()(const Cordon&) const {
    return {"keeps new pods off the node",
            "guards.nodes, guards.drain, another node that is set aside, too "
            "many bad nodes",
            "the node is let in again"};
  }
  ActionWords operator()(const Drain& action) const {
    return {
        "cordons the node and evicts what runs there one after another, "
        "within " +
            FormatDuration(action.timeout) +
            (action.delete_emptydir_data
                 ? "; what emptyDirs of Deployments hold is lost"
                 : ""),
        "guards.nodes, guards.drain, PodDisruptionBudgets, what must not "
        "move, too little room elsewhere, too many bad nodes",
        "the node is let in again; evicted pods stay where they are"};
  }
  ActionWords operator()(const Uncordon&) const {
    return {"lets pods onto the node again, where we have cordoned it",
            "a cordon of somebody else", ""};
  }
  ActionWords operator()(const EvictOne&) const {
    return {"evicts the one pod that fills its node", kServing, ""};
  }
  ActionWords operator()(const ExpandVolume& action) const {
    return {"asks for " + Percent(action.percent) + " more, never beyond " +
                std::to_string(action.max_gib) + " GiB",
            "a storage class that does not allow it, a resize under way", ""};
  }
  ActionWords operator()(const RenewCertificate& action) const {
    return {"has cert-manager issue the Certificate anew and waits up to " +
                FormatDuration(action.timeout) + " until it is ready",
            "no cert-manager, an issuance under way", ""};
  }
  ActionWords operator()(const Notify&) const {
    return {"tells a person and changes nothing", "nothing", ""};
  }
};

}  // namespace

ActionWords WordsOf(const Action& action) {
  return std::visit(Words{}, action);
}

}  // namespace selfheal
