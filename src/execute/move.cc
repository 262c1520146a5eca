#include "execute/move.h"

#include <utility>

namespace selfheal {

Move Move::Wait(Time look_again, std::string reason) {
  Move move;
  move.kind = Kind::kWait;
  move.look_again = look_again;
  move.reason = std::move(reason);
  return move;
}

Move Move::Done(std::string reason) {
  Move move;
  move.kind = Kind::kDone;
  move.reason = std::move(reason);
  return move;
}

Move Move::Failed(std::string reason) {
  Move move;
  move.kind = Kind::kFailed;
  move.reason = std::move(reason);
  return move;
}

Move Move::Mutate(ActionKind action, std::string phase, Mutation mutation) {
  Move move;
  move.kind = Kind::kMutate;
  move.action = action;
  move.phase = std::move(phase);
  move.mutation = std::move(mutation);
  return move;
}

}  // namespace selfheal
