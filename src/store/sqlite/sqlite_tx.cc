#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {

SqliteTx::SqliteTx(Connection& connection, const std::vector<domain::EventRecorder*>& recorders)
    : session_{connection, {}, {}},
      recorders_(recorders),
      users_(make_user_store(session_)),
      rooms_(make_room_store(session_)),
      subscriptions_(make_subscription_store(session_)),
      messages_(make_message_store(session_)),
      uploads_(make_upload_store(session_)),
      rights_(make_rights_store(session_)),
      settings_(make_setting_store(session_)),
      integrations_(make_integration_store(session_)),
      deliveries_(make_delivery_store(session_)),
      incoming_calls_(make_incoming_call_store(session_)),
      records_(make_record_store(session_)),
      script_versions_(make_script_version_store(session_)) {}

SqliteTx::~SqliteTx() = default;

Result<void> SqliteTx::record(domain::Event event) {
  for (domain::EventRecorder* recorder : recorders_) TRY_DO(recorder->record(*this, event));
  session_.events.push_back(std::move(event));
  return Done{};
}

}  // namespace gantry::store::sqlite
