#include "adapters/sql/connection.h"

namespace selfheal::sql {

Result<long long> NewRow(Statement insert) {
  long long row = 0;
  // To its end: only then is the statement done.
  while (insert.Next()) row = insert.Integer(0);
  if (Result<void> status = insert.status(); !status.ok()) {
    return status.error();
  }
  return row;
}

}  // namespace selfheal::sql
