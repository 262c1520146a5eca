#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "collect/metric_source.h"
#include "core/result.h"

namespace selfheal::prometheus {

/// The query that an answer belongs to; that for a range is a matrix.
enum class Asked { kInstant, kRange };

/// Parses the envelope of /api/v1/query and /api/v1/query_range.
///
/// A vector or scalar becomes series of one sample. Values are the JSON
/// strings of Prometheus: shortest decimal, "NaN", "+Inf", "-Inf".
/// @param at_most  samples over all series; more is kResourceExhausted.
/// @error kInternal  no such envelope, wrong types, a key twice, times that do
///        not rise.
/// @error kInvalidArgument  native histograms or strings as result: the query
///        asks for something that is not a float series.
/// Memory: that of the result; no tree of the whole body is built.
Result<QueryAnswer> ParseAnswer(std::string_view body, Asked asked,
                                std::size_t at_most);

/// The sentence of an error envelope ("bad_data: parse error: ..."), or "".
/// Never throws, whatever the body is; at most 500 bytes.
std::string ErrorSentence(std::string_view body);

/// Parses one sample value.
std::optional<double> ParseSampleValue(std::string_view text);

}  // namespace selfheal::prometheus
