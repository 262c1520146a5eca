#pragma once

#include <vector>

#include "adapters/kubernetes/api_client.h"
#include "collect/change_journal.h"

namespace selfheal::kubernetes {

/// ChangeJournal answered from what Kubernetes itself keeps: the ReplicaSets
/// of a Deployment and the ControllerRevisions of a StatefulSet or DaemonSet.
///
/// A revision's `at` is its object's creation; a template that came back (an
/// undo) keeps its old object, so its `at` is the time of the first use.
/// `by` is the field manager that last wrote the workload's spec, and is told
/// of the newest revision only.
class RevisionJournal final : public ChangeJournal {
 public:
  /// `api` must outlive the journal.
  explicit RevisionJournal(ApiClient& api) : api_(api) {}

  Result<std::vector<SpecChange>> Since(const ObjectRef& object,
                                        Time since) override;

 private:
  ApiClient& api_;
};

}  // namespace selfheal::kubernetes
