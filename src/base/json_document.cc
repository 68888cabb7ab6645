#include "base/json_document.h"

#include <mutex>

namespace gantry {

struct JsonDocument::State {
  json::value value;
  std::once_flag written;
  std::string text;
};

JsonDocument::JsonDocument(json::value value) {
  if (value.is_null()) return;
  state_ = std::make_shared<State>();
  state_->value = std::move(value);
}

const json::value& JsonDocument::value() const {
  static const json::value kNull;
  return state_ != nullptr ? state_->value : kNull;
}

const json::object& JsonDocument::object() const {
  static const json::object kEmpty;
  const json::object* found = value().if_object();
  return found != nullptr ? *found : kEmpty;
}

const std::string& JsonDocument::text() const {
  static const std::string kNull = "null";
  if (state_ == nullptr) return kNull;
  std::call_once(state_->written, [this] { state_->text = to_json_text(state_->value); });
  return state_->text;
}

}  // namespace gantry
