#pragma once

#include <string>

#include "collect/metric_source.h"
#include "core/incident.h"

namespace selfheal {

/// How long the certificate is still good that an alert with `labels` is about,
/// where it is none of cert-manager's: asked for by the metrics that people
/// have of Secrets, files, probes, kubelets and clients of the API server.
///
/// @return one sentence, also where none of them answers; "" for an alert that
///         is about something else.
std::string DaysLeft(MetricSource& source, Duration deadline, IncidentType type,
                     const Labels& labels, Time now);

}  // namespace selfheal
