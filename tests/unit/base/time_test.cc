#include "base/time.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(IsoTime, writes_milliseconds_and_z) {
  EXPECT_EQ(to_iso(from_epoch_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso(from_epoch_ms(1'780'922'800'123)), "2026-06-08T12:46:40.123Z");
  EXPECT_EQ(to_iso(from_epoch_ms(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_iso(from_epoch_ms(-62'167'219'200'000)), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso(from_epoch_ms(253'402'300'799'999)), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_iso(from_epoch_ms(253'402'300'800'000)), "+010000-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso(from_epoch_ms(-62'167'219'200'001)), "-000001-12-31T23:59:59.999Z");
}

TEST(IsoTime, reads_the_forms_of_javascript) {
  const std::pair<const char*, std::int64_t> kCases[] = {
      {"2026-06-08T12:46:40.123Z", 1'780'922'800'123},
      {"2026-06-08T12:46:40Z", 1'780'922'800'000},
      {"2026-06-08T14:46:40+02:00", 1'780'922'800'000},
      {"2026-06-08T12:46Z", 1'780'922'760'000},
      {"2026-06-08", 1'780'876'800'000},
      {"1970", 0},
      {"1780922800123", 1'780'922'800'123},
  };
  for (const auto& [text, ms] : kCases) {
    const auto time = from_iso(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_epoch_ms(*time), ms) << text;
  }
}

TEST(IsoTime, refuses_what_is_no_date) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-06-08T25:00:00Z",
                           "2026-06-08T12:61:00Z", "2026-06-08T12:46:40.Z", "2026-06-08Tx"}) {
    EXPECT_FALSE(from_iso(text)) << text;
  }
}

}  // namespace
}  // namespace gantry
