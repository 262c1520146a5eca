// The plain isolation forest as a filter, for the comparison with its peers:
// CSV rows of numbers in, one score a line out.
//
// usage: bench_judge_forest TREES SAMPLE SEED < ROWS.csv
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "assess/forest.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_judge_forest TREES SAMPLE SEED\n");
    return argc == 1 ? 0 : 2;  // scripts/bench runs every program bare.
  }
  std::vector<std::vector<float>> table;
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<float>& row = table.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) {
      row.push_back(std::strtof(field.c_str(), nullptr));
    }
    if (row.size() != table.front().size() || row.empty()) return 1;
  }
  if (table.empty()) return 1;
  selfheal::assess::FeatureRows rows(static_cast<int>(table.size()),
                                     static_cast<int>(table.front().size()));
  for (int i = 0; i < rows.rows; ++i) {
    for (int f = 0; f < rows.features; ++f) {
      rows.Feature(f)[i] =
          table[static_cast<std::size_t>(i)][static_cast<std::size_t>(f)];
    }
  }
  const selfheal::assess::IsolationForest forest(
      rows, {.trees = std::atoi(argv[1]),
             .sample = std::atoi(argv[2]),
             .seed = std::strtoull(argv[3], nullptr, 10)});
  for (const double score : forest.Score(rows)) std::printf("%.9f\n", score);
  return 0;
}
