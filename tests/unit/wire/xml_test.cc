// XML that scripts are sent, as JSON: what becomes of each part, and what is refused as a whole.

#include "wire/xml.h"

#include <gtest/gtest.h>

namespace gantry::wire {
namespace {

std::string read(std::string_view text) {
  const auto out = read_xml(text);
  return out ? to_json_text(*out) : "nothing";
}

TEST(Xml, gives_each_part_its_place) {
  EXPECT_EQ(read("<a/>"), R"({"a":""})");
  EXPECT_EQ(read("<a> x </a>"), R"({"a":" x "})");
  EXPECT_EQ(read("<a b='1' c = \"2\" />"), R"({"a":{"@b":"1","@c":"2"}})");
  EXPECT_EQ(read("<a b='1'>x</a>"), R"({"a":{"@b":"1","#text":"x"}})");
  EXPECT_EQ(read("<a><b/><b>2</b><c/><b/></a >"), R"({"a":{"b":["","2",""],"c":""}})");
  EXPECT_EQ(read("<a>x<b/>y</a>"), R"({"a":{"b":"","#text":"xy"}})");
  EXPECT_EQ(read("<a>\n <b/>\n</a>"), R"({"a":{"b":""}})");
  EXPECT_EQ(read("<s:a xmlns:s='urn:x'><s:b>1</s:b></s:a>"),
            R"({"s:a":{"@xmlns:s":"urn:x","s:b":"1"}})");
}

TEST(Xml, reads_references_and_passes_over_remarks) {
  EXPECT_EQ(read("<a b='&quot;&#65;&#x1F600;'>&lt;&amp;&gt;&apos;</a>"),
            "{\"a\":{\"@b\":\"\\\"A\xF0\x9F\x98\x80\",\"#text\":\"<&>'\"}}");
  EXPECT_EQ(read("\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?>\n<!-- < --><?do it?>"
                 "<a>1<!-- & -->2<?x?>3<![CDATA[<&>]]></a><!-- end -->\n"),
            R"({"a":"123<&>"})");
}

TEST(Xml, refuses_what_is_not_well_formed) {
  for (const std::string_view text : {"",
                                      "text",
                                      "<",
                                      "<a",
                                      "<a>",
                                      "<a></b>",
                                      "<a></a",
                                      "<a/><b/>",
                                      "<a/>x",
                                      "<a b=1/>",
                                      "<a b='1' b='2'/>",
                                      "<a b='1'c='2'/>",
                                      "<a b='<'/>",
                                      "<a b/>",
                                      "<1/>",
                                      "<-a/>",
                                      "</a>",
                                      "<a>&</a>",
                                      "<a>&x;</a>",
                                      "<a>&#0;</a>",
                                      "<a>&#xD800;</a>",
                                      "<a>&#x110000;</a>",
                                      "<a>&#99999999999;</a>",
                                      "<a><![CDATA[x</a>",
                                      "<a><!-- x</a>",
                                      "<?xml",
                                      "<a>\x01</a>",
                                      "<a>\xFF</a>",
                                      "<a>\xC3</a>"}) {
    EXPECT_EQ(read(text), "nothing") << text;
  }
}

TEST(Xml, refuses_what_could_do_harm) {
  EXPECT_EQ(read("<!DOCTYPE a><a/>"), "nothing");
  EXPECT_EQ(read("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"), "nothing");
  EXPECT_EQ(read("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), "nothing");
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(read_xml(nested(48)));
  EXPECT_FALSE(read_xml(nested(49)));
  EXPECT_FALSE(read_xml(nested(1'000'000)));
}

}  // namespace
}  // namespace gantry::wire
