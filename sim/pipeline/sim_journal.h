#pragma once

#include <vector>

#include "collect/change_journal.h"
#include "execute/json_leaves.h"
#include "execute/revisions.h"

namespace selfheal::testing {

/// The changes of a workload's template, from the revisions that the simulated
/// cluster keeps.
class SimJournal final : public ChangeJournal {
 public:
  explicit SimJournal(ClusterView& cluster) : cluster_(cluster) {}

  Result<std::vector<SpecChange>> Since(const ObjectRef& object,
                                        Time since) override {
    if (!IsWorkload(object.kind)) return std::vector<SpecChange>();
    auto workload = cluster_.Get(object);
    if (!workload.ok()) return workload.error();
    auto history = HistoryOf(cluster_, *workload);
    if (!history.ok()) return history.error();
    std::vector<SpecChange> changes;
    for (std::size_t i = 0; i < history->size(); ++i) {
      const Revision& one = (*history)[i];
      if (one.created_at < since) continue;
      SpecChange change;
      change.object = object;
      change.at = one.created_at;
      change.revision = one.number;
      if (i + 1 < history->size()) {
        auto fields =
            DifferingPaths((*history)[i + 1].pod_template, one.pod_template);
        if (!fields.ok()) return fields.error();
        change.fields = *std::move(fields);
      } else {
        change.fields = {"spec.template"};
      }
      changes.push_back(std::move(change));
    }
    return changes;
  }

 private:
  ClusterView& cluster_;
};

}  // namespace selfheal::testing
