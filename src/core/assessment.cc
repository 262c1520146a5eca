#include "core/assessment.h"

namespace selfheal {

std::string_view JudgementName(Judgement judgement) {
  switch (judgement) {
    case Judgement::kConfirmed:
      return "confirmed";
    case Judgement::kNotConfirmed:
      return "not_confirmed";
    case Judgement::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

}  // namespace selfheal
