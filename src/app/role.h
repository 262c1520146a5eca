#pragma once

namespace selfheal {

/// Which part of the product a process is; more than one over a database that
/// processes share.
enum class Role {
  kAll,
  kReceiver,    ///< Takes alerts and answers people; reaches no cluster.
  kRemediator,  ///< Judges and acts; listens for scrapes and probes alone.
};

}  // namespace selfheal
