#include "receiver/slack_handlers.h"

#include <utility>

namespace selfheal {
namespace {

HttpResponse Handle(const Services& services, const HttpRequest& request,
                    ChatRequest::Kind kind) {
  ChatAnswer answer =
      services.from_slack({.kind = kind,
                           .timestamp = request.head.slack_timestamp,
                           .signature = request.head.slack_signature,
                           .body = request.body});
  if (answer.status != 200) return Problem(answer.status, answer.text);
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(answer.text);
  return response;
}

}  // namespace

HttpResponse HandleSlackInteraction(const Services& services,
                                    const HttpRequest& request) {
  return Handle(services, request, ChatRequest::Kind::kInteraction);
}

HttpResponse HandleSlackEvent(const Services& services,
                              const HttpRequest& request) {
  return Handle(services, request, ChatRequest::Kind::kEvent);
}

}  // namespace selfheal
