#include "receiver/commands/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

namespace selfheal {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Error BadField(const std::string& path, std::size_t row,
               const std::string& column, const std::string& expected,
               std::string_view found) {
  return {Code::kInvalidArgument, path + ": row " + std::to_string(row) +
                                      ", column " + column + ": expected " +
                                      expected + ", found \"" +
                                      std::string(found.substr(0, 40)) + "\""};
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(Trim(line.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

bool IsNaN(std::string_view text) {
  return text.size() == 3 && (text[0] | 32) == 'n' && (text[1] | 32) == 'a' &&
         (text[2] | 32) == 'n';
}

/// A finite number or missing; nullopt for anything else.
std::optional<double> ParseField(std::string_view text) {
  if (text.empty() || IsNaN(text)) return kMissing;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

struct Lines {
  std::vector<std::string> all;
};

Result<Lines> ReadLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{Code::kNotFound, path + ": cannot be opened"};
  Lines lines;
  std::string line;
  while (std::getline(file, line)) lines.all.push_back(std::move(line));
  if (file.bad()) return Error{Code::kNotFound, path + ": cannot be read"};
  if (lines.all.empty() || Trim(lines.all.front()).empty()) {
    return Error{Code::kInvalidArgument,
                 path +
                     ": row 0, column 1: expected a header of metric names, "
                     "found an empty file"};
  }
  return lines;
}

void DropBlankEnd(Lines& lines) {
  while (lines.all.size() > 1 && Trim(lines.all.back()).empty()) {
    lines.all.pop_back();
  }
}

Result<std::vector<std::string>> ParseHeader(const std::string& path,
                                             const std::string& line) {
  std::vector<std::string> names;
  for (const std::string_view field : Split(line)) {
    const std::string column = std::to_string(names.size() + 1);
    if (field.empty()) {
      return BadField(path, 0, column, "a metric name", field);
    }
    if (std::find(names.begin(), names.end(), field) != names.end()) {
      return BadField(path, 0, column, "a name that no other column has",
                      field);
    }
    const std::optional<double> number = ParseField(field);
    if (number) {
      return BadField(path, 0, column, "a metric name, not a number", field);
    }
    names.emplace_back(field);
  }
  return names;
}

}  // namespace

Result<assess::NamedTable> ReadMetrics(const std::string& path) {
  Result<Lines> lines = ReadLines(path);
  if (!lines) return lines.error();
  Result<std::vector<std::string>> names = ParseHeader(path, lines->all[0]);
  if (!names) return names.error();
  assess::NamedTable out;
  out.names = *names;
  // In a file of one column a blank line is a missing value.
  if (out.names.size() > 1) DropBlankEnd(*lines);
  out.table.columns.resize(out.names.size());
  for (std::size_t row = 1; row < lines->all.size(); ++row) {
    const std::vector<std::string_view> fields = Split(lines->all[row]);
    if (fields.size() != out.names.size()) {
      return Error{
          Code::kInvalidArgument,
          path + ": row " + std::to_string(row) + ", column " +
              std::to_string(std::min(fields.size(), out.names.size()) + 1) +
              ": expected " + std::to_string(out.names.size()) +
              " fields, found " + std::to_string(fields.size())};
    }
    for (std::size_t m = 0; m < fields.size(); ++m) {
      const std::optional<double> value = ParseField(fields[m]);
      if (!value) {
        return BadField(path, row, out.names[m], "a finite number or nothing",
                        fields[m]);
      }
      out.table.columns[m].push_back(*value);
    }
  }
  if (out.table.rows() == 0) {
    return Error{Code::kInvalidArgument,
                 path +
                     ": row 1, column 1: expected at least one row, found "
                     "none"};
  }
  return out;
}

Result<std::vector<int>> ReadRows(const std::string& path, int limit) {
  Result<Lines> lines = ReadLines(path);
  if (!lines) return lines.error();
  if (Trim(lines->all[0]) != "row") {
    return BadField(path, 0, "1", "the header \"row\"", lines->all[0]);
  }
  DropBlankEnd(*lines);
  std::vector<int> rows;
  for (std::size_t i = 1; i < lines->all.size(); ++i) {
    const std::string_view field = Trim(lines->all[i]);
    int row = 0;
    const auto [end, error] =
        std::from_chars(field.data(), field.data() + field.size(), row);
    if (error != std::errc() || end != field.data() + field.size() || row < 0 ||
        row >= limit) {
      return BadField(path, i, "row",
                      "a whole number from 0 to " + std::to_string(limit - 1),
                      field);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace selfheal
