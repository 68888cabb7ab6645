#include "http/multipart.h"

#include <gtest/gtest.h>

namespace gantry::http {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b";

MultipartForm parsed(std::string_view body, std::string_view type = kType) {
  auto outcome = parse_multipart(type, body);
  if (const auto* fault = std::get_if<MultipartFault>(&outcome)) {
    ADD_FAILURE() << to_text(*fault);
    return {};
  }
  return std::get<MultipartForm>(std::move(outcome));
}

TEST(Multipart, reads_fields_and_files) {
  const std::string file("\x00\x01\r\n--bb\r\n--\r\n", 14);
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"msg\"\r\n\r\nhello\r\n"
      "--b\r\ncontent-type: image/png\r\ncontent-disposition: form-data; name=file; "
      "filename=\"a \\\"b\\\" \xC3\xA4.png\"\r\n\r\n" +
      file + "\r\n--b--\r\nepilogue";
  const MultipartForm form = parsed(body);
  ASSERT_EQ(form.parts.size(), 2U);
  const Part* msg = form.find("msg");
  ASSERT_NE(msg, nullptr);
  EXPECT_EQ(msg->bytes, "hello");
  EXPECT_FALSE(msg->filename);
  const Part* found = form.find("file");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->bytes, file);
  EXPECT_EQ(found->filename, "a \"b\" \xC3\xA4.png");
  EXPECT_EQ(found->content_type, "image/png");
  EXPECT_EQ(form.find("other"), nullptr);
}

TEST(Multipart, reads_names_as_browsers_write_them) {
  const MultipartForm form = parsed(
      "--b\r\nContent-Disposition: form-data; name=\"a%22b%0D%0Ac%41\"; "
      "filename=\"C:\\x\\y.txt\"\r\n"
      "\r\n\r\n--b--");
  ASSERT_EQ(form.parts.size(), 1U);
  EXPECT_EQ(form.parts[0].name, "a\"b\r\nc%41");
  EXPECT_EQ(form.parts[0].filename, "C:\\x\\y.txt");
  EXPECT_EQ(form.parts[0].bytes, "");
}

TEST(Multipart, prefers_the_extended_file_name) {
  const MultipartForm form = parsed(
      "--b\r\nContent-Disposition: form-data; name=f; filename=\"x\"; "
      "filename*=UTF-8''na%C3%AFve%20file\r\n\r\n1\r\n--b--");
  ASSERT_EQ(form.parts.size(), 1U);
  EXPECT_EQ(form.parts[0].filename, "na\xC3\xAFve file");
}

TEST(Multipart, accepts_a_preamble_quoted_boundaries_and_blanks_after_them) {
  const MultipartForm form =
      parsed("ignore me\r\n--a b\t \r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--a b--",
             "Multipart/Form-Data; charset=utf-8; boundary=\"a b\"");
  ASSERT_EQ(form.parts.size(), 1U);
  EXPECT_EQ(form.parts[0].bytes, "y");
}

TEST(Multipart, accepts_an_empty_form) {
  EXPECT_TRUE(parsed("--b--\r\n").parts.empty());
}

struct Refused {
  std::string type;
  std::string body;
  MultipartFault fault;
};

class RefusedMultipart : public testing::TestWithParam<Refused> {};

TEST_P(RefusedMultipart, names_the_fault) {
  MultipartLimits limits;
  limits.parts_max = 2;
  limits.part_header_bytes_max = 100;
  limits.part_headers_max = 2;
  limits.name_bytes_max = 10;
  const auto outcome = parse_multipart(GetParam().type, GetParam().body, limits);
  const auto* fault = std::get_if<MultipartFault>(&outcome);
  ASSERT_NE(fault, nullptr) << GetParam().body;
  EXPECT_EQ(*fault, GetParam().fault) << GetParam().body;
}

const std::string kPart = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedMultipart,
    testing::Values(
        Refused{"application/json", "--b--", MultipartFault::NotMultipart},
        Refused{"multipart/mixed; boundary=b", "--b--", MultipartFault::NotMultipart},
        Refused{"multipart/form-data", "--b--", MultipartFault::NotMultipart},
        Refused{"multipart/form-data; boundary=", "----", MultipartFault::NotMultipart},
        Refused{"multipart/form-data; boundary=\"a", "--a--", MultipartFault::NotMultipart},
        Refused{"multipart/form-data; boundary=" + std::string(71, 'b'), "",
                MultipartFault::NotMultipart},
        Refused{"multipart/form-data; boundary=\"b \"", "--b --", MultipartFault::NotMultipart},
        Refused{std::string(kType), "", MultipartFault::Malformed},
        Refused{std::string(kType), "no boundary", MultipartFault::Malformed},
        Refused{std::string(kType), "--b", MultipartFault::Malformed},
        Refused{std::string(kType), "--bx\r\n", MultipartFault::Malformed},
        Refused{std::string(kType), "--b\r\n", MultipartFault::Truncated},
        Refused{std::string(kType), kPart, MultipartFault::Truncated},
        Refused{std::string(kType), kPart + "--b", MultipartFault::Truncated},
        Refused{std::string(kType), kPart + "--b-", MultipartFault::Truncated},
        Refused{std::string(kType), "--b\r\n\r\nx\r\n--b--", MultipartFault::Malformed},
        Refused{std::string(kType), "--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--",
                MultipartFault::Malformed},
        Refused{std::string(kType), "--b\r\nnonsense\r\n\r\nx\r\n--b--", MultipartFault::Malformed},
        Refused{std::string(kType), "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
                MultipartFault::Malformed},
        Refused{std::string(kType),
                "--b\r\nContent-Disposition: attachment; name=x\r\n\r\nx\r\n--b--",
                MultipartFault::Malformed},
        Refused{std::string(kType),
                "--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--b--",
                MultipartFault::Malformed},
        Refused{std::string(kType), "--b\r\nno end of headers\r\n--b--", MultipartFault::Malformed},
        Refused{std::string(kType),
                "--b\r\nContent-Disposition: form-data; name=abcdefghijk\r\n\r\nx\r\n--b--",
                MultipartFault::HeaderTooLarge},
        Refused{std::string(kType), "--b\r\nX: " + std::string(200, 'x') + "\r\n\r\nx\r\n--b--",
                MultipartFault::HeaderTooLarge},
        Refused{std::string(kType),
                "--b\r\nA: 1\r\nB: 2\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n--b--",
                MultipartFault::HeaderTooLarge},
        Refused{std::string(kType), kPart + kPart + kPart + "--b--",
                MultipartFault::TooManyParts}));

}  // namespace
}  // namespace gantry::http
