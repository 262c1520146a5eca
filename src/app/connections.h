#pragma once

#include <memory>
#include <string>

#include "adapters/http/auth.h"
#include "adapters/prometheus/prometheus_source.h"
#include "config/config.h"
#include "core/result.h"

namespace selfheal {

/// What we call ourselves to others.
std::string UserAgent();

http::AuthOptions AuthOf(const std::string& bearer_file,
                         const std::string& username,
                         const std::string& password_file);

/// The Prometheus that `config` names.
/// @error kInvalidArgument  its URL or a header.
Result<std::unique_ptr<prometheus::PrometheusSource>> PrometheusOf(
    const Config& config);

}  // namespace selfheal
