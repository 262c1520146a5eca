#include "adapters/http/auth.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "adapters/http/base64.h"

namespace selfheal::http {
namespace {

class SecretFile {
 public:
  explicit SecretFile(const std::string& content) {
    path_ = ::testing::TempDir() + "secretXXXXXX";
    close(mkstemp(path_.data()));
    std::ofstream(path_) << content;
  }
  ~SecretFile() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Base64, EncodesTheVectorsOfTheStandard) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64Encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode("\xff\xfe\x00"), "//4=");
}

TEST(Base64, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
  EXPECT_EQ(Base64Decode("Zm9v\nYmFy\n"), "foobar");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "Zg==Zg==", "Z_==", "Zm9v!", "=", "===="}) {
    EXPECT_FALSE(Base64Decode(text).has_value()) << text;
  }
}

TEST(Auth, ReadsTheTokenAfreshEachTime) {
  const SecretFile file("first\n");
  const AuthOptions options{.bearer_token_file = file.path()};
  EXPECT_EQ(*AuthorizationHeader(options), "Authorization: Bearer first");
  std::ofstream(file.path()) << "second \n\n";
  EXPECT_EQ(*AuthorizationHeader(options), "Authorization: Bearer second");
}

TEST(Auth, MakesABasicHeader) {
  const SecretFile file("s3cret\n");
  EXPECT_EQ(
      *AuthorizationHeader({.username = "ann", .password_file = file.path()}),
      "Authorization: Basic YW5uOnMzY3JldA==");
  EXPECT_EQ(*AuthorizationHeader({}), "");
}

TEST(Auth, RefusesUnusableFiles) {
  const SecretFile empty(" \n");
  const SecretFile forged("a\r\nX-Evil: 1");
  const SecretFile large(std::string(70000, 'x'));
  for (const std::string& path :
       {empty.path(), forged.path(), large.path(), ::testing::TempDir(),
        std::string("/does/not/exist")}) {
    const auto header = AuthorizationHeader({.bearer_token_file = path});
    ASSERT_FALSE(header.ok()) << path;
    EXPECT_EQ(header.error().code, Code::kUnauthenticated);
    EXPECT_EQ(header.error().message.find("Evil"), std::string::npos);
  }
}

}  // namespace
}  // namespace selfheal::http
