#include "app/slack_side.h"

#include "adapters/http/auth.h"
#include "adapters/http/url.h"
#include "adapters/slack/bot_notifier.h"
#include "adapters/slack/question_value.h"

namespace selfheal {

Result<std::unique_ptr<SlackSide>> SlackSide::Build(const SlackPorts& ports) {
  const auto& slack = ports.config.slack;
  if (slack.bot_token_file.empty()) return std::unique_ptr<SlackSide>();
  std::unique_ptr<SlackSide> side(new SlackSide(ports));
  auto api = slack::WebApi::Create({.api_url = slack.api_url,
                                    .token_file = slack.bot_token_file,
                                    .user_agent = ports.user_agent});
  if (!api.ok()) return api.error();
  side->api_ = *std::move(api);
  side->workspace_ = std::make_unique<slack::Workspace>(
      *side->api_, ports.clock, ports.config.approvals.approvers);
  side->desk_ =
      std::make_unique<slack::ApprovalDesk>(slack::ApprovalDesk::Ports{
          .api = *side->api_,
          .workspace = *side->workspace_,
          .chats = ports.store,
          .incidents = ports.store,
          .audit = ports.store,
          .log = ports.log,
          .clock = ports.clock,
          .decide = ports.decide,
          .secret = [side = side.get()] { return side->Secret(); }});
  side->door_ = std::make_unique<slack::Door>(
      *side->desk_, slack.signing_secret_file, ports.wall, ports.log);
  if (auto built = side->BuildSocket(); !built.ok()) return built.error();
  if (!side->Hears()) {
    ports.log.Warn(
        "Slack: nobody can approve there: it takes approvals.approvers, and "
        "slack.signing_secret_file or slack.app_token_file");
  }
  return side;
}

bool SlackSide::Hears() const {
  const Config& config = ports_.config;
  return !config.approvals.approvers.empty() &&
         (!config.slack.signing_secret_file.empty() ||
          !config.slack.app_token_file.empty());
}

std::unique_ptr<Notifier> SlackSide::MakeNotifier(
    std::function<void(bool up)> on_attempt) {
  return std::make_unique<slack::BotNotifier>(
      slack::BotNotifier::Ports{
          .api = *api_,
          .chats = ports_.store,
          .log = ports_.log,
          .value_of = [this](const Notice& notice) { return ValueOf(notice); },
          .on_attempt = std::move(on_attempt)},
      slack::BotNotifier::Options{.channel = ports_.config.slack.channel,
                                  .public_url = ports_.config.public_url});
}

Result<void> SlackSide::BuildSocket() {
  const auto& slack = ports_.config.slack;
  if (slack.app_token_file.empty()) return {};
  auto api = slack::WebApi::Create({.api_url = slack.api_url,
                                    .token_file = slack.app_token_file,
                                    .user_agent = ports_.user_agent});
  if (!api.ok()) return api.error();
  socket_api_ = *std::move(api);
  const auto url = http::ParseBaseUrl(slack.api_url);
  const bool local = url.ok() && http::NamesLoopback(*url);
  socket_ = std::make_unique<slack::SocketMode>(
      slack::SocketMode::Ports{
          .api = *socket_api_, .desk = *desk_, .log = ports_.log},
      slack::SocketMode::Options{.local = local});
  return {};
}

void SlackSide::Start() {
  desk_->Start();
  if (socket_) {
    socket_->Start();
  } else if (Hears()) {
    desk_->ReadAgain();
  }
}

void SlackSide::Stop() {
  if (socket_) socket_->Stop();
  desk_->Stop();
}

ChatAnswer SlackSide::Answer(const ChatRequest& request) {
  return door_->Answer(request);
}

std::string SlackSide::Secret() const {
  const auto token = http::ReadSecretFile(ports_.config.slack.bot_token_file);
  return token.ok() ? *token : "";
}

std::string SlackSide::ValueOf(const Notice& notice) const {
  const std::string secret = Secret();
  if (!notice.question || !Hears() || secret.empty()) return "";
  return slack::QuestionValue(secret, notice.incident_id, *notice.question);
}

}  // namespace selfheal
