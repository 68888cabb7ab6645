#pragma once
// The JSON column `extra`: what no rule, list or index of SQL uses. One visit function an entity
// names its members once; ExtraWriter and ExtraReader run it in both directions. Members that
// hold their default are not written.

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json_document.h"
#include "base/time.h"
#include "domain/room.h"
#include "domain/user.h"

namespace gantry::store::sqlite {

class ExtraWriter {
 public:
  void operator()(std::string_view key, const std::string& value) {
    if (!value.empty()) put(key, value);
  }
  void operator()(std::string_view key, bool value) {
    if (value) put(key, value);
  }
  void operator()(std::string_view key, std::int64_t value) {
    if (value != 0) put(key, value);
  }
  void operator()(std::string_view key, int value) { (*this)(key, std::int64_t{value}); }
  void operator()(std::string_view key, Time value) { (*this)(key, to_epoch_ms(value)); }
  void operator()(std::string_view key, double value) { put(key, value); }
  void operator()(std::string_view key, const json::value& value) {
    if (!value.is_null()) put(key, value);
  }
  void operator()(std::string_view key, const json::object& value) {
    if (!value.empty()) put(key, value);
  }
  void operator()(std::string_view key, const json::array& value) {
    if (!value.empty()) put(key, value);
  }
  void operator()(std::string_view key, const JsonDocument& value) {
    if (!value.is_null()) put(key, value);
  }
  template <class Tag>
  void operator()(std::string_view key, const Id<Tag>& value) {
    (*this)(key, value.text);
  }
  template <class T>
  requires std::is_enum_v<T>
  void operator()(std::string_view key, T value) { (*this)(key, static_cast<std::int64_t>(value)); }
  // An optional that holds a value is written even when the value is a default.
  template <class T>
  void operator()(std::string_view key, const std::optional<T>& value) {
    if (value) put(key, *value);
  }
  template <class T>
  void operator()(std::string_view key, const std::vector<T>& value) {
    if (!value.empty()) put(key, value);
  }

  std::string text() const { return text_ + '}'; }

 private:
  // Keys are plain words.
  template <class T>
  void put(std::string_view key, const T& value) {
    if (text_.size() > 1) text_ += ',';
    ((text_ += '"') += key) += "\":";
    write(value);
  }

  void write(const std::string& value) { append_json_string(text_, value); }
  void write(bool value) { text_ += value ? "true" : "false"; }
  void write(std::int64_t value) { text_ += std::to_string(value); }
  void write(double value) { text_ += json::serialize(json::value(value)); }
  void write(Time value) { write(to_epoch_ms(value)); }
  void write(const json::value& value) { text_ += json::serialize(value); }
  void write(const json::object& value) { text_ += json::serialize(value); }
  void write(const json::array& value) { text_ += json::serialize(value); }
  void write(const JsonDocument& value) { text_ += value.text(); }
  void write(const domain::UserRef& value) {
    ExtraWriter inner;
    inner.put("id", value.id.text);
    inner.put("username", value.username);
    inner.put("name", value.name);
    text_ += inner.text();
  }
  void write(const domain::Email& value) {
    ExtraWriter inner;
    inner.put("address", value.address);
    inner.put("verified", value.verified);
    text_ += inner.text();
  }
  template <class Tag>
  void write(const Id<Tag>& value) {
    write(value.text);
  }
  template <class T>
  void write(const std::vector<T>& list) {
    text_ += '[';
    for (const T& item : list) {
      if (text_.back() != '[') text_ += ',';
      write(item);
    }
    text_ += ']';
  }

  std::string text_ = "{";
};

// Deeper than anything that is let in, which the library's own limit is not: what was stored must
// be readable.
inline constexpr std::size_t kStoredDepthMax = 1024;

// Throws when the text is damaged.
inline json::value parse_stored(std::string_view text, json::storage_ptr storage = {}) {
  json::parse_options options;
  options.max_depth = kStoredDepthMax;
  return json::parse(text, std::move(storage), options);
}

class ExtraReader {
 public:
  explicit ExtraReader(std::string_view text)
      : object_(parse_stored(text, &storage_).as_object()) {}
  ExtraReader(const ExtraReader&) = delete;
  ExtraReader& operator=(const ExtraReader&) = delete;

  template <class T>
  void operator()(std::string_view key, T& member) {
    if (json::value* value = object_.if_contains(key)) read(*value, member);
  }

 private:
  static void read(const json::value& value, std::string& out) { out = value.as_string(); }
  static void read(const json::value& value, bool& out) { out = value.as_bool(); }
  static void read(const json::value& value, std::int64_t& out) {
    out = value.to_number<std::int64_t>();
  }
  static void read(const json::value& value, int& out) { out = value.to_number<int>(); }
  static void read(const json::value& value, double& out) { out = value.to_number<double>(); }
  static void read(const json::value& value, Time& out) {
    out = from_epoch_ms(value.to_number<std::int64_t>());
  }
  static void read(json::value& value, json::value& out) { out = std::move(value); }
  static void read(json::value& value, json::object& out) { out = std::move(value.as_object()); }
  static void read(json::value& value, json::array& out) { out = std::move(value.as_array()); }
  static void read(const json::value& value, JsonDocument& out) {
    out = JsonDocument(json::value(value, json::storage_ptr()));
  }
  static void read(json::value& value, domain::UserRef& out) {
    const json::object& object = value.as_object();
    out.id = domain::UserId{text_of(object, "id")};
    out.username = text_of(object, "username");
    out.name = text_of(object, "name");
  }
  static void read(json::value& value, domain::Email& out) {
    const json::object& object = value.as_object();
    out.address = text_of(object, "address");
    out.verified = object.at("verified").as_bool();
  }
  template <class Tag>
  static void read(const json::value& value, Id<Tag>& out) {
    out.text = value.as_string();
  }
  template <class T>
  requires std::is_enum_v<T>
  static void read(const json::value& value, T& out) {
    out = static_cast<T>(value.to_number<std::int64_t>());
  }
  template <class T>
  static void read(json::value& value, std::optional<T>& out) {
    read(value, out.emplace());
  }
  template <class T>
  static void read(json::value& value, std::vector<T>& out) {
    for (json::value& item : value.as_array()) read(item, out.emplace_back());
  }

  // What is read lives as long as the reader; members of JSON are copied out by their assignment.
  static constexpr std::size_t kUsualBytes = 2048;
  unsigned char buffer_[kUsualBytes];
  json::monotonic_resource storage_{buffer_};
  json::object object_;
};

}  // namespace gantry::store::sqlite
