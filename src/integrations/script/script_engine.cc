#include "integrations/script/script_engine.h"

namespace gantry::integrations::script {

std::string_view to_name(ScriptMethod method) {
  switch (method) {
    case ScriptMethod::ProcessIncomingRequest:
      return "process_incoming_request";
    case ScriptMethod::PrepareOutgoingRequest:
      return "prepare_outgoing_request";
    case ScriptMethod::ProcessOutgoingResponse:
      return "process_outgoing_response";
  }
  return "";
}

}  // namespace gantry::integrations::script
