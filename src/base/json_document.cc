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
  static const json::value null;
  return state_ != nullptr ? state_->value : null;
}

const json::object& JsonDocument::object() const {
  static const json::object empty;
  const json::object* found = value().if_object();
  return found != nullptr ? *found : empty;
}

const std::string& JsonDocument::text() const {
  static const std::string null = "null";
  if (state_ == nullptr) return null;
  std::call_once(state_->written, [this] { state_->text = to_json_text(state_->value); });
  return state_->text;
}

}  // namespace gantry
