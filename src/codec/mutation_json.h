#pragma once

#include <string>
#include <string_view>

#include "core/mutation.h"
#include "core/result.h"
#include "core/verdict.h"

namespace selfheal {

/// Stored forms of what an intent is made of, lossless.
std::string MutationJson(const Mutation& mutation);
std::string PurposeJson(const MutationPurpose& purpose);
std::string RequestJson(const WireRequest& request);

/// Their inverses.
///
/// @error kDataLoss  the text is not what the function above writes.
Result<Mutation> ParseMutation(std::string_view text);
Result<MutationPurpose> ParsePurpose(std::string_view text);
Result<WireRequest> ParseRequest(std::string_view text);

}  // namespace selfheal
