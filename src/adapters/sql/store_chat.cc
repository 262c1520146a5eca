// What SqlStore keeps for a chat.
#include "adapters/sql/chat_rows.h"
#include "adapters/sql/sql_store.h"

namespace selfheal {

using sql::Connection;
using sql::WriteContext;

Result<void> SqlStore::SaveThread(const ChatThread& thread) {
  return writer_->Write(
      [thread](WriteContext& context) {
        return sql::PutThread(context.db, thread);
      },
      256);
}

Result<void> SqlStore::ForgetThread(const std::string& incident_id) {
  return writer_->Write(
      [incident_id](WriteContext& context) {
        return sql::DropThread(context.db, incident_id);
      },
      64);
}

Result<std::optional<ChatThread>> SqlStore::ThreadOf(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sql::FindThread(db, incident_id); });
}

Result<std::optional<ChatThread>> SqlStore::ThreadAt(const std::string& channel,
                                                     const std::string& ts) {
  return readers_.With(
      [&](Connection& db) { return sql::FindThreadAt(db, channel, ts); });
}

Result<bool> SqlStore::TakeInput(const ChatInput& input) {
  const auto fresh = std::make_shared<bool>(false);
  Result<void> done = writer_->Write(
      [input, fresh](WriteContext& context) {
        const Result<bool> taken = sql::InsertInput(context.db, input);
        if (!taken.ok()) return Result<void>(taken.error());
        *fresh = *taken;
        return Result<void>();
      },
      512 + input.body.size());
  if (!done.ok()) return done.error();
  return *fresh;
}

Result<std::vector<ChatInput>> SqlStore::WaitingInputs() {
  return readers_.With(sql::ReadWaitingInputs);
}

Result<void> SqlStore::FinishInput(long long row) {
  return writer_->Write(
      [row](WriteContext& context) { return sql::EndInput(context.db, row); },
      64);
}

}  // namespace selfheal
