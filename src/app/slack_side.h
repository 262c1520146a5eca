#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/slack/approval_desk.h"
#include "adapters/slack/door.h"
#include "adapters/slack/socket_mode.h"
#include "adapters/slack/web_api.h"
#include "adapters/slack/workspace.h"
#include "adapters/sql/sql_store.h"
#include "config/config.h"
#include "core/notice.h"
#include "record/notifier.h"

namespace selfheal {

/// What Slack's bot needs of the product; each outlives it.
struct SlackPorts {
  const Config& config;
  SqlStore& store;
  Logger& log;
  const Clock& clock;
  const Clock& wall;
  std::string user_agent;
  std::function<Result<Incident>(const ApprovalDecision&)> decide;
};

/// The side of the product that is a bot in Slack. Wiring only.
class SlackSide {
 public:
  /// Null where no bot token is configured. @error kInvalidArgument
  static Result<std::unique_ptr<SlackSide>> Build(const SlackPorts& ports);

  void Start();
  void Stop();

  /// Goes before this.
  std::unique_ptr<Notifier> MakeNotifier(
      std::function<void(bool up)> on_attempt);
  ChatAnswer Answer(const ChatRequest& request);

 private:
  explicit SlackSide(const SlackPorts& ports) : ports_(ports) {}
  /// Of the buttons of a notice; "" where nobody could click them.
  std::string ValueOf(const Notice& notice) const;
  Result<void> BuildSocket();
  std::string Secret() const;
  bool Hears() const;

  const SlackPorts ports_;
  std::unique_ptr<slack::WebApi> api_;
  std::unique_ptr<slack::Workspace> workspace_;
  std::unique_ptr<slack::ApprovalDesk> desk_;
  std::unique_ptr<slack::Door> door_;
  /// Null without an app token.
  std::unique_ptr<slack::WebApi> socket_api_;
  std::unique_ptr<slack::SocketMode> socket_;
};

}  // namespace selfheal
