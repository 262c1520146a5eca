// What SqliteStore keeps for a chat.
#include "adapters/sqlite/chat_rows.h"
#include "adapters/sqlite/sqlite_store.h"

namespace selfheal {

using sqlite::Connection;
using sqlite::WriteContext;

Result<void> SqliteStore::SaveThread(const ChatThread& thread) {
  return writer_->Write(
      [thread](WriteContext& context) {
        return sqlite::PutThread(context.db, thread);
      },
      256);
}

Result<void> SqliteStore::ForgetThread(const std::string& incident_id) {
  return writer_->Write(
      [incident_id](WriteContext& context) {
        return sqlite::DropThread(context.db, incident_id);
      },
      64);
}

Result<std::optional<ChatThread>> SqliteStore::ThreadOf(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sqlite::FindThread(db, incident_id); });
}

Result<std::optional<ChatThread>> SqliteStore::ThreadAt(
    const std::string& channel, const std::string& ts) {
  return readers_.With(
      [&](Connection& db) { return sqlite::FindThreadAt(db, channel, ts); });
}

Result<bool> SqliteStore::TakeInput(const ChatInput& input) {
  const auto fresh = std::make_shared<bool>(false);
  Result<void> done = writer_->Write(
      [input, fresh](WriteContext& context) {
        const Result<bool> taken = sqlite::InsertInput(context.db, input);
        if (!taken.ok()) return Result<void>(taken.error());
        *fresh = *taken;
        return Result<void>();
      },
      512 + input.body.size());
  if (!done.ok()) return done.error();
  return *fresh;
}

Result<std::vector<ChatInput>> SqliteStore::WaitingInputs() {
  return readers_.With(sqlite::ReadWaitingInputs);
}

Result<void> SqliteStore::FinishInput(long long row) {
  return writer_->Write(
      [row](WriteContext& context) {
        return sqlite::EndInput(context.db, row);
      },
      64);
}

}  // namespace selfheal
