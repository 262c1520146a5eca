#pragma once

#include <map>
#include <string>

#include "sim/kubesim/kubelet.h"

namespace kubesim {

/// The size of each node's file system, and what is on it beside pods.
inline constexpr double kDiskBytes = 107374182400.0;
inline constexpr double kSystemDiskBytes = 32212254720.0;

/// What the pods of each node have written at a time.
std::map<std::string, double> DiskBytesByNode(const Kubelet& kubelet,
                                              TimePoint at);

}  // namespace kubesim
