#include "adapters/http/address_policy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace selfheal::http {
namespace {

bool Allowed(const char* text, bool loopback) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    return AddressAllowed(reinterpret_cast<sockaddr&>(v4), loopback);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
  return AddressAllowed(reinterpret_cast<sockaddr&>(v6), loopback);
}

TEST(AddressPolicy, OrdinaryAddressesAreAllowed) {
  for (const char* text :
       {"10.0.0.1", "192.168.1.1", "172.16.0.9", "8.8.8.8", "100.64.0.1",
        "2001:db8::1", "fd00::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(Allowed(text, false)) << text;
  }
}

TEST(AddressPolicy, LoopbackNeedsToBeConfigured) {
  for (const char* text :
       {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(Allowed(text, false)) << text;
    EXPECT_TRUE(Allowed(text, true)) << text;
  }
}

TEST(AddressPolicy, MetadataAndSpecialAddressesAreNeverAllowed) {
  for (const char* text : {"169.254.169.254", "169.254.0.1", "0.0.0.0",
                           "0.1.2.3", "224.0.0.1", "255.255.255.255", "fe80::1",
                           "::", "ff02::1", "::ffff:169.254.169.254"}) {
    EXPECT_FALSE(Allowed(text, true)) << text;
  }
}

TEST(AddressPolicy, OtherFamiliesAreRefused) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(AddressAllowed(address, true));
}

}  // namespace
}  // namespace selfheal::http
