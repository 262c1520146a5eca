#include "tests/fuzz/fuzz_targets.h"

#include <algorithm>
#include <string>

#include "core/result.h"
#include "intake/payload.h"
#include "receiver/http_gate.h"
#include "receiver/query.h"
#include "receiver/small_json.h"

namespace selfheal::testing {
namespace {

constexpr std::size_t kMaxBody = 4096;

/// What one request came to: the state, and the bytes that say what was read.
struct Meaning {
  HttpGate::State state = HttpGate::State::kHead;
  int status = 0;
  std::string request;
  std::size_t left = 0;

  bool operator==(const Meaning&) const = default;
};

void CheckRequest(HttpGate& gate, const HttpLimits& limits) {
  const HttpRequest& request = gate.request();
  const RequestHead& head = request.head;
  SELFHEAL_CHECK(!head.path.empty() && head.path.front() == '/');
  SELFHEAL_CHECK(head.path.size() + head.query.size() <= limits.target_bytes);
  SELFHEAL_CHECK(request.body.size() <= kMaxBody);
  SELFHEAL_CHECK(!(head.chunked && head.content_length));
  SELFHEAL_CHECK(!head.content_length ||
                 *head.content_length == request.body.size());
  SELFHEAL_CHECK(head.HasBody() || request.body.empty());
  for (const auto& [name, value] : head.forwarded) {
    SELFHEAL_CHECK(std::all_of(name.begin(), name.end(), IsTokenChar));
    SELFHEAL_CHECK(value.find_first_of(std::string("\r\n\0", 3)) ==
                   std::string::npos);
  }
}

Meaning ReadInPieces(std::string_view bytes, std::size_t piece) {
  static const HttpLimits limits;
  HttpGate gate(limits);
  Meaning meaning;
  while (true) {
    std::string_view part = bytes.substr(0, piece);
    const std::size_t before = part.size();
    meaning.state = gate.Feed(part);
    bytes.remove_prefix(before - part.size());
    if (meaning.state == HttpGate::State::kHeadDone) {
      Admission admission;
      admission.max_body = kMaxBody;
      meaning.state = gate.Admit(std::move(admission));
    }
    if (meaning.state == HttpGate::State::kRefused) {
      meaning.status = gate.refusal().status;
      SELFHEAL_CHECK(meaning.status >= 400 && meaning.status < 600);
      SELFHEAL_CHECK(gate.refusal().close);
      return meaning;
    }
    if (meaning.state == HttpGate::State::kComplete) {
      CheckRequest(gate, limits);
      meaning.left = bytes.size();
      const HttpRequest& request = gate.request();
      meaning.request = std::string(MethodName(request.head.method)) + " " +
                        request.head.path + "?" + request.head.query + "\n" +
                        request.head.host + "\n" + request.head.authorization +
                        "\n" + request.body;
      return meaning;
    }
    if (bytes.empty()) return meaning;
  }
}

}  // namespace

void FuzzHttpGate(std::string_view bytes) {
  const Meaning whole = ReadInPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    SELFHEAL_CHECK(ReadInPieces(bytes, piece) == whole);
  }
}

void FuzzPayload(std::string_view bytes) {
  IntakeLimits limits;
  limits.alerts = 100;
  const auto group = ParseAlertGroup(bytes, limits);
  if (!group.ok()) {
    SELFHEAL_CHECK(group.error().code == Code::kInvalidArgument ||
                   group.error().code == Code::kResourceExhausted);
    SELFHEAL_CHECK(group.error().message.find(": ") != std::string::npos);
    return;
  }
  SELFHEAL_CHECK(group->version == "4");
  SELFHEAL_CHECK(group->received ==
                 group->alerts.size() + group->rejected.size());
  SELFHEAL_CHECK(group->received <= limits.alerts);
  for (const Alert& alert : group->alerts) {
    SELFHEAL_CHECK(!alert.labels.empty());
    SELFHEAL_CHECK(alert.labels.size() <= limits.labels);
    SELFHEAL_CHECK(alert.annotations.size() <= limits.labels);
    SELFHEAL_CHECK(alert.fingerprint == Fingerprint(alert.labels));
    for (const auto& [name, value] : alert.labels) {
      SELFHEAL_CHECK(!name.empty());
      SELFHEAL_CHECK(value.size() <= limits.string_bytes);
      SELFHEAL_CHECK(value.find('\0') == std::string::npos);
    }
  }
  for (const RejectedAlert& rejected : group->rejected) {
    SELFHEAL_CHECK(rejected.index < group->received);
    SELFHEAL_CHECK(!rejected.reason.empty());
  }
}

void FuzzSmallInputs(std::string_view bytes) {
  const auto json = ParseSmallJson(bytes, {"on", "reason", "a"});
  SELFHEAL_CHECK(json.ok() || json.error().code == Code::kInvalidArgument);
  const auto query = ParseQuery(bytes);
  if (!query.ok()) return;
  for (const auto& [name, value] : *query) {
    for (const char c : name + value) {
      SELFHEAL_CHECK(static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
    }
  }
}

}  // namespace selfheal::testing
