#pragma once
// The domain's need of the script engine: compile at saving. Implemented in integrations.

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/task.h"
#include "domain/integration.h"

namespace gantry::domain {

enum class Transpile { Yes, No };

struct CompiledScript {
  std::optional<std::string> code;
  ScriptError error;  // when there is no code
};

class ScriptCompiler {
 public:
  virtual ~ScriptCompiler() = default;
  virtual asio::awaitable<CompiledScript> compile(std::string source, Transpile transpile) = 0;
};

// Contract "integrations" 6.3, from the environment.
struct ScriptSwitches {
  bool saving_frozen = false;         // FREEZE_INTEGRATION_SCRIPTS = yes, true
  bool saving_frozen_engine = false;  // = ivm
  bool running_disabled = false;      // DISABLE_INTEGRATION_SCRIPTS = yes, true, ivm
};

}  // namespace gantry::domain
