#pragma once
// An immutable JSON value, shared by all who hold it, whose text is made once. Safe from any
// thread.

#include <memory>

#include "base/json.h"

namespace gantry {

class JsonDocument {
 public:
  JsonDocument() = default;  // null
  explicit JsonDocument(json::value value);

  bool is_null() const { return state_ == nullptr; }
  const json::value& value() const;
  // An empty one when the document is no object.
  const json::object& object() const;
  // As to_json_text gives it.
  const std::string& text() const;

  friend bool operator==(const JsonDocument& a, const JsonDocument& b) {
    return a.state_ == b.state_ || a.value() == b.value();
  }

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gantry
