#pragma once

#include "sim/pipeline/pipeline.h"

namespace selfheal::testing {

/// Of the calls that a fault is tried at, under a sanitizer every third: each
/// story is some twenty times as slow there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kCallStride = 3;
#else
inline constexpr int kCallStride = 1;
#endif

/// A config whose judge is quick: 6 hours of baseline, 10 trees.
Config QuickConfig();

/// A trouble of one Deployment, from its metrics to its alert.
enum class Story {
  kLeak,   ///< Deployment cart leaks: a rolling restart with a canary.
  kCrash,  ///< One pod of cart crash-loops: it is replaced.
  kCpu,    ///< Deployment checkout is throttled: 3 -> 5 replicas.
};

inline constexpr Story kStories[] = {Story::kLeak, Story::kCrash, Story::kCpu};

/// One Deployment of three pods in namespace shop, and little else that costs
/// time.
void AddWorkload(Pipeline& pipeline, const std::string& name);

/// Makes the Deployment, brings up the trouble and posts its alert.
void Begin(Pipeline& pipeline, Story story);

/// How many mutating requests heal it.
int MutationsOf(Story story);

}  // namespace selfheal::testing
