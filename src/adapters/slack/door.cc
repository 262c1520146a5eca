#include "adapters/slack/door.h"

#include "adapters/http/auth.h"
#include "adapters/slack/signature.h"

namespace selfheal::slack {
namespace {

Result<Heard> Read(const ChatRequest& request) {
  std::string text = request.body;
  const bool interaction = request.kind == ChatRequest::Kind::kInteraction;
  if (interaction) {
    auto payload = FormPayload(request.body);
    if (!payload.ok()) return payload.error();
    text = *std::move(payload);
  }
  const auto payload = ParsePayload(text);
  if (!payload.ok()) return payload.error();
  return interaction ? ReadInteraction(*payload) : ReadEvent(*payload);
}

}  // namespace

ChatAnswer Door::Answer(const ChatRequest& request) {
  const auto secret = secret_file_.empty() ? Result<std::string>("")
                                           : http::ReadSecretFile(secret_file_);
  if (!secret.ok() || !Signed(*secret, request.timestamp, request.signature,
                              request.body, wall_.Now())) {
    return {401, "the request is not signed by Slack"};
  }
  const Result<Heard> heard = Read(request);
  if (!heard.ok()) {
    log_.Warn("Slack sent what we can't read",
              {{"reason", heard.error().message}});
    return {400, heard.error().message};
  }
  const Result<void> taken = desk_.Take(*heard);
  if (!taken.ok()) return {503, "the store cannot answer now"};
  return {200, heard->challenge};
}

}  // namespace selfheal::slack
