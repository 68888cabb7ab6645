#include "store/files/directory_storage.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace gantry::store::files {
namespace {

class DirectoryStorageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_ = (std::filesystem::temp_directory_path() / "gantry-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(place_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(place_); }

  bool is_there(const domain::UploadId& id) const {
    return std::filesystem::exists(place_ + "/" + id.text);
  }

  std::string place_;
  const domain::UploadId one_{"one"};
  const domain::UploadId two_{"two"};
};

TEST_F(DirectoryStorageTest, removes_at_once_when_nobody_holds) {
  DirectoryStorage storage(place_);
  ASSERT_TRUE(storage.put(one_, "bytes"));
  storage.remove(one_);
  EXPECT_FALSE(is_there(one_));
}

TEST_F(DirectoryStorageTest, keeps_removed_files_until_the_last_holder_is_gone) {
  DirectoryStorage storage(place_);
  ASSERT_TRUE(storage.put(one_, "bytes"));
  ASSERT_TRUE(storage.put(two_, "bytes"));
  auto first = storage.hold_removals();
  auto second = storage.hold_removals();
  storage.remove(one_);
  first.reset();
  EXPECT_TRUE(is_there(one_));
  second.reset();
  EXPECT_FALSE(is_there(one_));
  EXPECT_TRUE(is_there(two_));
  storage.remove(two_);
  EXPECT_FALSE(is_there(two_));
}

}  // namespace
}  // namespace gantry::store::files
