// The operations that change one setting of a room each: rename, setTopic and their kin.

#include "api/room_family_api.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"

namespace gantry::api {
namespace {

using domain::Caller;
using domain::Room;
using domain::RoomChanges;
using domain::RoomType;

Error is_required(std::string_view parameter) {
  return failure("The bodyParam \"" + std::string(parameter) + "\" is required");
}

std::string same_text(const RoomFamily& family, std::string_view thing) {
  return "The " + std::string(family.noun) + " " + std::string(thing) +
         " is the same as what it would be changed to.";
}

// A text of the room. kThing is empty where setting the same text again is not refused.
struct Topic {
  static constexpr std::string_view kParameter = "topic";
  static constexpr std::string_view kThing = "topic";
  static constexpr auto kRoom = &Room::topic;
  static constexpr auto kChange = &RoomChanges::topic;
};
struct Description {
  static constexpr std::string_view kParameter = "description";
  static constexpr std::string_view kThing = "description";
  static constexpr auto kRoom = &Room::description;
  static constexpr auto kChange = &RoomChanges::description;
};
struct Purpose {
  static constexpr std::string_view kParameter = "purpose";
  static constexpr std::string_view kThing = "purpose (description)";
  static constexpr auto kRoom = &Room::description;
  static constexpr auto kChange = &RoomChanges::description;
};
struct Announcement {
  static constexpr std::string_view kParameter = "announcement";
  static constexpr std::string_view kThing{};
  static constexpr auto kRoom = &Room::announcement;
  static constexpr auto kChange = &RoomChanges::announcement;
};

template <class Which>
struct SetText : RoomKey {
  using Text = Which;
  json::value text;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field(Which::kParameter, &SetText::text, "the new text").with_default()});
  }
};

// Each change says what it wants, and what is wrong when the room has that already.
struct Rename : RoomKey {
  json::value name;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("name", &Rename::name, "the new name").with_default()});
  }
  Result<RoomChanges> changes() const {
    if (!name.is_string() || domain::is_blank(name.get_string())) return is_required("name");
    RoomChanges out;
    out.name = name.get_string();
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily& family, const Room& room) const {
    if (family.type == RoomType::Group || room.name != name.get_string()) return std::nullopt;
    return failure("The channel name is the same as what it would be renamed to.");
  }
};

struct SetType : RoomKey {
  json::value type;

  static constexpr auto fields() {
    return std::tuple_cat(RoomKey::fields(),
                          std::tuple{wire::field("type", &SetType::type, "c or p").with_default()});
  }
  Result<RoomChanges> changes() const {
    if (!type.is_string() || domain::is_blank(type.get_string())) return is_required("type");
    const std::string_view text = type.get_string();
    RoomChanges out;
    if (text == "c") {
      out.type = RoomType::Channel;
    } else if (text == "p") {
      out.type = RoomType::Group;
    } else {
      return Error(ErrorCode::InvalidParams, "must be equal to one of the allowed values");
    }
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily& family, const Room&) const {
    const std::string_view own = family.type == RoomType::Channel ? "c" : "p";
    if (type.get_string() != own) return std::nullopt;
    return failure(same_text(family, "type"));
  }
};

struct SetReadOnly : RoomKey {
  json::value read_only;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("readOnly", &SetReadOnly::read_only, "a boolean").with_default()});
  }
  Result<RoomChanges> changes() const {
    if (read_only.is_null()) return is_required("readOnly");
    RoomChanges out;
    out.read_only = is_truthy(read_only);
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily& family, const Room& room) const {
    if (room.read_only != is_truthy(read_only)) return std::nullopt;
    return failure(same_text(family, "read only setting"));
  }
};

struct SetCustomFields : RoomKey {
  json::value custom_fields;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("customFields", &SetCustomFields::custom_fields, "an object")
                       .with_default()});
  }
  Result<RoomChanges> changes() const {
    if (!custom_fields.is_object()) {
      return failure("The bodyParam \"customFields\" is required with a type like object.");
    }
    RoomChanges out;
    out.custom_fields = custom_fields.get_object();
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily&, const Room&) const { return std::nullopt; }
};

struct SetJoinCode : RoomKey {
  json::value join_code;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("joinCode", &SetJoinCode::join_code, "the code").with_default()});
  }
  Result<RoomChanges> changes() const {
    if (!join_code.is_string() || domain::is_blank(join_code.get_string())) {
      return is_required("joinCode");
    }
    RoomChanges out;
    out.join_code = join_code.get_string();
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily&, const Room&) const { return std::nullopt; }
};

struct SetDefault : RoomKey {
  json::value is_default;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("default", &SetDefault::is_default, "a boolean").with_default()});
  }
  bool wanted() const {
    if (!is_default.is_string()) return is_truthy(is_default);
    const std::string text = domain::to_lower(is_default.get_string());
    return text == "true" || text == "1" || text == "yes";
  }
  Result<RoomChanges> changes() const {
    if (is_default.is_null()) return Error(ErrorCode::DefaultParamMissing);
    RoomChanges out;
    out.is_default = wanted();
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily&, const Room& room) const {
    if (room.is_default != wanted()) return std::nullopt;
    return Error(ErrorCode::DefaultIsSame);
  }
};

struct SetEncrypted : RoomKey {
  json::value encrypted;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("encrypted", &SetEncrypted::encrypted, "a boolean").with_default()});
  }
  Result<RoomChanges> changes() const {
    if (!encrypted.is_bool()) return is_required("encrypted");
    RoomChanges out;
    out.encrypted = encrypted.get_bool();
    return out;
  }
  std::optional<Error> refuse_same(const RoomFamily&, const Room&) const { return std::nullopt; }
};

}  // namespace

void RoomFamilyApi::add_setting_routes(dispatch::Routes& routes) {
  routes.post(path("rename"), *this, &RoomFamilyApi::set<Rename>, {.summary = "Rename a room"});
  routes.post(path("setTopic"), *this, &RoomFamilyApi::set_text<SetText<Topic>>,
              {.summary = "Set the topic"});
  routes.post(path("setDescription"), *this, &RoomFamilyApi::set_text<SetText<Description>>,
              {.summary = "Set the description"});
  routes.post(path("setPurpose"), *this, &RoomFamilyApi::set_text<SetText<Purpose>>,
              {.summary = "Set the description, by its older name"});
  routes.post(path("setAnnouncement"), *this, &RoomFamilyApi::set_text<SetText<Announcement>>,
              {.summary = "Set the announcement"});
  routes.post(path("setType"), *this, &RoomFamilyApi::set<SetType>,
              {.summary = "Make a room public or private"});
  routes.post(path("setReadOnly"), *this, &RoomFamilyApi::set<SetReadOnly>,
              {.summary = "Let only some members write"});
  routes.post(path("setCustomFields"), *this, &RoomFamilyApi::set<SetCustomFields>,
              {.summary = "Replace the custom fields"});
  if (family_.type == RoomType::Channel) {
    routes.post(path("setJoinCode"), *this, &RoomFamilyApi::set<SetJoinCode>,
                {.summary = "Ask for a code of those who join"});
    routes.post(path("setDefault"), *this, &RoomFamilyApi::set<SetDefault>,
                {.summary = "Let new accounts join by themselves"});
  } else {
    routes.post(path("setEncrypted"), *this, &RoomFamilyApi::set<SetEncrypted>,
                {.summary = "Mark the room as encrypted by its clients"});
  }
}

template <class Text>
Task<json::object> RoomFamilyApi::set_text(Caller caller, Text in) {
  using Which = typename Text::Text;
  if (!in.text.is_string()) co_return is_required(Which::kParameter);
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  const std::string text(in.text.get_string());
  const bool refuses_same = family_.type == RoomType::Channel && !Which::kThing.empty();
  if (refuses_same && text == (*room).*Which::kRoom) {
    co_return failure(same_text(family_, Which::kThing));
  }
  RoomChanges changes;
  changes.*Which::kChange = text;
  CO_TRY_DO(co_await services_.settings.save(std::move(caller), room, std::move(changes)));
  co_return json::object{{Which::kParameter, text}};
}

template <class Change>
Task<json::object> RoomFamilyApi::set(Caller caller, Change in) {
  CO_TRY(RoomChanges changes, in.changes());
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  if (auto refused = in.refuse_same(family_, *room)) co_return std::move(*refused);
  CO_TRY_DO(co_await services_.settings.save(std::move(caller), room, std::move(changes)));
  co_return co_await reply(room->id);
}

}  // namespace gantry::api
