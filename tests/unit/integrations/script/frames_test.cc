#include <gtest/gtest.h>

#include "integrations/script/messages.h"

namespace gantry::integrations::script {
namespace {

std::string_view body_of(const std::string& frame) {
  return std::string_view(frame).substr(kFrameHeaderBytes);
}

TEST(ScriptFrames, a_run_survives_the_way_to_the_worker) {
  RunMessage sent;
  sent.state_id = 7;
  sent.forgotten = {1, 2};
  sent.method = ScriptMethod::ProcessOutgoingResponse;
  sent.fresh_state = true;
  sent.call_cpu_us = 3000000;
  sent.argument = R"({"request":{}})";
  sent.store = "{}";
  sent.has_code = true;
  sent.code = "class Script {}";
  const std::string frame = sent.encode();
  const auto got = RunMessage::decode(body_of(frame));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->state_id, 7u);
  EXPECT_EQ(got->forgotten, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(got->method, ScriptMethod::ProcessOutgoingResponse);
  EXPECT_TRUE(got->fresh_state);
  EXPECT_EQ(got->call_cpu_us, 3000000u);
  EXPECT_EQ(got->code, "class Script {}");
}

TEST(ScriptFrames, an_answer_cut_short_anywhere_is_refused) {
  RunDoneMessage sent;
  sent.status = RunStatus::Returned;
  sent.has_result = true;
  sent.result = "[1]";
  sent.console = {{ConsoleLevel::Warn, "careful"}};
  const std::string frame = sent.encode();
  const std::string_view body = body_of(frame);
  ASSERT_TRUE(RunDoneMessage::decode(body));
  for (std::size_t bytes = 0; bytes < body.size(); ++bytes) {
    EXPECT_FALSE(RunDoneMessage::decode(body.substr(0, bytes))) << bytes;
  }
  EXPECT_FALSE(RunDoneMessage::decode(std::string(body) + "x"));
}

TEST(ScriptFrames, an_unknown_status_is_refused) {
  std::string frame = RunDoneMessage{}.encode();
  frame[kFrameHeaderBytes] = 99;
  EXPECT_FALSE(RunDoneMessage::decode(body_of(frame)));
}

TEST(ScriptFrames, a_count_that_the_body_cannot_hold_allocates_nothing) {
  FrameWriter writer(FrameType::RunDone);
  writer.u8(0).u8(0).u8(0).text("").text("").text("").text("").u32(0xFFFFFFFF);
  const std::string frame = std::move(writer).finish();
  EXPECT_FALSE(RunDoneMessage::decode(body_of(frame)));
}

}  // namespace
}  // namespace gantry::integrations::script
