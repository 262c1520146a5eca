#include "assess/forest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assess/nearest.h"
#include "assess/random.h"

namespace selfheal::assess {
namespace {

FeatureRows Cloud(int rows, int features, std::uint64_t seed) {
  Random random(seed);
  FeatureRows out(rows, features);
  for (int f = 0; f < features; ++f) {
    for (int i = 0; i < rows; ++i) out.Feature(f)[i] = random.NormalFloat();
  }
  return out;
}

TEST(AveragePath, ValuesOfThePaper) {
  EXPECT_EQ(AveragePath(0), 0);
  EXPECT_EQ(AveragePath(1), 0);
  EXPECT_EQ(AveragePath(2), 1);
  EXPECT_NEAR(AveragePath(256), 10.2448, 1e-4);
}

TEST(IsolationForest, AnOutlierIsFoundSooner) {
  FeatureRows rows = Cloud(500, 4, 1);
  for (int f = 0; f < 4; ++f) rows.Feature(f)[7] = 12;
  const auto scores = IsolationForest(rows, {.seed = 5}).Score(rows);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 7);
  const auto oblique = ObliqueForest(rows, {.seed = 5}).Score(rows);
  EXPECT_EQ(std::max_element(oblique.begin(), oblique.end()) - oblique.begin(),
            7);
}

TEST(IsolationForest, AFeatureOfAnyScaleCounts) {
  FeatureRows rows = Cloud(300, 2, 2);
  for (int i = 0; i < 300; ++i) rows.Feature(0)[i] *= 1e-9F;
  rows.Feature(0)[3] = 1e-7F;
  const auto scores = IsolationForest(rows, {.seed = 5}).Score(rows);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 3);
}

TEST(IsolationForest, DegenerateInputsStayFinite) {
  for (const int count : {1, 2, 3, 255, 256, 257}) {
    const FeatureRows constant(count, 3);
    for (const double score : IsolationForest(constant, {}).Score(constant)) {
      EXPECT_TRUE(std::isfinite(score));
    }
    for (const double score : ObliqueForest(constant, {}).Score(constant)) {
      EXPECT_TRUE(std::isfinite(score));
    }
  }
}

/// Both code paths, bit for bit, on row counts around the block's edges.
TEST(Kernels, Avx2EqualsPortable) {
  if (Avx2Kernels() == nullptr || &ActiveKernels() == &PortableKernels()) {
    GTEST_SKIP() << "this processor has no AVX2";
  }
  for (const int count : {1, 31, 32, 33, 256, 300, 777}) {
    for (const int features : {1, 3, 24, 57}) {
      const FeatureRows rows = Cloud(count, features, 9);
      const IsolationForest plain(rows, {.trees = 20, .seed = 4});
      EXPECT_EQ(plain.Score(rows, PortableKernels()),
                plain.Score(rows, *Avx2Kernels()));
      const ObliqueForest oblique(rows, {.trees = 20, .seed = 4});
      EXPECT_EQ(oblique.Score(rows, nullptr, PortableKernels()),
                oblique.Score(rows, nullptr, *Avx2Kernels()));
    }
  }
}

TEST(NearestRows, DistanceToTheFifthAndTheOwnRow) {
  FeatureRows rows(20, 1);
  for (int i = 0; i < 20; ++i) rows.Feature(0)[i] = static_cast<float>(i);
  FeatureRows query(1, 1);
  query.Feature(0)[0] = -1;
  EXPECT_DOUBLE_EQ(NearestRows(rows, 2000, 5).Score(query).front(), 5);
  // Without the first three rows the fifth nearest is at 7.
  EXPECT_DOUBLE_EQ(NearestRows(rows, 2000, 5).Score(query, 0, 3).front(), 8);
}

}  // namespace
}  // namespace selfheal::assess
