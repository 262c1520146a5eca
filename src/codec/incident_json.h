#pragma once

#include <string>
#include <vector>

#include "core/incident.h"

namespace selfheal {

/// An incident as people and programs see it (the API, events, the web page).
std::string IncidentJson(const Incident& incident);

/// {"items":[...],"next":cursor or null}; `next` "" = no more.
std::string IncidentListJson(const std::vector<Incident>& incidents,
                             const std::string& next);

}  // namespace selfheal
