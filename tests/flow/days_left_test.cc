#include "flow/days_left.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/fakes/fake_metric_source.h"

namespace selfheal {
namespace {

constexpr double kDay = 86400;

class DaysLeftTest : public ::testing::Test {
 protected:
  /// Queries that contain `part` answer `value`, the others nothing.
  void Know(const std::string& part, double value) {
    source_.instant = [part, value](const InstantQuery& query) {
      QueryAnswer answer;
      if (query.expr.find(part) != std::string::npos) {
        answer.series = {{{}, {{query.at, value}}}};
      }
      return Result<QueryAnswer>(answer);
    };
  }
  std::string Of(const Labels& labels,
                 IncidentType type = IncidentType::kCertificateExpiry) {
    return DaysLeft(source_, seconds(5), type, labels, Time());
  }

  testing::FakeMetricSource source_;
};

TEST_F(DaysLeftTest, EachExporterIsAskedForItsOwn) {
  struct Case {
    Labels labels;
    std::string part;
    std::string metric;
  };
  const Case cases[] = {
      {{{"secret_namespace", "shop"}, {"secret_name", "tls"}},
       R"(x509_cert_not_after{secret_namespace="shop",secret_name="tls"})",
       "x509_cert_not_after"},
      {{{"filepath", "/etc/a.crt"}, {"instance", "n1:9793"}},
       R"(x509_cert_not_after{filepath="/etc/a.crt",instance="n1:9793"})",
       "x509_cert_not_after"},
      {{{"instance", "https://shop.example"}},
       R"(probe_ssl_earliest_cert_expiry{instance="https://shop.example"})",
       "probe_ssl_earliest_cert_expiry"},
      {{{"alertname", "KubeClientCertificateExpiration"}, {"job", "api"}},
       R"(apiserver_client_certificate_expiration_seconds_bucket{job="api"})",
       "apiserver_client_certificate_expiration_seconds"},
      {{{"alertname", "KubeletServerCertificateExpiration"}, {"node", "n1"}},
       R"(kubelet_certificate_manager_server_ttl_seconds{node="n1"})",
       "kubelet_certificate_manager_server_ttl_seconds"},
      {{{"alertname", "KubeletClientCertificateExpiration"}, {"node", "n1"}},
       R"(kubelet_certificate_manager_client_ttl_seconds{node="n1"})",
       "kubelet_certificate_manager_client_ttl_seconds"}};
  for (const Case& one : cases) {
    Know(one.part, 12.25 * kDay);
    EXPECT_EQ(Of(one.labels), "12.2 days are left (" + one.metric + ")");
  }
}

TEST_F(DaysLeftTest, WhatHasEndedIsSaid) {
  Know("probe_ssl", -3 * kDay);
  EXPECT_EQ(Of({{"instance", "a"}}),
            "it ended 3.0 days ago (probe_ssl_earliest_cert_expiry)");
}

TEST_F(DaysLeftTest, WhatNobodyTellsIsNotGuessed) {
  EXPECT_EQ(Of({{"instance", "a"}}),
            "no metric tells how long it is still good");
  EXPECT_EQ(Of({}), "no metric tells how long it is still good");
  Know("probe_ssl", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Of({{"instance", "a"}}),
            "no metric tells how long it is still good");
  source_.instant = [](const InstantQuery&) {
    return Result<QueryAnswer>(Error{Code::kUnavailable, "no answer"});
  };
  EXPECT_EQ(Of({{"instance", "a"}}),
            "how long it is still good was not measured: no answer");
}

TEST_F(DaysLeftTest, OtherTroublesAndCertManagersOwnAreNotAskedFor) {
  EXPECT_EQ(Of({{"name", "tls"}, {"instance", "a"}}), "");
  EXPECT_EQ(Of({{"instance", "a"}}, IncidentType::kCrashLoop), "");
  EXPECT_TRUE(source_.asked.empty());
}

TEST_F(DaysLeftTest, ALabelIsNoPromQl) {
  Know("x", 1);
  Of({{"instance", R"(a"} or vector(1) #)"}});
  ASSERT_EQ(source_.asked.size(), 1u);
  EXPECT_NE(source_.asked[0].find(R"("a\"} or vector(1) #")"),
            std::string::npos);
}

}  // namespace
}  // namespace selfheal
