#include "api/upload_form.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::api {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b";

std::string part(std::string_view disposition, std::string_view bytes, std::string_view type = {}) {
  std::string out = "--b\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n";
  if (!type.empty()) out += "Content-Type: " + std::string(type) + "\r\n";
  return out + "\r\n" + std::string(bytes) + "\r\n";
}

Result<UploadForm> read(const std::string& parts) {
  return read_upload_form(kType, parts + "--b--\r\n");
}

TEST(UploadForm, reads_the_file_and_the_texts_beside_it) {
  const auto form = read(part(R"(name="msg")", "hi") + part(R"(name="file"; filename="a.txt")",
                                                            "bytes", "text/plain; charset=x"));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->file.name, "a.txt");
  EXPECT_EQ(form->file.type, "text/plain");
  EXPECT_EQ(form->file.bytes, "bytes");
  EXPECT_EQ(json::serialize(form->texts), R"({"msg":"hi"})");
}

TEST(UploadForm, keeps_the_last_part_of_a_path_as_name) {
  EXPECT_EQ(read(part(R"(name="file"; filename="../../etc/passwd")", "x"))->file.name, "passwd");
}

TEST(UploadForm, takes_types_that_are_none_for_bytes) {
  for (const std::string_view type : {"", "text", "a/<b>"}) {
    EXPECT_EQ(read(part(R"(name="file"; filename="a")", "x", type))->file.type,
              "application/octet-stream")
        << type;
  }
}

TEST(UploadForm, tells_what_is_wrong) {
  EXPECT_EQ(read(part(R"(name="msg")", "hi")).error().code, ErrorCode::NoFileUploaded);
  EXPECT_EQ(read(part(R"(name="other"; filename="a")", "x")).error().code,
            ErrorCode::InvalidUploadField);
  const std::string file = part(R"(name="file"; filename="a")", "x");
  EXPECT_EQ(read(file + file).error().message, "Just 1 file is allowed");
  EXPECT_EQ(read_upload_form("application/json", "{}").error().code, ErrorCode::NoFileUploaded);
  EXPECT_EQ(read_upload_form(kType, file).error().code, ErrorCode::Failure);
}

TEST(RangeHeader, asks_for_the_whole_a_part_or_too_much) {
  struct Row {
    std::string_view header;
    RangeAnswer answer;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };
  const Row rows[] = {
      {"", RangeAnswer::Whole},
      {"bytes", RangeAnswer::Whole},
      {"bytes=", RangeAnswer::Whole},
      {"bytes=-", RangeAnswer::Whole},
      {"bytes=a-b", RangeAnswer::Whole},
      {"bytes=5-2", RangeAnswer::Whole},
      {"bytes=1-2,4-5", RangeAnswer::Whole},
      {"bytes=99999999999999999999-", RangeAnswer::Whole},
      {"bytes=0-0", RangeAnswer::Part, 0, 1},
      {"bytes=0-", RangeAnswer::Part, 0, 10},
      {"bytes=9-", RangeAnswer::Part, 9, 1},
      {"bytes=2-18446744073709551615", RangeAnswer::Part, 2, 8},
      {"bytes=-3", RangeAnswer::Part, 7, 3},
      {"bytes=-99", RangeAnswer::Part, 0, 10},
      {"bytes=10-", RangeAnswer::Unsatisfiable},
      {"bytes=-0", RangeAnswer::Unsatisfiable},
  };
  for (const Row& row : rows) {
    const RangeRequest read = read_range_header(row.header, 10);
    EXPECT_EQ(read.answer, row.answer) << row.header;
    EXPECT_EQ(read.range.first, row.first) << row.header;
    EXPECT_EQ(read.range.count, row.count) << row.header;
  }
  EXPECT_EQ(read_range_header("bytes=0-", 0).answer, RangeAnswer::Unsatisfiable);
}

}  // namespace
}  // namespace gantry::api
