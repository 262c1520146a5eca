#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "receiver/web_files.h"
#include "support/paths.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

std::string Get(TestServer& server, const std::string& target) {
  RawClient client(server.port());
  client.Send(Request("GET", target, TestServer::kViewerToken));
  return client.ReadAnswer();
}

std::string FileText(const std::string& path) {
  std::ifstream in(SourceDir() + "/" + path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string Sha256(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(),
             nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

TEST(Page, IsServedWithAPolicyThatRunsNothingForeign) {
  TestServer server;
  for (const char* target : {"/", "/docs"}) {
    const std::string answer = Get(server, target);
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_TRUE(HasField(answer, "Content-Type: text/html; charset=utf-8"));
    EXPECT_NE(answer.find("Content-Security-Policy: default-src 'none'; "
                          "script-src 'self'; style-src 'self'; "),
              std::string::npos);
    EXPECT_EQ(answer.find("unsafe"), std::string::npos);
    EXPECT_TRUE(HasField(answer, "X-Content-Type-Options: nosniff"));
    EXPECT_TRUE(HasField(answer, "Referrer-Policy: no-referrer"));
    EXPECT_TRUE(HasField(answer, "X-Frame-Options: DENY"));
  }
}

TEST(Page, FilesHaveTheirTypesAndOthersAreNotThere) {
  TestServer server;
  EXPECT_TRUE(HasField(Get(server, "/web/page.js"),
                       "Content-Type: text/javascript; charset=utf-8"));
  EXPECT_TRUE(HasField(Get(server, "/web/page.css"),
                       "Content-Type: text/css; charset=utf-8"));
  EXPECT_TRUE(
      HasField(Get(server, "/web/icon.svg"), "Content-Type: image/svg+xml"));
  EXPECT_TRUE(HasField(Get(server, "/api/openapi.json"),
                       "Content-Type: application/json"));
  EXPECT_EQ(StatusOf(Get(server, "/web/missing.js")), 404);
  EXPECT_EQ(StatusOf(Get(server, "/web/index.html")), 404);
  EXPECT_EQ(StatusOf(Get(server, "/web/..%2fetc.js")), 404);
}

TEST(Page, LearnsWhoseTokenItHas) {
  TestServer::Options options;
  options.public_pages = true;
  TestServer server(std::move(options));
  const auto me = [&](std::string_view token) {
    RawClient client(server.port());
    client.Send(Request("GET", "/api/v1/me", token));
    return BodyOf(client.ReadAnswer());
  };
  EXPECT_EQ(me(TestServer::kAdminToken),
            R"({"name":"admin:alice","role":"admin"})"
            "\n");
  EXPECT_EQ(me(TestServer::kViewerToken), R"({"name":"viewer","role":"viewer"})"
                                          "\n");
  for (const std::string_view token :
       {std::string_view(""), std::string_view("unknown"),
        TestServer::kWebhookToken}) {
    EXPECT_EQ(me(token), R"({"name":null,"role":null})"
                         "\n");
  }
}

TEST(Page, ServesTheBytesOfItsSources) {
  TestServer server;
  EXPECT_EQ(BodyOf(Get(server, "/")), FileText("web/index.html"));
  EXPECT_EQ(BodyOf(Get(server, "/web/uplot.js")),
            FileText("third_party/uplot/uPlot.iife.min.js"));
}

// Everything that the pages load is in the program, and nothing is inline.
TEST(Page, NamesOnlyItsOwnFilesAndNoMarkupFromText) {
  const std::regex loaded(R"re((?:src|href)="([^"#]+)")re");
  const std::regex imported(R"re(from "([^"]+)")re");
  const std::regex forbidden(
      R"(innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|)"
      R"(new Function|\sstyle="|\son[a-z]+=|<style|<script>|https?://)");
  for (const WebFile& file : WebFiles()) {
    // A library of its own, a document of the API, the name of a namespace.
    if (file.name.starts_with("uplot") || file.name.ends_with(".json") ||
        file.name.ends_with(".svg")) {
      continue;
    }
    const std::string text(file.bytes);
    std::smatch match;
    EXPECT_FALSE(std::regex_search(text, match, forbidden))
        << file.name << ": " << match.str();
    TestServer server;
    for (const std::regex& names : {loaded, imported}) {
      for (std::sregex_iterator one(text.begin(), text.end(), names), end;
           one != end; ++one) {
        std::string target = (*one)[1];
        if (target.starts_with("./")) target = "/web" + target.substr(1);
        EXPECT_EQ(StatusOf(Get(server, target)), 200)
            << file.name << ": " << target;
      }
    }
  }
}

TEST(ThirdParty, FilesAreThoseOfTheirOwners) {
  const std::string table = FileText("third_party/README.md");
  const std::regex row(R"(\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|)");
  int rows = 0;
  for (std::sregex_iterator one(table.begin(), table.end(), row), end;
       one != end; ++one, ++rows) {
    EXPECT_EQ(Sha256(FileText("third_party/" + (*one)[1].str())),
              (*one)[2].str())
        << (*one)[1];
  }
  EXPECT_EQ(rows, 3);
}

}  // namespace
}  // namespace selfheal::testing
