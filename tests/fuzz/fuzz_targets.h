#pragma once

#include <string_view>

namespace selfheal::testing {

// One function a parser that reads bytes of strangers. Each checks what must
// hold for any input and aborts where it does not; the same functions are run
// over the corpora by the ordinary tests and by a fuzzer (fuzz_main.cc).

/// The framing gate: the same bytes in one piece and in pieces of every small
/// size have one meaning; what it accepts is within all limits.
void FuzzHttpGate(std::string_view bytes);

/// The webhook's payload: what it accepts is consistent and within limits.
void FuzzPayload(std::string_view bytes);

/// A person's small JSON body and the query of a request.
void FuzzSmallInputs(std::string_view bytes);

/// Prometheus' answer: capped, no empty series, times that rise.
void FuzzMetricAnswer(std::string_view bytes);

/// The API server's answers, to reads and to mutations: no half object, and
/// no body turns a failed mutation into an applied one.
void FuzzClusterAnswer(std::string_view bytes);

/// Alertmanager's list of active alerts.
void FuzzAlertList(std::string_view bytes);

/// Foreign text on its way to a chat: no markup, no broken UTF-8.
void FuzzChatText(std::string_view bytes);

/// What a chat posts, behind its signature: an answer names who and where, and
/// is the same again when it is read from where it was written.
void FuzzChatAnswer(std::string_view bytes);

}  // namespace selfheal::testing
