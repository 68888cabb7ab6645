#pragma once
// The JSON column `extra`: what no rule, list or index of SQL uses. One visit function an entity
// names its members once; ExtraWriter and ExtraReader run it in both directions. Members that
// hold their default are not written.

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/room.h"
#include "domain/user.h"

namespace gantry::store::sqlite {

class ExtraWriter {
 public:
  void operator()(std::string_view key, const std::string& value) {
    if (!value.empty()) object_[key] = value;
  }
  void operator()(std::string_view key, bool value) {
    if (value) object_[key] = true;
  }
  void operator()(std::string_view key, std::int64_t value) {
    if (value != 0) object_[key] = value;
  }
  void operator()(std::string_view key, int value) { (*this)(key, std::int64_t{value}); }
  void operator()(std::string_view key, Time value) { (*this)(key, to_epoch_ms(value)); }
  void operator()(std::string_view key, double value) { object_[key] = value; }
  void operator()(std::string_view key, const json::value& value) {
    if (!value.is_null()) object_[key] = value;
  }
  void operator()(std::string_view key, const json::object& value) {
    if (!value.empty()) object_[key] = value;
  }
  void operator()(std::string_view key, const json::array& value) {
    if (!value.empty()) object_[key] = value;
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
    if (value) object_[key] = to_value(*value);
  }
  template <class T>
  void operator()(std::string_view key, const std::vector<T>& value) {
    if (!value.empty()) object_[key] = to_value(value);
  }

  std::string text() const { return json::serialize(object_); }

 private:
  static json::value to_value(const std::string& value) { return json::value(value); }
  static json::value to_value(bool value) { return value; }
  static json::value to_value(std::int64_t value) { return value; }
  static json::value to_value(double value) { return value; }
  static json::value to_value(Time value) { return to_epoch_ms(value); }
  static json::value to_value(const json::array& value) { return value; }
  static json::value to_value(const domain::UserRef& value) {
    return {{"id", value.id.text}, {"username", value.username}, {"name", value.name}};
  }
  static json::value to_value(const domain::Email& value) {
    return {{"address", value.address}, {"verified", value.verified}};
  }
  template <class Tag>
  static json::value to_value(const Id<Tag>& value) {
    return json::value(value.text);
  }
  template <class T>
  static json::value to_value(const std::vector<T>& list) {
    json::array out;
    out.reserve(list.size());
    for (const T& item : list) out.push_back(to_value(item));
    return out;
  }

  json::object object_;
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
