#include "wire/plain_query.h"

#include <gtest/gtest.h>

namespace gantry::wire {
namespace {

struct Sought {
  json::value offset;
  std::string sort;
  std::optional<std::string> name;
  std::optional<json::value> room;

  static constexpr auto fields() {
    return std::tuple{field("offset", &Sought::offset).with_default(),
                      field("sort", &Sought::sort).with_default(), field("name", &Sought::name),
                      field("room", &Sought::room)};
  }
  bool operator==(const Sought&) const = default;
};
struct Limited {
  std::optional<std::string> name;
  static constexpr auto fields() { return std::tuple{field("name", &Limited::name).max_length(3)}; }
};
struct Demanding {
  std::string name;
  static constexpr auto fields() { return std::tuple{field("name", &Demanding::name)}; }
};

static_assert(kReadsPlainly<Sought>);
static_assert(!kReadsPlainly<Limited>);
static_assert(!kReadsPlainly<Demanding>);

Sought read_the_long_way(std::string_view raw) {
  json::value value = *parse_query_string(raw);
  EXPECT_EQ(validate(shared_schema_of<Sought>(), value, Coercion::Lists), std::nullopt) << raw;
  return from_json<Sought>(std::move(value));
}

TEST(PlainQuery, reads_what_the_long_way_reads) {
  for (const std::string_view raw : std::initializer_list<std::string_view>{
           "", "room=r1", "room=r1&offset=5&sort=%7B%22name%22%3A1%7D&name=a+b", "room",
           "room=", "unknown=1&room=x", "unknown=1&unknown=2&room=x", "room=a=b",
           "room=%zz&name=%41", "room=%5B1%5D", "sort=[1]", "name=%C3%A9"}) {
    Sought plain;
    ASSERT_TRUE(read_plain_query(raw, plain)) << raw;
    EXPECT_EQ(plain, read_the_long_way(raw)) << raw;
  }
}

TEST(PlainQuery, leaves_everything_else_to_the_long_way) {
  std::string many = "a=1";
  for (int i = 0; i < 500; ++i) many += "&a=1";
  for (const std::string_view raw : std::initializer_list<std::string_view>{
           "room=1&room=2", "room[]=1", "room%5B%5D=1", "a[b]=c", "=1", "&room=1", "room=1&&name=2",
           "constructor=1", "__proto__=1", "room=\xC3\xA9", std::string_view(many)}) {
    Sought plain;
    EXPECT_FALSE(read_plain_query(raw, plain)) << raw;
  }
}

}  // namespace
}  // namespace gantry::wire
