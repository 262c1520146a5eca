#pragma once

#include <string>

#include "core/result.h"
#include "receiver/http_message.h"

namespace selfheal {

/// 200 with a JSON body that is complete already.
HttpResponse JsonAnswer(std::string json);

/// The problem that `error` is for the caller: kInvalidArgument 400, kNotFound
/// 404, kFailedPrecondition, kAborted and kAlreadyExists 409,
/// kResourceExhausted 413, kUnavailable and kDeadlineExceeded 503, else 500.
/// What is not the caller's fault is not told in detail.
HttpResponse ProblemOf(const Error& error);

/// JsonAnswer or ProblemOf.
HttpResponse AnswerOf(Result<std::string> json);

}  // namespace selfheal
