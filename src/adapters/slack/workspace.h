#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "adapters/slack/web_api.h"
#include "config/config.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "core/plan.h"
#include "core/result.h"

namespace selfheal::slack {

/// Who we are there.
struct Identity {
  std::string team;
  std::string user;
  std::string app;
  /// Set where the app is installed for a whole organisation.
  std::string enterprise = "";
};

/// Whom the configuration lets approve, asked of Slack. What Slack does not
/// answer is a no. Thread-safe.
class Workspace {
 public:
  using Approvers = std::vector<Config::ApprovalsConfig::Approver>;

  /// `api` and `clock` outlive it.
  Workspace(WebApi& api, const Clock& clock, Approvers approvers)
      : api_(api), clock_(clock), approvers_(std::move(approvers)) {}

  /// Our own identity; asked until it is known. @error kUnavailable
  Result<Identity> Who() EXCLUDES(mutex_);

  /// Why `user` may not approve a plan of that risk; "" = may.
  ///
  /// A person of our team (or organisation), active and no bot, named as a user
  /// or in a group. Answers are kept for 5 minutes; for a high risk it is
  /// always asked anew.
  std::string Objection(const std::string& user, Risk risk) EXCLUDES(mutex_);

 private:
  struct Kept {
    SteadyTime at;
    std::set<std::string> words;
  };

  /// The strings that `read` takes out of the answer of `method`, kept.
  Result<std::set<std::string>> Ask(
      const std::string& method, const std::string& key,
      const std::string& value, bool afresh,
      std::set<std::string> (*read)(const nlohmann::json&)) EXCLUDES(mutex_);
  Result<Identity> AskWho();
  std::string PersonObjection(const std::string& user, const Identity& we,
                              bool afresh);

  WebApi& api_;
  const Clock& clock_;
  const Approvers approvers_;
  Mutex mutex_;
  std::optional<Identity> who_ GUARDED_BY(mutex_);
  std::map<std::string, Kept> kept_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::slack
