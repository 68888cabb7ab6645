#include "wire/post_payload.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"
#include "wire/attachments.h"

namespace gantry::wire {
namespace {

json::object object_of(std::string_view text) {
  return json::parse(text).as_object();
}

PostPayload payload_of(std::string_view text, const domain::PostDefaults& defaults = {}) {
  return read_post_payload(object_of(text), defaults);
}

std::string fault_of(const domain::MessageDraft& draft) {
  return draft.fault ? std::string(text_of(*draft.fault)) : std::string();
}

std::string fault_of_attachment(std::string_view attachment) {
  return fault_of(payload_of(R"({"attachments":[)" + std::string(attachment) + "]}").draft);
}

std::string attachments_of(std::string_view list) {
  const auto draft = payload_of(R"({"attachments":)" + std::string(list) + "}").draft;
  return draft.attachments ? json::serialize(*draft.attachments) : "none";
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += item + ";";
  return out;
}

std::string targets(std::string_view text, const std::vector<std::string>& defaults = {"#d"}) {
  return joined(targets_of(object_of(text), defaults));
}

TEST(PostPayload, takes_targets_from_channel_then_room_id_then_the_defaults) {
  EXPECT_EQ(targets(R"({"channel":"#a","roomId":"b"})"), "#a;");
  EXPECT_EQ(targets(R"({"channel":"","roomId":"b"})"), "b;");
  EXPECT_EQ(targets(R"({"channel":null,"roomId":["b","c"]})"), "b;c;");
  EXPECT_EQ(targets("{}", {"#x", "@y"}), "#x;@y;");
  EXPECT_EQ(targets("{}", {}), "");
}

TEST(PostPayload, drops_targets_that_were_named_before_and_keeps_the_order) {
  EXPECT_EQ(targets(R"({"channel":["#b","#a","#b","a"]})"), "#b;#a;a;");
  EXPECT_EQ(targets("{}", {"#x", "#x"}), "#x;");
}

TEST(PostPayload, an_empty_list_of_targets_is_nobody_and_not_the_defaults) {
  EXPECT_EQ(targets(R"({"channel":[]})"), "");
}

TEST(PostPayload, writes_targets_that_are_no_text_as_text) {
  EXPECT_EQ(targets(R"({"channel":5})"), "5;");
  EXPECT_EQ(targets(R"({"channel":[1,true]})"), "1;true;");
}

TEST(PostPayload, never_reads_many_more_targets_than_may_be_posted_to) {
  json::array list;
  for (std::size_t i = 0; i < 3 * domain::kPostTargetsMax; ++i)
    list.emplace_back(std::to_string(i));
  EXPECT_EQ(targets_of({{"channel", list}}, {}).size(), domain::kPostTargetsMax + 1);
}

TEST(PostPayload, text_is_the_first_of_text_and_msg_that_says_something_trimmed) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"({"text":" a \n"})", "a"},
      {R"({"text":"a","msg":"b"})", "a"},
      {R"({"text":"","msg":" b"})", "b"},
      {R"({"text":null,"msg":"b"})", "b"},
      {R"({"text":"  ","msg":"b"})", ""},
      {R"({"text":0,"msg":false})", ""},
      {R"({"text":7})", "7"},
      {R"({"text":true})", "true"},
      {R"({"text":["a",["b",1]]})", "a,b,1"},
      {R"({"text":{"a":1}})", "[object Object]"},
      {R"({"text":"\u00a0\ufeff\u2003a b\u3000\u2029"})", "a b"},
      {R"({})", ""},
  };
  for (const auto& [payload, text] : rows)
    EXPECT_EQ(payload_of(payload).draft.text, text) << payload;
}

TEST(PostPayload, trimming_leaves_letters_that_end_in_the_bytes_of_a_space) {
  EXPECT_EQ(trim_spaces("\u00e0"), "\u00e0");    // its last byte is A0
  EXPECT_EQ(trim_spaces("a\u2020"), "a\u2020");  // begins as the wide spaces do
  EXPECT_EQ(trim_spaces("\xa0"), "\xa0");        // no UTF-8 at all
  EXPECT_EQ(trim_spaces(" \t\u2028 \u00a0"), "");
}

TEST(PostPayload, alias_is_username_then_alias_then_the_default) {
  const domain::PostDefaults defaults{.alias = "D", .avatar = {}, .emoji = {}, .channels = {}};
  EXPECT_EQ(payload_of(R"({"username":"U","alias":"A"})", defaults).draft.alias, "U");
  EXPECT_EQ(payload_of(R"({"username":"","alias":"A"})", defaults).draft.alias, "A");
  EXPECT_EQ(payload_of("{}", defaults).draft.alias, "D");
  EXPECT_EQ(payload_of("{}").draft.alias, "");
}

TEST(PostPayload, picture_is_the_first_of_four_and_one_alone) {
  const domain::PostDefaults both{
      .alias = {}, .avatar = "http://d/a.png", .emoji = ":d:", .channels = {}};
  const domain::PostDefaults emoji{.alias = {}, .avatar = {}, .emoji = ":d:", .channels = {}};
  struct Row {
    std::string_view payload;
    const domain::PostDefaults& defaults;
    std::string_view avatar;
    std::string_view emoji;
  };
  const Row rows[] = {
      {R"({"icon_url":"http://i","avatar":"http://a","emoji":":e:"})", both, "http://i", ""},
      {R"({"avatar":"http://a","icon_emoji":":e:"})", both, "http://a", ""},
      {R"({"icon_emoji":":i:","emoji":":e:"})", both, "", ":i:"},
      {R"({"emoji":":e:"})", both, "", ":e:"},
      {R"({"avatar":"","emoji":""})", both, "http://d/a.png", ""},
      {"{}", emoji, "", ":d:"},
  };
  for (const Row& row : rows) {
    const auto draft = payload_of(row.payload, row.defaults).draft;
    EXPECT_EQ(draft.avatar, row.avatar) << row.payload;
    EXPECT_EQ(draft.emoji, row.emoji) << row.payload;
    EXPECT_EQ(fault_of(draft), "") << row.payload;
  }
}

TEST(PostPayload, refuses_names_and_pictures_that_are_no_text) {
  EXPECT_EQ(fault_of(payload_of(R"({"alias":5})").draft),
            "Match error: Expected string, got number in field alias");
  EXPECT_EQ(fault_of(payload_of(R"({"username":["x"]})").draft),
            "Match error: Expected string, got array in field alias");
  EXPECT_EQ(fault_of(payload_of(R"({"avatar":{}})").draft),
            "Match error: Expected string, got object in field avatar");
  EXPECT_EQ(fault_of(payload_of(R"({"emoji":true})").draft),
            "Match error: Expected string, got boolean in field emoji");
  EXPECT_EQ(fault_of(payload_of(R"({"tmid":1})").draft),
            "Match error: Expected string, got number in field tmid");
}

TEST(PostPayload, checks_the_address_of_avatars) {
  for (const std::string_view good :
       {"http://x", "HTTPS://x/y", "data:image/png;base64,AA", "/file-upload/a/b", "/avatar/x"}) {
    EXPECT_EQ(fault_of(payload_of(json::serialize(json::object{{"avatar", good}})).draft), "")
        << good;
  }
  for (const std::string_view bad :
       {"javascript:alert(1)", "ftp://x", "x/y", "//evil/x", " http://x", "vbscript:x"}) {
    EXPECT_EQ(fault_of(payload_of(json::serialize(json::object{{"avatar", bad}})).draft),
              "Invalid href value provided")
        << bad;
  }
}

TEST(PostPayload, parse_urls_is_as_sent_else_true_without_a_list_of_attachments) {
  const std::pair<std::string_view, bool> rows[] = {
      {"{}", true},
      {R"({"attachments":[]})", false},
      {R"({"attachments":[{}]})", false},
      {R"({"attachments":{}})", true},
      {R"({"parseUrls":true,"attachments":[]})", true},
      {R"({"parseUrls":false})", false},
      {R"({"parseUrls":0})", false},
      {R"({"parseUrls":null,"attachments":[]})", false},
  };
  for (const auto& [payload, wanted] : rows) {
    EXPECT_EQ(payload_of(payload).draft.parse_urls, wanted) << payload;
  }
}

TEST(PostPayload, is_grouped_only_when_asked_for) {
  EXPECT_EQ(payload_of("{}").draft.groupable, false);
  EXPECT_EQ(payload_of(R"({"groupable":true})").draft.groupable, true);
}

TEST(PostPayload, keeps_thread_bot_and_custom_fields_as_sent) {
  const auto draft = payload_of(R"({"tmid":"t","bot":{"i":"x"},"customFields":{"a":[1]}})").draft;
  EXPECT_EQ(draft.thread.text, "t");
  EXPECT_EQ(json::serialize(draft.bot), R"({"i":"x"})");
  EXPECT_EQ(json::serialize(draft.custom_fields), R"({"a":[1]})");
  EXPECT_TRUE(draft.posted_by.empty());
  EXPECT_EQ(fault_of(payload_of(R"({"customFields":"x"})").draft),
            "Match error: Expected object, got string in field customFields");
  EXPECT_EQ(fault_of(payload_of(R"({"customFields":null})").draft), "");
}

TEST(PostPayload, ignores_attachments_that_are_no_list) {
  EXPECT_EQ(attachments_of(R"({"text":"x"})"), "none");
  EXPECT_EQ(attachments_of(R"("x")"), "none");
  EXPECT_EQ(attachments_of("[]"), "[]");
}

TEST(PostPayload, an_attachments_msg_becomes_its_text) {
  EXPECT_EQ(attachments_of(R"([{"msg":" a ","text":"b","z":1}])"), R"([{"text":"a","z":1}])");
  EXPECT_EQ(attachments_of(R"([{"msg":"","text":"b"}])"), R"([{"msg":"","text":"b"}])");
  EXPECT_EQ(attachments_of(R"([{"msg":5}])"), R"([{"text":"5"}])");
}

TEST(PostPayload, keeps_what_it_does_not_know_in_its_order) {
  EXPECT_EQ(attachments_of(R"([{"z":1,"color":"#f00","a":{"b":null},"thumb_url":"","y":2}])"),
            R"([{"z":1,"color":"#f00","a":{"b":null},"y":2}])");
}

TEST(PostPayload, drops_known_members_that_are_null) {
  EXPECT_EQ(attachments_of(R"([{"title":null,"fields":null,"text":"a"}])"), R"([{"text":"a"}])");
}

TEST(PostPayload, measures_the_longest_attachment_text_in_characters) {
  const auto draft =
      payload_of(R"({"attachments":[{"text":"ab"},{"msg":" \u00e4\u00f6\u00fc "},{"text":7}]})")
          .draft;
  EXPECT_EQ(draft.attachment_text_length, 3U);
}

TEST(PostPayload, tells_the_first_fault_of_an_attachment) {
  const std::string bad_field = "Invalid attachment field, title and value is required";
  const std::pair<std::string_view, std::string> rows[] = {
      {R"({"fields":[{"title":"t","value":"v"}]})", ""},
      {R"({"fields":[{"title":"t","value":0}]})", ""},
      {R"({"fields":[{"title":"t","value":-0.0}]})", ""},
      {R"({"fields":[{"title":"t","value":true}]})", ""},
      {R"({"fields":[{"title":"t","value":false}]})", bad_field},
      {R"({"fields":[{"title":"t","value":""}]})", bad_field},
      {R"({"fields":[{"title":"t","value":null}]})", bad_field},
      {R"({"fields":[{"title":"t"}]})", bad_field},
      {R"({"fields":[{"title":0,"value":"v"}]})", bad_field},
      {R"({"fields":[7]})", bad_field},
      {R"({"fields":[{"title":7,"value":"v"}]})",
       "Match error: Expected string, got number in field title"},
      {R"({"fields":[{"title":"t","value":{}}]})",
       "Match error: Expected string, number or boolean, got object in field value"},
      {R"({"fields":{}})", "Match error: Expected array, got object in field fields"},
      {R"({"ts":"2020"})", ""},
      {R"({"ts":5})", ""},
      {R"({"ts":[]})", "Match error: Expected string or number, got array in field ts"},
      {R"({"collapsed":"x"})", "Match error: Expected boolean, got string in field collapsed"},
      {R"({"image_size":"x"})", "Match error: Expected number, got string in field image_size"},
      {R"({"actions":["x"]})", "Match error: Expected object, got string in field actions"},
      {R"({"actions":[{"url":"x:y"}]})", "Invalid href value provided"},
      {R"({"image_url":"data:x"})", ""},
      {R"({"image_url":"/avatar/x"})", "Invalid href value provided"},
      {R"({"image_url":5})", "Match error: Expected string, got number in field image_url"},
      {R"({"attachments":[{"attachments":[{"author_link":"x"}]}]})", "Invalid href value provided"},
      {R"({"unknown_url":"javascript:1"})", ""},
      {R"("x")", "Match error: Expected object, got string in field attachments"},
  };
  for (const auto& [attachment, fault] : rows) {
    EXPECT_EQ(fault_of_attachment(attachment), fault) << attachment;
  }
}

TEST(PostPayload, refuses_quotes_within_quotes_without_end) {
  std::string nested = "{}";
  for (int i = 0; i < 12; ++i) nested = R"({"attachments":[)" + nested + "]}";
  EXPECT_EQ(fault_of_attachment(nested), "Match error: Attachments are nested too deeply");
}

TEST(PostPayload, the_first_fault_stays) {
  EXPECT_EQ(fault_of(payload_of(R"({"alias":1,"attachments":[{"image_url":"x"}],"tmid":2})").draft),
            "Match error: Expected string, got number in field alias");
}

TEST(PostPayload, targets_are_separate_only_when_the_flag_is_true) {
  using domain::Separate;
  EXPECT_EQ(separate_of(object_of(R"({"separateResponse":true})")), Separate::Yes);
  EXPECT_EQ(separate_of(object_of(R"({"separateResponse":"true"})")), Separate::No);
  EXPECT_EQ(separate_of(object_of("{}")), Separate::No);
}

TEST(MessageObject, keeps_the_text_as_typed_and_what_is_not_said_open) {
  const auto draft =
      read_message_object(object_of(R"({"_id":"i","msg":" a ","tshow":true,"tmid":"t"})"), nullptr);
  ASSERT_TRUE(draft);
  EXPECT_EQ(draft->id.text, "i");
  EXPECT_EQ(draft->text, " a ");
  EXPECT_EQ(draft->thread.text, "t");
  EXPECT_EQ(draft->thread_shown, true);
  EXPECT_FALSE(draft->groupable);
  EXPECT_FALSE(draft->parse_urls);
  EXPECT_FALSE(draft->attachments);
  EXPECT_FALSE(draft->previewed_urls);
}

TEST(MessageObject, refuses_ids_and_texts_that_are_no_text) {
  for (const std::string_view text : {R"({"_id":5})", R"({"msg":{}})", R"({"tmid":[1]})"}) {
    EXPECT_FALSE(read_message_object(object_of(text), nullptr)) << text;
  }
}

TEST(MessageObject, refuses_ids_without_end) {
  const std::string id(256, 'x');
  for (const std::string_view key : {"_id", "tmid"}) {
    EXPECT_FALSE(read_message_object({{key, id}}, nullptr)) << key;
    EXPECT_TRUE(read_message_object({{key, id.substr(1)}}, nullptr)) << key;
  }
}

TEST(MessageObject, reads_which_links_are_previewed) {
  const json::value urls = json::parse(R"(["http://a"])");
  const auto draft = read_message_object(object_of(R"({"msg":"x"})"), &urls);
  ASSERT_TRUE(draft && draft->previewed_urls);
  EXPECT_EQ(joined(*draft->previewed_urls), "http://a;");
}

}  // namespace
}  // namespace gantry::wire
